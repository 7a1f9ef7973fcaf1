"""Places one call: connects the pure caller to a websocket, to speech recognition and to the events of NATS."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp

from schemas.base import Event
from trunkline.caller import wav, wire
from trunkline.caller.conversation import Conversation, Request
from trunkline.caller.director import Manners
from trunkline.caller.errors import CallerError
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.report import CallEvent, CallReport, Ended
from trunkline.caller.script import Script, Step
from trunkline.caller.session import Session, address, dial
from trunkline.caller.tools import Board
from trunkline.caller.voice import Words, prepare
from trunkline.caller.watch import Watch, describe

LAST_WORDS = 8.0
"""Seconds to recognise what is left when the call is over."""
LAST_NEWS = 1.5
"""Seconds to learn the edge's own word on the end of the call."""
_NOTES = 20


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call to place."""

    to: str
    """Address of the edge: ``ws://host:port/twilio``, or http, or host and port."""
    script: Script = field(default_factory=Script)
    caller: str = "+12025550143"
    """The number it comes from."""
    callee: str = "+12025550100"
    """The number that is called."""
    nats: str | None = None
    """NATS of the stack, to learn of tools; None where it is not known."""
    record: Path | None = None
    """Where the stereo recording goes: caller left, agent right."""
    timeout: float = 180.0
    """Seconds after which the caller hangs up whatever happens."""
    manners: Manners = field(default_factory=Manners)
    hears: bool = True
    """Whether the agent is recognised: without, ``heard`` is empty and no answer matches, but a call costs little."""
    call_id: str | None = None
    auth_token: str | None = None
    """The carrier's token, with which the handshake is signed."""


async def place_call(
    plan: CallPlan,
    on_event: Callable[[CallEvent], None] = lambda event: None,
    *,
    on_news: Callable[[Event], None] = lambda event: None,
    recogniser: Recogniser | None = None,
    hang_up: asyncio.Event | None = None,
) -> CallReport:
    """Place the call and hold it to its end, in real time.

    ``on_event``: told what happens, in the order of the call, and so after the words that the agent was saying
    meanwhile. ``on_news``: told each event of the call on NATS at once. ``recogniser``: shared between calls; otherwise
    the call starts its own. ``hang_up``: set it to end the call.

    Raises:
        CallerError: the call could not be placed: the edge is not there or refused, a WAV file cannot be read, the
            recording cannot be written. A call that breaks later ends with ``ended.by == "line"``.
    """
    url = address(plan.to)
    if plan.record:
        _check_writable(plan.record)
    async with AsyncExitStack() as stack:
        if plan.hears and recogniser is None:
            recogniser = await Recogniser.start()
            stack.push_async_callback(recogniser.close)
        words = await prepare(plan.script, recogniser if plan.hears else None)
        call = _Call(plan, words, recogniser if plan.hears else None, on_event, on_news, hang_up)
        await call.watch(stack)
        client = await stack.enter_async_context(aiohttp.ClientSession())
        socket = await dial(client, url, plan.auth_token)
        stack.push_async_callback(socket.close)
        return await call.hold(socket)


class _Call:
    """What one call holds while it lasts."""

    def __init__(
        self,
        plan: CallPlan,
        words: Mapping[Step, Words],
        recogniser: Recogniser | None,
        on_event: Callable[[CallEvent], None],
        on_news: Callable[[Event], None],
        hang_up: asyncio.Event | None,
    ) -> None:
        self.plan = plan
        self.stream = wire.Stream(plan.call_id or wire.new_call_id())
        self.board = Board() if plan.nats else None
        self.conversation = Conversation(
            self.stream,
            plan.script,
            words,
            manners=plan.manners,
            board=self.board,
            hears=plan.hears,
            tell=on_event,
        )
        self._recogniser = recogniser
        self._on_news = on_news
        self._hang_up = hang_up
        self._notes: list[str] = []
        self._questions: asyncio.Queue[Request] = asyncio.Queue()
        self._news = asyncio.Event()

    async def watch(self, stack: AsyncExitStack) -> None:
        """Learn of tools where NATS is known."""
        if not self.plan.nats:
            return
        watch = await Watch.start(self.plan.nats, self.stream.call_id, self._event)
        if watch is None:
            self.board = self.conversation.board = None
            self._note(f"NATS cannot be reached at {self.plan.nats}, so it is not known what tools do.")
            return
        stack.push_async_callback(watch.close)

    async def hold(self, socket: aiohttp.ClientWebSocketResponse) -> CallReport:
        conversation, stream = self.conversation, self.stream
        session = Session(socket, self._tick, conversation.receive, self._note)
        session.send([stream.connected(), stream.start({"from": self.plan.caller, "to": self.plan.callee})])
        conversation.tell("connected", f"{self.plan.caller} calls {address(self.plan.to)}")
        deciphering = asyncio.create_task(self._decipher())
        try:
            ended = await session.run(self._over)
            await session.hang_up(stream.stop())
            ended = await self._last(ended)
        finally:
            deciphering.cancel()
            await asyncio.gather(deciphering, return_exceptions=True)
            self._save()
        conversation.tell("ended", f"{ended.by}: {ended.reason}. {ended.detail}".strip())
        return self._report(ended, session.late)

    def _tick(self) -> list[str]:
        messages = self.conversation.tick()
        self._ask()
        return messages

    def _ask(self) -> None:
        for request in self.conversation.take_requests():
            self._questions.put_nowait(request)

    async def _decipher(self) -> None:
        """Recognise what the conversation asks for, one after the other, off the line's pace."""
        assert self._recogniser or not self.plan.hears
        while True:
            request = await self._questions.get()
            words = ""
            if self._recogniser:
                try:
                    words = await self._recogniser.words(request.pcm)
                except CallerError as error:
                    self._note(error.message)
            self.conversation.understood(request.id, words)
            self._questions.task_done()

    def _over(self) -> Ended | None:
        """Whether the caller ends the call now."""
        if self.conversation.hung_up:
            return Ended(self.conversation.hung_up, "caller")
        if self._hang_up and self._hang_up.is_set():
            return Ended("hung_up", "caller", "It was asked to hang up.")
        if self.conversation.line.now >= self.plan.timeout:
            return Ended("timeout", "caller", f"The call was not over after {self.plan.timeout:.0f} seconds.")
        return None

    async def _last(self, ended: Ended) -> Ended:
        """Hear what was said last, and what the edge says of the end."""
        conversation = self.conversation
        conversation.finish()
        self._ask()
        try:
            async with asyncio.timeout(LAST_WORDS):
                await self._questions.join()
        except TimeoutError:
            self._note("The agent's last words were not recognised in time.")
        conversation.flush()
        if self.board is None:
            return ended
        try:
            async with asyncio.timeout(LAST_NEWS):
                while self.board.ended is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return ended
        if ended.by == "caller":
            return ended
        by = ended.by if self.board.ended.reason in ("agent_hung_up", "silence") else "line"
        return replace(ended, reason=self.board.ended.reason, by=by, detail=self.board.ended.detail)

    def _event(self, event: Event) -> None:
        if self.board is None:
            return
        self.board.receive(event)
        self._news.set()
        self._on_news(event)
        if line := describe(event):
            self.conversation.news(*line)

    def _note(self, text: str) -> None:
        if text not in self._notes and len(self._notes) < _NOTES:
            self._notes.append(text)
            self.conversation.tell("note", text)

    def _save(self) -> None:
        if self.plan.record:
            wav.save_stereo(self.plan.record, *self.conversation.line.recording())

    def _report(self, ended: Ended, late: float) -> CallReport:
        turns = [turn for turn in self.conversation.turns if turn.heard or turn.said or turn.keys]
        return CallReport(
            call_id=self.stream.call_id,
            turns=turns,
            tools=None if self.board is None else list(self.board.tools.values()),
            ended=ended,
            seconds=self.conversation.line.now,
            recording=str(self.plan.record) if self.plan.record else None,
            late_ms=late * 1000,
            notes=self._notes,
        )


def _check_writable(path: Path) -> None:
    """Better now than after the call. Raises CallerError ``recording_unwritable``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CallerError(
            "recording_unwritable", f"The folder of {path} cannot be made ({error.strerror}); give another path."
        ) from error
    target = path if path.exists() else path.parent
    if path.is_dir() or not os.access(target, os.W_OK):
        raise CallerError("recording_unwritable", f"The recording cannot be written to {path}; give another path.")
