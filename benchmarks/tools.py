"""Tool calls on the embedded stack: asked → stored (accepted), → the workflow's first words back at the edge, → done.

What a workflow wants said is heard at once, as by a caller who waits for it: then it ends, and does not pile up.

``python -m benchmarks.tools --rate 20 --seconds 60`` makes so many a second, whether or not earlier ones have
come back.
"""

import asyncio
import itertools
import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import click
import uvloop

from benchmarks.figures import Figure, show
from benchmarks.stack import stack
from edge.bus import NatsBus
from schemas.announcements import AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.tools import ToolCompleted, ToolProgressed, ToolRequested, ToolStarted, tool_call_id
from trunkline import logs
from workflows.slots import slots_of

WARM_UP = 5
PATIENCE = 30.0
"""Seconds for one workflow."""
SERVICES = ("boiler service", "drain cleaning", "electrical check", "tap repair")
ROOM = 20
"""Technicians of each service, so that every call finds its slot free."""
DAYS = 150
QUERY_BUDGET = 50.0
REPORTED = 35.0
"""Seconds within which a worker has logged what its queries took."""


@dataclass
class Times:
    """Of all calls, in milliseconds: until stored, started, with a first result, and done."""

    stored: list[float] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)

    def add(self, *took: float) -> None:
        for values, value in zip((self.stored, self.started, self.worked, self.done), took, strict=True):
            values.append(1000 * value)

    def figures(self) -> list[Figure]:
        return [
            Figure("tool call → stored", tuple(self.stored), None, 10),
            Figure("tool call → its workflow has started, at the edge", tuple(self.started), 60, None),
            Figure("tool call → its first result (slot held), at the edge", tuple(self.worked), 60, None),
            Figure("tool call → its business is done, at the edge", tuple(self.done), None, None),
        ]


async def measure(place: dict[str, Any], calls: int) -> list[Figure]:
    """Ask for bookings, one at a time, each of a slot of its own."""
    times, slots = Times(), _slots()
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        bus = await NatsBus.connect(place["nats"], place["region"], "bench", Path(folder) / "spill.jsonl")
        try:
            for number in range(WARM_UP + calls):
                took = await _ask(bus, place["region"], next(slots))
                if number >= WARM_UP:
                    times.add(*took)
        finally:
            await bus.close()
    return times.figures()


async def load(place: dict[str, Any], rate: float, seconds: float) -> list[Figure]:
    """Ask for ``rate`` bookings a second, evenly, for so long.

    Raises:
        TimeoutError: one of them was not done in time.
    """
    await _make_room(place["postgres"])
    times, slots, loop = Times(), _slots(), asyncio.get_running_loop()
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-") as folder:
        bus = await NatsBus.connect(place["nats"], place["region"], "bench", Path(folder) / "spill.jsonl")
        try:
            for _ in range(WARM_UP):
                await _ask(bus, place["region"], next(slots))
            began, asked = loop.time(), []
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
                asked.append(asyncio.create_task(_ask(bus, place["region"], next(slots))))
            for took in await asyncio.gather(*asked):
                times.add(*took)
        finally:
            await bus.close()
    return times.figures()


def _slots() -> Iterator[dict[str, Any]]:
    """Arguments of bookings, each of a slot that no other wants."""
    days = [date.today() + timedelta(days=2 + ahead) for ahead in range(DAYS)]
    for slot in itertools.cycle([slot for day in days for service in SERVICES for slot in slots_of(service, [day])]):
        yield {**slot.model_dump(mode="json"), "name": "Anna Miller"}


async def _make_room(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO technicians (name, service) SELECT service || ' ' || n, service "
            f"FROM (SELECT DISTINCT service FROM technicians) AS services, generate_series(1, {ROOM}) AS n"
        )
    finally:
        await connection.close()


async def _ask(bus: NatsBus, region: str, arguments: dict[str, Any]) -> tuple[float, float, float, float]:
    call_id = f"bench-{uuid.uuid4().hex[:12]}"
    done = asyncio.Event()
    times: dict[type[Event], float] = {}
    """When the first event of each kind came."""

    def hear(event: Event) -> None:
        times.setdefault(type(event), time.perf_counter())
        if isinstance(event, AnnouncementRequested):
            ids = {"announcement_id": event.announcement_id, "tool_call_id": event.tool_call_id}
            bus.publish(AnnouncementSpoken(call_id=call_id, region=region, at=0.0, **ids, heard=event.text))
        if {ToolStarted, AnnouncementRequested, ToolCompleted} <= times.keys():
            done.set()

    bus.listen(call_id, hear)
    request = ToolRequested(
        call_id=call_id,
        region=region,
        at=0.0,
        tool_call_id=tool_call_id(call_id, "book_visit", arguments),
        tool="book_visit",
        arguments=arguments,
        turn=1,
    )
    began = time.perf_counter()
    await bus.store(request)
    stored = time.perf_counter() - began
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    bus.unlisten(call_id)
    started, worked, ended = (times[kind] - began for kind in (ToolStarted, ToolProgressed, ToolCompleted))
    return stored, started, worked, ended


async def queries(place: dict[str, Any], since: float) -> dict[str, Any]:
    """What the worker says of its queries after ``since`` (wall clock): count, milliseconds, and the slow ones."""
    deadline = time.monotonic() + REPORTED
    log = Path(place["data"]) / "logs" / "worker.log"
    while True:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        told = [line for line in lines if line.get("event") == "Queries to the database."]
        slow = [line for line in lines if line.get("event") == "A query was slow."]
        if log.stat().st_mtime > since and told:
            most = max(told, key=lambda line: int(line["count"]))
            return {**{name: most[name] for name in ("count", "p50", "p99", "max")}, "slow": slow}
        if time.monotonic() > deadline:
            raise TimeoutError("The worker has not said what its queries took.")
        await asyncio.sleep(0.5)


async def _run(rate: float, seconds: float) -> tuple[list[Figure], dict[str, Any]]:
    async with stack() as place:
        figures = await load(place, rate, seconds)
        return figures, await queries(place, time.time())


@click.command()
@click.option("--rate", default=20.0, show_default=True, help="Tool calls a second.")
@click.option("--seconds", default=60.0, show_default=True, help="For how long.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def main(rate: float, seconds: float, as_json: bool) -> None:
    """Make tool calls at a steady rate on a stack of its own, and measure them beside their budgets."""
    logs.configure("benchmark", "warning")
    figures, took = uvloop.run(_run(rate, seconds))
    if as_json:
        click.echo(json.dumps({"rate": rate, "figures": [figure.to_dict() for figure in figures], "queries": took}))
        return
    show(f"{rate:g} tool calls a second for {seconds:g} seconds", figures)
    verdict = "kept" if took["p99"] <= QUERY_BUDGET else "MISSED"
    click.echo(
        f"{took['count']} queries in the busiest half minute: p50 {took['p50']} ms, p99 {took['p99']} ms "
        f"(≤ {QUERY_BUDGET:g}: {verdict}), longest {took['max']} ms; {len(took['slow'])} were logged as slow."
    )
    for line in took["slow"]:
        click.echo(f"  {line['milliseconds']} ms: {line['query']}")


if __name__ == "__main__":
    main()
