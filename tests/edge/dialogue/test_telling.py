"""Numbers that are told, and put right."""

import pytest
from pydantic import BaseModel, Field

from tests.edge.dialogue import talk
from tests.edge.dialogue.talk import Caller


class Home(BaseModel):
    """Report where you live."""

    zip: str = Field(pattern=r"^\d{5}$", json_schema_extra={"kind": "digits", "spoken": "ZIP code"})
    phone: str = Field(pattern=r"^\+?\d{7,15}$", json_schema_extra={"kind": "phone", "spoken": "phone number"})


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch) -> Caller:
    """One who reports a home."""
    monkeypatch.setattr(talk, "MODELS", {"report_home": Home})
    caller = Caller(tools=(talk.tool("report_home", "Report a home", Home),), caller=None)
    caller.say("I want to report a home.")
    return caller


@pytest.mark.parametrize(
    ("turns", "zip_code", "phone"),
    [
        (["10189", "No wait, 188.", "415 555 0142"], "10188", "4155550142"),
        (["one oh one eight nine", "No, one eight eight.", "415 555 0142"], "10188", "4155550142"),
        (["10189", "Sorry, it's one oh one eight eight.", "415 555 0142"], "10188", "4155550142"),
        (["10189", "415 555 0142", "Sorry, the last four are 0143."], "10189", "4155550143"),
        (["10189", "415 555 0142", "No, it's 415 555 0143."], "10189", "4155550143"),
        (["10189", "415 555 0142", "No, the phone number ends in 0188."], "10189", "4155550188"),
        (["10189", "415 555 0142", "No, the ZIP is 10188."], "10188", "4155550142"),
        (["10189", "415 555 0142 no wait, 0143"], "10189", "4155550143"),
        (["10189 sorry 10188", "415 555 0142"], "10188", "4155550142"),
        (["10189", "415 555", "No wait, 556.", "0142"], "10189", "4155560142"),
        (["101", "No, 102.", "88", "415 555 0142"], "10288", "4155550142"),
    ],
)
def test_digits_are_put_right(caller: Caller, turns: list[str], zip_code: str, phone: str) -> None:
    for turn in turns:
        caller.say(turn)
    assert caller.state.slots == {"zip": zip_code, "phone": phone}, caller.log
    assert caller.state.confirming


@pytest.mark.parametrize("text", ["I don't have one.", "I haven't got one.", "I have no number.", "I don't know it."])
def test_who_has_no_number_has_not_said_a_one(caller: Caller, text: str) -> None:
    caller.say("10189")
    reply = caller.say(text)
    assert "can't be done without the phone number" in reply.text
    assert caller.say("415 555 0142").state.slots["phone"] == "4155550142"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Um, it's, uh, the kitchen tap.", "kitchen tap"),
        ("The er the hedge, um, behind my house.", "hedge behind my house"),
        ("It's the tap in the ER.", "tap in the ER"),
        ("Uh, water is, erm, everywhere, um.", "water is everywhere"),
    ],
)
def test_sounds_of_thinking_are_no_part_of_a_text(text: str, topic: str) -> None:
    class CallBack(BaseModel):
        """Have a colleague call back."""

        topic: str = Field(description="What it is about.", json_schema_extra={"ask": "What is it about?"})

    caller = Caller(tools=(talk.tool("call_back", "Arrange a call back", CallBack),))
    caller.say("Can you call me back, please?")
    assert caller.say(text).state.slots["topic"].lower() == topic.lower()
