"""The caller's side of a call: the turn so far, how this caller pauses, and what they have been asked."""

from dataclasses import dataclass

from edge.core import endpointing
from edge.core import events as do
from edge.core.conversation import Profile
from edge.core.manners import Manners

MOST_KEYS = 64
"""Keys of one entry; more is no entry."""


@dataclass(slots=True)
class Utterance:
    """The caller's turn so far. Times are seconds of call audio."""

    start: float
    open_from: float
    """Where the words not yet kept begin."""
    kept: str = ""
    text: str = ""
    before: tuple[str, ...] = ()
    """What ``text`` was before that, the last two times; nothing where its words stand, and are only added to."""
    end: float | None = None
    """The last sound; None while the caller speaks."""
    heard_to: float = -1.0
    """Up to where ``text`` covers the sound."""
    finished: float | None = None
    """A vendor's belief, 0..1, that the turn is over."""
    laughter: tuple[float, ...] = ()
    """How probable it is that the sound is laughter, 0..1, the last two times that it was asked and known."""
    comma: float | None = None
    """How probable a comma was at the end of the words, 0..1, beside the full stop that was written."""
    speculations: int = 0
    stretches: int = 0
    """How often it was decoded without a pause in it."""
    due: float = 0.0
    """When its pause is waited out, by its words."""
    keys: str = ""
    over_agent: bool = False
    """Whether the agent was cut off for it."""
    why: str = ""
    """The endpointing rule that set the deadline."""

    @property
    def words(self) -> str:
        """All words so far."""
        return f"{self.kept} {self.text}".strip()

    @property
    def in_hand(self) -> bool:
        """Whether the words cover the sound up to the pause."""
        return self.end is not None and self.heard_to >= self.end - 1e-6

    @property
    def ended(self) -> float:
        """Where its sound ends, once it has paused."""
        assert self.end is not None
        return self.end

    def hear(self, heard: do.Heard) -> bool:
        """Take what was recognised; False where it is of another sound, or older than what is in hand."""
        if self.keys or heard.end <= self.heard_to or heard.start < self.open_from - 1e-6:
            return False
        first = self.heard_to < 0.0 or heard.steady
        self.before = () if first else (*self.before, self.text)[-2:]
        self.text, self.heard_to, self.finished = heard.text.strip(), heard.end, heard.finished
        self.comma = heard.comma
        self.laughter = () if heard.laughter is None else (*self.laughter, heard.laughter)[-2:]
        return True

    def press(self, key: str, now: float) -> None:
        """A key: a digit more, or ``*``, which takes the last one back."""
        self.keys = pressed(self.keys, key)
        self.end = now

    def keep(self, upto: float) -> None:
        """The words so far will not be decoded again; sound from ``upto`` on will."""
        self.kept, self.text, self.open_from = self.words, "", upto


def pressed(keys: str, key: str) -> str:
    """The keys of an entry, or of several that ``#`` parts, with one more; ``*`` takes a digit back."""
    if key == "*":
        return keys if keys.endswith("#") else keys[:-1]
    return (keys + key)[:MOST_KEYS]


class Caller:
    """What the caller says. Questions to the recogniser go to the list of actions that is given."""

    def __init__(self, manners: Manners, out: list[do.Action]) -> None:
        self.said: Utterance | None = None
        """The turn so far; None where there is none."""
        self.profile: Profile = "open"
        """What kind of answer they have been asked for."""
        self._answered: Profile = "open"
        """What kind of answer the last turn was to be."""
        self.ahead = ""
        """Keys pressed before the agent has asked for them; ``#`` parts one entry from the next."""
        self._manners = manners
        self._do = out
        self._pauses = 0.0
        """Running mean of this caller's pauses inside a turn."""
        self._ended: float | None = None
        """The last sound of the last turn that was spoken."""
        self._unheard = False
        """The last sound held no words, and we asked about it."""

    @property
    def now(self) -> Utterance:
        """The turn so far, in states that have one."""
        assert self.said is not None
        return self.said

    def begins(self, at: float) -> Utterance:
        """Something new."""
        self.said = Utterance(start=at, open_from=at)
        return self.said

    def goes_on(self, at: float) -> None:
        """After a pause: it is one turn, and this is how this caller pauses."""
        said = self.now
        self._pauses = 0.7 * self._pauses + 0.3 * max(0.0, at - said.ended)
        if said.in_hand and at - said.open_from > self._manners.frozen_after:
            said.keep(at)
        said.end = None

    def resumes(self, at: float) -> bool:
        """Whether a sound that begins now is more of the last turn, rather than about what the agent says."""
        return self._ended is not None and at - self._ended <= self._manners.resumes

    def stops(self, at: float) -> None:
        """A pause, or the end: the words are wanted now."""
        said = self.now
        said.end = max(at, said.open_from)
        if not said.in_hand:
            self._do.append(do.Decode(said.open_from, said.end))

    def decode(self, now: float) -> None:
        """The words so far are wanted, although the sound goes on."""
        self._do.append(do.Decode(self.now.open_from, now))

    def endless(self, now: float) -> bool:
        """Speech without a pause: it is decoded piece by piece, and after some pieces its end is not waited for."""
        said = self.now
        said.stretches += 1
        if said.stretches <= self._manners.stretches:
            self.decode(now)
            return False
        said.end, said.why = now, "endless"
        return True

    def judge(self) -> endpointing.Verdict:
        """How long to wait, after the words that are in hand."""
        said = self.now
        evidence = endpointing.Evidence(said.words, self.profile, self._pauses, said.finished, said.comma)
        return endpointing.judge(evidence, self._manners.waits)

    def guess(self) -> bool:
        """Whether a reply may be begun to the words so far, on a guess; it is counted."""
        said = self.now
        if not said.words or said.speculations >= self._manners.speculations:
            return False
        said.speculations += 1
        return True

    def wordless(self, *, lost: bool) -> bool:
        """The sound is over and held no words, or they were ``lost``; whether silence would be rude.

        So it would be where the agent was cut off for it. A long sound is asked about once.
        """
        said, self.said = self.said, None
        long = said is not None and said.end is not None and said.end - said.start >= self._manners.unheard
        ask = lost or (said is not None and said.over_agent) or (long and not self._unheard)
        self._unheard = self._unheard or ask
        return ask

    def presses_ahead(self, key: str) -> bool:
        """A key that the agent has not asked for yet; whether any wait now. Nothing begins with ``*`` or ``#``."""
        if self.ahead or key not in "*#":
            self.ahead = pressed(self.ahead, key)
        return bool(self.ahead)

    def done(self) -> None:
        """The turn is over."""
        self._ended = self.now.end if not self.now.keys else None
        self._answered, self.said, self.profile, self._unheard = self.profile, None, "open", False

    def answers(self, asked: Profile | None, *, more: bool) -> None:
        """They spoke over the agent, which has ``asked`` them something, or not; ``more``: of what they said before.

        They may owe an answer to what was asked earlier.
        """
        if asked is not None:
            self.profile = asked
        elif more:
            self.asked_again()

    def asked_again(self) -> None:
        """What they said last is to be said once more."""
        self.profile = self._answered
