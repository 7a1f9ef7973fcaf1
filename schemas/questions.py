"""What a workflow asks the caller, and the answer as a validated value."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from schemas.base import Event, Token

Profile = Literal[
    "open", "brief", "yes_no", "name", "address",
    "three_digits", "four_digits", "five_digits", "six_digits", "digits", "card",
]  # fmt: skip
"""How patiently the answer is listened to; see edge/core/endpointing.py."""


class QuestionAsked(Event):
    """Ask the caller this, in these or better words, and answer with a value that fits ``answer``."""

    kind: ClassVar[str] = "question_asked"

    question_id: Token
    tool_call_id: Token
    text: str = Field(min_length=1, max_length=2000)
    answer: dict[str, Any] = Field(description="JSON Schema of the answer, an object.")
    profile: Profile | None = Field(
        default=None,
        description="How patiently the answer is listened to; without it, as the words and the schema ask.",
    )
    expires: float | None = Field(default=None, gt=0, description="Seconds after which no answer is wanted any more.")
    reminder: float | None = Field(
        default=None, gt=0, description="Seconds without an answer after which it is asked once more."
    )


class QuestionAnswered(Event):
    """The caller's answer."""

    kind: ClassVar[str] = "question_answered"

    question_id: Token
    tool_call_id: Token
    answer: dict[str, Any]
    words: str = Field(description="What the caller said.")


class QuestionWithdrawn(Event):
    """No answer is wanted any more: it came another way, or the business was called off."""

    kind: ClassVar[str] = "question_withdrawn"

    question_id: Token
    tool_call_id: Token


class QuestionUnanswered(Event):
    """There will be no answer in this call."""

    kind: ClassVar[str] = "question_unanswered"

    question_id: Token
    tool_call_id: Token
    reason: Literal["call_ended", "expired", "declined"]
