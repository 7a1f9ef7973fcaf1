"""How long to wait, after the caller's last sound, before taking the floor.

Not one number: it depends on how finished the words are, on what was asked, and on how this caller pauses. The
recogniser puts a full stop after anything, so punctuation alone is weak evidence; the last word is stronger, and so is
how near the recogniser was to a comma instead.
"""

import re
from dataclasses import dataclass

from edge.core.conversation import Profile
from edge.core.grammar import can_be_last, is_short_answer, leads_on, prefaces, thinks, wants_more, words_of
from edge.core.numerals import no_number, number_goes_on, only_a_number

FINISHED_ALONE = frozenset(
    "yes yeah yep yup no nope nah okay ok sure right correct exactly thanks bye goodbye hello hi stop "
    "absolutely definitely perfect great fine good".split()
)
OPENERS = (FINISHED_ALONE - frozenset("bye goodbye stop thanks".split())) | frozenset(
    "hey oh ah aha well look listen hmm hm mm huh anyway besides actually now sorry".split()
)
"""Alone, and no answer to a question that they answer, they begin something: "yes" is followed by more four times in
five."""
_ENDS = frozenset("thanks thank bye goodbye stop cancel done else".split())
"""Words of turns that are short because all is said."""
BEGINNING = 3
"""Words of somebody who speaks freely that are more often the beginning than all, however finished they sound."""
_INTRODUCES = re.compile(r"\b(?:this is|my name is|my name's)(?: [\w'-]+){1,3}\W*$", re.IGNORECASE)
""" "Hi, this is Anna Miller": what they want comes next."""
_HOLD = re.compile(
    r"\b(hold on|hang on|bear with me|right back|(one|just a|wait a|give me a) (moment|second|minute|sec))\b"
    r"|\blet me (just |quickly )?((check|look|find|get|grab|fetch|ask)\b(\W+\w+){0,5}|see|think)\W*$"
)


SURE_OF_THE_END = 0.8
"""From this belief on a vendor is sure that the turn is over."""
_SPELLING = frozenset({"more digits", "spelling"})
"""Reasons to wait that only we know of."""
SLOWNESS, SLOWEST = 0.25, 0.40
"""The part of this caller's mean pause that every wait is longer by, and the most of it, in seconds."""


COMMA = 0.06
"""Above this probability of a comma a full stop is not believed, where the caller speaks freely. A name or a day that
was asked for is an answer, and so is "no, thank you"."""
SURE = 0.02
"""Up to this probability of a comma a full stop is believed even where the last word leads on: "tell me what to do"."""
_MORE_MAY_FOLLOW: dict[Profile, int] = {"open": 1, "yes_no": 3, "brief": 3}
"""Where more may follow what is whole; so many words, after which there could always be a comma, are believed there.
Where another kind of answer was asked for, all are."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds of silence for each kind of ending; ``finished`` and ``unfinished`` come from the agent's file."""

    finished: float = 0.18
    """Longer than a stop inside words or at a comma, of which many last 0.16 s ("correct"), and the window after which
    the voice detector knows that the caller goes on."""
    unfinished: float = 0.90
    answer: float = 0.18
    """A bare yes or no where one was asked for."""
    begun: float = 0.60
    """After "hello", "oh", "well", and "yes" or "no" where nobody asked for one; after a sentence of few words, or one
    that only announces another ("I have a question"), where the caller speaks freely; at least ``finished``."""
    unsure: float = 0.40
    """After a full stop that may have been a comma, or a sure one after words that lead on; at least ``finished``."""
    plain: float = 0.40
    """Words with no sign either way."""
    spelling: float = 0.90
    """Inside a number, an address or a spelled name."""
    longest: float = 1.20
    """No true end is answered later than this on account of waiting."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Seconds to wait after the last sound, and the rule that said so."""

    wait: float
    why: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known when the caller has paused. Seconds are of call audio."""

    text: str
    """The words of the turn so far."""
    profile: Profile = "open"
    """What was asked."""
    pauses: float = 0.0
    """This caller's mean pause inside a turn; 0 where none was seen."""
    vendor: float | None = None
    """The recogniser's own belief, 0..1, that the turn is over."""
    comma: float | None = None
    """How probable a comma was, 0..1, beside the full stop at the end of the words; None: not known."""


def judge(evidence: Evidence, waits: Waits) -> Verdict:
    """How long to wait after the words, given the evidence.

    A vendor that believes the turn to be over is believed, but not in the middle of a number: it was not told what was
    asked.
    """
    verdict = _judge_words(words_of(evidence.text), evidence, waits)
    if evidence.vendor is not None and evidence.vendor >= SURE_OF_THE_END and verdict.why not in _SPELLING:
        return Verdict(waits.answer, "vendor")
    if verdict.why == "answer":
        return verdict
    slowness = min(SLOWEST, SLOWNESS * evidence.pauses)
    return Verdict(min(waits.longest, verdict.wait + slowness), verdict.why)


def _judge_words(words: list[str], evidence: Evidence, waits: Waits) -> Verdict:
    text, profile = evidence.text.rstrip(), evidence.profile
    if not words:
        return Verdict(waits.plain, "nothing")
    if thinks(words):
        return Verdict(waits.unfinished, "thinks")
    if len(words) == 1 or (len(words) == 2 and not leads_on(words)):  # But not "yes, but".
        if profile == "yes_no" and FINISHED_ALONE.intersection((words[0], words[-1])):
            return Verdict(waits.answer, "answer")
        if OPENERS.issuperset(words):
            return Verdict(max(waits.finished, waits.begun), "begun")
        if profile != "open" and words[0] in FINISHED_ALONE:
            return Verdict(waits.finished, "finished")
    if leads_on(words) and not (len(words) == 1 and text.endswith("?")):  # "When?"
        return _led_on(words, evidence, waits)
    if text.endswith((",", "-", "...", "…")):
        return Verdict(waits.unfinished, "comma")
    if number_goes_on(words, profile) and not (profile == "address" and text.endswith("?")):
        return Verdict(waits.spelling, "more digits")
    if no_number(words, profile):
        return Verdict(max(waits.finished, waits.plain), "no digits")
    if profile == "address" and only_a_number(words):  # The house's, with a street to come or not.
        return Verdict(max(waits.finished, waits.begun), "begun")
    if wants_more(text):
        return Verdict(waits.unfinished, "wants more")
    if profile == "name" and sum(len(word) == 1 for word in words) >= 2:
        return Verdict(waits.spelling, "spelling")
    few = len(words) <= BEGINNING or _INTRODUCES.search(text)
    if profile == "open" and few and (len(words) == 1 or not text.endswith("?")):
        return _so_few(words, waits)
    if profile == "open" and prefaces(text):
        return Verdict(max(waits.finished, waits.begun), "begun")
    if text.endswith((".", "!", "?")):
        if len(words) > _MORE_MAY_FOLLOW.get(profile, len(words)) and (evidence.comma or 0.0) > COMMA:
            return Verdict(max(waits.finished, waits.unsure), "unsure")
        return Verdict(waits.finished, "finished")
    return Verdict(waits.plain, "plain")


def _so_few(words: list[str], waits: Waits) -> Verdict:
    """ "It's the boiler" to "how can I help?" is seldom all, nor are "what?" and "help me, please"; "thanks" is, and "a
    repair, please"."""
    wish = words[1:][-1:] == ["please"] and "help" not in words
    if _ENDS.intersection(words) or wish or words[-2:] == ["that's", "all"]:
        return Verdict(waits.finished, "finished")
    return Verdict(max(waits.finished, waits.begun), "begun")


def _led_on(words: list[str], evidence: Evidence, waits: Waits) -> Verdict:
    """After a last word that leads on, but not always: "who is this?", "yes, I do"."""
    text, comma = evidence.text.rstrip(), evidence.comma
    if (
        evidence.profile in _MORE_MAY_FOLLOW
        and len(words) > 1
        and can_be_last(words)
        and text.endswith((".", "!", "?"))
    ):
        sure = text.endswith("?") if comma is None else comma <= SURE
        answer = evidence.profile == "yes_no" and is_short_answer(words)
        if answer and comma is not None and comma <= COMMA:
            return Verdict(waits.finished, "finished")
        if sure or answer:
            return Verdict(max(waits.finished, waits.unsure), "unsure")
    return Verdict(waits.unfinished, "leads on")


def asks_for_patience(text: str) -> bool:
    """Whether the caller asked us to wait: 'hold on a second'."""
    return bool(_HOLD.search(text.lower()))
