"""What the calls of one process share, and what is known of the two ends of a call."""

from dataclasses import dataclass, field

from edge.agent import Agent
from edge.core.manners import Manners
from edge.metrics import Metrics
from edge.ports import Bus, CardGateway, LanguageModel, SpeechToText, TextToSpeech, VoiceDetector
from edge.quick.tools import QuickTools
from edge.tapes import Tapes
from schemas.sealing import Seals


@dataclass(frozen=True, slots=True)
class Services:
    """What the calls of one process share."""

    region: str
    node: str
    agent: Agent
    manners: Manners
    ears: SpeechToText
    mind: LanguageModel
    voice: TextToSpeech
    vad: VoiceDetector
    bus: Bus
    metrics: Metrics
    max_call_seconds: float
    quick: QuickTools = field(default_factory=lambda: QuickTools.open(()))
    """What can be looked up in the middle of a reply."""
    tapes: Tapes | None = None
    """Where the turn-taking of calls is recorded; None records none."""
    gateway: CardGateway | None = None
    """Where keyed-in cards go; None takes none."""
    seals: Seals = field(default_factory=lambda: Seals({}))
    """With which arguments that are sensitive, and what a dialogue remembers, leave this process."""
    local_ears: SpeechToText | None = None
    """A recogniser on this machine, the only one that may hear a caller who keys in a card; None hears none."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who called whom, and how."""

    transport: str
    caller: str | None = None
    callee: str | None = None
    returns: bool = False
    """Whether the line comes back by itself when it breaks, here or at another edge."""
