"""What "cancel that" is about, with one tool, and with the demo business, where there is one that cancels."""

import pytest

from tests.edge.dialogue.talk import Caller

FULL = "boiler service Tuesday at ten, my name is Jon Snow"
CALLED_OFF = "Your earlier request is cancelled, and nothing was changed by it."


def test_cancel_before_acting_drops_the_request(caller: Caller) -> None:
    caller.say(FULL)
    reply = caller.say("cancel that")
    assert reply.state.tool is None
    assert not reply.calls
    assert caller.say("no").ended


def test_cancel_after_acting_is_honest(caller: Caller) -> None:
    caller.say(FULL)
    caller.say("yes")
    assert "under way" in caller.say("cancel that").text


def test_cancel_after_acting_calls_it_off_where_that_is_possible(caller: Caller) -> None:
    caller.cancellable = True
    caller.say(FULL)
    caller.say("yes")
    reply = caller.say("cancel that")
    assert [cancel.tool_call_id for cancel in reply.cancels] == [caller.asked[0].tool_call_id]
    assert "All right" in reply.text or "Okay" in reply.text
    caller.outcome("failed", code="cancelled", message=CALLED_OFF)
    assert not caller.say("cancel that").cancels


@pytest.fixture
def helped(demo: Caller) -> Caller:
    """One for whom a unit is being found."""
    demo.cancellable = True
    for words in ("There's a burst pipe in my kitchen.", "12 Harbor Street.", "Yes, that's right."):
        demo.say(words)
    return demo


@pytest.mark.parametrize(
    "words",
    [
        "Cancel it.",
        "Cancel that.",
        "Please cancel that request.",
        "Stop that, please. Cancel it.",
        "I changed my mind, cancel it please.",
        "Cancel the emergency.",
        "Cancel the plumber.",
        "Don't send anybody.",
        "Never mind.",
        "Stop, please.",
    ],
)
def test_what_is_under_way_is_meant_though_there_is_a_tool_that_cancels(helped: Caller, words: str) -> None:
    (asked,) = helped.asked
    assert [cancel.tool_call_id for cancel in helped.say(words).cancels] == [asked.tool_call_id], helped.log


def test_what_another_tool_cancels_is_not_what_is_under_way(helped: Caller) -> None:
    reply = helped.say("Cancel my visit on Monday.")
    assert (reply.cancels, reply.state.tool) == ([], "cancel_visit")


def test_a_visit_that_is_being_booked_is_called_off_and_not_looked_for(demo: Caller) -> None:
    demo.cancellable = True
    for words in ("I need a tap repair on Monday at nine in the morning.", "Mary Baker.", "Yes, please."):
        demo.say(words)
    assert [cancel.tool_call_id for cancel in demo.say("Cancel the visit.").cancels] == [demo.asked[0].tool_call_id]


@pytest.mark.parametrize("told", [True, False])
def test_what_was_called_off_is_not_called_off_again(helped: Caller, told: bool) -> None:
    helped.say("Stop that, please.")
    helped.outcome("failed", code="cancelled", message=CALLED_OFF)
    if told:
        helped.hears(CALLED_OFF)
    reply = helped.say("Cancel it.")
    assert (reply.cancels, reply.state.tool) == ([], None)
    assert "called off" in reply.text
    assert helped.say("No, thank you.").ended, helped.log


def test_who_drops_what_was_to_take_the_place_of_the_first_hears_that_it_stands(helped: Caller) -> None:
    helped.say("No, it's 14 Elm Street.")
    assert "the first one stays as it is" in helped.say("Cancel that.").text
    assert [cancel.tool_call_id for cancel in helped.say("Cancel it.").cancels] == [helped.asked[0].tool_call_id]


def test_what_is_done_is_cancelled_by_the_tool_that_does_so(helped: Caller) -> None:
    helped.outcome()
    assert helped.say("Cancel a visit.").state.tool == "cancel_visit"


@pytest.mark.parametrize("words", ["Cancel that, please.", "Oh, cancel it.", "Please cancel that request."])
def test_what_asks_the_caller_is_meant_though_there_is_a_tool_that_cancels(demo: Caller, words: str) -> None:
    """In the middle of a saga: the slot is held, and the caller is asked whether to go on."""
    demo.cancellable = True
    for said in ("I'd like to pay an invoice.", "1042", "Yes, that's right."):
        demo.say(said)
    (asked,) = demo.asked
    yes = {"type": "object", "properties": {"agreed": {"type": "boolean"}}, "required": ["agreed"]}
    demo.asks("Invoice 1042 is a hundred and twenty dollars. Shall I take the payment by card now?", yes)
    reply = demo.say(words)
    assert [cancel.tool_call_id for cancel in reply.cancels] == [asked.tool_call_id]
    assert not reply.answers
    assert "by card now?" not in reply.text
