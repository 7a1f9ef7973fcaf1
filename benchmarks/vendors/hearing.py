"""A recogniser that knows the script: an energy gate says when the caller speaks, the script says what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import numpy.typing as npt

from benchmarks.vendors.script import Turn
from edge.core.audio import from_mulaw

BLOCK = 0.020
"""Seconds that are looked at together."""
LOUD = 250.0
"""Mean magnitude of 16-bit samples above which a block is speech."""
PACE = 0.33
"""Seconds a word takes, where the script does not say how long a turn is."""
BREATH = 0.035
"""Silence after which the caller is taken to be silent."""
SAID = 0.150
"""Silence after which a turn of unknown length has been said."""
BETWEEN = 0.50
"""Silence between two turns."""

_LOUDNESS: npt.NDArray[np.float32] = np.abs(from_mulaw(bytes(range(256))).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place, in seconds of the stream."""

    text: str
    start: float
    end: float


class Hearing:
    """One stream. Feed it block by block: ``block`` is a block's length in bytes."""

    def __init__(self, turns: Sequence[Turn], encoding: str, rate: int) -> None:
        if encoding not in ("mulaw", "linear16") or not 8000 <= rate <= 48000:
            raise ValueError(f"The emulation hears mulaw and linear16 from 8 to 48 kHz, not {encoding} at {rate} Hz.")
        self._mulaw = encoding == "mulaw"
        self.block = int(rate * BLOCK) * (1 if self._mulaw else 2)
        self._turns: Iterator[Turn] = cycle(turns)
        self._turn: Turn | None = None
        self._texts: list[str] = []
        self._onset = 0.0
        self._rest = b""
        self.at = 0.0
        """Seconds of the stream heard so far."""
        self.voiced_to = 0.0
        """End of the last sound."""
        self.words: list[Word] = []
        """Words of the turn so far."""
        self.speaking = False
        self.turn = 0
        """Counts the turns."""

    @property
    def silence(self) -> float:
        """Seconds since the last sound."""
        return self.at - self.voiced_to

    @property
    def complete(self) -> bool:
        """Whether all words of the turn have been said, and the caller is silent."""
        return self._turn is not None and not self.speaking and len(self.words) == len(self._texts)

    def blocks(self, audio: bytes) -> Iterator[bool]:
        """Hear this audio block by block; says of each whether it is speech."""
        data = self._rest + audio if self._rest else audio
        whole = len(data) // self.block * self.block
        self._rest = data[whole:]
        for start in range(0, whole, self.block):
            yield self._hear(data[start : start + self.block])

    def _hear(self, block: bytes) -> bool:
        before, self.at = self.at, self.at + BLOCK
        if self._loudness(block) > LOUD:
            if self._turn is None or self._over():
                self._turn, self._onset, self.words = next(self._turns), before, []
                self._texts = self._turn.heard.split()
                self.turn += 1
            self.voiced_to, self.speaking = self.at, True
        elif self.silence > BREATH:
            self.speaking = False
        self._say()
        return self.speaking

    def _loudness(self, block: bytes) -> float:
        if self._mulaw:
            return float(np.add.reduce(_LOUDNESS.take(np.frombuffer(block, np.uint8)))) / len(block)
        return float(np.add.reduce(np.abs(np.frombuffer(block, np.int16).astype(np.float32)))) * 2 / len(block)

    def _over(self) -> bool:
        """Whether a sound now belongs to the next turn."""
        assert self._turn is not None
        if self._turn.seconds is None:
            return self.silence > BETWEEN
        return self.at > self._onset + self._turn.seconds - BETWEEN / 2 and self.silence > BETWEEN / 2

    def _say(self) -> None:
        """Bring ``words`` up to this moment."""
        texts = self._texts
        if self._turn is None or len(self.words) == len(texts):
            return
        onset, length, done = self._onset, self._turn.seconds, len(self.words)
        pace = PACE if length is None else max(BLOCK, length - BLOCK) / len(texts)
        said = length is not None or self.silence > SAID
        if length is None and said:  # All has been said: the rest shares what is left of the sound.
            spoken_to = self.words[-1].end if self.words else onset
            pace = max(0.01, self.voiced_to - spoken_to) / (len(texts) - done)
            onset = spoken_to - pace * done
        while len(self.words) < len(texts):
            start = onset + pace * len(self.words)
            if start + pace > self.at + 1e-9 or (not said and len(self.words) == len(texts) - 1):
                return  # The last word of a turn of unknown length is known once the caller is silent.
            self.words.append(Word(texts[len(self.words)], start, start + pace))
