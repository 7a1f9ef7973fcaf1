"""A question whose caller has gone: by link, call back, dispatcher or default; and a caller who returns."""

from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import WorkflowHandle

from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.calls import EndReason
from schemas.decisions import DECIDE, WAITING, DecisionAsked, Ruling, Waiting
from schemas.questions import QuestionAsked, QuestionWithdrawn
from workflows.caller import Caller, Unanswered
from workflows.conduct import conducted
from workflows.elsewhere import AskDispatcher, CallBack, Default, Link, Route

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire

    Handle = WorkflowHandle[Any, Any]


class Paint(BaseModel):
    """Paint it."""

    routes: list[str] = Field(description="Where the question goes.")


class Painted(BaseModel):
    """What came of it."""

    text: str


class Colour(BaseModel):
    """A colour."""

    colour: Literal["red", "green"] = Field(description="The colour.")


ROUTES: dict[str, Route[Colour]] = {
    "link": Link(patience=7200, reminder=3600),
    "call back": CallBack(patience=600),
    "dispatcher": AskDispatcher(patience=300),
    "default": Default(Colour(colour="green")),
}


@workflow.defn
class PaintWorkflow:
    """Asks for a colour."""

    @workflow.run
    @conducted
    async def run(self, request: Paint, caller: Caller) -> Painted:
        routes = [ROUTES[name] for name in request.routes]
        answer = await caller.ask("Red or green?", Colour, patience=30, reminder=10, otherwise=routes)
        text = answer.reason if isinstance(answer, Unanswered) else answer.colour
        await caller.tell(f"It will be {text}.")
        return Painted(text=text)


@pytest.fixture
def gone(line: "Line", wire: "type[Wire]") -> None:
    """The caller hangs up when they are asked."""
    line.replies = lambda event: [wire.ended(event)] if isinstance(event, QuestionAsked) else []


async def waiting(handle: "Handle", kind: str) -> Waiting:
    while True:
        found: list[Waiting] = await handle.query(WAITING, result_type=list[Waiting])
        if found and found[0].kind == kind:
            return found[0]


async def decide(handle: "Handle", item: Waiting, colour: str) -> None:
    await handle.execute_update(DECIDE, Ruling(id=item.id, answer={"colour": colour}, by="somebody"))


async def sent(handle: "Handle", line: "Line") -> None:
    """A link goes out once it waits to be answered."""
    while not line.messages:
        await handle.describe()


async def outcome(handle: "Handle") -> str:
    return str((await handle.result())["text"])


@pytest.mark.usefixtures("gone")
async def test_a_link_goes_to_the_caller_and_answers(start: "Start", line: "Line") -> None:
    handle = await start(PaintWorkflow, routes=["link", "default"])
    item = await waiting(handle, "link")
    await sent(handle, line)
    (message,) = line.messages
    assert (message.recipient, message.text) == ("+15550100", f"Red or green? https://answers.example/{item.id}")
    assert item.otherwise == "It is taken as: colour green."
    await decide(handle, item, "red")
    assert await outcome(handle) == "red"
    assert line.messages[1:][0].text == "It will be red."


@pytest.mark.usefixtures("gone")
async def test_a_link_is_sent_again_and_in_the_end_given_up(start: "Start", line: "Line") -> None:
    handle = await start(PaintWorkflow, routes=["link", "default"])
    assert await outcome(handle) == "green"
    assert [message.text.partition(" https")[0] for message in line.messages] == [
        "Red or green?",
        "We still need to know: Red or green?",
        "It will be green.",
    ]


@pytest.mark.usefixtures("gone")
@pytest.mark.parametrize(("route", "kind"), [("call back", "call_back"), ("dispatcher", "question")])
async def test_a_person_answers_in_the_callers_place(start: "Start", line: "Line", route: str, kind: str) -> None:
    handle = await start(PaintWorkflow, routes=[route, "default"])
    item = await waiting(handle, kind)
    assert item.details == ({"Ring": "+15550100"} if kind == "call_back" else {})
    await decide(handle, item, "red")
    assert await outcome(handle) == "red"


@pytest.mark.usefixtures("gone")
async def test_routes_are_gone_in_order(start: "Start", line: "Line") -> None:
    handle = await start(PaintWorkflow, routes=["dispatcher", "call back", "link"])
    assert await outcome(handle) == "call_ended"
    assert [asked.of for asked in line.of(DecisionAsked)] == ["question", "call_back", "link"]


@pytest.mark.usefixtures("gone")
async def test_what_a_caller_without_a_number_cannot_have_is_passed_over(start: "Start", line: "Line") -> None:
    handle = await start(PaintWorkflow, caller=None, routes=["link", "call back", "dispatcher"])
    await decide(handle, await waiting(handle, "question"), "red")
    assert await outcome(handle) == "red"
    assert not line.messages


@pytest.mark.usefixtures("gone")
async def test_without_a_page_no_link_is_sent(start: "Start", line: "Line") -> None:
    line.serves_links = False
    assert await outcome(await start(PaintWorkflow, routes=["link", "default"])) == "green"
    assert [message.text for message in line.messages] == ["It will be green."]


async def test_a_caller_who_will_not_say_is_not_pursued(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.unanswered(event)] if isinstance(event, QuestionAsked) else wire.attentive(event)
    assert await outcome(await start(PaintWorkflow, routes=["default"])) == "declined"


async def test_a_caller_who_says_nothing_is_reminded_by_the_edge_and_then_taken_for_the_default(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = lambda event: (
        [wire.unanswered(event, "expired")] if isinstance(event, QuestionAsked) else wire.attentive(event)
    )
    assert await outcome(await start(PaintWorkflow, routes=["default"])) == "green"
    (asked,) = line.of(QuestionAsked)
    assert (asked.expires, asked.reminder) == (30, 10)


async def test_a_caller_who_rings_again_is_asked_in_the_new_call(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [wire.answered(event, colour="red") if event.call_id == "call_2" else wire.ended(event)]
        return wire.attentive(event)

    line.replies = replies
    handle = await start(PaintWorkflow, routes=["link", "default"])
    await waiting(handle, "link")
    await sent(handle, line)
    await line.signal(handle.id, wire.back("call_2"))
    assert await outcome(handle) == "red"
    first, again = line.of(QuestionAsked)
    # That one may be about the same kind of thing: it is said what this is about.
    assert (again.call_id, again.text) == ("call_2", f"About your earlier call: {first.text}")
    # The outcome is told in that call too, while the tool's life stays with the call that asked for it.
    (told,) = line.of(AnnouncementRequested)
    assert (told.call_id, told.text) == ("call_2", "About your earlier call: It will be red.")
    assert line.events[-1].call_id == line.events[0].call_id != "call_2"
    assert [message.text.partition(" ")[0] for message in line.messages] == ["Red"]


async def test_the_end_of_the_earlier_call_come_late_does_not_end_the_new_one(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked) and event.call_id != "call_2":
            return [wire.back("call_2"), wire.ended(event)]
        return [wire.answered(event, colour="red")] if isinstance(event, QuestionAsked) else wire.attentive(event)

    line.replies = replies
    assert await outcome(await start(PaintWorkflow, routes=["link", "default"])) == "red"
    assert not line.messages or line.messages[-1].text != "It will be red."


async def test_somebody_else_of_the_same_number_hears_nothing_of_it(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            return [wire.back("call_2"), wire.answered(event, colour="red"), wire.ended(event)]
        return wire.attentive(event)

    line.replies = replies
    assert await outcome(await start(PaintWorkflow, routes=[])) == "red"
    assert "call_2" not in {event.call_id for event in line.events}
    assert [message.text for message in line.messages] == ["It will be red."]


@pytest.mark.parametrize(("reason", "told_in"), [("transport_lost", "call_2"), ("agent_hung_up", None)])
async def test_a_call_that_broke_off_goes_on_in_the_next_and_one_with_a_goodbye_does_not(
    reason: EndReason, told_in: str | None, start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked) and event.call_id != "call_2":
            return [wire.back("call_2"), wire.ended(event).model_copy(update={"reason": reason})]
        return [wire.answered(event, colour="red")] if isinstance(event, QuestionAsked) else wire.attentive(event)

    line.replies = replies
    assert await outcome(await start(PaintWorkflow, routes=[])) == ("red" if told_in else "call_ended")
    assert {event.call_id for event in line.of(QuestionAsked)[1:]} == ({told_in} if told_in else set())


async def test_who_has_hung_up_in_both_is_in_neither(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    def replies(event: Event) -> list[Event]:
        if isinstance(event, QuestionAsked):
            further = wire.back("call_2")
            return [further, wire.ended(further), wire.ended(event)]
        return wire.attentive(event)

    line.replies = replies
    assert await outcome(await start(PaintWorkflow, routes=["default"])) == "green"
    assert "call_2" not in {event.call_id for event in line.events}


async def test_an_answer_by_link_takes_the_question_out_of_the_new_call(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = lambda event: (
        [wire.ended(event)] if isinstance(event, QuestionAsked) and event.call_id != "call_2" else wire.attentive(event)
    )
    handle = await start(PaintWorkflow, routes=["link", "default"])
    item = await waiting(handle, "link")
    await line.signal(handle.id, wire.back("call_2"))
    while len(line.of(QuestionAsked)) < 2:
        await handle.describe()
    await decide(handle, item, "red")
    assert await outcome(handle) == "red"
    (withdrawn,) = line.of(QuestionWithdrawn)
    assert withdrawn.question_id == line.of(QuestionAsked)[1].question_id
