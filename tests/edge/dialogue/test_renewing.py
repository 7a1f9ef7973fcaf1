"""What no tool changes is called off and made anew, one after the other; or is said to stay as it is."""

import pytest

from tests.edge.dialogue.talk import BOOK, Caller

BOOKED = {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00", "name": "Anna Lopes"}


@pytest.fixture
def caller(demo: Caller) -> Caller:
    """One who has just said yes to what was read back."""
    demo.cancellable = True
    demo.say("I need a boiler service Tuesday at ten, my name is Anna Lopes.")
    demo.say("Yes.")
    return demo


CHANGES = [
    (["Actually make it a drain cleaning."], {"service": "drain cleaning"}),
    (["No, it should be a drain cleaning."], {"service": "drain cleaning"}),
    (["Sorry, I meant the tap, not the boiler."], {"service": "tap repair"}),
    (["Make it a tap repair on Wednesday."], {"service": "tap repair", "day": "2026-11-25"}),
    (["Change the day to Wednesday and make it a tap repair."], {"service": "tap repair", "day": "2026-11-25"}),
    (["No, the name is Maria Lopez."], {"name": "Maria Lopez"}),
    (["Can you change the name to Maria Lopez?"], {"name": "Maria Lopez"}),
    (["The name is wrong.", "Maria Lopez."], {"name": "Maria Lopez"}),
]


@pytest.mark.parametrize(("turns", "changed"), CHANGES)
def test_what_is_still_under_way_is_called_off_first(caller: Caller, turns: list[str], changed: dict[str, str]) -> None:
    for turn in turns:
        reply = caller.say(turn)
        assert not reply.calls
        assert not reply.cancels
    reply = caller.say("Yes.")
    assert [cancel.tool_call_id for cancel in reply.cancels] == [caller.asked[0].tool_call_id]
    assert not reply.calls
    caller.outcome("failed", code="cancelled")
    reply = caller.say("Yes.")
    assert [call.arguments for call in reply.calls] == [BOOKED | changed]
    assert "first one" not in reply.text


@pytest.mark.parametrize(("turns", "changed"), CHANGES)
def test_what_is_done_is_cancelled_by_the_tool_that_does_so(
    caller: Caller, turns: list[str], changed: dict[str, str]
) -> None:
    caller.outcome()
    caller.hears("Your boiler service is booked. Is there anything else I can do for you?")
    for turn in turns:
        caller.say(turn)
    reply = caller.say("Yes.")
    assert [(call.tool, call.arguments) for call in reply.calls] == [
        ("cancel_visit", {"day": "2026-11-24", "name": "Anna Lopes"})
    ]
    assert "still cancelling" in caller.say("Yes.").text
    caller.outcome()
    assert [call.arguments for call in caller.say("Yes.").calls] == [BOOKED | changed]


def test_what_was_moved_is_cancelled_where_it_is_now(caller: Caller) -> None:
    caller.outcome()
    for turn in ("Make it Wednesday.", "Yes."):
        caller.say(turn)
    caller.outcome()
    for turn in ("Actually make it a tap repair.", "Yes."):
        reply = caller.say(turn)
    assert reply.calls[0].arguments == {"day": "2026-11-25", "name": "Anna Lopes"}


def test_where_the_first_cannot_be_cancelled_it_stays(caller: Caller) -> None:
    caller.outcome()
    for turn in ("Actually make it a tap repair.", "Yes."):
        caller.say(turn)
    caller.outcome("failed", code="not_found", message="I could not find that visit.")
    caller.hears("I could not find that visit.")
    reply = caller.say("Yes.")
    assert "stays as it is" in reply.text
    assert not reply.calls


def test_who_does_not_want_that_keeps_the_first(caller: Caller) -> None:
    caller.say("Actually make it a tap repair.")
    reply = caller.say("No.")
    assert reply.text.startswith("All right, then it stays as it is.")
    assert (reply.state.tool, reply.cancels, len(caller.asked)) == (None, [], 1)


def test_a_yes_to_what_was_not_heard_cancels_nothing(caller: Caller) -> None:
    caller.say("Actually make it a tap repair.", heard=20)
    reply = caller.say("Yes.")
    assert not reply.cancels
    assert "tap repair" in reply.text


def test_where_nothing_cancels_it_is_said_not_to_be_changed() -> None:
    caller = Caller(tools=(BOOK,))
    for turn in ("Boiler service Tuesday at ten, my name is Anna Lopes.", "Yes."):
        caller.say(turn)
    assert "service can't be changed" in caller.say("Actually make it a drain cleaning.").text
    assert len(caller.asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I also need a drain cleaning.",
        "And a tap repair, please.",
        "Thank you, that's all.",
        "Can I get a tap repair?",
        "No, but the service last time was wrong, the man was rude.",
        "I need a boiler service for my mother, her name is Rose Miller.",
    ],
)
def test_another_wish_is_no_correction(caller: Caller, text: str) -> None:
    caller.outcome()
    assert caller.say(text).state.recalls is None
