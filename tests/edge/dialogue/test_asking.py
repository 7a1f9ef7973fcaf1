"""What is asked, and how patiently the answers are listened to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.conversation import Profile
from edge.dialogue import dates
from edge.dialogue.asking import example, expects, wrong
from edge.dialogue.fits import Problem
from edge.dialogue.phrasing import Voice
from edge.dialogue.schema import Kind, Slot, read
from edge.dialogue.words import listen
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


def test_a_number_of_known_length_is_whole_with_its_last_digit() -> None:
    (zip_code,) = read({"properties": {"zip": {"type": "string", "kind": "digits", "pattern": r"^\d{5}$"}}})
    assert expects((zip_code,), "Where is that?") == "five_digits"
    assert expects((zip_code, Slot("day", "date", "day")), "Where and when is that?") == "digits"
    (order,) = read({"properties": {"order": {"type": "string", "kind": "digits", "minLength": 4, "maxLength": 8}}})
    assert expects((order,), "Which order is it?") == "digits"


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


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        ({0, 1, 2, 3, 4, 5}, "we can't do Sundays."),
        ({0, 1, 2, 3, 4}, "we can't do Saturdays or Sundays."),
        ({1, 4}, "we can only do Tuesdays and Fridays."),
    ],
)
def test_on_which_days_it_cannot_be_is_said_or_on_which_few_it_can(weekdays: set[int], said: str) -> None:
    slot = Slot("day", "date", "day", weekdays=frozenset(weekdays))
    text = wrong(Voice("call", 1), slot, Problem("day", "closed"), date(2026, 11, 20))
    assert said in text
    assert expects((slot,), text) == "brief"


@given(st.sets(st.integers(0, 6), min_size=1), st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.booleans())
def test_days_that_are_given_as_examples_are_possible(weekdays: set[int], today: date, moment: bool) -> None:
    slot = Slot("day", "datetime" if moment else "date", "day", weekdays=frozenset(weekdays))
    shown = [one.value for one in dates.find(listen(example(slot, today)), dates.Calendar(today))]
    assert len(shown) == (1 if moment else 2)
    assert all(isinstance(day, date) and day.weekday() in weekdays for day in shown)
