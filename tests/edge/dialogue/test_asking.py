"""How patiently the answers to what the dialogue asks are listened to."""

import pytest

from edge.core.conversation import Profile
from edge.dialogue.asking import expects
from edge.dialogue.schema import Kind, Slot
from tests.edge.dialogue.talk import BOOK, PARCEL, PIZZA, Caller


@pytest.mark.parametrize(
    ("kind", "say", "profile"),
    [
        ("date", "Which day suits you?", "brief"),
        ("date", "What is the start?", "brief"),
        ("time", "I can only do that on the hour. Would ten in the morning suit you?", "yes_no"),
        ("integer", "How many would you like?", "brief"),
        ("integer", "What is the invoice number?", "digits"),
        ("datetime", "What day would suit you?", "brief"),
        ("datetime", "What day and time would suit you?", "open"),
        ("choice", "What do you need: a boiler service, or a tap repair?", "brief"),
        ("choice", "Just one of these, please: boiler service, or tap repair.", "brief"),
        ("choice", "What do you need done?", "open"),
        ("choice", "The nearest thing we have is a boiler service. Would that do?", "yes_no"),
        ("text", "What is it about?", "open"),
        ("text", "Let's try once more.", "open"),
        ("text", "What is the city, please?", "brief"),
        ("boolean", "Should we deliver it?", "yes_no"),
        ("name", "I'm having a hard time with the name. Could you spell it for me, letter by letter?", "name"),
        ("code", "Let's take the parcel code slowly. Could you say it one by one?", "digits"),
        ("phone", "I only got a part of that number. Could you go on, or say it all once more?", "digits"),
        ("phone", "Can we reach you on the number you're calling from, or is another one better?", "yes_no"),
        ("address", "And which address is it for?", "address"),
    ],
)
def test_what_is_asked_for_and_how_it_is_asked_tell_what_to_expect(kind: Kind, say: str, profile: Profile) -> None:
    assert expects((Slot("field", kind, "field"),), say) == profile


def test_after_a_day_the_time_is_waited_for_where_both_were_asked_for() -> None:
    slots = (Slot("day", "date", "day"), Slot("time", "time", "time"))
    assert expects(slots, "When would you like that, what day and time?") == "open"
    assert expects(slots, "I still didn't get the day and the time.") == "open"
    assert expects(slots, "Would Tuesday at ten suit you?") == "yes_no"
    assert expects((*slots, Slot("number", "phone", "number")), "I still didn't get these.") == "digits"


def confirmed(caller: Caller) -> None:
    """The caller has been read back a visit."""
    caller.say("I need my boiler serviced on Tuesday at ten")
    assert caller.say("my name is John Miller").done.expects == "yes_no"


def test_what_to_change_is_brief(caller: Caller) -> None:
    confirmed(caller)
    assert caller.say("no").done.expects == "brief"
    for _ in range(3):
        assert caller.say("blue green and purple").done.expects == "brief"


def test_whether_to_change_what_failed_is_brief(caller: Caller) -> None:
    confirmed(caller)
    caller.say("yes")
    caller.outcome("failed", code="broken")
    reply = caller.say("and now?")
    assert (reply.text.endswith("or leave it?"), reply.done.expects) == (True, "brief")


@pytest.mark.parametrize("number", range(6))
def test_of_what_it_offers_to_somebody_who_is_not_understood_each_is_listened_to_as_it_asks(number: int) -> None:
    caller = Caller(tools=(BOOK, PARCEL, PIZZA), call_id=f"call_{number}")
    wants: dict[str, Profile | None] = {
        "?": "open", "Would you like that?": "yes_no", "Would that help?": "yes_no", "Which is it?": "brief",
    }  # fmt: skip
    for _ in range(4):
        reply = caller.say("blue green and purple")
        assert reply.done.expects == next((wants[end] for end in list(wants)[::-1] if reply.text.endswith(end)), None)


def test_which_of_two_things_they_want_is_brief() -> None:
    caller = Caller(tools=(PARCEL, PIZZA))
    reply = caller.say("parcel pizza")
    assert (reply.text.split()[-1], reply.done.expects) == ("pizza?", "brief")


def test_a_wish_that_nothing_meets_is_answered_by_yes_or_no_where_that_is_asked(caller: Caller) -> None:
    replies = [Caller(call_id=f"call_{number}").say("I want to buy a horse") for number in range(8)]
    assert {(reply.text.endswith("Would that help?"), reply.done.expects) for reply in replies} == {
        (True, "yes_no"),
        (False, None),
    }
