"""Slots for counts, measures and sums of money."""

from typing import Any

from edge.dialogue import fits
from edge.dialogue.money import find_money
from edge.dialogue.numbers import amount, digits
from edge.dialogue.reading import Work
from edge.dialogue.schema import Slot
from edge.dialogue.words import STOPWORDS, Words, stem


def sums(work: Work) -> None:
    for slot in work.of("money"):
        found = find_money(work.words, asked=work.asked(slot))
        if found is None:
            continue
        cents, start, end = found
        work.use(start, end)
        value: Any = cents / 100 if slot.numeric else f"{cents // 100}.{cents % 100:02d}"
        work.take(slot, value, fits.number(slot, cents / 100))


def counts(work: Work) -> None:
    for slot in work.of("integer", "number"):
        asked = work.asked(slot)
        at = 0
        while at < len(work.words):
            found = amount(work.words, at, guess=asked and _alone(work.words))
            if found is None and asked and work.words[at].text in ("a", "an") and _alone(work.words):
                found = (1, at + 1)
            if found and (asked or _counted(work, slot, found[1])) and not work.denied(at):
                value, end = _decimal(work.words, *found) if slot.kind == "number" else (found[0], found[1])
                work.use(at, end)
                work.take(slot, value, fits.number(slot, value))
                break
            at = max(found[1] if found else 0, at + 1)


def _decimal(words: Words, value: float, end: int) -> tuple[float, int]:
    """What follows "point"; "and a half"."""
    rest = [word.text for word in words[end : end + 3]]
    if rest[:1] == ["point"] and (fraction := digits(words, end + 1))[0]:
        return float(f"{value:.0f}.{fraction[0][:6]}"), fraction[1]
    return (value + 0.5, end + 3) if rest == ["and", "a", "half"] else (value, end)


def _alone(words: Words) -> bool:
    return len([word for word in words if word.text]) <= 3


def _counted(work: Work, slot: Slot, end: int) -> bool:
    """Whether the number counts what the slot is about: a noun of it follows within three words, or came before."""
    own = {stem(word) for word in slot.label.split()} | work.context.nouns
    after = work.all[end : end + 3]
    if any(stem(word.text) in own for word in after if word.text not in STOPWORDS):
        return True
    before = {stem(word.text) for word in work.all[max(0, end - 4) : end]}
    return bool(before & ({stem(word) for word in slot.label.split()} - work.context.nouns)) or (
        slot.name in work.context.known and work.corrected(0, end) and not after
    )
