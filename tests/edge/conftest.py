"""A real edge for tests: real ears, voice, VAD and NATS; a mind that says what the test wants."""

import asyncio
import base64
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
from nats.aio.client import Client

from benchmarks.vendors.latency import Latency
from benchmarks.vendors.script import Script, Turn
from benchmarks.vendors.server import Vendors
from edge.agent import Agent
from edge.core.audio import FRAME, FRAME_SECONDS, RATE, AudioFrame, Pcm, to_mulaw
from edge.core.conversation import CallerSaid, Conversation, Done, ReplyEvent, TextDelta
from edge.node import Node
from edge.providers import find
from edge.settings import EdgeSettings
from schemas.subjects import call_subject
from schemas.tools import ToolSpec
from tests.conftest import Until
from tests.edge.carrying import carrying
from tests.edge.desk import Desk, services_on
from trunkline.stack.stack import Engines
from workers.adapters.nats import ToolsBucket, subscribed

AGENT = Agent(name="Robin", business="Harbor Home Services", greeting="Hello.", anything_else="", still_there_after=60)


@dataclass
class ScriptedMind:
    """Sits in the model's seat and answers as told; keeps what it was asked."""

    answer: Callable[[Conversation], list[ReplyEvent]] = field(default_factory=lambda: echo)
    asked: list[Conversation] = field(default_factory=list)
    thinks: asyncio.Event | None = None
    """Where there is one, it says nothing before that is set."""

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        self.asked.append(conversation)
        if self.thinks:
            await self.thinks.wait()
        for event in self.answer(conversation):
            yield event

    async def close(self) -> None:
        return


def echo(conversation: Conversation) -> list[ReplyEvent]:
    """Says back what the caller said."""
    last = conversation.entries[-1]
    return [TextDelta(f"You said {last.text}" if isinstance(last, CallerSaid) else "Yes."), Done()]


@dataclass
class Edge:
    """An edge on a port of its own."""

    node: Node
    mind: ScriptedMind
    url: str

    def counted(self, name: str, **labels: str) -> float:
        """A metric's value; 0 where it was never counted."""
        return self.node.services.metrics.registry.get_sample_value(f"trunkline_{name}", labels) or 0.0


@pytest_asyncio.fixture(scope="session")
async def speech() -> AsyncIterator[dict[str, Any]]:
    """The speech models, loaded once."""
    settings = EdgeSettings()
    ears = await find("ears", "moonshine").open(settings)
    voice = await find("voice", "hibari").open(settings)
    yield {"ears": ears, "voice": voice, "vad": await find("vad", "silero").open(settings)}
    await ears.close()
    await voice.close()


@pytest_asyncio.fixture
async def edge(engines: Engines, speech: dict[str, Any], tmp_path: Path) -> AsyncIterator[Edge]:
    """A real edge that carries at most three calls."""
    mind = ScriptedMind()
    async with (
        services_on(engines.nats_url, tmp_path, AGENT, mind=mind, **speech) as (services, _),
        carrying(services, EdgeSettings(data=tmp_path)) as (node, url),
    ):
        yield Edge(node, mind, url)


@pytest_asyncio.fixture
async def desk(engines: Engines, nats_client: Client, tmp_path: Path) -> AsyncIterator[Desk]:
    """A call's business whose agent may dig, once a worker offers it."""
    digger = Agent(name="Robin", business="Harbor Home Services", greeting="Hello.", still_working=[], tools=["dig"])
    async with services_on(engines.nats_url, tmp_path, digger) as (services, bus):
        desk = Desk(services, bus)
        await nats_client.subscribe(call_subject("local", desk.call), cb=desk.hear)
        await subscribed(nats_client)
        yield desk


DIG = ToolSpec(
    name="dig",
    title="dig a hole",
    description="Dig.",
    parameters={"type": "object", "properties": {"deep": {"type": "boolean"}}, "additionalProperties": False},
    result={},
    workflow="dig",
)


Offered = Callable[..., Awaitable[None]]


@pytest_asyncio.fixture
async def offered(desk: Desk, nats_client: Client, until: Until) -> AsyncIterator[Offered]:
    """``await offered(repeat="ask")``: a worker offers the tool, with this policy, and the edge knows of it."""
    bucket = ToolsBucket(nats_client.jetstream())

    async def offered(**policy: Any) -> None:
        spec = DIG.model_copy(update=policy)
        await bucket.offer("test", [spec])
        await until(lambda: desk.bus.tool_specs().get("dig") == spec)

    yield offered
    await bucket.offer("test", [])


HEARD = (Turn("I would like a boiler service.", seconds=2.0), Turn("Thank you, goodbye.", seconds=1.0))
"""What the emulated recognisers make of the first sound of a call, two seconds, and of the second, one."""


@pytest_asyncio.fixture
async def vendors() -> AsyncIterator[Vendors]:
    """Emulated vendors that answer within milliseconds."""
    quick = Latency(hearing=0.02, turns=0.02, first_token=0.05, token=0.002, first_audio=0.03, speed=100.0)
    vendors = Vendors(Script(HEARD), quick)
    await vendors.start()
    yield vendors
    await vendors.stop()


@pytest.fixture
def vendor_settings(vendors: Vendors) -> EdgeSettings:
    """Settings of an edge that meets them."""
    return EdgeSettings(
        deepgram_url=vendors.url,
        assemblyai_url=vendors.url,
        cartesia_url=vendors.url,
        openai_base_url=f"{vendors.http}/v1",
        deepgram_api_key="key",
        assemblyai_api_key="key",
        cartesia_api_key="key",
        openai_api_key="key",
    )


@pytest.fixture
def sound() -> Callable[..., list[AudioFrame]]:
    """``sound(seconds, silence, at=0.0)``: frames of a tone and of the silence after it, from ``at`` on."""

    def sound(seconds: float, silence: float = 0.0, at: float = 0.0) -> list[AudioFrame]:
        tone = 8000 * np.sin(np.arange(int(seconds * RATE)) / 4)
        pcm = np.concatenate((tone, np.zeros(int(silence * RATE)))).astype(np.int16)
        return [AudioFrame(frame, at + number * FRAME_SECONDS) for number, frame in enumerate(pcm.reshape(-1, FRAME))]

    return sound


class Line:
    """The carrier's end of a media stream, driven by hand: speaks in real time, sends back the marks it gets."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, call_id: str) -> None:
        self.ws = ws
        self.call_id = call_id
        self.media = 0
        self.cleared = 0
        self.marks = True
        """Whether marks go back; those that come while they do not are lost."""
        self._broken = False
        self._pending: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            body = json.loads(message.data)
            match body["event"]:
                case "media":
                    self.media += 1
                case "mark" if self.marks:
                    await self.ws.send_str(json.dumps(body))
                case "clear":
                    self.cleared += 1

    async def speak(self, pcm: Pcm) -> None:
        """Send this sound in real time, until the edge hangs up."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for start in range(0, len(pcm) - FRAME + 1, FRAME):
            payload = base64.b64encode(to_mulaw(pcm[start : start + FRAME])).decode()
            try:
                await self.send("media", media={"payload": payload})
            except ConnectionError:
                return
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def silence(self, seconds: float) -> None:
        """Send nothing but silence for so long."""
        await self.speak(np.zeros(int(seconds * 8000), np.int16))

    async def send(self, event: str, **body: Any) -> None:
        await self.ws.send_str(json.dumps({"event": event, "streamSid": "MZ1", **body}))

    def cut(self) -> None:
        """Have the line broken instead of hung up: no goodbye of any kind, and what the edge still sends is refused."""
        self._broken = True
        self.ws.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def close(self) -> None:
        """Hang up, and wait until the edge has closed the websocket."""
        if self._broken:
            self._reader.cancel()
            return  # Its session's end breaks it.
        if not self.ws.closed:
            with contextlib.suppress(ConnectionError):
                await self.send("stop", stop={"callSid": self.call_id})
        await asyncio.wait([self._reader], timeout=60)
        await self.ws.close()


@pytest.fixture
def line_to() -> Callable[..., contextlib.AbstractAsyncContextManager[Line]]:
    """``async with line_to(edge, call_id) as line:`` calls this edge."""
    return dial


@contextlib.asynccontextmanager
async def dial(edge: Edge, call_id: str, **start: Any) -> AsyncIterator[Line]:
    """A call to this edge."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{edge.url}/twilio") as ws:
        line = Line(ws, call_id)
        await line.send("connected", protocol="Call", version="1.0.0")
        form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        await line.send("start", start={"callSid": call_id, "mediaFormat": form, **start})
        try:
            yield line
        finally:
            await line.close()
