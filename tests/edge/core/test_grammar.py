"""What words promise: more to come, or not. Answers as people give them on the telephone must not be kept waiting."""

import pytest

from edge.core.grammar import can_be_last, is_short_answer, leads_on, prefaces, wants_more, words_of


@pytest.mark.parametrize(
    "text",
    [
        "If the boiler is still under warranty.",
        "And if you could come a bit earlier",
        "Okay, thanks. If it is the same man as last time.",
        "When the technician gets here.",
        "To change the time of my visit.",
        "In order to pay my bill.",
        "My account was recently.",
        "They are probably",
        "Can you.",
        "So could we",
        "I would need.",
        "We want",
        "The person I was trying to reach.",
        "Please take.",
        "If that is right, press.",
    ],
)
def test_more_must_come(text: str) -> None:
    assert wants_more(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "Yes.",
        "If possible.",
        "If you can.",
        "If it rains, please come on Friday.",
        "When can you come?",
        "When is it.",
        "To Boston.",
        "What time is it.",
        "Who are they?",
        "That is all I need.",
        "Tell me what you want.",
        "Whatever it costs.",
        "It is early.",
        "Monthly.",
        "They did it quickly.",
        "Yes, definitely.",
        "I do.",
        "I would like to book a boiler service.",
        "My name is Kelly.",
        "Half past ten, if you can",
        "It costs too much.",
        "On Tuesday, please.",
        "You can do that, can you?",
        "Well, I suppose so. If it is early, will they?",
    ],
)
def test_it_may_be_all(text: str) -> None:
    assert not wants_more(text)


@pytest.mark.parametrize(
    ("text", "leads"), [("I want the", True), ("at half", True), ("I am here", False), ("", False)]
)
def test_the_last_word(text: str, leads: bool) -> None:
    assert leads_on(words_of(text)) is leads


@pytest.mark.parametrize(("text", "may"), [("who is this", True), ("I want the", False), ("my", False), ("", False)])
def test_some_of_the_words_that_lead_on_may_be_last(text: str, may: bool) -> None:
    assert can_be_last(words_of(text)) is may


@pytest.mark.parametrize(
    ("text", "short"),
    [("Yes, I do.", True), ("It is.", True), ("I don't think so.", True), ("So.", False), ("The boiler is", False)],
)
def test_short_answers(text: str, short: bool) -> None:
    assert is_short_answer(words_of(text)) is short


@pytest.mark.parametrize(
    "text",
    [
        "And while you are at it, I wanted to ask you.",
        "Can I ask you something?",
        "May I ask a question?",
        "Hi there, I have a question.",
        "Yeah, I've got just a quick question.",
        "There's a bit of a problem.",
        "We have a little problem. Okay. We have another issue.",
        "Could you do me a favor? I need some help.",
        "Would you help me out, please?",
        "Well, you know what?",
        "Can you tell me?",
        "Let me ask you this.",
    ],
)
def test_what_only_announces(text: str) -> None:
    assert prefaces(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No problem.",
        "That is not a problem.",
        "I have no question.",
        "I don't have any more questions.",
        "I have a question about my bill.",
        "I have a problem with the boiler. It drips.",
        "I wanted to ask you about Friday.",
        "Help me with the bill.",
        "You asked.",
        "What is the problem?",
        "I would like a visit.",
    ],
)
def test_what_says_it(text: str) -> None:
    assert not prefaces(text)
