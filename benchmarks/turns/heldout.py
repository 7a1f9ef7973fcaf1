"""Speech for one measurement, which no rule was made from: what people say in three more games and over the radio.

Nexuiz has an instructor who explains the game; in FreedroidRPG a machine in hiding, in Warzone 2100 headquarters speak
to the player; with Codec 2 come two radio amateurs. Their licences (GNU GPL, and LGPL for Codec 2) let everybody have
them; they are fetched, and nothing of them is kept here. What is played is a list (``heldout.txt``): see there.
"""

import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.turns.fetched import Missing, debian
from benchmarks.turns.material import Utterance, utterance
from benchmarks.turns.media import decoded
from benchmarks.turns.sound import Samples

LIST = Path(__file__).with_name("heldout.txt")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a package of Debian the clips are."""

    package: str
    clip: str
    """Path of a clip, its name left out: in the package, or in the archive."""
    archive: str | None = None
    """Path of a zip archive in the package."""


PLACES = {
    "nexuiz": Place("nexuiz-data", "sound/tutorial/{}.ogg", "usr/share/games/nexuiz/data/data.pk3"),
    "freedroid": Place("freedroidrpg-data", "usr/share/freedroidrpg/data/{}.ogg"),
    "warzone": Place("warzone2100-data", "audio/{}.ogg", "usr/share/games/warzone2100/base.wz"),
    "codec2": Place("codec2-examples", "usr/share/codec2/wav/{}.wav"),
}


def held_out(*, every: int = 1) -> tuple[list[Utterance], list[str]]:
    """All of it, or every n-th turn for a quick look; and what could not be had."""
    turns: list[Utterance] = []
    notes: list[str] = []
    for source, names in listed().items():
        try:
            turns += [
                utterance(name, source, "", samples, kind=source) for name, samples in clips(source, names[::every])
            ]
        except Missing as missing:
            notes.append(f"{missing} {PLACES[source].package} is left out.")
    return turns, notes


def listed() -> dict[str, list[str]]:
    """The names of the clips, by where they are from."""
    names: dict[str, list[str]] = {source: [] for source in PLACES}
    for source, *clips in (line.split() for line in LIST.read_text().splitlines() if line[0] != "#"):
        names[source] += clips
    return names


def clips(source: str, wanted: Collection[str]) -> Iterator[tuple[str, Samples]]:
    """These clips of one of ``PLACES``, by their names; each is a whole turn. Who speaks is not told.

    Raises:
        Missing: the package cannot be had.
    """
    place = PLACES[source]
    folder = debian(place.package)
    if place.archive is None:
        for name in wanted:
            yield name, decoded(folder / place.clip.format(name))
        return
    with zipfile.ZipFile(folder / place.archive) as archive:
        for name in wanted:
            with archive.open(place.clip.format(name)) as file:
                yield name, decoded(file)
