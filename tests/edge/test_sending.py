"""A send's one step: done, or waiting, or for nobody."""

import asyncio

import pytest

from edge.sending import at_once


async def test_what_needs_no_waiting_is_sent() -> None:
    sent = []

    async def send() -> None:
        sent.append(1)

    assert at_once(send())
    assert sent == [1]


async def test_a_peer_that_does_not_read_is_told_of_and_not_waited_for() -> None:
    sent = []

    async def send() -> None:
        sent.append(1)
        await asyncio.sleep(60)
        sent.append(2)

    assert not at_once(send())
    assert sent == [1]


async def test_a_peer_that_is_gone_is_an_error() -> None:
    async def send() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        at_once(send())
