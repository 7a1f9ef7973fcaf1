"""One reply of the agent: from the model's text to audio on its track. Its tools wait until the turn is committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from edge.core.audio import Sound
from edge.core.conversation import (
    AgentSaid,
    Answer,
    Cancel,
    Cause,
    Conversation,
    Done,
    EndCall,
    Profile,
    TextDelta,
    ToolCall,
)
from edge.core.phrases import Phrase, Phrases
from edge.core.playout import Track
from edge.errors import ProviderError
from edge.ports import LanguageModel, Speech, TextToSpeech

_log = structlog.get_logger(__name__)

LONGEST = 90.0
"""Wall-clock seconds after which a reply is abandoned, whatever it is doing."""
ROUNDS = 4
"""How often the model is asked again within one reply, after tools."""
QUEUED_PHRASES = 32

_Asked = tuple[int, AsyncIterator[Speech]]
"""Where in the reply a phrase begins that the voice was asked for, and its audio."""


class Business(Protocol):
    """What a reply may do besides talking. Called only once its turn is committed."""

    def conversation(self) -> Conversation:
        """The conversation as it is now."""

    async def request(self, call: ToolCall, settled: asyncio.Event) -> bool:
        """Store a tool call, once its turn is ``settled``; False where it was refused, and the model is asked again."""

    def cancel(self, cancel: Cancel) -> bool:
        """Ask for a request to be called off; False where there is none such, and the model should be asked again."""

    def answer(self, answer: Answer) -> bool:
        """Hand an answer to the workflow that asked; False where it does not fit, and the model is asked again."""


@dataclass(slots=True)
class Times:
    """When parts of a reply were done, in seconds of the loop's clock; None while they are not."""

    begun: float
    first_phrase: float | None = None
    first_audio: float | None = None


@dataclass(eq=False)
class Reply:
    """A reply under way.

    ``on_ready`` is called once, when its first audio is on the track; ``on_thought`` once, when the model has ended its
    text or broke off.
    """

    id: str
    cause: Cause
    turn: int
    track: Track
    voice: TextToSpeech
    on_ready: Callable[[str], None]
    on_thought: Callable[["Reply"], None]
    times: Times
    tag: str = ""
    """Names the call and the reply to the voice's vendor."""
    announcement: str | None = None
    text: str = ""
    """All its text so far, spoken or not; the track's character counts are of this."""
    state: Any = None
    expects: Profile | None = None
    ends_call: bool = False
    failed: bool = False
    """What made it broke off, or nothing came of it."""
    acted: bool = False
    """Whether it has asked for business, handed on an answer or called something off: then it is not made anew, however
    little of it was heard."""
    filled: int = 0
    """Characters of a filler in front of it."""
    thought: bool = False
    """Whether the model has ended its text, or broke off: no business will be asked for by it any more."""
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set a moment after that: the caller has not gone on, so that what they asked for may be done."""
    _thinking: bool = False
    """Whether the model has said or done anything yet."""
    _unheard: bool = False
    """Nobody hears it any more."""
    _uttered: str = ""
    """What it has said, spoken or not yet."""
    _task: asyncio.Task[None] | None = None
    _speaking: asyncio.Task[None] | None = None
    """What has the model's phrases spoken."""

    def think(self, conversation: Conversation, mind: LanguageModel, do: Business, first: str = "") -> None:
        """Let the model make the reply; ``first``: what is said before it, while the model thinks."""
        self._start(lambda: self._generate(conversation, mind, do, first))

    def say(self, text: str) -> None:
        """Speak this text."""
        self.text = text
        self._start(lambda: self._recite(text))

    def goes_on_with(self, broken: "Reply") -> None:
        """It says what is left of another: it knows what that knew, and asks and ends what that would have."""
        self.turn, self.state, self.thought = broken.turn, broken.state, True
        self.expects, self.ends_call = broken.expects, broken.ends_call

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        self._task = asyncio.create_task(self._run(work), name=self.id)

    def cancel(self) -> None:
        """Stop all work on it."""
        if self._task:
            self._task.cancel()

    async def act_unheard(self, patience: float) -> None:
        """Nobody hears it any more: let it do what the turn asked for, for so many seconds, and nothing after that."""
        self._unheard = True
        self.settled.set()
        if self._speaking:
            self._speaking.cancel()  # What is done does not hang on the voice.
        if self._task and not self.thought:
            await asyncio.wait((self._task,), timeout=patience)
        self.cancel()

    async def fill(self, text: str) -> None:
        """Put a filler before the reply, unless its own audio comes first."""
        pieces = [piece async for piece in self.voice.speak(text, f"{self.tag}f")]
        if self.times.first_audio is not None or self.text:
            return
        self.text = f"{text} "
        self.filled = len(self.text)
        for piece in pieces:
            self._play(piece.sound, piece.chars)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                await work()
        except* (ProviderError, TimeoutError) as errors:
            self.failed = True
            self._end_of_thought()
            _log.warning(
                "A reply was cut short.", reply=self.id, errors=[str(e) or "too slow" for e in errors.exceptions]
            )
        except* Exception:
            # A defect in a provider ends this reply, not the call.
            self.failed = True
            self._end_of_thought()
            _log.exception("A reply failed.", reply=self.id)
        finally:
            self.track.finish()

    async def _recite(self, text: str) -> None:
        self.times.first_phrase = asyncio.get_running_loop().time()
        phrases = Phrases()
        asked = [
            (phrase.offset, self.voice.speak(phrase.text, self.tag))
            for phrase in (*phrases.add(text), *phrases.finish())
        ]
        for one in asked:
            await self._speak(one)

    async def _generate(self, conversation: Conversation, mind: LanguageModel, do: Business, first: str) -> None:
        queue: asyncio.Queue[_Asked | None] = asyncio.Queue(QUEUED_PHRASES)
        if first:
            await self._ask(Phrase(f"{first} ", 0), queue)
        async with asyncio.TaskGroup() as group:
            self._speaking = group.create_task(self._speak_all(queue))
            await self._think_all(conversation, mind, do, queue)
            await queue.put(None)

    async def _think_all(
        self, conversation: Conversation, mind: LanguageModel, do: Business, queue: "asyncio.Queue[_Asked | None]"
    ) -> None:
        known = len(conversation.entries)
        for _ in range(ROUNDS):
            again = await self._think_once(conversation, mind, do, queue)
            if not again:
                break
            conversation = self._continued(do.conversation(), known)
        self.failed = again or not (self._uttered or self._thinking)
        self._end_of_thought()

    def _end_of_thought(self) -> None:
        if not self.thought:
            self.thought = True
            self.on_thought(self)

    def _continued(self, conversation: Conversation, known: int) -> Conversation:
        """The conversation with what this reply has said already, before what came of its tools."""
        if not self._uttered:
            return conversation
        said = AgentSaid(self.id, self.cause, self._uttered.strip(), False, self.state)
        self._uttered += " "
        entries = conversation.entries
        return replace(conversation, entries=(*entries[:known], said, *entries[known:]))

    async def _think_once(
        self, conversation: Conversation, mind: LanguageModel, do: Business, queue: "asyncio.Queue[_Asked | None]"
    ) -> bool:
        """One pass of the model; True where it must be asked again."""
        phrases, again = Phrases(joined=self.voice.joins), False
        if self._uttered:
            phrases.add(" ")
        async for event in mind.reply(conversation):
            self._thinking = self._thinking or not isinstance(event, Done)
            match event:
                case TextDelta(text):
                    self._uttered += text
                    for phrase in phrases.add(text):
                        await self._ask(phrase, queue)
                case ToolCall():
                    for phrase in phrases.finish():
                        await self._ask(phrase, queue)
                    phrases = Phrases(joined=self.voice.joins)
                    await self.committed.wait()
                    stored = await do.request(event, self.settled)
                    self.acted, again = self.acted or stored, again or not stored
                case Answer():
                    await self.settled.wait()
                    done = do.answer(event)
                    self.acted, again = self.acted or done, again or not done
                case Cancel():
                    for phrase in phrases.finish():
                        await self._ask(phrase, queue)
                    phrases = Phrases(joined=self.voice.joins)
                    await self.settled.wait()
                    done = do.cancel(event)
                    self.acted, again = self.acted or done, again or not done
                case EndCall():
                    self.ends_call = True
                case Done():
                    self.state, self.expects = event.state, event.expects or self.expects
                    again = again or event.again
        for phrase in phrases.finish():
            await self._ask(phrase, queue)
        return again

    async def _ask(self, phrase: Phrase, queue: "asyncio.Queue[_Asked | None]") -> None:
        """Have it spoken. The voice may be at work on it while what comes before is still coming."""
        if self._unheard or not phrase.text.strip():
            return
        if self.times.first_phrase is None:
            self.times.first_phrase = asyncio.get_running_loop().time()
        offset = len(self.text)
        self.text += phrase.text
        await queue.put((offset, self.voice.speak(phrase.text, self.tag)))

    async def _speak_all(self, queue: "asyncio.Queue[_Asked | None]") -> None:
        try:
            while (asked := await queue.get()) is not None:
                await self._speak(asked)
        finally:
            while not queue.empty():  # Who thinks on does not wait for room in it.
                queue.get_nowait()

    async def _speak(self, asked: _Asked) -> None:
        offset, pieces = asked
        async for piece in pieces:
            self._play(piece.sound, offset + piece.chars)

    def _play(self, sound: Sound, chars: int) -> None:
        self.track.add(sound, chars)
        if self.times.first_audio is None and len(sound):
            self.times.first_audio = asyncio.get_running_loop().time()
            self.on_ready(self.id)
