"""What becomes of the business in one call, folded from its events."""

from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.tools import ToolCompleted, ToolFailed, ToolRequested

Outcome = Literal["completed", "failed", "pending"]


@dataclass(slots=True)
class ToolSeen:
    """One tool call. ``result`` is what it brought, or why it failed."""

    id: str
    name: str
    arguments: dict[str, Any]
    outcome: Outcome = "pending"
    result: dict[str, Any] = field(default_factory=dict)


class Board:
    """The tools of one call and what still waits to be spoken of them."""

    def __init__(self) -> None:
        self.tools: dict[str, ToolSeen] = {}
        self.ended: CallEnded | None = None
        """The edge's own word on the end of the call."""
        self.events = 0
        self._unspoken: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether a tool runs, or an outcome or a question waits to be spoken."""
        return bool(self._unspoken) or any(tool.outcome == "pending" for tool in self.tools.values())

    def receive(self, event: Event) -> None:
        """Take the next event; one seen before changes nothing."""
        self.events += 1
        match event:
            case ToolRequested():
                self.tools.setdefault(event.tool_call_id, ToolSeen(event.tool_call_id, event.tool, event.arguments))
            case ToolCompleted():
                self._settle(event, "completed", event.result)
            case ToolFailed():
                self._settle(event, "failed", {"code": event.code, "message": event.message})
            case AnnouncementRequested():
                self._unspoken.add(event.announcement_id)
            case AnnouncementSpoken() | AnnouncementNotSpoken():
                self._unspoken.discard(event.announcement_id)
            case QuestionAsked():
                self._unspoken.add(event.question_id)
            case QuestionAnswered() | QuestionUnanswered():
                self._unspoken.discard(event.question_id)
            case CallEnded():
                self.ended = event
            case _:
                pass

    def _settle(self, event: ToolCompleted | ToolFailed, outcome: Outcome, result: dict[str, Any]) -> None:
        tool = self.tools.setdefault(event.tool_call_id, ToolSeen(event.tool_call_id, event.tool, {}))
        tool.outcome, tool.result = outcome, result
