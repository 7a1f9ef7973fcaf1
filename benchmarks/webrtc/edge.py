"""An edge under measurement, in a process of its own: real transport, voice detection, turn-taking and playout; ears
and a voice that cost nothing, so that what is measured is WebRTC.

``python -m benchmarks.webrtc.edge NATS_URL`` prints its port; ``GET /probe`` tells what was measured since the last.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from aiohttp import web

from edge.agent import Agent
from edge.app import application, manners
from edge.bus import NatsBus
from edge.call import Call
from edge.core.audio import RATE, AudioFrame
from edge.core.conversation import Conversation, Done, ReplyEvent, TextDelta
from edge.core.jitter import Packet
from edge.core.lateness import Limits
from edge.metrics import Metrics
from edge.node import Node
from edge.ports import Speech, Transcript
from edge.providers import find
from edge.services import Services
from edge.settings import EdgeSettings
from edge.webrtc.hearing import Hearing
from edge.webrtc.voice import Voice

AGENT = Agent(name="Robin", business="Harbor Home Services", greeting="Hello.", anything_else="", still_there_after=60)
WORDS = "This is a reply of some length, spoken at the pace of a person, as agents do."
SECONDS = 4.0
"""Of a reply."""


class Ear:
    """Hears the same in everything."""

    def __init__(self, hear: Callable[[Transcript], None]) -> None:
        self._hear = hear

    def feed(self, frame: AudioFrame) -> None:
        return

    def decode(self, start: float, end: float) -> None:
        text = Transcript("Please tell me something.", True, start, end, finished=1.0)
        asyncio.get_running_loop().call_later(0.05, self._hear, text)

    async def close(self) -> None:
        return


class Ears:
    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> Ear:
        return Ear(hear)

    async def close(self) -> None:
        return


class Mind:
    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        yield TextDelta(WORDS)
        yield Done()

    async def close(self) -> None:
        return


class Hum:
    """A voice that hums."""

    joins = False

    async def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        seconds = SECONDS if text != AGENT.greeting else 0.4
        at = np.arange(int(seconds * RATE))
        pcm = (5000 * np.sin(at / 6) * (1 + np.sin(at / 900))).astype(np.int16)
        yield Speech(pcm, len(text))

    async def close(self) -> None:
        return


class Probe:
    """When each sample came by RTP, and when voice detection had looked at it; how late packets go out."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.late: list[float] = []
        self.cpu = time.process_time()
        self.since = time.perf_counter()

    def read(self) -> dict[str, Any]:
        """All since the last reading."""
        told = {
            "delays": self.delays,
            "late": self.late,
            "cpu": time.process_time() - self.cpu,
            "seconds": time.perf_counter() - self.since,
        }
        self.__init__()  # type: ignore[misc]
        return told


def watched(probe: Probe) -> None:
    """Put the probe into this process."""
    loop = asyncio.get_running_loop()
    packet, opened, voiced, wait = Hearing._packet, Call.open, Call.voiced, Voice._wait
    window = Call.window

    def on_packet(hearing: Hearing, piece: Packet) -> None:
        call = getattr(hearing._hear, "__self__", None)
        call = getattr(call, "_call", None)
        before = call.at if call else 0.0
        packet(hearing, piece)
        if call and call.at > before:
            call.probe.append((call.at, piece.came))

    async def on_open(call: Any, **more: Any) -> None:
        call.probe = deque(maxlen=200)
        await opened(call, **more)

    def looked(call: Any) -> None:
        _, end = call._intake.span()
        now = loop.time()
        while call.probe and call.probe[0][0] <= end + 1e-9:
            probe.delays.append(now - call.probe.popleft()[1])

    def on_window(call: Any) -> Any:
        found = window(call)
        if found is None:
            looked(call)  # At plain silence, of which the model is not asked.
        return found

    def on_voiced(call: Any, probability: float) -> None:
        looked(call)
        voiced(call, probability)

    async def on_wait(voice: Voice) -> None:
        await wait(voice)
        if voice._due is not None:
            probe.late.append(loop.time() - voice._due)

    for kind, name, method in (
        (Hearing, "_packet", on_packet),
        (Call, "open", on_open),
        (Call, "window", on_window),
        (Call, "voiced", on_voiced),
        (Voice, "_wait", on_wait),
    ):
        setattr(kind, name, method)


async def serve(nats_url: str) -> None:
    """Until killed."""
    settings = EdgeSettings(data=Path(tempfile.mkdtemp()))
    metrics = Metrics.create()
    bus = await NatsBus.connect(nats_url, "bench", "bench", settings.data / "spill.jsonl", metrics)
    services = Services(
        region="bench",
        node="bench",
        agent=AGENT,
        manners=manners(AGENT),
        ears=Ears(),
        mind=Mind(),
        voice=Hum(),
        vad=await find("vad", "silero").open(settings),
        bus=bus,
        metrics=metrics,
        max_call_seconds=600,
    )
    node = Node(services, max_calls=200, limits=Limits(late=10.0))  # It is to carry more than it should.
    probe = Probe()
    watched(probe)

    async def read(request: web.Request) -> web.Response:
        return web.json_response(probe.read())

    app = application(node, settings)
    app.router.add_get("/probe", read)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await node.run()


if __name__ == "__main__":
    cores = os.environ.get("TRUNKLINE_BENCH_CORES")
    if cores:
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(serve(sys.argv[1]))
