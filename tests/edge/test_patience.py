"""A wait that takes too long ends as under ``asyncio.timeout``; all others cost no timer of their own."""

import asyncio
import socket
import time

import pytest

from edge.patience import Patience


async def test_what_comes_in_time_is_not_disturbed_and_what_does_not_is_late() -> None:
    patience, things = Patience(), asyncio.Queue[int]()
    for number in range(100):
        asyncio.get_running_loop().call_soon(things.put_nowait, number)
        with patience.within(30.0):
            assert await things.get() == number
    with pytest.raises(TimeoutError), patience.within(0.01):
        await things.get()
    with patience.within(30.0):  # And after that all goes on.
        things.put_nowait(7)
        assert await things.get() == 7
    patience.end()


async def test_a_timer_that_goes_off_early_is_set_anew() -> None:
    patience = Patience()
    loop = asyncio.get_running_loop()
    with patience.within(0.05):
        await asyncio.sleep(0)
    began = loop.time()
    with pytest.raises(TimeoutError), patience.within(0.2):
        await asyncio.Event().wait()
    assert loop.time() - began >= 0.19


async def test_a_shorter_wait_after_a_longer_one_is_short() -> None:
    patience = Patience()
    with patience.within(300.0):
        await asyncio.sleep(0)
    with pytest.raises(TimeoutError), patience.within(0.01):
        await asyncio.Event().wait()


async def test_none_waits_for_ever_and_between_waits_nothing_is_late() -> None:
    patience = Patience()
    with patience.within(0.01):
        await asyncio.sleep(0)
    with patience.within(None):
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.05)


async def test_whoever_is_cancelled_meanwhile_is_cancelled() -> None:
    waiting = asyncio.Event()

    async def wait() -> None:
        patience = Patience()
        with patience.within(30.0):
            waiting.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelling() == 1


async def test_one_within_another_is_late_alone() -> None:
    outer, inner = Patience(), Patience()
    with outer.within(30.0):
        with pytest.raises(TimeoutError), inner.within(0.01):
            await asyncio.Event().wait()
        await asyncio.sleep(0)
    outer.end()


async def test_what_came_while_the_process_stood_still_came_in_time() -> None:
    near, far = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=near)
    patience = Patience()

    def stand_still() -> None:
        far.send(b"x")
        time.sleep(0.3)

    asyncio.get_running_loop().call_soon(stand_still)
    with patience.within(0.1):
        assert await reader.read(1) == b"x"
    with pytest.raises(TimeoutError), patience.within(0.1):
        await reader.read(1)
    patience.end()
    writer.close()
    await writer.wait_closed()
    far.close()
