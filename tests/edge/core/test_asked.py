"""What the agent's words ask for, where the model that made them does not say."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.asked import LAST, LONG, Asked, asks_for, most_patient
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
    ("What's the serial number of the device?", "digits"),
    ("And the number of guests?", "brief"),
    ("Until when do you need it?", "brief"),
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
    ("What's your ZIP code?", "five_digits"),
    ("What are the last four digits?", "four_digits"),
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
    ("Let me have your zip code.", "five_digits"),
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
    ("For verification, please provide the last four digits of your social security number.", "four_digits"),
    ("And the three-digit security code on the back?", "three_digits"),
    ("What's the last four of the card?", "four_digits"),
    ("Could you read me the six-digit code that I have just sent you?", "six_digits"),
    ("Please tell me the 4 digits on the back.", "four_digits"),
    ("What's your order number? It has six digits.", "digits"),
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


IN_CALLS: dict[Profile | None, list[str]] = {
    "open": [
        "Thanks for calling Acme Plumbing. How can I help you today?",
        "Okay. What day and time suit you?",
        "And your email address?",
        "What make and model is the boiler?",
        "Tell me a bit about what you need done.",
        "Could you give me a quick description of the damage?",
        "What toppings would you like on that?",
        "How many of you will there be, and what time?",
        "Riverside Family Clinic, how may I direct your call?",
        "Could you tell me what symptoms you've been having?",
        "Can you please verify your full name and date of birth?",
        "What brings you in today?",
        "And what is this regarding?",
        "Go ahead, I'm listening.",
        "How was your visit?",
        "May I ask why you're cancelling?",
        "To get started, please tell me your name and what you're calling about.",
        "What's your name, and what can I do for you?",
        "What's your question about the bill?",
        "Hi! I'm Sam, the assistant. I can book, change or cancel. What would you like to do?",
        "When would you like to come in? And for how many people?",
        "Where exactly does it hurt?",
        "Can you walk over to the boiler and tell me what the display says?",
        "What sides would you like with the chicken?",
        "Could you please tell me, in your own words, what happened?",
        "Who's picking it up, and at what time?",
        "Do you want it hot or cold, and what size?",
        "And the reason for your visit?",
        "And the child's name and age?",
        "How heavy is it, and how big?",
        "What's the year, make and model of your car?",
    ],
    "yes_no": [
        "So that's Tuesday, March 4th at 10 a.m. for a boiler service. Is that correct?",
        "I'm sorry to hear that. Is anyone hurt?",
        "Any allergies or dietary requirements?",
        "Just to confirm: a table for four on Saturday at seven, under Miller?",
        "We don't have a table at seven, but I could do six thirty or eight. Would either of those work?",
        "Do you have your insurance card handy?",
        "Do you have a preference for which doctor you see?",
        "Dr. Patel has an opening at 3 p.m. on Monday. Shall I put you down for that?",
        "Do you need a wheelchair accessible vehicle?",
        "Would you like me to repeat that?",
        "Shall I send you a text to confirm? It'll have the address. You can reply to it. Standard rates apply.",
        "Is the number you're calling from a good one for that?",
        "Tuesday the fourth, then?",
        "You'd like to cancel, is that right?",
        "Would you like to add anything to your order, or is that everything?",
        "Would you mind if I asked your age?",
        "So, to recap — Thursday at 2, at 45 Elm Street, for a leaking tap. Have I got that right?",
        "I can offer you nine, eleven or half past two. Any of those suit?",
        "Okay so the driver's about ten minutes away. Do you want me to have him call you when he arrives?",
        "Could you hold the line for a second while I check?",
        "You wanted the large, correct?",
        "Is this the best number for you, or would you prefer to use another?",
        "Ready to book?",
        "Did you want to keep the same phone number?",
        "What about Friday?",
        "Is that right? You can say yes or no.",
        "Do you want me to read back the address?",
    ],
    "brief": [
        "I have Tuesday at ten or Wednesday at two. Which works better?",
        "Is it a gas or an electric water heater?",
        "What day works for you? We have openings all week. Mornings tend to fill up fast.",
        "How big is the garden, roughly?",
        "For how many people?",
        "Inside or outside?",
        "Will that be cash or card?",
        "Which location would you like to pick it up from?",
        "On a scale from one to ten, how would you rate your pain?",
        "What insurance do you have?",
        "What does it weigh?",
        "Is there a particular day that works best?",
        "If you could just tell me your date of birth, I'll pull up your chart.",
        "Which account would you like to pay from?",
        "What's it worth?",
        "When does it need to arrive by?",
        "Just let me know what works for you.",
        "Which appointment would you like to cancel, the one on Monday or the one on Friday?",
        "And finally, how would you like to receive your confirmation: text, email, or phone?",
        "What would you like to change: the day, the time, or the address?",
        "Sorry, was that fifteen or fifty?",
        "Can you tell me which one you mean?",
        "What's the number of guests?",
        "In which month were you born?",
        "Which would be easier for you: a morning slot, or later in the day?",
        "Would you rather keep it or cancel it?",
        "I see two Millers here. Which Miller are you, John or Jane?",
        "What was the date on the invoice?",
        "Would 10 a.m. Tuesday or 2 p.m. Wednesday be better?",
    ],
    "name": [
        "Can you tell me the name of the person who'll be there?",
        "Who will be home to let the technician in?",
        "Do you know the name of the medication?",
        "How do you spell that?",
        "I'm sorry, could you spell that out for me?",
        "First, I'll need your name.",
        "Got it, thanks. And who's the technician going to be meeting on site?",
        "Could I take a name for that?",
        "May I know your name, sir?",
        "Alright — and the spelling of that?",
        "Could you remind me of your surname?",
    ],
    "digits": [
        "What's the gate code?",
        "May I have your name and phone number, please?",
        "Your name and number, please?",
        "And what's your member ID?",
        "And a callback number in case we get disconnected?",
        "What's the license plate number?",
        "What's the order number? It's on your confirmation email. It starts with two letters. Take your time.",
        "Could you tell me the order number or the email address on the order?",
        "I couldn't find that parcel. Could you read the number to me again?",
        "All I need now is a phone number.",
        "Can I get your address and a phone number for the driver?",
        "Would you be so kind as to give me the postal code?",
        "What's your name? And your phone number?",
        "What's the serial number? You'll find it on the back. It usually starts with an S.",
        "Mind telling me your postcode?",
        "What vehicle do you drive, and what's the registration?",
        "Please say or enter your ten-digit account number.",
        "What is the invoice number? You can say it, or key it in and press hash.",
        "Could you check the number on the meter and read it out?",
        "What about your phone number?",
        "Who's your emergency contact, and what's their number?",
    ],
    "four_digits": [
        "May I have the last four digits of your social?",
        "I'll just need the last four digits of the card on file.",
    ],
    "address": [
        "When and where?",
        "Where would you like it picked up from?",
        "Where's it going?",
        "Where are you located?",
        "What's the pickup address and the delivery address?",
        "Where should I deliver it to?",
        "Where do you need to be picked up?",
        "Where are we taking you today?",
        "What's your destination?",
        "Where can we drop it off?",
        "What street are you on?",
        "What's the nearest cross street?",
        "Can you tell me exactly where you are?",
        "Could I have your name and address?",
        "Could you give me the pickup and drop-off addresses?",
        "Shall we say Tuesday at 9, and what address is it?",
    ],
    "card": [
        "To take the payment, please key in your card number on your keypad.",
        "Could you read me the sixteen-digit card number?",
        "Can you read me the card number and the expiry date?",
    ],
    None: [
        "One moment while I check the calendar.",
        "Let me pull up your account.",
        "I've booked you in for Friday at three. You'll get a text with the details.",
        "Please have your card ready.",
        "You can reach us any time at this number.",
        "I can give you a price over the phone.",
        "Your technician will tell you what it costs.",
        "Perfect. We have your address on file.",
        "You can say yes, or no.",
        "Tell me if another day would suit you.",
    ],
}
"""As language models and workflows ask in calls of plumbers, restaurants, clinics, shops, couriers and taxis."""


@pytest.mark.parametrize(
    ("text", "profile"), [*ASKED, *((text, profile) for profile, texts in IN_CALLS.items() for text in texts)]
)
def test_the_words_tell_what_is_asked(text: str, profile: Profile | None) -> None:
    asked = asks_for(text)
    assert (asked and asked.profile) == profile


@pytest.mark.parametrize(
    ("things", "profile"),
    [
        ("day and time", "open"),
        ("name and your date of birth", "open"),
        ("name, your address and your phone number", "digits"),
        ("name and your address", "address"),
        ("name or your order number", "digits"),
        ("ZIP code and your date of birth", "digits"),
        ("name and the last four digits of your card", "digits"),
        ("card number and the expiry date", "card"),
        ("first and last name", "name"),
    ],
)
@pytest.mark.parametrize("question", ["Could you give me your {}?", "What is your {}?", "Your {}, please?"])
def test_half_of_what_is_asked_for_is_not_taken_for_all(question: str, things: str, profile: Profile) -> None:
    asked = asks_for(question.format(things))
    assert (asked and asked.profile) == profile


@given(st.lists(st.sampled_from(get_args(Profile)), min_size=1, max_size=4))
def test_of_several_things_the_most_patient_counts(wanted: list[Profile]) -> None:
    assert len(wanted) == 1 or most_patient(wanted) in ("open", "address", "digits", "card")
    assert most_patient(wanted) == most_patient(wanted[::-1])
    assert most_patient([*wanted, "digits"]) == ("card" if "card" in wanted else "digits")


@pytest.mark.parametrize(
    "behind", ["", " Take your time.", " We work until six. We are closed on Sundays. Just so you know."]
)
def test_a_question_stands_whatever_is_stated_behind_it(behind: str) -> None:
    assert asks_for(f"We can come. What day suits you?{behind}") == Asked("brief", len("We can come"))
    assert asks_for(f"What day suits you?{behind} How can I help you?") == Asked(
        "open", len(f"What day suits you?{behind}".rstrip(".? "))
    )
    assert asks_for("What day suits you?" + " We work until six." * LAST) is None


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("What is your name?", ""),
        ("Good, Tuesday. Is that right?", "Good, Tuesday"),
        ('"Fine!" And **you**?', '"Fine'),
        ("Good. Your name? And your number?", "Good"),
    ],
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
