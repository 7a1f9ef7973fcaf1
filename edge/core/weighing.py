"""What words said over the agent mean: an interruption, a backchannel, or nothing yet."""

import math
import re
from dataclasses import dataclass
from enum import Enum

from edge.core.caller import Utterance
from edge.core.conversation import Profile
from edge.core.endpointing import FINISHED_ALONE
from edge.core.grammar import words_of
from edge.core.manners import Manners
from edge.core.numerals import only_a_number

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
_FILLERS = frozenset("so um er well".split())
"""Words that promise others, and say nothing until they come. Recognisers make them of breath and laughter."""
SHORT = 0.70
"""Seconds of sound over the agent below which a recogniser mostly guesses: only stoppers count, and what stays."""
TAIL = 0.20
"""Seconds of sound; what is shorter, and comes right behind the caller's last sound, is the end of their last word."""
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
    """A sound over the agent, from its onset; ``resumes_at``: what the agent had a deadline for, before it.

    ``resumed``: it began so soon after the caller's turn that it is more of it, rather than about what the agent says.
    """

    onset: float = 0.0
    resumes_at: float = 0.0
    resumed: bool = False

    def judge(
        self, said: Utterance, profile: Profile | None, now: float, manners: Manners, *, expired: bool
    ) -> Verdict:
        """What is to be done, with what is known now; ``expired``: a decision is due."""
        length = (now if said.end is None else said.end) - self.onset
        covered = min(said.heard_to - self.onset, length)
        asked: Profile | None = "open" if self.resumed and profile is None and length >= TAIL else profile
        doubt = max(said.laughter, default=0.0) if covered < manners.weigh_laughs else 0.0
        few = 0 if doubt < manners.laughter else SENTENCE if doubt < manners.sure_laughter else math.inf
        floor = weigh(said.text, said.before, covered, asked, over=said.in_hand, few=few)
        over, unheard = said.end is not None, said.heard_to < 0.0
        if floor is Claim.TAKEN:
            return Verdict.YIELD
        if self.resumed and not said.text and length >= manners.cough:
            return Verdict.YIELD if said.in_hand or (over and expired) else Verdict.WAIT
        if said.in_hand or (over and expired and length < manners.cough):
            return Verdict.BACK
        if expired and (over or (unheard and length >= manners.weigh_longest)):
            return Verdict.YIELD
        if floor is Claim.OPEN:
            return Verdict.PAUSE
        return Verdict.RESUME if covered >= manners.weigh_hold else Verdict.WAIT


def weigh(
    text: str,
    before: tuple[str, ...],
    seconds: float,
    profile: Profile | None,
    *,
    over: bool,
    few: float = 0,
) -> Claim:
    """What words said over the agent mean, from sound of this length; ``over``: the sound has ended.

    ``before``: what the recogniser made of less of the sound, the last two times at most; nothing where it was not
    asked, or its words stand. From laughter and hums it makes other words every time; only what it hears twice was
    said, and a single word three times. ``profile``: what the agent is asking, None where it asks nothing. Where it
    asks, few words are an answer. ``few``: so many words are nothing, by the sound of it, unless one is a stopper.
    """
    words = words_of(text)
    if profile == "yes_no" and words and words[0] in FINISHED_ALONE:
        return Claim.TAKEN
    content = _content(text)
    if profile is None and (_laughs(words) or len(content) <= few):
        content &= _STOPPERS
    twice = _stood(content, text, before[-1]) if before else content
    thrice = _agreed(twice, _content(before[-2])) if len(before) > 1 else set()
    sure = thrice or (seconds >= SHORT and (len(twice) > 1 or not before))
    if twice & _STOPPERS or (over and content & _STOPPERS):
        return Claim.TAKEN
    if content and over and profile is not None:
        return Claim.TAKEN
    if (twice and sure) or (over and len(content) >= SENTENCE):
        return Claim.TAKEN
    return Claim.OPEN if twice and not over else Claim.KEPT


def _laughs(words: list[str]) -> bool:
    """ "Ha ha ha", whatever was made of it: the same again and again; but "five, five, five" is a number."""
    return len(words) > 1 and 2 * len(set(words)) <= len(words) and not only_a_number(words)


def _stood(content: set[str], text: str, before: str) -> set[str]:
    """The content of this text that was heard before; all of it, where this is the words of before and more.

    What follows an "okay" that stood is no guess.
    """
    words, fewer = words_of(text), words_of(before)
    if 0 < len(fewer) < len(words) and words[: len(fewer)] == fewer:
        return content
    return _agreed(content, _content(before))


def _agreed(words: set[str], before: set[str]) -> set[str]:
    """Those that were heard before, at least their beginnings: "can" has become "cancel"."""
    return {word for word in words if any(word.startswith(one[:STEM]) or one.startswith(word) for one in before)}


def _content(text: str) -> set[str]:
    """The words that are more than a backchannel, and no promise of others."""
    return set(words_of(_BACKCHANNEL_PHRASES.sub(" ", text.lower()))) - BACKCHANNELS - _FILLERS
