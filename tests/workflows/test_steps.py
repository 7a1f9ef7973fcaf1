"""Waiting to the end."""

import asyncio

import pytest

from workflows.steps import unbroken


async def test_it_waits_to_the_end_though_cancelled_twice() -> None:
    gate, ended = asyncio.Event(), []

    async def work() -> str:
        await gate.wait()
        ended.append(True)
        return "done"

    task = asyncio.create_task(unbroken(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    gate.set()
    assert await task == "done"
    assert ended


async def test_an_error_comes_through() -> None:
    async def work() -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await unbroken(work())
