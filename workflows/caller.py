"""The caller, as a workflow knows them: somebody to tell things and to ask, who may hang up at any moment.

Every wait ends: with the edge's word, with the end of the call, or when patience runs out although no word ever came.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError
from temporalio import workflow

from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.cards import CardCollected, CardNotCollected, CardRequested, CardWithdrawn
from schemas.questions import Profile, QuestionAnswered, QuestionAsked, QuestionUnanswered, QuestionWithdrawn
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested
from schemas.transfers import TransferEnded, TransferOutcome, TransferRequested
from workflows.desk import Desk
from workflows.elsewhere import Elsewhere, Route
from workflows.errors import Failure, check_size
from workflows.outlet import Outlet
from workflows.phone import Phone
from workflows.schema import schema_of

AnswerModel = TypeVar("AnswerModel", bound=BaseModel)

ATTEMPTS = 2
"""How often a question is asked when the answer does not fit."""

CALLS = 3
"""In how many calls something is asked or an outcome is spoken, should the line drop each time."""


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


@dataclass(frozen=True, slots=True)
class Transferred:
    """What became of a transfer. ``silent``: the edge never said."""

    outcome: TransferOutcome | Literal["silent"]
    detail: str = ""

    @property
    def connected(self) -> bool:
        """Whether the caller speaks with the other side."""
        return self.outcome == "connected"


class Caller:
    """Made by the kit, once for each workflow, before anything else in it runs."""

    def __init__(self, request: ToolRequested, outlet: Outlet, desk: Desk) -> None:
        self.request = request
        self.completed = False
        self.committed = False
        """Whether it is too late to call the business off."""
        self._outlet = outlet
        self._phone = Phone(request)
        self._elsewhere = Elsewhere(desk, outlet, self._phone, request.caller)

    def restore(self, call_id: str, *, there: bool, further: str | None, completed: bool, committed: bool) -> None:
        """For the kit: go on where an earlier run of this workflow ended."""
        self._phone.call_id, self._phone.there, self._phone.further = call_id, there, further
        self.completed, self.committed = completed, committed

    @property
    def call_id(self) -> str:
        """The call in which the caller is, or was last."""
        return self._phone.call_id

    @property
    def awaited(self) -> bool:
        """For the kit: whether anything waits for the caller."""
        return self._phone.awaited

    @property
    def there(self) -> bool:
        """Whether the caller is in a call, as far as is known: the one that asked for this, or a later one."""
        return self._phone.there

    @property
    def further(self) -> str | None:
        """For the kit: the call in which they may be too; see ``workflows.phone``."""
        return self._phone.further

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
        # Nothing is awaited in here; but tools await it, and not all of them are ours.
        self._outlet.put(ToolProgressed, tool_call_id=self.request.tool_call_id, tool=self.request.tool, step=what)

    async def say(self, text: str, *, urgent: bool = False, patience: float = 60.0) -> Spoken | NotSpoken:
        """Have ``text`` spoken when the floor is free, and wait until it was: ``patience`` seconds + GRACE at most.

        Raises:
            ValueError: it is empty, or longer than 2,000 characters, more than anybody would listen to.
        """
        if not self.there:
            return NotSpoken("call_ended")
        return await self._spoken(self._announce(text, urgent, patience), patience)

    async def ask(
        self,
        text: str,
        answer: type[AnswerModel],
        *,
        profile: Profile | None = None,
        patience: float = 120.0,
        reminder: float | None = None,
        otherwise: Sequence[Route[AnswerModel]] = (),
    ) -> AnswerModel | Unanswered:
        """Ask the caller, and wait for an answer that fits ``answer``: ``patience`` seconds + GRACE a try at most.

        ``profile`` is how patiently the answer is listened to; without it, as the words of ``text`` ask, and where they
        leave it open, as the one field is told that ``answer`` requires. After ``reminder`` seconds without an answer
        it is asked once more in passing. Where the call does not answer, because it ended or nothing came, it goes the
        routes ``otherwise`` (``workflows.elsewhere``), in order.

        Raises:
            ValueError: ``text`` does not fit, as with ``say``, or the schema of ``answer`` is bigger than 900 kB.
        """
        asked_in = self._phone.call_id
        found = await self._ask_here(text, answer, profile, patience, reminder)
        for _ in range(CALLS):
            if not isinstance(found, Unanswered) or found.reason == "declined":
                return found
            if not self.there or self._phone.call_id == asked_in:
                break
            asked_in = self._phone.call_id  # They rang again.
            found = await self._ask_here(text, answer, profile, patience, reminder)
        if not isinstance(found, Unanswered) or not otherwise:
            return found

        async def again() -> AnswerModel | None:
            here = await self._ask_here(text, answer, profile, patience, reminder)
            return None if isinstance(here, Unanswered) else here

        elsewhere = await self._elsewhere.answer(text, answer, otherwise, again, asked_in)
        return found if elsewhere is None else elsewhere

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
        self._to_edge(
            CardRequested,
            card_request_id=request,
            amount=amount,
            currency=currency,
            text=text,
            security_code=security_code,
            expires=patience,
        )
        try:
            outcome = await self._phone.word(request, patience)
        except asyncio.CancelledError:
            self._to_edge(CardWithdrawn, card_request_id=request)
            raise
        if isinstance(outcome, CardCollected):
            return Card(outcome.token, outcome.last4, outcome.brand)
        if isinstance(outcome, CardNotCollected):
            return NoCard(outcome.reason)
        self._to_edge(CardWithdrawn, card_request_id=request)  # An edge that is late, or back, may still be asking.
        return NoCard("silent" if self.there else "call_ended")

    def commit(self) -> None:
        """From here on the caller cannot call it off: say so before the first effect that cannot be undone."""
        self.committed = True

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

    async def transfer(self, to: str, *, text: str = "", whisper: str = "", patience: float = 45.0) -> Transferred:
        """Hand the caller over to ``to``, an E.164 number or a SIP address, after saying ``text``.

        ``whisper`` is what the other side is told, where the carrier can. Waits until it has answered, or not within
        ``patience`` seconds; unless it has, the caller is still with the agent.
        """
        if not self.there:
            return Transferred("call_ended")
        transfer = self._outlet.next_id()
        self._to_edge(TransferRequested, transfer_id=transfer, to=to, text=text, whisper=whisper, expires=patience)
        outcome = await self._phone.word(transfer, patience)
        if isinstance(outcome, TransferEnded):
            return Transferred(outcome.outcome, outcome.detail)
        return Transferred("silent" if self.there else "call_ended")

    async def fail(self, failure: Failure) -> None:
        """Publish that the business was not done; tell the caller, unless the model can put it right. For the kit."""
        if failure.fault == "model":
            self._failed(failure)
        else:
            await self._bring(failure.message, failure.message, 60.0, lambda: self._failed(failure))

    def complete(self, result: BaseModel) -> None:
        """Publish the result, once. Raises ToolError where it is too big."""
        if not self.completed:
            check_size(result)
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
        announcement, call = self._announce(text, False, patience) if self.there else None, self._phone.call_id
        publish()
        for _ in range(CALLS):
            if announcement is not None and isinstance(await self._spoken(announcement, patience), Spoken):
                return Told("spoken")
            if not self.there or self._phone.call_id == call:
                break
            announcement, call = self._announce(text, False, patience), self._phone.call_id  # They rang again.
        if self.number is None:
            workflow.logger.warning("The caller has gone and left no number, so the outcome was not told.")
            return Told("nowhere")
        await self._outlet.send(self.number, otherwise)
        return Told("sent")

    async def _ask_here(
        self, text: str, answer: type[AnswerModel], profile: Profile | None, patience: float, reminder: float | None
    ) -> AnswerModel | Unanswered:
        outcome: Event | None = None
        for _ in range(ATTEMPTS):
            if not self.there:
                return Unanswered("call_ended")
            outcome = await self._answered(text, answer, profile, patience, reminder)
            if not isinstance(outcome, QuestionAnswered):
                break
            try:
                return answer.model_validate(outcome.answer)
            except ValidationError as error:
                faults = error.errors(include_input=False, include_context=False)
                workflow.logger.warning("The answer does not fit: %s", faults)
        if isinstance(outcome, QuestionUnanswered):
            return Unanswered(outcome.reason)
        if isinstance(outcome, QuestionAnswered):
            return Unanswered("invalid")
        return Unanswered("silent" if self.there else "call_ended")

    async def _answered(
        self, text: str, answer: type[BaseModel], profile: Profile | None, patience: float, reminder: float | None
    ) -> Event | None:
        """The edge's word on one try. Where the wait is broken off, the edge no longer asks."""
        question = self._outlet.next_id()
        about = {"answer": schema_of(answer), "profile": profile, "expires": patience, "reminder": reminder}
        self._to_edge(QuestionAsked, question_id=question, text=self._in_place(text), **about)
        try:
            return await self._phone.word(question, patience)
        except asyncio.CancelledError:
            self._to_edge(QuestionWithdrawn, question_id=question)
            raise

    def _announce(self, text: str, urgent: bool, patience: float) -> str:
        announcement = self._outlet.next_id()
        about = {"text": self._in_place(text), "urgent": urgent, "expires": patience}
        self._to_edge(AnnouncementRequested, announcement_id=announcement, **about)
        return announcement

    def _in_place(self, text: str) -> str:
        """``text``, and in a later call what it is about: that one may be about the very same kind of thing."""
        return text if self._phone.call_id == self.request.call_id else f"About your earlier call: {text}"

    async def _spoken(self, announcement: str, patience: float) -> Spoken | NotSpoken:
        outcome = await self._phone.word(announcement, patience)
        if isinstance(outcome, AnnouncementSpoken):
            return Spoken(outcome.heard)
        if isinstance(outcome, AnnouncementNotSpoken):
            return NotSpoken(outcome.reason)
        return NotSpoken("silent" if self.there else "call_ended")

    def _to_edge(self, kind: type[Event], **fields: object) -> None:
        """Into the call where the caller is."""
        self._outlet.put(kind, call=self._phone.call_id, tool_call_id=self.request.tool_call_id, **fields)
