"""One level: the system on one core, the vendors, its callers and a control group of floor calls on the other."""

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.figures import quantile
from benchmarks.load import conversation, machine
from benchmarks.load.caller import Caller, CallRecord
from benchmarks.load.durable import durable
from benchmarks.load.results import Level, Sample
from benchmarks.load.systems import FLOOR, System, environment
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.server import Vendors

READY = 90.0
"""Seconds for a system to be ready."""
STOP = 10.0
CONTROL = 2
"""Floor calls beside every level."""
BETWEEN = 0.5
"""Seconds between two calls of a caller."""
AGAIN = 3.0
"""Seconds after which a caller who was refused dials again."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: callers begin spread over ``ramp``; what happens in the ``window`` after it counts."""

    ramp: float
    window: float


def timing(calls: int, *, quick: bool) -> Timing:
    """Longer for one call, of which there are few turns."""
    if quick:
        return Timing(1.0, 40.0) if calls == 1 else Timing(15.0, 30.0)
    return Timing(1.0, 90.0) if calls == 1 else Timing(25.0, 60.0 if calls <= 10 else 45.0)


class Broken(Exception):
    """A system did not start; says what it printed last."""


@contextlib.asynccontextmanager
async def running(system: System, core: int | None, env: dict[str, str], log: Path) -> AsyncIterator[tuple[int, str]]:
    """(pid, base address) of a system, pinned to a core where one is given; it is stopped at the end.

    Raises:
        Broken: it does not come up.
    """
    pin = () if core is None else ("taskset", "-c", str(core))
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *pin, *system.command, env=env, stdout=asyncio.subprocess.PIPE, stderr=out
        )
        assert process.stdout
        drain: asyncio.Task[bytes] | None = None
        try:
            address = ""
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READY):
                    while not address and (line := await process.stdout.readline()):
                        address = _ready(line)
            if not address:
                raise Broken(f"{system.title} did not start; the end of {log}:\n{_tail(log)}")
            drain = asyncio.create_task(process.stdout.read())
            yield process.pid, address
        finally:
            await _stop(process)
            if drain:
                await drain


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _ready(line: bytes) -> str:
    try:
        return str(json.loads(line)["ready"])
    except (ValueError, KeyError, TypeError):
        return ""


async def _stop(process: asyncio.subprocess.Process) -> None:
    below = machine.descendants(process.pid)
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(STOP):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    for pid in below[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 9)


async def level(system: System, calls: int, times: Timing, folder: Path, *, control: int = CONTROL) -> Level:
    """Measure one level; ``folder`` takes logs and data.

    Raises:
        Broken: the system does not come up.
    """
    measured, rest = machine.cores()
    os.sched_setaffinity(0, {rest})
    latency, lines = Latency(), conversation.lines()
    vendors = Vendors(conversation.script(), latency)
    async with contextlib.AsyncExitStack() as stack:
        await vendors.start()
        stack.push_async_callback(vendors.stop)
        nats_url = (await stack.enter_async_context(durable(folder / "nats"))).url if system.durable else ""
        env = environment(vendors.environment, system, nats_url, folder)
        beside = environment(vendors.environment, FLOOR, "", folder)
        pid, address = await stack.enter_async_context(running(system, measured, env, folder / f"{system.name}.log"))
        _, floor = await stack.enter_async_context(running(FLOOR, rest, beside, folder / "control.log"))
        group = await stack.enter_async_context(Caller(twilio(address), lines))
        controls = await stack.enter_async_context(Caller(twilio(floor), lines, seed=1000))
        await asyncio.sleep(1.0)
        before = machine.use(pid)
        return await _measure(system, calls, times, (group, controls), control, pid, before.memory, latency)


def twilio(address: str) -> str:
    """Where a system takes Media Streams, given its base address."""
    return f"{address.replace('http', 'ws', 1)}/twilio"


async def _measure(
    system: System,
    calls: int,
    times: Timing,
    groups: tuple[Caller, Caller],
    control: int,
    pid: int,
    before: int,
    latency: Latency,
) -> Level:
    loop = asyncio.get_running_loop()
    stop, begun = asyncio.Event(), loop.time()
    crowd = Crowd(groups[0], stop)
    beside = Crowd(groups[1], stop)
    crowd.begin(calls, times.ramp)
    beside.begin(control, min(times.ramp, 15.0))
    await asyncio.sleep(times.ramp)
    groups[0].late.clear()
    start, cpu, own = loop.time(), machine.cpu(pid), time.process_time()
    minutes = await _call_minutes(groups[0], start + times.window)
    end, took, mine = loop.time(), machine.cpu(pid) - cpu, time.process_time() - own
    late = quantile(groups[0].late, 0.99)
    memory = machine.use(pid).memory
    stop.set()
    window = (start, end)
    records, others = await crowd.ended(), await beside.ended()
    return Level(
        system=system.name,
        calls=calls,
        seconds=round(loop.time() - begun, 1),
        sample=sample(records, window, latency),
        control=sample(others, window, latency),
        cpu=took / minutes if minutes else 0.0,
        busy=took / (end - start),
        memory_before=before,
        memory_during=memory,
        late=late,
        harness=mine / (end - start),
        day=f"{date.today():%Y-%m-%d}",
        faults=sorted({record.detail for record in records if record.end != "done"})[:3],
    )


async def _call_minutes(caller: Caller, until: float) -> float:
    """Wait, and count the minutes of calls meanwhile."""
    loop, seconds, last = asyncio.get_running_loop(), 0.0, asyncio.get_running_loop().time()
    while last < until:
        await asyncio.sleep(min(0.25, until - last))
        now = loop.time()
        seconds += caller.active * (now - last)
        last = now
    return seconds / 60


class Crowd:
    """Callers who call again and again until told to stop."""

    def __init__(self, caller: Caller, stop: asyncio.Event) -> None:
        self._caller = caller
        self._stop = stop
        self._records: list[CallRecord] = []
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, callers: int, ramp: float) -> None:
        """Let them begin, spread evenly."""
        self._tasks = [asyncio.create_task(self._call(ramp * number / callers)) for number in range(callers)]

    async def ended(self) -> list[CallRecord]:
        """All calls, once the callers have hung up."""
        await asyncio.gather(*self._tasks)
        return self._records

    async def _call(self, delay: float) -> None:
        await self._pause(delay)
        while not self._stop.is_set():
            record = await self._caller.call(hang_up=self._stop)
            self._records.append(record)
            await self._pause(AGAIN if record.end in ("refused", "unreachable") else BETWEEN)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()


def sample(records: Sequence[CallRecord], window: tuple[float, float], latency: Latency) -> Sample:
    """The turns that ended in the window; of calls, those that did."""
    out = Sample()
    start, end = window
    lines = conversation.lines()
    inside = [record for record in records if start <= record.ended and record.begun <= end]
    for record in inside:
        for turn in record.turns:
            if not start <= turn.at <= end - 1.0:
                continue
            tool = lines[turn.line].tool
            if turn.wait is not None:
                (out.tool if tool else out.plain).append(turn.wait - conversation.fixed(latency, tool=tool))
            if turn.stop is not None:
                out.stops.append(turn.stop)
    turns = [turn for record in inside for turn in record.turns if start <= turn.at <= end - 1.0]
    return Sample(
        out.plain,
        out.tool,
        out.stops,
        mute=sum(turn.wait is None for turn in turns),
        early=sum(turn.early for turn in turns),
        calls=sum(record.end != "refused" for record in inside),
        dropped=sum(record.end in ("dropped", "unreachable") for record in inside),
        refused=sum(record.end == "refused" for record in inside),
        gaps=sum(record.gaps for record in inside),
        talk=sum(record.talk for record in inside),
    )
