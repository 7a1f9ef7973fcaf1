"""What words said over the agent mean: an interruption, a backchannel, or nothing yet."""

import re
from dataclasses import dataclass
from enum import Enum

from edge.core.caller import Utterance
from edge.core.conversation import Profile
from edge.core.endpointing import FINISHED_ALONE
from edge.core.grammar import words_of
from edge.core.manners import Manners

BACKCHANNELS = frozenset(
    "mhm mm hm hmm hmmm mmm uh huh uhhuh uh-huh yeah yep yes ok okay right sure great good ah oh aha cool fine alright "
    "thanks nice ha haha hah heh hee exactly perfect wow really".split()
)
"""Words that keep the floor with the agent when nothing else is said over it."""
_BACKCHANNEL_PHRASES = re.compile(r"\b(i see|got it|i got it|thank you|all right|of course|no problem|makes sense)\b")
_STOPPERS = frozenset(
    "stop wait no hey sorry what cancel actually excuse hang hold but please wrong goodbye bye".split()
)
"""Words that take the floor however short they are."""
SHORT = 0.70
"""Seconds of sound over the agent below which a recogniser mostly guesses: only stoppers count."""
SENTENCE = 3
"""So many different words are no guess, whatever was made of the beginning."""
STEM = 3
"""Letters by which a word is known again; more of a sound makes more of the word."""


class Claim(Enum):
    """What a sound over the agent claims of the floor, as far as is known."""

    TAKEN = "taken"
    KEPT = "kept"
    """So far it is a backchannel, laughter, or nothing that is certain."""
    OPEN = "open"
    """Something is being said."""


class Verdict(Enum):
    """What to do about a sound over the agent."""

    YIELD = "yield"
    """The caller has the floor."""
    BACK = "back"
    """It was not for the agent."""
    PAUSE = "pause"
    """Something is being said: what follows is waited for."""
    RESUME = "resume"
    """So far it is "mhm", or laughter: the agent goes on, and listens on."""
    WAIT = "wait"


@dataclass(slots=True)
class Weighing:
    """A sound over the agent, from its onset; ``resumes_at``: what the agent had a deadline for, before it."""

    onset: float = 0.0
    resumes_at: float = 0.0

    def judge(
        self, said: Utterance, profile: Profile | None, now: float, manners: Manners, *, expired: bool
    ) -> Verdict:
        """What is to be done, with what is known now; ``expired``: a decision is due."""
        length = (now if said.end is None else said.end) - self.onset
        covered = min(said.heard_to - self.onset, length)
        floor = weigh(said.text, said.before, covered, profile, over=said.in_hand)
        over, unheard = said.end is not None, said.heard_to < 0.0
        if floor is Claim.TAKEN:
            return Verdict.YIELD
        if said.in_hand or (over and expired and length < manners.cough):
            return Verdict.BACK
        if expired and (over or (unheard and length >= manners.weigh_longest)):
            return Verdict.YIELD
        if floor is Claim.OPEN:
            return Verdict.PAUSE
        return Verdict.RESUME if covered >= manners.weigh_hold else Verdict.WAIT


def weigh(text: str, before: str | None, seconds: float, profile: Profile | None, *, over: bool) -> Claim:
    """What words said over the agent mean, from sound of this length; ``over``: the sound has ended.

    ``before``: what the recogniser made of less of the sound, None where it was not asked. From laughter and hums it
    makes other words every time; only what it hears twice was said. ``profile``: what the agent is asking, None where
    it asks nothing. Where it asks, few words are an answer.
    """
    words = words_of(text)
    if profile == "yes_no" and words and words[0] in FINISHED_ALONE:
        return Claim.TAKEN
    content = _content(text)
    twice = content if before is None or _grown(words, words_of(before)) else _agreed(content, _content(before))
    if twice & _STOPPERS or (over and content & _STOPPERS):
        return Claim.TAKEN
    if content and over and profile is not None:
        return Claim.TAKEN
    if (twice and seconds >= SHORT) or (over and len(content) >= SENTENCE):
        return Claim.TAKEN
    return Claim.OPEN if twice and not over else Claim.KEPT


def _grown(words: list[str], before: list[str]) -> bool:
    """Whether these are the words of before and more: what follows an "okay" that stood is no guess."""
    return 0 < len(before) < len(words) and words[: len(before)] == before


def _agreed(words: set[str], before: set[str]) -> set[str]:
    """Those that were heard before, at least their beginnings: "can" has become "cancel"."""
    return {word for word in words if any(word.startswith(one[:STEM]) or one.startswith(word) for one in before)}


def _content(text: str) -> set[str]:
    """The words that are more than a backchannel."""
    return set(words_of(_BACKCHANNEL_PHRASES.sub(" ", text.lower()))) - BACKCHANNELS
