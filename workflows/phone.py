"""The call as a workflow hears of it: whether it goes on, in which one the caller is, the edge's word on things."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import workflow

from schemas.announcements import AnnouncementNotSpoken, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.cards import CardCollected, CardNotCollected
from schemas.questions import QuestionAnswered, QuestionUnanswered
from schemas.tools import ToolRequested
from schemas.transfers import TransferEnded

GRACE = 3.0
"""Seconds for the edge's own word to arrive after the call or the patience has ended, so that nothing is told twice."""

WORDS: tuple[tuple[type[Event], str], ...] = (
    (AnnouncementSpoken, "announcement_id"),
    (AnnouncementNotSpoken, "announcement_id"),
    (QuestionAnswered, "question_id"),
    (QuestionUnanswered, "question_id"),
    (TransferEnded, "transfer_id"),
    (CardCollected, "card_request_id"),
    (CardNotCollected, "card_request_id"),
)
"""What the edge says, and the field that tells about what."""
_ANSWERS = (QuestionAnswered, CardCollected)
"""What only a caller can have said."""


class Phone:
    """Made by the kit, once for each workflow, before anything else in it runs.

    ``there``: whether the caller is in a call, as far as is known. ``call_id``: that call, or the last one.

    A call from the same number that begins while this one goes on may be the caller's, whose line is dead and has not
    been missed yet; or it is somebody else's of the same house, who is to hear nothing of this. It is theirs once this
    call has ended without a goodbye, and nobody has answered in it since.
    """

    def __init__(self, request: ToolRequested, *, there: bool = True) -> None:
        self.there = there
        self.call_id = request.call_id
        self._region = request.region
        self._open: set[str] = set()
        self._words: dict[str, Event] = {}
        self.further: str | None = None
        """The newest call from the same number that began while this one went on, and goes on."""
        # Signals that came before this line were kept by the SDK and are handed over now.
        for kind, about in WORDS:
            self._listen(kind, about)
        workflow.set_signal_handler(CallEnded.kind, self._end)
        workflow.set_signal_handler(CallStarted.kind, self._return)

    @property
    def awaited(self) -> bool:
        """Whether anybody waits for the edge's word."""
        return bool(self._open)

    async def word(self, about: str, patience: float) -> Event | None:
        """The edge's word on an announcement, a question or a transfer; None where none came in time."""
        self._open.add(about)
        call = self.call_id
        try:
            await self.until(lambda: about in self._words or not self._in(call), patience + GRACE)
            if not self._in(call):
                await self.until(lambda: about in self._words, GRACE)
            return self._words.get(about)
        finally:
            self._open.discard(about)

    async def until(self, condition: Callable[[], bool], seconds: float) -> None:
        """Wait until it is true, or so long."""
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(condition, timeout=timedelta(seconds=seconds))

    def _in(self, call: str) -> bool:
        return self.there and self.call_id == call

    def _listen(self, kind: type[Event], about: str) -> None:
        # Takes any arguments: a handler that raises would stop the workflow, whatever a stranger sent.
        def hear(*body: Any) -> None:
            event = _read(kind, body)
            key = getattr(event, about) if event else None
            if event is not None and key in self._open:  # Late, unknown and repeated words change nothing.
                self._words.setdefault(str(key), event)
                if kind in _ANSWERS and event.call_id == self.call_id:
                    self.further = None

        workflow.set_signal_handler(kind.kind, hear)

    def _end(self, *body: Any) -> None:
        ended = _read(CallEnded, body)
        # The end of an earlier call, come late, is not the end of the one the caller is in by now.
        if ended is None or ended.call_id == self.call_id:
            parted = ended is None or ended.reason == "agent_hung_up"
            self.there = self.further is not None and not parted
            self.call_id = self.further if self.there and self.further else self.call_id
            self.further = None
        elif ended.call_id == self.further:
            self.further = None

    def _return(self, *body: Any) -> None:
        started = _read(CallStarted, body)
        # Another region's edges do not hear what is published in this one.
        if started is None or started.region != self._region or started.call_id == self.call_id:
            return
        if self.there:
            self.further = started.call_id
        else:
            self.call_id, self.there = started.call_id, True


def _read(kind: type[Event], body: tuple[Any, ...]) -> Any:
    try:
        return kind.model_validate(body[0] if body else None)
    except ValidationError:
        workflow.logger.warning("A malformed %s was ignored.", kind.kind)
        return None
