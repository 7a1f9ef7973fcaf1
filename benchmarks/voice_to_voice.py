"""Voice to voice on the embedded stack: recorded people speak, and wait for the agent. In real time: takes minutes.

Measured at the caller's ear: the last voiced sample sent → the first audible sample played. The split is the edge's
own, from its events; its parts overlap where work is done speculatively.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nats
from rich.progress import track

from benchmarks.figures import Figure
from schemas.events import decode
from schemas.subjects import call_subject, parse
from schemas.turns import Latency, ReplyStarted
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.script import Script, Step

RECORDINGS = Path(__file__).parent.parent / "tests" / "recordings"
TURNS_A_CALL = 6
PARTS = ("endpointing", "decode", "model", "synthesis", "playout")


def recordings(most: int) -> list[Path]:
    """Recorded people, as many as there are up to ``most``; without the goodbyes, after which there is no next turn."""
    manifest = json.loads((RECORDINGS / "manifest.json").read_text())
    turns = [entry for entry in manifest if entry["voice"] == "human" and entry["file"].startswith("turns/")]
    return [RECORDINGS / entry["file"] for entry in turns if "goodbye" not in entry["text"].lower()][:most]


async def measure(place: dict[str, Any], turns: int) -> list[Figure]:
    """Place calls one after the other until every recording has been said once."""
    client = await nats.connect(place["nats"])
    latencies: list[Latency] = []

    async def take(msg: Any) -> None:
        event = decode(parse(msg.subject)[2], msg.data)
        if isinstance(event, ReplyStarted) and event.latency:
            latencies.append(event.latency)

    await client.subscribe(call_subject("*", kind=ReplyStarted.kind), cb=take)
    waits: list[float] = []
    files = recordings(turns)
    for start in track(range(0, len(files), TURNS_A_CALL), "Placing calls", transient=True):
        waits += await _call(place, files[start : start + TURNS_A_CALL])
    await client.drain()
    return [
        Figure("voice to voice, at the caller's ear", tuple(waits), 500, 700),
        Figure("voice to voice, at the edge", _part(latencies, "voice_to_voice")),
        *(Figure(f"  {part}", _part(latencies, part)) for part in PARTS),
    ]


def _part(latencies: Sequence[Latency], part: str) -> tuple[float, ...]:
    return tuple(1000 * getattr(latency, part) for latency in latencies)


async def _call(place: dict[str, Any], files: Sequence[Path]) -> list[float]:
    script = Script(lines=[Step(play=file) for file in files])
    report = await place_call(CallPlan(to=place["twilio_ws"], script=script, nats=place["nats"], hears=False))
    return [turn.voice_to_voice_ms for turn in report.turns if turn.voice_to_voice_ms is not None]
