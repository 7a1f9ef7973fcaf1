"""hibari on onnxruntime: a sentence in, telephone audio and the time of each word out. Runs in a model process."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from edge.core.audio import RATE, Pcm
from edge.speech.alignment import word_ends
from edge.speech.spoken import spoken
from edge.speech.vocoder import HOP, sound

GAIN = 1.5
"""Brings active speech to -20 dB below full scale, and peaks to -4."""
LEAD, TAIL = 0.03, 0.12
"""Seconds of silence that are kept before and after the words."""
LONGEST = 400
"""Phonemes that the model is made for."""
_QUIET = 0.003
"""Amplitude, of 1, below which there is silence; the model's own is at 0.001."""
_ENDS = "/CumSum_output_0"
"""The tensor inside the model which holds the frame pairs up to the end of each phoneme."""
_SEED = 1
"""Of the noise in the voice: the same text gives the same audio."""


class Spoken(msgspec.Struct, array_like=True):
    """16-bit samples at 8 kHz; and for each word (offset after its last character, samples until it has been said)."""

    pcm: bytes
    words: list[tuple[int, int]]


def load(threads: int = 1) -> Callable[[bytes], bytes]:
    """A warm voice: UTF-8 text in, ``Spoken`` as msgpack out."""
    voice = Hibari(threads)
    for text in ("Good morning.", "Zxqvar, on the 3rd of March at 10:30, it is $45.50."):  # Unknown words load a part.
        voice.speak(text)
    encode = msgspec.msgpack.Encoder().encode
    return lambda body: encode(voice.speak(body.decode()))


class Hibari:
    """The model, asked for its timing too, and the way from letters to phonemes."""

    def __init__(self, threads: int = 1) -> None:
        from hibari.g2p import G2P
        from hibari.tts import ASSETS
        from hibari.voices import DEFAULT, voice_path

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = with_output(Path(voice_path(DEFAULT)).read_bytes(), _ENDS)
        self._session = ort.InferenceSession(model, options)
        self._ids: dict[str, int] = msgspec.json.decode(Path(ASSETS, "vocab.json").read_bytes())
        self._phonemes = G2P()

    def speak(self, text: str) -> Spoken:
        """One sentence. Text in which there is nothing to say gives no audio."""
        try:
            ids, words = self._read(spoken(text))
        except (LookupError, ValueError):  # The library stumbles over some numbers; what it cannot read is left out.
            ids, words = self._read(" ".join(re.findall(r"[A-Za-z']+[.,?!]?", text)))
        if len(ids) <= 2:
            return Spoken(b"", [])
        feed = {"ids": np.asarray([ids], dtype=np.int64), "speed": np.ones(1, dtype=np.float32)}
        *spectra, ends = self._session.run(None, feed)
        spectra = [part[0] for part in spectra]
        pcm, cut = trimmed(sound(spectra, np.random.default_rng(_SEED)) * GAIN)
        unit = len(spectra[-1]) * HOP / ends[-1]
        timed = [(word, float(ends[at]) * unit - cut) for word, at in words]
        return Spoken(pcm.tobytes(), [(c, min(max(0, round(at)), len(pcm))) for c, at in word_ends(text, timed)])

    def _read(self, text: str) -> tuple[list[int], list[tuple[str, int]]]:
        """The model's ids for a text, and each word in it with the index of the last of its ids."""
        from hibari.g2p.normalize import normalize

        ids, words = [0], list[tuple[str, int]]()
        word = ""
        for token in self._phonemes.phonemize_tokens(self._phonemes.tokenize(normalize(text))):
            known = [self._ids[p] for p in token.phonemes or "" if p in self._ids]
            if len(ids) + len(known) > LONGEST:
                break
            ids += known
            word += token.text
            if any(letter.isalnum() for letter in token.text):
                last = len(ids) - 1
            if token.whitespace:
                if any(letter.isalnum() for letter in word):
                    words.append((word, last))
                word = ""
                if len(ids) > 1:
                    ids.append(self._ids[" "])
        if any(letter.isalnum() for letter in word):
            words.append((word, last))
        return [*ids, 0], words


def trimmed(samples: npt.NDArray[np.float32]) -> tuple[Pcm, int]:
    """16-bit samples without the silence around them, and how many were cut off in front."""
    loud = np.flatnonzero(np.abs(samples) > _QUIET)
    if not len(loud):
        return np.zeros(0, dtype=np.int16), 0
    first = max(0, int(loud[0]) - int(LEAD * RATE))
    last = int(loud[-1]) + int(TAIL * RATE)
    pcm = np.clip(samples[first:last], -1, 1) * 32767
    return np.pad(pcm.astype(np.int16), (0, max(0, last - len(samples)))), first


def with_output(model: bytes, tensor: str) -> bytes:
    """An ONNX model which also gives out one of its inner tensors, as its last output.

    In protocol buffers a message that comes twice is merged. So a graph (field 7 of the model) that has nothing but one
    more output (field 12, itself a message with the name as field 1) can be written behind the model as it is.
    """
    name = _field(1, tensor.encode())
    return model + _field(7, _field(12, name))


def _field(number: int, body: bytes) -> bytes:
    length, size = b"", len(body)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + body
