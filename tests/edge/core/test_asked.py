"""What the agent's words ask for, where the model that made them does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.asked import LONG, asks_for
from edge.core.conversation import Profile

ASKED: list[tuple[str, Profile | None]] = [
    ("Your visit is booked for Tuesday.", None),
    ("", None),
    ("…", None),
    ("How can I help you?", "open"),
    ("Which day would suit you?", "brief"),
    ("What's the matter with it?", "open"),
    ("Would you like the morning or the afternoon?", "brief"),
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
    ("What day suits you? We work until six. We are closed on Sundays.", "brief"),
    ('He asked, "Is it broken?"', "yes_no"),
    ("Great, thanks Anna. And what's the best number for you?", "digits"),
    ("Can I have your number, please?", "digits"),
    ("And the number?", "digits"),
    ("What's your ZIP code?", "digits"),
    ("What are the last four digits?", "digits"),
    ("Sorry, I only got six digits. Could you give me the whole number again?", "digits"),
    ("Alright, last thing: what's your phone number?", "digits"),
    ("Could you confirm your phone number?", "digits"),
    ("Is there a good number to call you back on?", "digits"),
    ("Would you be able to give me your address?", "address"),
    ("Would you mind giving me your phone number?", "digits"),
    ("Your name is Anna, and your phone number?", "digits"),
    ("What's the best number to reach you at before 5 p.m. on Tuesday?", "digits"),
    ("We come at 2 p.m. What's your phone number?", "digits"),
    ("**What is your phone number?** 😊", "digits"),
    ("I'll just need your phone number.", "digits"),
    ("Go ahead and tell me your phone number.", "digits"),
    ("Let me have your zip code.", "digits"),
    ("Would you like to go on? If so, I'll need your address.", "address"),
    ("Where should we send the technician?", "address"),
    ("What's the house number?", "address"),
    ("Please enter your card number on the keypad.", "card"),
    ("Let's start with your name.", "name"),
    ("Can I ask who's calling?", "name"),
    ("Who should I put the booking under?", "name"),
    ("And you are?", "name"),
    ("Could I grab your full name for the booking?", "name"),
    ("And how do you spell that?", "name"),
    ("Just let me know which day suits you.", "brief"),
    ("At what time?", "brief"),
    ("Who should we contact?", "name"),
    ("When would you like a callback?", "brief"),
    ("What's the best day for you?", "brief"),
    ("How old is the boiler?", "brief"),
    ("Do you know which model it is?", "brief"),
    ("What happened when you turned it on?", "open"),
    ("Where is the leak?", "open"),
    ("How would you like us to address that?", "open"),
    ("Would Tuesday at 2 p.m. or Wednesday at 10 a.m. work?", "brief"),
    ("Which would you prefer?\n- Monday at ten\n- Tuesday at two", "brief"),
    ("Roughly how old is your furnace?", "brief"),
    ("On a scale of one to ten, how bad is the pain?", "brief"),
    ("Which room is it in?", "brief"),
    ("Of course. May I have your date of birth?", "brief"),
    ("And which account should the money come from?", "brief"),
    ("What city and state is it going to?", "brief"),
    ("What day of the week works best for you?", "brief"),
    ("What would be a good time for you?", "brief"),
    ("What works best for you?", "brief"),
    ("What's your budget for this?", "brief"),
    ("What items are you shipping?", "open"),
    ("Can I ask what medication you're on?", "brief"),
    ("What made you decide to cancel?", "open"),
    ("Would you be able to tell me when that happened?", "brief"),
    ("Got it. When exactly did you lose the card?", "brief"),
    ("Sorry, how many was that again?", "brief"),
    ("Who's the appointment for?", "name"),
    ("What do you need: a boiler service, drain cleaning, or a tap repair?", "brief"),
    ("And how would you like to pay, cash or card?", "brief"),
    ("Can you walk me through what happened?", "open"),
    ("Can you tell me what the boiler is doing?", "open"),
    ("Would you mind telling me what the error message says?", "open"),
    ("What seems to be the issue with the dishwasher?", "open"),
    ("What kind of problem are you having?", "open"),
    ("What's your question?", "open"),
    ("What do you need done?", "open"),
    ("What else can I do for you?", "open"),
    ("What exactly is wrong with the shipment?", "open"),
    ("How exactly did it happen?", "open"),
    ("Could you describe the noise and when it starts?", "open"),
    ("What seems to be wrong with your phone?", "open"),
    ("Before I send someone, is there anything they should know, like a gate code or a dog?", "yes_no"),
    ("Could you tell me whether the water is hot?", "yes_no"),
    ("Is that the one which you ordered?", "yes_no"),
    ("Do you have any questions about when they will come?", "yes_no"),
    ("For verification, please provide the last four digits of your social security number.", "digits"),
    ("And the three-digit security code on the back?", "digits"),
    ("What's the last four of the card?", "digits"),
    ("Where should we ship it?", "address"),
    ("To verify your identity, could you tell me your full name and date of birth?", "open"),
    ("I see it here, thanks. Just a moment, please.", None),
    ("How does that sound?", "yes_no"),
    ("How about Tuesday at ten?", "yes_no"),
    ("Does that work, or would another time be better?", "yes_no"),
    ("Shall I book it, yes or no?", "yes_no"),
    ("Have you noticed any leaks or strange smells?", "yes_no"),
    ("Shall I take your card details now?", "yes_no"),
    ("Can I confirm that your phone number is 415-555-0137?", "yes_no"),
    ("So your name is Anna?", "yes_no"),
    ("So your number is 415-555-0137?", "yes_no"),
    ("Your number ends in 0137, yes?", "yes_no"),
    ("Is the number you're calling from the best one to reach you?", "yes_no"),
    ("Does your boiler have an error code?", "yes_no"),
    ("When you're ready, shall I book it?", "yes_no"),
    ("Great! Shall I book it? 📅", "yes_no"),
    ("Can we say Tuesday at ten?", "yes_no"),
    ("Let me check that for you.", None),
    ("Let me know if you need anything else.", None),
    ("Give me one second.", None),
    ("I have your phone number.", None),
    ("We'll need access to the boiler.", None),
]


@pytest.mark.parametrize(("text", "profile"), ASKED)
def test_the_words_tell_what_is_asked(text: str, profile: Profile | None) -> None:
    asked = asks_for(text)
    assert (asked and asked.profile) == profile


@pytest.mark.parametrize(
    ("text", "before"),
    [("What is your name?", ""), ("Good, Tuesday. Is that right?", "Good, Tuesday"), ('"Fine!" And **you**?', '"Fine')],
)
def test_it_is_known_where_the_question_begins(text: str, before: str) -> None:
    asked = asks_for(text)
    assert asked is not None
    assert text[: asked.begins] == before


@pytest.mark.parametrize("text", ["Could you repeat that?", "Sorry, I didn't catch that. Could you say it again?"])
def test_what_is_asked_once_more_is_what_was_asked_before(text: str) -> None:
    expected: dict[Profile, Profile] = {"digits": "digits", "name": "name", "brief": "brief", "yes_no": "open"}
    for before, profile in expected.items():
        asked = asks_for(text, before)
        assert (asked and asked.profile) == profile


@given(
    st.text(max_size=300) | st.lists(st.sampled_from("is your name the what ? , . or can you me".split())).map(" ".join)
)
def test_any_text_is_taken(text: str) -> None:
    asked = asks_for(text, "digits")
    assert asked is None or (0 <= asked.begins <= len(text))


@pytest.mark.parametrize("text", ["?" * 1_000_000 + "x", "who " * 500_000 + "?", "a " * 500_000 + "what is your name?"])
def test_what_never_ends_is_looked_at_from_its_end(text: str) -> None:
    assert asks_for(text) == asks_for(text[-LONG:])  # Looked at as a whole it would take hours.
