"""Acts of conversation, and which tool is called for."""

import pytest

from edge.dialogue.intent import acts, rank
from edge.dialogue.schema import read
from edge.dialogue.words import listen
from tests.edge.dialogue.talk import BOOK, PARCEL, PIZZA


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("okay bye", "goodbye"),
        ("no that's all, thanks", "closing"),
        ("repeat that please", "repeat"),
        ("how much was it again", "repeat"),
        ("What day was that again?", "repeat"),
        ("Hi, when is the visit?", "question"),
        ("but could the technician call before he comes?", "question"),
        ("sorry?", "repeat"),
        ("hold on a second", "hold"),
        ("are you a robot?", "robot"),
        ("can I talk to a real person", "person"),
        ("what can you do", "abilities"),
        ("cancel that", "cancel"),
        ("just leave it", "cancel"),
        ("leave it at that", "cancel"),
        ("how long does it take", "question"),
        ("is it booked?", "status"),
        ("Sorry, wrong number.", "closing"),
        ("I think I have the wrong number", "closing"),
        ("Hello, can you hear me?", "audible"),
        ("do you speak Spanish?", "language"),
        ("Hola, necesito un plomero", "language"),
        ("This is the third time I'm calling!", "frustrated"),
        ("nobody came", "frustrated"),
        ("what do you mean", "repeat"),
    ],
)
def test_acts(text: str, act: str) -> None:
    assert act in acts(listen(text))


@pytest.mark.parametrize(
    ("text", "act"), [("are you recording this?", "robot"), ("No, wrong number, it's 1043", "closing")]
)
def test_what_is_no_such_act(text: str, act: str) -> None:
    assert act not in acts(listen(text))


@pytest.mark.parametrize("text", ["leave it on Monday", "leave it at ten", "leave it as it is"])
def test_what_is_to_stay_is_not_called_off(text: str) -> None:
    assert "cancel" not in acts(listen(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'd like to book an appointment", "book_visit"),
        ("can someone come and look at my boiler", "book_visit"),
        ("my parcel hasn't arrived", "report_parcel"),
        ("I want to order two pepperoni pizzas", "order_pizza"),
    ],
)
def test_the_tool_that_is_called_for(text: str, name: str) -> None:
    tools = [(tool, read(tool.parameters)) for tool in (BOOK, PARCEL, PIZZA)]
    assert rank(listen(text), tools)[0][1].name == name
