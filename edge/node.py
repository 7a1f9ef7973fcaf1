"""One edge process: the calls in progress, and the one ticker that paces them all."""

import asyncio
import re
import time
from typing import Any

import structlog

from edge.admission import WHY, Admission
from edge.call import Call
from edge.core.audio import Pcm
from edge.core.events import EndReason
from edge.core.lateness import Limits
from edge.errors import EdgeError, Refused
from edge.ports import Leg
from edge.services import Party, Services
from schemas.base import Event
from schemas.calls import CallEnded, CallResumed

_log = structlog.get_logger(__name__)

TICK = 0.010
"""Seconds between two looks at all calls: voice detection, deadlines, playout."""
GRACE = 20.0
"""Seconds in which a caller whose line broke may come back before the call is taken for ended."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,96}")


class Node:
    """The calls of this process. ``run`` paces them until cancelled."""

    def __init__(self, services: Services, max_calls: int, limits: Limits | None = None) -> None:
        self.services = services
        self.calls: dict[str, Call] = {}
        self.admission = Admission(max_calls, services.metrics, limits)
        self._loop = asyncio.get_running_loop()
        self._broken: dict[str, asyncio.TimerHandle] = {}
        """Calls whose line broke, and when each is given up."""
        self._side: set[asyncio.Task[None]] = set()
        self._acting: dict[str, asyncio.Task[None]] = {}
        """Calls whose callers have hung up, and what is still done for them."""

    def admit(self, call_id: str) -> None:
        """Look whether this call would be taken now.

        Raises:
            Refused: the id is not fit for a subject, or there is no room.
        """
        if not _TOKEN.fullmatch(call_id):
            raise self._refuse(
                "bad_call_id", f"The call's id must be 1 to 96 letters, digits, - or _, not {call_id!r:.120}."
            )
        if call_id not in self.calls and (reason := self.admission.refusal()) is not None:
            raise self._refuse(reason, self.admission.why(reason))

    async def take(self, call_id: str, party: Party, leg: Leg, *, again: bool = False) -> Call:
        """Take a call. ``again``: it may have begun before, here or elsewhere, and then goes on.

        Raises:
            Refused: as ``admit``; or the call is in progress; or it is to go on, and cannot.
        """
        self.admit(call_id)
        if again and call_id in self._acting:
            raise self._refuse("call_over", "That call has ended; begin a new one.")
        if again:
            self._let_go(call_id)
        if call_id in self.calls:
            raise self._refuse("call_exists", f"A call with the id {call_id} is in progress; each call needs its own.")
        call = self.calls[call_id] = Call(call_id, party, leg, self.services, self._loop.time)
        self.admission.count(len(self.calls))
        try:
            await call.open(again=again)
        except BaseException as error:
            self.end(call, "failed", "The call could not be begun.")
            await call.finished()
            self.forget(call)
            if isinstance(error, EdgeError):
                raise self._refuse(error.code, error.message) from error
            raise
        return call

    def suspend(self, call: Call) -> None:
        """The call's line broke. It may come back, here or elsewhere; after a while without word, the call is over."""
        if call.over.is_set():
            return
        self._harmless(call, call.suspend)
        self.forget(call)
        self._broken[call.id] = self._loop.call_later(GRACE, self._give_up, call)

        def hear(event: Event) -> None:
            if isinstance(event, CallResumed):
                self._let_go(call.id)

        self.services.bus.listen(call.id, hear)

    def _give_up(self, call: Call) -> None:
        task = asyncio.create_task(self._end_broken(call), name=f"give up {call.id}")
        self._side.add(task)
        task.add_done_callback(self._side.discard)

    async def _end_broken(self, call: Call) -> None:
        """End the call where it is known not to go on elsewhere. An edge that is cut off from NATS does not hear of
        that, and its word would come too late: the workers end calls that nobody carries."""
        due = self._broken.get(call.id)
        try:
            events = await self.services.bus.recall(call.id)
        except EdgeError as error:
            events = None
            _log.warning(
                "A caller did not come back here; the workers see to their call.", call=call.id, why=error.message
            )
        if self._broken.get(call.id) is not due:
            return  # It was taken up, here or elsewhere, in this very moment.
        self._let_go(call.id)
        if events is not None:
            call.give_up(events)

    def _let_go(self, call_id: str) -> None:
        """Whoever carried the call before, or waited for its caller, does so no more."""
        if call := self.calls.pop(call_id, None):
            self._harmless(call, call.suspend)
        if timer := self._broken.pop(call_id, None):
            timer.cancel()
            self.services.bus.unlisten(call_id)

    async def is_over(self, call_id: str) -> bool:
        """Whether this call has ended, or never was, as far as can be told."""
        if not _TOKEN.fullmatch(call_id):
            return True
        if call_id in self._acting:
            return True  # Its end is told in a moment.
        if call_id in self.calls or call_id in self._broken:
            return False  # Here, however little of it is stored yet.
        try:
            events = await self.services.bus.recall(call_id)
        except EdgeError:
            return False
        return not events or any(isinstance(event, CallEnded) for event in events)

    async def carried(self, question: bytes) -> bytes | None:
        """Whether the call with this id is here: on the line, waiting for its caller, or doing what they asked for
        last. Silence where it is not."""
        call_id = question.decode(errors="replace")
        here = (self.calls, self._broken, self._acting)
        return b"here" if any(call_id in calls for calls in here) else None

    def forget(self, call: Call) -> None:
        """The call is over: its place is free for another."""
        if self.calls.get(call.id) is call:
            del self.calls[call.id]
        self.admission.count(len(self.calls))

    def _refuse(self, code: str, message: str) -> Refused:
        self.admission.refuse(code)
        return Refused(code, message, retryable=code in WHY)

    async def run(self) -> None:
        """Pace all calls, until cancelled."""
        # Not the loop's clock, which stands still while the loop is busy: it is that which is to be seen.
        due = time.monotonic() + TICK
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            now = time.monotonic()
            self.admission.tick(max(0.0, now - due), now)
            self._tick()
            due += TICK
            if (behind := time.monotonic() - due) > 0.0:
                # Lost ticks are not made up for: each does all that is due, and a process that is late has no time.
                due += TICK * int(behind / TICK)

    def _tick(self) -> None:
        calls = list(self.calls.values())
        self._detect(calls)
        for call in calls:
            if not call.silent:
                self._harmless(call, call.tick)
            elif call.may_return:
                self.suspend(call)
            else:
                self.end(call, "transport_lost", "No audio came from the caller's line any more.")

    def _detect(self, calls: list[Call]) -> None:
        """One inference for the next window of every call that has one."""
        pending = [(call, window) for call in calls if not call.over.is_set() and (window := call.window()) is not None]
        if not pending:
            return
        try:
            scores = self._score(pending)
        except Exception:
            # One of them is at fault: alone, it fails alone.
            for call, window in pending:
                self._harmless(call, lambda call, window: call.voiced(*self._score([(call, window)])), call, window)
            return
        for (call, _), score in zip(pending, scores, strict=True):
            self._harmless(call, call.voiced, score)

    def _score(self, pending: list[tuple[Call, Pcm]]) -> list[float]:
        return self.services.vad.score([call.vad_state for call, _ in pending], [window for _, window in pending])

    def _harmless(self, call: Call, work: Any, *arguments: Any) -> None:
        """A defect that one call runs into ends that call, and no other."""
        if call.over.is_set():
            return
        try:
            work(*arguments)
        except Exception:
            _log.exception("A call failed and is ended.", call=call.id)
            self.end(call, "failed", "The agent ran into a defect.")

    async def hung_up(self, call: Call) -> None:
        """The caller has hung up: the call ends once their last words are known."""
        await call.hear_out()
        self.end(call, "caller_hung_up")

    def end(self, call: Call, reason: EndReason, detail: str = "") -> None:
        """End a call, whatever state it is in."""
        try:
            call.close(reason, detail)
        except Exception:
            _log.exception("A call could not be ended in good order.", call=call.id)
        if call.acting and not call.acting.done():
            self._acting[call.id] = call.acting
            call.acting.add_done_callback(lambda _: self._acting.pop(call.id, None))

    async def drain(self, seconds: float) -> None:
        """Take no new calls; give those in progress this long, then end them. What callers who have hung up asked for
        last is done before that, which takes some seconds at most."""
        self.admission.draining = True
        ends = [asyncio.create_task(call.over.wait()) for call in self.calls.values()]
        if ends:
            await asyncio.wait(ends, timeout=seconds)
        for call in list(self.calls.values()):
            if call.party.returns:
                self._harmless(call, call.suspend)  # Its caller is with another edge in a moment.
            self.end(call, "drained", "The edge stopped.")
        if ends:
            await asyncio.wait(ends, timeout=1.0)
        if self._acting:
            await asyncio.wait(self._acting.values())
