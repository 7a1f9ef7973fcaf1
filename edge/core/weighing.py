"""What words said over the agent mean: an interruption, a backchannel, or nothing yet."""

import re
from enum import Enum

from edge.core.conversation import Profile
from edge.core.endpointing import FINISHED_ALONE, words_of

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
SHORT = 0.75
"""Seconds of sound over the agent below which a recogniser mostly guesses: only stoppers count."""


class Floor(Enum):
    """What a sound over the agent means, as far as is known."""

    TAKEN = "taken"
    KEPT = "kept"
    """It is a backchannel, or laughter."""
    OPEN = "open"


def weigh(text: str, seconds: float, profile: Profile | None, *, over: bool) -> Floor:
    """What words said over the agent mean, from sound of this length; ``over``: the sound has ended.

    ``profile``: what the agent is asking, None where it asks nothing. Where it asks, few words are an answer.
    """
    words = words_of(text)
    if profile == "yes_no" and words and words[0] in FINISHED_ALONE:
        return Floor.TAKEN
    content = [word for word in words_of(_BACKCHANNEL_PHRASES.sub(" ", text.lower())) if word not in BACKCHANNELS]
    if any(word in _STOPPERS for word in content):
        return Floor.TAKEN
    if content and (seconds >= SHORT or (profile is not None and over)):
        return Floor.TAKEN
    if over or (words and not content):
        return Floor.KEPT
    return Floor.OPEN
