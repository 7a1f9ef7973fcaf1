"""Sealing: what is marked is hidden and comes back, with the right key and no other."""

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.marking import HIDDEN, beyond_reach, hidden, is_sealed, marks
from schemas.sealing import Seals, open_all, seal_marked
from schemas.tools import tool_call_id

OLD, NEW = os.urandom(32), os.urandom(32)
SEALS = Seals({"k1": NEW})
SECRET = {"type": "string", "sensitive": True}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_whatever_is_sealed_opens_again(value: Any) -> None:
    token = SEALS.seal(value)
    assert is_sealed(token)
    assert SEALS.open(token) == value
    assert SEALS.seal(value) != token


@given(st.text(max_size=20), st.text(max_size=20))
def test_short_values_are_of_one_length(one: str, other: str) -> None:
    short = [text for text in (one, other) if len(SEALS.seal(text)) == len(SEALS.seal("4711"))]
    assert all(text in short for text in (one, other) if len(text.encode()) < 20 and text.isalnum())


def test_what_is_alike_is_known_by_those_with_the_key() -> None:
    word = SEALS.alike({"pin": "4711", "kind": 1})
    assert word == SEALS.alike({"kind": 1, "pin": "4711"})
    assert (
        len({word, SEALS.alike({"pin": "4712", "kind": 1}), Seals({"k1": OLD}).alike({"pin": "4711", "kind": 1})}) == 3
    )


def test_what_is_marked_is_sealed_and_nothing_else() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "pin": SECRET,
            "born": {"anyOf": [SECRET, {"type": "null"}]},
            "pins": {"type": "array", "items": SECRET},
            "home": {"type": "object", "properties": {"street": {"type": "string"}, "alarm": SECRET}},
            "key": {"$ref": "#/$defs/Key"},
            "whole": {"type": "object", "sensitive": True},
        },
        "additionalProperties": SECRET,
        "$defs": {"Key": {"allOf": [SECRET]}},
    }
    given: dict[str, Any] = {
        "name": "Anna",
        "pin": "4711",
        "born": "1970-01-02",
        "pins": ["1", "2"],
        "home": {"street": "Harbor Street", "alarm": "9"},
        "key": "k",
        "whole": {"a": [1]},
        "invented": "x",
    }
    assert marks(schema)
    sealed = seal_marked(schema, given, SEALS)
    assert hidden(sealed) == {
        "name": "Anna",
        "pin": HIDDEN,
        "born": HIDDEN,
        "pins": [HIDDEN, HIDDEN],
        "home": {"street": "Harbor Street", "alarm": HIDDEN},
        "key": HIDDEN,
        "whole": HIDDEN,
        "invented": HIDDEN,
    }
    assert open_all(sealed, SEALS) == given
    assert seal_marked(schema, {"born": None}, SEALS) == {"born": None}
    assert not marks({"properties": {"pin": {"type": "string", "sensitive": False}}})


def test_a_caller_who_says_a_token_is_not_believed() -> None:
    """What a model passes is plain, whatever it looks like."""
    token = SEALS.seal("4711")
    schema = {"properties": {"pin": SECRET}}
    assert SEALS.open(seal_marked(schema, {"pin": token}, SEALS)["pin"]) == token


def test_what_only_looks_like_a_token_is_sealed_in_whichever_part_is_marked() -> None:
    token = SEALS.seal("4711")
    sealed = seal_marked({"anyOf": [{"type": "integer"}, SECRET]}, token, SEALS)
    assert type(sealed) is str
    assert SEALS.open(sealed) == token


def test_it_is_found_by_its_place_and_by_the_pattern_of_its_key() -> None:
    word = {"type": "string"}
    schema = {
        "properties": {
            "pair": {"prefixItems": [SECRET, word], "items": SECRET},
            "codes": {
                "properties": {"plain": word},
                "patternProperties": {"^door": SECRET, "^\\p{Lu}+": SECRET} | {"^a": word},
                "additionalProperties": {"type": "integer"},
            },
            "words": {"patternProperties": {"^a": SECRET}, "additionalProperties": word},
        }
    }
    given = {
        "pair": ["1", "two", "3"],
        "codes": {"door_1": "4", "another": "5"},
        "words": {"a": "6", "b": "seven"},
    }
    assert beyond_reach(schema) is None
    sealed = seal_marked(schema, given, SEALS)
    assert hidden(sealed) == {
        "pair": [HIDDEN, "two", HIDDEN],
        "codes": {"door_1": HIDDEN, "another": HIDDEN},
        "words": {"a": HIDDEN, "b": "seven"},
    }
    assert open_all(sealed, SEALS) == given


def test_what_two_of_several_models_mark_is_sealed_once() -> None:
    models = [{"properties": {"pin": SECRET, name: {"type": "string"}}} for name in ("one", "other")]
    sealed = seal_marked({"properties": {"who": {"anyOf": models}}}, {"who": {"pin": "4711", "one": "x"}}, SEALS)
    assert SEALS.open(sealed["who"]["pin"]) == "4711"


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"properties": {"by": {"type": "object", "propertyNames": SECRET}}}, "propertyNames"),
        ({"anyOf": [{"items": {"not": {"properties": {"pin": SECRET}}}}]}, "not"),
        ({"prefixItems": [{"type": "string"}, {"contains": SECRET}]}, "contains"),
        ({"$defs": {"Key": {"then": SECRET}}, "$ref": "#/$defs/Key"}, "then"),
        ({"properties": {"propertyNames": SECRET, "then": {"items": SECRET}}}, None),
    ],
)
def test_a_mark_that_sealing_does_not_come_to_is_found(schema: dict[str, Any], keyword: str | None) -> None:
    assert marks(schema)
    assert beyond_reach(schema) == keyword


def test_keys_change_while_the_old_one_still_opens() -> None:
    token = Seals({"old": OLD}).seal("4711")
    both = Seals({"new": NEW, "old": OLD})
    assert both.open(token) == "4711"
    assert both.seal("4711").startswith("sealed:new:")
    assert both.naming == Seals({"old": OLD}).naming != Seals({"new": NEW}).naming
    with pytest.raises(ValueError, match="sealed with the key 'old': add it to TRUNKLINE_SEALING_KEYS"):
        Seals({"new": NEW}).open(token)
    with pytest.raises(ValueError, match="does not open with the key 'old'"):
        Seals({"old": NEW}).open(token)
    with pytest.raises(ValueError, match="not a sealed value"):
        both.open("4711")
    assert open_all({"pin": token}, Seals({"new": NEW})) == {"pin": token}


def test_without_a_key_nothing_is_sealed_and_nothing_passes() -> None:
    assert not Seals({})
    with pytest.raises(LookupError, match="TRUNKLINE_SEALING_KEYS"):
        seal_marked({"properties": {"pin": SECRET}}, {"pin": "4711"}, Seals({}))
    assert seal_marked({"properties": {"name": {"type": "string"}}}, {"name": "Anna"}, Seals({})) == {"name": "Anna"}


def test_an_id_made_with_a_key_cannot_be_tried_without_it() -> None:
    def named(again: int = 0, key: bytes = SEALS.naming) -> str:
        return tool_call_id("call_1", "unlock", {"pin": "4711"}, again, key)

    assert named() == named()
    assert len({named(), named(1), named(key=b""), named(key=Seals({"k1": OLD}).naming)}) == 4
