"""What is said beside the business."""

import pytest

from tests.edge.dialogue.talk import BOOK, Caller

FULL = "boiler service Tuesday at ten, my name is Jon Snow"


@pytest.mark.parametrize("text", ["", "you", "[laughter]", "Thank you.", "♪"])
def test_noise_at_the_start_is_not_taken_for_words(text: str, caller: Caller) -> None:
    reply = caller.say(text)
    assert "catch" in reply.text or "hear" in reply.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("are you a robot?", "automated"),
        ("what can you do", "book a visit"),
        ("can I speak to a person", "can't put you through"),
        ("what services do you have", "drain cleaning"),
        ("how long does it take", ""),
        ("how are you", "well"),
        ("hello?", ""),
        ("thanks", ""),
    ],
)
def test_an_aside_leads_back_to_the_point(text: str, words: str, caller: Caller) -> None:
    caller.say("boiler service")
    reply = caller.say(text)
    assert words in reply.text
    assert reply.text.endswith("?")
    assert reply.state.asked == ("day", "time")


def test_repeat_says_it_again(caller: Caller) -> None:
    asked = caller.say("boiler service").text
    assert caller.say("could you repeat that please").text.endswith(asked)
    assert caller.say("what?").text.endswith(asked)
    assert caller.say("Tuesday at ten").state.slots["time"] == "10:00:00"


def test_hold_on_waits(caller: Caller) -> None:
    caller.say("boiler service")
    reply = caller.say("hold on a second")
    assert "?" not in reply.text
    assert caller.say("Tuesday at ten").state.slots["day"] == "2026-11-24"


def test_goodbye_waits_for_what_is_under_way_unless_the_caller_insists(caller: Caller) -> None:
    caller.say(FULL)
    caller.say("yes")
    reply = caller.say("no that's all, thanks")
    assert not reply.ended
    assert "text you" in reply.text
    assert caller.say("okay, bye bye").ended


def test_goodbye(caller: Caller) -> None:
    assert caller.say("never mind, goodbye").ended


def test_without_tools_there_is_still_an_answer(make_caller: type[Caller]) -> None:
    caller = make_caller(tools=())
    assert "call back" in caller.say("I need a plumber").text + caller.say("boiler").text
    assert caller.say("bye").ended


def test_an_unknown_service_is_declined_and_another_offered(caller: Caller) -> None:
    reply = caller.say("I need a haircut")
    assert "book a visit" in reply.text
    assert caller.say("yes").state.tool == BOOK.name


def test_a_second_request_has_the_callers_name(caller: Caller) -> None:
    caller.say(FULL)
    caller.say("yes")
    reply = caller.say("I also need an electrical check on Wednesday at nine")
    assert "for Jon Snow" in reply.text
    assert caller.say("yes").calls


def test_the_same_request_is_not_made_twice(caller: Caller) -> None:
    caller.say(FULL)
    caller.say("yes")
    assert "still working" in caller.say("I'd like a boiler service on Tuesday at ten").text
    caller.say("another boiler service on Tuesday at ten, please")
    reply = caller.say("yes")
    assert not reply.calls
    assert "still" in reply.text


@pytest.mark.parametrize("text", ["Can I call you back later?", "I'll call back tomorrow.", "I'd rather call again."])
@pytest.mark.parametrize("before", [[], ["I need a boiler service."]])
def test_who_calls_back_later_books_nothing(demo: Caller, text: str, before: list[str]) -> None:
    for turn in before:
        demo.say(turn)
    reply = demo.say(text)
    assert "call whenever it suits you" in reply.text
    assert (reply.state.tool, reply.state.slots) == (None, {})
    assert demo.say("No, thanks.").ended


@pytest.mark.parametrize("text", ["Can you call me back tomorrow?", "Please give me a call."])
def test_who_wants_to_be_called_hears_that_nobody_will(demo: Caller, text: str) -> None:
    demo.say("I need a boiler service on Tuesday at ten.")
    reply = demo.say(text)
    assert "can't arrange for anybody to call you back" in reply.text
    assert reply.state.slots == {"service": "boiler service", "day": "2026-11-24", "time": "10:00:00"}


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Can you hear me?", "Yes, I can hear you."),
        ("Do you speak Spanish?", "I'm afraid I only speak English."),
        ("This is the third time I'm calling!", "I'm sorry about the trouble"),
    ],
)
def test_what_is_said_beside_the_business_leads_back_to_it(demo: Caller, text: str, reply: str) -> None:
    demo.say("I need a boiler service on Tuesday at ten.")
    said = demo.say(text).text
    assert said.startswith(reply)
    assert said.endswith("your name, please?")


def test_whoever_has_the_wrong_number_is_let_go(demo: Caller) -> None:
    assert demo.say("Oh sorry, wrong number.").ended


def test_whoever_leaves_before_their_yes_is_told_that_nothing_is_settled(demo: Caller) -> None:
    demo.say("A boiler service on Tuesday at ten, my name is Joe Black.")
    reply = demo.say("Thanks, bye.")
    assert "isn't settled yet" in reply.text
    assert not reply.ended
    assert demo.say("Bye.").ended
    assert not demo.asked


def test_one_of_the_things_that_were_listed_is_picked_by_its_place(demo: Caller) -> None:
    demo.say("What services do you offer?")
    assert demo.say("The second one.").state.slots == {"service": "drain cleaning"}


@pytest.mark.parametrize(
    "text",
    [
        "Can you tell me again what you can do for me?",
        "What was it you can do?",
        "Tell me what you offer.",
        "What can you do again?",
        "I don't know what you can help with.",
    ],
)
def test_what_it_can_do_may_be_asked_in_many_ways(text: str, demo: Caller) -> None:
    assert demo.say(text).text.startswith("I can book a visit")


@pytest.mark.parametrize("text", ["Can you tell me what services you have?", "Could you list the services for me?"])
def test_so_may_what_there_is_to_choose_from(text: str, demo: Caller) -> None:
    assert demo.say(text).text.startswith("You can choose from these: boiler service")


@pytest.mark.parametrize(
    "text",
    [
        "Could you go over that again?",
        "Can you speak a bit slower?",
        "Slower, please.",
        "I didn't understand a word.",
        "What should I say?",
        "What do you need to know?",
    ],
)
def test_the_question_may_be_asked_for_in_many_ways(text: str, demo: Caller) -> None:
    demo.say("I need a boiler service.")
    assert "A boiler service" in demo.say(text).text


def test_what_is_repeated_twice_is_introduced_once(demo: Caller) -> None:
    demo.say("I need a boiler service.")
    for _ in range(3):
        assert demo.say("Say that again?").text.count("I said") == 1
