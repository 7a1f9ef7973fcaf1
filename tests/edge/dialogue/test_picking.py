"""A choice among what is offered: nothing is booked in the place of something that is not."""

import pytest

from tests.edge.dialogue.talk import Caller

OFFERED = ("boiler service", "drain cleaning", "electrical check", "tap repair")


@pytest.fixture
def caller(demo: Caller) -> Caller:
    return demo


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("I'd like a boiler replacement.", "boiler service"),
        ("Can you replace my boiler?", "boiler service"),
        ("I want a new boiler.", "boiler service"),
        ("Do you do boiler replacements?", "boiler service"),
        ("Boiler replacement service.", "boiler service"),
        ("I'd like to sell my boiler.", "boiler service"),
        ("Can you fit a new tap?", "tap repair"),
        ("I need a tap installed.", "tap repair"),
        ("Drain replacement.", "drain cleaning"),
        ("Electrical installation.", "electrical check"),
        ("I need an electrical certificate.", "electrical check"),
    ],
)
def test_what_is_near_to_a_service_is_said_to_be_none(caller: Caller, text: str, nearest: str) -> None:
    reply = caller.say(text)
    assert "offer" in reply.text
    assert nearest in reply.text
    assert "service" not in reply.state.slots
    assert caller.say("Yes, please.").state.slots["service"] == nearest


@pytest.mark.parametrize("text", ["Window cleaning.", "Clean my windows, please.", "Check my car.", "Repair my roof."])
def test_a_service_of_another_thing_is_told_what_there_is(caller: Caller, text: str) -> None:
    reply = caller.say(text)
    assert "we don't do that" in reply.text or "not something we do" in reply.text
    assert all(service in reply.text for service in OFFERED)
    assert reply.state.slots == {}


@pytest.mark.parametrize("text", ["Roof repair.", "Clean my windows.", "Do you do roof repairs?", "A window cleaning."])
def test_the_same_where_the_service_was_asked_for(caller: Caller, text: str) -> None:
    caller.say("I'd like to book a visit.")
    reply = caller.say(text)
    assert "offer" in reply.text
    assert all(service in reply.text for service in OFFERED)
    assert "service" not in reply.state.slots
    assert caller.say("The drain cleaning, then.").state.slots["service"] == "drain cleaning"


@pytest.mark.parametrize("text", ["I need a repair.", "I need a check."])
def test_a_job_alone_is_asked_what_it_is_for(caller: Caller, text: str) -> None:
    assert "What do you need" in caller.say(text).text
    assert "service" not in caller.state.slots


@pytest.mark.parametrize(
    ("text", "service"),
    [("A boiler repair.", "boiler service"), ("My new boiler is leaking.", "boiler service"),
     ("My boiler was replaced last year and makes a noise.", "boiler service"), ("Drain inspection.", "drain cleaning"),
     ("A boiler service, not a replacement.", "boiler service"), ("Electrical repair.", "electrical check"),
     ("I don't need a new boiler, just a repair.", "boiler service")],
)  # fmt: skip
def test_who_looks_after_a_thing_also_repairs_it(caller: Caller, text: str, service: str) -> None:
    assert caller.say(text).state.slots == {"service": service}


def test_a_no_to_what_comes_nearest_books_nothing(caller: Caller) -> None:
    caller.say("I'd like to book a boiler installation on Tuesday at ten, my name is John Miller.")
    reply = caller.say("No.")
    assert reply.state.tool is None
    assert reply.text.endswith("Is there anything else I can do for you?")
    assert caller.say("No, thanks.").ended
    assert caller.asked == []


def test_another_service_may_be_named_instead(caller: Caller) -> None:
    caller.say("I'd like a boiler replacement on Tuesday at ten, my name is John Miller.")
    assert "a tap repair on Tuesday" in caller.say("No, a tap repair then.").text
    assert caller.say("Yes.").calls[0].arguments["service"] == "tap repair"


def test_asking_for_it_again_gets_the_answer_in_other_words(caller: Caller) -> None:
    first = caller.say("A boiler replacement.").text
    again = caller.say("I said a boiler replacement!").text
    assert first != again
    assert "boiler service" in again


def test_a_correction_to_something_that_is_not_offered_is_not_taken(caller: Caller) -> None:
    caller.say("A boiler service on Tuesday at ten, my name is John Miller.")
    reply = caller.say("No, a boiler replacement.")
    assert "offer" in reply.text
    assert not reply.calls
    assert "a boiler service on Tuesday" in caller.say("Yes, that will do.").text


def test_none_of_them(caller: Caller) -> None:
    caller.say("I'd like to book a visit.")
    reply = caller.say("None of those.")
    assert reply.state.tool is None
    assert "anything else" in reply.text


def test_a_plumber_is_no_emergency(caller: Caller) -> None:
    assert caller.say("I need a plumber.").state.tool == "book_visit"
    assert caller.say("It's an emergency!").state.tool == "send_help"


@pytest.mark.parametrize(
    ("text", "name"), [("Tran.", "Tran"), ("Anna Tran", "Anna Tran"), ("Anna Drain.", "Anna Drain"), ("Tapp.", "Tapp")]
)
def test_a_settled_choice_is_not_changed_by_what_sounds_like_another(caller: Caller, text: str, name: str) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    slots = caller.say(text).state.slots
    assert (slots["service"], slots["name"]) == ("boiler service", name)


@pytest.mark.parametrize(
    "text", ["No, a drain cleaning.", "I'd rather have the drain done.", "Make it a drain cleaning."]
)
def test_a_settled_choice_is_changed_in_words_that_are_about_it(caller: Caller, text: str) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    assert caller.say(text).state.slots["service"] == "drain cleaning"
