"""How many calls this process can carry on the core it runs on: measured at the start, with real parts and real sound.

The loop's share of a call is measured: messages from and to the carrier, framing, voice detection, playout. What cannot
be measured without a caller (sockets, vendors' streams, replies, events) is a multiple of it, known from whole calls
under load: see docs/explanation/performance.md. Where speech is recognised or made on this machine, that is measured
too, since its processes are busy long before the loop is.
"""

import asyncio
import fcntl
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, AudioFrame, Pcm, samples
from edge.core.intake import Intake
from edge.core.playout import Frame, Playout
from edge.ports import SpeechToText, TextToSpeech, VoiceDetector
from edge.transports import twilio

CALLS = 20
"""Calls that are played through at the same time, so that voice detection sees batches."""
SECONDS = 0.64
"""Seconds of sound that each of them sends: a whole number of frames and of windows."""
TIMES = 3
"""The quickest run counts: what disturbed the others is not the cost of a call."""
WHOLE = 3.0
"""What a whole call costs the loop, in multiples of what is measured."""
BUSY = 0.80
"""The part of a core that calls may take; past it, lateness grows without bound."""
TURNS = 10.0
"""Pauses of a caller that are decoded, and phrases that are spoken, in a minute of a lively call."""
SPEECH_BUSY = 0.5
"""The part of its time that a speech process may be busy: the next caller waits for it."""
WORDS = (
    "Your boiler service is booked for Tuesday at ten in the morning.",
    "Your garden lights are mended on Friday at three in the afternoon.",
    "Your kitchen window is measured on Monday at nine in the morning.",
)
"""Something else each time: what was said once, the voice knows by heart."""
PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU seconds of the loop for a second of a call, and seconds of the slower of the speech processes for a turn."""

    loop: float
    turn: float = 0.0

    def calls(self, sharing: float = 1.0) -> int:
        """Calls that this process can carry; ``sharing``: edge processes for each speech process."""
        calls = BUSY / (self.loop * WHOLE)
        if self.turn:
            calls = min(calls, 60 * SPEECH_BUSY / (TURNS * self.turn) / sharing)
        return max(1, int(calls))


async def measure(
    vad: VoiceDetector,
    ears: SpeechToText | None = None,
    voice: TextToSpeech | None = None,
    shared: Path | None = None,
) -> Costs:
    """Measure, in a tenth of a second, or one where speech is given. Holds the loop: not while there are calls.

    ``shared``: a file of all the processes that ask the same speech processes. The first measures a turn and leaves the
    figure in it; the others, and those that are started again while calls are in progress, would measure each other.

    Raises:
        EdgeError: speech fails.
        TimeoutError: it takes too long.
    """
    loop = min(_loop_cost(vad) for _ in range(TIMES))
    if shared is None or not (ears or voice):
        return Costs(loop, await _turn_cost(ears, voice))
    with shared.open("a+") as file:
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)  # Who has it is done in some seconds, or dead.
        file.seek(0)
        if not (kept := file.read()):
            kept = str(await _turn_cost(ears, voice))
            file.write(kept)
    return Costs(loop, float(kept))


def _loop_cost(vad: VoiceDetector) -> float:
    """CPU seconds of the loop for a second of one call, as far as it is done here."""
    noise = np.random.default_rng(1).integers(0, 256, size=FRAME, dtype=np.uint8).tobytes()
    stream = '"MZ0123456789abcdef0123456789abcdef"'
    message = twilio.media_message(stream, noise)
    intakes = [Intake(vad.window, 0.0) for _ in range(CALLS)]
    states = [vad.open() for _ in range(CALLS)]
    playouts = [Playout(marks=True) for _ in range(CALLS)]
    frames = round(SECONDS / FRAME_SECONDS)
    for playout in playouts:
        playout.open("r1").add(np.zeros(frames * FRAME, np.int16), 1)
    began = time.process_time()
    for number in range(frames):
        now = number * FRAME_SECONDS
        for intake, playout in zip(intakes, playouts, strict=True):
            intake.take(twilio.sound_of(message), now)
            for output in playout.tick(now):
                if isinstance(output, Frame):
                    twilio.media_message(stream, output.sound)
        windows = [samples(window) for intake in intakes if (window := intake.window()) is not None]
        if windows:
            vad.score(states[: len(windows)], windows)
    return (time.process_time() - began) / (CALLS * SECONDS)


async def _turn_cost(ears: SpeechToText | None, voice: TextToSpeech | None) -> float:
    """Seconds that the slower of the two takes for a turn; 0 where neither works here."""
    spoken = decoded = 0.0
    pcm = np.zeros(2 * RATE, np.int16)
    async with asyncio.timeout(PATIENCE):
        if voice:
            spoken = PATIENCE
            for words in WORDS:
                began = time.monotonic()
                pcm = np.concatenate([piece.pcm async for piece in voice.speak(words)])
                spoken = min(spoken, time.monotonic() - began)
        if ears:
            decoded = min([await _decode_time(ears, pcm) for _ in range(TIMES)])
    return max(spoken, decoded)


async def _decode_time(ears: SpeechToText, pcm: Pcm) -> float:
    heard = asyncio.Event()
    began = time.monotonic()
    ear = await ears.open("capacity", lambda _: heard.set())
    try:
        ear.feed(AudioFrame(pcm, 0.0))
        ear.decode(0.0, len(pcm) / RATE)
        await heard.wait()
        return time.monotonic() - began
    finally:
        await ear.close()
