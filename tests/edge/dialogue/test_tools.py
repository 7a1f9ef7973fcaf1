"""The tools of the demo business, driven by a caller's words alone: their own schemas, side by side."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edge.dialogue.talk import Caller
from workflows.charging import Agreement
from workflows.schema import schema_of


@pytest.fixture
def caller(demo: Caller) -> Caller:
    return demo


@pytest.mark.parametrize(
    ("words", "tool", "arguments"),
    [
        (["I'd like to pay an invoice.", "1042", "Yes, please."], "pay_invoice", {"invoice": "1042"}),
        (
            ["The water doesn't go down.", "Monday at nine.", "Anna Miller.", "Yes."],
            "book_visit",
            {"service": "drain cleaning", "day": "2026-11-23", "time": "09:00:00", "name": "Anna Miller"},
        ),
        (["I want to pay invoice ten forty two.", "Yes."], "pay_invoice", {"invoice": "1042"}),
        (["I want to pay my bill.", "One zero, four two.", "That's right."], "pay_invoice", {"invoice": "1042"}),
        (
            ["There's a burst pipe in my kitchen.", "12 Harbor Street.", "Yes, that's right."],
            "send_help",
            {"problem": "burst pipe", "address": "12 Harbor Street"},
        ),
        (
            ["I smell gas!", "42 Main Street, second floor", "Yes."],
            "send_help",
            {"problem": "gas smell", "address": "42 Main Street, second floor"},
        ),
        (
            ["I need a tap repair on Monday at nine in the morning.", "Mary Baker.", "Yes, please."],
            "book_visit",
            {"service": "tap repair", "day": "2026-11-23", "time": "09:00:00", "name": "Mary Baker"},
        ),
    ],
)
def test_each_is_asked_for_in_words(caller: Caller, words: list[str], tool: str, arguments: dict[str, str]) -> None:
    for said in words:
        caller.say(said)
    assert [(asked.tool, dict(asked.arguments)) for asked in caller.asked] == [(tool, arguments)], caller.log


@pytest.mark.parametrize(
    ("words", "tool", "arguments"),
    [
        (
            ["I'd like to move my visit.", "Monday.", "Wednesday.", "Two in the afternoon.", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-25", "new_time": "14:00:00", "name": "Mary Baker"},
        ),
        (
            [
                "I'd like to move my visit.",
                "Could we do Wednesday instead, same time?",
                "Monday.",
                "Mary Baker.",
                "Yes.",
            ],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-25", "new_time": None, "name": "Mary Baker"},
        ),
        (
            ["Can I move my visit from Monday to Wednesday at the same time?", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-25", "new_time": None, "name": "Mary Baker"},
        ),
        (
            ["I want to reschedule.", "It's booked for Monday.", "The same day.", "At noon.", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-23", "new_time": "12:00:00", "name": "Mary Baker"},
        ),
        (
            ["Can I move my visit to two o'clock on the same day?", "Monday.", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": None, "new_time": "14:00:00", "name": "Mary Baker"},
        ),
        (
            ["I need to move my visit on Monday from ten to eleven.", "Same day.", "Mary Baker.", "Yes."],
            "move_visit",
            {"day": "2026-11-23", "new_day": "2026-11-23", "new_time": "11:00:00", "name": "Mary Baker"},
        ),
        (
            ["I want to cancel a visit.", "Monday.", "Mary Baker.", "Yes, please."],
            "cancel_visit",
            {"day": "2026-11-23", "name": "Mary Baker"},
        ),
    ],
)
def test_what_is_booked_is_moved_or_cancelled_in_words(
    caller: Caller, words: list[str], tool: str, arguments: dict[str, str]
) -> None:
    for said in words:
        caller.say(said)
    assert [(asked.tool, dict(asked.arguments)) for asked in caller.asked] == [(tool, arguments)], caller.log


@pytest.mark.parametrize(("words", "agreed"), [("Yes, please.", True), ("Go ahead.", True), ("No, not now.", False)])
def test_a_payment_is_agreed_to_or_not(caller: Caller, words: str, agreed: bool) -> None:
    caller.asks("Invoice one zero four two is ten dollars. Shall I take the payment by card now?", schema_of(Agreement))
    (answer,) = caller.say(words).answers
    assert answer.answer == {"agreed": agreed}


def test_of_two_days_each_is_asked_for_alone_and_named_when_they_are_read_back(caller: Caller) -> None:
    assert "Which day is the visit booked for now?" in caller.say("I'd like to move my visit.").text
    caller.say("Monday.")
    caller.say("Wednesday at two in the afternoon.")
    assert (
        "the booked day, Monday, November twenty-third, the new day, Wednesday, November twenty-fifth at two in the "
        "afternoon, for Mary Baker"
    ) in caller.say("Mary Baker.").text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Tomorrow at seven in the morning.", "from eight in the morning"),
        ("Tomorrow at eight in the evening.", "up to five in the afternoon"),
        ("Tomorrow at midnight.", "from eight in the morning"),
        ("Tomorrow at a quarter past ten.", "Would ten in the morning or eleven in the morning suit you?"),
        ("Tomorrow evening.", "between eight in the morning and five in the afternoon"),
        ("Tomorrow, but not in the morning.", "between eight in the morning and five in the afternoon"),
        ("Tomorrow at twenty five o'clock.", "between eight in the morning and five in the afternoon"),
        ("Today at nine.", "passed|later than that"),
        ("Yesterday at ten.", "over|passed"),
        ("The 30th of February.", "calendar|exist"),
    ],
)
def test_a_time_outside_what_is_offered_is_not_moved_into_it(caller: Caller, text: str, problem: str) -> None:
    caller.say("A tap repair.")
    reply = caller.say(text)
    assert any(part in reply.text for part in problem.split("|")), reply.text
    assert not {"day", "time"} <= reply.state.slots.keys()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Sunday.", {}),
        ("Sunday at ten.", {"time": "10:00:00"}),
        ("The 22nd at two in the afternoon.", {"time": "14:00:00"}),
        ("Do you come on Sundays?", {}),
    ],
)
def test_a_sunday_is_answered_at_once_and_another_day_asked_for(
    caller: Caller, text: str, kept: dict[str, str]
) -> None:
    caller.say("A tap repair.")
    reply = caller.say(text)
    assert "we can't do Sundays. " in reply.text
    assert reply.text.endswith(("What other day would suit you?", "Which other day would you like?"))
    assert (reply.done.expects, reply.state.asked) == ("brief", ("day",))
    assert reply.state.slots == {"service": "tap repair"} | kept


def test_who_asks_for_a_sunday_gets_a_monday_where_that_will_do(caller: Caller) -> None:
    reply = caller.say("Can I have a tap repair on Sunday at ten? My name is Mary Baker.")
    assert "we can't do Sundays" in reply.text
    assert not reply.state.confirming
    assert "Monday, November twenty-third at ten in the morning" in caller.say("Then on Monday.").text
    assert caller.say("No, make it Sunday.").text.count("we can't do Sundays") == 1
    assert "Monday, November twenty-third" in caller.say("Then leave it on Monday.").text
    caller.say("Yes, please.")
    assert [asked.arguments["day"] for asked in caller.asked] == ["2026-11-23"]


def test_a_visit_is_moved_from_whatever_day_it_is_on_but_not_to_a_sunday(caller: Caller) -> None:
    caller.say("I'd like to move my visit.")
    caller.say("It is booked for Sunday.")
    assert "we can't do Sundays" in caller.say("To Sunday the 29th.").text
    for said in ("Monday.", "At ten.", "Mary Baker.", "Yes."):
        caller.say(said)
    (moved,) = caller.asked
    assert (moved.arguments["day"], moved.arguments["new_day"]) == ("2026-11-22", "2026-11-23")


@pytest.mark.parametrize("text", ["Any day.", "The first day you have.", "At the weekend.", "Any day but Sunday."])
@pytest.mark.parametrize("ahead", range(7))
def test_who_leaves_the_day_to_us_gets_none_that_is_closed(caller: Caller, text: str, ahead: int) -> None:
    caller.now += timedelta(days=ahead)
    caller.say("A tap repair.")
    day = date.fromisoformat(caller.say(text).state.slots["day"])
    assert day.isoweekday() < 7
    assert caller.now.date() <= day <= caller.now.date() + timedelta(days=7)


def test_somebody_who_is_to_come_is_no_emergency(demo: Caller) -> None:
    reply = demo.say("My kitchen tap is dripping, can somebody come on Thursday afternoon?")
    assert reply.state.slots["service"] == "tap repair"
    assert "What time" in reply.text


def test_a_day_or_a_time_is_no_slip_of_the_ear(demo: Caller) -> None:
    assert demo.say("Are you open on Sunday?").state.tool is None, "It does not send anybody."
    assert not demo.say("Can I call you back later?").state.slots, "Nor is it about the lights."


SAID = st.sampled_from(
    """yes|no|boiler service|and a tap repair|tuesday|at ten|my name is john miller|anna miller|make it eleven
    |oh wait no|could we do wednesday instead|same time|the same day|the day after|first thing|after lunch
    |how much is it|are you open on saturday|cancel that|move my visit|1042|pay my bill|no wait 188|i don't have one
    |hold on|also
    |in an hour or two|end of the week|um|repeat|from monday to friday|drain|actually|another|i smell gas
    |12 harbor street""".replace("\n", "").split("|")
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.lists(SAID, min_size=1, max_size=4).map(" ".join), st.sampled_from([None, 0, 40]), st.booleans()),
        max_size=10,
    )
)
def test_whatever_is_said_nothing_is_asked_for_twice(demo: Caller, turns: list[tuple[str, int | None, bool]]) -> None:
    caller = Caller(tools=demo.tools, facts=demo.facts)
    for text, heard, done in turns:
        if done and caller.running:
            caller.outcome("completed")
        assert caller.say(text, heard=heard).text.strip()
    asked = [(one.tool, repr(sorted(one.arguments.items()))) for one in caller.asked]
    assert len(asked) == len(set(asked))


def test_hours_from_now_are_for_the_new_time_of_a_visit(caller: Caller) -> None:
    slots = caller.say("Can you move my visit on Monday to in an hour or two?").state.slots
    assert slots == {"day": "2026-11-23", "new_day": "2026-11-20", "new_time": "13:00:00"}
