"""Soak: thousands of short calls, forty at a time, on one edge; its memory at the end against that at the 200th call.

``python -m benchmarks.soak`` or ``make soak``: emulated vendors, a real NATS, the whole edge with its speech processes.
Each call is greeted, says a line, hears the beginning of the answer and hangs up. Exits with 1 where memory has grown.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks.load import conversation, machine
from benchmarks.load.caller import Caller, CallRecord
from benchmarks.load.durable import durable
from benchmarks.load.run import running, twilio
from benchmarks.load.systems import TRUNKLINE, environment
from benchmarks.vendors.server import Vendors

AT_ONCE = 40
BEGIN = 200
"""Calls after which memory is looked at first: pools and caches have their size by then."""
SECONDS = 8.0
"""That a call takes, about: the callers begin spread over it."""
CURT = 0.5
"""Seconds of the answer that are heard."""
ANSWERED = 0.95
"""Part of the calls that must have heard the agent answer: else they would not be calls."""
GROWTH = 0.05
"""Part by which memory may have grown."""


@dataclass
class Soak:
    """What has been seen so far. ``memory``: (calls ended, bytes of the edge and its processes), once a second."""

    calls: int
    ended: int = 0
    begun: int = 0
    failed: list[CallRecord] = field(default_factory=list)
    silent: int = 0
    """Calls that heard nothing of the agent."""
    answered: int = 0
    """Calls whose caller said a line and heard the answer begin."""
    memory: list[tuple[int, int]] = field(default_factory=list)

    def around(self, calls: int, width: int = AT_ONCE) -> float:
        """Megabytes while so many calls had ended, give or take."""
        near = [memory for ended, memory in self.memory if abs(ended - calls) <= width]
        return statistics.median(near) / 1e6 if near else float("nan")

    @property
    def growth(self) -> float:
        return self.around(self.calls) / self.around(BEGIN) - 1


async def soak(calls: int, folder: Path) -> Soak:
    """Run it. Raises Broken where the edge does not come up."""
    measured, rest = machine.cores()
    os.sched_setaffinity(0, {rest})
    seen, vendors = Soak(calls), Vendors(conversation.script())
    async with contextlib.AsyncExitStack() as stack:
        await vendors.start()
        stack.push_async_callback(vendors.stop)
        nats = await stack.enter_async_context(durable(folder / "nats"))
        env = environment(vendors.environment, TRUNKLINE, nats.url, folder)
        pid, address = await stack.enter_async_context(running(TRUNKLINE, measured, env, folder / "edge.log"))
        caller = await stack.enter_async_context(Caller(twilio(address), conversation.lines()[:1], curt=CURT))
        watching = asyncio.create_task(_watch(seen, pid))
        await asyncio.gather(*(_call(seen, caller, SECONDS * number / AT_ONCE) for number in range(AT_ONCE)))
        watching.cancel()
    return seen


async def _call(seen: Soak, caller: Caller, delay: float) -> None:
    """One caller, again and again."""
    await asyncio.sleep(delay)
    while seen.begun < seen.calls:
        seen.begun += 1
        record = await caller.call()
        seen.ended += 1
        seen.silent += not record.frames
        seen.answered += any(turn.wait is not None for turn in record.turns)
        if record.end != "done":
            seen.failed.append(record)


async def _watch(seen: Soak, pid: int) -> None:
    told = 0
    while True:
        parts = machine.memory(pid)
        seen.memory.append((seen.ended, sum(parts.values())))
        if seen.ended - told >= 100:
            told = seen.ended
            split = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in parts.items())
            total = seen.memory[-1][1] / 1e6
            print(f"{seen.ended:5} calls  {total:7.1f} MB ({split})  {len(seen.failed)} failed", flush=True)
        await asyncio.sleep(1.0)


def verdict(seen: Soak) -> tuple[bool, str]:
    """Whether all is well, in a sentence."""
    began, ended = seen.around(BEGIN), seen.around(seen.calls)
    figures = f"{began:.1f} MB at {BEGIN} calls, {ended:.1f} MB at {seen.calls}: {seen.growth:+.1%}"
    if seen.failed or seen.silent:
        example = f", such as: {seen.failed[0].end}, {seen.failed[0].detail}" if seen.failed else ""
        return False, f"{len(seen.failed)} calls failed and {seen.silent} heard nothing{example}. Memory: {figures}."
    if seen.answered < ANSWERED * seen.calls:
        return False, f"Only {seen.answered} of {seen.calls} calls were answered. Memory: {figures}."
    if not seen.growth <= GROWTH:
        return False, f"Memory grows: {figures}, of which {GROWTH:.0%} would be well."
    return True, f"Memory stays: {figures}. {seen.answered} of {seen.calls} calls heard the agent answer."


@click.command()
@click.option("--calls", default=2000, show_default=True, type=click.IntRange(min=2 * BEGIN), help="Calls in all.")
def main(calls: int) -> None:
    """Many short calls on one edge, and its memory. Takes about seven minutes."""
    with tempfile.TemporaryDirectory(prefix="trunkline-soak-") as folder:
        well, sentence = verdict(asyncio.run(soak(calls, Path(folder))))
    print(sentence)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
