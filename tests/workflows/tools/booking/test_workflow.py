"""A booking, with the caller there, gone and silent, and the slot free or taken."""

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.questions import QuestionAsked
from schemas.tools import ToolFailed
from workers.sandbox import runner
from workflows.catalog import scan
from workflows.choice import NONE
from workflows.ports import Slot, World
from workflows.slots import slots_of
from workflows.tool import ToolDefinition

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, MemoryAppointments, Start, Wire

Book = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@pytest.fixture
def tool() -> ToolDefinition:
    return next(tool for tool in scan().tools if tool.name == "book_visit")


@pytest.fixture
def wanted(monday: date) -> Slot:
    """Ten o'clock."""
    return Slot(service="tap repair", day=monday, time=time(10))


@pytest.fixture
def book(start: "Start", world: World, tool: ToolDefinition, wanted: Slot) -> Book:
    """Book the wanted slot, in the sandbox as workers run it."""

    async def book(day: date = wanted.day) -> WorkflowHandle[Any, Any]:
        return await start(
            tool.workflow,
            tool.activities_in(world),
            runner=runner([tool.workflow]),
            service="tap repair",
            day=day.isoformat(),
            time="10:00",
            name="Anna Miller",
        )

    return book


def choosing(wire: "type[Wire]", pick: Callable[[QuestionAsked], str]) -> Callable[[Event], list[Event]]:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [wire.answered(event, choice=pick(event))]
        return wire.attentive(event)

    return replies


async def test_a_free_slot_is_held_confirmed_and_told(
    book: Book, line: "Line", appointments: "MemoryAppointments", wire: "type[Wire]", wanted: Slot
) -> None:
    line.replies = wire.attentive
    handle = await book()
    visit = await handle.result()
    assert visit["technician"] == "Nina"
    assert appointments.confirmed == {handle.id: wanted}
    assert not appointments.released
    (announced,) = line.of(AnnouncementRequested)
    assert announced.text.startswith("Your tap repair is booked for ")
    assert not any(character.isdigit() for character in announced.text)
    assert line.kinds == [
        "tool_progressed",
        "tool_progressed",
        "announcement_requested",
        "tool_completed",
    ]


async def test_where_it_is_taken_the_caller_chooses_another(
    book: Book, line: "Line", appointments: "MemoryAppointments", wire: "type[Wire]", wanted: Slot
) -> None:
    appointments.busy.add(wanted)
    line.replies = choosing(wire, lambda asked: str(asked.answer["properties"]["choice"]["enum"][1]))
    handle = await book()
    await handle.result()
    assert appointments.confirmed[handle.id].time in (time(9), time(11))
    (asked,) = line.of(QuestionAsked)
    assert "is taken. I could offer nine in the morning that day or eleven in the morning that day" in asked.text


@pytest.mark.parametrize("how", ["none", "declined", "gone", "silent"])
async def test_where_no_other_is_wanted_nothing_is_booked(
    book: Book, line: "Line", appointments: "MemoryAppointments", wire: "type[Wire]", wanted: Slot, how: str
) -> None:
    appointments.busy.add(wanted)

    def replies(event: Event) -> list[Event]:
        if not isinstance(event, QuestionAsked):
            return wire.attentive(event) if how != "gone" else []
        how_it_goes: dict[str, list[Event]] = {
            "none": [wire.answered(event, choice=NONE)],
            "declined": [wire.unanswered(event)],
            "gone": [wire.unanswered(event, "call_ended"), wire.ended(event)],
            "silent": [],
        }
        return how_it_goes[how]

    line.replies = replies
    handle = await book()
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert not appointments.confirmed
    assert appointments.released == [handle.id]
    (failed,) = line.of(ToolFailed)
    assert failed.code == ("declined" if how == "none" else "unanswered")
    assert [message.text for message in line.messages] == ([failed.message] if how == "gone" else [])
    assert "othing has been booked" in failed.message


async def test_a_day_that_has_passed_is_the_models_to_put_right(
    book: Book, line: "Line", appointments: "MemoryAppointments"
) -> None:
    with pytest.raises(WorkflowFailureError):
        await (await book(date(2020, 1, 1))).result()
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault) == ("invalid_arguments", "model")
    assert "has passed" in failed.message
    assert not line.of(AnnouncementRequested)


async def test_a_sunday_is_the_models_to_put_right_and_holds_nothing(
    book: Book, line: "Line", appointments: "MemoryAppointments", wanted: Slot
) -> None:
    with pytest.raises(WorkflowFailureError):
        await (await book(wanted.day - timedelta(days=1))).result()
    (failed,) = line.of(ToolFailed)
    assert (failed.code, failed.fault, failed.retryable) == ("invalid_arguments", "model", True)
    assert "day: We come from Monday to Saturday" in failed.message
    assert not appointments.held
    assert not line.of(AnnouncementRequested)


async def test_where_a_saturday_is_taken_the_monday_is_offered(
    book: Book, line: "Line", appointments: "MemoryAppointments", wire: "type[Wire]", wanted: Slot
) -> None:
    saturday = wanted.day - timedelta(days=2)
    appointments.busy.update(slots_of("tap repair", [saturday]))
    line.replies = choosing(wire, lambda asked: str(asked.answer["properties"]["choice"]["enum"][0]))
    visit = await (await book(saturday)).result()
    assert (visit["day"], visit["time"]) == (wanted.day.isoformat(), "08:00:00")


async def test_a_caller_who_has_gone_gets_it_in_writing(
    book: Book, line: "Line", appointments: "MemoryAppointments", wire: "type[Wire]", wanted: Slot
) -> None:
    line.replies = lambda event: [wire.ended(event)] if isinstance(event, AnnouncementRequested) else []
    handle = await book()
    await handle.result()
    assert appointments.confirmed
    assert line.messages[0].text.startswith("Your tap repair is booked for ")
