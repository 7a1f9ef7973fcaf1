"""Talk with somebody in danger, as it is spoken."""

import re

import pytest

from edge.core.conversation import ToolOutcome
from edge.core.facts import Facts
from tests.edge.dialogue.talk import Caller

OUT = "Please get everybody out of the house now"
ADDRESS = "What is the address, please?"
TALK = [
    "Please hurry, I have kids here", "Should I call the gas company too?", "Should I stay in the house?",
    "Is it dangerous?", "What should I do until then?", "How long will it take?", "OK, we're out", "I'm outside now",
    "what?", "can you hurry", "what can you do", "can I talk to a person", "I can't find my shoes", "I'm so scared",
    "is the fire department coming", "do I have to leave the house", "what's your name", "oh my god",
]  # fmt: skip


@pytest.fixture
def caller(demo: Caller) -> Caller:
    return demo


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("I smell gas in my kitchen!", OUT),
        ("there is a gasmail in my kitchen", OUT),
        ("i think there's a gas mail in here", OUT),
        ("gas male in my basement", OUT),
        ("my gas boiler smells", OUT),
        ("it smells like rotten eggs", OUT),
        ("my carbon monoxide alarm is going off", "out into the fresh air now"),
        ("the pipe burst", "main valve"),
        ("It's not a drip, it's a flood, help!", "main valve"),
        ("water is running into the socket", "keep away from wet sockets"),
        ("there are sparks from the outlet", "keep away from anything that sparks"),
    ],
)
def test_the_advice_comes_at_once_with_what_is_missing(caller: Caller, text: str, advice: str) -> None:
    reply = caller.say(text)
    assert advice in reply.text
    assert reply.text.endswith(ADDRESS)
    assert len(re.findall(r"[.?!]", reply.text)) <= 3
    assert reply.done.expects == "address"


def test_it_comes_once(caller: Caller) -> None:
    assert OUT in caller.say("I smell gas, the address is 12 Harbor Street").text
    assert OUT not in caller.say("Yes.").text
    assert caller.asked[0].arguments == {"problem": "gas smell", "address": "12 Harbor Street"}


@pytest.mark.parametrize("text", TALK)
def test_whatever_is_said_in_between_is_answered_and_then_comes_what_is_needed(caller: Caller, text: str) -> None:
    caller.say("I smell gas!")
    before = caller.say(text)
    assert before.text.endswith(ADDRESS)
    assert "12 Harbor Street" in caller.say("12 Harbor Street").text
    confirming = caller.say(text)
    assert re.search(r"(?:right|correct)\?$", confirming.text)
    assert not confirming.calls
    assert caller.say("Yes.").calls
    after = caller.say(text)
    assert not after.calls
    for reply in (before, confirming, after):
        assert "book a visit" not in reply.text
        assert "Harbor" not in reply.text or text == "what?"
        assert len(re.findall(r"[.?!] ", reply.text)) <= 3


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Should I stay in the house?", OUT),
        ("Is it safe to stay?", OUT),
        ("Should I call the gas company too?", "call 911 and your gas company"),
        ("Is it dangerous?", "Gas can catch fire"),
        ("OK, we're out", "Good. Please stay outside"),
        ("How long will it take?", "as soon as I know"),
        ("there's no gas smell any more", "I understand"),
    ],
)
def test_the_answer_fits(caller: Caller, text: str, answer: str) -> None:
    caller.say("I smell gas!")
    assert answer in caller.say(text).text


def test_who_is_out_is_not_told_to_leave_again(caller: Caller) -> None:
    caller.say("I smell gas!")
    caller.say("ok i'm outside now")
    assert OUT not in caller.say("please hurry").text


def test_who_was_out_before_the_advice_was_heard_is_not_told_to_leave(caller: Caller) -> None:
    caller.say("I smell gas!", heard=10)
    caller.say("We're outside already, 12 Harbor Street.")
    reply = caller.say("Yes.")
    assert reply.calls
    assert OUT not in reply.text


def test_who_says_where_and_hurry_is_heard(caller: Caller) -> None:
    caller.say("there is a gas leak")
    assert caller.say("12 harbor street please hurry i have two kids here").state.slots["address"] == "12 harbor street"
    reply = caller.say("yes but should i call the gas company")
    assert reply.calls
    assert "call 911 and your gas company" in reply.text


def test_another_address_is_a_correction(caller: Caller) -> None:
    caller.say("I smell gas at 12 Harbor Street")
    assert "at 14 Elm Street" in caller.say("No, 14 Elm Street, hurry.").text
    assert caller.say("Yes, that's right, quick.").calls[0].arguments["address"] == "14 Elm Street"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("what?", f"I said: {OUT}"),
        ("OK, we're out", "Good. Please stay outside"),
        ("12 Harbor Street", OUT),
        ("uh", OUT),
    ],
)
def test_advice_that_was_broken_off_is_given_once_more_where_it_is_needed(
    caller: Caller, text: str, reply: str
) -> None:
    caller.say("I smell gas!", heard=20)
    assert reply in caller.say(text).text


def test_of_advice_that_was_heard_for_the_most_part_nothing_is_said_again(caller: Caller) -> None:
    caller.say("I smell gas!", heard=60)
    assert OUT not in caller.say("12 Harbor Street").text


def test_how_far_it_is_is_what_was_announced_last(caller: Caller) -> None:
    for said in ("I smell gas!", "12 Harbor Street", "Yes."):
        caller.say(said)
    assert "has been passed on" in caller.say("Is anybody coming?").text
    caller.hears("I've asked Alex to come, and I'll tell you as soon as there is an answer. Until then, please wait.")
    assert caller.say("How long will it take?").text == (
        "I've asked Alex to come, and I'll tell you as soon as there is an answer."
    )
    caller.outcome("completed", who="Alex", minutes=20)
    caller.hears("Alex is on the way, and will be with you in about twenty minutes.")
    assert "twenty minutes" in caller.say("How long was that?").text


@pytest.mark.parametrize(
    "text",
    [
        "No, it's no emergency.", "It's not an emergency", "it's nothing urgent", "it is not urgent",
        "this is not an emergency call", "there is no gas smell", "I don't smell gas",
    ],
)  # fmt: skip
def test_what_is_no_emergency_begins_none(caller: Caller, text: str) -> None:
    reply = caller.say(text)
    assert reply.state.tool is None
    assert "?" in reply.text
    assert "book a visit" not in reply.text


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("This isn't urgent, but my tap drips", "tap repair"),
        ("It isn't an emergency but the drain is slow", "drain cleaning"),
        ("no no it's no emergency i just want a boiler service", "boiler service"),
    ],
)
def test_no_emergency_but_a_visit(caller: Caller, text: str, service: str) -> None:
    assert caller.say(text).state.slots == {"service": service}


def test_which_it_is_may_be_told_by_denying_it(caller: Caller) -> None:
    assert "in an emergency or book a visit?" in caller.say("my heating is out").text
    reply = caller.say("It's not an emergency.")
    assert (reply.state.tool, reply.state.slots) == ("book_visit", {"service": "boiler service"})


def test_an_emergency_that_turns_out_to_be_none_is_dropped(caller: Caller) -> None:
    assert caller.say("It's an emergency!").state.tool == "send_help"
    assert caller.say("No, wait, it's no emergency.").state.tool is None


@pytest.mark.parametrize(
    "before", [["A boiler service.", "Tuesday at ten."], ["I'd like to move my visit."], ["My bill."]]
)
@pytest.mark.parametrize("text", ["wait I smell gas", "oh god the pipe just burst", "help there's water everywhere"])
def test_danger_goes_before_what_is_under_way(caller: Caller, before: list[str], text: str) -> None:
    for said in before:
        caller.say(said)
    assert caller.state.tool != "send_help"
    reply = caller.say(text)
    assert reply.state.tool == "send_help"
    assert "main valve" in reply.text or OUT in reply.text
    assert reply.text.endswith(ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        "I'd like a boiler service on Tuesday, and I smell gas", "I smell gas and I want to pay my invoice",
        "I need a boiler service and also there's a burst pipe in the kitchen",
        "my tap drips and there is water coming through the ceiling",
    ],
)  # fmt: skip
def test_of_two_wishes_danger_is_the_first(caller: Caller, text: str) -> None:
    reply = caller.say(text)
    assert reply.state.tool == "send_help"
    assert reply.text.endswith(ADDRESS)


@pytest.mark.parametrize("text", ["Anna Flood.", "My name is Gus Leach.", "It's Mary Burke."])
def test_a_name_is_no_danger(caller: Caller, text: str) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    assert caller.say(text).state.tool == "book_visit"


@pytest.mark.parametrize("text", ["Help!", "help me please", "oh god help help"])
def test_a_cry_for_help_is_asked_what_has_happened(caller: Caller, text: str) -> None:
    assert caller.say(text).text == "I'm here. What has happened?"
    assert "main valve" in caller.say("the pipe burst").text


@pytest.mark.parametrize(
    "turns", [["No, it's 14 Elm Street, not 12."], ["No wait, I said the wrong address.", "14 Elm Street."]]
)
def test_help_on_its_way_to_the_wrong_address_is_called_off_once_the_right_one_is_confirmed(
    caller: Caller, turns: list[str]
) -> None:
    caller.cancellable = True
    for said in ("I smell gas!", "12 Harbor Street", "Yes."):
        caller.say(said)
    first = caller.asked[0].tool_call_id
    for turn in turns:
        reply = caller.say(turn)
        assert not reply.cancels, "Nobody is to be without any help meanwhile."
    assert "at 14 Elm Street" in reply.text
    reply = caller.say("Yes.")
    assert reply.calls[0].arguments["address"] == "14 Elm Street"
    assert [cancel.tool_call_id for cancel in reply.cancels] == [first]
    assert reply.text.count("calling off the first one") == 1
    assert not caller.say("Thank you.").cancels
    content = {"code": "cancelled", "message": "All right, I've cancelled that."}
    caller.entries.append(ToolOutcome(first, "send_help", "failed", content))
    caller.hears("All right, I've cancelled that.")
    assert "has been passed on" in caller.say("Is anybody coming?").text


def test_who_is_there_before_the_right_address_was_confirmed_is_said_to_go_to_the_wrong_one(caller: Caller) -> None:
    caller.cancellable = True
    for said in ("I smell gas!", "12 Harbor Street", "Yes.", "No, it's 14 Elm Street."):
        caller.say(said)
    caller.outcome("completed")
    reply = caller.say("Yes.")
    assert reply.calls
    assert not reply.cancels
    assert "The first one I can't call off any more." in reply.text


def test_a_fire_is_not_for_us(caller: Caller) -> None:
    assert "call 911 right now" in caller.say("There's a fire in my kitchen!").text


def test_whom_to_call_is_what_the_business_says(caller: Caller) -> None:
    caller.facts = Facts(emergency_number="112")
    assert "call 112 right now" in caller.say("There's a fire in my kitchen!").text
    caller.say("It's an emergency!")
    assert "call 112 right away" in caller.say("Should I call the police?").text


@pytest.mark.parametrize(
    "text",
    [
        "can you send me a gas bill by mail", "I want to pay my gas bill", "I got a gas bill in the mail",
        "gas boiler service", "I have a gas boiler that needs a service", "are you the gas company",
        "I'd like to email somebody", "is somebody there", "my mail never came", "my pipes are making noise",
    ],
)  # fmt: skip
def test_what_only_sounds_like_danger(caller: Caller, text: str) -> None:
    assert caller.say(text).state.tool != "send_help"


def test_a_request_without_danger_is_talked_of_as_ever(caller: Caller) -> None:
    caller.say("A boiler service on Tuesday at ten.")
    assert caller.say("How long will it take?").text.endswith("And your name, please?")


@pytest.mark.parametrize("text", ["I'm visiting a friend", "I want to pay my bill", "I'd like to book it for Tuesday"])
def test_a_sentence_that_calls_for_something_else_is_no_address_either(caller: Caller, text: str) -> None:
    caller.say("I smell gas!")
    assert "address" not in caller.say(text).state.slots


def test_another_wish_is_one_if_it_is_said_to_go_before(caller: Caller) -> None:
    caller.say("I smell gas!")
    assert caller.say("No, I'd rather book a visit.").state.tool == "book_visit"


def test_half_an_address_that_comes_too_late_is_asked_for_whole(caller: Caller) -> None:
    for said in ("I smell gas!", "12 Harbor Street", "Yes."):
        caller.say(said)
    assert caller.say("There are 5 of us here.").state.tool is None
    assert caller.say("No, apartment 6.").text.endswith(ADDRESS)


def test_who_leaves_and_asks_is_answered_too(caller: Caller) -> None:
    caller.say("I smell gas!")
    reply = caller.say("Okay, okay, we're going out. Should I call the fire department?")
    assert reply.text.startswith("Good. Please stay outside, well away from the house. Once you are outside, call 911")
    assert reply.text.endswith(ADDRESS)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("No, it can wait until tomorrow.", {"service": "boiler service", "day": "2026-11-21"}),
        ("Oh, no rush.", {"service": "boiler service"}),
        ("Monday at nine.", {"service": "boiler service", "day": "2026-11-23", "time": "09:00:00"}),
    ],
)
def test_what_can_wait_is_a_visit(caller: Caller, text: str, slots: dict[str, str]) -> None:
    assert caller.say("Our heating is broken and it's freezing cold in here.").state.tool == "send_help"
    assert caller.say(text).state.slots == slots


@pytest.mark.parametrize(
    "turns",
    [
        ["The boiler makes a funny noise, so I thought I'd have somebody come by, maybe on Tuesday."],
        ["My heating is out.", "Tuesday is fine."],
    ],
)
def test_who_names_a_day_wants_a_visit(caller: Caller, turns: list[str]) -> None:
    for turn in turns:
        reply = caller.say(turn)
    assert reply.state.slots == {"service": "boiler service", "day": "2026-11-24"}


def test_since_when_it_is_out_is_no_day_for_a_visit(caller: Caller) -> None:
    assert "in an emergency or book a visit?" in caller.say("My heating is out since Tuesday.").text


def test_the_address_is_what_follows_the_words_about_it(caller: Caller) -> None:
    caller.say("The pipe burst.")
    assert caller.say("Uh, yes, we live at 31 Elm Street.").state.slots["address"] == "31 Elm Street"


def test_a_question_that_names_no_place_is_no_address(caller: Caller) -> None:
    caller.say("I smell gas!")
    assert "address" not in caller.say("maybe a plumber?").state.slots
    assert caller.say("12 Harbor Street?").state.slots["address"] == "12 Harbor Street"


@pytest.mark.parametrize("text", ["no rush", "it can wait"])
def test_danger_cannot_wait(caller: Caller, text: str) -> None:
    caller.say("I smell gas!")
    reply = caller.say(text)
    assert OUT in reply.text
    assert reply.text.endswith(ADDRESS)


@pytest.fixture
def sent(caller: Caller) -> Caller:
    """One who was told that somebody is on the way."""
    for said in ("We have no power in the house.", "12 Harbor Street", "Yes."):
        caller.say(said)
    caller.outcome("completed")
    caller.hears("Sam is on the way, and will be with you in about ten minutes. Is there anything else?")
    return caller


@pytest.mark.parametrize(
    "turns",
    [
        ["No wait, I'm so sorry, it's 21 Harbor Street, not twelve."],
        ["No, I said the wrong address.", "21 Harbor Street."],
        ["The address was wrong.", "It's 21 Harbor Street."],
    ],
)
def test_help_that_goes_to_the_wrong_address_is_sent_again(sent: Caller, turns: list[str]) -> None:
    for turn in turns:
        reply = sent.say(turn)
        assert not reply.calls
        assert not reply.ended
    assert "at 21 Harbor Street" in reply.text
    assert sent.say("Yes.").calls[0].arguments == {"problem": "power failure", "address": "21 Harbor Street"}


def test_who_needs_nobody_any_more_hears_that_it_is_too_late_to_call_it_off(sent: Caller) -> None:
    assert "I can't undo it from here" in sent.say("I don't need anybody any more.").text


def test_who_asks_whether_the_address_is_right_hears_that_it_is(sent: Caller) -> None:
    assert sent.say("You're coming to 12 Harbor Street, right?").text.startswith("Yes. Sam is on the way")


def test_what_cannot_be_called_off_is_said_to_be_so(caller: Caller) -> None:
    for said in ("We have no power in the house.", "12 Harbor Street", "Yes."):
        caller.say(said)
    assert "can't call back who goes to the first address" in caller.say("No wait, I said the wrong address.").text


@pytest.mark.parametrize("text", ["I smell gas!", "Wait, I smell gas!", "No, the pipe just burst!"])
def test_danger_goes_before_a_change_of_mind(caller: Caller, text: str) -> None:
    for said in ("A boiler service on Tuesday at ten, my name is Anna Miller.", "Yes."):
        caller.say(said)
    reply = caller.say(text)
    assert reply.state.tool == "send_help"
    assert reply.text.endswith(ADDRESS)


def test_other_news_waits_until_help_is_found(caller: Caller) -> None:
    for said in ("A boiler service on Tuesday at ten, my name is Anna Miller.", "Yes.", "I smell gas!"):
        caller.say(said)
    booking = caller.asked[0]
    content = {"code": "invalid_arguments", "message": "That day is a holiday."}
    caller.entries.append(ToolOutcome(booking.tool_call_id, booking.tool, "failed", content, untold=True))
    assert caller.answer().text == ADDRESS
    for said in ("12 Harbor Street.", "Yes.", "Thank you."):
        assert "holiday" not in caller.say(said).text
    caller.outcome("completed")
    caller.hears("Sam is on the way.")
    assert "That day is a holiday." in caller.say("Thank you.").text
