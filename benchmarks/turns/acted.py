"""Turns that actors spoke to someone: the dialogue of three games, with the pauses that they made.

What is played is a list (``acted.txt``), drawn once: see there. Nobody wrote down for us what is said; where a pause
falls is found in what the recogniser makes of the whole turn.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.turns.archives import amazon_queen, drascula, steel_sky
from benchmarks.turns.fetched import Missing
from benchmarks.turns.material import Utterance, joined, trimmed, utterance
from benchmarks.turns.pausing import drawn

JOINED = "+"
"""Between the pieces of a turn of which the game keeps each sentence apart."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What was found, and what could not be had."""

    own: tuple[Utterance, ...]
    """Recorded as one piece: places and lengths of their pauses are the actors' own. Who speaks is not told."""
    pieced: tuple[Utterance, ...]
    """Spoken as one turn and kept in pieces: how long the pauses between them were is not known, so they are drawn."""
    unseen: tuple[Utterance, ...]
    """As ``own``, of a game that was looked at after the rules were made from the others; nearly all of its lines."""
    notes: tuple[str, ...]


def acted(*, every: int = 1) -> Acted:
    """Everything; or, for a quick look, every n-th turn."""
    listed = [line.split() for line in Path(__file__).with_name("acted.txt").read_text().splitlines() if line[0] != "#"]
    own: list[Utterance] = []
    pieced: list[Utterance] = []
    unseen: list[Utterance] = []
    notes: list[str] = []
    try:
        own += _lines([name for game, *names in listed if game == "sky" for name in names][::every])
    except Missing as missing:
        notes.append(f"{missing} Beneath a Steel Sky is left out.")
    try:
        for one in _turns([name for game, *names in listed if game == "queen" for name in names][::every]):
            (pieced if JOINED in one.name else own).append(one)
    except Missing as missing:
        notes.append(f"{missing} Flight of the Amazon Queen is left out.")
    try:
        unseen += _files([name for game, *names in listed if game == "drascula" for name in names][::every])
    except Missing as missing:
        notes.append(f"{missing} Drascula is left out.")
    return Acted(tuple(own), tuple(pieced), tuple(unseen), tuple(notes))


def _lines(names: list[str]) -> Iterator[Utterance]:
    for name, samples in steel_sky(names):
        yield utterance(name, "sky", "", samples, kind="line")


def _files(names: list[str]) -> Iterator[Utterance]:
    for name, samples in drascula(names):
        yield utterance(name, f"drascula {name.rstrip('0123456789')}", "", samples, kind="line")


def _turns(names: list[str]) -> Iterator[Utterance]:
    """A name begins with the number of the talk, in which one person speaks with the hero; ``J`` is the hero."""
    clips = dict(amazon_queen([piece for name in names for piece in name.split(JOINED)]))
    chance = random.Random(5)
    for name in names:
        parts = [clips[piece] for piece in name.split(JOINED)]
        if len(parts) == 1:
            yield utterance(name, "queen", "", parts[0], kind="line")
        else:
            samples = joined([trimmed(part) for part in parts], [drawn(chance) for _ in parts[1:]])
            yield utterance(name, f"queen {name[:2]}{name[6]}", "", samples, kind="pieces")
