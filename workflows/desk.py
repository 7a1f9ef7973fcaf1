"""A workflow's desk: what waits there for somebody outside the call, each with a deadline, answered by an update."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from schemas.decisions import DECIDE, WAITING, DecisionAsked, DecisionMade, Kind, Ruling, Waiting
from schemas.marking import hidden
from schemas.tools import ToolRequested
from workflows.attributes import show_state
from workflows.checkpoint import Checkpoint
from workflows.outlet import Outlet
from workflows.schema import schema_of

MOST_RULED = 20
"""Rulings that a run which begins anew remembers: who sends one again is told what holds."""
AnswerModel = TypeVar("AnswerModel", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answered(Generic[AnswerModel]):
    """Somebody answered: what, who, and what they noted."""

    answer: AnswerModel
    by: str
    note: str = ""


class Desk:
    """Made by the kit, once for each workflow. ``trunkline inbox`` lists and answers what lies here."""

    def __init__(self, request: ToolRequested, outlet: Outlet) -> None:
        self._request = request
        self._outlet = outlet
        self._open: dict[str, tuple[Waiting, type[BaseModel]]] = {}
        self._ruled: dict[str, Ruling] = {}
        self._carried: dict[str, Waiting] = {}
        """What waited when an earlier run of this workflow ended, until it is asked again here."""
        self._held: set[str] = set()
        """What other tasks than the run method wait for."""
        self.checkpoint: Checkpoint[Any] | None = None
        workflow.set_update_handler(DECIDE, self._decide, validator=self._check)
        workflow.set_query_handler(WAITING, self._waiting)

    async def wait(
        self,
        kind: Kind,
        text: str,
        answer: type[AnswerModel],
        *,
        seconds: float,
        otherwise: str,
        details: dict[str, str] | None = None,
        item: str | None = None,
    ) -> Answered[AnswerModel] | None:
        """Wait for an answer that fits ``answer``, at most so many seconds; None where nobody gave one.

        ``otherwise`` says what happens then. ``item`` is its id where that had to be known before.
        """
        waiting = self._again(kind, text, answer) or self._put(
            kind, text, answer, seconds, otherwise, details or {}, item or self._outlet.next_id()
        )
        try:
            if self.checkpoint is not None and self.checkpoint.here:
                self._held.discard(waiting.id)
                await self.checkpoint.wait(lambda: waiting.id in self._ruled, waiting.until)
            else:
                await workflow.wait_condition(
                    lambda: waiting.id in self._ruled,
                    timeout=timedelta(seconds=seconds),
                    timeout_summary=f"Until {kind}",
                )
        except TimeoutError:
            pass  # A ruling that came with the timer holds all the same.
        except asyncio.CancelledError:
            self._take_away(waiting)
            raise
        # Not in a finally: a workflow that only leaves a worker's memory still waits.
        self._take_away(waiting)
        ruling = self._ruled.get(waiting.id)
        return None if ruling is None else Answered(answer.model_validate(ruling.answer), ruling.by, ruling.note)

    def restore(self, waiting: Sequence[Waiting], ruled: Sequence[Ruling]) -> None:
        """Go on where an earlier run of this workflow ended. What waited there waits on, under the ids it has."""
        self._carried = {each.id: each for each in waiting}
        self._ruled = {each.id: each for each in ruled}

    def carried(self) -> tuple[list[Waiting], list[Ruling]]:
        """For ``restore``: what waits, and the last rulings."""
        return self._waiting(), list(self._ruled.values())[-MOST_RULED:]

    @property
    def holds(self) -> bool:
        """Whether something waits here that would be lost if the workflow began anew."""
        return bool(self._held)

    def _again(self, kind: Kind, text: str, answer: type[BaseModel]) -> Waiting | None:
        """The same question, where an earlier run has asked it."""
        schema = schema_of(answer)
        alike = (each for each in self._carried.values() if (each.kind, each.text, each.answer) == (kind, text, schema))
        waiting = next(alike, None)
        if waiting is None:
            return None
        del self._carried[waiting.id]
        self._open[waiting.id] = (waiting, answer)
        self._held.add(waiting.id)
        ruling = self._ruled.get(waiting.id)
        if ruling is not None and not _fits(answer, ruling.answer):
            del self._ruled[waiting.id]  # It came before anybody here could tell.
        return waiting

    def _put(
        self,
        kind: Kind,
        text: str,
        answer: type[BaseModel],
        seconds: float,
        otherwise: str,
        details: dict[str, str],
        item: str,
    ) -> Waiting:
        waiting = Waiting(
            id=item,
            kind=kind,
            call_id=self._request.call_id,
            tool_call_id=self._request.tool_call_id,
            tool=self._request.tool,
            text=text,
            answer=schema_of(answer),
            details=details,
            since=workflow.now(),
            until=workflow.now() + timedelta(seconds=seconds),
            otherwise=otherwise,
        )
        self._open[item] = (waiting, answer)
        self._held.add(item)
        self._show()
        about = {"tool_call_id": waiting.tool_call_id, "tool": waiting.tool}
        self._outlet.put(DecisionAsked, decision_id=item, **about, of=kind, text=text, expires=seconds)
        return waiting

    def _take_away(self, waiting: Waiting) -> None:
        del self._open[waiting.id]
        self._held.discard(waiting.id)
        self._show()
        ruling = self._ruled.get(waiting.id)
        about = {"tool_call_id": waiting.tool_call_id, "tool": waiting.tool}
        self._outlet.put(DecisionMade, decision_id=waiting.id, **about, by=ruling.by if ruling else None)

    def _show(self) -> None:
        """The memo and the search attribute find it without a worker's help."""
        kinds = {waiting.kind for waiting, _ in self._open.values()}
        show_state("working" if not kinds else "waits_for_caller" if kinds == {"link"} else "waits_for_person")
        workflow.upsert_memo({WAITING: self._waiting()})

    def _waiting(self) -> list[Waiting]:
        return [*self._carried.values(), *(waiting for waiting, _ in self._open.values())]

    def _check(self, ruling: Ruling) -> None:
        before = self._ruled.get(ruling.id)
        if before is not None and (before.answer == ruling.answer or (before.alike and before.alike == ruling.alike)):
            return  # The same again, as after an answer that got lost: it is told what holds.
        if before is not None:
            raise _refused("already_decided", f"{before.by} has already answered: {hidden(before.answer)}.")
        if ruling.id in self._carried:
            return
        if ruling.id not in self._open:
            raise _refused("not_waiting", "This does not wait any more, or never did.")
        try:
            self._open[ruling.id][1].model_validate(ruling.answer)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            clauses = [f"{'.'.join(map(str, fault['loc'])) or 'the answer'}: {fault['msg']}" for fault in faults[:5]]
            raise _refused("does_not_fit", "; ".join(clauses)) from None

    def _decide(self, ruling: Ruling) -> Ruling:
        return self._ruled.setdefault(ruling.id, ruling)


def taken_as(default: BaseModel) -> str:
    """What holds where nobody answers, in a sentence, in the words with which one answers."""
    fields = default.model_dump(mode="json").items()
    return f"It is taken as: {', '.join(f'{name} {_word(value)}' for name, value in fields)}."


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def _fits(model: type[BaseModel], answer: dict[str, Any]) -> bool:
    try:
        model.model_validate(answer)
    except ValidationError:
        return False
    return True


def _refused(code: str, message: str) -> Any:
    return ApplicationError(message, type=code, non_retryable=True)
