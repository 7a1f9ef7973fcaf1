"""What a call does about the durable side's events, beside the sound: its own time, and a real bus."""

from dataclasses import replace

import pytest

from edge.core import events as do
from edge.core.conversation import Answer, Cancel, ToolOutcome
from edge.prompt import outcome
from edge.running import SLOW_AGAIN
from schemas.announcements import AnnouncementRequested
from schemas.questions import QuestionAsked, QuestionUnanswered, QuestionWithdrawn
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed, ToolRequested
from schemas.transfers import TransferEnded, TransferRequested
from tests.edge.conftest import Offered
from tests.edge.desk import Desk, ask, refusals

DEPTH = {"type": "object", "properties": {"depth": {"type": "integer"}}}


def with_words(desk: Desk) -> Desk:
    agent = desk.services.agent.model_copy(update={"still_working": ["I'm still working on that."]})
    return Desk(replace(desk.services, agent=agent), desk.bus)


@pytest.mark.parametrize("has", ["keying", "owing"])
async def test_a_tool_is_not_slow_while_the_caller_has_something_else_to_do(
    has: str, desk: Desk, offered: Offered
) -> None:
    await offered()
    desk = with_words(desk)
    assert await ask(desk, 1, deep=True)
    desk.tick(100.0, **{has: True})
    desk.tick(100.1)
    assert desk.said == []
    desk.tick(100.0 + SLOW_AGAIN)
    assert len(desk.said) == 1


async def test_business_is_under_way_only_while_it_does_not_wait_for_the_caller(desk: Desk, offered: Offered) -> None:
    await offered()
    assert await ask(desk, 1, deep=True)
    tool_call = desk.history.open_tools()[0]
    desk.tick(1.0)
    asked = QuestionAsked(
        call_id=desk.call, region="local", tool_call_id=tool_call, question_id="q1", text="How deep?", answer=DEPTH
    )
    desk.business.receive(asked)
    desk.tick(2.0)
    desk.business.settle("q1", "spoken")
    desk.tick(3.0)
    assert desk.business.answer(Answer("q1", {"depth": 3}))
    desk.tick(4.0)
    desk.business.receive(
        desk.event(ToolCompleted, tool="dig", result={}).model_copy(update={"tool_call_id": tool_call})
    )
    desk.tick(5.0)
    desk.tick(6.0)
    assert [each.busy for each in desk.done if isinstance(each, do.Busy)] == [True, False, True, False]


async def test_nor_right_after_the_caller_has_said_something(desk: Desk, offered: Offered) -> None:
    await offered()
    desk = with_words(desk)
    assert await ask(desk, 1, deep=True)
    desk.tick(3.0, busy=True)
    desk.business.turn_committed(2, "How is it going?")
    desk.tick(3.0 + SLOW_AGAIN - 0.1)
    assert desk.said == []
    desk.tick(3.0 + SLOW_AGAIN)
    assert len(desk.said) == 1


async def test_a_request_under_way_may_be_called_off(desk: Desk, offered: Offered) -> None:
    await offered()
    await ask(desk, 1, deep=True)
    (under_way,) = desk.business.conversation().cancellable
    desk.business.turn_committed(2, "Stop that.")
    assert desk.business.cancel(Cancel(under_way.tool_call_id))
    await desk.told()
    wish = await desk.told()
    assert isinstance(wish, ToolCancelRequested)
    assert (wish.tool_call_id, wish.words) == (under_way.tool_call_id, "Stop that.")


async def test_what_may_not_be_called_off_is_not(desk: Desk, offered: Offered) -> None:
    await offered(cancellable=False)
    await ask(desk, 1, deep=True)
    assert not desk.business.conversation().cancellable
    assert not desk.business.cancel(Cancel("dig-1"))
    assert refusals(desk) == ["not_cancellable"]


async def test_the_model_may_speak_of_some_fields_only(desk: Desk, offered: Offered) -> None:
    await offered(spoken=["deep"])
    await ask(desk, 1, deep=True)
    request = await desk.told()
    assert isinstance(request, ToolRequested)
    about = {"call_id": desk.call, "region": "local", "tool_call_id": request.tool_call_id, "tool": "dig"}
    desk.business.receive(ToolCompleted(**about, result={"deep": True, "treasure": "gold"}))
    assert desk.history.entries[-1].content == {"deep": True}  # type: ignore[union-attr]


async def test_a_transfer_that_the_carrier_cannot_do_is_answered_at_once(desk: Desk) -> None:
    wanted = desk.event(TransferRequested, transfer_id="t1", to="+15550199", expires=45)
    desk.business.receive(wanted)
    desk.business.receive(wanted)
    ended = await desk.told()
    assert isinstance(ended, TransferEnded)
    assert (ended.transfer_id, ended.outcome) == ("t1", "unsupported")
    assert await desk.told_besides() == []


async def test_a_question_that_is_not_answered_is_asked_once_more(desk: Desk) -> None:
    desk.asked(reminder=10, expires=60)
    desk.tick(9.9)
    desk.tick(10.1, busy=True)  # Somebody speaks: it waits.
    assert desk.said == ["Red?"]
    for at in (10.3, 20.0, 30.0):
        desk.tick(at)
    assert desk.said == ["Red?", "I still need to know: Red?"]


async def test_nor_is_that_lost_where_the_floor_was_not_free_in_time(desk: Desk) -> None:
    desk.asked(reminder=10, expires=60)
    desk.tick(10.0)
    desk.business.settle("again-q1", "expired")
    desk.tick(11.9, busy=True)
    desk.tick(12.0)
    desk.business.settle("again-q1", "spoken")
    desk.tick(30.0)
    assert desk.said == ["Red?", *["I still need to know: Red?"] * 2]


async def test_a_question_whose_answer_came_another_way_is_dropped(desk: Desk) -> None:
    desk.asked(reminder=10)
    assert [question.question_id for question in desk.history.questions] == ["q1"]
    desk.business.receive(desk.event(QuestionWithdrawn, question_id="q1"))
    desk.business.receive(desk.event(QuestionWithdrawn, question_id="q1"))
    assert not desk.history.questions
    desk.tick(11)
    desk.business.end()
    assert desk.said == ["Red?"]
    assert await desk.told_besides() == []


async def test_the_business_of_an_earlier_call_hears_that_this_one_ended(desk: Desk) -> None:
    assert desk.business.open_tools() == []
    desk.business.receive(desk.event(AnnouncementRequested, announcement_id="a1", text="It is done."))
    assert desk.business.open_tools() == ["paint-1"]


async def test_a_failure_that_only_the_model_can_tell_is_the_last_news_however_much_was_said_since(
    desk: Desk, offered: Offered
) -> None:
    await offered()
    await ask(desk, 1)
    asked = desk.history.open_tools()[0]
    failed = ToolFailed(
        call_id=desk.call, region="local", tool_call_id=asked, tool="dig", code="rock", message="Rock.", fault="model"
    )
    desk.business.receive(failed)
    desk.business.receive(failed)
    (announce,) = [each for each in desk.done if isinstance(each, do.Announce)]
    assert announce.text == ""
    desk.history.caller_said(2, "What does it cost?")
    desk.history.agent_said("r2", "turn", "Ten dollars.", interrupted=False)
    last = desk.business.conversation(news=announce.announcement).entries[-1]
    assert isinstance(last, ToolOutcome)
    assert last.untold
    assert desk.business.conversation().entries[-1] != last
    assert "has not been told" in outcome(last)


async def test_a_question_that_the_caller_puts_off_still_waits_for_its_kind_of_answer(desk: Desk) -> None:
    assert desk.business.awaited() is None
    desk.asked(profile="digits")
    assert desk.business.awaited() == "digits"


async def test_without_keys_a_question_for_what_is_sensitive_is_not_asked(desk: Desk) -> None:
    answer = {"type": "object", "properties": {"pin": {"type": "string", "sensitive": True}}}
    desk.business.receive(desk.event(QuestionAsked, question_id="q1", text="The PIN?", answer=answer))
    unanswered = await desk.told()
    assert isinstance(unanswered, QuestionUnanswered)
    assert unanswered.reason == "declined"
    assert not desk.said
