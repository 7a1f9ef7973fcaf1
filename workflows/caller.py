"""The caller, as a workflow knows them: somebody to tell things and to ask, who may hang up at any moment.

Every wait ends: with the edge's word, with the end of the call, or when patience runs out although no word ever came.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from temporalio import workflow

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallEnded
from schemas.cards import CardCollected, CardNotCollected, CardRequested
from schemas.questions import Profile, QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested
from workflows.errors import Failure
from workflows.outlet import Outlet
from workflows.schema import schema_of

AnswerModel = TypeVar("AnswerModel", bound=BaseModel)

GRACE = 3.0
"""Seconds for the edge's own word to arrive after the call or the patience has ended, so that nothing is told twice."""

ATTEMPTS = 2
"""How often a question is asked when the answer does not fit."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """It was heard; ``heard`` are the words that were played out."""

    heard: str


@dataclass(frozen=True, slots=True)
class NotSpoken:
    """It was not heard. ``silent``: the edge never said what became of it."""

    reason: Literal["call_ended", "expired", "refused", "silent"]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """There is no answer. ``invalid``: there was one, and it did not fit. ``silent``: the edge never said."""

    reason: Literal["call_ended", "expired", "declined", "invalid", "silent"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the caller keyed in: the gateway's token for it, and what may be shown."""

    token: str
    last4: str
    brand: str


@dataclass(frozen=True, slots=True)
class NoCard:
    """There is no card. ``unavailable``: the gateway is away; ``silent``: the edge never said what became of it."""

    reason: Literal["call_ended", "cancelled", "timed_out", "invalid", "unavailable", "unsupported", "busy", "silent"]


@dataclass(frozen=True, slots=True)
class Told:
    """How an outcome reached the caller; ``nowhere`` where the call has ended and no address is known."""

    how: Literal["spoken", "sent", "nowhere"]


class Caller:
    """Made by the kit, once for each workflow, before anything else in it runs."""

    def __init__(self, request: ToolRequested, outlet: Outlet) -> None:
        self.request = request
        self.there = True
        """Whether the call is still going on, as far as is known."""
        self.completed = False
        self._outlet = outlet
        self._open: set[str] = set()
        self._words: dict[str, Event] = {}
        # Signals that came before this line were kept by the SDK and are handed over now.
        for kind, about in (
            (AnnouncementSpoken, "announcement_id"),
            (AnnouncementNotSpoken, "announcement_id"),
            (QuestionAnswered, "question_id"),
            (QuestionUnanswered, "question_id"),
            (CardCollected, "card_request_id"),
            (CardNotCollected, "card_request_id"),
        ):
            self._listen(kind, about)
        workflow.set_signal_handler(CallEnded.kind, self._end)

    @property
    def number(self) -> str | None:
        """The caller's address, where it is known."""
        return self.request.caller

    @property
    def now(self) -> datetime:
        """The workflow's time, in the time zone of the business."""
        return workflow.now().astimezone(ZoneInfo(self.request.timezone))

    async def step(self, what: str) -> None:
        """Let those who watch know that a step was done. Not spoken; returns at once."""
        self._outlet.put(ToolProgressed, tool_call_id=self.request.tool_call_id, tool=self.request.tool, step=what)
        await asyncio.sleep(0)  # It goes out before the next step, not behind it.

    async def say(self, text: str, *, urgent: bool = False, patience: float = 60.0) -> Spoken | NotSpoken:
        """Have ``text`` spoken when the floor is free, and wait until it was: ``patience`` seconds + GRACE at most."""
        if not self.there:
            return NotSpoken("call_ended")
        return await self._spoken(self._announce(text, urgent, patience), patience)

    async def ask(
        self, text: str, answer: type[AnswerModel], *, profile: Profile = "open", patience: float = 120.0
    ) -> AnswerModel | Unanswered:
        """Ask the caller, and wait for an answer that fits ``answer``: ``patience`` seconds + GRACE a try at most."""
        outcome: Event | None = None
        for _ in range(ATTEMPTS):
            if not self.there:
                return Unanswered("call_ended")
            outcome = await self._word(self._question(text, answer, profile, patience), patience)
            if not isinstance(outcome, QuestionAnswered):
                break
            try:
                return answer.model_validate(outcome.answer)
            except ValidationError as error:
                workflow.logger.warning("The answer does not fit: %s", error.errors(include_input=False))
        if isinstance(outcome, QuestionUnanswered):
            return Unanswered(outcome.reason)
        if isinstance(outcome, QuestionAnswered):
            return Unanswered("invalid")
        return Unanswered("silent" if self.there else "call_ended")

    async def collect_card(
        self, amount: int, currency: str, text: str, *, security_code: bool = True, patience: float = 240.0
    ) -> Card | NoCard:
        """Have the caller key in a card, out of sight of everything but the payment gateway.

        ``amount`` is in the currency's minor units; ``text`` is said first, and how to key it in is said by the edge.
        The workflow gets a token and the last four digits: nobody but the edge's capture and the gateway sees more.
        Takes ``patience`` seconds + GRACE at most.
        """
        if not self.there:
            return NoCard("call_ended")
        request = self._outlet.next_id()
        self._outlet.put(
            CardRequested,
            card_request_id=request,
            tool_call_id=self.request.tool_call_id,
            amount=amount,
            currency=currency,
            text=text,
            security_code=security_code,
            expires=patience,
        )
        outcome = await self._word(request, patience)
        if isinstance(outcome, CardCollected):
            return Card(outcome.token, outcome.last4, outcome.brand)
        if isinstance(outcome, CardNotCollected):
            return NoCard(outcome.reason)
        return NoCard("silent" if self.there else "call_ended")

    async def tell(
        self, text: str, result: BaseModel | None = None, *, otherwise: str | None = None, patience: float = 60.0
    ) -> Told:
        """Bring the outcome to the caller: spoken if they are there, else by text message (``otherwise``, or the same).

        With ``result`` the business is done: it is published now, and the workflow should only return it after this.
        """

        def publish() -> None:
            if result is not None:
                self.complete(result)

        return await self._bring(text, otherwise or text, patience, publish)

    async def fail(self, failure: Failure) -> None:
        """Publish that the business was not done; tell the caller, unless the model can put it right. For the kit."""
        if failure.fault == "model":
            self._failed(failure)
        else:
            await self._bring(failure.message, failure.message, 60.0, lambda: self._failed(failure))

    def complete(self, result: BaseModel) -> None:
        """Publish the result, once."""
        if not self.completed:
            self.completed = True
            self._outlet.put(
                ToolCompleted,
                tool_call_id=self.request.tool_call_id,
                tool=self.request.tool,
                result=result.model_dump(mode="json"),
            )

    def _failed(self, failure: Failure) -> None:
        self._outlet.put(
            ToolFailed, tool_call_id=self.request.tool_call_id, tool=self.request.tool, **dataclasses.asdict(failure)
        )

    async def _bring(self, text: str, otherwise: str, patience: float, publish: Callable[[], None]) -> Told:
        # The announcement goes out before the outcome: from the outcome on, the edge no longer counts the tool as open
        # when the call ends, and so would not speak for an announcement that it has not seen.
        announcement = self._announce(text, False, patience) if self.there else None
        publish()
        if announcement is not None and isinstance(await self._spoken(announcement, patience), Spoken):
            return Told("spoken")
        if self.number is None:
            workflow.logger.warning("The caller has gone and left no number, so the outcome was not told.")
            return Told("nowhere")
        await self._outlet.send(self.number, otherwise)
        return Told("sent")

    def _announce(self, text: str, urgent: bool, patience: float) -> str:
        announcement = self._outlet.next_id()
        self._outlet.put(
            AnnouncementRequested,
            announcement_id=announcement,
            tool_call_id=self.request.tool_call_id,
            text=text,
            urgent=urgent,
            expires=patience,
        )
        return announcement

    def _question(self, text: str, answer: type[BaseModel], profile: Profile, patience: float) -> str:
        question = self._outlet.next_id()
        self._outlet.put(
            QuestionAsked,
            question_id=question,
            tool_call_id=self.request.tool_call_id,
            text=text,
            answer=schema_of(answer),
            profile=profile,
            expires=patience,
        )
        return question

    async def _spoken(self, announcement: str, patience: float) -> Spoken | NotSpoken:
        outcome = await self._word(announcement, patience)
        if isinstance(outcome, AnnouncementSpoken):
            return Spoken(outcome.heard)
        if isinstance(outcome, AnnouncementNotSpoken):
            return NotSpoken(outcome.reason)
        return NotSpoken("silent" if self.there else "call_ended")

    async def _word(self, about: str, patience: float) -> Event | None:
        """The edge's word on an announcement or a question; None where none came in time."""
        self._open.add(about)
        try:
            await self._wait(lambda: about in self._words or not self.there, patience + GRACE)
            if not self.there:
                await self._wait(lambda: about in self._words, GRACE)
            return self._words.get(about)
        finally:
            self._open.discard(about)

    async def _wait(self, until: Callable[[], bool], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(until, timeout=timedelta(seconds=seconds))

    def _listen(self, kind: type[Event], about: str) -> None:
        # Takes any arguments: a handler that raises would stop the workflow, whatever a stranger sent.
        def hear(*body: Any) -> None:
            try:
                event = kind.model_validate(body[0] if body else None)
            except ValidationError:
                workflow.logger.warning("A malformed %s was ignored.", kind.kind)
                return
            key = getattr(event, about)
            if key in self._open:  # Late, unknown and repeated words change nothing.
                self._words.setdefault(key, event)

        workflow.set_signal_handler(kind.kind, hear)

    def _end(self, *body: Any) -> None:
        self.there = False
