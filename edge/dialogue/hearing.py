"""What a turn says of the request under way, read with as much trust as what was asked allows."""

from datetime import date

from edge.dialogue.reading import CORRECTION, Context, Gathered
from edge.dialogue.request import Request
from edge.dialogue.situation import Situation
from edge.dialogue.slots import gather
from edge.dialogue.words import Words, listen, stem
from edge.dialogue.yesno import verdict


def hear(here: Situation, request: Request, *, told_only: bool = False) -> Gathered:
    """What the turn says of this request. ``told_only``: free text is not taken for an answer."""
    state = request.state
    free = frozenset(state.asked) if told_only else frozenset()
    slots = tuple(
        slot
        for slot in request.slots
        if not (slot.name in free and slot.kind in ("text", "address")) and not slot.unfit
    )
    found = gather(here.words, slots, _context(here, request, _trusted(here, request)))
    if (
        not found.values
        and not found.problems
        and (state.confirming or state.changing)
        and _short_correction(here.words)
    ):
        names = frozenset(slot.name for slot in slots if slot.kind in ("name", "choice"))
        rest = tuple(
            word for word in here.words if word.text not in ("no", "not", "wait", "weight", "it's", "should", "be")
        )
        found = gather(rest, slots, _context(here, request, names))
    elif not found.values and not found.problems and verdict(here.words) is None and _only_a_name(here.words):
        names = frozenset(slot.name for slot in slots if slot.kind == "name")
        found = gather(here.words, slots, _context(here, request, names))
    return found


def _only_a_name(words: Words) -> bool:
    """A name where something else was asked for: two or three words with capitals and nothing else."""
    return 2 <= len(words) <= 3 and all(word.raw[:1].isupper() and word.text.isalpha() for word in words)


def _trusted(here: Situation, request: Request) -> frozenset[str]:
    """The slots whose answer is awaited; after a no, whatever can be told without doubt."""
    state = request.state
    if state.changing and not state.asked:
        return frozenset(slot.name for slot in request.slots if slot.kind in ("choice", "date", "time", "datetime"))
    if state.confirming:
        short = len(here.words) <= 5 and verdict(here.words) != "yes"
        return frozenset(slot.name for slot in request.slots if slot.kind == "time") if short else frozenset()
    asked = frozenset(state.asked)
    if here.words[:1] and here.words[0].text in CORRECTION and len(here.words) <= 5:
        asked |= {slot.name for slot in request.slots if slot.kind == "time" and slot.name in state.slots}
    return asked


def _short_correction(words: Words) -> bool:
    return 1 < len(words) <= 6 and verdict(words) == "no"


def _context(here: Situation, request: Request, asked: frozenset[str]) -> Context:
    state = request.state
    nouns = {stem(word.text) for word in listen(f"{request.tool.name} {request.tool.title}") if len(word.text) > 3}
    for slot in request.slots:
        nouns |= (
            {stem(word.text) for choice in slot.choices for word in listen(choice.spoken)}
            if slot.kind == "choice"
            else set()
        )
    return Context(
        now=here.talk.now,
        asked=asked,
        known=state.slots,
        part=state.part,
        since=_day(state.since),
        partial=state.partial,
        caller=here.talk.caller,
        offered=state.offering,
        nouns=frozenset(nouns),
        earlier=here.requests[-1].arguments if here.requests else {},
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
