"""Text to speech by hibari, American English, on this machine: one process speaks for all calls."""

from collections import OrderedDict
from collections.abc import AsyncIterator

import msgspec
import numpy as np

from edge.errors import ProviderError
from edge.ports import Speech
from edge.providers import Provider, ProviderSettings
from edge.speech.process import ModelProcess
from edge.speech.spoken import sentences

DEADLINE = 5.0
"""Seconds for one sentence; they take 15 to 60 ms."""
CACHED = 128
"""Sentences whose audio is kept, the most recently used: greetings, fillers and questions come again and again."""
CACHED_LENGTH = 100
"""Characters that such a sentence has at most; 100 are some 6 s, or 100 kB."""


class Hibari:
    """A voice for all calls of a process. The same sentence is always the same audio."""

    joins = False

    def __init__(self, process: ModelProcess) -> None:
        self._process = process
        self._cache: OrderedDict[str, tuple[Speech, ...]] = OrderedDict()

    async def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        last = Speech(np.zeros(0, dtype=np.int16), 0)
        for start, end in sentences(text):
            for speech in await self._sentence(text[start:end]):
                last = Speech(speech.pcm, start + speech.chars)
                yield last
        if last.chars != len(text):
            yield Speech(np.zeros(0, dtype=np.int16), len(text))

    async def close(self) -> None:
        await self._process.close()

    async def _sentence(self, text: str) -> tuple[Speech, ...]:
        """One sentence, a piece for each word, or more where words are short. Raises ProviderError."""
        if (known := self._cache.get(text)) is not None:
            self._cache.move_to_end(text)
            return known
        try:
            body = await self._process.ask(lambda: text.encode(errors="replace"))
        except ProviderError as error:
            if error.code != "died":
                raise
            body = await self._process.ask(lambda: text.encode(errors="replace"))  # By the one that took its place.
        pcm, words = msgspec.msgpack.decode(body, type=tuple[bytes, list[tuple[int, int]]])
        speech = tuple(pieces(pcm, words, len(text)))
        if len(text) <= CACHED_LENGTH:
            self._cache[text] = speech
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return speech


def pieces(pcm: bytes, words: list[tuple[int, int]], length: int) -> list[Speech]:
    """The audio of a sentence of ``length`` characters, cut where each word has been said.

    ``words``: (offset after the word, samples until it has been said), in order. The pause after the last word is its.
    """
    samples = np.frombuffer(pcm, dtype=np.int16)
    out: list[Speech] = []
    start = 0
    for chars, sample in words[:-1]:
        if start < sample < len(samples):
            out.append(Speech(samples[start:sample], chars))
            start = sample
    return [*out, Speech(samples[start:], length)]


async def open_hibari(settings: ProviderSettings) -> Hibari:
    """Raises ProviderError where the model cannot be loaded."""
    arguments = {"threads": settings.speech_threads}
    process = ModelProcess(
        "hibari", "edge.speech.synthesiser:load", arguments, deadline=DEADLINE, hub=settings.speech_hub
    )
    await process.start()
    return Hibari(process)


PROVIDER: Provider[Hibari] = Provider("voice", "hibari", open_hibari, local=True)
