"""What is measured: how each system is started, and what exactly was set."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import conversation
from benchmarks.load.peers import install

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class System:
    """One system in one configuration.

    ``command``: prints one line of JSON with ``ready``, the base address of its ``/twilio``. ``environment``: beside
    the vendors' addresses and keys. ``setup``: the configuration, in words for the page. ``durable``: it stores
    its tool calls on NATS. ``least``: smaller
    levels say nothing that another system's do not. ``framework``: the environment it needs, see ``peers.install``.
    ``later``: measured once all the others are.
    """

    name: str
    title: str
    setup: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    durable: bool = False
    least: int = 1
    framework: str | None = None
    later: bool = False


def environment(vendors: Mapping[str, str], system: System, nats_url: str, folder: Path) -> dict[str, str]:
    """The whole environment of a system: the same vendors and words for all."""
    common = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(Path.home()),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(HERE.parents[1]),
        "BENCH_GREETING": conversation.GREETING,
        "BENCH_INSTRUCTIONS": conversation.INSTRUCTIONS,
        "TRUNKLINE_NATS_URL": nats_url,
        "TRUNKLINE_DATA": str(folder),
        "TRUNKLINE_AGENT": str(agent(folder)),
    }
    return {**common, **vendors, **system.environment}


def agent(folder: Path) -> Path:
    """The agent's file for Trunkline: the same greeting and instructions as everywhere."""
    file = folder / "agent.yaml"
    file.write_text(
        f"name: Robin\nbusiness: Harbour Home Services\ngreeting: {conversation.GREETING}\n"
        f"instructions: {conversation.INSTRUCTIONS}\ntools: [{conversation.TOOL}]\n"
    )
    return file


_SEATS = {
    "TRUNKLINE_MIND": "openai",
    "TRUNKLINE_VOICE": "cartesia",
    "TRUNKLINE_EDGE_PORT": "0",
    "TRUNKLINE_PROCESSES": "1",
}
_BEYOND = {"TRUNKLINE_MAX_CALLS": "1000", "TRUNKLINE_LATE": "10"}
"""No admission control: every call is taken, so that one sees what becomes of them."""
_EDGE = (sys.executable, "-m", "trunkline.cli", "edge")

FLOOR = System(
    "floor",
    "floor program",
    "`benchmarks/load/floor.py`: aiohttp on uvloop, an energy gate, a turn ends after 200 ms of silence, no record of "
    "anything, no voice detector.",
    (sys.executable, "-m", "benchmarks.load.floor"),
)
TRUNKLINE = System(
    "trunkline",
    "Trunkline",
    "`trunkline edge` with `TRUNKLINE_EARS=deepgram`, `TRUNKLINE_MIND=openai`, `TRUNKLINE_VOICE=cartesia`, "
    "`TRUNKLINE_PROCESSES=1`, and no admission control (`TRUNKLINE_MAX_CALLS=1000 TRUNKLINE_LATE=10`); all else is the "
    "default: Silero on all calls, barge-in, speculation, spares loaded (Moonshine and hibari in processes of their "
    "own), every turn and tool call stored on NATS JetStream, tapes.",
    _EDGE,
    {**_SEATS, "TRUNKLINE_EARS": "deepgram", **_BEYOND},
    durable=True,
)
TRUNKLINE_FULL = System(
    "trunkline-admission",
    "Trunkline, admission",
    "The same with admission control as it comes: capacity measured at the start, new calls refused while the loop is "
    "late. Refused callers dial again after 3 s.",
    _EDGE,
    {**_SEATS, "TRUNKLINE_EARS": "deepgram"},
    durable=True,
    least=80,
)
TRUNKLINE_FLUX = System(
    "trunkline-flux",
    "Trunkline, Flux",
    "The same with `TRUNKLINE_EARS=flux`: Deepgram's Flux, which says itself when a turn ends (emulated: messages "
    "100 ms after the sound, an eager end after 60 ms of silence, an end after 240 ms).",
    _EDGE,
    {**_SEATS, "TRUNKLINE_EARS": "flux", **_BEYOND},
    durable=True,
    later=True,
)


def _peer(framework: str, kind: str, title: str, setup: str) -> System:
    python = str(install.folder(framework) / "bin" / "python")
    program = str(HERE / "peers" / f"{framework}_agent.py")
    return System(f"{framework}-{kind}", title, setup, (python, program, kind), framework=framework, later=True)


PIPECAT = _peer(
    "pipecat",
    "default",
    "Pipecat 1.14, default",
    "what its project template makes of Twilio, Deepgram, OpenAI and Cartesia: 8 kHz in and out, Silero and smart-turn "
    "v3 for every call, whole sentences to the voice, metrics on. FastAPI on uvicorn and uvloop, all calls in one "
    "process; the carrier's REST hang-up is off.",
)
PIPECAT_TUNED = _peer(
    "pipecat",
    "tuned",
    "Pipecat 1.14, tuned",
    "as the default, but: a turn ends after 200 ms of silence by Silero and the finalised words, with no further wait "
    "(`SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0)`), no smart-turn; speech over the agent stops it after "
    "100 ms (`start_secs=0.1`); words go to the voice as they come (`TOKEN`, `max_buffer_delay_ms=0`); 20 ms chunks "
    "out; one Silero session for all calls; metrics, turn tracking and RTVI off.",
)
LIVEKIT = _peer(
    "livekit",
    "default",
    "LiveKit Agents 1.8, default",
    "`AgentSession(stt, llm, tts)` with the Deepgram, OpenAI and Cartesia plugins as they come: its own Silero, the "
    "turn detector v1-mini on this machine, 0.3 to 2.5 s of endpointing, the model (not the voice) begun early, 16 kHz "
    "to the ears, 24 kHz from the voice. All calls in one process on uvloop, no LiveKit server: audio in and out are "
    "small classes that speak Twilio's frames (its own way is a process a call, which costs more).",
)
LIVEKIT_TUNED = _peer(
    "livekit",
    "tuned",
    "LiveKit Agents 1.8, tuned",
    "as the default, but: turns by the voice detector, 200 ms of silence and no more (`min_silence_duration=0.2`, "
    "`min_delay=0.2`), model and voice both begun early (`preemptive_tts`); speech over the agent stops it after "
    "200 ms (`min_duration=0.2`; with 0.1 one answer in ten never came), for good; words go to the voice as they "
    "come; 8 kHz to the ears and from the voice; plugins and connections shared by all calls; "
    "the detector runs on the loop in place of in a thread a call; no echo warm-up.",
)

SYSTEMS = {
    system.name: system
    for system in (FLOOR, TRUNKLINE, TRUNKLINE_FULL, LIVEKIT_TUNED, PIPECAT_TUNED, LIVEKIT, PIPECAT, TRUNKLINE_FLUX)
}
