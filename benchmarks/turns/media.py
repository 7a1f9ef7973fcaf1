"""Sound of whatever format FFmpeg knows, by way of PyAV."""

from pathlib import Path
from typing import IO

import av
import numpy as np

from benchmarks.turns.sound import Samples
from edge.core.audio import RATE


def decoded(source: Path | IO[bytes]) -> Samples:
    """All of it, one channel at 8 kHz, -1..1."""
    with av.open(str(source) if isinstance(source, Path) else source, mode="r") as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        parts = [part.to_ndarray().ravel() for part in (*frames, *resampler.resample(None))]
    return np.concatenate(parts).astype(np.float32)
