import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from edge.core.audio import RATE, Pcm
from edge.errors import ProviderError
from edge.ports import Speech, TextToSpeech, Transcript
from edge.providers.hibari import CACHED, Hibari, pieces
from edge.speech.process import ModelProcess

Say = Callable[[str], Awaitable[Pcm]]
Hear = Callable[[Pcm], Awaitable[Transcript]]

LINE = "Yes, Tuesday at ten is free for the boiler service."


async def speech(voice: TextToSpeech, text: str) -> list[Speech]:
    return [piece async for piece in voice.speak(text)]


async def test_characters_grow_to_the_text_word_by_word(voice: TextToSpeech) -> None:
    text = f"{LINE} Shall I book it for $45.50?  "
    said = await speech(voice, text)

    chars = [piece.chars for piece in said]
    assert chars == sorted(chars)
    assert chars[-1] == len(text)
    assert len(said) >= 12
    assert {text[: piece.chars].split()[-1] for piece in said} >= {"Tuesday", "boiler", "book"}


async def test_what_is_cut_off_after_a_word_holds_the_words_so_far(voice: TextToSpeech, hear: Hear) -> None:
    said = await speech(voice, LINE)
    at = next(i for i, piece in enumerate(said) if LINE[: piece.chars].endswith("free"))

    text = (await hear(np.concatenate([piece.pcm for piece in said[: at + 1]]))).text

    assert text.strip(".").replace(",", "") == "Yes Tuesday at ten is free"


async def test_begins_and_ends_without_long_silence(voice: TextToSpeech) -> None:
    pcm = np.concatenate([piece.pcm for piece in await speech(voice, LINE)])
    loud = np.flatnonzero(np.abs(pcm) > 200)

    assert loud[0] < 0.05 * RATE
    assert len(pcm) - loud[-1] < 0.15 * RATE
    assert 8_000 < np.abs(pcm).max() < 32_000


async def test_numbers_are_understood(say: Say, hear: Hear) -> None:
    text = (await hear(await say("Call 555-0142 on Tue, Nov 24 at 10:30."))).text

    assert "555-0142" in text.replace(" ", "-").replace("555,", "555")
    assert "Tuesday" in text
    assert "10:30" in text or "ten thirty" in text


@pytest.mark.parametrize("text", ["", " ", "...", "😀", "*", "—", "\ud800"])
async def test_nothing_to_say_is_no_error(voice: TextToSpeech, text: str) -> None:
    said = await speech(voice, text)

    assert [piece.chars for piece in said[-1:]] == ([len(text)] if text else [])


async def test_hostile_text_is_spoken_somehow(voice: TextToSpeech) -> None:
    text = "a" * 3000 + " 9" * 300 + " [x](/y/) ��� \x00 <break/> ![" + "1" * 400
    said = await speech(voice, text)

    assert said[-1].chars == len(text)


async def test_the_same_text_is_the_same_audio_and_is_kept(voice: TextToSpeech) -> None:
    assert isinstance(voice, Hibari)
    first, second = await speech(voice, "One moment please."), await speech(voice, "One moment please.")

    assert [id(piece.pcm) for piece in first] == [id(piece.pcm) for piece in second]
    for number in range(CACHED + 10):
        voice._cache[str(number)] = ()
        await speech(voice, "One moment please.")
    await speech(voice, "Sure.")
    assert "One moment please." in voice._cache


async def test_a_voice_that_was_left_serves_the_next(voice: TextToSpeech) -> None:
    async with asyncio.timeout(60):
        stream = voice.speak(" ".join([LINE] * 20))
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        assert await speech(voice, "Sure.")


async def test_speaks_although_the_process_is_killed() -> None:
    process = ModelProcess("hibari", "edge.speech.synthesiser:load")
    await process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)

    async with asyncio.timeout(60):
        assert await speech(Hibari(process), "Sure.")
    await process.close()


async def test_a_closed_voice_says_so() -> None:
    voice = Hibari(ModelProcess("hibari", "edge.speech.synthesiser:load"))

    with pytest.raises(ProviderError, match="not running"):
        await speech(voice, "Hello.")


def test_pieces_skip_words_without_a_time_of_their_own() -> None:
    pcm = np.arange(100, dtype=np.int16).tobytes()

    cut = pieces(pcm, [(3, 40), (5, 40), (9, 30), (12, 90)], 14)

    assert [(len(piece.pcm), piece.chars) for piece in cut] == [(40, 3), (60, 14)]
