"""Tapes as text: they come back bit for bit, and whatever else is read is refused in a sentence."""

import contextlib
import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.tape import Header, Note, Recording, Step
from edge.core.tapelines import TapeError, build, decode, encode, plain
from tests.edge.core.taped import taped

HEADER = Header("CA1", "Robin", "2026-11-20T20:54:50.975+00:00", "0.1.0", "abc")


def lines(recording: Recording) -> list[str]:
    return list(encode(recording))


def test_random_calls_come_back_as_they_were() -> None:
    for seed in range(100):
        recording = taped(seed)
        assert decode(encode(recording)) == recording


@settings(max_examples=200)
@given(
    st.lists(st.floats(0, allow_nan=False, allow_infinity=False), min_size=3, max_size=3),
    st.text(),
    st.none() | st.floats(0, 1),
)
def test_floats_come_back_bit_for_bit_and_text_as_it_is(times: list[float], text: str, finished: float | None) -> None:
    recording = Recording(HEADER, Manners(), (Step(times[0], do.Heard(text, times[1], times[2], finished), (), "x"),))
    try:
        written = lines(recording)
        "".join(written).encode()
    except UnicodeEncodeError:
        return  # Half a surrogate: no recogniser's word.
    assert decode(written) == recording


def test_notes_the_bound_and_a_break_down_come_back() -> None:
    items = (Note(0.1, "heard", {"reply": "r1", "text": "Hi.", "interrupted": False}), Step(0.2, do.Key("1"), None, ""))
    recording = Recording(HEADER, Manners(speculations=1), items, stopped=0.3)
    assert decode(encode(recording)) == recording


def test_a_tape_that_ends_early_is_refused_wherever_it_ends() -> None:
    whole = lines(taped(3))
    for count in range(len(whole)):
        with pytest.raises(TapeError, match=r"empty|ends early"):
            decode(whole[:count])


def test_a_tape_with_a_line_missing_is_refused() -> None:
    whole = lines(taped(3))
    with pytest.raises(TapeError, match="lines were written") as refused:
        decode(whole[:3] + whole[4:])
    assert refused.value.code == "incomplete"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "cannot be read"),
        ("[]", "not a JSON object"),
        ("[" * 100_000, "cannot be read"),
        ('{"t": NaN, "in": null}', "NaN is not a number"),
        ('{"t": -1, "in": null}', "time is not a number"),
        ('{"t": true, "in": null}', "time is not a number"),
        ('{"t": 1e999, "in": null}', "time is not a number"),
        (f'{{"t": 1{"0" * 400}, "in": null}}', "cannot be read"),
        ('{"in": null}', "cannot be read: 't'"),
        ('{"t": 1}', "cannot be read: 'in'"),
        ('{"t": 1, "in": ["Key"]}', "a name and its fields"),
        ('{"t": 1, "in": ["Explode", {}]}', "knows no 'Explode'"),
        ('{"t": 1, "in": ["Commit", {}]}', "knows no 'Commit'"),
        ('{"t": 1, "in": ["Key", {"digit": 5}]}', "is no value of 'digit'"),
        ('{"t": 1, "in": ["Key", {}]}', "Key is not whole"),
        ('{"t": 1, "in": ["Key", []]}', "Key is not an object"),
        ('{"t": 1, "in": ["LineClosed", {"reason": "bored"}]}', "is no value of 'reason'"),
        ('{"t": 1, "in": null, "do": 5}', "cannot be read"),
        ('{"t": 1, "in": null, "state": 5}', "is no value of 'state'"),
        ('{"t": 1, "note": 5}', "a note has no kind"),
        ('{"end": "soon"}', "lines were written"),
    ],
)
def test_a_line_that_is_none_is_refused_by_its_number(line: str, said: str) -> None:
    whole = lines(taped(3))
    with pytest.raises(TapeError, match=f"^Line 3 of the tape.* {said}"):
        decode([*whole[:2], line, *whole[2:]])


@pytest.mark.parametrize("first", ["{}", '{"tape": 2}', '{"tape": 1}', '{"tape": 1, "manners": 5}', "null", "\x00"])
def test_what_does_not_begin_as_a_tape_is_none(first: str) -> None:
    with pytest.raises(TapeError, match=r"^Line 1 of the tape"):
        decode([first])


def test_nothing_follows_the_end() -> None:
    whole = lines(taped(3))
    with pytest.raises(TapeError, match="comes after the end"):
        decode([*whole, whole[-1]])


def test_damage_never_raises_anything_else() -> None:
    whole = "".join(lines(taped(3)))
    chance = random.Random(1)
    for _ in range(300):
        at = chance.randrange(len(whole))
        damaged = whole[:at] + chance.choice('{}[]",:0 nx\x00é') + whole[at + chance.randrange(3) :]
        with contextlib.suppress(TapeError):
            decode(damaged.splitlines(keepends=True))


def test_fields_of_another_version_are_named_and_left_out() -> None:
    recording = taped(3)
    whole = lines(recording)
    head = json.loads(whole[0])
    head["manners"]["waits"]["forever"] = 1.0
    head["manners"]["charm"] = 0.5
    del head["manners"]["cough"]
    step = json.loads(whole[1])
    step["in"][1]["accent"] = "Welsh"
    read = decode([json.dumps(head), json.dumps(step), *whole[2:]])
    assert read.strange == ("Waits.forever", "Manners.charm", "Answered.accent")
    assert replace(read, strange=()) == recording


def test_building_is_strict_where_nobody_asks_for_the_unknown() -> None:
    content: dict[str, Any] = plain(Manners())
    assert build(Manners, content) == Manners()
    with pytest.raises(TapeError, match="Manners has no 'charm'"):
        build(Manners, {"charm": 1})
