"""Who asks for somebody to come means a visit; or, where it is to be now, an emergency, whatever the words are."""

import re

from edge.dialogue.words import Word, Words, join

_SOMEBODY = (
    r"(?:(?:some|any)(?:body|one)|(?:a|an|the|your|one of your) (?:\w+ )?(?:plumber|technician|engineer|electrician|"
    r"fitter|person|man|guy|guys|people|expert|specialist|repairman|handyman)|plumbers?|people)"
)
_BY = r"(?: (?:over|out|round|around|by|in|here|to us|to me))*"
_LOOK = r"(?:and |to )?(?:have a |take a )?look(?: at)?"
_ASKED = (
    rf"(?:send|get)(?: me| us| over| out| round)? {_SOMEBODY}{_BY}(?: to come{_BY})?(?: {_LOOK})?",
    rf"(?:{_SOMEBODY}|you(?: guys)?)(?: \w+){{0,3}}? come\b(?! back| again| from){_BY}(?: {_LOOK})?",
    rf"come{_BY} {_LOOK}",
    rf"{_SOMEBODY}(?: \w+){{0,2}}? {_LOOK}",
)
_COMES = re.compile(rf"\b(?:{'|'.join(_ASKED)})\b")
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
