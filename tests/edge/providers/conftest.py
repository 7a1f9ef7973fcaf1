"""The local speech models, loaded once, and a telephone line between them."""

import asyncio
import re
import wave
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
import pytest_asyncio

from edge.core.audio import FRAME, RATE, AudioFrame, Pcm, from_mulaw, to_mulaw
from edge.ports import Ear, SpeechToText, TextToSpeech, Transcript
from edge.providers import find
from edge.settings import EdgeSettings
from edge.speech.recogniser import weights

Say = Callable[[str], Awaitable[Pcm]]
Hear = Callable[[Pcm], Awaitable[Transcript]]


@pytest.fixture(scope="session")
def settings() -> EdgeSettings:
    return EdgeSettings()


@pytest_asyncio.fixture(scope="session")
async def voice(settings: EdgeSettings) -> AsyncIterator[TextToSpeech]:
    voice = await find("voice", "hibari").open(settings)
    yield voice
    await voice.close()


@pytest_asyncio.fixture(scope="session")
async def ears(settings: EdgeSettings) -> AsyncIterator[SpeechToText]:
    ears = await find("ears", "moonshine").open(settings)
    yield ears
    await ears.close()


@pytest.fixture
def say(voice: TextToSpeech) -> Say:
    """The audio of a text as it arrives over the telephone: 8 kHz, through µ-law."""

    async def say(text: str) -> Pcm:
        pieces = [speech.pcm async for speech in voice.speak(text)]
        return from_mulaw(to_mulaw(np.concatenate(pieces)))

    return say


@pytest.fixture
def hear(ears: SpeechToText) -> Hear:
    """What is understood of audio that comes in frame by frame, one second into a call."""

    async def hear(pcm: Pcm) -> Transcript:
        heard: asyncio.Queue[Transcript] = asyncio.Queue()
        ear = await ears.open("call_1", heard.put_nowait)
        feed(ear, np.pad(pcm, (RATE, RATE)))
        ear.decode(1.0, 1.0 + len(pcm) / RATE)
        async with asyncio.timeout(60):
            transcript = await heard.get()
        await ear.close()
        return transcript

    return hear


@pytest.fixture(scope="session")
def recording() -> Pcm:
    """Ten seconds of a person reading, from Moonshine's own wheel, as it sounds over the telephone."""
    with wave.open(str(weights().parent / "beckett.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
    at = np.arange(-40, 41)
    taps = np.sinc(at * 0.45) * np.kaiser(len(at), 7)
    low = np.convolve(samples, taps / taps.sum(), "same")[::2]
    return from_mulaw(to_mulaw(low.astype(np.int16)))


def feed(ear: Ear, pcm: Pcm) -> None:
    for start in range(0, len(pcm), FRAME):
        ear.feed(AudioFrame(pcm[start : start + FRAME], start / RATE))


@pytest.fixture
def errors() -> Callable[[str, str], float]:
    """Word error rate of what was heard against what was said."""

    def errors(said: str, heard: str) -> float:
        want, got = (re.findall(r"[a-z0-9']+", text.lower()) for text in (said, heard))
        row = list(range(len(got) + 1))
        for i, word in enumerate(want, 1):
            last, row = row, [i]
            for j, other in enumerate(got, 1):
                row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (word != other)))
        return row[-1] / len(want)

    return errors
