"""What waits for somebody outside the call: a dispatcher to decide, a caller to answer a link or a call back."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Schema, Token

Kind = Literal["approval", "question", "call_back", "link", "repair"]
"""``approval``: a dispatcher decides. ``question``: a dispatcher answers in the caller's place. ``call_back``: somebody
rings the caller and puts the answer in. ``link``: the caller was sent the question and answers it themselves.
``repair``: something could not be undone, and a person does it by hand."""

DECIDE = "decide"
"""The Temporal update by which anybody answers, with a ``Ruling``; it returns the ruling that holds."""
WAITING = "waiting"
"""The Temporal query, and the memo, that list what a workflow waits for: a list of ``Waiting``."""


class Waiting(Schema):
    """One thing that a workflow waits for, as those see it who may answer."""

    id: Token
    kind: Kind
    call_id: Token
    tool_call_id: Token
    tool: Token
    text: str = Field(description="What is asked, a sentence for people.")
    answer: dict[str, Any] = Field(description="JSON Schema of the answer, an object.")
    details: dict[str, str] = Field(default_factory=dict, description="What helps to decide.")
    since: datetime = Field(description="Wall clock, UTC.")
    until: datetime = Field(description="When it is decided without anybody.")
    otherwise: str = Field(default="", description="What happens then.")


class Ruling(Schema):
    """Somebody's answer to something that waits."""

    id: Token
    answer: dict[str, Any]
    by: str = Field(min_length=1, max_length=120, description="Who answers: a name or an address.")
    note: str = Field(default="", max_length=2000)
    alike: str = Field(
        default="",
        max_length=64,
        description="Where a part of the answer is sealed: a word that is the same when the same is answered again.",
    )


class DecisionAsked(Event):
    """A workflow waits for somebody outside the call."""

    kind: ClassVar[str] = "decision_asked"

    decision_id: Token
    tool_call_id: Token
    tool: Token
    of: Kind = Field(description="Who is to answer, and how.")
    text: str = Field(min_length=1, max_length=2000)
    expires: float = Field(gt=0, description="Seconds after which it is decided without anybody.")


class DecisionMade(Event):
    """It waits no more."""

    kind: ClassVar[str] = "decision_made"

    decision_id: Token
    tool_call_id: Token
    tool: Token
    by: str | None = Field(default=None, description="Who answered; null where nobody did in time.")
