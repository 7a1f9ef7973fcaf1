"""What people say in this benchmark: recordings, with where their sound begins, pauses and ends by energy."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.turns.fetched import Missing, debian, pypi
from benchmarks.turns.pausing import dips, drawn, stretched
from benchmarks.turns.sound import Samples, Span, at_level, pauses, read, speech
from edge.core.audio import RATE
from edge.core.conversation import Profile

RECORDINGS = Path(__file__).parents[2] / "tests" / "recordings"
LOUD = -20.0
"""Decibels of full scale to which the loud steps of every recording are brought."""
SPLICED = "sentence, then another"
"""The kind that is two prompts put together."""
_ALLISON = "usr/share/asterisk/sounds/en_US_f_Allison"
_SPHINX = "test/data"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a caller: complete, whatever pauses are in it. Spans are seconds from its first sample."""

    name: str
    speaker: str
    kind: str
    """``word`` (one or two), ``sentence`` (one stretch), ``long`` (its own pauses), ``hesitates`` (between two words);
    put together: ``sentence, then another``, ``unfinished, then more``, ``number``; acted: ``line``, ``pieces``."""
    text: str
    """What is said; empty where nobody wrote it down."""
    samples: Samples
    spans: tuple[Span, ...]
    profile: Profile = "open"
    """What the agent has asked for before it."""

    @property
    def end(self) -> float:
        return self.spans[-1].end

    @property
    def pauses(self) -> list[Span]:
        return pauses(list(self.spans))


@dataclass(frozen=True, slots=True)
class Material:
    """What was found, and what could not be had."""

    recorded: tuple[Utterance, ...]
    """As they were recorded."""
    paused: tuple[Utterance, ...]
    """The same, and sentences put together, with pauses of conversational length (see pausing.py)."""
    notes: tuple[str, ...]


def material(*, every: int = 1) -> Material:
    """Everything; or, for a quick look, every n-th utterance."""
    recorded: list[Utterance] = []
    notes: list[str] = []
    folder: Path | None = None
    try:
        folder = allison()
        recorded += _prompts(folder)
    except Missing as missing:
        recorded += _manifest()
        notes.append(f"{missing} Of these prompts only those in the repository are used.")
    try:
        recorded += _sphinx(pypi("pocketsphinx==5.1.1", source=True))
    except Missing as missing:
        notes.append(f"{missing} The clips of pocketsphinx are left out.")
    paused = [*_with_pauses(recorded), *_two_sentences(recorded)]
    if folder:
        paused += [*_continued(folder), *_numbers(folder)]
    return Material(tuple(recorded[::every]), tuple(paused[::every]), tuple(notes))


def allison() -> Path:
    """The folder of Allison Smith's prompts. Raises Missing."""
    return debian("asterisk-core-sounds-en-wav") / _ALLISON


def utterance(
    name: str, speaker: str, text: str, samples: Samples, *, kind: str = "", profile: Profile = "open"
) -> Utterance:
    """Bring a recording to the common level and find its sound; silence before and after is left as it is."""
    samples = at_level(samples, LOUD)
    spans = tuple(speech(samples))
    if not kind:
        kind = "word" if len(text.split()) <= 2 else "long" if len(spans) > 1 else "sentence"
    if kind == "word" and profile == "open":
        profile = "brief"
    return Utterance(name, speaker, kind, text, samples, spans, profile)


def _prompts(folder: Path) -> Iterator[Utterance]:
    for line in Path(__file__).with_name("prompts.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, _, text = line.partition("|")
            yield utterance(name, "allison", text, read(folder / f"{name}.wav"))


def _manifest() -> Iterator[Utterance]:
    for entry in json.loads((RECORDINGS / "manifest.json").read_text()):
        if entry["voice"] == "human" and entry["file"].startswith("turns/"):
            path = RECORDINGS / entry["file"]
            speaker = "librivox" if path.stem.startswith("librivox") else "allison"
            yield utterance(path.stem, speaker, entry["text"], read(path))


def _sphinx(folder: Path) -> Iterator[Utterance]:
    data = next(folder.glob("pocketsphinx*")) / _SPHINX
    austen = data / "librivox"
    clips = {number: read(austen / f"sense_and_sensibility_01_austen_64kb-{number}.wav") for number in _AUSTEN}
    for name, numbers, text in (
        ("librivox-0870-0890", ("0870", "0880", "0890"), _DASHWOOD),
        ("librivox-0920-0930", ("0920", "0930"), _MARRIED),
    ):
        # Consecutive cuts of one reading: put together they have its own pauses.
        yield utterance(name, "librivox", text, np.concatenate([clips[number] for number in numbers]))
    # The other clips were made in rooms whose noise hides from the energy where the speech ends.
    yield utterance("something", "something", "Go somewhere and do something.", read(data / "something.raw", 16000))
    yield utterance("cards-001", "cards", "Ten of clubs.", read(data / "cards" / "001.wav"))
    yield utterance("forever", "forever", "Feels like these days go on forever.", read(data / _FOREVER))


_DASHWOOD = (
    "And Mister John Dashwood had then leisure to consider how much there might prudently be in his power to do for "
    "them. He was not an ill disposed young man, unless to be rather cold hearted and rather selfish is to be ill "
    "disposed."
)
_MARRIED = (
    "Had he married a more amiable woman, he might have been made still more respectable than he was. "
    "He might even have been made amiable himself."
)
_AUSTEN = ("0870", "0880", "0890", "0920", "0930")
_FOREVER = "forever/input_2_16k.wav"
# Fragments that Allison recorded to be followed by others, and what could follow: an ear hears that more will come.
_CONTINUED = """
conf-enteringno digits/5 | queue-thereare digits/3 | priv-callpending hello | at-tone-time-exactly digits/8 digits/a-m
confbridge-leave-in vm-press digits/8 | confbridge-mute-in vm-press digits/1 | if-correct-press digits/1
vm-onefor vm-Family vm-messages | vm-theperson digits/7 vm-isunavail | vm-youhave digits/2 vm-messages
vm-duration digits/2 minutes | confbridge-there-are digits/5 confbridge-participants | queue-holdtime digits/10 minutes
vm-from-extension digits/4 | num-was-successfully added | queue-quantity1 digits/9 queue-quantity2
vm-from-phonenumber digits/6 | confbridge-lock-in vm-press digits/2 | confbridge-inc-list-vol-in vm-press digits/6
privacy-to-blacklist-last-caller from-unknown-caller | vm-num-i-have digits/8
confbridge-menu-exit-in vm-press digits/0
"""


def _with_pauses(recorded: Sequence[Utterance]) -> Iterator[Utterance]:
    """Every utterance once: its own pauses made longer; every second sentence without any pauses between two words."""
    chance = random.Random(4)
    hesitate = True
    for one in recorded:
        gaps, kind = one.pauses, one.kind
        if kind == "sentence" and (found := dips(one.samples, one.spans[0])):
            if hesitate:
                gaps, kind = found[:1], "hesitates"
            hesitate = not hesitate
        samples = stretched(one.samples, gaps, chance)
        yield utterance(one.name, one.speaker, one.text, samples, kind=kind, profile=one.profile)


def _continued(folder: Path) -> Iterator[Utterance]:
    chance = random.Random(1)
    for parts in (part.split() for part in _CONTINUED.replace("\n", "|").split("|") if part.strip()):
        clips = [trimmed(read(folder / f"{part}.wav")) for part in parts]
        gaps = [drawn(chance), *(0.08 for _ in clips[2:])]
        yield utterance(
            "+".join(parts), "allison", " … ".join(parts), joined(clips, gaps), kind="unfinished, then more"
        )


def _two_sentences(recorded: Sequence[Utterance]) -> Iterator[Utterance]:
    """A finished sentence followed, after a pause, by another."""
    chance = random.Random(2)
    short = [one for one in recorded if one.kind == "sentence" and one.speaker == "allison" and one.end < 3.2]
    chance.shuffle(short)
    for first, second in zip(short[0:60:2], short[1:60:2], strict=False):
        samples = joined([trimmed(first.samples), trimmed(second.samples)], [drawn(chance)])
        text = f"{first.text} {second.text}"
        yield utterance(f"{first.name}+{second.name}", "allison", text, samples, kind=SPLICED)


def _numbers(folder: Path) -> Iterator[Utterance]:
    """Telephone numbers in groups of 3, 3 and 4 digits."""
    chance = random.Random(3)
    for _ in range(8):
        digits = [chance.choice("0123456789") for _ in range(10)]
        clips = [trimmed(read(folder / "digits" / f"{digit}.wav")) for digit in digits]
        gaps = [min(1.0, drawn(chance)) if after in (3, 6) else 0.07 for after in range(1, 10)]
        name = "number-" + "".join(digits)
        yield utterance(name, "allison", " ".join(digits), joined(clips, gaps), kind="number", profile="digits")


def trimmed(samples: Samples) -> Samples:
    """Without the silence before and after."""
    spans = speech(at_level(samples, LOUD))
    return samples[int(max(0.0, spans[0].start) * RATE) : int(spans[-1].end * RATE)]


def joined(clips: Sequence[Samples], gaps: Sequence[float]) -> Samples:
    """The clips with these silences between them, in seconds, and a little before and after."""
    quiet = [np.zeros(int(gap * RATE), dtype=np.float32) for gap in (*gaps, 0.1)]
    parts = [np.zeros(int(0.1 * RATE), dtype=np.float32)]
    for clip, silence in zip(clips, quiet, strict=True):
        parts += [at_level(clip, LOUD), silence]
    return np.concatenate(parts)
