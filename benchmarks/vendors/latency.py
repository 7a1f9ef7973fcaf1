"""How long the emulated vendors take. Seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """Fixed, so that what a system adds can be told from what its vendors take."""

    hearing: float = 0.150
    """Deepgram listen: from a sound's arrival, or a Finalize, to the message about it."""
    interim: float = 0.300
    """Audio between two interim results."""
    turns: float = 0.100
    """Flux and AssemblyAI: from a sound's arrival to the message about it."""
    update: float = 0.250
    """Audio between two updates of a turn, Flux or AssemblyAI."""
    eager: float = 0.060
    """Silence after finished words before Flux's eager end of turn."""
    end: float = 0.240
    """Silence after finished words before Flux's end of turn."""
    first_token: float = 0.250
    token: float = 0.015
    first_audio: float = 0.120
    """Cartesia: from text that may be spoken to its first audio."""
    speed: float = 5.0
    """Seconds of audio that Cartesia makes in a second."""
