"""Help that is sent: units asked in order, a person where none can, and the caller told, there or gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.decisions import DecisionAsked
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed, ToolProgressed
from workers.adapters.migrate import migrate
from workers.adapters.units import PostgresUnits
from workers.sandbox import runner
from workflows.catalog import scan
from workflows.ports import World

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire

Send = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@dataclass
class People:
    """Those who are asked outside the call: by the first words of what they are asked, what they answer."""

    wire: "type[Wire]"
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    caller_is_there: bool = True
    calls_off: bool = False
    """Whether the caller does so as soon as a unit is asked."""
    asked: list[str] = field(default_factory=list)

    def rule(self, asked: DecisionAsked) -> dict[str, Any] | None:
        self.asked.append(asked.text)
        return next((given for start, given in self.answers.items() if asked.text.startswith(start)), None)

    def reply(self, event: Event) -> list[Event]:
        if isinstance(event, DecisionAsked) and self.calls_off:
            about = {"tool_call_id": event.tool_call_id, "tool": event.tool}
            return [ToolCancelRequested(call_id=event.call_id, region=event.region, **about)] * 2
        if isinstance(event, AnnouncementRequested):
            return self.wire.attentive(event) if self.caller_is_there else [self.wire.ended(event)]
        return []


@pytest_asyncio.fixture(scope="module")
async def pool(postgres_dsn: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=20) as pool:
        await migrate(pool)
        yield pool


@pytest_asyncio.fixture
async def people(line: "Line", wire: "type[Wire]", pool: "asyncpg.Pool[asyncpg.Record]") -> People:
    await pool.execute("TRUNCATE offers, jobs")
    people = People(wire)
    line.replies, line.rules = people.reply, people.rule
    return people


@pytest.fixture
def send(start: "Start", world: World, pool: "asyncpg.Pool[asyncpg.Record]") -> Send:
    tool = next(tool for tool in scan().tools if tool.name == "send_help")
    with_units = replace(world, units=PostgresUnits(pool))

    async def send(problem: str = "burst pipe", **more: Any) -> WorkflowHandle[Any, Any]:
        return await start(
            tool.workflow,
            tool.activities_in(with_units),
            runner=runner([tool.workflow]),
            problem=problem,
            address="12 Harbor Street",
            **more,
        )

    return send


def steps(line: "Line") -> list[str]:
    return [event.step for event in line.of(ToolProgressed)]


def test_it_goes_before_other_work() -> None:
    (help_,) = [tool for tool in scan().tools if tool.name == "send_help"]
    assert help_.spec().priority == "emergency"


async def test_the_first_unit_that_is_free_goes_and_the_caller_hears_who_comes(
    send: Send, line: "Line", people: People, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    people.answers = {"Alex: burst pipe": {"accepted": True, "minutes": 15}, "Alex: is the job done": {"done": True}}
    help_ = await (await send()).result()
    assert (help_["who"], help_["minutes"]) == ("Alex", 15)
    assert steps(line) == ["offered to Alex", "Alex takes it"]
    asked, told = [event.text for event in line.of(AnnouncementRequested)]
    assert asked == (
        "I've asked Alex to come, and I'll tell you as soon as there is an answer. "
        "Until then, please keep away from sockets and lamps that are wet."
    )
    assert told == "Alex is on the way, and will be with you in about fifteen minutes."
    assert [message.recipient for message in line.messages] == ["+12025550161"]
    assert await pool.fetchval("SELECT status FROM offers") == "over", "Done: the unit is free again."


async def test_who_declines_or_is_silent_is_followed_by_the_next(send: Send, line: "Line", people: People) -> None:
    people.answers = {"Alex": {"accepted": False}, "Maria: burst pipe": {"accepted": True}}
    help_ = await (await send()).result()
    assert (help_["who"], help_["minutes"]) == ("Maria", 45)
    assert steps(line) == [
        "offered to Alex",
        "Alex cannot",
        "offered to Nina",
        "Nina has not answered",
        "offered to Maria",
        "Maria takes it",
    ]
    assert [event.text for event in line.of(AnnouncementRequested)][1:-1] == [
        "Alex cannot come, so I've asked Nina.",
        "Nina has not answered, so I've asked Maria.",
    ]
    assert "given to somebody else" in [m.text for m in line.messages if m.recipient == "+12025550162"][-1]


async def test_where_no_unit_can_a_person_arranges_it(send: Send, line: "Line", people: People) -> None:
    people.answers = {"No unit took it": {"who": "Omar from next door", "minutes": 90}, "Omar": {"done": True}}
    help_ = await (await send("power failure")).result()
    assert (help_["who"], help_["minutes"]) == ("Omar from next door", 90)
    said = [event.text for event in line.of(AnnouncementRequested)]
    assert any("asked our manager" in text for text in said)
    assert said[-1].startswith("Omar from next door is on the way")


async def test_where_nobody_can_the_caller_is_told_so_and_no_unit_is_kept(
    send: Send, line: "Line", people: People, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    with pytest.raises(WorkflowFailureError):
        await (await send("gas smell")).result()
    (failed,) = line.of(ToolFailed)
    assert failed.code == "nobody"
    assert "emergency services" in failed.message
    assert {row["status"] for row in await pool.fetch("SELECT status FROM offers")} == {"refused"}


async def test_a_caller_who_has_hung_up_gets_it_in_writing(send: Send, line: "Line", people: People) -> None:
    people.caller_is_there = False
    people.answers = {"Alex": {"accepted": True}}
    await (await send()).result()
    assert [m.text for m in line.messages if m.recipient == "+15550100"] == [
        "Alex is on the way, and will be with you in about twenty minutes. It is for: burst pipe, 12 Harbor Street."
    ]
    assert line.of(ToolCompleted)


async def test_a_caller_who_calls_it_off_hears_so_and_so_does_the_unit_that_was_asked(
    send: Send, line: "Line", people: People, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    people.calls_off = True
    with pytest.raises(WorkflowFailureError):
        await (await send()).result()
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("cancelled", "caller")
    assert (
        line.of(AnnouncementRequested)[-1].text == "Your earlier request is cancelled, and nothing was changed by it."
    )
    assert people.asked == ["Alex: burst pipe at 12 Harbor Street. Do you take it?"]
    asked, off = line.messages
    assert (asked.recipient, off.recipient) == ("+12025550161", "+12025550161")
    assert off.text == "The job at 12 Harbor Street has been called off."
    assert [tuple(row) for row in await pool.fetch("SELECT closed, status FROM jobs JOIN offers USING (job_id)")] == [
        (True, "over")
    ]


async def test_competing_jobs_never_get_one_unit_twice(
    environment: WorkflowEnvironment, send: Send, line: "Line", people: People, pool: "asyncpg.Pool[asyncpg.Record]"
) -> None:
    people.answers = {name: {"accepted": True} for name in ("Alex: burst", "Nina: burst", "Maria: burst")} | {
        "No unit took it": {"who": "", "minutes": 60}
    }
    handles = [await send() for _ in range(5)]
    deadline = asyncio.get_running_loop().time() + 60
    while len(line.of(ToolCompleted)) + len(line.of(ToolFailed)) < 5:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)
    rows = await pool.fetch("SELECT unit_id, count(*) FROM offers WHERE status = 'accepted' GROUP BY unit_id")
    assert {row["unit_id"]: row["count"] for row in rows} == {"van-1": 1, "van-2": 1, "van-4": 1}
    assert [event.code for event in line.of(ToolFailed)] == ["nobody", "nobody"]
    # In real time: a skip to what one job waits for lands milliseconds before another's timer. A timer that fires while
    # the task that cancels it is with the worker strands that run for ever, in the test server (temporalio/sdk-java
    # issue 3088).
    with environment.auto_time_skipping_disabled():
        for handle in handles:
            with contextlib.suppress(RPCError):
                await handle.cancel()
        for handle in handles:
            with contextlib.suppress(WorkflowFailureError):
                await handle.result()
    assert not await pool.fetchval("SELECT count(*) FROM offers WHERE status IN ('offered', 'accepted')")
