"""What callers ask about the business itself."""

import datetime as dt

import pytest

from edge.core.facts import Facts
from tests.edge.dialogue.talk import NOW, Caller


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "What are your opening hours?",
            "We're open Monday to Saturday, from eight in the morning to six in the evening.",
        ),
        ("Hi, could you tell me when you're open? What are your hours?", "We're open Monday to Saturday"),
        ("When do you open?", "We're open Monday to Saturday"),
        ("Are you open on Saturday?", "Yes, on Saturdays we're open from eight"),
        ("Are you open on Sundays?", "No, we're closed on Sundays."),
        ("Do you work on Saturdays?", "Yes, on Saturdays"),
        ("Do you come on Sundays?", "No, we're closed on Sundays."),
        ("How late are you open today?", "Today we're open from eight in the morning to six in the evening."),
        ("Are you open now?", "Yes, today we're open"),
        ("How much is a boiler service?", "A boiler service is a hundred and twenty dollars."),
        ("Hello, can you tell me how much a tap repair costs?", "A tap repair is seventy dollars and the parts."),
        ("What do you charge for a drain cleaning?", "A drain cleaning is ninety dollars."),
        ("What are your prices?", "an electrical check is eighty dollars, and a tap repair is"),
        ("How much would a new boiler cost?", "I don't know what that costs. A colleague can tell you that."),
        ("How much would a window cost?", "I don't know what that costs. A colleague can tell you that."),
    ],
)
def test_what_is_known_is_told_and_nothing_is_booked(demo: Caller, text: str, said: str) -> None:
    reply = demo.say(text)
    assert said in reply.text
    assert reply.text.endswith("?"), "The talk goes on."
    assert reply.state.tool is None


def test_after_hours_it_is_not_open_now(demo: Caller) -> None:
    demo.now = NOW.replace(hour=20)
    assert "No, today we're open from eight" in demo.say("Are you still open?").text


@pytest.mark.parametrize("text", ["What are your opening hours?", "How much is a boiler service?", "Are you open now?"])
def test_what_is_not_known_is_said_to_be_so(caller: Caller, text: str) -> None:
    said = caller.say(text).text
    assert "I don't know" in said
    assert "A colleague can tell you that." in said


def test_whoever_asks_for_a_price_may_have_it(demo: Caller) -> None:
    assert demo.say("How much is a boiler service?").text.endswith("Would you like to book a visit?")
    slots = demo.say("Yes, on Tuesday at ten.").state.slots
    assert slots == {"service": "boiler service", "day": dt.date(2026, 11, 24).isoformat(), "time": "10:00:00"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How much is it?", "A drain cleaning is ninety dollars."),
        ("What does a boiler service cost?", "A boiler service is a hundred and twenty dollars."),
        ("Are you open on Saturday?", "Yes, on Saturdays we're open"),
    ],
)
def test_a_question_changes_nothing_and_the_talk_goes_back_to_where_it_was(demo: Caller, text: str, said: str) -> None:
    before = demo.say("I need a drain cleaning.").state
    reply = demo.say(text)
    assert said in reply.text
    assert (reply.state.slots, reply.state.asked) == (before.slots, before.asked)
    assert reply.text.endswith("?")


def test_a_question_beside_a_wish_is_answered_too(demo: Caller) -> None:
    reply = demo.say("I need a drain cleaning on Tuesday, how much is that?")
    assert reply.text.startswith("A drain cleaning is ninety dollars.")
    assert reply.state.slots == {"service": "drain cleaning", "day": "2026-11-24"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tuesday at ten, how much is that?", "A tap repair is seventy dollars and the parts."),
        ("Tuesday at ten. How much is that?", "A tap repair is seventy dollars and the parts."),
        ("Tuesday at ten, and what does a drain cleaning cost?", "A drain cleaning is ninety dollars."),
    ],
)
def test_a_price_is_of_what_its_own_clause_names(demo: Caller, text: str, said: str) -> None:
    demo.say("I need a tap repair.")
    reply = demo.say(text)
    assert reply.text.startswith(said)
    assert reply.state.slots == {"service": "tap repair", "day": "2026-11-24", "time": "10:00:00"}


def test_the_price_of_another_thing_is_no_wish_for_it(demo: Caller) -> None:
    reply = demo.say("I need a tap repair and how much is a drain cleaning?")
    assert reply.text.startswith("A drain cleaning is ninety dollars.")
    assert (reply.state.slots, reply.state.wishes) == ({"service": "tap repair"}, ())


def test_two_prices_are_told_together(demo: Caller) -> None:
    assert demo.say("How much is a boiler service and a tap repair?").text.startswith(
        "A boiler service is a hundred and twenty dollars and a tap repair is seventy dollars and the parts."
    )


def test_more_prices_than_one_can_bear_to_hear_are_not_read_out(demo: Caller) -> None:
    demo.facts = Facts(prices={f"thing {number}": "a dollar" for number in range(6)})
    assert demo.say("How much is it?").text.startswith("That depends on what it is for.")


def test_what_is_said_after_a_price_outweighs_what_it_was_of(demo: Caller) -> None:
    demo.say("How much is a tap repair?")
    assert demo.say("Book a boiler service on Tuesday at ten.").state.slots["service"] == "boiler service"


def test_a_price_that_leads_to_nothing_is_forgotten(demo: Caller) -> None:
    demo.say("How much is a tap repair?")
    assert demo.say("No.").state.slots == {}


def test_the_price_of_what_was_booked_is_told_and_it_is_not_offered_again(demo: Caller) -> None:
    for text in ("A boiler service on Tuesday at ten.", "Anna Miller.", "Yes."):
        demo.say(text)
    said = demo.say("How much is that?").text
    assert said.startswith("A boiler service is a hundred and twenty dollars.")
    assert "book a visit" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sorry, one more thing, how much is a drain cleaning?", "A drain cleaning is ninety dollars."),
        ("And what does a tap repair cost?", "A tap repair is seventy dollars and the parts."),
        ("Maria Garcia. And what does a tap repair cost?", "A tap repair is seventy dollars and the parts."),
        ("What times do you have?", "We're open Monday to Saturday"),
    ],
)
def test_what_is_only_asked_about_is_not_booked(demo: Caller, text: str, said: str) -> None:
    before = demo.say("I'd like to book a boiler service for Tuesday at ten.").state
    reply = demo.say(text)
    assert reply.text.startswith(said)
    assert reply.state.wishes == ()
    assert reply.state.slots == {**before.slots, **({"name": "Maria Garcia"} if "Maria" in text else {})}


def test_of_two_things_the_one_that_is_asked_about_is_told(demo: Caller) -> None:
    reply = demo.say("I need a boiler service on Tuesday, and how much is a drain cleaning?")
    assert reply.text.startswith("A drain cleaning is ninety dollars.")
    assert (reply.state.slots, reply.state.wishes) == ({"service": "boiler service", "day": "2026-11-24"}, ())


def test_who_asks_the_price_and_wishes_for_it_is_offered_it(demo: Caller) -> None:
    assert "Would you like to book a visit?" in demo.say("How much is a drain cleaning? I'd like one on Tuesday.").text


def test_hours_and_a_price_are_told_together(demo: Caller) -> None:
    reply = demo.say("Are you open on Saturday, and what does a tap repair cost?")
    assert reply.text.startswith("Yes, on Saturdays we're open from eight in the morning to six in the evening.")
    assert "A tap repair is seventy dollars" in reply.text


def test_both_are_told_beside_a_wish(demo: Caller) -> None:
    reply = demo.say("Can you send someone for the boiler and how much is it and are you open Saturday?")
    assert "on Saturdays we're open" in reply.text
    assert "A boiler service is a hundred and twenty dollars" in reply.text
    assert reply.state.slots == {"service": "boiler service"}


def test_how_long_it_takes_is_no_wish_for_it(demo: Caller) -> None:
    reply = demo.say("How long does a boiler service take?")
    assert reply.text.startswith("I'm afraid I don't know how long that takes.")
    assert reply.state.tool is None
    assert demo.say("Yes.").state.slots == {"service": "boiler service"}


@pytest.mark.parametrize("text", ["How long does it take?", "How long does a visit take?"])
def test_how_long_anything_takes(text: str, demo: Caller) -> None:
    reply = demo.say(text)
    assert "how long that takes" in reply.text
    assert reply.state.tool is None


def test_how_long_it_takes_may_be_asked_beside_a_wish(demo: Caller) -> None:
    reply = demo.say("I need a boiler service, how long does it take?")
    assert "how long that takes" in reply.text
    assert reply.state.slots == {"service": "boiler service"}


def test_how_long_what_is_under_way_takes(demo: Caller) -> None:
    for text in ("I need a boiler service on Tuesday at ten.", "Anna Miller.", "Yes."):
        demo.say(text)
    assert "still" in demo.say("How long will that take?").text


def test_who_is_angry_hears_the_price_all_the_same(demo: Caller) -> None:
    reply = demo.say("You are useless. How much is a boiler service?")
    assert "a hundred and twenty dollars" in reply.text
    assert "sorry about the trouble" in reply.text
