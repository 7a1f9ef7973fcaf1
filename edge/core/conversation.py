"""What has been said and asked in a call, as a language model sees it. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from edge.core.facts import Facts

Cause = Literal["turn", "greeting", "announcement", "question", "rest", "filler", "silence", "goodbye"]
Profile = Literal[
    "open", "brief", "yes_no", "name", "address",
    "three_digits", "four_digits", "five_digits", "six_digits", "digits", "card",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """A committed turn of the caller."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """What of a reply was heard; ``state`` is whatever the model attached to it (see ``Done``)."""

    reply: str
    cause: Cause
    text: str
    interrupted: bool = False
    state: Any = None


@dataclass(frozen=True, slots=True)
class ToolAsked:
    """The agent asked for business, and it was stored: it will happen."""

    tool_call_id: str
    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What became of it. ``content`` is the result, or ``{"code", "message"}`` where it failed or was refused."""

    tool_call_id: str
    tool: str
    status: Literal["completed", "failed", "refused"]
    content: Mapping[str, Any]
    untold: bool = False
    """Whether nobody tells the caller of it, unless the model does."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A quick tool was asked, and this came of it: ``content``, or where it ``failed`` ``{"code", "message"}``."""

    tool: str
    arguments: Mapping[str, Any]
    content: Mapping[str, Any]
    age: float = 0.0
    """Seconds since the service told it."""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A workflow's question that waits for the caller's answer; ``answer`` is the JSON Schema of an object."""

    question_id: str
    text: str
    answer: Mapping[str, Any]
    profile: Profile = "open"


Entry = CallerSaid | AgentSaid | ToolAsked | ToolOutcome | LookedUp


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as the model sees it; ``parameters`` is the JSON Schema of its request.

    ``quick``: it is answered within the reply that asks; ``say`` is then its answer as a sentence, with ``{names}``.
    """

    name: str
    title: str
    description: str
    parameters: Mapping[str, Any]
    acknowledgement: str = "One moment please."
    quick: bool = False
    say: str = ""
    sensitive: bool = False
    """Whether its request has fields that nobody may see but who does the business."""
    repeat: Literal["join", "reject", "ask"] = "join"
    """What asking for the very same again means; with ``ask`` the caller is asked whether they want it once more."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything a model is given to make the next reply. The last entry is the caller's turn, or news of a tool."""

    call_id: str
    instructions: str
    business: str
    now: datetime
    """Wall clock in the business's own time zone (aware)."""
    tools: tuple[Tool, ...]
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...] = ()
    """Asked aloud and not yet answered, oldest first."""
    caller: str | None = None
    """The number the call comes from, E.164, where it is known."""
    cancellable: tuple[ToolAsked, ...] = ()
    """Requests under way that may be called off, oldest first."""
    facts: Facts = field(default_factory=Facts)
    """What the business says of itself."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply, to be spoken as soon as a clause is there."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for business. Held until the turn is committed; then stored, never waited for."""

    tool: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The caller's answer to a workflow's question."""

    question_id: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cancel:
    """The caller wants a request called off that is under way."""

    tool_call_id: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up once what was said has been heard."""


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a reply.

    ``again``: ask the model once more now that its tool calls are in the history (it has not spoken of them yet).
    ``expects``: what kind of answer the reply asks for, where the model knows.
    ``state``: kept with the reply in history and given back untouched; a discarded reply takes its state with it.
    """

    again: bool = False
    expects: Profile | None = None
    state: Any = field(default=None)


ReplyEvent = TextDelta | ToolCall | Answer | Cancel | EndCall | Done
