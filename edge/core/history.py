"""What was said in a call: the caller's turns, the words of the agent that were heard, the business asked for."""

import re
from collections.abc import Mapping
from typing import Any

from edge.core.conversation import AgentSaid, CallerSaid, Cause, Entry, LookedUp, Question, ToolAsked, ToolOutcome

_WORD_END = re.compile(r"\S+")


def cut_to_words(text: str, chars: int) -> str:
    """The whole words within the first ``chars`` characters."""
    if chars >= len(text):
        return text.strip()
    end = 0
    for word in _WORD_END.finditer(text):
        # A word counts once its last letter was played; its punctuation makes no sound.
        if len(text[word.start() : word.end()].rstrip(".,;:!?…\"')")) + word.start() > chars:
            break
        end = word.end()
    return text[:end].strip()


class History:
    """One call's history, in the order in which things were heard or asked."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._questions: dict[str, Question] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything so far."""
        return tuple(self._entries)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Asked aloud and not yet answered, oldest first."""
        return tuple(self._questions.values())

    def restore(self, entries: tuple[Entry, ...]) -> None:
        """Begin with these, from an earlier part of the call."""
        self._entries = list(entries)

    def caller_said(self, turn: int, text: str) -> None:
        """A turn was committed."""
        self._entries.append(CallerSaid(turn, text))

    def agent_said(self, reply: str, cause: Cause, text: str, *, interrupted: bool, state: Any = None) -> None:
        """These words of a reply were heard; its state is kept even if none were."""
        if text or state is not None:
            self._entries.append(AgentSaid(reply, cause, text, interrupted, state))

    def tool_asked(self, tool_call_id: str, tool: str, arguments: Mapping[str, Any]) -> None:
        """A tool call was stored."""
        self._entries.append(ToolAsked(tool_call_id, tool, arguments))

    def tool_settled(self, outcome: ToolOutcome) -> None:
        """A tool call came to its end."""
        self._entries.append(outcome)

    def looked_up(self, found: LookedUp) -> None:
        """A quick tool was asked, and answered or not."""
        self._entries.append(found)

    def open_tools(self) -> list[str]:
        """Ids of tool calls without an outcome, oldest first."""
        settled = {entry.tool_call_id for entry in self._entries if isinstance(entry, ToolOutcome)}
        asked = (entry.tool_call_id for entry in self._entries if isinstance(entry, ToolAsked))
        return [tool_call_id for tool_call_id in asked if tool_call_id not in settled]

    def was_asked(self, tool_call_id: str) -> bool:
        """Whether this very tool call was made before, and not refused."""
        about = (e for e in self._entries if isinstance(e, ToolAsked | ToolOutcome) and e.tool_call_id == tool_call_id)
        last = next(reversed(list(about)), None)
        return last is not None and not (isinstance(last, ToolOutcome) and last.status == "refused")

    def outcome_of(self, tool_call_id: str) -> ToolOutcome | None:
        """What became of this tool call; None while it is under way."""
        found = [e for e in self._entries if isinstance(e, ToolOutcome) and e.tool_call_id == tool_call_id]
        return found[-1] if found else None

    def said_since(self, outcome: ToolOutcome) -> bool:
        """Whether the caller has said anything since this was known."""
        at = max(number for number, entry in enumerate(self._entries) if entry is outcome)
        return any(isinstance(entry, CallerSaid) for entry in self._entries[at:])

    def question_asked(self, question: Question) -> None:
        """A workflow's question was heard by the caller."""
        self._questions[question.question_id] = question

    def question_settled(self, question_id: str) -> Question | None:
        """A question was answered, or no answer is wanted any more."""
        return self._questions.pop(question_id, None)
