"""One call: feeds TurnTaker what happens, and does what it says. All on the loop; the business is never waited for."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog

from edge.business import Business
from edge.capture import SecureCapture
from edge.core import events as do
from edge.core.audio import AudioFrame, Pcm, Sound, level_of, samples
from edge.core.history import History
from edge.core.intake import Intake
from edge.core.states import State
from edge.core.tape import Header, Tape
from edge.core.turntaker import TurnTaker
from edge.core.vad import Voicing
from edge.errors import Refused
from edge.part import Part
from edge.ports import Ear, Leg, Screen, Transcript
from edge.replies import Replies
from edge.resume import Past
from edge.screen import Shown
from edge.services import Party, Services
from schemas.base import Event
from schemas.calls import CallResumed
from schemas.cards import CardCollected, CardNotCollected, CardRequested, CardWithdrawn
from schemas.transcripts import TranscriptHeard

_log = structlog.get_logger(__name__)
T = TypeVar("T")

HUSH = 0.25
"""Seconds of silence after a hang-up, by which it is known where the caller's last sound ended."""
LAST_WORDS = 0.6
"""Seconds in which the words of that are known."""
LOST = 20.0
"""Seconds without audio after which the line is taken for dead."""
KEYS_A_SECOND = 20
"""More than fingers can press."""


class Call:
    """One call in progress. Made by ``open``; over when ``over`` is set."""

    def __init__(self, call_id: str, party: Party, leg: Leg, services: Services, clock: Callable[[], float]) -> None:
        self.id = call_id
        self.party = party
        self.over = asyncio.Event()
        self.vad_state = services.vad.open()
        self.history = History()
        self._leg = leg
        self._screen = leg.screen
        if leg.screen:
            services = replace(services, bus=Shown(services.bus, leg.screen))
        self._services = services
        self._clock = clock
        self._taker = TurnTaker(services.manners)
        began = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._tape = Tape(Header(call_id, services.agent.name, began), services.manners)
        self._voicing = Voicing()
        self._level = 0.0
        """How loud the window last taken was, dB of full scale."""
        self._ear: Ear | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        intake = self._intake = Intake(services.vad.window, clock())
        self._business = Business(
            call_id, party.caller, services, self.history, lambda: intake.at, self._take, self._own
        )
        self._replies = Replies(
            call_id, leg, services, self.history, self._business, intake, self._tape, clock, self._take, self._own
        )
        self._capture = SecureCapture(call_id, services, lambda: intake.at, self._take, self._own)
        self._part = Part(call_id, party, services, lambda: intake.at)
        self._keys = 0
        self._looked_at = -1.0
        self._reason: do.EndReason = "caller_hung_up"
        self.suspended = False
        self._moved = asyncio.Event()
        """Set whenever TurnTaker was told something."""
        self.acting: asyncio.Task[None] | None = None
        """What is still done for a caller who has hung up; only behind it the call's end is told."""

    @property
    def at(self) -> float:
        """Seconds of call audio received."""
        return self._intake.at

    # -- from the transport -------------------------------------------------------------------------------------------

    async def open(self, *, again: bool = False) -> None:
        """Begin: listen to the bus, open the ears, greet. ``again``: the call may have begun before, here or elsewhere.

        Raises:
            EdgeError: the ears do not open; or ``again``, and it is over, or nobody can tell; or it was let go of
                meanwhile.
        """
        services = self._services
        early: list[Event] = []
        services.bus.listen(self.id, early.append)
        ear = await services.ears.open(self.id, self._hear)
        if self.over.is_set():
            await ear.close()
            raise _was_let_go(self.id)
        self._ear = ear
        past = await self._part.take_up() if again else None
        if self.over.is_set():
            raise _was_let_go(self.id)
        services.bus.listen(self.id, self._receive)
        if past:
            self._go_on(past)
        else:
            self._part.begun(tool.name for tool in self._business.tools())
            self._take(do.Answered(services.agent.greeting))
        for event in early:
            if past is None or event.id not in past.seen:
                self._receive(event)

    def _go_on(self, past: Past) -> None:
        """The line is there again: say so, and take up what was left open."""
        self._capture.part_number = past.part
        self._replies.open_turn = past.unanswered
        self.history.restore(tuple(entry for entry in past.entries if entry is not past.unanswered))
        self._tape.skip(self.history)
        question = "" if past.unanswered or past.waiting else past.question
        words = f"{self._services.agent.cut_off} {question}".strip()
        # Replies of this part are told from those of the parts before by their numbers.
        self._take(do.Answered(words, past.turns, 1000 * (past.part - 1)))
        self._business.restore(tuple(self.history.open_tools()))
        if past.unanswered:
            self._take(do.Announce(f"local-part-{past.part}", "", "turn"))
        for event in past.waiting:
            self._receive(event)

    def _receive(self, event: Event) -> None:
        """An event for this call, from the durable side or from a node that takes it over."""
        if isinstance(event, CardRequested):
            self._capture.ask(event)
        elif isinstance(event, CardWithdrawn | CardCollected | CardNotCollected):
            self._capture.withdraw(event.card_request_id)
        elif not isinstance(event, CallResumed):
            self._business.receive(event)
        elif self._part.goes_on_in(event):
            self.suspend()

    def audio(self, sound: Sound) -> None:
        """The caller's next sound, 8 kHz, of any length; what comes much faster than real time is dropped."""
        now = self._clock()
        if self._intake.too_fast(now):
            self._count_fault("audio_too_fast")
            return
        self._feed(self._intake.take(sound, now))

    def key(self, digit: str) -> None:
        """A key was pressed."""
        self._keys += 1
        if self._keys > KEYS_A_SECOND * (1 + self.at):
            self._count_fault("keys_too_fast")
        elif not self._capture.key(digit):
            self._take(do.Key(digit))

    def mark(self, name: str) -> None:
        """The carrier sent a mark back."""
        self._replies.mark(name)

    async def hear_out(self) -> None:
        """The caller has hung up, and nothing more will come: wait for the words of what they said last, not long."""
        self._feed(self._intake.hush(HUSH) if self._taker.listens else [])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                while self._taker.listens and not self.over.is_set():
                    self._moved.clear()
                    await self._moved.wait()

    def close(self, reason: do.EndReason, detail: str = "") -> None:
        """The line is gone, or should be. Safe to call twice."""
        if self.over.is_set():
            return
        self._reason = reason
        try:
            self._take(do.LineClosed(reason))
        finally:
            self._end(detail)

    def suspend(self) -> None:
        """The line broke, and the call may go on here or elsewhere: let go of it without ending it."""
        if self.over.is_set():
            return
        self.suspended = True
        self._business.suspend()
        self._replies.suspend()
        self.close("transport_lost")

    @property
    def silent(self) -> bool:
        """Whether no audio has come for so long that the line is taken for dead, though nobody has closed it."""
        return self._clock() - self._intake.came > LOST

    @property
    def may_return(self) -> bool:
        """Whether a dead line is worth waiting for: one that brought nothing in this part of the call is not."""
        return self.party.returns and self._intake.came > self._intake.began

    def give_up(self, events: Sequence[Event]) -> None:
        """After ``suspend``: the caller did not come back, unless these events, which are stored of it, say so."""
        if not self._part.went_on(events):
            self._publish_end("The line broke, and the caller did not come back.")

    # -- from the node's ticker ---------------------------------------------------------------------------------------

    def window(self) -> Pcm | None:
        """The next window for voice detection, where one is complete."""
        window = self._intake.window()
        if window is None or self._voicing.asleep(self.at, window):
            return None
        pcm = samples(window)
        self._level = level_of(pcm)
        return pcm

    def voiced(self, probability: float) -> None:
        """The score of the window last taken."""
        start, end = self._intake.span()
        over_agent = self._taker.agent_has_the_floor
        if event := self._voicing.score(probability, start, end, self._level, over_agent=over_agent):
            self._take(event)
            self._capture.voice(event)

    def tick(self) -> None:
        """10 ms have passed."""
        now, at = self._clock(), self.at
        self._feed(self._intake.silence(now))
        if self._taker.deadline is not None and at >= self._taker.deadline:
            self._take(None)
        self._replies.play_out(now)
        if at != self._looked_at:
            self._looked_at = at
            self._look(now)
        if self._screen:
            self._show(self._screen, now)

    def _look(self, now: float) -> None:
        """Call time has moved on, and with it what is counted in it and can wait for a frame."""
        if now - self._intake.began > self._services.max_call_seconds:
            self.close("drained", "The call reached its longest time.")
        self._capture.tick(self._taker.state)
        self._business.tick(
            self.at,
            busy=self._taker.state is not State.LISTENING,
            keying=self._capture.on,
            owing=self._taker.owed,
        )
        self._tape.follow(self.at, self.history)

    def _show(self, screen: Screen, now: float) -> None:
        screen.floor(self._taker.state.value)
        self._replies.show(screen, now)

    def _feed(self, frames: list[AudioFrame]) -> None:
        if self._ear:
            for frame in frames:
                self._ear.feed(self._capture.masked(frame))

    # -- TurnTaker ----------------------------------------------------------------------------------------------------

    def _take(self, event: do.Input | None) -> None:
        """An event, or None where the deadline has passed."""
        taker, now = self._taker, self.at
        if isinstance(event, do.Secure):
            self._tape.secret = event.on
        self._tape.take(now, event)
        actions = taker.expire(now) if event is None else taker.receive(event, now)
        self._tape.did(actions, taker.state.value)
        self._obey(actions)
        self._moved.set()

    def _obey(self, actions: list[do.Action]) -> None:
        for action in actions:
            match action:
                case do.Decode(start, end):
                    self._replies.stopwatch.decode_asked(self._clock())
                    if self._ear:
                        self._ear.decode(start, end)
                case do.Settle(announcement, outcome):
                    if not self._capture.settled(announcement):
                        self._business.settle(announcement, outcome)
                case do.HangUp(reason):
                    self._reason = reason
                    self._end("")
                case _:
                    self._replies.obey(action)

    def _hear(self, transcript: Transcript) -> None:
        if self.over.is_set() or self._capture.on:
            return
        self._replies.stopwatch.decoded(self._clock())
        self._services.bus.publish(
            TranscriptHeard(
                **self._about(),
                text=transcript.text,
                final=transcript.final,
                start=transcript.start,
                end=transcript.end,
            )
        )
        self._take(
            do.Heard(
                transcript.text,
                transcript.start,
                transcript.end,
                transcript.finished,
                self._voicing.hushed,
                transcript.steady,
                transcript.laughter,
                transcript.comma,
            )
        )

    # -- the end ------------------------------------------------------------------------------------------------------

    def _end(self, detail: str) -> None:
        if self.over.is_set():
            return
        self.over.set()
        self._leg.hang_up()
        self._services.bus.unlisten(self.id)
        self._capture.end(suspended=self.suspended)
        if self._ear:
            self._own(self._ear.close())
        if self._replies.may_act:
            self.acting = self._own(self._act(detail))
        else:
            self._let_go(detail)

    async def _act(self, detail: str) -> None:
        try:
            await self._replies.act()
        finally:
            self._let_go(detail)

    def _let_go(self, detail: str) -> None:
        """Nothing more is done in this call."""
        self._business.end()
        self._replies.end()
        self._tape.follow(self.at, self.history)
        if self._services.tapes:
            self._own(self._services.tapes.keep(self._tape))
        if self.suspended:
            _log.info("The line broke; the call may go on.", call=self.id, seconds=round(self.at, 1))
            return
        self._publish_end(detail)

    def _publish_end(self, detail: str) -> None:
        self._part.ended(self._reason, detail, self._taker.turn, self._business.open_tools())
        _log.info("The call ended.", call=self.id, reason=self._reason, seconds=round(self.at, 1))

    async def finished(self) -> None:
        """Wait for what the call still had under way, at most a few seconds; then let go of its parts.

        They refer back to the call: it would stay, with all that it holds, until the collector looks for cycles.
        """
        try:
            async with asyncio.timeout(5):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            return  # What is late may need them.
        self._ear = None
        self._replies.part()
        self._business.part()
        self._capture.part()

    # -- small things -------------------------------------------------------------------------------------------------

    def _about(self) -> dict[str, Any]:
        return {"call_id": self.id, "region": self._services.region, "at": self.at}

    def _count_fault(self, reason: str) -> None:
        self._services.metrics.protocol_errors.labels(reason).inc()

    def _own(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work, name=f"side of {self.id}")
        self._tasks.add(task)
        task.add_done_callback(self._disown)
        return task

    def _disown(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("A side task of the call failed.", call=self.id, error=str(error))


def _was_let_go(call_id: str) -> Refused:
    return Refused("let_go", f"The call {call_id} was let go of before it was taken up; it may go on elsewhere.")
