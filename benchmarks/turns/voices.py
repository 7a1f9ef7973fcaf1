"""Synthetic voices: hibari, at several pitches; and flite's four, in a process of their own, where it can be had."""

import hashlib
import os
import subprocess
from functools import cache

import numpy as np

from benchmarks.turns.fetched import Missing, debian
from benchmarks.turns.sound import Samples, read, resampled
from benchmarks.turns.store import cache_folder
from edge.core.audio import RATE
from edge.speech.synthesiser import Hibari, Spoken

HIBARI = {"heart": 1.0, "heart-low": 0.84, "heart-high": 1.12}
"""One voice, played slower and faster: pitch and pace of other people."""
FLITE = ("slt", "rms", "awb", "kal16")


@cache
def _hibari() -> Hibari:
    return Hibari(threads=1)


def spoken(text: str) -> Spoken:
    """A sentence in the agent's own voice, with the time of each word."""
    return _hibari().speak(text)


def hibari(text: str, voice: str) -> Samples:
    """A sentence in one of HIBARI."""
    samples: Samples = np.frombuffer(spoken(text).pcm, dtype=np.int16).astype(np.float32)
    samples /= 32768.0
    return resampled(samples, round(RATE * HIBARI[voice]))


def flite(text: str, voice: str) -> Samples:
    """A sentence in one of FLITE. Raises Missing."""
    folder = debian("flite", "libflite1")
    path = cache_folder() / "flite" / f"{voice}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.wav"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        libraries = next((folder / "usr" / "lib").glob("*/libflite.so.1")).parent
        command = (folder / "usr" / "bin" / "flite", "-voice", voice, "-t", text, "-o", path)
        environment = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        if done.returncode:
            path.unlink(missing_ok=True)
            raise Missing(f"flite does not run here: {done.stderr.decode(errors='replace').strip()}")
    return read(path)
