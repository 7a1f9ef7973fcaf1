"""Who asks for somebody to come means a visit; or, where it is to be now, an emergency, whatever the words are."""

import re

from edge.dialogue.words import Word, Words, join

_TRADE = r"(?:plumber|technician|engineer|electrician|fitter|handyman|repairman)"
_TRADES = re.compile(rf"\b{_TRADE}\b")
_SOMEBODY = (
    rf"(?:(?:some|any)(?:body|one)|(?:a|an|the|your|one of your) (?:\w+ )?(?:{_TRADE}|person|man|guy|guys|people|"
    r"expert|specialist)|plumbers?|people)"
)
_BY = r"(?: (?:over|out|round|around|by|in|here|to us|to me))*"
_LOOK = r"(?:and |to )?(?:have a |take a )?look(?: at)?"
_ASKED = (
    rf"(?:send|get)(?: me| us| over| out| round)? {_SOMEBODY}{_BY}(?: to come{_BY})?(?: {_LOOK})?",
    rf"(?:{_SOMEBODY}|you(?: guys)?)(?: \w+){{0,3}}? come\b(?! back| again| from){_BY}(?: {_LOOK})?",
    rf"come{_BY} {_LOOK}",
    rf"{_SOMEBODY}(?: \w+){{0,2}}? {_LOOK}",
    rf"(?:need|want|like|looking for|book)(?: to have)? an? {_TRADE}",
)
_COMES = re.compile(
    rf"\b(?:{'|'.join(_ASKED)})\b|^(?:(?:and|also|plus|then) )*an? {_TRADE}(?: (?:please|too|as well))*$"
)
_WANTED = re.compile(rf"\b(?:(?:need|want|send|get)(?: me| us)?(?: some)? (?:help|{_SOMEBODY})|help (?:me|us)|come)\b")
_NOW = re.compile(
    r"\b(?:right now|right away|now|at once|immediately|straight ?away|(?<!how )quick(?:ly)?|hurry|urgent|urgently|"
    r"emergency|this (?:minute|instant|second))\b"
)
_CRY = re.compile(r"\b(?:somebody|someone) (?:please )?help\b|\bhelp help\b")


def translated(words: Words) -> Words:
    """The words with "book a visit", or "emergency", in the place of those that ask for somebody to come."""
    text = join(words)
    asked = _COMES.search(text)
    if (_NOW.search(text) and (asked or _WANTED.search(text))) or _CRY.search(text):
        return (*words, Word("emergency", "emergency"))
    if asked is None:
        return words
    begins, ends = text[: asked.start()].count(" "), text[: asked.end()].count(" ") + 1
    return (*words[:begins], Word("book", "book"), Word("visit", "visit"), *words[ends:])


def two_trades(one: Words, other: Words) -> bool:
    """Whether each asks for somebody of another trade: "a plumber and an electrician" are two visits."""
    first, second = (_TRADES.search(join(words)) for words in (one, other))
    return first is not None and second is not None and first[0] != second[0]
