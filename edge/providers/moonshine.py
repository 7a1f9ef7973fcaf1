"""Speech to text by Moonshine tiny, English, on this machine: one process decodes for all calls."""

import asyncio
import contextlib
import math
from collections.abc import Callable

import msgspec
import structlog

from edge.core.audio import FRAME_SECONDS, AudioFrame
from edge.errors import ProviderError
from edge.ports import Transcript
from edge.providers import Provider, ProviderSettings
from edge.speech.process import ModelProcess
from edge.speech.ring import AudioRing

log = structlog.get_logger()

LEAD = 0.2
"""Seconds before the asked start that are heard too: a detector is late for soft first sounds."""
_Answer = tuple[str, float, float, float | None]
"""See ``recogniser.Words``, which cannot be imported here: it brings the model's library."""
HELD = 60.0
"""Seconds of a caller's audio that are kept."""
DEADLINE = 8.0
"""Seconds for one decode; half a minute of speech takes two on a slow core, and a busy one has several to do."""


class Moonshine:
    """A recogniser for all calls of a process."""

    def __init__(self, process: ModelProcess) -> None:
        self._process = process

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> "MoonshineEar":
        return MoonshineEar(self._process, call_id, hear)

    async def close(self) -> None:
        await self._process.close()


class MoonshineEar:
    """One call's audio, and at most one question about it waiting."""

    def __init__(self, process: ModelProcess, call_id: str, hear: Callable[[Transcript], None]) -> None:
        self._process = process
        self._call_id = call_id
        self._hear = hear
        self._ring = AudioRing(HELD)
        self._wanted: tuple[float, float] | None = None
        self._begun = (0.0, 0.0)
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def feed(self, frame: AudioFrame) -> None:
        self._ring.feed(frame)

    def decode(self, start: float, end: float) -> None:
        if self._closed or not (math.isfinite(start) and math.isfinite(end)):
            return
        self._wanted = (max(0.0, start), max(0.0, start, end))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._answer(), name=f"ear of {self._call_id}")

    async def close(self) -> None:
        self._closed = True
        self._ring = AudioRing(FRAME_SECONDS)  # A minute of sound need not wait for the collector.
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _answer(self) -> None:
        while self._wanted is not None:
            words = await self._words()
            if words is None:
                continue  # No answer: TurnTaker asks the caller again. An empty one would mean that nothing was said.
            text, confidence, laughter, comma = words
            start, end = self._begun
            try:
                heard = Transcript(text, True, start, end, confidence=confidence, laughter=laughter, comma=comma)
                self._hear(heard)
            except Exception:
                log.exception("a transcript was not taken", call_id=self._call_id)

    async def _words(self) -> _Answer | None:
        """The words asked for. A decode that failed is tried once more; None where that failed too."""
        for attempt in (1, 2):
            try:
                answer: _Answer = msgspec.msgpack.decode(await self._process.ask(self._cut), type=_Answer)
                return answer
            except ProviderError as error:
                log.warning("decode failed", call_id=self._call_id, code=error.code, error=error.message)
                if not error.retryable or attempt == 2:
                    break
                self._wanted = self._wanted or self._begun
        if self._wanted is not None:  # It failed before its turn came, so it never began.
            self._begun, self._wanted = self._wanted, None
        return None

    def _cut(self) -> bytes:
        """The audio of the newest request, which has now begun."""
        self._begun, self._wanted = self._wanted or self._begun, None
        start, end = self._begun
        return self._ring.cut(start - LEAD, end).tobytes()


async def open_moonshine(settings: ProviderSettings) -> Moonshine:
    """Raises ProviderError where the model cannot be loaded."""
    arguments = {"threads": settings.speech_threads, "lead": LEAD}
    process = ModelProcess(
        "Moonshine", "edge.speech.recogniser:load", arguments, deadline=DEADLINE, hub=settings.speech_hub
    )
    await process.start()
    return Moonshine(process)


PROVIDER: Provider[Moonshine] = Provider("ears", "moonshine", open_moonshine, local=True)
