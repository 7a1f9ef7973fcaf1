"""Who changes their mind after their yes gets what they want, and never two of it."""

import pytest

from tests.edge.dialogue.talk import BOOK, Caller

BOOKED = {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00", "name": "Anna Miller"}
MOVED = {"day": "2026-11-24", "new_day": "2026-11-24", "new_time": "10:00:00", "name": "Anna Miller"}


@pytest.fixture
def caller(demo: Caller) -> Caller:
    """One who has just said yes to what was read back."""
    demo.say("I need a boiler service Tuesday at ten, my name is Anna Miller.")
    demo.say("Yes.")
    assert [asked.arguments for asked in demo.asked] == [BOOKED]
    return demo


@pytest.mark.parametrize(
    ("turns", "changed"),
    [
        (["Oh wait, no, make it half past ten.", "Eleven then."], {"new_time": "11:00:00"}),
        (["Actually, can we do eleven instead?"], {"new_time": "11:00:00"}),
        (["No, sorry, Wednesday at two."], {"new_day": "2026-11-25", "new_time": "14:00:00"}),
        (["Could we do Wednesday instead, same time?"], {"new_day": "2026-11-25", "new_time": None}),
        (["Hang on, make it eleven."], {"new_time": "11:00:00"}),
        (["Can we push that to two o'clock?"], {"new_time": "14:00:00"}),
        (["Could you make that Sunday?", "Monday then."], {"new_day": "2026-11-23"}),
        (["Oh wait, no.", "The time.", "Eleven."], {"new_time": "11:00:00"}),
        (["Can I change the time?", "Two o'clock."], {"new_time": "14:00:00"}),
        (["I'd like to move that to Thursday."], {"new_day": "2026-11-26"}),
    ],
)
@pytest.mark.parametrize("done", [True, False], ids=["already booked", "still being booked"])
def test_what_was_booked_is_moved(caller: Caller, turns: list[str], changed: dict[str, str], done: bool) -> None:
    if done:
        caller.outcome("completed")
        caller.hears("Your boiler service is booked.")
    for turn in turns:
        reply = caller.say(turn)
        assert not reply.calls
    assert reply.done.expects == "yes_no", "It is read back first."
    if not done:
        caller.outcome("completed")
    caller.say("Yes.")
    assert [(asked.tool, asked.arguments) for asked in caller.asked] == [
        ("book_visit", BOOKED),
        ("move_visit", MOVED | changed),
    ]


def test_what_is_not_booked_yet_cannot_be_moved(caller: Caller) -> None:
    caller.say("Make it eleven, please.")
    assert "once it is done" in caller.say("Yes.").text
    assert len(caller.asked) == 1
    caller.outcome("completed")
    caller.say("Yes, please.")
    assert caller.asked[-1].arguments == MOVED | {"new_time": "11:00:00"}


def test_a_second_change_is_of_the_first(caller: Caller) -> None:
    for turn in ("Make it Wednesday.", "No, at two."):
        caller.outcome("completed")
        caller.say(turn)
        caller.say("Yes.")
    assert caller.asked[-1].arguments == MOVED | {
        "day": "2026-11-25", "new_day": "2026-11-25", "new_time": "14:00:00",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["I also need a tap repair on Wednesday at nine.", "Can we do my drain on Wednesday?"])
def test_another_visit_is_no_change_of_the_first(caller: Caller, text: str) -> None:
    caller.outcome("completed")
    assert caller.say(text).state.tool == "book_visit"


def test_what_cannot_be_changed_is_said_to_be_so(caller: Caller) -> None:
    assert "name can't be changed" in caller.say("No, the name is Anna Muller.").text


def test_who_wants_nothing_else_changes_nothing(caller: Caller) -> None:
    caller.outcome("completed")
    caller.hears("Your boiler service is booked. Is there anything else I can do for you?")
    assert caller.say("No, that's all, thank you.").ended


def test_where_no_tool_changes_it_nothing_is_moved() -> None:
    caller = Caller(tools=(BOOK,))
    caller.say("Boiler service Tuesday at ten, my name is Anna Miller.")
    caller.say("Yes.")
    caller.say("Oh wait, make it eleven.")
    caller.say("Yes.")
    assert len(caller.asked) == 1


@pytest.mark.parametrize(("text", "booked"), [("boiler", "2026-11-24"), ("tap", "2026-11-25")])
def test_of_two_the_one_that_is_named_is_changed(demo: Caller, text: str, booked: str) -> None:
    demo.say("A boiler service on Tuesday at ten and a tap repair on Wednesday at nine.")
    for said in ("Anna Miller.", "Yes.", "Yes."):
        demo.say(said)
    assert len(demo.asked) == 2
    slots = demo.say(f"Move the {text} to Thursday.").state.slots
    assert (slots["day"], slots["new_day"]) == (booked, "2026-11-26")
