"""A call's turn-taking, recorded: every input of TurnTaker with its time, what came of it, and notes beside."""

from dataclasses import dataclass, is_dataclass, replace
from typing import Any, TypeVar

from edge.core.conversation import AgentSaid, LookedUp, ToolAsked, ToolOutcome
from edge.core.events import Action, Input, Key
from edge.core.history import History
from edge.core.manners import Manners

MOST_LINES = 20_000
"""Inputs and notes that a tape holds. A busy hour has a third of it; past it, the tape stops and says so."""
GAP = 0.1
"""Seconds without a frame after which a reply's audio counts as interrupted."""
HIDDEN = "•"
T = TypeVar("T")


@dataclass(slots=True)
class Step:
    """One input at ``now`` seconds of call audio; ``event`` is None where a deadline passed.

    ``actions`` is None where TurnTaker broke down over it: then this is the last step.
    """

    now: float
    event: Input | None
    actions: tuple[Action, ...] | None = None
    state: str = ""
    """Afterwards."""


@dataclass(slots=True)
class Note:
    """Something worth showing beside the inputs: audio played, words heard, a tool's span, a latency."""

    now: float
    kind: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a tape comes from. ``began``: wall clock, ISO 8601. ``rules``: which code decided, as a short digest."""

    call: str
    agent: str
    began: str
    version: str = ""
    rules: str = ""
    accepted: str = ""
    """Where these rules' actions were put in place of the recorded ones, once they were meant to differ."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A tape as it is read back."""

    header: Header
    manners: Manners
    items: tuple[Step | Note, ...]
    stopped: float | None = None
    """When the tape was full; None where it holds the whole call."""
    strange: tuple[str, ...] = ()
    """Fields of manners, inputs and actions that were recorded and that this code does not know."""

    @property
    def steps(self) -> list[Step]:
        """The inputs."""
        return [item for item in self.items if isinstance(item, Step)]

    def notes(self, kind: str) -> list[Note]:
        """The notes of one kind."""
        return [item for item in self.items if isinstance(item, Note) and item.kind == kind]


class Tape:
    """Records one call. Each input costs about a microsecond; the writing is done when the call is over."""

    def __init__(self, header: Header, manners: Manners, most: int = MOST_LINES) -> None:
        self.header = header
        self.manners = manners
        self.secret = False
        """While set, keys and the words made of them are recorded as dots."""
        self.stopped: float | None = None
        self._items: list[Step | Note] = []
        self._most = most
        self._step = Step(0.0, None)
        self._playing: dict[str, Any] = {"reply": None}
        self._played_to = 0.0
        self._entries = 0
        """Of the history that have been looked at."""

    def take(self, now: float, event: Input | None) -> None:
        """TurnTaker is about to get this; None is a deadline. ``did`` follows, unless it breaks down."""
        self._step = Step(now, hide(event) if self.secret and event is not None else event)
        self._add(self._step)

    def did(self, actions: list[Action], state: str) -> None:
        """What came of the input taken last."""
        self._step.actions = tuple(hide(action) for action in actions) if self.secret else tuple(actions)
        self._step.state = state

    def note(self, now: float, kind: str, **about: Any) -> None:
        """Keep something beside the inputs; ``about`` is anything that JSON can hold."""
        self._add(Note(now, kind, about))

    def follow(self, now: float, history: History) -> None:
        """Keep what is new in the history: what was heard of the agent, and the spans of tools."""
        if self._entries == len(history):
            return
        for entry in history.entries[self._entries :]:
            match entry:
                case AgentSaid(reply, _, text, interrupted):
                    self.note(now, "heard", reply=reply, text=text, interrupted=interrupted)
                case ToolAsked(tool_call, tool):
                    self.note(now, "tool", id=tool_call, tool=tool, status="requested")
                case ToolOutcome(tool_call, tool, status):
                    self.note(now, "tool", id=tool_call, tool=tool, status=status)
                case LookedUp(tool, failed=failed):
                    self.note(now, "lookup", tool=tool, failed=failed)
                case _:
                    pass
        self.skip(history)

    def skip(self, history: History) -> None:
        """What the history has by now is kept already, or is of an earlier part of the call."""
        self._entries = len(history)

    def played(self, reply: str, now: float, seconds: float) -> None:
        """So much audio of a reply was sent; frames without a gap become one note ``played`` with its end ``to``."""
        if reply == self._playing["reply"] and now <= self._played_to + GAP:
            self._played_to = max(self._played_to, now) + seconds
            return
        self._end_played()
        self._played_to = now + seconds
        self._playing = {"reply": reply, "to": self._played_to}
        self._add(Note(now, "played", self._playing))

    def _end_played(self) -> None:
        """What was played last is told with its end."""
        self._playing["to"] = round(self._played_to, 3)

    def _add(self, item: Step | Note) -> None:
        if len(self._items) < self._most:
            self._items.append(item)
        elif self.stopped is None:
            self.stopped = item.now

    def recording(self) -> Recording:
        """What has been recorded so far."""
        self._end_played()
        return Recording(self.header, self.manners, tuple(self._items), self.stopped)


def hide(event: T) -> T:
    """The same without its digits: a key becomes a dot, unless it edits; words made of keys become dots."""
    if isinstance(event, Key):
        return event if event.digit in "*#" else replace(event, digit=HIDDEN)
    text = getattr(event, "text", None)
    if isinstance(text, str) and is_dataclass(event) and not isinstance(event, type):
        return replace(event, text="".join(HIDDEN if char.isdigit() else char for char in text))
    return event
