"""Where a turn's time went: from the caller's last sound to the agent's first. Seconds of the loop's clock."""

from edge.reply import Times
from schemas.turns import Latency


class Stopwatch:
    """One call's; the newest turn counts."""

    def __init__(self) -> None:
        self._asked = self._had = 0.0
        self._last_sound = self._committed = 0.0

    def decode_asked(self, now: float) -> None:
        """Words were asked for."""
        self._asked = now

    def decoded(self, now: float) -> None:
        """Words came."""
        self._had = now

    def committed(self, now: float, last_sound: float) -> None:
        """The turn is over."""
        self._committed, self._last_sound = now, last_sound

    def latency(self, reply: Times, now: float) -> Latency:
        """The split, when the reply's first audio has just been handed to the transport."""
        phrase = reply.first_phrase or now
        audio = reply.first_audio or now
        return Latency(
            endpointing=self._committed - self._last_sound,
            decode=max(0.0, self._had - self._asked),
            model=phrase - reply.begun,
            synthesis=max(0.0, audio - phrase),  # A filler's audio comes before the reply's first phrase.
            playout=now - max(audio, self._committed),
            voice_to_voice=now - self._last_sound,
        )
