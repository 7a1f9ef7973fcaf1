"""Moonshine tiny (English) on onnxruntime: 8 kHz audio in, words out. Runs in a model process.

The wheel brings its own native runner, which takes three to five times as long for the same words, hides how sure the
model was, and cuts the audio by a detector of its own; so only its weights are used, with a greedy decoder here.
"""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from edge.core.audio import RATE, Pcm
from edge.speech.heard import heard
from edge.speech.laughter import laughs

Samples = npt.NDArray[np.float32]

PAD = 0.15, 0.35
"""Seconds of silence put before and after: without any, every second short word is misheard."""
CHUNK = 24.0
"""Seconds that the model hears at once; longer audio is cut where it is quietest."""
TOKENS_A_SECOND = 6.5
"""No one speaks faster; more is a model that has lost itself. (The model's authors' own bound.)"""
END_MARKS = (".", "?", "!")
_BEGIN, _END = 1, 2
_HEADS, _WIDTH = 8, 36


class Words(msgspec.Struct, array_like=True):
    """What was heard, how sure the model is of it, and how probable it is that it was laughter: 0..1 each.

    ``comma``: the comma's share of the probabilities of comma and end marks, where the last end mark was written; None
    where there is none at the end.
    """

    text: str
    confidence: float
    laughter: float
    comma: float | None = None


def load(threads: int = 1, lead: float = 0.0) -> Callable[[bytes], bytes]:
    """A warm recogniser: 8 kHz 16-bit samples in, ``Words`` as msgpack out. ``lead``: see ``Moonshine.words``."""
    model = Moonshine(weights(), threads)
    model.words(np.zeros(RATE, dtype=np.int16))
    encode = msgspec.msgpack.Encoder().encode
    return lambda body: encode(model.words(np.frombuffer(body, dtype=np.int16), lead))


def weights() -> Path:
    """The folder of the weights in the installed wheel, found without importing it.

    Raises:
        FileNotFoundError: the wheel is missing, or is a later one that carries no weights.
    """
    spec = importlib.util.find_spec("moonshine_voice")
    folders = spec.submodule_search_locations if spec else None
    folder = Path(folders[0]) / "assets" / "tiny-en" if folders else Path("tiny-en")
    if not (folder / "encoder_model.ort").exists():
        raise FileNotFoundError(
            f"No Moonshine weights at {folder}. Install moonshine-voice==0.1.0; later ones have none."
        )
    return folder


class Moonshine:
    """The two halves of the model and its vocabulary."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait would take the other cores from the calls.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._encoder = ort.InferenceSession(str(folder / "encoder_model.ort"), options)
        self._decoder = ort.InferenceSession(str(folder / "decoder_model_merged.ort"), options)
        self._vocabulary = vocabulary((folder / "tokenizer.bin").read_bytes())
        self._ends = [
            token for token, piece in enumerate(self._vocabulary) if piece.decode(errors="replace") in END_MARKS
        ]
        self._commas = [token for token, piece in enumerate(self._vocabulary) if piece == b","]
        self._outputs = [output.name for output in self._decoder.get_outputs()]
        self._past = [entry.name for entry in self._decoder.get_inputs() if entry.name.startswith("past_key_values")]

    def words(self, pcm: Pcm, lead: float = 0.0) -> Words:
        """The words in 8 kHz audio; empty where there are none. ``lead``: seconds of it before the sound begins."""
        said = [self._hear(part) for part in chunks(pcm)]
        laughter = laughs(pcm[int(lead * RATE) :], said[0][2])
        said = [words for words in said if words[0]]
        confidence = min((words[1] for words in said), default=0.0)
        comma = said[-1][3] if said else None
        return Words(" ".join(words[0] for words in said), confidence, round(laughter, 3), comma)

    def _hear(self, pcm: Pcm) -> tuple[str, float, float, float | None]:
        """The words, how sure the model is of them and of their first piece, and the comma's share at their end."""
        audio = upsampled(np.pad(pcm, (int(PAD[0] * RATE), int(PAD[1] * RATE))))
        tokens, confidence, first, comma = self._decode(
            self._encode(audio), int(len(audio) / (2 * RATE) * TOKENS_A_SECOND) + 4
        )
        text = b"".join(self._vocabulary[token] for token in tokens).decode(errors="replace").replace("▁", " ").strip()
        return heard(text, confidence), round(confidence, 3), first, comma if text.endswith(END_MARKS) else None

    def _encode(self, audio: Samples) -> Any:
        feed = {"input_values": _value(audio[None]), "attention_mask": _value(np.ones((1, len(audio)), dtype=np.int64))}
        return self._encoder.run_with_ort_values(None, feed)[0]

    def _decode(self, states: Any, limit: int) -> tuple[list[int], float, float, float | None]:
        """The likeliest tokens, one after another, the geometric mean of their probabilities, and that of the first.

        Also how near the model was to a comma where it wrote the last end mark; None where it wrote none.
        """
        nothing = _value(np.zeros((1, _HEADS, 0, _WIDTH), dtype=np.float32))
        feed = dict.fromkeys(self._past, nothing)
        feed["encoder_hidden_states"] = states
        # One column stands for all: the decoder thins a mask of samples to one of states, and spreads what has one.
        feed["encoder_attention_mask"] = _value(np.ones((1, 1), dtype=np.int64))
        feed["use_cache_branch"] = _value(np.array([False]))
        tokens: list[int] = []
        doubt = first = 0.0
        comma: float | None = None
        for step in range(limit):
            feed["input_ids"] = _value(np.array([[tokens[-1] if tokens else _BEGIN]], dtype=np.int64))
            logits, *present = self._decoder.run_with_ort_values(self._outputs, feed)
            scores = logits.numpy()[0, -1]
            token = int(scores.argmax())
            doubt += float(np.log(np.exp(scores - scores[token]).sum()))
            first = doubt if step == 0 else first
            if token in self._ends:
                shares = np.exp(scores - scores[token])
                commas = float(shares[self._commas].sum())
                comma = round(commas / (commas + float(shares[self._ends].sum())), 4)
            if token == _END:
                break
            tokens.append(token)
            if (loop := repetition(tokens)) is not None:
                tokens = tokens[:loop]
                break
            # What was computed from the audio is made in the first step and stays; only the words' part grows.
            feed.update((k, v) for k, v in zip(self._past, present, strict=True) if step == 0 or ".decoder." in k)
            if step == 0:
                feed["use_cache_branch"] = _value(np.array([True]))
        return tokens, float(np.exp(-doubt / (step + 1))), float(np.exp(-first)), comma


def vocabulary(body: bytes) -> list[bytes]:
    """The tokens of a ``tokenizer.bin``: each a length, of one byte or two, and as many bytes; no bytes, no token."""
    return list(_tokens(body))


def _tokens(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        length, at = body[at], at + 1
        if length >= 128:
            length, at = body[at] * 128 + length - 128, at + 1
        yield body[at : at + length]
        at += length


def repetition(tokens: Sequence[int]) -> int | None:
    """Where a model that goes round in circles began to: the tokens to keep, or None while it does not."""
    for width in (1, 2, 3, 4, 5, 6):
        times = max(3, 12 // width)
        if len(tokens) >= width * times:
            tail = tokens[-width * times :]
            if all(tail[i] == tail[i - width] for i in range(width, len(tail))):
                return len(tokens) - width * (times - 1)
    return None


def chunks(pcm: Pcm) -> list[Pcm]:
    """The audio in parts of at most CHUNK seconds, each cut where its second half is quietest."""
    size, window = int(CHUNK * RATE), int(0.2 * RATE)
    parts: list[Pcm] = []
    while len(pcm) > size:
        energy = np.convolve(np.abs(pcm[size // 2 : size].astype(np.float32)), np.ones(window, np.float32), "valid")
        cut = size // 2 + int(energy.argmin()) + window // 2
        parts.append(pcm[:cut])
        pcm = pcm[cut:]
    return [*parts, pcm]


def _half_band() -> Samples:
    """The taps between samples of a windowed sinc at half the rate; those on samples are 1 and 0."""
    at = np.arange(-15.5, 16.5)
    taps = (np.sinc(at) * np.kaiser(len(at), 7.0)).astype(np.float32)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


_TAPS = _half_band()


def upsampled(pcm: Pcm) -> Samples:
    """8 kHz samples as 16 kHz ones, -1..1, without delay: every second one is kept, those between are interpolated."""
    samples = pcm.astype(np.float32) / 32768.0
    out = np.empty(2 * len(samples), dtype=np.float32)
    out[0::2] = samples
    out[1::2] = np.convolve(samples, _TAPS, "full")[16 : 16 + len(samples)]
    return out


def _value(array: npt.NDArray[Any]) -> Any:
    return ort.OrtValue.ortvalue_from_numpy(array)
