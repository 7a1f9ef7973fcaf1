"""A short real run: the floor program, its emulated vendors and one caller, each as in the benchmark."""

import asyncio
import contextlib
from pathlib import Path

from benchmarks.load import conversation
from benchmarks.load.caller import Caller
from benchmarks.load.run import running, twilio
from benchmarks.load.systems import FLOOR, environment
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.server import Vendors


async def test_one_call_of_the_floor_program(tmp_path: Path) -> None:
    latency = Latency(hearing=0.05, first_token=0.05, first_audio=0.05)
    vendors = Vendors(conversation.script(), latency)
    async with contextlib.AsyncExitStack() as stack:
        await vendors.start()
        stack.push_async_callback(vendors.stop)
        env = environment(vendors.environment, FLOOR, "", tmp_path)
        _, address = await stack.enter_async_context(running(FLOOR, None, env, tmp_path / "floor.log"))
        caller = await stack.enter_async_context(Caller(twilio(address), conversation.lines()))
        async with asyncio.timeout(60):
            record = await caller.call("CAfloor")
    assert record.end == "done", record.detail
    assert [turn.line for turn in record.turns] == [0, 1, 2, 3]
    assert not any(turn.early for turn in record.turns)
    for turn in record.turns:
        assert turn.wait is not None
        fixed = conversation.fixed(latency, tool=turn.line == 1)
        assert fixed < turn.wait < fixed + 0.5
    stops = [turn.stop for turn in record.turns if turn.stop is not None]
    assert len(stops) == 1
    assert 0.03 < stops[0] < 0.3
    assert record.talk > 8
