"""What is said or makes a noise while the agent speaks: interruptions, and sounds that are none."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.turns.fetched import Missing, pypi
from benchmarks.turns.material import LOUD, allison
from benchmarks.turns.recorded import assistant, game
from benchmarks.turns.sound import Samples, Span, at_level, read, speech
from benchmarks.turns.sounds import laughed, made
from benchmarks.turns.voices import FLITE, HIBARI, flite, hibari
from edge.core.audio import RATE
from edge.core.conversation import Profile

STOPS = ("Stop.", "No, wait.", "Wait.", "Hold on.", "No.", "Excuse me.", "Sorry, what?", "Hang on a second.")
SENTENCES = (
    "Actually, can we make it Thursday?",
    "I need a plumber, not an electrician.",
    "Can you repeat that?",
    "How much does it cost?",
    "No no, the other one.",
    "That's not what I said.",
    "Let me talk to a person.",
    "Cancel that booking, please.",
    "What time would that be?",
    "My name is spelled with a K.",
)
YES_BUT = ("Okay, but I need it on Friday.", "Yeah, no, that's wrong.", "Right, and how long does it take?")
ANSWERS = ("Yes.", "No.", "Yeah.", "Yes, please.", "No, thanks.")
BACKCHANNELS = (
    "Mhm.",
    "Uh-huh.",
    "Yeah.",
    "Okay.",
    "Right.",
    "I see.",
    "Sure.",
    "Got it.",
    "Oh.",
    "Hmm.",
    "Yeah, yeah.",
)
LAUGHS = ("Ha ha ha ha.", "Ha ha!", "Heh heh heh.", "Hee hee hee hee.", "Ho ho ho ho.", "Ah ha ha ha ha.")
SPELT_OUT = ("Mhm.", "Hmm.")
"""flite reads these as letters."""
HUMAN_STOPS = ("vm-no", "cancelled", "hello", "vm-goodbye", "sorry")
HUMAN_SENTENCES = (
    "please-try-again im-sorry check-number-dial-again privacy-incorrect vm-changeto number-not-answering "
    "something-terribly-wrong tt-weasels tt-monkeysintro one-moment-please vm-nonumber all-circuits-busy-now "
    "followme/no-recording conf-full vm-tooshort do-not-disturb vm-savefolder dir-nomatch conf-unmuted transfer"
).split()
HUMAN_VOWELS = ("letters/r", "letters/a", "letters/e", "letters/o", "hello", "vm-no")
HUMAN_BACKCHANNELS = ("auth-thankyou", "privacy-thankyou", "letters/o")
OVERHEARD = ("vm-options", "dir-intro", "demo-congrats", "queue-periodic-announce", "conf-usermenu", "demo-nogo")
BABBLE, SIDE_TALK, ECHO = -34.0, -38.0, -42.0
"""Levels, decibels of full scale, of voices that are not the caller's; his own is at -20."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """One sound over the agent's speech; ``takes``: it is meant to take the floor."""

    name: str
    kind: str
    takes: bool
    samples: Samples
    sound: Span
    profile: Profile = "open"


def overheard() -> tuple[list[Overheard], list[str]]:
    """All of them, and what could not be had."""
    notes: list[str] = []
    out: list[Overheard] = []
    for some in (_voices(HIBARI, hibari), _voices(FLITE, flite), _humans(), _sphinx(), _noises(), *_recorded()):
        try:
            out += some
        except Missing as missing:
            notes.append(f"{missing} The sounds that need it are left out.")
    return out, notes


def _one(
    name: str, kind: str, samples: Samples, *, takes: bool, level: float = LOUD, profile: Profile = "open"
) -> Overheard:
    samples = at_level(samples, level)
    spans = speech(samples)
    whole = Span(spans[0].start, spans[-1].end) if spans else Span(0.0, len(samples) / RATE)
    return Overheard(name, kind, takes, samples, whole, profile)


def _voices(voices: Sequence[str] | dict[str, float], say: Callable[[str, str], Samples]) -> Iterator[Overheard]:
    source = "hibari" if say is hibari else "flite"
    for number, voice in enumerate(voices):
        for kind, texts in (("stop", STOPS), ("new sentence", SENTENCES), ("yes, but", YES_BUT)):
            for text in texts[number % 2 :: 2]:  # Each voice says every second of them.
                yield _one(f"{voice}: {text}", f"{kind} ({source})", say(text, voice), takes=True)
        for text in ANSWERS:
            yield _one(f"{voice}: {text}", f"early answer ({source})", say(text, voice), takes=True, profile="yes_no")
        for text in BACKCHANNELS:
            if say is flite and text in SPELT_OUT:
                continue
            yield _one(f"{voice}: {text}", f"backchannel ({source})", say(text, voice), takes=False)
        for text in LAUGHS:
            yield _one(f"{voice}: {text}", f"laughter ({source})", say(text, voice), takes=False)


def _humans() -> Iterator[Overheard]:
    folder = allison()
    for kind, names in (("stop", HUMAN_STOPS), ("new sentence", HUMAN_SENTENCES)):
        for name in names:
            yield _one(name, f"{kind} (human)", read(folder / f"{name}.wav"), takes=True)
    for name in HUMAN_BACKCHANNELS:
        yield _one(name, "backchannel (human)", read(folder / f"{name}.wav"), takes=False)
    for name in HUMAN_VOWELS:
        yield from _laughter(name, read(folder / f"{name}.wav"))
    voices = [read(folder / f"{name}.wav")[: 6 * RATE] for name in OVERHEARD]
    chance = random.Random(5)
    for number in range(6):
        parts = [np.roll(voice, chance.randrange(len(voice))) for voice in chance.sample(voices, 5)]
        size = 4 * RATE
        mixed = np.sum([np.resize(at_level(part, LOUD), size) for part in parts], axis=0)
        yield _one(f"babble {number}", "babble", mixed, takes=False, level=BABBLE)
        yield _one(OVERHEARD[number], "side talk", voices[number][: 3 * RATE], takes=False, level=SIDE_TALK)
    for number, text in enumerate(SENTENCES[:6]):
        yield _one(text, "echo of the agent", hibari(text, "heart"), takes=False, level=ECHO + 2 * number)
    monkeys = read(folder / "tt-monkeys.wav")
    for start in (0, 5, 10):
        part = monkeys[start * RATE : (start + 3) * RATE]
        yield _one(f"monkeys from {start} s", "animals (recorded)", part, takes=False)


def _laughter(name: str, voice: Samples) -> Iterator[Overheard]:
    """Three times, made of a vowel of this voice."""
    for number in range(3):
        laugh = laughed(voice, np.random.default_rng([number, len(name)])).astype(np.float32)
        yield _one(f"{name}, laughing {number}", "laughter (human vowel)", laugh, takes=False)


def _sphinx() -> Iterator[Overheard]:
    data = next(pypi("pocketsphinx==5.1.1", source=True).glob("pocketsphinx*")) / "test" / "data"
    yield _one("Wait.", "stop (human)", read(data / "vad" / "test-audio.raw", 16000), takes=True)
    for name in ("something.raw", "goforward.raw"):
        yield _one(name, "new sentence (human)", read(data / name, 16000), takes=True)
        yield from _laughter(name, read(data / name, 16000))


def _noises() -> Iterator[Overheard]:
    for number, (kind, samples, level) in enumerate(made()):
        yield _one(f"{kind} {number}", kind, samples, takes=False, level=level)


def _recorded() -> Iterator[Iterator[Overheard]]:
    """Laughter, coughs and hums of actors, from two sources."""
    for source in (game(), assistant()):
        yield (_one(name, kind, sound, takes=False) for name, kind, sound in source)
