"""What kind of answer the agent's words ask for, where whoever made them does not say.

The embedded dialogue knows what it asks; a language model only writes text. Without this every answer to it would be an
"open" one: "yes" as slow as a sentence, a telephone number taken for over after its first three digits.
"""

import re

from edge.core.conversation import Profile
from edge.core.grammar import ASKS, AUXILIARIES, opened, words_of

LAST = 2
"""Sentences at the end of what is said in which a question still stands: "What day suits you? We work until six."."""
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_CONTRACTED = frozenset(
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't hasn't".split()
)
_TELLS = frozenset("tell give spell spelling say share provide describe repeat let explain read mind".split())
_HAS = frozenset("have get ask take know".split())
_SOUGHT = ASKS | {"your"}
_TAGS = frozenset("right correct okay ok yes no".split())
_WHAT: tuple[tuple[re.Pattern[str], Profile], ...] = (
    (re.compile(r"\be-?mail\b|\bweb\b|\bnumber of\b"), "open"),
    (re.compile(r"\bcard number\b"), "card"),
    (
        re.compile(r"\b(phone|telephone|mobile|cell|contact|call-?back)\b|\bnumber\b.*\b(reach|call|text|ring)\b"),
        "digits",
    ),
    (re.compile(r"\baddress\b"), "address"),
    (re.compile(r"\bnames?\b|\bwho (am i|is) (speaking|calling|talking)"), "name"),
)
"""What is asked for, by its noun; the first that fits."""


def asks_for(text: str) -> Profile | None:
    """The kind of answer that these words wait for; None where they ask nothing."""
    sentences = [sentence for sentence in _SENTENCE.split(text.strip()) if words_of(sentence)][-LAST:]
    for sentence in reversed(sentences):
        if sentence.rstrip("\"')").endswith("?"):
            return _of_question(sentence)
        if _demands(words_of(sentence)):
            return _of_noun(sentence)
    return None


def _of_question(sentence: str) -> Profile:
    what, offers = _of_noun(sentence), "or" in words_of(sentence)
    clauses = [words for clause in sentence.split(",") if (words := opened(words_of(clause)))]
    for words in clauses:
        first = words[0].partition("'")[0]
        if first in ASKS or _asks_to_tell(words, what):
            return what
        if first in AUXILIARIES or words[0] in _CONTRACTED:
            return "open" if offers else "yes_no"
    if clauses and clauses[-1][-1] in _TAGS:
        return "yes_no"
    return "yes_no" if what == "open" and not offers else what  # "And your name?", "Anything else?"


def _of_noun(sentence: str) -> Profile:
    low = sentence.lower()
    return next((profile for what, profile in _WHAT if what.search(low)), "open")


def _asks_to_tell(words: list[str], what: Profile) -> bool:
    """ "May I have your name", "could you tell me": a question that "yes" does not answer."""
    early = set(words[:5])
    if words[0] not in AUXILIARIES or not early.intersection(_TELLS | _HAS):
        return False
    return what != "open" or bool(early & _TELLS) or ("you" not in words[1:2] and bool(_SOUGHT.intersection(words)))


def _demands(words: list[str]) -> bool:
    """ "Please tell me your name." """
    said = [word for word in words if word not in ("please", "just")]
    first = opened(said)
    return len(first) > 1 and first[0] in _TELLS and ("your" in first or "me" in first[:2])
