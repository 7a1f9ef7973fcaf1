"""Who has a visit booked already wants no second one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.dialogue.standing import told_of
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import Caller

TUESDAY = "2026-11-24"


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I booked a visit for Tuesday and I can't make it",
        "I have a visit booked for Tuesday",
        "we've got an appointment on Tuesday",
        "I have a boiler service on Tuesday and won't be home",
        "it's about my appointment",
        "someone is coming on Tuesday",
        "your technician was supposed to come this morning",
        "I made an appointment for Tuesday",
    ],
)
def test_what_tells_of_a_visit_that_stands(text: str) -> None:
    assert told_of(listen(text))


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to book a visit for Tuesday",
        "Can I have an appointment on Tuesday?",
        "could we have a boiler service on Tuesday",
        "I'd like to have a visit booked for Tuesday",
        "I want to make my appointment for the boiler service",
        "I've booked with you before and need a tap repair",
        "I have a dripping tap",
    ],
)
def test_what_asks_for_a_new_one(text: str) -> None:
    assert not told_of(listen(text))


@given(st.text(max_size=80))
def test_anything_may_be_said(text: str) -> None:
    assert told_of(listen(text)) in (True, False)


@pytest.mark.parametrize(
    ("wish", "slots"),
    [
        ("Move it to Wednesday, please.", {"day": TUESDAY, "new_day": "2026-11-25"}),
        ("Could you come on Wednesday instead?", {"day": TUESDAY, "new_day": "2026-11-25"}),
        ("Thursday would be better.", {"day": TUESDAY, "new_day": "2026-11-26"}),
        ("Reschedule it.", {"day": TUESDAY}),
        ("Cancel it, please.", {"day": TUESDAY}),
    ],
)
def test_what_is_to_be_done_with_it_is_asked_and_the_day_is_not_asked_again(
    demo: Caller, wish: str, slots: dict[str, str]
) -> None:
    asking = demo.say("Hi, I booked a visit for Tuesday and I can't make it.")
    assert asking.text == "Would you like to cancel a visit or move a visit?"
    assert demo.say(wish).state.slots == slots


def test_who_says_what_is_to_be_done_is_not_asked(demo: Caller) -> None:
    reply = demo.say("Hi, I have a visit booked for Tuesday. Can I move it to Wednesday instead, same time?")
    assert reply.state.slots == {"day": TUESDAY, "new_day": "2026-11-25", "new_time": None}


@pytest.mark.parametrize("text", ["Hi, when is my appointment?", "Do you know when the technician will come today?"])
def test_when_it_is_cannot_be_told(demo: Caller, text: str) -> None:
    reply = demo.say(text)
    assert reply.text == "I can't look that up from here. Would you like to cancel a visit or move a visit?"


def test_who_asks_for_a_visit_is_not_asked_whether_to_cancel_one(demo: Caller) -> None:
    assert demo.say("Can I have an appointment on Tuesday?").state.tool == "book_visit"


def test_what_was_booked_in_this_call_is_cancelled_without_being_told_again(demo: Caller) -> None:
    demo.say("I need a tap repair Monday at eleven, my name is Robert Brown.")
    demo.say("Yes.")
    demo.outcome("completed")
    demo.hears("Your tap repair is booked. Is there anything else I can help you with?")
    assert demo.say("Cancel that, please.").done.expects == "yes_no"
    assert demo.say("Yes.").calls[0].arguments == {"day": "2026-11-23", "name": "Robert Brown"}


def test_what_was_told_before_the_question_counts_in_pieces_too(demo: Caller) -> None:
    demo.say("Hi, I booked a visit for Tuesday.", heard=5)
    demo.say("And I can't make it.", heard=5)
    demo.say("My appointment, I mean.")
    assert demo.say("Move it, please.").state.slots == {"day": TUESDAY}


def test_whether_one_has_an_appointment_cannot_be_looked_up(demo: Caller) -> None:
    assert demo.say("Do I have an appointment?").text.startswith("I can't look that up from here.")
