from collections.abc import Awaitable, Callable

import numpy as np
import pytest
import pytest_asyncio

from edge.core.audio import RATE, Pcm
from edge.ports import VoiceDetector
from edge.providers import find
from edge.providers.silero import REMEMBERED, UNLIKELY
from edge.settings import EdgeSettings

Say = Callable[[str], Awaitable[Pcm]]


@pytest_asyncio.fixture(scope="module")
async def vad(settings: EdgeSettings) -> VoiceDetector:
    return await find("vad", "silero").open(settings)


def scores(vad: VoiceDetector, pcm: Pcm) -> list[float]:
    state = vad.open()
    ends = range(vad.window, len(pcm) + 1, vad.window)
    return [vad.score([state], [pcm[end - vad.window : end]])[0] for end in ends]


async def test_tells_speech_from_silence_and_noise(vad: VoiceDetector, say: Say) -> None:
    speech = scores(vad, np.pad(await say("I would like to book a boiler service."), (0, 0)))
    hiss = scores(vad, np.random.default_rng(0).normal(0, 500, RATE).astype(np.int16))

    assert np.mean(np.array(speech) > 0.5) > 0.75
    assert max(hiss) < 0.3
    assert max(scores(vad, np.zeros(RATE, dtype=np.int16))) < 0.1


async def test_hears_the_pauses_of_a_recorded_person(vad: VoiceDetector, recording: Pcm) -> None:
    voiced = np.array(scores(vad, recording)) > 0.5
    onsets = np.flatnonzero(np.diff(voiced.astype(int)) == 1)

    assert 0.35 < voiced.mean() < 0.6
    assert len(onsets) >= 5  # Six short sentences.


async def test_finds_where_speech_begins_and_ends(vad: VoiceDetector, say: Say) -> None:
    speech = await say("Tomorrow at nine in the morning.")
    voiced = np.flatnonzero(np.array(scores(vad, np.pad(speech, RATE))) > 0.5) * vad.window / RATE

    assert abs(voiced[0] - 1.0) < 0.15
    assert abs(voiced[-1] - (1.0 + len(speech) / RATE)) < 0.3


async def test_calls_in_one_run_do_not_mix(vad: VoiceDetector, say: Say) -> None:
    speech = await say("Tomorrow at nine in the morning.")
    calls = [speech[start : start + 20 * vad.window] for start in (0, 1000, 2000)]
    states = [vad.open() for _ in calls]
    ends = range(vad.window, 20 * vad.window + 1, vad.window)
    together = [vad.score(states, [pcm[end - vad.window : end] for pcm in calls]) for end in ends]

    assert np.allclose(np.array(together).T, [scores(vad, pcm) for pcm in calls], atol=1e-4)


def test_a_window_of_the_wrong_size_is_refused(vad: VoiceDetector) -> None:
    with pytest.raises(ValueError, match="shape"):
        vad.score([vad.open()], [np.zeros(100, dtype=np.int16)])
    assert vad.score([], []) == []


async def test_long_quiet_does_not_make_it_deaf(vad: VoiceDetector) -> None:
    noise = np.random.default_rng(0).normal(0, 100, 12 * RATE).astype(np.int16)
    state = vad.open()
    memories = []
    for start in range(0, len(noise) - vad.window, vad.window):
        assert vad.score([state], [noise[start : start + vad.window]])[0] < UNLIKELY
        memories.append(state.memory.copy())

    kept = int(REMEMBERED * RATE / vad.window)
    assert not np.array_equal(memories[0], memories[kept - 1])
    assert all(np.array_equal(memory, memories[kept - 1]) for memory in memories[kept:])


async def test_speech_after_long_quiet_is_heard_as_after_a_moment_of_it(vad: VoiceDetector, say: Say) -> None:
    speech = await say("Tomorrow at nine in the morning.")

    def heard(seconds: int) -> list[float]:
        noise = np.random.default_rng(0).normal(0, 100, seconds * RATE).astype(np.int16)
        quiet = noise[: len(noise) // vad.window * vad.window]
        return scores(vad, np.concatenate([quiet, speech]))[len(quiet) // vad.window :]

    assert np.mean(np.array(heard(10)) > 0.5) == pytest.approx(np.mean(np.array(heard(1)) > 0.5), abs=0.05)
