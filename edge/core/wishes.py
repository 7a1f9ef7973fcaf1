"""What a caller may say while everything else is deaf to them: a few words, matched here and forgotten."""

import re
from typing import Literal

Wish = Literal["cancel", "again", "wait"]

LONGEST = 8
"""Words; whoever says more is talking to somebody else, or reads a number out."""
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = (
    (
        "cancel",
        re.compile(
            r"\b(?:cancel|stop|quit|abort|never ?mind|forget (?:it|that)|changed my mind|no card|not by card|"
            r"(?:don't|do not) (?:want|wish)|rather not)\b"
        ),
    ),
    (
        "wait",
        re.compile(r"\b(?:wait|hold on|hang on|moment|second|minute|just a sec|let me (?:get|find|fetch|look))\b"),
    ),
    ("again", re.compile(r"\b(?:again|repeat|pardon|what was that|what do i|help|start over|say that)\b")),
)
_NEGATED = re.compile(r"\b(?:don't|do not|not) (?:cancel|stop|quit|abort)\b")


def wish(words: str) -> Wish | None:
    """The wish in these words, or None; "cancel" goes before the others."""
    text = words.lower().replace("’", "'")
    if len(text.split()) > LONGEST or _NEGATED.search(text):
        return None
    return next((found for found, pattern in _WISHES if pattern.search(text)), None)
