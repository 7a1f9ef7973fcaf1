"""Who has the floor: the states of TurnTaker."""

from enum import Enum

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped


class State(Enum):
    """Who has the floor."""

    LISTENING = "listening"
    """The floor is free."""
    HEARING = "hearing"
    """The caller speaks."""
    PAUSING = "pausing"
    """The caller paused: has the turn ended? A speculative reply may be under way, unheard."""
    THINKING = "thinking"
    """The agent has the floor, but no audio yet."""
    SPEAKING = "speaking"
    """The agent speaks."""
    WEIGHING = "weighing"
    """The caller made a sound over the agent, which has paused: interruption, "mhm", or a cough?"""
    SECURE = "secure"
    """The floor is free, and keys are captured: to what the caller says or keys in, the machine is blind."""
    CLOSED = "closed"
    """The line is gone."""


WAITS = frozenset({State.LISTENING, State.HEARING, State.PAUSING, State.THINKING, State.WEIGHING, State.SECURE})
"""States with a deadline: in them something must happen even if nothing comes."""
FREE = (State.LISTENING, State.SECURE)
"""States in which nobody speaks, and announcements have their turn."""
AGENTS = (State.THINKING, State.SPEAKING)
"""States in which the agent has the floor: sound of the caller is over it."""
BLIND = (SpeechStarted, SpeechStopped, SpeechStirred, do.Heard)
"""What the caller does while keys are captured; and a key only silences the agent then."""
