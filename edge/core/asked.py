"""What kind of answer the agent's words ask for, where whoever made them does not say.

The embedded dialogue knows what it asks; a language model only writes text. Without this every answer to it would be an
"open" one: "yes" as slow as a sentence, a telephone number taken for over after its first three digits.
"""

import re
from dataclasses import dataclass

from edge.core.conversation import Profile
from edge.core.grammar import ASKS, AUXILIARIES, opened, words_of

LAST = 2
"""Sentences at the end of what is said in which a question still stands: "What day suits you? We work until six."."""
LONG = 300
"""Characters of a sentence, from its end, that are looked at: one without end must not hold up the other calls."""
_SOUNDLESS = " \n.,;:!?…\"')*_"
EARLY = 7
"""Words at the beginning of a question among which is what it is about: "would you be able to give me"."""
_BETWEEN = re.compile(
    r"(?<=[.!?…])(?<![ap]\.m\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\n\d\.)[\"')*_]*\s+|\n+(?![-•\d])"
)
_QUESTION = re.compile(r"\?\W*$")
_CONTRACTED = frozenset(
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't haven't hasn't".split()
)
_TELLS = frozenset(
    "tell telling give giving spell spelling say share sharing provide describe describing repeat let explain walk "
    "read enter key type".split()
)
_HAS = frozenset("have get grab ask take know there".split())
_SOUGHT = ASKS | {"your"}
_IN_FRONT = frozenset("at for on in to by under with from since about".split())
"""What "what" and "which" may have in front of them."""
_POLITE = frozenset("please just go ahead now then and kindly".split())
"""What a demand may have in front of it."""
_SOUNDS = re.compile(r"\bhow(?:'s (?:that|this)\b| (?:does|do|would) .*\b(?:sound|work)\b| about\b)")
""" "How" asks, and "fine" answers."""
_TAG = re.compile(r"(?:,|\bor)(?: an?)? (?:right|correct|okay|ok|yes|no|not)\W*$")
_CHOICE = re.compile(r"\bor\b(?! (?:is|are|would|do|does|should|shall|can|not)\b)")
"""Of several things, and not of yes and no."""
_LISTED = re.compile(r"[,:—–].*\bor\b")
""" "What do you need: a repair, or a new one?"."""
_STATED = re.compile(r"\b(?:is|are|was|ends|that's|it's|\w+ name's|number's)\b(?=\W+\w)")
"""What is said and only wants to be confirmed: "So your name is Anna?"."""
_NEEDS = re.compile(
    r"\b(?:need(?: to (?:have|get|take|know))?|let me (?:just )?(?:have|get|take|grab)|(?:start|begin) with)"
    r" (?:your|an?|the)\b"
)
""" "I'll need your address": no question, and yet one."""
_WHEN = re.compile(r"\W*(?:and |so )?when (?:you|we|i|he|they|your|our|the)\b")
""" "When you are ready, …": the question is yet to come."""
_MOMENT = re.compile(r"\b(?:moment|second|minute|sec)\b")
""" "Give me a second" asks for nothing that could be told."""
_AGAIN = re.compile(r"\b(?:repeat|again|once more|one more time)\b")
_WHAT: tuple[tuple[re.Pattern[str], Profile], ...] = (
    (re.compile(r"\be-?mail\b|\bweb\b|\bnumber of\b"), "open"),
    (re.compile(r"\bcard number\b"), "card"),
    (re.compile(r"\b(?:house|street|building|apartment|unit|flat) number\b"), "address"),
    (
        re.compile(
            r"\b(?:number|digits?|last four)\b|(?<!with your )(?<!on your )\b(?:(?:tele)?phone|mobile|cell|zip|pin)\b"
        ),
        "digits",
    ),
    (
        re.compile(
            r"\baddress\b(?! (?:that|this|it|the)\b)|\bwhere\b.*\b(?:located|send|ship|deliver|pick(?:ed)?|visit)\b"
            r"|\bwhere (?:should|shall|do) (?:we|i|they) (?:come|go)\b"
        ),
        "address",
    ),
    (re.compile(r"\bnames?\b|\bwho\b.*\b(?:speaking|calling|talking|under)\b|\bspell(?:ing)?\b|\byou are\?"), "name"),
    (re.compile(r"\bdate of birth\b|\bbirth ?da(?:y|te)\b"), "brief"),
)
"""What is asked for, by its noun; the first that fits."""
_AUXILIARY = rf"(?:{'|'.join(sorted(AUXILIARIES - {'be', 'been'}))}|works?|suits?)\b"
_TOLD = (
    r"(?:problem|issue|trouble|matter|reason|nature|purpose|concern|question|complaint|symptom|damage|situation|story"
    r"|experience|message|note|comment|description|detail|information|error|noise|cause|way|work|help|thought)s?\b"
)
"""What takes sentences to tell, and not a word or two as a day, a size or a city does."""
_ASKS = re.compile(rf"\b(?:{'|'.join(sorted(ASKS))})\b.*")
_LITTLE = re.compile(
    rf"(?:which|who|whom|whose|when (?!you|we\b|i\b|our)|how (?!{_AUXILIARY}|about|exactly|come|else)\w"
    rf"|what(?:'s| is| are| was| would be) (?:an?|the|your|his|her|its|their) (?!(?:\w+ ){{0,2}}{_TOLD})"
    rf"|what (?!(?:\w+ ){{0,2}}{_TOLD}|{_AUXILIARY}|(?:else|exactly|i|you|he|she|it|we|they|the|your|this|that)\b)"
    rf"(?:(?:\w+ ){{1,4}}{_AUXILIARY}|\w+ \w+'(?:re|ve|ll|d)\b)"
    r"|what (?:day|date|time|size|colou?r|model|year|works|suits|would (?:work|suit))\b)"
)
"""Questions for a day, a size, one of a few: "when would", "how old", "what's your budget", "what time would"."""
_AT_LENGTH = re.compile(r"\b(?:about|describ\w+|explain|walk)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a demand; what comes before it are ``begins`` characters, without the punctuation at their end."""

    profile: Profile
    begins: int = 0


def asks_for(text: str, before: Profile = "open") -> Asked | None:
    """The kind of answer that these words wait for; None where they ask nothing.

    ``before``: what was asked last, which "could you repeat that?" asks for once more.
    """
    spans, start = [], 0
    for end in [*(match.end() for match in _BETWEEN.finditer(text)), len(text)]:
        if words_of(text[start:end]):
            spans.append((start, text[start:end].strip().lower()[-LONG:]))
        start = end
    for start, sentence in reversed(spans[-LAST:]):
        begins = len(text[:start].rstrip(_SOUNDLESS))
        if _QUESTION.search(sentence):
            return Asked(_of_question(sentence, before), begins)
        if _demands(sentence):
            return Asked(_of_noun(sentence, before), begins)
    return None


def _of_question(sentence: str, before: Profile) -> Profile:
    what = _of_noun(sentence, before)
    if _TAG.search(sentence) or (what == "open" and _SOUNDS.search(sentence)):
        return "yes_no"
    whether: Profile = "brief" if _CHOICE.search(sentence) and " any" not in f" {sentence}" else "yes_no"
    clauses = [clause for clause in re.split("[,:;—–]", sentence) if opened(words_of(clause))]
    for clause in clauses:
        words = opened(words_of(clause))
        if _WHEN.match(clause) and clause is not clauses[-1]:
            continue
        first = words[0].partition("'")[0]
        in_front = words[0] in _IN_FRONT or words[0].endswith("ly")
        if first in ASKS or (in_front and ASKS.intersection(words[:3])):
            return "brief" if what == "open" and _LISTED.search(sentence) else what
        if _asks_to_tell(words, what):
            return what
        if first in AUXILIARIES or words[0] in _CONTRACTED:
            return whether
    last = clauses[-1] if clauses else sentence
    what = _of_noun(last, before)
    return whether if what == "open" or _STATED.search(last) else what  # "Anything else?", "And your name?"


def _of_noun(sentence: str, before: Profile) -> Profile:
    asks = _ASKS.search(sentence)
    little = asks and _LITTLE.match(asks[0]) and not _AT_LENGTH.search(sentence, 0, asks.start())
    again: Profile = "brief" if little else before if before != "yes_no" and _AGAIN.search(sentence) else "open"
    return next((profile for what, profile in _WHAT if what.search(sentence)), again)


def _asks_to_tell(words: list[str], what: Profile) -> bool:
    """ "May I have your name", "could you tell me": a question that "yes" does not answer."""
    if words[0] not in AUXILIARIES or words[0] in ("shall", "should", "did"):
        return False
    early, ours = set(words[1:EARLY]), words[1:2] in (["i"], ["we"])
    if early & {"whether", "if"}:
        return False
    if "confirm" in early:
        return what != "open" and not _STATED.search(" ".join(words))
    if what != "open":
        return bool(early & (_TELLS | _HAS))
    return bool(early & _HAS and _SOUGHT.intersection(words)) if ours else bool(early & _TELLS)


def _demands(sentence: str) -> bool:
    """ "Please tell me your name", "I'll need your address", "just let me know what suits you"."""
    if _MOMENT.search(sentence):
        return False
    if _NEEDS.search(sentence):
        return _of_noun(sentence, "open") != "open"
    clauses = (opened([word for word in words_of(clause) if word not in _POLITE]) for clause in sentence.split(","))
    return any(
        bool(ASKS.intersection(first))
        if first[:3] == ["let", "me", "know"]
        else len(first) > 1 and first[0] in _TELLS - {"let"} and ("your" in first or "me" in first[:2])
        for first in clauses
    )
