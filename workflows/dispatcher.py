"""The dispatcher, as a workflow knows them: a person who may be asked, and who may be busy.

Every question has a deadline and a default, so that no business waits for somebody who is at lunch.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, Field

from workflows.desk import Desk, taken_as

AnswerModel = TypeVar("AnswerModel", bound=BaseModel)


class Approval(BaseModel):
    """Yes or no."""

    approved: bool = Field(description="Whether it may be done.")


@dataclass(frozen=True, slots=True)
class Decision(Generic[AnswerModel]):
    """What was decided. ``by`` is None where the deadline passed and the default holds."""

    answer: AnswerModel
    by: str | None
    note: str = ""


class Dispatcher:
    """Made by the kit for a workflow whose run method asks for one: ``run(self, request, caller, dispatcher)``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def approve(
        self, what: str, *, default: bool, deadline: float = 300.0, details: dict[str, str] | None = None
    ) -> Decision[Approval]:
        """Ask whether ``what`` may be done; after ``deadline`` seconds ``default`` holds.

        ``details`` are shown beside it, in order; nothing that is secret belongs there.
        """
        return await self.ask(what, Approval, default=Approval(approved=default), deadline=deadline, details=details)

    async def ask(
        self,
        text: str,
        answer: type[AnswerModel],
        *,
        default: AnswerModel,
        deadline: float = 300.0,
        details: dict[str, str] | None = None,
    ) -> Decision[AnswerModel]:
        """Ask for an answer that fits ``answer``; after ``deadline`` seconds ``default`` holds."""
        found = await self._desk.wait(
            "approval", text, answer, seconds=deadline, otherwise=taken_as(default), details=details
        )
        return Decision(default, None) if found is None else Decision(found.answer, found.by, found.note)
