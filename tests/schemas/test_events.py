import json
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.base import Event, new_id
from schemas.events import KINDS, TO_EDGE, TO_WORKFLOWS, decode, encode, headers
from schemas.examples import example
from schemas.subjects import call_subject, parse, subject
from schemas.tools import canonical_arguments, tool_call_id

tokens = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=96)
texts = st.text(st.characters(codec="utf-8"), max_size=60)
numbers = st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(texts, json_values, max_size=4)


@settings(max_examples=40)
@given(st.data())
@pytest.mark.parametrize("kind", KINDS)
def test_every_event_comes_back_as_it_went(kind: str, data: st.DataObject) -> None:
    value = example(kind)
    fields: dict[str, st.SearchStrategy[Any]] = {"call_id": tokens, "region": tokens}
    free = {"text": texts.filter(bool), "words": texts, "heard": texts, "arguments": objects, "result": objects}
    fields |= {name: made for name, made in free.items() if name in KINDS[kind].model_fields}
    changed = value.model_validate({**value.model_dump(), **data.draw(st.fixed_dictionaries(fields))})
    assert decode(kind, encode(changed)) == changed
    assert b"\n" not in encode(changed)


@settings(max_examples=40)
@given(tokens, tokens)
@pytest.mark.parametrize("kind", KINDS)
def test_subjects_parse_back(kind: str, region: str, call_id: str) -> None:
    event = example(kind).model_copy(update={"region": region, "call_id": call_id})
    assert parse(subject(event)) == (region, call_id, kind)
    assert (".live." in subject(event)) != event.durable or "live" in (region, call_id)


@pytest.mark.parametrize(
    "wrong", ["", "x", "trunkline.v2.r.calls.c.k", "trunkline.v1.r.others.c.k", "trunkline.v1.r.calls.c"]
)
def test_other_subjects_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not the subject"):
        parse(wrong)


def test_wildcards_are_subjects_too() -> None:
    assert call_subject("r") == "trunkline.v1.r.calls.*.*"


@pytest.mark.parametrize("wrong", ["", "a b", "a.b", "*", ">", "é", "a" * 97, "a\r\n"])
def test_ids_that_would_break_a_subject_are_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        KINDS["call_ended"](call_id=wrong, region="local", **{"reason": "silence", "seconds": 0.0, "turns": 0})


@pytest.mark.parametrize("kind", KINDS)
def test_fields_of_a_newer_writer_are_ignored_and_missing_ones_named(kind: str) -> None:
    fields = json.loads(encode(example(kind)))
    assert decode(kind, json.dumps({**fields, "from_the_future": 1}).encode()) == example(kind)
    del fields["region"]
    with pytest.raises(ValidationError, match="region"):
        decode(kind, json.dumps(fields).encode())


def test_unknown_kinds_are_said_to_be() -> None:
    with pytest.raises(KeyError):
        decode("something_else", b"{}")


def test_directions_do_not_meet() -> None:
    assert not set(TO_EDGE) & set(TO_WORKFLOWS)
    assert all(event.durable for event in (*TO_EDGE, *TO_WORKFLOWS))


def test_headers_are_plain_text_on_one_line() -> None:
    for kind in KINDS:
        for name, value in headers(example(kind)).items():
            assert (name + value).isascii()
            assert "\n" not in value


def test_new_ids_are_tokens_and_differ() -> None:
    assert new_id("evt") != new_id("evt")
    assert Event.model_validate({"call_id": new_id("call"), "region": "r"}).id.startswith("evt_")


def shuffled(value: Any, change: Callable[[str], str]) -> Any:
    """The same value with its keys the other way round and its strings spaced otherwise."""
    if isinstance(value, dict):
        return {key: shuffled(item, change) for key, item in reversed(value.items())}
    if isinstance(value, list):
        return [shuffled(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


@given(objects, tokens, st.text("ab", min_size=1, max_size=8))
def test_the_id_of_a_tool_call_does_not_depend_on_key_order_or_spacing(
    arguments: dict[str, Any], call_id: str, tool: str
) -> None:
    again = shuffled(arguments, lambda text: "  " + text.replace(" ", " \t ") + "\n")
    assert canonical_arguments(again) == canonical_arguments(arguments)
    assert tool_call_id(call_id, tool, again) == tool_call_id(call_id, tool, arguments)
    assert tool_call_id(call_id, tool, {**arguments, "left out": None}) == tool_call_id(call_id, tool, arguments)


def test_other_calls_tools_and_arguments_have_other_ids() -> None:
    ids = {tool_call_id(c, t, {"a": a}) for c in ("c1", "c2") for t in ("t1", "t2") for a in (1, 2, "1")}
    assert len(ids) == 12
