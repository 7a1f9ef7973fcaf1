"""Every recording is listed, and is what the manifest says."""

import json
import wave
from pathlib import Path

from trunkline.caller import script, wav
from trunkline.caller.ear import voiced_span

FOLDER = Path(__file__).parent
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())


def test_manifest_and_folder_agree() -> None:
    listed = {entry["file"] for entry in MANIFEST}
    assert listed == {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.wav")}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.wav")) < 3_000_000
    assert len([entry for entry in MANIFEST if entry["file"].startswith("turns/") and entry["voice"] == "human"]) >= 30


def test_each_is_telephone_audio_with_a_voice_and_a_source() -> None:
    for entry in MANIFEST:
        assert entry["text"]
        assert entry["source"]
        assert entry["licence"]
        path = FOLDER / entry["file"]
        with wave.open(str(path), "rb") as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert voiced_span(wav.load(path))


def test_the_booking_plays_files_that_are_there() -> None:
    for answer in script.load(FOLDER / "booking.yaml").answers:
        assert answer.play
        assert answer.play.is_file()
