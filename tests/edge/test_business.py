"""What a call does about the durable side's events, beside the sound: its own time, and a real bus."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from nats.aio.client import Client

from edge.core import events as do
from edge.core.conversation import Cancel, ToolCall, ToolOutcome
from edge.prompt import outcome
from edge.running import SLOW_AGAIN
from schemas.announcements import AnnouncementRequested
from schemas.questions import QuestionAsked, QuestionUnanswered, QuestionWithdrawn
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed, ToolRequested, ToolSpec
from schemas.transfers import TransferEnded, TransferRequested
from tests.conftest import Until
from tests.edge.desk import Desk
from trunkline.stack.stack import Engines
from workers.adapters.nats import ToolsBucket

SPEC = ToolSpec(
    name="dig",
    title="dig a hole",
    description="Dig.",
    parameters={"type": "object", "properties": {"deep": {"type": "boolean"}}, "additionalProperties": False},
    result={},
    workflow="dig",
)


Offered = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture
async def offered(desk: Desk, nats_client: Client, until: Until) -> AsyncIterator[Offered]:
    """``await offered(repeat="ask")``: a worker offers the tool, with this policy, and the edge knows of it."""
    bucket = ToolsBucket(nats_client.jetstream())

    async def offered(**policy: Any) -> None:
        spec = SPEC.model_copy(update=policy)
        await bucket.offer("test", [spec])
        await until(lambda: desk.bus.tool_specs().get("dig") == spec)

    yield offered
    await bucket.offer("test", [])


async def ask(desk: Desk, turn: int, tool: str = "dig", **arguments: Any) -> bool:
    desk.business.turn_committed(turn, "Dig.")
    stored = await desk.business.request(ToolCall(tool, arguments))
    desk.business.turn_answered(turn)
    return stored


def refusals(desk: Desk) -> list[str]:
    outcomes = [entry for entry in desk.history.entries if isinstance(entry, ToolOutcome)]
    return [str(entry.content["code"]) for entry in outcomes if entry.status == "refused"]


def notes(desk: Desk) -> list[str]:
    return [str(entry.content.get("message")) for entry in desk.history.entries if isinstance(entry, ToolOutcome)]


async def test_asking_for_the_same_again_joins_what_is_under_way(desk: Desk, offered: Offered) -> None:
    await offered()
    assert await ask(desk, 1, deep=True)
    assert await ask(desk, 1, deep=True)  # In one breath: it has just been told.
    assert not await ask(desk, 2, deep=True)
    request = await desk.told()
    assert isinstance(request, ToolRequested)
    assert await desk.told_besides() == []
    assert "still under way" in notes(desk)[-1]
    about = {"call_id": desk.call, "region": "local", "tool_call_id": request.tool_call_id, "tool": "dig"}
    desk.business.receive(ToolCompleted(**about, result={}))
    assert not await ask(desk, 3, deep=True)
    assert "is done" in notes(desk)[-1]
    assert await desk.told_besides() == []


async def test_what_failed_is_tried_anew_once_the_caller_has_said_something(desk: Desk, offered: Offered) -> None:
    await offered()
    assert await ask(desk, 1, deep=True)
    first = await desk.told()
    assert isinstance(first, ToolRequested)
    about = {"call_id": desk.call, "region": "local", "tool_call_id": first.tool_call_id, "tool": "dig"}
    desk.business.receive(ToolFailed(**about, code="declined", message="The card was declined.", fault="business"))
    assert not await ask(desk, 2, deep=True)  # The caller has not spoken since.
    assert "did not work" in notes(desk)[-1]
    desk.history.caller_said(3, "Then once more.")
    assert await ask(desk, 3, deep=True)
    second = await desk.told()
    assert isinstance(second, ToolRequested)
    assert (second.arguments, second.tool_call_id != first.tool_call_id) == (first.arguments, True)
    # Of this one something remains: a person puts it right, and nothing is begun on top of it.
    about["tool_call_id"] = second.tool_call_id
    desk.business.receive(ToolFailed(**about, code="unsettled", message="We put it right.", fault="system"))
    desk.history.caller_said(4, "Again.")
    assert not await ask(desk, 4, deep=True)


async def test_a_tool_is_not_slow_while_the_caller_keys_something_in(desk: Desk, offered: Offered) -> None:
    await offered()
    agent = desk.services.agent.model_copy(update={"still_working": ["I'm still working on that."]})
    desk = Desk(replace(desk.services, agent=agent), desk.bus)
    assert await ask(desk, 1, deep=True)
    desk.tick(100.0, keying=True)
    desk.tick(100.1)
    assert desk.said == []
    desk.tick(100.0 + SLOW_AGAIN)
    assert len(desk.said) == 1


async def test_asking_for_the_same_again_may_be_refused(desk: Desk, offered: Offered) -> None:
    await offered(repeat="reject")
    assert await ask(desk, 1, deep=True)
    assert not await ask(desk, 2, deep=True)
    assert refusals(desk) == ["repeated"]


async def test_a_second_one_is_asked_about_and_then_done(desk: Desk, offered: Offered) -> None:
    await offered(repeat="ask")
    assert await ask(desk, 1, deep=True)
    assert not await ask(desk, 2, deep=True)
    assert not await ask(desk, 2, deep=True)  # In the same turn: the caller cannot have answered.
    assert await ask(desk, 3, deep=True)
    first, second = await desk.told(), await desk.told()
    assert isinstance(first, ToolRequested)
    assert isinstance(second, ToolRequested)
    assert first.arguments == second.arguments
    assert first.tool_call_id != second.tool_call_id
    assert not await ask(desk, 4, deep=True)  # A third is another matter.


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


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("fly", {}, "unknown_tool"),
        ("dig", {"deep": "very"}, "invalid_arguments"),
        ("dig", {"wide": True}, "invalid_arguments"),
        ("dig", {"deep": [["x" * 5000]]}, "invalid_arguments"),
    ],
)
async def test_bad_arguments_store_nothing_and_tell_the_model(
    desk: Desk, offered: Offered, tool: str, arguments: dict[str, Any], code: str
) -> None:
    await offered()
    assert not await ask(desk, 1, tool, **arguments)
    assert refusals(desk) == [code]
    assert await desk.told_besides() == []


async def test_two_requests_at_once_are_two_and_a_changed_mind_is_another(desk: Desk, offered: Offered) -> None:
    await offered()
    desk.business.turn_committed(1, "Dig.")
    taken = await asyncio.gather(*(desk.business.request(ToolCall("dig", {"deep": deep})) for deep in (True, False)))
    assert taken == [True, True]
    first, second = await desk.told(), await desk.told()
    assert {first.tool_call_id, second.tool_call_id} == {  # type: ignore[attr-defined]
        asked.tool_call_id for asked in desk.business.conversation().cancellable
    }


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


async def test_without_keys_no_tool_is_offered_that_takes_what_is_sensitive(desk: Desk, offered: Offered) -> None:
    await offered()
    assert [tool.name for tool in desk.business.tools()] == ["dig"]
    await offered(parameters={"type": "object", "properties": {"deep": {"type": "boolean", "sensitive": True}}})
    assert desk.business.tools() == ()
    assert not await ask(desk, 1, deep=True)
    assert refusals(desk) == ["unknown_tool"]


async def test_without_keys_a_question_for_what_is_sensitive_is_not_asked(desk: Desk) -> None:
    answer = {"type": "object", "properties": {"pin": {"type": "string", "sensitive": True}}}
    desk.business.receive(desk.event(QuestionAsked, question_id="q1", text="The PIN?", answer=answer))
    unanswered = await desk.told()
    assert isinstance(unanswered, QuestionUnanswered)
    assert unanswered.reason == "declined"
    assert not desk.said


async def test_a_request_of_which_nobody_knows_whether_it_is_stored_is_under_way(
    desk: Desk, offered: Offered, engines: Engines
) -> None:
    await offered()
    free = threading.Event()
    os.kill(engines.nats.pid, signal.SIGSTOP)
    desk.bus._outbox._disk.submit(free.wait, 60)
    try:
        assert await ask(desk, 1)
    finally:
        free.set()
        os.kill(engines.nats.pid, signal.SIGCONT)
    assert not refusals(desk)
    request = await desk.told()
    assert isinstance(request, ToolRequested)
    assert desk.business.open_tools() == [request.tool_call_id]
    assert await ask(desk, 2) is False
    assert "still under way" in notes(desk)[-1]
