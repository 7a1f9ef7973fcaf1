"""A change of mind about what was asked for: the tool that changes it takes it up, and nothing is made twice."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from edge.core.conversation import CallerSaid, Tool, ToolAsked
from edge.dialogue import choices, standing
from edge.dialogue.confirming import to_change
from edge.dialogue.hearing import hear
from edge.dialogue.intent import Act
from edge.dialogue.request import Request, ask_for, begin, mentioned
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import join
from edge.dialogue.yesno import verdict

ANOTHER = re.compile(r"\b(?:another|other|second|also|more|new|different|too|as well|additional|extra)\b")
"""With these it is about something else than what was asked for."""
CHANGE = re.compile(r"\b(?:change|make it|instead|move|rather|actually|reschedule)\b")
_CORRECTS = re.compile(
    rf"{CHANGE.pattern}|\b(?:switch|push|wait|weight|no|sorry|better|i meant?"
    r"|(?:can|could) (?:we|you|i) (?:do|have|make|get|come|bring|put|say))\b"
)
_REGRETS = re.compile(r"\b(?:change|wrong|not right|wait|weight|mistake)\b")
_SHORT = 6
"""Words of one who only says that something is wrong with it."""


def taken_up(here: Situation) -> Request | None:
    """The change of the last request to what the turn says, as if that had not been confirmed yet; None where it says
    nothing of it."""
    request = _change(here)
    if request is None or not _CORRECTS.search(join(here.words)) or ANOTHER.search(join(here.words)):
        return None
    heard = hear(here, request, told_only=True)
    new = {name for name, value in heard.values.items() if request.state.slots.get(name) != value}
    changes = {slot.name for slot in request.slots if slot.changes}
    return request if changes & (new | heard.problems.keys()) and not _something_else(here) else None


def regretted(here: Situation, kinds: list[Act]) -> Move | None:
    """The caller says that something is wrong with it, or is to be changed, and not to what."""
    request, words = _change(here), here.words
    if request is None or here.state.closing or len(words) > _SHORT or {"closing", "thanks"}.intersection(kinds):
        return None
    named = mentioned(words, [slot for slot in request.slots if slot.changes])
    if named and _REGRETS.search(join(words)):
        return ask_for(here, request, (named,), lead=here.voice.pick("Of course.", "Sure, let me change that."))
    since = [entry for entry in here.talk.entries if isinstance(entry, CallerSaid | ToolAsked)][-2:]
    just = isinstance(since[0], ToolAsked)
    if not just or not (verdict(words) == "no" or _REGRETS.search(join(words))):
        return None
    if other := mentioned(words, request.slots):
        say = f"I'm sorry, the {other.label} can't be changed from here. Is there anything else I can do for you?"
        return Move(say, here.becomes(closing=True, misses=0), expects="yes_no")
    return to_change(here, request)


def begun(here: Situation, tool: Tool) -> Request | None:
    """The request for a change or a cancellation, of which it is known what it is of; None where it is of no earlier
    request."""
    request = _change(here)
    of_it = request is not None and (request.tool.name == tool.name or standing.changes(tool))
    if request is None or not of_it or ANOTHER.search(join(here.words)):
        return None
    values = {slot.name: request.state.slots.get(slot.name) for slot in request.slots if not slot.changes}
    found = here.tool(tool.name)
    fields = {slot.name for slot in found[1]} if found else set()
    return begin(here, tool, values={name: value for name, value in values.items() if name in fields})


def as_it_stands(here: Situation) -> tuple[ToolAsked, dict[str, Any]] | None:
    """The last request that changes no other, and what was asked for with every change of it so far."""
    last = here.requests[-1] if here.requests else None
    found = here.tool(last.tool) if last else None
    if last is None or found is None or not _stands(here, last):
        return None
    for tool, fields, changed in _changing(here, last):
        first = next((one for one in reversed(here.requests) if one.tool in changed), last)
        return first, _standing(here, tool, changed, fields)[-1]
    return None if standing.changes(found[0]) else (last, dict(last.arguments))


def _change(here: Situation) -> Request | None:
    """The change of an earlier request, with everything as it stands; None where no tool changes the last one."""
    last = here.requests[-1] if here.requests else None
    if last is None or not _stands(here, last):
        return None
    for tool, fields, changed in _changing(here, last):
        slots = next(slots for one, slots in here.tools if one is tool)
        now = _meant(here, _standing(here, tool, changed, fields))
        values = {slot.name: now[key] for slot in slots if (key := fields.get(slot.name, slot.name)) in now}
        request = begin(here, tool, values=values)
        return Request(tool, slots, replace(request.state, confirming=True))
    return None


def _changing(here: Situation, last: ToolAsked) -> Iterator[tuple[Tool, dict[str, str], set[str]]]:
    """The tools that change such a request, or have just done so; with the fields that their own take the place of,
    and the names of the tools that these are of."""
    for tool, slots in here.tools:
        fields = {slot.name: slot.changes.partition(".")[2] for slot in slots if slot.changes}
        changed = {slot.changes.partition(".")[0] for slot in slots if slot.changes}
        if changed and last.tool in changed | {tool.name}:
            yield tool, fields, changed


def _standing(here: Situation, tool: Tool, changed: set[str], fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """All that was asked for, with every change of it so far; what was asked for or changed last is the last."""
    all_of_it: list[dict[str, Any]] = []
    for made in here.requests:
        if made.tool in changed and _stands(here, made):
            all_of_it.append(dict(made.arguments))
        elif made.tool == tool.name and _stands(here, made):
            which = {name: value for name, value in made.arguments.items() if name not in fields}
            now = next((one for one in reversed(all_of_it) if which.items() <= one.items()), which)
            all_of_it = [one for one in all_of_it if one is not now]
            given = {fields[name]: value for name, value in made.arguments.items() if name in fields}
            all_of_it.append(now | {name: value for name, value in given.items() if value is not None})
    return all_of_it


def _meant(here: Situation, standing: list[dict[str, Any]]) -> dict[str, Any]:
    """The last of them for something that the turn names; the very last, where it names none."""
    named = set(map(str, _named(here)))
    return next((one for one in reversed(standing) if named.intersection(map(str, one.values()))), standing[-1])


def _stands(here: Situation, made: ToolAsked) -> bool:
    return made in here.running or here.outcome_of(made) == "completed"


def _something_else(here: Situation) -> bool:
    """Whether a choice is named that is not one that was asked for: it is another wish."""
    made = {str(value) for asked in here.requests for value in asked.arguments.values()}
    return any(str(value) not in made for value in _named(here))


def _named(here: Situation) -> list[Any]:
    """The choices that are named, of each of the tools' fields the likeliest."""
    return [
        one.choice.value
        for _, slots in here.tools
        for slot in slots
        if slot.kind == "choice"
        for one in choices.hinted(here.words, slot.choices)[:1]
    ]
