import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from edge.core.audio import RATE, AudioFrame, Pcm
from edge.core.endpointing import COMMA
from edge.ports import SpeechToText, Transcript
from edge.providers.moonshine import Moonshine, MoonshineEar
from edge.speech.process import ModelProcess
from edge.speech.recogniser import CHUNK

Say = Callable[[str], Awaitable[Pcm]]
Hear = Callable[[Pcm], Awaitable[Transcript]]

LINES = (
    "Hello, I'd like to book a boiler service please.",
    "My boiler is making a strange noise.",
    "I need an electrical check in my kitchen.",
    "The tap in the bathroom is dripping.",
    "Could I have Thursday afternoon?",
    "Tomorrow at nine in the morning.",
    "My name is Sarah Johnson.",
    "No, I said Wednesday.",
    "Do you have anything on Friday?",
    "That's all, thank you.",
)


async def test_understands_sentences_over_the_telephone(
    say: Say, hear: Hear, errors: Callable[[str, str], float]
) -> None:
    rates = [errors(line, (await hear(await say(line))).text) for line in LINES]

    assert sum(rates) / len(rates) < 0.08


async def test_understands_a_recorded_person(recording: Pcm, hear: Hear, errors: Callable[[str, str], float]) -> None:
    transcript = await hear(recording)

    assert errors("Ever tried, ever failed, no matter, try again, fail again, fail better.", transcript.text) < 0.1


@pytest.mark.parametrize("word", ["Yes.", "No.", "Ten.", "Tuesday.", "Okay.", "Correct."])
async def test_understands_single_words(say: Say, hear: Hear, word: str) -> None:
    transcript = await hear(await say(word))

    assert transcript.text.strip(".!?").lower() == word.strip(".").lower()
    assert transcript.final
    assert transcript.start == 1.0
    assert transcript.confidence is not None
    assert transcript.confidence > 0.5


async def test_tells_how_near_a_comma_was_to_the_full_stop(say: Say, hear: Hear) -> None:
    condition = (await say("If the boiler makes a noise again, please send somebody."))[: int(1.75 * RATE)]

    begun, whole, nothing = [await hear(pcm) for pcm in (condition, await say(LINES[4]), condition[:0])]

    assert begun.text.endswith("."), "which tells nothing"
    assert begun.comma is not None
    assert begun.comma > COMMA
    assert whole.comma is not None
    assert whole.comma < COMMA
    assert nothing.comma is None


@pytest.mark.parametrize("sound", ["silence", "hiss", "hum", "clicks", "tone", "empty"])
async def test_hears_nothing_where_nothing_was_said(hear: Hear, sound: str) -> None:
    time = np.arange(RATE) / RATE
    clicks = np.zeros(RATE)
    clicks[::3000] = 12_000
    sounds = {
        "silence": np.zeros(RATE),
        "hiss": np.random.default_rng(3).normal(0, 300, RATE),
        "hum": 1000 * np.sin(2 * np.pi * 60 * time),
        "clicks": clicks,
        "tone": 6000 * np.sin(2 * np.pi * 440 * time),
        "empty": np.zeros(0),
    }

    assert (await hear(sounds[sound].astype(np.int16))).text == ""


async def test_long_audio_is_heard_to_the_end(say: Say, hear: Hear) -> None:
    speech = np.concatenate([await say(line) for line in (*LINES[4:], *LINES)])

    text = (await hear(speech)).text

    assert len(speech) / RATE > CHUNK
    assert "boiler service" in text
    assert text.lower().endswith("thank you.")  # Whether a sentence begins there depends on the processor.


async def test_a_newer_request_replaces_one_that_has_not_begun(ears: SpeechToText, say: Say) -> None:
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    ear = await ears.open("call_1", heard.put_nowait)
    speech = await say("My name is Sarah Johnson.")
    ear.feed(AudioFrame(speech, 0.0))
    for end in (0.5, 1.0, len(speech) / RATE):
        ear.decode(0.0, end)

    async with asyncio.timeout(60):
        transcript = await heard.get()
    await ear.close()

    assert transcript.text.startswith("My name is Sarah")
    assert transcript.end == len(speech) / RATE
    assert heard.empty()


async def test_nonsense_requests_are_survived(ears: SpeechToText) -> None:
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    ear = await ears.open("call_1", heard.put_nowait)
    ear.decode(float("nan"), 1.0)
    ear.feed(AudioFrame(np.zeros(0, dtype=np.int16), -1.0))
    ear.decode(5.0, 2.0)

    async with asyncio.timeout(60):
        assert (await heard.get()).text == ""
    await ear.close()
    ear.decode(0.0, 1.0)


async def test_a_listener_that_fails_does_not_deafen_the_ear(ears: SpeechToText) -> None:
    heard: asyncio.Queue[Transcript] = asyncio.Queue()

    def hear(transcript: Transcript) -> None:
        heard.put_nowait(transcript)
        raise RuntimeError("not now")

    ear = await ears.open("call_1", hear)
    for _ in range(2):
        ear.decode(0.0, 1.0)
        async with asyncio.timeout(60):
            await heard.get()
    await ear.close()


async def test_words_come_although_the_process_is_killed(say: Say, until: Callable[..., Awaitable[Any]]) -> None:
    process = ModelProcess("Moonshine", "edge.speech.recogniser:load", {"threads": 1})
    await process.start()
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    ear = await Moonshine(process).open("call_1", heard.put_nowait)
    assert isinstance(ear, MoonshineEar)
    ear.feed(AudioFrame(await say("Tomorrow morning."), 0.0))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    ear.decode(0.0, 2.0)

    async with asyncio.timeout(60):
        transcript = await heard.get()
    await process.close()

    assert transcript.text == "Tomorrow morning."
