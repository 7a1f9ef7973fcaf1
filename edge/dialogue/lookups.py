"""What a quick tool told, as a sentence."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from edge.core.conversation import LookedUp, Tool
from edge.dialogue import dates, phrasing, smalltalk, times
from edge.dialogue.phrasing import listed
from edge.dialogue.request import dropped
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation

LONGEST = 200
"""Characters of one value, or of a service's own sentence, that are spoken."""
_SORRY = "I'm sorry, I couldn't find that out."
_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


def report(here: Situation, found: LookedUp) -> Move:
    """Tell it; then go back to the request that was under way, if another one was."""
    say = sentence(here, found)
    if here.state.tool and here.state.tool != found.tool:
        return smalltalk.and_back(here, Move(say, here.state))
    state = replace(dropped(here.state), closing=True, misses=0)
    return Move(f"{say} Is there anything else I can do for you?", state, expects="yes_no")


def sentence(here: Situation, found: LookedUp) -> str:
    """The tool's own sentence with what was told in it; else the service's; else its values, one by one."""
    if found.failed:
        return str(found.content.get("message") or _SORRY)
    tool = here.tool(found.tool)
    template = tool[0].say if tool else ""
    if template:
        return _filled(template, {**_asked(tool, found, here.today), **found.content}, here.today) or _SORRY
    own = found.content.get("say")
    if isinstance(own, str) and own.strip():
        return _tame(own)
    told = [(name, _spoken(value, here.today)) for name, value in found.content.items()]
    values = [f"the {name.replace('_', ' ')} is {value}" for name, value in told if value]
    said = listed(values[:4], "and")
    return f"{said[:1].upper()}{said[1:]}." if values else _SORRY


def _asked(tool: tuple[Tool, tuple[Slot, ...]] | None, found: LookedUp, today: date) -> dict[str, Any]:
    """What the service was asked, digits one by one: a shipment's number is no year."""
    spelled = {slot.name: slot for slot in (tool[1] if tool else ()) if slot.kind in ("digits", "code", "phone")}
    return {
        name: phrasing.value(spelled[name], given, today) if name in spelled else given
        for name, given in found.arguments.items()
    }


def _filled(template: str, values: Mapping[str, Any], today: date) -> str | None:
    """The sentence; None where something that it names was not told."""
    said = {name: _spoken(_at(values, name), today) for name in _NAME.findall(template)}
    return _NAME.sub(lambda match: said[match[1]] or "", template) if all(said.values()) else None


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def _spoken(value: Any, today: date) -> str | None:
    """A value as it is read aloud; None where it cannot be."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:g}" if abs(value) < 1e6 else str(value)
        case str() if value.strip():
            return _moment(value, today) or _tame(value)
    return None


def _moment(value: str, today: date) -> str | None:
    """A day, a time or both in ISO form, in words."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return dates.spoken(date.fromisoformat(value), today)
        if re.fullmatch(r"\d\d:\d\d(:\d\d)?", value):
            return times.spoken(time.fromisoformat(value))
        if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value):
            at = datetime.fromisoformat(value)
            return f"{dates.spoken(at.date(), today)} at {times.spoken(at.time())}"
    except ValueError:
        pass
    return None


def _tame(text: str) -> str:
    return " ".join(text.split())[:LONGEST].strip()
