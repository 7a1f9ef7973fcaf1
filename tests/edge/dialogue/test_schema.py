"""JSON Schema as slots."""

from datetime import date, time
from typing import Any

from pydantic import BaseModel, Field

from edge.dialogue.schema import EVERY_DAY, constants, read
from tests.edge.dialogue.talk import BOOK, PARCEL, PIZZA


def test_the_kinds_of_a_booking() -> None:
    slots = read(BOOK.parameters)
    assert [(slot.name, slot.kind) for slot in slots] == [
        ("service", "choice"), ("day", "date"), ("time", "time"), ("name", "name"),
    ]  # fmt: skip
    assert slots[0].ask == "What do you need done?"
    assert slots[0].choices[0].phrases[0] == "boiler"


def test_other_tools() -> None:
    code, phone = read(PARCEL.parameters)
    assert (code.kind, code.label, phone.kind) == ("code", "parcel code", "phone")
    pizza, size, quantity, delivery = read(PIZZA.parameters)
    assert [size.needed, quantity.minimum, quantity.maximum, delivery.kind] == [False, 1, 10, "boolean"]
    assert len(pizza.choices) == 4


class Odd(BaseModel):
    when: date | None = None
    at: time = Field(json_schema_extra={"earliest": "08:00", "latest": "17:00", "step_minutes": 60})
    days: date = Field(json_schema_extra={"weekdays": ["monday", "Friday", "Fryday"]})
    tags: list[str] = []
    inner: dict[str, Any]
    kind: str = Field(json_schema_extra={"const": "x"})
    amount: float = Field(gt=0)


def test_null_bounds_lists_objects_and_constants() -> None:
    slots = {slot.name: slot for slot in read(Odd.model_json_schema())}
    assert slots["when"].kind == "date"
    assert slots["when"].nullable
    assert (slots["at"].minimum, slots["at"].maximum, slots["at"].step) == (time(8), time(17), 60)
    assert (slots["days"].weekdays, slots["when"].weekdays) == (frozenset({0, 4}), EVERY_DAY)
    assert slots["tags"].many
    assert slots["inner"].unfit
    assert slots["amount"].kind == "money"
    assert constants(Odd.model_json_schema()) == {"kind": "x"}


def test_a_schema_that_makes_no_sense_has_no_slots() -> None:
    assert read({}) == ()
    assert read({"properties": 3}) == ()
    assert read({"properties": {"a": 1}}) == ()
    loop = {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"$ref": "#/$defs/A"}}}
    assert read(loop)[0].kind == "text"


def test_what_is_said_of_danger() -> None:
    said = {"a": {"now": "Leave  now.", "call": 3}, "b": "x"}
    (slot,) = read({"properties": {"what": {"enum": ["a", "b"], "advice": said, "beside": {"a": ["a b"]}}}})
    assert slot.advice == {"a": {"now": "Leave now.", "call": ""}}
    assert slot.choices[0].beside == ("a b",)
