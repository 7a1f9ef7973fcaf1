"""A caller who is there, who has gone, and of whom nothing is ever heard."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.client import WorkflowFailureError

from schemas.announcements import AnnouncementRequested
from schemas.cards import CardRequested, CardWithdrawn
from schemas.questions import QuestionAsked
from schemas.tools import ToolCompleted
from schemas.transfers import TransferRequested
from workflows.caller import Caller, NoCard, NotSpoken, Spoken, Unanswered
from workflows.conduct import conducted

if TYPE_CHECKING:
    from tests.workflows.conftest import Line, Start, Wire


class Order(BaseModel):
    """Order a thing."""

    what: str = Field(description="Which of the caller's ways is tried.")


class Outcome(BaseModel):
    """What came of it."""

    text: str


class Colour(BaseModel):
    """A colour."""

    colour: Literal["red", "green"] = Field(description="The colour.")


@workflow.defn
class TalkWorkflow:
    """Tries one of the caller's ways."""

    @workflow.run
    @conducted
    async def run(self, request: Order, caller: Caller) -> Outcome:
        if request.what == "say":
            spoken = await caller.say("It is on its way.", urgent=True, patience=30)
            return Outcome(text=f"heard {spoken.heard}" if isinstance(spoken, Spoken) else spoken.reason)
        if request.what == "ask":
            answer = await caller.ask("Red or green?", Colour, profile="open", patience=30)
            return Outcome(text=answer.reason if isinstance(answer, Unanswered) else answer.colour)
        if request.what == "say twice":
            first = await caller.say("One.")
            second = await caller.say("Two.")
            assert isinstance(first, NotSpoken)
            assert isinstance(second, NotSpoken)
            return Outcome(text=f"{first.reason} {second.reason}")
        if request.what == "transfer":
            transferred = await caller.transfer("+15550199", text="One moment.", whisper="A leak.", patience=20)
            return Outcome(text=f"{transferred.outcome} {transferred.connected}")
        if request.what == "card":
            card = await caller.collect_card(100, "USD", "One dollar.", patience=20)
            return Outcome(text=card.reason if isinstance(card, NoCard) else card.last4)
        told = await caller.tell("It is done.", Outcome(text="done"), otherwise="Done, by message.")
        assert told.how in ("spoken", "sent", "nowhere")
        return Outcome(text="done")


async def outcome(handle: Any) -> str:
    return str((await handle.result())["text"])


async def test_say_comes_back_with_what_was_heard(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = wire.attentive
    assert await outcome(await start(TalkWorkflow, what="say")) == "heard It is on its way."
    (announced,) = line.of(AnnouncementRequested)
    assert (announced.urgent, announced.expires) == (True, 30)
    assert line.kinds == ["announcement_requested", "tool_completed"]


@pytest.mark.parametrize("reason", ["call_ended", "expired", "refused"])
async def test_say_comes_back_with_why_it_was_not_heard(
    start: "Start", line: "Line", wire: "type[Wire]", reason: str
) -> None:
    line.replies = lambda event: [wire.unheard(event, reason)] if isinstance(event, AnnouncementRequested) else []
    assert await outcome(await start(TalkWorkflow, what="say")) == reason


async def test_say_gives_up_when_the_edge_never_says(start: "Start", line: "Line") -> None:
    assert await outcome(await start(TalkWorkflow, what="say")) == "silent"


async def test_nothing_is_said_into_a_call_that_has_ended(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.ended(event)] if isinstance(event, AnnouncementRequested) else []
    assert await outcome(await start(TalkWorkflow, what="say twice")) == "call_ended call_ended"
    assert len(line.of(AnnouncementRequested)) == 1


async def test_what_was_heard_counts_though_the_call_ended_first(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    def replies(event: Any) -> list[Any]:
        return [wire.ended(event), wire.heard(event)] if isinstance(event, AnnouncementRequested) else []

    line.replies = replies
    assert await outcome(await start(TalkWorkflow, what="say")) == "heard It is on its way."


async def test_an_answer_comes_back_as_the_model(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.answered(event, colour="green")] if isinstance(event, QuestionAsked) else []
    assert await outcome(await start(TalkWorkflow, what="ask")) == "green"
    (asked,) = line.of(QuestionAsked)
    assert asked.answer["properties"]["colour"]["enum"] == ["red", "green"]
    assert "$defs" not in asked.answer


async def test_an_answer_that_does_not_fit_is_asked_for_once_more(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    answers = iter(["blue", "red"])
    line.replies = lambda event: (
        [wire.answered(event, colour=next(answers))] if isinstance(event, QuestionAsked) else []
    )
    assert await outcome(await start(TalkWorkflow, what="ask")) == "red"
    assert len({asked.question_id for asked in line.of(QuestionAsked)}) == 2


async def test_answers_that_never_fit_are_invalid(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.answered(event, shade=1)] if isinstance(event, QuestionAsked) else []
    assert await outcome(await start(TalkWorkflow, what="ask")) == "invalid"


@pytest.mark.parametrize("reason", ["call_ended", "expired", "declined"])
async def test_a_question_may_stay_without_answer(
    start: "Start", line: "Line", wire: "type[Wire]", reason: str
) -> None:
    line.replies = lambda event: [wire.unanswered(event, reason)] if isinstance(event, QuestionAsked) else []
    assert await outcome(await start(TalkWorkflow, what="ask")) == reason


async def test_a_question_gives_up_when_the_edge_never_says(start: "Start", line: "Line") -> None:
    assert await outcome(await start(TalkWorkflow, what="ask")) == "silent"


async def test_an_outcome_is_spoken_to_a_caller_who_is_there(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = wire.attentive
    await outcome(await start(TalkWorkflow, what="tell"))
    assert not line.messages
    # The announcement first: an edge that has seen the result must have seen what is to be said of it.
    assert line.kinds == ["announcement_requested", "tool_completed"]


async def test_an_outcome_is_sent_to_a_caller_who_has_gone(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.ended(event)] if isinstance(event, AnnouncementRequested) else []
    await outcome(await start(TalkWorkflow, what="tell"))
    (message,) = line.messages
    assert (message.recipient, message.text) == ("+15550100", "Done, by message.")
    assert len(line.of(ToolCompleted)) == 1


async def test_an_outcome_is_sent_when_the_edge_never_says(start: "Start", line: "Line") -> None:
    await outcome(await start(TalkWorkflow, what="tell"))
    assert len(line.messages) == 1


async def test_a_caller_without_a_number_who_has_gone_is_not_told(start: "Start", line: "Line") -> None:
    assert await outcome(await start(TalkWorkflow, caller=None, what="tell")) == "done"
    assert not line.messages


async def test_strange_signals_do_no_harm(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    handle = await start(TalkWorkflow, what="say")
    await handle.signal("announcement_spoken", {"nonsense": True})
    await handle.signal("announcement_spoken", "not even an object")
    await handle.signal("question_answered")
    await handle.signal("never_heard_of", {"a": 1})
    stray = AnnouncementRequested(
        call_id="c", region="test", announcement_id="another", tool_call_id=handle.id, text="Something else."
    )
    await line.signal(handle.id, wire.heard(stray))
    line.replies = wire.attentive
    assert await outcome(handle) in ("heard It is on its way.", "silent")


async def test_events_wait_for_nats_and_keep_their_order_and_ids(
    start: "Start", line: "Line", wire: "type[Wire]"
) -> None:
    line.replies = wire.attentive
    line.outage = 3
    assert await outcome(await start(TalkWorkflow, what="say")) == "heard It is on its way."
    assert line.kinds == ["announcement_requested", "tool_completed"]
    assert len({event.id for event in line.events}) == 2


@pytest.mark.parametrize("outcome_", ["connected", "unanswered", "unsupported", "failed"])
async def test_a_transfer_comes_back_with_what_became_of_it(
    start: "Start", line: "Line", wire: "type[Wire]", outcome_: Any
) -> None:
    line.replies = lambda event: (
        [wire.transferred(event, outcome_)] if isinstance(event, TransferRequested) else wire.attentive(event)
    )
    assert await outcome(await start(TalkWorkflow, what="transfer")) == f"{outcome_} {outcome_ == 'connected'}"
    (asked,) = line.of(TransferRequested)
    assert (asked.to, asked.text, asked.whisper, asked.expires) == ("+15550199", "One moment.", "A leak.", 20)


async def test_a_transfer_of_which_nothing_is_heard_is_given_up(start: "Start", line: "Line") -> None:
    assert await outcome(await start(TalkWorkflow, what="transfer")) == "silent False"


async def test_a_caller_who_has_gone_is_not_transferred(start: "Start", line: "Line", wire: "type[Wire]") -> None:
    line.replies = lambda event: [wire.ended(event)] if isinstance(event, TransferRequested) else []
    assert await outcome(await start(TalkWorkflow, what="transfer")) == "call_ended False"


async def test_a_card_of_which_nothing_is_heard_is_not_wanted_any_more(start: "Start", line: "Line") -> None:
    assert await outcome(await start(TalkWorkflow, what="card")) == "silent"
    (asked,), (withdrawn,) = line.of(CardRequested), line.of(CardWithdrawn)
    assert (withdrawn.card_request_id, withdrawn.call_id) == (asked.card_request_id, asked.call_id)


async def test_a_card_is_not_wanted_where_the_business_is_called_off(start: "Start", line: "Line") -> None:
    asked = asyncio.Event()

    def replies(event: Any) -> list[Any]:
        if isinstance(event, CardRequested):
            asked.set()
        return []

    line.replies = replies
    handle = await start(TalkWorkflow, what="card")
    async with asyncio.timeout(60):
        await asked.wait()
    await handle.cancel()
    with pytest.raises(WorkflowFailureError):
        await handle.result(rpc_timeout=timedelta(seconds=60))
    assert len(line.of(CardWithdrawn)) == 1
