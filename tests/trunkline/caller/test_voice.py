"""The caller's lines as sound."""

from pathlib import Path

import numpy as np
import pytest

from edge.core.audio import RATE
from trunkline.caller import wav
from trunkline.caller.errors import CallerError
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.script import Script, Step, parse
from trunkline.caller.voice import prepare, synthesise


async def test_every_step_with_a_sound_is_prepared(tmp_path: Path, recogniser: Recogniser) -> None:
    wav.save_stereo(tmp_path / "yes.wav", synthesise("Yes, that is right."), np.zeros(0, np.int16))
    script = parse(
        "{lines: [Hello there.], answers: [{when: a, play: yes.wav}, {when: b, play: yes.wav, text: Oui}, "
        "{when: c, hang_up: true}]}",
        folder=tmp_path,
    )
    words = await prepare(script, recogniser)
    hello, heard, given = [words[step] for step in (script.lines[0], script.answers[0], script.answers[1])]
    assert hello.text == "Hello there."
    assert hello.voiced
    assert hello.voiced[1] <= len(hello.pcm) < 3 * RATE
    assert "right" in heard.text
    assert given.text == "Oui"
    assert script.answers[2] not in words


async def test_a_file_that_is_no_wav_is_said_before_the_call(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("hello")
    with pytest.raises(CallerError, match="not a WAV"):
        await prepare(Script(lines=(Step(play=bad),)), None)


def test_the_voice_is_in_the_telephone_band_and_the_same_each_time() -> None:
    pcm = synthesise("A boiler service.")
    assert (synthesise.__wrapped__("A boiler service.") == pcm).all()
    spectrum = np.abs(np.fft.rfft(pcm.astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(pcm), 1 / RATE)
    assert spectrum[(hertz < 200) | (hertz > 3500)].sum() < 0.001 * spectrum.sum()
