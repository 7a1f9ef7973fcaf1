"""The agent's sentences: short, with a first clause to begin on, and never the same twice in a row."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from edge.dialogue import dates, times
from edge.dialogue.money import spoken_money
from edge.dialogue.names import spoken_letters
from edge.dialogue.numbers import spoken_digits, spoken_number
from edge.dialogue.schema import Slot

_CLAUSE = re.compile(r"(?<=[,;:.!?])\s+")
_GENERIC = frozenset("service kind type visit reason issue topic item product job category thing work sort".split())
_NONE: Mapping[str, str] = {}
_LETTER_NAMES = dict(zip("0123456789", "oh one two three four five six seven eight nine".split(), strict=True))


@dataclass(frozen=True, slots=True)
class Voice:
    """Chooses among ways to say a thing: by call and turn, never by chance, and not one that was just said."""

    call_id: str
    turn: int
    last: str = ""

    def pick(self, *ways: str, step: int = 0) -> str:
        """One of ``ways``; another for each ``step``."""
        start = zlib.crc32(f"{self.call_id}\n{self.turn}".encode()) + step
        order = [ways[(start + n) % len(ways)] for n in range(len(ways))]
        return next((way for way in order if not way or way not in self.last), order[0])

    def escalate(self, misses: int, *ways: str) -> str:
        """The way for this many misses in a row; past the last one, the last ones by turns."""
        order = list(ways[min(misses, len(ways) - 1) :]) + list(ways[::-1])
        return next((way for way in order if way not in self.last), order[0])


def clauses(text: str) -> list[str]:
    """A reply in pieces that can be spoken one by one; joined they are the reply."""
    parts = [part for part in _CLAUSE.split(" ".join(text.split())) if part]
    return [part + (" " if at < len(parts) - 1 else "") for at, part in enumerate(parts)]


def listed(items: Iterable[str], last: str = "or") -> str:
    """ "a", "a or b", "a, b, or c"."""
    names = list(items)
    if len(names) < 3:
        return f" {last} ".join(names)
    return ", ".join(names[:-1]) + f", {last} {names[-1]}"


def article(noun: str) -> str:
    """ "a boiler service", "an electrical check"; but "no heating"."""
    if noun.startswith("no "):
        return noun
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def value(slot: Slot, given: Any, today: date) -> str:
    """A slot's value for the ear, without its name; of one that stays as it is, that it does."""
    if given is None and slot.changes:
        return f"the same {slot.kind if slot.kind == 'time' else 'day'}"
    if isinstance(given, list):
        return listed([value(slot, one, today) for one in given[:8]], "and")
    if slot.kind == "choice":
        return next((choice_name(slot, c.spoken, today) for c in slot.choices if c.value == given), str(given))
    if slot.kind in ("date", "time", "datetime"):
        return _moment(given, today)
    if slot.kind in ("phone", "digits"):
        return spoken_digits(str(given))
    if slot.kind == "code":
        return ", ".join(_LETTER_NAMES.get(ch, ch) for ch in str(given).upper() if ch.isalnum())
    if slot.kind == "money":
        return spoken_money(float(given))
    if slot.kind == "boolean":
        return "yes" if given else "no"
    return spoken_number(given) if isinstance(given, int) else str(given)


def choice_name(slot: Slot, spoken: str, today: date) -> str:
    """The name of a choice; a moment is said as one."""
    choice = next((c for c in slot.choices if c.spoken == spoken), None)
    if choice is None or (choice.day is None and choice.hour is None):
        return spoken
    said = [dates.spoken(choice.day, today)] if choice.day else []
    return " at ".join(said + ([times.spoken(choice.hour)] if choice.hour else []))


def _moment(given: Any, today: date) -> str:
    try:
        if isinstance(given, str) and "T" in given:
            when = datetime.fromisoformat(given)
            return f"{dates.spoken(when.date(), today)} at {times.spoken(when.time())}"
        if isinstance(given, str) and ":" in given:
            return times.spoken(time.fromisoformat(given))
        return dates.spoken(date.fromisoformat(given), today)
    except (TypeError, ValueError):
        return str(given)


def phrase(slot: Slot, given: Any, today: date, *, spell: str = "") -> str:
    """A slot's value as part of a read-back: "a boiler service", "on Tuesday, November 24th", "for John Miller"."""
    if slot.secret:
        return f"with the {slot.label} you gave"
    said = value(slot, given, today)
    if slot.kind == "choice" and not slot.many:
        choice = next((c for c in slot.choices if c.value == given), None)
        if choice and (choice.day or choice.hour):
            return f"on {said}" if choice.day and not said.startswith("today") else said
        generic = slot.label.split()[-1] in _GENERIC or said.split()[-1] == slot.label.split()[-1]
        return article(said if generic or not said.isascii() else f"{said} {slot.label}")
    if slot.kind in ("date", "datetime"):
        return said if said.startswith("today") else f"on {said}"
    if slot.kind == "time":
        return f"at {said}"
    if slot.kind == "name":
        return f"for {said}" + (f", spelled {spoken_letters(spell)}" if spell else "")
    if slot.kind == "integer":
        return f"{said} {slot.label}" if slot.label.endswith("s") else f"{slot.label} {said}"
    if slot.kind == "boolean":
        return f"{'with' if given else 'without'} {_noun(slot)}"
    if slot.kind == "address":
        return f"at {said}"
    return f"{slot.label}: {said}" if slot.kind == "text" else f"{slot.label} {said}"


def said_of(slot: Slot, given: Any, today: date) -> str:
    """The words of a read-back by which this value is known, whatever is said around them."""
    moment = slot.kind in ("date", "time", "datetime", "name", "address", "text") and not slot.secret
    return value(slot, given, today) if moment else phrase(slot, given, today)


def told(slot: Slot, values: Mapping[str, Any]) -> bool:
    """Whether there is something to say of it: a value, or that it stays the same."""
    return values.get(slot.name) is not None or (slot.changes != "" and slot.name in values)


def names_a_thing(slots: Sequence[Slot], values: Mapping[str, Any]) -> bool:
    """Whether a summary begins with what it is about: a choice, or a number; and not with a day, a name or a text."""
    given = [slot for slot in slots if told(slot, values) and not slot.secret]
    begins = [slot for slot in given if slot.kind in ("choice", "integer")] or given
    when = ("date", "time", "datetime", "name", "address", "text", "boolean")
    return bool(begins) and not any(slot.kind in when for slot in begins[:1])


def _noun(slot: Slot) -> str:
    return slot.label.removeprefix("is ").removeprefix("has ").removeprefix("with ")


def summary(slots: Sequence[Slot], values: Mapping[str, Any], today: date, spelled: Mapping[str, str] = _NONE) -> str:
    """Everything that was gathered: what, when, the rest: "a boiler service on Tuesday ... at ten, for John Miller"."""
    given = [slot for slot in slots if told(slot, values)]
    what = [slot for slot in given if slot.kind in ("choice", "integer") and not slot.secret]
    when = [slot for slot in given if slot.kind in ("date", "time", "datetime") and not slot.secret]
    rest = [slot for slot in given if slot not in what and slot not in when]
    said = listed([phrase(slot, values[slot.name], today) for slot in what], "and")
    several = len([slot for slot in when if slot.kind != "time"]) > 1
    for slot in when:
        if several and slot.kind != "time":  # Of two days it must be heard which is which.
            said += (", " if said else "") + f"the {slot.label}, {value(slot, values[slot.name], today)}"
        else:
            said += (" " if said else "") + phrase(slot, values[slot.name], today)
    for slot in rest:
        said += (", " if said else "") + phrase(slot, values[slot.name], today, spell=spelled.get(slot.name, ""))
    return said
