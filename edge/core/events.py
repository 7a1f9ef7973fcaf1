"""All that passes between a call and its TurnTaker: what happened, and what to do. Times are seconds of call audio."""

from dataclasses import dataclass
from typing import Literal

from edge.core.conversation import Cause, Profile
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped

EndReason = Literal["caller_hung_up", "agent_hung_up", "silence", "transport_lost", "drained", "failed"]


@dataclass(frozen=True, slots=True)
class Answered:
    """The line is open; greet with this. In a later part of a call, ``turns`` and ``replies`` were before it."""

    greeting: str
    turns: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """Recognised words of the caller's sound up to ``end``. ``finished``: a vendor's belief, 0..1, in a turn's end.

    ``hushed``: the voice detector has heard nothing for a moment, too short yet to be a pause. ``steady``: words are
    added as more is heard, those before them stand. ``laughter``: how probable it is that the sound was laughter, of
    which words were made, 0..1; None: not known. ``comma``: how probable a comma was, 0..1, beside the full stop that
    stands at their end; None: not known.
    """

    text: str
    start: float
    end: float
    finished: float | None = None
    hushed: bool = False
    steady: bool = False
    laughter: float | None = None
    comma: float | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the caller's keypad: 0-9, * or #."""

    digit: str


@dataclass(frozen=True, slots=True)
class Expect:
    """What kind of answer the reply asks for."""

    reply: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Thought:
    """The reply's text has come to its end, and what it asks for is stored; it may not have been heard yet."""

    reply: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The reply's first audio can be played."""

    reply: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """The reply is over. One that came to nothing is spoken as soon as that is known.

    ``heard``: the part of its words, 0..1, that was played: less than 1 where what made it broke off, or where no marks
    came for the rest from a carrier that sends them: then it is ``unproved``.
    """

    reply: str
    heard: float = 1.0
    unproved: bool = False


@dataclass(frozen=True, slots=True)
class Dry:
    """The reply has no audio left to play, although it is not over. ``Ready`` says that there is some again."""

    reply: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Whether business of the caller's is under way, for which they may well wait in silence.

    Business that waits for an answer of theirs is none.
    """

    busy: bool


@dataclass(frozen=True, slots=True)
class Announce:
    """Say this when the floor is free. ``expires``: seconds of call audio after which it is pointless.

    An empty text leaves the words to the language model, which finds in the history what there is to say.
    """

    announcement: str
    text: str
    cause: Cause = "announcement"
    urgent: bool = False
    expires: float | None = None
    profile: Profile = "open"
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Nobody wants this said any more, where it is not being said yet."""

    announcement: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A flushed reply ended here: ``heard`` is the part of its words, 0..1, that was played. Follows every Flush."""

    reply: str
    heard: float


@dataclass(frozen=True, slots=True)
class Secure:
    """Keys are being captured for a card, or no longer: while they are, the caller's sound and keys are not for us."""

    on: bool


@dataclass(frozen=True, slots=True)
class FinishAfter:
    """Hang up once this reply has been heard."""

    reply: str


@dataclass(frozen=True, slots=True)
class LineClosed:
    """The line is gone."""

    reason: EndReason


OfReply = Expect | Thought | Ready | Spoken | Dry | FinishAfter
"""News of one reply."""
Input = (
    Answered
    | SpeechStarted
    | SpeechStopped
    | SpeechStirred
    | Heard
    | Key
    | Expect
    | Thought
    | Ready
    | Spoken
    | Dry
    | Busy
    | Secure
    | Cut
    | Announce
    | Withdraw
    | FinishAfter
    | LineClosed
)


@dataclass(frozen=True, slots=True)
class Decode:
    """Ask speech recognition for the words between."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Begin:
    """Start a reply to these words. While ``speculative`` its audio is held and it runs no tool.

    ``announcement``: the reply tells this first, and counts as its telling.
    """

    reply: str
    turn: int
    text: str
    speculative: bool
    announcement: str | None = None


@dataclass(frozen=True, slots=True)
class Commit:
    """The turn is over: it enters history, and its reply may be heard and may act."""

    reply: str
    turn: int
    text: str
    start: float
    end: float
    why: str
    channel: Literal["voice", "keypad"] = "voice"


@dataclass(frozen=True, slots=True)
class Discard:
    """Throw a speculative reply away, without trace."""

    reply: str


@dataclass(frozen=True, slots=True)
class Say:
    """Speak this text; where it is empty, what the language model makes of the history."""

    reply: str
    cause: Cause
    text: str
    announcement: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """The reply is late: put a filler before it."""

    reply: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop sending audio, at this frame."""

    reply: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on at the very frame."""

    reply: str


@dataclass(frozen=True, slots=True)
class Flush:
    """Cut the reply here; history keeps what was heard.

    ``broken``: nobody spoke against it, but something urgent is to be said, and what is left of it afterwards.
    ``acts``: the caller has hung up, and what they asked for is done, though they hear no more of it.
    """

    reply: str
    broken: bool = False
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """Tell the workflow what became of its announcement."""

    announcement: str
    outcome: Literal["spoken", "call_ended", "expired", "refused"]


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""

    reason: EndReason


Action = Decode | Begin | Commit | Discard | Say | Fill | Pause | Resume | Flush | Settle | HangUp
