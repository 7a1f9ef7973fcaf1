"""Which of several wishes comes first is the caller's to say, as often as they like."""

import pytest

from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize("text", ["No, first the tap.", "Let's do the tap first.", "Can we start with the tap?"])
def test_a_kept_wish_may_go_first(demo: Caller, text: str) -> None:
    demo.say("I need a boiler service and a tap repair.")
    reply = demo.say(text)
    assert reply.state.slots == {"service": "tap repair"}
    assert len(reply.state.wishes) == 1
    for said in ("Tuesday at ten.", "Anna Miller.", "Yes.", "Wednesday at nine.", "Yes."):
        demo.say(said)
    assert [asked.arguments["service"] for asked in demo.asked] == ["tap repair", "boiler service"]


def test_what_was_told_of_the_other_is_kept_meanwhile(demo: Caller) -> None:
    for text in (
        "I need a boiler service and a tap repair.", "First the tap.", "Tuesday at ten.",
        "Let's go back to the boiler.", "Wednesday at nine.", "Anna Miller.", "Yes.",
    ):  # fmt: skip
        reply = demo.say(text)
    assert "a tap repair on Tuesday, November twenty-fourth at ten in the morning, for Anna Miller" in reply.text
    demo.say("Yes.")
    assert [(one.arguments["service"], one.arguments["day"]) for one in demo.asked] == [
        ("boiler service", "2026-11-25"),
        ("tap repair", "2026-11-24"),
    ]


def test_another_tool_may_go_first(demo: Caller) -> None:
    demo.say("I'd like to move my visit and pay my bill.")
    assert demo.say("Let's do the bill first.").state.tool == "pay_invoice"
    for text in ("1042", "Yes."):
        demo.say(text)
    assert (demo.asked[-1].tool, demo.state.tool, demo.state.wishes) == ("pay_invoice", "move_visit", ())


@pytest.mark.parametrize(
    "text", ["The first day you have.", "On the first of December.", "I'm back to work on Monday."]
)
def test_who_turns_to_no_wish_stays(demo: Caller, text: str) -> None:
    demo.say("I need a boiler service and a tap repair.")
    assert demo.say(text).state.slots["service"] == "boiler service"
