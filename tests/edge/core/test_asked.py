"""What the agent's words ask for, where the model that made them does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.asked import asks_for
from edge.core.conversation import Profile

ASKED: list[tuple[str, Profile | None]] = [
    ("Your visit is booked for Tuesday.", None),
    ("", None),
    ("…", None),
    ("How can I help you?", "open"),
    ("Which day would suit you?", "open"),
    ("What's the matter with it?", "open"),
    ("Would you like the morning or the afternoon?", "open"),
    ("Could you tell me a little more?", "open"),
    ("May I ask what it is about?", "open"),
    ("Please tell me what you need.", "open"),
    ("What's your email address?", "open"),
    ("Is there anything else I can do for you?", "yes_no"),
    ("Shall I book that for Tuesday at ten?", "yes_no"),
    ("Would you like me to send somebody?", "yes_no"),
    ("If Tuesday suits you, shall I book it?", "yes_no"),
    ("Isn't that the old boiler?", "yes_no"),
    ("Tuesday at ten, is that right?", "yes_no"),
    ("Tuesday at ten, right?", "yes_no"),
    ("Anything else?", "yes_no"),
    ("Can I get you a plumber for Tuesday?", "yes_no"),
    ("Is your phone number still 202 555 0137?", "yes_no"),
    ("And your name?", "name"),
    ("Okay, who am I speaking with?", "name"),
    ("May I have your name, please?", "name"),
    ("Could you spell your last name for me?", "name"),
    ("Please spell your name.", "name"),
    ("What's your phone number?", "digits"),
    ("Can I take a phone number?", "digits"),
    ("What is the best number to reach you?", "digits"),
    ("Just tell me your telephone number.", "digits"),
    ("And the address?", "address"),
    ("What address should we come to?", "address"),
    ("What is your card number?", "card"),
    ("Sure! What's your phone number? I'll text you the details.", "digits"),
    ("What day suits you? We work until six. We are closed on Sundays.", None),
    ('He asked, "Is it broken?"', "yes_no"),
]


@pytest.mark.parametrize(("text", "profile"), ASKED)
def test_the_words_tell_what_is_asked(text: str, profile: Profile | None) -> None:
    assert asks_for(text) == profile


@given(
    st.text(max_size=300) | st.lists(st.sampled_from("is your name the what ? , . or can you me".split())).map(" ".join)
)
def test_any_text_is_taken(text: str) -> None:
    assert asks_for(text) in {None, "open", "yes_no", "name", "digits", "address", "card"}
