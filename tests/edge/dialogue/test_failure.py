"""Requests that did not work."""

from dataclasses import replace

from edge.core.conversation import ToolAsked, ToolOutcome
from tests.edge.dialogue.talk import BOOK, Caller

FULL = "boiler service Tuesday at ten, my name is Jon Snow"


def booked(caller: Caller) -> Caller:
    caller.say(FULL)
    caller.say("yes")
    return caller


def test_a_failure_is_explained_and_the_slot_it_concerns_asked_again(caller: Caller) -> None:
    booked(caller).outcome("failed", code="slot_taken", message="There is no free slot at that time.")
    reply = caller.say("hello?")
    assert "There is no free slot at that time." in reply.text
    assert reply.state.asked == ("time",)
    assert "eleven in the morning" in caller.say("eleven").text
    assert caller.say("yes").calls[0].arguments["time"] == "11:00:00"


def test_what_was_announced_is_not_said_again(caller: Caller) -> None:
    booked(caller).outcome("failed", code="taken", message="x")
    caller.hears("I'm sorry, ten is taken.")
    reply = caller.say("then make it eleven")
    assert "sorry" not in reply.text
    assert caller.say("yes").calls[0].arguments["time"] == "11:00:00"


def test_what_nobody_else_tells_comes_before_the_reply_to_something_else_and_once(caller: Caller) -> None:
    booked(caller).outcome("failed", code="slot_taken", message="There is no free slot at that time.")
    caller.entries[-1] = replace(caller.entries[-1], untold=True)  # type: ignore[arg-type]
    caller.hears("Another visit of yours is booked.")
    reply = caller.say("how much does it cost?")
    assert reply.text.count("There is no free slot at that time.") == 1
    assert "no free slot" not in caller.say("hello?").text


def test_the_caller_may_leave_it(caller: Caller) -> None:
    booked(caller).outcome("failed", code="declined", message="Nothing has been booked.")
    caller.hears("Nothing has been booked.")
    assert "anything else" in caller.say("no thank you").text
    assert caller.say("no").ended


def test_the_same_again_is_not_tried(caller: Caller) -> None:
    booked(caller).outcome("failed", code="x", message="")
    caller.say("hello?")
    caller.say(FULL)
    reply = caller.say("yes")
    assert not reply.calls


def test_a_request_that_was_not_stored_may_be_tried_again(caller: Caller) -> None:
    booked(caller)
    asked = next(entry for entry in caller.entries if isinstance(entry, ToolAsked))
    caller.entries.remove(asked)
    caller.entries.append(ToolOutcome(asked.tool_call_id, asked.tool, "refused", {"code": "not_stored", "message": ""}))
    reply = caller.answer()
    assert reply.text.endswith("?")
    assert caller.say("yes").calls[0].arguments == asked.arguments


def test_words_meant_for_a_model_are_not_spoken(caller: Caller) -> None:
    booked(caller).outcome(
        "refused", code="invalid_arguments", message="Visits start on the hour. Ask whether the hour before would suit."
    )
    reply = caller.answer()
    assert "Visits start on the hour." in reply.text
    assert "Ask whether" not in reply.text
    assert reply.text.endswith("?")


def test_what_was_asked_and_then_not_stored_may_be_tried_again(caller: Caller) -> None:
    booked(caller).outcome("refused", code="timeout", message="Neither NATS nor the disk answered.")
    assert caller.answer().done.expects == "yes_no"
    assert caller.say("yes").calls[0].arguments == caller.asked[0].arguments
    caller.outcome("refused", code="timeout", message="")
    assert caller.answer().done.expects == "yes_no"
    assert caller.say("yes").calls
    assert "still" in caller.say("is it booked?").text


def test_a_refusal_that_comes_before_the_acknowledgement_was_heard(caller: Caller) -> None:
    caller.say(FULL)
    before = list(caller.entries)
    caller.say("yes")
    asked = caller.asked[-1]
    refused = ToolOutcome(asked.tool_call_id, asked.tool, "refused", {"code": "overflow", "message": ""})
    caller.entries = [*before, caller.entries[len(before)], refused]
    reply = caller.answer()
    assert reply.state.slots == asked.arguments


def asked_twice(make_caller: type[Caller]) -> Caller:
    """One who has a visit, and asks for the very same where the tool says that a second one is asked about."""
    caller = booked(make_caller(tools=(replace(BOOK, repeat="ask"),)))
    caller.outcome("completed", booking_id="1")
    caller.say(FULL)
    reply = caller.say("yes")
    assert not reply.text
    (call,) = reply.calls
    caller.entries = [entry for entry in caller.entries if entry is not caller.asked[-1]]
    caller.entries.append(ToolOutcome("again-1", call.tool, "refused", {"code": "repeated", "message": "Ask."}))
    assert "once more?" in caller.answer().text
    return caller


def test_a_second_one_is_asked_about_and_done_once_the_caller_says_so(make_caller: type[Caller]) -> None:
    caller = asked_twice(make_caller)
    reply = caller.say("yes please, once more")
    assert [call.arguments for call in reply.calls] == [caller.asked[0].arguments]
    assert reply.text
    caller.outcome("completed", booking_id="2")
    assert "sorry" not in caller.say("thank you").text


def test_a_second_one_that_the_caller_does_not_want_is_left(make_caller: type[Caller]) -> None:
    caller = asked_twice(make_caller)
    reply = caller.say("no, once is enough")
    assert not reply.calls
    assert "anything else" in reply.text
    assert caller.say("no thank you").ended
