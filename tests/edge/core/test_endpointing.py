"""How long to wait depends on the words, on what was asked, and on the caller."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.conversation import Profile
from edge.core.endpointing import Evidence, Waits, asks_for_patience, judge

WAITS = Waits()


@pytest.mark.parametrize(
    ("text", "profile", "why"),
    [
        ("I would like to book a visit.", "open", "finished"),
        ("I would like to book a visit for", "open", "leads on"),
        ("I would like a visit, and.", "open", "leads on"),
        ("Well, on Tuesday,", "open", "comma"),
        ("Yes.", "yes_no", "answer"),
        ("Yes.", "open", "begun"),
        ("Okay.", "digits", "begun"),
        ("Oh.", "yes_no", "begun"),
        ("Oh, yes.", "open", "begun"),
        ("Oh, yes.", "yes_no", "answer"),
        ("Um, yes.", "yes_no", "answer"),
        ("Actually, no.", "yes_no", "answer"),
        ("Yes, but", "yes_no", "leads on"),
        ("No, it's", "yes_no", "leads on"),
        ("Yes, I", "yes_no", "leads on"),
        ("Yes, on this number.", "yes_no", "finished"),
        ("Help me, please.", "open", "begun"),
        ("And then I wanted to ask you something.", "open", "begun"),
        ("I have a question for you, and it is about a visit.", "open", "finished"),
        ("And then I wanted to ask you something.", "brief", "finished"),
        ("A repair, please.", "open", "finished"),
        ("Hello.", "open", "begun"),
        ("Hello there.", "open", "begun"),
        ("It's the boiler.", "open", "begun"),
        ("Hi, this is Anna Miller.", "open", "begun"),
        ("Hi, this is Anna Miller.", "name", "finished"),
        ("I think this is a leak in my kitchen.", "open", "finished"),
        ("My number is 415.", "open", "more digits"),
        ("My number is 415 555 0142.", "open", "finished"),
        ("It is in room 204.", "open", "finished"),
        ("It's the boiler.", "brief", "finished"),
        ("It's my old boiler.", "open", "finished"),
        ("What time?", "open", "finished"),
        ("What?", "open", "begun"),
        ("When?", "open", "begun"),
        ("When.", "open", "leads on"),
        ("Um, let me see.", "brief", "thinks"),
        ("No, wait.", "yes_no", "thinks"),
        ("Maybe.", "brief", "thinks"),
        ("Maybe on Tuesday.", "brief", "finished"),
        ("At half past.", "brief", "leads on"),
        ("It's area code", "digits", "more digits"),
        ("12 Oak Street, apartment.", "address", "more digits"),
        ("I'd like to change.", "open", "wants more"),
        ("I'd like to cancel.", "open", "finished"),
        ("So I was wondering.", "open", "wants more"),
        ("Tomorrow?", "brief", "finished"),
        ("Okay, thank you.", "open", "finished"),
        ("Yes, please.", "open", "finished"),
        ("Please send help.", "open", "begun"),
        ("Please.", "open", "begun"),
        ("Could you please.", "open", "wants more"),
        ("In May.", "brief", "finished"),
        ("Please repeat that.", "yes_no", "finished"),
        ("I don't think that.", "open", "leads on"),
        ("Thanks.", "open", "finished"),
        ("Stop.", "open", "finished"),
        ("Cancel it.", "open", "finished"),
        ("I'm done.", "open", "finished"),
        ("No, that's all.", "open", "finished"),
        ("Nothing else.", "open", "finished"),
        ("First of all.", "open", "begun"),
        ("Tuesday.", "open", "begun"),
        ("Tuesday.", "brief", "finished"),
        ("No, it's 415.", "yes_no", "more digits"),
        ("No, it's four one five.", "yes_no", "more digits"),
        ("No, it's 415 555 0142.", "yes_no", "finished"),
        ("No, at 10:30.", "yes_no", "finished"),
        ("My name is.", "name", "leads on"),
        ("M I L L", "name", "spelling"),
        ("It's 415 555", "digits", "more digits"),
        ("I don't know it.", "digits", "no digits"),
        ("Harbor Street.", "address", "more digits"),
        ("Should I call the fire department?", "address", "no digits"),
        ("Twelve Oak Street.", "address", "finished"),
        ("Twelve.", "address", "begun"),
        ("It's number 12.", "address", "begun"),
        ("Oak Street twelve.", "address", "finished"),
        ("It's 415 555 0142.", "digits", "finished"),
        ("Tuesday at ten", "open", "begun"),
        ("Tuesday at ten", "brief", "plain"),
        ("I am free on Tuesday", "open", "plain"),
        ("If it is the boiler again.", "open", "wants more"),
        ("If possible.", "brief", "finished"),
        ("To pay a bill that came last week.", "yes_no", "wants more"),
    ],
)
def test_the_words_decide(text: str, profile: Profile, why: str) -> None:
    assert judge(Evidence(text, profile), WAITS).why == why


UNSURE = [
    ("I would like to book a visit.", 0.01, "finished"),
    ("I would like to book a visit.", 0.20, "unsure"),
    ("I would like to book a visit.", None, "finished"),
    ("Yes, please.", 0.20, "finished"),
    ("Can you come on Tuesday.", 0.20, "unsure"),
    ("I would like a visit, and.", 0.20, "leads on"),
]


@pytest.mark.parametrize(
    ("text", "profile", "comma", "why"),
    [
        ("Tell me what to do.", "open", 0.01, "unsure"),
        ("Tell me what to do.", "open", 0.10, "leads on"),
        ("Tell me what to do.", "open", None, "leads on"),
        ("Tell me what to do", "open", 0.01, "leads on"),
        ("Who is this?", "open", None, "unsure"),
        ("Who is this?", "open", 0.10, "leads on"),
        ("I would like the.", "open", 0.01, "leads on"),
        ("So?", "open", 0.01, "begun"),
        ("It is 415 for.", "digits", 0.01, "leads on"),
        ("Yes, I do.", "yes_no", 0.03, "finished"),
        ("Yes, I do.", "yes_no", 0.10, "unsure"),
        ("Yes, I do.", "yes_no", None, "unsure"),
        ("I think so.", "yes_no", None, "unsure"),
        ("Please do.", "yes_no", None, "unsure"),
        ("Yes, I do.", "open", 0.03, "leads on"),
        ("Yes, but I would", "yes_no", None, "leads on"),
    ],
)
def test_a_last_word_that_leads_on_may_end_a_sentence(
    text: str, profile: Profile, comma: float | None, why: str
) -> None:
    assert judge(Evidence(text, profile, comma=comma), WAITS).why == why


def test_an_answer_to_what_was_asked_is_believed() -> None:
    assert judge(Evidence("John Miller.", "name", comma=0.20), WAITS).why == "finished"
    assert judge(Evidence("I am John Miller.", "open", comma=0.20), WAITS).why == "unsure"
    assert judge(Evidence("On Tuesday morning.", "brief", comma=0.20), WAITS).why == "finished"
    assert judge(Evidence("On Tuesday, I am free.", "brief", comma=0.20), WAITS).why == "unsure"
    assert judge(Evidence("No, thank you.", "yes_no", comma=0.20), WAITS).why == "finished"
    assert judge(Evidence("Yes, Tuesday is fine.", "yes_no", comma=0.20), WAITS).why == "unsure"


@pytest.mark.parametrize(("text", "comma", "why"), UNSURE)
def test_a_full_stop_that_may_be_a_comma_is_not_believed(text: str, comma: float | None, why: str) -> None:
    verdict = judge(Evidence(text, comma=comma), WAITS)
    assert verdict.why == why
    assert (verdict.wait > WAITS.finished) is (why != "finished")


def test_what_begins_something_is_waited_after_for_less_long_than_what_leads_on() -> None:
    begun = judge(Evidence("Hello."), WAITS).wait
    assert WAITS.finished < begun < judge(Evidence("Hello, I would like to"), WAITS).wait


@pytest.mark.parametrize("text", ["Hello.", "It's the boiler."])
def test_an_agents_own_wait_is_never_cut_short(text: str) -> None:
    assert judge(Evidence(text), Waits(finished=0.8)).wait == 0.8


def test_few_words_are_waited_after_where_the_caller_speaks_freely_and_not_where_few_were_asked_for() -> None:
    freely, asked = (judge(Evidence("The boiler.", profile), WAITS).wait for profile in ("open", "brief"))
    assert asked == WAITS.finished < freely < judge(Evidence("The boiler, and", "open"), WAITS).wait


def test_a_slow_talker_gets_more_time() -> None:
    quick = judge(Evidence("I would like a visit."), WAITS)
    slow = judge(Evidence("I would like a visit.", pauses=0.6), WAITS)
    assert slow.wait > quick.wait


def test_a_vendors_belief_ends_the_turn() -> None:
    assert judge(Evidence("I would like to", vendor=0.9), WAITS).why == "vendor"
    assert judge(Evidence("I would like to", vendor=0.7), WAITS).why == "leads on"


def test_a_vendor_does_not_know_that_a_number_was_asked_for() -> None:
    assert judge(Evidence("It's 415 555", "digits", vendor=0.9), WAITS).why == "more digits"
    assert judge(Evidence("M I L L", "name", vendor=0.9), WAITS).why == "spelling"
    assert judge(Evidence("It's 415 555 0142.", "digits", vendor=0.9), WAITS).why == "vendor"


@given(
    st.text(max_size=200),
    st.sampled_from(["open", "brief", "yes_no", "name", "digits", "address", "card"]),
    st.floats(0, 9),
)
def test_no_wait_is_longer_than_the_longest(text: str, profile: Profile, pauses: float) -> None:
    assert 0 < judge(Evidence(text, profile, pauses), WAITS).wait <= WAITS.longest


def test_digits_count_when_they_are_spelt() -> None:
    assert judge(Evidence("Seven one five one six two zero.", "digits"), WAITS).why == "finished"


def test_hold_on_asks_for_patience() -> None:
    assert asks_for_patience("Hold on a second, let me look.")
    assert asks_for_patience("Let me just find my card.")
    assert asks_for_patience("I'll be right back.")
    assert not asks_for_patience("In a second-hand shop.")
    assert asks_for_patience("Hm, let me see.")
    assert not asks_for_patience("Let me see, Tuesday is fine.")
    assert not asks_for_patience("Let me know what it costs.")
