"""Waiting for what is not there yet."""

import asyncio
import itertools
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from workers.waiting import growing, heed_cancellation, until_there


async def test_it_is_tried_until_it_is_there_and_each_failure_is_logged() -> None:
    attempts = iter([OSError("refused"), ValueError("starting up"), "there"])

    async def reach() -> str:
        match next(attempts):
            case Exception() as error:
                raise error
            case found:
                return str(found)

    with capture_logs() as logged:
        assert await until_there("NATS at nats://somewhere", reach) == "there"
    assert [line["error"] for line in logged] == ["OSError: refused", "ValueError: starting up"]
    assert logged[0]["event"] == "NATS at nats://somewhere does not answer; trying again in 0.1 s."


async def test_a_cancellation_that_was_swallowed_is_heeded() -> None:
    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        heed_cancellation()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_pauses_grow_up_to_the_longest() -> None:
    assert list(itertools.islice(growing(1.0), 6)) == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
