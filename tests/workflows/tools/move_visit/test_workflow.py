"""A visit that is moved: to a free slot, to another near a taken one, or not at all; on real rows."""

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.questions import QuestionAsked
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed, ToolProgressed
from workers.sandbox import runner
from workflows.catalog import scan
from workflows.choice import NONE

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire
    from tests.workflows.tools.conftest import Diary

Move = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@pytest.fixture
def move(start: "Start", diary: "Diary") -> Move:
    """Move Anna's visit to eleven o'clock on the day after, in the sandbox as workers run it."""
    tool = next(tool for tool in scan().tools if tool.name == "move_visit")

    async def move(**more: Any) -> WorkflowHandle[Any, Any]:
        arguments = {
            "day": diary.day.isoformat(),
            "new_day": (diary.day + timedelta(days=1)).isoformat(),
            "new_time": "11:00",
            "name": "Anna Miller",
        }
        return await start(
            tool.workflow, tool.activities_in(diary.world), runner=runner([tool.workflow]), **(arguments | more)
        )

    return move


def choosing(wire: "type[Wire]", pick: Callable[[list[str]], str]) -> Callable[[Event], list[Event]]:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [wire.answered(event, choice=pick(event.answer["properties"]["choice"]["enum"]))]
        return wire.attentive(event)

    return replies


def called_off(event: QuestionAsked | ToolProgressed) -> ToolCancelRequested:
    return ToolCancelRequested(
        call_id=event.call_id, region=event.region, tool_call_id=event.tool_call_id, tool="a_tool", words="Stop."
    )


async def refused(handle: WorkflowHandle[Any, Any], line: "Line") -> ToolFailed:
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    (failed,) = line.of(ToolFailed)
    assert isinstance(failed, ToolFailed)
    return failed


async def test_it_is_moved_and_the_old_slot_is_free(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    handle = await move()
    moved = await handle.result()
    after = diary.day + timedelta(days=1)
    assert (moved["booking_id"], moved["day"], moved["time"]) == (handle.id, after.isoformat(), "11:00:00")
    assert await diary.standing() == [(after, time(11), "Anna Miller")]
    assert await diary.taken() == [(after, time(11))]
    (announced,) = line.of(AnnouncementRequested)
    assert announced.text.startswith("Your tap repair is moved to ")
    assert not any(character.isdigit() for character in announced.text)


@pytest.mark.parametrize(
    ("same", "later", "at"), [("new_day", 0, time(11)), ("new_time", 1, time(10))], ids=["same day", "same time"]
)
async def test_what_stays_need_not_be_known(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary", same: str, later: int, at: time
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    await (await move(**{same: None})).result()
    assert await diary.standing() == [(diary.day + timedelta(days=later), at, "Anna Miller")]


async def test_where_the_new_slot_is_taken_another_near_it_is_chosen(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    await diary.book(10)
    after = diary.day + timedelta(days=1)
    await diary.book(11, day=after, phone="+15550199", name="Ben Okafor")
    line.replies = choosing(wire, lambda choices: choices[1])
    await (await move()).result()
    (asked,) = line.of(QuestionAsked)
    assert "is taken. I could offer ten in the morning that day or noon that day" in asked.text
    assert await diary.standing() == [(after, time(12), "Anna Miller")]
    assert await diary.taken() == [(after, time(11)), (after, time(12))]


@pytest.mark.parametrize("how", ["none", "gone", "silent"])
async def test_where_no_other_suits_the_visit_stays(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary", how: str
) -> None:
    await diary.book(10)
    after = diary.day + timedelta(days=1)
    await diary.book(11, day=after, phone="+15550199", name="Ben Okafor")

    def replies(event: Event) -> list[Event]:
        if not isinstance(event, QuestionAsked):
            return wire.attentive(event) if how != "gone" else []
        how_it_goes: dict[str, list[Event]] = {
            "none": [wire.answered(event, choice=NONE)],
            "gone": [wire.unanswered(event, "call_ended"), wire.ended(event)],
            "silent": [],
        }
        return how_it_goes[how]

    line.replies = replies
    failed = await refused(await move(), line)
    assert failed.code == ("declined" if how == "none" else "unanswered")
    assert "your visit stays as it was" in failed.message
    assert [message.text for message in line.messages] == ([failed.message] if how == "gone" else [])
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]
    assert await diary.taken() == [(diary.day, time(10)), (after, time(11))]


async def test_called_off_while_asked_the_visit_stays_and_nothing_is_held(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    await diary.book(10)
    await diary.book(11, day=diary.day + timedelta(days=1), phone="+15550199", name="Ben Okafor")

    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [called_off(event)]
        return wire.attentive(event)

    line.replies = replies
    failed = await refused(await move(), line)
    assert failed.code == "cancelled"
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]


async def test_called_off_once_it_is_firm_it_is_moved_all_the_same(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    await diary.book(10)

    def replies(event: Event) -> list[Event]:
        if isinstance(event, ToolProgressed) and event.step == "moved the visit":
            return [called_off(event)]
        return wire.attentive(event)

    line.replies = replies
    await (await move()).result()
    assert line.of(ToolCompleted)
    assert not line.of(ToolFailed)
    assert await diary.standing() == [(diary.day + timedelta(days=1), time(11), "Anna Miller")]


async def test_of_two_moves_at_once_one_is_done_and_the_other_told(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    handles = [await move(), await move(new_time="15:00")]
    outcomes = []
    for handle in handles:
        try:
            outcomes.append(await handle.result())
        except WorkflowFailureError:
            continue
    # One after the other is as good: then the second does not find it on that day, and asks.
    assert len(outcomes) == 1
    after = diary.day + timedelta(days=1)
    assert await diary.standing() == [(after, time.fromisoformat(outcomes[0]["time"]), "Anna Miller")]
    assert await diary.taken() == [(after, time.fromisoformat(outcomes[0]["time"]))]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": "Ben Okafor"}, "not_found"),
        ({"caller": "+15550123"}, "not_found"),
        ({"caller": None}, "unknown_number"),
    ],
)
async def test_nobody_moves_anothers_visit(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary", more: dict[str, Any], code: str
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    failed = await refused(await move(**more), line)
    assert failed.code == code
    assert "tap repair" not in failed.message
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]


async def test_on_a_wrong_day_the_caller_is_asked_whether_it_is_the_one_that_is_found(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    await diary.book(10)
    line.replies = choosing(wire, lambda choices: choices[0])
    await (await move(day=(diary.day + timedelta(days=3)).isoformat())).result()
    (asked,) = line.of(QuestionAsked)
    assert asked.text.startswith("I find no visit on ")
    assert asked.text.endswith("at ten in the morning. Is that the one you mean?")
    assert await diary.standing() == [(diary.day + timedelta(days=1), time(11), "Anna Miller")]


async def test_a_move_to_the_time_it_has_and_one_to_the_past_change_nothing(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    assert (await refused(await move(new_day=diary.day.isoformat(), new_time="10:00"), line)).code == "unchanged"
    line.events.clear()
    past = await refused(await move(new_day=date(2020, 1, 1).isoformat()), line)
    assert (past.code, past.fault) == ("invalid_arguments", "model")
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]


async def test_a_visit_with_a_deposit_is_for_a_person(
    move: Move, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    await diary.book(8, service="boiler replacement")
    assert (await refused(await move(), line)).code == "needs_person"
    assert await diary.standing() == [(diary.day, time(8), "Anna Miller")]
