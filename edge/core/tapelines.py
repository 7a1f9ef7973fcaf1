"""A tape as JSON lines: how the recording of a call is written, and read back whatever it holds.

The first line is the header: who, when, which rules, and every number of the manners. Then one line for each input,
``{"t": 4.38, "in": ["Heard", {...}], "do": [["Begin", {...}]], "state": "pausing"}``: ``in`` is null where a deadline
passed; ``do`` is left out where nothing was to be done, and null where TurnTaker broke down; ``state``, the one
afterwards, is left out where it stayed. Lines with ``note`` are for people and pictures; replay skips them. The last
line is ``{"end": lines before it}``. Floats are written so that they come back bit for bit.
"""

import functools
import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from edge.core.events import Action, Input
from edge.core.manners import Manners
from edge.core.tape import Header, Note, Recording, Step

FORMAT = 1
T = TypeVar("T")


class TapeError(Exception):
    """A tape cannot be read. ``code`` is stable, for programs; the message is a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# -- writing ----------------------------------------------------------------------------------------------------------


def encode(recording: Recording) -> Iterator[str]:
    """The lines of a tape, each with its end."""
    header = {"tape": FORMAT, **plain(recording.header), "manners": plain(recording.manners)}
    yield _line(header)
    state = ""
    for item in recording.items:
        if isinstance(item, Note):
            yield _line({"t": item.now, "note": item.kind, **item.about})
            continue
        line: dict[str, Any] = {"t": item.now, "in": None if item.event is None else _named(item.event)}
        if item.actions is None:
            line["do"] = None
        elif item.actions:
            line["do"] = [_named(action) for action in item.actions]
        if item.state != state:
            line["state"] = state = item.state
        yield _line(line)
    if recording.stopped is not None:
        yield _line({"t": recording.stopped, "note": "stopped"})
    yield _line({"end": 1 + len(recording.items) + (recording.stopped is not None)})


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _named(event: Any) -> list[Any]:
    return [type(event).__name__, plain(event)]


def plain(value: Any) -> dict[str, Any]:
    """A dataclass as JSON, all fields, those with their default too: a default may change later."""
    content = {each.name: getattr(value, each.name) for each in fields(value)}
    return {name: plain(part) if is_dataclass(part) else part for name, part in content.items()}


# -- reading ----------------------------------------------------------------------------------------------------------

INPUTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Input)}
ACTIONS: dict[str, type] = {kind.__name__: kind for kind in get_args(Action)}


def decode(lines: Iterable[str]) -> Recording:
    """Read a tape back.

    Raises:
        TapeError: it is not a tape, is of another format, is broken, or ends early; the message names the line.
    """
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        try:
            reader.read(number, line)
        except TapeError as error:
            raise TapeError(error.code, f"Line {number} of the tape: {error.message}") from error
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            what = str(error) or type(error).__name__
            raise TapeError("malformed", f"Line {number} of the tape cannot be read: {what:.200}.") from error
    return reader.done()


@dataclass(slots=True)
class _Reader:
    """The lines read so far."""

    header: Header | None = None
    manners: Manners = field(default_factory=Manners)
    strange: list[str] = field(default_factory=list)
    """Fields of other versions that this one does not know."""
    items: list[Step | Note] = field(default_factory=list)
    stopped: float | None = None
    state: str = ""
    lines: int = 0
    ended: bool = False

    def read(self, number: int, line: str) -> None:
        content = json.loads(line, parse_constant=_no_constant)
        if not isinstance(content, dict):
            raise TapeError("malformed", "it is not a JSON object.")
        if self.ended:
            raise TapeError("malformed", "it comes after the end.")
        if self.header is None:
            self._head(content)
        elif "end" in content:
            self._end(content["end"])
        elif "note" in content:
            self._note(content)
        else:
            self._step(content)
        self.lines = number

    def _head(self, content: dict[str, Any]) -> None:
        if "tape" not in content:
            raise TapeError("not_a_tape", "it is not the header of a recorded call.")
        if content.pop("tape") != FORMAT:
            raise TapeError("other_format", f"this tape is not of format {FORMAT}; read it with the version it names.")
        self.manners = build(Manners, content.pop("manners"), self.strange)
        self.header = build(Header, content, self.strange)

    def _note(self, content: dict[str, Any]) -> None:
        now, kind = _time(content.pop("t")), content.pop("note")
        if not isinstance(kind, str):
            raise TapeError("malformed", "a note has no kind.")
        if kind == "stopped":
            self.stopped = now
        else:
            self.items.append(Note(now, kind, content))

    def _step(self, content: dict[str, Any]) -> None:
        event = None if content["in"] is None else _made(INPUTS, content["in"], self.strange)
        actions = content.get("do", [])
        done = None if actions is None else tuple(_made(ACTIONS, action, self.strange) for action in actions)
        self.state = _fit(content.get("state", self.state), str, "state")
        self.items.append(Step(_time(content["t"]), event, done, self.state))

    def _end(self, count: Any) -> None:
        if count != self.lines:
            raise TapeError("incomplete", f"{count} lines were written, {self.lines} are here.")
        self.ended = True

    def done(self) -> Recording:
        if self.header is None:
            raise TapeError("not_a_tape", "The tape is empty.")
        if not self.ended:
            raise TapeError("incomplete", f"The tape ends early, after line {self.lines}: its end is missing.")
        return Recording(self.header, self.manners, tuple(self.items), self.stopped, tuple(dict.fromkeys(self.strange)))


def _no_constant(name: str) -> Any:
    raise TapeError("malformed", f"{name} is not a number of a tape.")


def _time(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise TapeError("malformed", "its time is not a number of seconds.")
    return float(value)


def _made(kinds: Mapping[str, type], content: Any, unknown: list[str]) -> Any:
    if not (isinstance(content, list) and len(content) == 2 and isinstance(content[0], str)):
        raise TapeError("malformed", "an event is a name and its fields.")
    name, values = content
    if name not in kinds:
        raise TapeError("unknown_event", f"this version knows no {name!r:.60}.")
    return build(kinds[name], values, unknown)


def build(kind: type[T], content: Any, unknown: list[str] | None = None) -> T:
    """A dataclass from its JSON form; fields left out get their default. Those it has not are put in ``unknown``.

    Raises:
        TapeError: a value does not fit its field, a field is missing, or is not known and ``unknown`` is None.
    """
    if not isinstance(content, dict):
        raise TapeError("malformed", f"{kind.__name__} is not an object.")
    hints = _hints(kind)  # type: ignore[arg-type]  # A class is hashable; mypy asks its instances.
    values = {}
    for name, value in content.items():
        if name not in hints:
            if unknown is None:
                raise TapeError("unknown_field", f"this version's {kind.__name__} has no {name!r:.60}.")
            unknown.append(f"{kind.__name__}.{name}")
        elif is_dataclass(hints[name]):
            values[name] = build(hints[name], value, unknown)
        else:
            values[name] = _fit(value, hints[name], name)
    try:
        return kind(**values)
    except TypeError as error:
        raise TapeError("malformed", f"{kind.__name__} is not whole.") from error


@functools.cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _fit(value: Any, hint: Any, name: str) -> Any:
    """The value, where it is one of this type; lists become tuples."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for part in parts:
            if _fits(value, part):
                return _fit(value, part, name)
    elif origin is tuple and isinstance(value, list):
        return tuple(_fit(each, parts[0], name) for each in value)
    elif _fits(value, hint):
        return value
    raise TapeError("malformed", f"{value!r:.60} is no value of {name!r:.60}.")


def _fits(value: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    if origin is Literal:
        return isinstance(value, str | int) and value in get_args(hint)
    if origin is tuple:
        return isinstance(value, list)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint in (None, NoneType):
        return value is None
    return type(value) is hint
