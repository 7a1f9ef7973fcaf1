"""A visit that is cancelled, once; or not, where it is not there, not the caller's, or too near; on real rows."""

from collections.abc import Awaitable, Callable
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.questions import QuestionAsked
from schemas.tools import ToolFailed
from workers.sandbox import runner
from workflows.catalog import scan

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire
    from tests.workflows.tools.conftest import Diary

Cancel = Callable[..., Awaitable[WorkflowHandle[Any, Any]]]


@pytest.fixture
def cancel(start: "Start", diary: "Diary") -> Cancel:
    """Cancel Anna's visit, in the sandbox as workers run it."""
    tool = next(tool for tool in scan().tools if tool.name == "cancel_visit")

    async def cancel(**more: Any) -> WorkflowHandle[Any, Any]:
        arguments = {"day": diary.day.isoformat(), "name": "Anna Miller"}
        return await start(
            tool.workflow, tool.activities_in(diary.world), runner=runner([tool.workflow]), **(arguments | more)
        )

    return cancel


async def refused(handle: WorkflowHandle[Any, Any], line: "Line") -> ToolFailed:
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    (failed,) = line.of(ToolFailed)
    assert isinstance(failed, ToolFailed)
    return failed


@pytest.mark.parametrize("there", [True, False])
async def test_it_is_cancelled_and_told_also_in_writing(
    cancel: Cancel, line: "Line", wire: "type[Wire]", diary: "Diary", there: bool
) -> None:
    def replies(event: Event) -> list[Event]:
        if there:
            return wire.attentive(event)
        return [wire.ended(event)] if isinstance(event, AnnouncementRequested) else []

    line.replies = replies
    booking = await diary.book(10)
    cancelled = await (await cancel()).result()
    assert (cancelled["booking_id"], cancelled["time"]) == (booking, "10:00:00")
    assert await diary.standing() == []
    assert await diary.taken() == []
    told = line.of(AnnouncementRequested)[0].text if there else line.messages[0].text
    assert told.startswith("Your tap repair on ")
    assert told.endswith("at ten in the morning is cancelled. Nina will not come.")


async def test_of_two_on_that_day_the_caller_says_which(
    cancel: Cancel, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    await diary.book(10)
    await diary.book(14, service="drain cleaning")

    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [wire.answered(event, choice=event.answer["properties"]["choice"]["enum"][1])]
        return wire.attentive(event)

    line.replies = replies
    await (await cancel()).result()
    (asked,) = line.of(QuestionAsked)
    assert asked.text.startswith("I find two visits: the tap repair on ")
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]


async def test_a_second_call_finds_nothing_any_more(
    cancel: Cancel, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    await (await cancel()).result()
    failed = await refused(await cancel(), line)
    assert failed.code == "not_found"
    assert "Nothing has been changed" in failed.message


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": "Ben Okafor"}, "not_found"),
        ({"caller": "+15550123"}, "not_found"),
        ({"caller": None}, "unknown_number"),
    ],
)
async def test_nobody_cancels_anothers_visit(
    cancel: Cancel, line: "Line", wire: "type[Wire]", diary: "Diary", more: dict[str, Any], code: str
) -> None:
    line.replies = wire.attentive
    await diary.book(10)
    assert (await refused(await cancel(**more), line)).code == code
    assert await diary.standing() == [(diary.day, time(10), "Anna Miller")]


async def test_shortly_before_it_starts_it_is_too_late(
    cancel: Cancel, line: "Line", wire: "type[Wire]", diary: "Diary"
) -> None:
    line.replies = wire.attentive
    now = await diary.now()
    await diary.book(now.hour, day=now.date())
    failed = await refused(await cancel(day=now.date().isoformat()), line)
    assert failed.code == "too_late"
    assert "Nina is on the way or has been" in failed.message
    assert await diary.standing() == [(now.date(), time(now.hour), "Anna Miller")]
