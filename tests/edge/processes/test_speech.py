"""One set of speech models for several processes: asked at once, killed, and asked for what is not theirs."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from edge.errors import ProviderError
from edge.processes.speech import SpeechHub
from edge.providers.hibari import Hibari
from edge.speech.process import ModelProcess

Until = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "speech"
    async with SpeechHub(path):
        yield path


def voice(hub: Path) -> ModelProcess:
    """The voice as an edge process has it that shares it."""
    return ModelProcess("hibari", "edge.speech.synthesiser:load", {"threads": 1}, hub=hub)


async def audio(process: ModelProcess, text: str) -> int:
    """Samples of a sentence."""
    return sum([len(piece.pcm) async for piece in Hibari(process).speak(text)])


async def test_two_processes_share_one_model(hub: Path) -> None:
    one, other = voice(hub), voice(hub)
    await asyncio.gather(one.start(), other.start())
    assert one.pid is other.pid is None, "neither has a child of its own"
    texts = [f"This is sentence number {number}." for number in range(6)]
    both = await asyncio.gather(*(audio(process, text) for text in texts for process in (one, other)))
    assert all(samples > 4000 for samples in both)
    assert both[0::2] == both[1::2]
    await one.close()
    assert await audio(other, "It still speaks to the other.") > 4000
    await other.close()


async def test_a_model_that_is_killed_comes_back_for_all(tmp_path: Path) -> None:
    path = tmp_path / "speech"
    async with SpeechHub(path) as hub:
        process = voice(path)
        await process.start()
        (model,) = next(iter(hub._models.values()))
        assert model.pid is not None
        os.kill(model.pid, signal.SIGKILL)
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(ProviderError):
                    assert await audio(process, "And it is back.") > 4000
                    break
        assert model.restarts == 1
        await process.close()


async def test_only_speech_models_are_loaded(hub: Path) -> None:
    process = ModelProcess("other", "os:system", {"command": "true"}, hub=hub)
    with pytest.raises(ProviderError, match="no speech model"):
        await process.start()


async def test_without_a_hub_the_reason_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="cannot be started") as failure:
        await voice(tmp_path / "nothing").start()
    assert failure.value.retryable
