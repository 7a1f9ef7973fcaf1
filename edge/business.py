"""What a call has to do with the durable side: tools asked for, outcomes, announcements and questions coming back."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from edge.announcements import Announcements
from edge.core import events as do
from edge.core.conversation import (
    AgentSaid,
    Answer,
    CallerSaid,
    Cancel,
    Conversation,
    Profile,
    Tool,
    ToolCall,
    ToolOutcome,
)
from edge.core.history import History
from edge.questions import PASSING, Questions
from edge.requests import Requests
from edge.running import Running
from edge.services import Services
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.marking import is_sealed
from schemas.questions import QuestionAsked, QuestionWithdrawn
from schemas.tools import ToolCancelRequested, ToolCompleted, ToolFailed
from schemas.transfers import TransferEnded, TransferRequested

MOST_TOGETHER = 8
"""Turns of the caller's without a reply that count as one."""


class Business:
    """One call's business.

    ``take`` hands an event to TurnTaker; ``at`` gives seconds of call audio; ``own`` starts a task that the call owns.
    """

    def __init__(
        self,
        call_id: str,
        caller: str | None,
        services: Services,
        history: History,
        at: Callable[[], float],
        take: Callable[[do.Input], None],
        own: Callable[[Coroutine[Any, Any, bool]], "asyncio.Task[bool]"],
    ) -> None:
        self._call_id = call_id
        self._caller = caller
        self._services = services
        self._history = history
        self._at = at
        self._take = take
        self._said: dict[int, str] = {}
        """The caller's turns that are being answered: more than one where they spoke again before they had a reply."""
        self._running = Running(services.agent.still_working)
        self._requests = Requests(services, history, self._running, caller, self._about, own, settle=self._settle_tool)
        self._announcements = Announcements(services.bus, self._about, take)
        self._questions = Questions(services.bus, history, self._about, take, services.seals)
        self._adopted: dict[str, None] = {}
        """Tool calls of an earlier call of this caller that had something to say in this one."""
        self._busy = False
        """What TurnTaker was last told of business under way."""
        self._suspended = False
        self._known: set[str] = set()
        """Announcements and questions that came, so that one which comes again is not spoken again."""

    def restore(self, tools: tuple[str, ...]) -> None:
        """These tool calls of an earlier part of the call still run."""
        for tool_call in tools:
            self._running.begin(tool_call, self._at())

    def suspend(self) -> None:
        """The line broke, and the call may yet go on elsewhere: what was not said or answered stays open."""
        self._suspended = True

    # -- for the language model ---------------------------------------------------------------------------------------

    def tools(self) -> tuple[Tool, ...]:
        """As ``Requests.tools``."""
        return self._requests.tools()

    def conversation(
        self, turn: int | None = None, text: str = "", told: str = "", news: str | None = None
    ) -> Conversation:
        """As it is now; with ``turn`` as it would be if the caller's turn were committed, and ``told`` said before.

        ``news``: the announcement that it is about, whose outcome is the last entry, whatever was said since it came.
        """
        agent = self._services.agent
        entries = self._history.entries
        about = self._announcements.left_to_model(news)
        last = [entry for entry in entries if isinstance(entry, ToolOutcome) and entry.tool_call_id == about][-1:]
        entries = (*(entry for entry in entries if entry not in last), *last)
        said = (AgentSaid("", "announcement", told),) if told else ()
        return Conversation(
            call_id=self._call_id,
            instructions=agent.instructions,
            business=agent.business,
            now=datetime.now(ZoneInfo(agent.timezone)),
            tools=self.tools(),
            entries=entries if turn is None else (*entries, *said, CallerSaid(turn, text)),
            questions=self._history.questions,
            cancellable=self._requests.cancellable(),
            caller=self._caller,
            facts=agent.facts,
        )

    async def request(self, call: ToolCall, settled: asyncio.Event) -> bool:
        """As ``Requests.ask``."""
        return await self._requests.ask(call, settled)

    def cancel(self, cancel: Cancel) -> bool:
        """Hand the caller's wish to the workflow. False where there is nothing to call off: the history says why."""
        wanted = next(
            (entry for entry in self._requests.cancellable() if entry.tool_call_id == cancel.tool_call_id), None
        )
        if wanted is None:
            content = {"code": "not_cancellable", "message": "There is nothing under way that can be called off."}
            self._history.tool_settled(ToolOutcome(cancel.tool_call_id, "cancel_request", "refused", content))
            return False
        about = {"tool_call_id": wanted.tool_call_id, "tool": wanted.tool}
        self._services.bus.publish(ToolCancelRequested(**self._about(), **about, words=self._words()[:500]))
        return True

    def answer(self, answer: Answer) -> bool:
        """Hand an answer to the workflow that asked. False where it does not fit: the history says why."""
        try:
            asked = self._questions.answer(answer, self._words())
        except ValueError:
            return False
        if asked:
            self._running.goes_on(asked.tool_call_id, self._at())
        return True

    # -- from TurnTaker -----------------------------------------------------------------------------------------------

    def turn_committed(self, turn: int, text: str) -> None:
        """The caller's turn that is answered from now on, with those before it that have had no reply."""
        self._requests.turn_committed(turn)
        self._all_go_on(self._at())
        self._said = {**dict(list(self._said.items())[1 - MOST_TOGETHER :]), turn: text}

    def turn_answered(self, turn: int) -> None:
        """A reply to the turns up to this one was thought out, and it was heard, or acted."""
        self._said = {number: text for number, text in self._said.items() if number > turn}

    def _words(self) -> str:
        return " ".join(self._said.values())

    def to_say(self, say: do.Say, *, owed: str, broken: bool) -> tuple[str, bool]:
        """The words of a Say, and whether they end in a question: after the last announcement that waits, the one that
        the caller still owes an answer to is asked again, and who owes none is asked whether there is anything else.

        ``broken``: the rest of a reply follows, from which they are not to be led away.
        """
        if broken or self._questions or not self._announcements.is_last(say.announcement):
            return say.text, False
        question = owed or ("" if self._running else self._services.agent.anything_else)
        return f"{say.text} {question}".rstrip(), bool(question)

    def awaited(self) -> Profile | None:
        """What kind of answer a workflow's question waits for, which the caller may have put off."""
        return self._questions.awaited()

    def words_of(self, announcement: str | None) -> str:
        """The words that must be heard for this announcement to count."""
        return self._announcements.words_of(announcement)

    def heard(self, announcement: str | None, text: str) -> None:
        """These words of an announcement or question were heard."""
        if announcement:
            self._announcements.heard(announcement, text)

    def settle(self, announcement: str, outcome: str) -> None:
        """TurnTaker has done with an announcement or a question: tell the workflow."""
        if self._suspended and outcome == "call_ended":
            return
        if not self._announcements.settle(announcement, outcome):
            self._questions.settle(announcement, outcome)

    # -- from the bus -------------------------------------------------------------------------------------------------

    def open_tools(self) -> list[str]:
        """Tool calls whose workflows are to hear that the call has ended."""
        return [*self._history.open_tools(), *self._adopted]

    def receive(self, event: Event) -> None:
        """An event of the durable side for this call."""
        request = getattr(event, "tool_call_id", "")
        if request and not self._history.was_asked(request):
            self._adopted[request] = None
        match event:
            case ToolCompleted():
                self._settle_tool(ToolOutcome(event.tool_call_id, event.tool, "completed", self._speakable(event)))
            case ToolFailed():
                content, untold = {"code": event.code, "message": event.message}, event.fault == "model"
                self._settle_tool(ToolOutcome(event.tool_call_id, event.tool, "failed", content, untold))
                if untold and self._is_new(f"local-{event.id}"):
                    self._announcements.leave_to_model(f"local-{event.id}", event.tool_call_id)
            case AnnouncementRequested() if self._is_new(event.announcement_id):
                self._announcements.want(event, running=event.tool_call_id in self._running)
            case QuestionWithdrawn():
                self._questions.withdraw(event.question_id)
            case TransferRequested() if self._is_new(event.transfer_id):
                # No transport of ours hands calls over yet; the workflow finds another way.
                self._services.bus.publish(
                    TransferEnded(
                        **self._about(),
                        transfer_id=event.transfer_id,
                        tool_call_id=event.tool_call_id,
                        outcome="unsupported",
                        detail="This call's carrier cannot hand calls over.",
                    )
                )
            case QuestionAsked() if self._is_new(event.question_id):
                self._questions.ask(event)
            case _:
                pass

    def _is_new(self, word: str) -> bool:
        new = word not in self._known
        self._known.add(word)
        return new

    def _speakable(self, event: ToolCompleted) -> dict[str, Any]:
        """What of the result the language model may speak of."""
        spec = self._services.bus.tool_specs().get(event.tool)
        told = {name: value for name, value in event.result.items() if not is_sealed(value)}
        if spec is None or spec.spoken is None:
            return told
        return {name: value for name, value in told.items() if name in spec.spoken}

    def _settle_tool(self, outcome: ToolOutcome) -> None:
        self._running.end(outcome.tool_call_id)
        if outcome.tool_call_id in self._history.open_tools():
            self._history.tool_settled(outcome)
            self._services.metrics.tool_outcomes.labels(outcome.tool, outcome.status).inc()
        self._announcements.release(outcome.tool_call_id)

    # -- time ---------------------------------------------------------------------------------------------------------

    def tick(self, at: float, *, busy: bool, keying: bool, owing: bool) -> None:
        """A slow tool gets a word, once the floor is free, and a question may be asked once more.

        ``keying``: announcements wait, since the caller is keying something in. No tool is slow meanwhile, nor while
        they are ``owing`` an answer: a word on it would come right before what the keys led to, or as they speak up.
        """
        self._look_busy()
        self._announcements.hold = keying
        self._announcements.tick(at)
        if keying or owing:
            self._all_go_on(at)
        if not (self._running or self._questions):
            return
        if not busy and (due := self._running.word(at, self._questions.tool_calls)):
            self._take(do.Announce(*due, "filler", expires=at + PASSING))
            return
        self._questions.tick(at, busy=busy)

    def _look_busy(self) -> None:
        """Business for which the caller may well wait in silence is none that waits for an answer of theirs."""
        under_way = any(tool_call not in self._questions.tool_calls for tool_call in self._running)
        if under_way is not self._busy:
            self._busy = under_way
            self._take(do.Busy(under_way))

    def _all_go_on(self, at: float) -> None:
        """The caller has something else to do than to wait."""
        for tool_call in self._running:
            self._running.goes_on(tool_call, at)

    def end(self) -> None:
        """The call is over: what has not been said or answered in it will not be."""
        self._announcements.end(suspended=self._suspended)
        if not self._suspended:
            self._questions.end()

    def part(self) -> None:
        """Let go of the call, which is over and has nothing under way any more."""
        self._requests.part()
        self._announcements.part()
        self._questions.part()
        del self._take

    def _about(self) -> dict[str, Any]:
        return {"call_id": self._call_id, "region": self._services.region, "at": self._at()}
