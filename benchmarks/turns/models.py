"""The real models, asked once: what Silero and Moonshine said of a sound is kept on disk under the sound's hash."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.turns.store import cache_folder
from edge.core.audio import RATE, Pcm
from edge.providers import silero
from edge.providers.moonshine import LEAD
from edge.speech import recogniser

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Pace:
    """How long words are waited for, in seconds: for every decode, and for each second of its audio.

    Kept constant, so that the same rules give the same figures on every machine.
    """

    fixed: float
    a_second: float

    def seconds(self, start: float, end: float) -> float:
        """For the words of this span."""
        return self.fixed + self.a_second * (end - start + LEAD)


BUSY = Pace(0.040, 0.020)
"""Measured on 2 busy cores, one thread."""
QUICK = Pace(0.020, 0.010)
"""A machine twice as quick: the words of a pause are there before it is known to be one."""


class Models:
    """Silero's scores of whole tracks, Moonshine's words of spans."""

    def __init__(self) -> None:
        # Each answer is kept at once, so that runs at the same time wait for each other for no longer than that.
        self._db = sqlite3.connect(cache_folder() / "models.sqlite", timeout=60, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS answers (sound TEXT PRIMARY KEY, answer BLOB)")
        self._moonshine: recogniser.Moonshine | None = None
        self.asked = self.computed = 0

    def close(self) -> None:
        self._db.close()

    def words(self, track: Pcm, start: float, end: float) -> str:
        """The words in [start, end] seconds of a track, cut and decoded as the edge does it."""
        known = self._known(f"words-1 {_hash(_cut(track, start, end))}")
        self.asked += 1
        return self._decode(track, start, end).text if known is None else known.decode()

    def laughter(self, track: Pcm, start: float, end: float) -> float:
        """How probable it is that the same sound is laughter, 0..1."""
        known = self.number(f"laughter-1 {_hash(_cut(track, start, end))}")
        return self._decode(track, start, end).laughter if known is None else known

    def comma(self, track: Pcm, start: float, end: float) -> float | None:
        """How near a comma was to the end mark of the same words, 0..1; None where they have none."""
        if not self.words(track, start, end).endswith(recogniser.END_MARKS):
            return None
        known = self.number(f"comma-1 {_hash(_cut(track, start, end))}")
        return self._decode(track, start, end).comma if known is None else None if known < 0.0 else known

    def _decode(self, track: Pcm, start: float, end: float) -> recogniser.Words:
        if self._moonshine is None:
            self._moonshine = recogniser.Moonshine(recogniser.weights(), threads=1)
        cut = _cut(track, start, end)
        words = self._moonshine.words(cut, min(LEAD, start))
        self._keep(f"words-1 {_hash(cut)}", words.text.encode())
        self.keep_number(f"laughter-1 {_hash(cut)}", words.laughter)
        self.keep_number(f"comma-1 {_hash(cut)}", -1.0 if words.comma is None else words.comma)
        return words

    def scores(self, tracks: Sequence[Pcm]) -> list[npt.NDArray[np.float32]]:
        """The probability of speech in each window of 32 ms of each track."""
        keys = [f"speech-2 {_hash(track)}" for track in tracks]
        found = [self._known(key) for key in keys]
        missing = [index for index, one in enumerate(found) if one is None]
        for first in range(0, len(missing), _BATCH):
            part = missing[first : first + _BATCH]
            for index, scores in zip(part, _score([tracks[index] for index in part]), strict=True):
                found[index] = scores.tobytes()
                self._keep(keys[index], scores.tobytes())
        return [np.frombuffer(one or b"", dtype=np.float32) for one in found]

    def number(self, key: str) -> float | None:
        """A number kept under a key of someone else's choice."""
        known = self._known(key)
        return None if known is None else float(known)

    def keep_number(self, key: str, number: float) -> None:
        self._keep(key, repr(number).encode())

    def _known(self, key: str) -> bytes | None:
        row = self._db.execute("SELECT answer FROM answers WHERE sound = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def _keep(self, key: str, answer: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, answer))
        self.computed += 1


def _cut(track: Pcm, start: float, end: float) -> Pcm:
    return track[max(0, round((start - LEAD) * RATE)) : round(end * RATE)]


def _hash(pcm: Pcm) -> str:
    return hashlib.sha256(pcm.tobytes()).hexdigest()


def _score(tracks: Sequence[Pcm]) -> list[npt.NDArray[np.float32]]:
    detector = silero.load()
    states = [detector.open() for _ in tracks]
    scores: list[list[float]] = [[] for _ in tracks]
    size = silero.WINDOW
    for at in range(0, max(len(track) for track in tracks) // size * size, size):
        rows = [row for row, track in enumerate(tracks) if at + size <= len(track)]
        out = detector.score([states[row] for row in rows], [tracks[row][at : at + size] for row in rows])
        for row, score in zip(rows, out, strict=True):
            scores[row].append(score)
    return [np.asarray(row, dtype=np.float32) for row in scores]
