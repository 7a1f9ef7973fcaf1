"""Strings of digits and letters: telephone numbers, parcel codes, postcodes."""

import re
from dataclasses import dataclass

from edge.core.numerals import pronoun
from edge.dialogue.names import LETTERS
from edge.dialogue.numbers import digit, digits
from edge.dialogue.words import Words, stem

_BEGINNING = re.compile(r"\b(?:first|starts?|starting|begins?|beginning)\b")
_ANY_NUMBER = frozenset(stem(word) for word in "number code no is".split())
"""What any number is called, and what joins it to its name."""
_NATIONAL = 10
"""Digits of a telephone number in North America without its country code."""
PHONE_DIGITS = (7, 15)
"""How many digits a telephone number has, where the schema does not say: local to E.164."""


@dataclass(frozen=True, slots=True)
class Found:
    value: str
    start: int
    end: int


def find_digits(words: Words, *, asked: bool = False) -> Found | None:
    """The longest run of digits. Unless ``asked``, only one of at least seven is taken for such a number."""
    best: Found | None = None
    at = 0
    while at < len(words):
        value, end = digits(words, at, guess=asked)
        plus = at > 0 and words[at - 1].text in ("+", "plus")
        if value == "1" and pronoun([word.text for word in words], at):
            value = ""
        if value and (best is None or len(value) > len(best.value.lstrip("+"))):
            best = Found(("+" if plus else "") + value, at - plus, end)
        at = max(end, at + 1)
    if best is None or (not asked and len(best.value) < PHONE_DIGITS[0]):
        return None
    return best


def find_named(words: Words, label: str) -> Found | None:
    """The number right behind what it is called, "invoice ten forty two", "invoice number 1042": nobody need ask."""
    nouns = {stem(part) for part in label.split()} - _ANY_NUMBER
    for at in (at for at, word in enumerate(words) if stem(word.text) in nouns and not word.ends):
        start = at + 1
        while start < len(words) and stem(words[start].text) in _ANY_NUMBER:
            start += 1
        value, end = digits(words, start)
        if value:
            return Found(value, start, end)
    return None


def corrected(before: str, said: str, text: str) -> str:
    """``before`` after a correction: what was said takes the place of as many characters at its end, or where the
    words are about its beginning, there; all of it, where no less was said."""
    if len(said) >= len(before):
        return said
    return said + before[len(said) :] if _BEGINNING.search(text) else before[: -len(said)] + said


def find_code(words: Words, pattern: str | None, shortest: int, longest: int, *, asked: bool = False) -> Found | None:
    """A code of letters and digits: what fits ``pattern``, else a run of single letters and digits.

    Unless ``asked``, it must have a digit and fit, so that no plain word is taken for a code.
    """
    best: Found | None = None
    at = 0
    while at < len(words):
        value, end = _run(words, at)
        fits = fit(value, pattern, shortest, longest)
        strong = any(ch.isdigit() for ch in value) and len(value) >= 4
        if fits and (strong or asked) and (best is None or len(fits) > len(best.value)):
            best = Found(fits, at, end)
        at = max(end, at + 1) if fits else at + 1
    if best is None and asked:
        runs = [
            Found(*run) for at in range(len(words)) for run in [(_run(words, at)[0], at, _run(words, at)[1])] if run[0]
        ]
        runs = [run for run in runs if any(ch.isdigit() for ch in run.value) or len(run.value) >= 3]
        best = max(runs, key=lambda run: len(run.value), default=None)
    return best


def fit(value: str, pattern: str | None, shortest: int, longest: int) -> str | None:
    """``value`` in the form that ``pattern`` and the lengths ask for (with a plus, or as 3-3-4), or None."""
    local = re.sub(r"\D", "", value)
    forms = [value, f"+{local}", local, f"{local[:3]}-{local[3:6]}-{local[6:]}", value.lower()]
    forms += [f"+1{local}"] if len(local) == _NATIONAL else []
    for form in forms if pattern else [value]:
        if shortest <= len(form) <= longest and (pattern is None or re.search(pattern, form)):
            return form
    return None


def _run(words: Words, at: int) -> tuple[str, int]:
    """Letters and digits from ``at``, in capitals: single ones, digit strings, "double l", "A as in Alpha", "AB12"."""
    value, end = "", at
    while end < len(words) and len(value) < 40:
        text = words[end].text
        if text in ("dash", "hyphen", "slash") and value:
            end += 1
        elif text in ("oh", "o") and value and value[-1].isdigit() and digit(words, end + 1) is not None:
            value, end = value + "0", end + 1
        elif text == "double" and end + 1 < len(words) and len(words[end + 1].text) == 1:
            value, end = value + 2 * words[end + 1].text.upper(), end + 2
        elif (said := digits(words, end, guess=bool(value)))[0] and text != "o":
            value, end = value + said[0], said[1]
        elif len(text) == 1 and text.isalpha():
            value, end = value + text.upper(), end + 1
            end += 3 if [word.text for word in words[end : end + 2]] in (["as", "in"], ["like", "in"]) else 0
        elif text in LETTERS and value and text not in ("are", "be"):
            value, end = value + LETTERS[text].upper(), end + 1
        elif (
            text.isalpha()
            and text.isascii()
            and words[end].raw.isupper()
            and 2 <= len(text) <= 4
            and text not in ("am", "pm")
        ):
            value, end = value + text.upper(), end + 1
        else:
            break
    return value, min(end, len(words))
