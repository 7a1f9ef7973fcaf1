"""Hearing by a real model in a process of its own."""

import numpy as np
import pytest

from trunkline.caller.errors import CallerError
from trunkline.caller.recogniser import Recogniser, plain
from trunkline.caller.voice import synthesise


async def test_it_hears_what_the_voice_says(recogniser: Recogniser) -> None:
    words = await recogniser.words(synthesise("Which day would suit you best?"))
    assert "which day would suit you" in words.lower()


async def test_silence_and_nothing_have_no_words(recogniser: Recogniser) -> None:
    assert await recogniser.words(np.zeros(8000, np.int16)) == ""
    assert await recogniser.words(np.zeros(0, np.int16)) == ""


async def test_a_process_that_died_gets_a_sentence() -> None:
    recogniser = await Recogniser.start()
    await recogniser.close()
    with pytest.raises(CallerError, match="recognition"):
        await recogniser.words(synthesise("Hello."))


def test_hyphens_are_the_models_own() -> None:
    assert plain("Good-by, a boiler-service - on X-ray.") == "Goodbye, a boiler service - on X ray."
