"""What the model asks of tools, on a real bus: taken, joined, refused, or asked about."""

import asyncio
import os
import signal
import threading
from typing import Any

import pytest

from edge.core.conversation import ToolCall
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested
from tests.edge.conftest import Offered
from tests.edge.desk import Desk, ask, notes, refusals, settled
from trunkline.stack.stack import Engines


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
    taken = await asyncio.gather(
        *(desk.business.request(ToolCall("dig", {"deep": deep}), settled()) for deep in (True, False))
    )
    assert taken == [True, True]
    first, second = await desk.told(), await desk.told()
    assert {first.tool_call_id, second.tool_call_id} == {  # type: ignore[attr-defined]
        asked.tool_call_id for asked in desk.business.conversation().cancellable
    }


async def test_without_keys_no_tool_is_offered_that_takes_what_is_sensitive(desk: Desk, offered: Offered) -> None:
    await offered()
    assert [tool.name for tool in desk.business.tools()] == ["dig"]
    await offered(parameters={"type": "object", "properties": {"deep": {"type": "boolean", "sensitive": True}}})
    assert desk.business.tools() == ()
    assert not await ask(desk, 1, deep=True)
    assert refusals(desk) == ["unknown_tool"]


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
