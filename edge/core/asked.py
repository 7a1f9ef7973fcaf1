"""What kind of answer the agent's words ask for, where whoever made them does not say.

The embedded dialogue knows what it asks; a language model only writes text. Without this every answer to it would be an
"open" one: "yes" as slow as a sentence, a telephone number taken for over after its first three digits.

A clause asks by how it begins: with what has something told ("could you give me"), with a question word, or with an
auxiliary, and then yes or no answers it. How the answer is listened to is known by its nouns.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from edge.core.conversation import Profile
from edge.core.grammar import ASKS, AUXILIARIES, opened, words_of

LAST = 6
"""Sentences at the end of what is said in which a question still stands: "What day suits you? We work until six."."""
LONG = 300
"""Characters of a sentence, from its end, that are looked at: one without end must not hold up the other calls."""
_PATIENCE: tuple[Profile, ...] = (
    "yes_no", "brief", "name", "open",
    "three_digits", "four_digits", "five_digits", "six_digits", "address", "digits", "card",
)  # fmt: skip
"""From the least patient on."""
_BETWEEN = re.compile(
    r"(?<=[.!?…])(?<![ap]\.m\.)(?<!\b[MD][rs]\.)(?<!\bMrs\.)[\"')*_]*\s+(?!\s|(?<=\? )[Aa]nd\b)|\n+(?![-•\d])"
)
"""Between sentences; but "Your name? And your number?" is one."""
_WORDS, _AUXILIARY = "|".join(sorted(ASKS)), "|".join(sorted(AUXILIARIES))
_CLAUSES = re.compile(rf"[,:;()?—–]|\.\s|\b(?:what|how) about\b|\band (?=(?:{_WORDS})\b)")
_SHORT = re.compile(r"\b'(?=(?:s|re|d|ll|ve)\b)")
_FILLING = frozenset("please just exactly kindly actually maybe quickly be".split())
_WE, _THE = "(?:i|you|we|he|she|it|they)", "(?:an?|the|your|his|her|its|their|our|my)"
_VERB = rf"(?:{_AUXILIARY}|s|re|d|ll|works|suits)"
_SMALL = (
    r"\b(?: (?:me|us|to|in|now|is|have|get|know|take)\b)*+"
    r"(?! (?:if|whether|(?:(?:a|one) )?(?:\w+ )?(?:moment|second|minute|sec|call|ring))\b)"
)
"""Follows what has something told; "tell me whether" asks for yes or no, and "give me a second" for nothing."""
_TELLS = re.compile(
    r"(?:(?:(?:\w+ ){0,5}?(?:(?:can|could|will|would) you|you (?:can|could|would|d)|mind) (?:(?!me |us )\w+ ){0,4}?"
    r"|go ahead and )?(?:tell(?:ing)?|giv(?:e|ing)|spell(?:ing)?|say|shar(?:e|ing)|provide|describ(?:e|ing)|repeat"
    r"|explain|remind|walk|read|enter|key|type)(?! you\b)|go ahead(?! and\b)|let (?:me|us) know"
    rf"|(?:can|could|may|might) (?:i|we) (?:have|get|grab|ask|take|know)(?! you\b)){_SMALL}"
)
""" "Could you tell me …", "may I have …"."""
_HAS = re.compile(
    r"(?:(?:(?:can|could|may) (?:i|we|you) )?(?:confirm|verify)(?! that\b)|(?:can|could) you (?:find|check)"
    r"|(?:do|would) you (?:\w+ to )?(?:have|know|remember)|(?:is|are) there|(?:\w+ ){0,2}?(?:i|we)(?: ll| will)? need"
    rf"|let (?:me|us) (?:have|get|grab|take)|let s (?:start|begin) with){_SMALL}"
)
""" "Do you have …", "I'll need …": has something told only where a noun follows that can be."""
_ASKING = re.compile(
    rf"(?:(?:at|for|on|in|to|by|under|with|from|since|until|about|\w+ly) )*(?P<word>{_WORDS})\b"
    rf"(?<!\bwhen(?= {_WE}\b| {_THE}\b))"
)
""" "At what time", but not "when you are ready"."""
_WHETHER = re.compile(rf"(?:{_AUXILIARY}|\w+n't)\b")
_CHOICE = re.compile(r"\bor (?!(?:is|are|would|do|does|should|shall|can|not|no|an? no)\b)")
"""Of several things, and not of yes and no."""
_TAGS = frozenset("right correct okay ok yes no or not an a".split())
_STATES, _OURS = re.compile(r"\b(?:is|are|was|ends) \w"), re.compile(r"(?:your|the) (?!.*\bor\b)")
_ASIDE = re.compile(r" (?:with|about|on|at|for|from|in|under|so|that|which|who|where|if|because|before|when|after)\b.*")
"""Not what is asked for: "what's wrong with your phone?"."""
_THINGS = re.compile(
    r"\b(?:(?P<card>card (?:number|details|information)|(?:sixteen|16) digit)"
    r"|(?P<three_digits>(?:three|3)[ -]digits?\b.*)|(?P<five_digits>(?:five|5)[ -]digits?\b.*|zip(?: code)?)"
    r"|(?P<four_digits>last (?:four|4)\b.*|(?:four|4)[ -]digits?\b.*)|(?P<six_digits>(?:six|6)[ -]digits?\b.*)"
    r"|(?P<open>(?:e ?mail|web)(?: address)?|website)"
    rf"|(?P<brief>number of(?! {_THE}\b)|(?:date|place) of birth|birth ?da(?:y|te)|(?<!this )(?<!last )time|days?"
    r"|dates?|(?<!this )(?<!last )(?:year|month)|size|colou?r|city|age|make$|model(?! number))"
    r"|(?P<address>(?:house|street|building|apartment|unit|flat) number|(?<!to )address(?:es)?(?! you)|street"
    r"|destination)|(?P<digits>numbers?|digits?|(?:tele)?phone|mobile|cell|pin|(?:post|pass)?code|id"
    r"|password|plate|registration|reference|way to reach)|(?P<name>(?:sur)?names?|spell(?:ing)?|you are$))\b"
)
"""How a thing is told, by its noun."""
_BY_WORD = re.compile(
    rf"(?P<name>who)|(?P<yes_no>how (?:s (?:that|this)$|(?:does|do|would) .*\b(?:sound|work)\b))"
    rf"|(?P<brief>when|how .*\brate\b|how (?!(?:come|else|{_VERB})\b)|what (?:works|suits|would (?:work|suit))\b"
    r"|what .*\b(?:weigh|cost|measure|worth)$)|(?P<digits>how .*\breach\b)|(?P<address>where(?: from| to| are you"
    r"| you are)?$|where .*\b(?:located|sen[dt]|ship|deliver|pick|drop|visit|going|taking|headed|live"
    r"|(?:we|i|they) (?:come|go)\b))"
)
"""The same by the question word, whatever the nouns are."""
_LITTLE = re.compile(
    rf"which|what (?:s|is|was|would) {_THE} "
    rf"|what (?:(?!(?:{_VERB}|{_WE}|{_THE}|else|this|that|who|when)\b)\w+ ){{1,4}}(?<![^s]s )(?:{_WE} )?{_VERB}\b"
)
""" "Which", "what's your budget", "what size would": told in a word or two, unless it is a tale."""
_TALE = re.compile(
    r"what (?:\w+ ){0,5}?(?:problem|issue|trouble|matter|reason|nature|purpose|concern|question|complaint|symptom"
    r"|damage|situation|experience|message|description|detail|information|error|noise|cause|way|work|help)s?\b"
)
_AGAIN = re.compile(r"\b(?:repeat|again|(?:once|one) more)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a demand; what comes before it are ``begins`` characters, without the punctuation at their end."""

    profile: Profile
    begins: int = 0


def asks_for(text: str, before: Profile = "open") -> Asked | None:
    """The kind of answer that these words wait for; None where they ask nothing.

    ``before``: what was asked last, which "could you repeat that?" asks for once more.
    """
    starts = [0, *(gap.end() for gap in _BETWEEN.finditer(text)), len(text)]
    spans = [(start, sentence) for start, end in pairwise(starts) if words_of(sentence := text[start:end])]
    for start, sentence in reversed(spans[-LAST:]):
        if wanted := _wanted(sentence.strip().lower()[-LONG:], before):
            return Asked(most_patient(wanted), len(text[:start].rstrip(" \n.,;:!?…\"')*_")))
    return None


def most_patient(wanted: Sequence[Profile]) -> Profile:
    """How an answer is listened to that tells so many things: the first of them is not taken for all."""
    if len(wanted) == 1:
        return wanted[0]
    # A number of a known length is not all either, once it is whole.
    return max(["open", *("digits" if one.endswith("_digits") else one for one in wanted)], key=_PATIENCE.index)


def _wanted(sentence: str, before: Profile) -> list[Profile]:
    """What is asked for, one for each thing; none where nothing is."""
    question = "?" in sentence
    parts = (words_of(part) for part in _CLAUSES.split(_SHORT.sub(" ", sentence)))
    clauses = [words for part in parts if (words := [word for word in part if word not in _FILLING])]
    ends = clauses[-1] if question and len(clauses) > 1 else []
    if ends and _TAGS.issuperset(ends):
        return ["yes_no"]
    again = before != "yes_no" and _AGAIN.search(sentence)
    openly: Profile = "brief" if "or" in ends else before if again else "open"  # "What do you need: this, or that?"
    wanted: list[Profile] = []
    for words in clauses:
        clause = " ".join(opened(words))
        asks = _asks(clause, openly, question=question or bool(wanted))
        if asks and not (wanted and words[0] == "or"):
            wanted += asks
        elif wanted and wanted != ["yes_no"] and "or" not in ends:
            wanted += _things(clause)
    wanted = wanted or (_names(clauses, openly) or ["yes_no"]) * question
    if wanted == ["yes_no"] and _CHOICE.search(sentence) and " any" not in f" {sentence}":
        return ["brief"]
    return wanted


def _names(clauses: list[list[str]], openly: Profile) -> list[Profile]:
    """What is asked for by name only: "And your name?", but not "So your name is Anna?"."""
    wanted: list[Profile] = []
    for clause in (" ".join(opened(words)) for words in clauses):
        named = _things(clause) or [openly] * bool(_OURS.match(clause))
        wanted = [] if _STATES.search(clause) else wanted + named
    return wanted


def _asks(clause: str, openly: Profile, *, question: bool) -> list[Profile]:
    """What a clause asks for; nothing where it does not ask."""
    if tells := _TELLS.match(clause) or _HAS.match(clause):
        what = clause[tells.end() :]
        asking = _ASKING.match(what.strip())
        found = _by_word(asking, openly) if asking else _things(what) or _things(clause)  # "Could you spell it?"
        if found or (tells.re is _TELLS and (question or {"me", "us", "your", "ahead"} & set(clause.split()))):
            return found or [openly]
    if question and (asking := _ASKING.match(clause)):
        return _by_word(asking, openly)
    return ["yes_no"] if question and _WHETHER.match(clause) else []


def _by_word(asking: re.Match[str], openly: Profile) -> list[Profile]:
    """What the words from a question word on ask for."""
    clause = asking.string[asking.start("word") :]
    if certain := _BY_WORD.match(clause):
        return [cast(Profile, certain.lastgroup)]
    return _things(clause) or ["brief" if _LITTLE.match(clause) and not _TALE.match(clause) else openly]


def _things(clause: str) -> list[Profile]:
    """What is to be told, by its nouns: one for each that "and" joins."""
    parts = _ASIDE.sub("", clause).split(" and ")
    found = [[cast(Profile, match.lastgroup) for match in _THINGS.finditer(part)] for part in parts]
    return [max(profiles, key=_PATIENCE.index) for profiles in found if profiles]
