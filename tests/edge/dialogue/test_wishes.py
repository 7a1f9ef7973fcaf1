"""Two wishes in one call are dealt with one after the other, and none is forgotten."""

from collections.abc import Sequence

import pytest

from edge.dialogue import choices
from edge.dialogue.choices import Choice, Match
from edge.dialogue.words import Words
from tests.edge.dialogue.talk import Caller


@pytest.mark.parametrize(
    ("turns", "further"),
    [
        (["I need a boiler service and a tap repair."], "tap repair"),
        (["I need a boiler service.", "And a tap repair."], "tap repair"),
        (["I need a boiler service.", "Oh, and also my kitchen tap is dripping."], "tap repair"),
        (["Hi, I need my boiler serviced and my drain is blocked too."], "drain cleaning"),
        (["I'd like to book.", "A boiler service and an electrical check."], "electrical check"),
        (["I need a boiler service. I also need an electrician."], "electrical check"),
    ],
)
def test_the_second_thing_comes_after_the_first(demo: Caller, turns: list[str], further: str) -> None:
    for turn in turns:
        reply = demo.say(turn)
    assert f"come to the {further} right after this" in reply.text
    assert reply.state.slots["service"] == "boiler service"
    demo.say("Tuesday at ten.")
    demo.say("Anna Miller.")
    reply = demo.say("Yes.")
    assert [call.arguments["service"] for call in reply.calls] == ["boiler service"]
    assert further in reply.text
    assert reply.state.slots == {"service": further, "name": "Anna Miller"}
    demo.say("Wednesday at nine.")
    demo.say("Yes.")
    assert [(asked.arguments["service"], asked.arguments["day"]) for asked in demo.asked] == [
        ("boiler service", "2026-11-24"),
        (further, "2026-11-25"),
    ]


def test_a_wish_keeps_what_was_told_with_it(demo: Caller) -> None:
    demo.say("I'd like a boiler service on Tuesday at ten and a tap repair on Wednesday at nine.")
    demo.say("Anna Miller.")
    assert "Wednesday, November twenty-fifth at nine" in demo.say("Yes.").text
    demo.say("Yes.")
    assert [asked.arguments["time"] for asked in demo.asked] == ["10:00:00", "09:00:00"]


@pytest.mark.parametrize(
    ("text", "day", "time"),
    [
        ("The same day at eleven.", "2026-11-24", "11:00:00"),
        ("The day after, same time.", "2026-11-25", "10:00:00"),
        ("Thursday at the same time.", "2026-11-26", "10:00:00"),
    ],
)
def test_the_second_may_be_when_the_first_is(demo: Caller, text: str, day: str, time: str) -> None:
    for turn in ("I need a boiler service and a tap repair.", "Tuesday at ten.", "Anna Miller.", "Yes.", text):
        demo.say(turn)
    assert (demo.state.slots["day"], demo.state.slots["time"]) == (day, time)


def test_what_is_said_in_another_sentence_is_about_the_first(demo: Caller) -> None:
    state = demo.say("I need a boiler service, and a tap repair. Next Tuesday at ten in the morning.").state
    assert state.slots == {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00"}
    assert state.wishes == ("and a tap repair.",)


def test_one_that_comes_with_the_yes_waits_for_it(demo: Caller) -> None:
    demo.say("I need a boiler service Tuesday at ten, my name is Anna Miller.")
    reply = demo.say("Yes, and I also need a tap repair.")
    assert len(reply.calls) == 1
    assert reply.state.slots["service"] == "tap repair"


def test_wishes_for_two_tools(demo: Caller) -> None:
    assert "pay an invoice right after" in demo.say("I'd like to cancel my visit on Monday and pay my bill.").text
    demo.say("Anna Miller.")
    assert "invoice number" in demo.say("Yes.").text
    demo.say("1042")
    demo.say("Yes.")
    assert [asked.tool for asked in demo.asked] == ["cancel_visit", "pay_invoice"]


def test_three_are_three(demo: Caller) -> None:
    demo.say("I need a boiler service. I also need an electrician. And the drain's blocked.")
    for turn in ("Tuesday at ten.", "Anna Miller.", "Yes.", "Wednesday at ten.", "Yes.", "Friday at ten.", "Yes."):
        demo.say(turn)
    assert [asked.arguments["service"] for asked in demo.asked] == [
        "boiler service", "electrical check", "drain cleaning",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "I need a boiler service, a tap repair, a drain cleaning and an electrical check.",
            "come to the tap repair, the drain cleaning, and the electrical check right after this.",
        ),
        (
            "I need a boiler service, a tap repair and a drain cleaning, and I want to pay my bill.",
            "come to the tap repair and the drain cleaning, and pay an invoice right after this.",
        ),
        (
            "I need a boiler service. I also need an electrician. And the drain's blocked. And my tap drips.",
            "come to the electrical check, the drain cleaning, and the tap repair right after this.",
        ),
    ],
)
def test_however_many_each_is_kept_and_named(demo: Caller, text: str, told: str) -> None:
    reply = demo.say(text)
    assert told in reply.text
    assert len(reply.state.wishes) == 3
    for turn in ("Tuesday at ten.", "Anna Miller.", "Yes.", "Wednesday at ten.", "Yes.", "Thursday at ten.", "Yes."):
        demo.say(turn)
    assert len(demo.state.wishes) == 0
    assert len(demo.asked) == 3
    assert demo.state.tool is not None


def test_whoever_has_more_than_can_be_kept_is_asked_to_say_so_again(demo: Caller) -> None:
    for text in (
        "I need a boiler service, a tap repair, a drain cleaning and an electrical check.",
        "And I want to pay my bill.", "And cancel my visit on Monday.", "And move my visit on Tuesday.",
    ):  # fmt: skip
        demo.say(text)
    assert len(demo.state.wishes) == 6
    reply = demo.say("And a drain cleaning for my mother.")
    assert reply.text.startswith("Please tell me that one again once we have the others.")
    assert reply.state.slots == {"service": "boiler service"}


def test_whoever_drops_the_first_is_asked_about_the_second(demo: Caller) -> None:
    demo.say("I need a boiler service and a tap repair.")
    reply = demo.say("Cancel that.")
    assert "anything else" not in reply.text
    assert reply.state.slots == {"service": "tap repair"}


@pytest.mark.parametrize(
    "text",
    [
        "My boiler is broken and leaking.",
        "I need a boiler service and my name is Anna Drain.",
        "I need a boiler service on Tuesday and not on Monday.",
        "I need a boiler service, or a boiler check.",
    ],
)
def test_one_is_one(demo: Caller, text: str) -> None:
    reply = demo.say(text)
    assert reply.state.slots["service"] == "boiler service"
    assert not reply.state.wishes


@pytest.mark.parametrize(
    "text", ["No, a drain cleaning.", "Actually make it a drain cleaning.", "I mean a drain cleaning."]
)
def test_a_correction_is_no_further_wish(demo: Caller, text: str) -> None:
    demo.say("I need a boiler service.")
    reply = demo.say(text)
    assert (reply.state.slots["service"], reply.state.wishes) == ("drain cleaning", ())


@pytest.mark.parametrize("text", ["a," * 40, "gas. " * 40, "a tap repair. " * 26, "I smell gas and " * 20])
def test_no_other_call_waits_for_a_long_list_of_wishes(
    demo: Caller, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes long is counted and not timed, so that a busy machine changes nothing."""
    read = 0
    match = choices.match

    def counted(words: Words, among: Sequence[Choice], *, asked: bool = False) -> list[Match]:
        nonlocal read
        read += 1
        return match(words, among, asked=asked)

    monkeypatch.setattr(choices, "match", counted)
    demo.say(text)
    assert read < 150


def test_whoever_wants_only_the_second_gets_it_once(demo: Caller) -> None:
    demo.say("I need a boiler service and a tap repair.")
    assert demo.say("Actually I only want the tap repair.").state.wishes == ()


@pytest.mark.parametrize("begun", [["Tuesday at ten."], ["Tuesday at ten.", "Anna Miller."]])
def test_what_danger_breaks_into_goes_on_once_help_is_found(demo: Caller, begun: list[str]) -> None:
    for text in ("I need a boiler service and a tap repair.", *begun):
        demo.say(text)
    for text in ("Wait, I smell gas!", "12 Harbor Street.", "Yes.", "How long will it take?", "Okay."):
        assert demo.say(text).state.tool in ("send_help", None)
    demo.outcome("completed", who="Alex", minutes=20)
    demo.hears("Alex is on the way, and will be with you in about twenty minutes.")
    reply = demo.say("Okay, thank you.")
    assert "We had begun to book a visit." in reply.text
    assert "anything else" not in reply.text
    for text in (*(["Anna Miller."] if len(begun) == 1 else []), "Yes.", "Friday at nine.", "Yes."):
        demo.say(text)
    assert [(asked.tool, asked.arguments.get("service")) for asked in demo.asked] == [
        ("send_help", None), ("book_visit", "boiler service"), ("book_visit", "tap repair"),
    ]  # fmt: skip


def test_what_turns_out_to_be_no_danger_leads_back(demo: Caller) -> None:
    for text in ("I need a boiler service on Tuesday at ten.", "Wait, I smell gas!"):
        demo.say(text)
    assert demo.say("Cancel that.").text.endswith("We had begun to book a visit. And your name, please?")


def test_whoever_comes_back_to_it_is_not_led_back_again(demo: Caller) -> None:
    for text in ("I need a boiler service on Tuesday at ten.", "Wait, I smell gas!", "12 Harbor Street.", "Yes."):
        demo.say(text)
    assert demo.say("Now I need the boiler service.").state.put_off is None


def test_nothing_else_matters_while_nobody_can_come(demo: Caller) -> None:
    for text in ("I need a boiler service on Tuesday at ten.", "Wait, I smell gas!", "12 Harbor Street.", "Yes."):
        demo.say(text)
    demo.outcome("failed", code="nobody", message="I'm very sorry, I could not find anybody who can come.")
    demo.hears("I'm very sorry, I could not find anybody who can come.")
    for text in ("Oh no.", "What should I do?"):
        reply = demo.say(text)
        assert "get everybody out of the house" in reply.text
        assert reply.state.tool is None


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("I don't need the tap repair any more.", {"service": "boiler service"}),
        ("Forget the tap.", {"service": "boiler service"}),
        ("No tap repair, please.", {"service": "boiler service"}),
        (
            "Cancel the tap repair, Tuesday at ten.",
            {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00"},
        ),
    ],
)
def test_a_wish_is_given_up_as_it_was_told(demo: Caller, text: str, slots: dict[str, str]) -> None:
    demo.say("I need a boiler service and a tap repair.")
    reply = demo.say(text)
    assert reply.text.startswith("All right, I'll leave that out.")
    assert (reply.state.wishes, reply.state.slots) == ((), slots)


def test_a_wish_for_another_tool_is_given_up_by_its_name(demo: Caller) -> None:
    demo.say("I'd like to cancel my visit on Monday and pay my bill.")
    reply = demo.say("Forget the bill.")
    assert (reply.state.tool, reply.state.wishes) == ("cancel_visit", ())


def test_a_wish_may_be_given_up_while_nothing_is_under_way(demo: Caller) -> None:
    for text in ("I smell gas and I want to pay my bill.", "12 Harbor Street.", "Yes."):
        demo.say(text)
    assert demo.state.wishes
    reply = demo.say("Forget the bill.")
    assert (reply.text, reply.state.wishes) == ("All right, I'll leave that out.", ())


def test_where_danger_is_told_of_with_it_is_heard(demo: Caller) -> None:
    demo.say("I need a boiler service.")
    assert demo.say("I'm at 12 Harbor Street and I also smell gas.").state.slots["address"] == "12 Harbor Street"


@pytest.mark.parametrize("text", ["I don't need the tap repair any more.", "Forget the tap."])
def test_what_is_under_way_is_given_up_likewise(demo: Caller, text: str) -> None:
    demo.say("I need a tap repair.")
    assert demo.say(text).state.tool is None


def test_what_is_not_wanted_is_not_booked(demo: Caller) -> None:
    demo.say("I need a boiler service.")
    assert demo.say("I don't want a tap repair.").state.slots == {"service": "boiler service"}


def test_a_wish_beside_a_change_of_mind(demo: Caller) -> None:
    for text in ("A boiler service on Tuesday at ten.", "Anna Miller.", "Yes."):
        demo.say(text)
    state = demo.say("Make it eleven, and I also need a tap repair.").state
    assert (state.tool, state.slots["new_time"]) == ("move_visit", "11:00:00")
    assert len(state.wishes) == 1


def test_what_was_wished_for_before_danger_was_told_is_kept(demo: Caller) -> None:
    state = demo.say("I want to cancel my visit on Monday and I smell gas.").state
    assert (state.tool, state.wishes) == ("send_help", ("I want to cancel my visit on Monday",))


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("I need a boiler service and a tap repair, how much is that?", "A boiler service is a hundred and twenty"),
        ("I need a boiler service and a tap repair. How much is the tap?", "A tap repair is seventy dollars"),
        ("I want to pay my bill and then book a tap repair, how much is that?", "A tap repair is seventy dollars"),
    ],
)
def test_what_is_asked_at_the_end_of_a_wish_is_answered_at_once(demo: Caller, text: str, price: str) -> None:
    reply = demo.say(text)
    assert reply.text.startswith(price)
    assert reply.text.count("dollars") <= 2
    assert len(reply.state.wishes) == 1


def test_a_wish_beside_what_stands_is_kept(demo: Caller) -> None:
    reply = demo.say("I have an appointment on Tuesday but I need it on Wednesday, and also my tap drips.")
    assert "move a visit?" in reply.text
    assert reply.state.wishes == ("and also my tap drips.",)


@pytest.mark.parametrize(
    ("text", "service", "wishes"),
    [
        ("I need a tap repair, no, forget that, a boiler service.", "boiler service", ()),
        ("I need a tap repair, no wait, a boiler service.", "boiler service", ()),
        (
            "I need a boiler service and a tap repair, no, sorry, a drain cleaning.",
            "boiler service",
            ("a drain cleaning.",),
        ),
    ],
)
def test_a_wish_is_thought_better_of_in_the_same_breath(
    demo: Caller, text: str, service: str, wishes: tuple[str, ...]
) -> None:
    state = demo.say(text).state
    assert (state.slots["service"], state.wishes) == (service, wishes)


@pytest.mark.parametrize(
    ("text", "first", "then"),
    [
        ("I need a boiler service and a tap repair, tap first please.", "tap repair", "boiler service"),
        ("I need a boiler service and a tap repair. Tap first please.", "tap repair", "boiler service"),
        ("I need a boiler service and a tap repair. The boiler first please.", "boiler service", "tap repair"),
        ("I need a boiler service first and then a tap repair.", "boiler service", "tap repair"),
    ],
)
def test_the_caller_says_which_comes_first(demo: Caller, text: str, first: str, then: str) -> None:
    reply = demo.say(text)
    assert reply.state.slots["service"] == first
    assert f"come to the {then} right after" in reply.text
    assert len(reply.state.wishes) == 1


def test_what_comes_first_may_be_for_another_tool(demo: Caller) -> None:
    state = demo.say("I need a boiler service and I want to pay my bill, the bill first.").state
    assert (state.tool, len(state.wishes)) == ("pay_invoice", 1)


@pytest.mark.parametrize("text", ["I need a plumber and an electrician.", "I need an electrician and a plumber."])
def test_two_trades_are_two_visits(demo: Caller, text: str) -> None:
    state = demo.say(text).state
    assert (state.tool, len(state.wishes)) == ("book_visit", 1)


def test_a_plumber_and_what_the_plumber_is_for_are_one(demo: Caller) -> None:
    state = demo.say("I need a plumber, my tap drips.").state
    assert (state.slots, state.wishes) == ({"service": "tap repair"}, ())
