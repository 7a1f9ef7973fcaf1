"""Whole calls with the vendors of the fast path, emulated, on an edge composed as in production. In real time."""

import asyncio
import contextlib
import gc
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.script import Script, Turn
from benchmarks.vendors.server import Vendors
from edge.app import services
from edge.core.audio import RATE, Pcm
from edge.node import Node
from edge.settings import EdgeSettings
from schemas.base import Event
from schemas.events import decode
from schemas.subjects import call_subject, parse
from tests.edge.carrying import carrying
from tests.edge.conftest import DIG
from trunkline.stack.stack import Engines
from workers.adapters.nats import ToolsBucket, subscribed

WORDS = "I would like a boiler service."


class Site:
    """An edge and its address."""

    def __init__(self, node: Node, url: str) -> None:
        self.node = node
        self.url = url


@contextlib.asynccontextmanager
async def site(settings: EdgeSettings) -> AsyncIterator[Site]:
    async with services(settings) as shared, carrying(shared, settings) as (node, url):
        yield Site(node, url)


@pytest.fixture
def settings(engines: Engines, vendor_settings: EdgeSettings, tmp_path: Path) -> EdgeSettings:
    mine = {"nats_url": engines.nats_url, "data": tmp_path, "ears": "deepgram", "voice": "cartesia", "mind": "openai"}
    return vendor_settings.model_copy(update=mine)


@pytest.fixture
async def sentence(speech: dict[str, Any], vendors: Vendors) -> Pcm:
    """The words in a human-like voice, which the detector takes for speech; the vendors know how long they last."""
    pcm = np.concatenate([piece.pcm async for piece in speech["voice"].speak(WORDS)])
    loud = np.flatnonzero(np.abs(pcm) > 500)
    script = Script([Turn(WORDS, seconds=float(loud[-1] - loud[0]) / RATE)])
    vendors.deepgram.script = vendors.flux.script = vendors.assemblyai.script = script
    return np.concatenate([pcm, np.zeros(2 * RATE, np.int16)])


class Tape:
    """The events of a call as they come."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def start(self, nc: Any, call_id: str) -> None:
        await nc.subscribe(call_subject("local", call_id, ">"), cb=self._take)
        await subscribed(nc)

    async def _take(self, msg: Any) -> None:
        event = decode(parse(msg.subject)[2], msg.data)
        if event not in self.events:  # It comes again where its acknowledgement was late.
            self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.kind == kind]


@pytest.mark.parametrize("ears", ["deepgram", "flux"])
async def test_a_call_with_the_vendors(
    ears: str, settings: EdgeSettings, vendors: Vendors, sentence: Pcm, line_to: Any, nats_client: Any, until: Any
) -> None:
    tape, call_id = Tape(), f"vendors-{ears}"
    await tape.start(nats_client, call_id)
    async with site(settings.model_copy(update={"ears": ears})) as edge:
        async with line_to(edge, call_id) as line:
            await line.silence(1.5)
            await line.speak(sentence)
            await line.silence(4.0)
        await until(lambda: tape.of("call_ended"))
    turns = [event.text for event in tape.of("turn_committed")]
    assert turns == [WORDS]
    answers = [event.text for event in tape.of("reply_heard") if event.cause == "turn"]
    assert len(answers) == 1
    assert answers[0].startswith("Certainly.")
    assert tape.of("provider_replaced") == []
    streams = vendors.deepgram.streams if ears == "deepgram" else vendors.flux.streams
    assert [stream["tag"] for stream in streams] == [call_id]
    assert all(context.startswith(f"{call_id}-") for context in vendors.cartesia.contexts)
    assert call_id in vendors.openai.users


async def test_a_turn_ends_on_the_word_of_assemblyai(
    settings: EdgeSettings, vendors: Vendors, sentence: Pcm, line_to: Any, nats_client: Any, until: Any
) -> None:
    tape, call_id = Tape(), "vendors-assemblyai"
    await tape.start(nats_client, call_id)
    async with site(settings.model_copy(update={"ears": "assemblyai"})) as edge:
        async with line_to(edge, call_id) as line:
            await line.silence(1.5)
            await line.speak(sentence)
            await line.silence(1.5)
        await until(lambda: tape.of("call_ended"))
    (turn,) = tape.of("turn_committed")
    assert (turn.text, turn.why) == ("i would like a boiler service", "vendor")
    assert tape.of("provider_replaced") == []


@pytest.mark.parametrize("kind", ["drop", "stall"])
async def test_a_call_survives_all_its_vendors(
    kind: Any, settings: EdgeSettings, vendors: Vendors, sentence: Pcm, line_to: Any, nats_client: Any, until: Any
) -> None:
    tape, call_id = Tape(), f"vendors-{kind}"
    await tape.start(nats_client, call_id)
    async with site(settings) as edge:
        vendors.deepgram.faults.always = Fault(kind, after=1)
        vendors.openai.faults.always = Fault(kind)
        vendors.cartesia.faults.always = Fault(kind)
        await vendors.cartesia.hang_up()
        async with line_to(edge, call_id) as line:
            await line.silence(4.0)
            await line.speak(sentence)
            await line.silence(8.0)
        await until(lambda: tape.of("call_ended"))
    assert {event.seat for event in tape.of("provider_replaced")} == {"ears", "voice", "mind"}
    assert len(tape.of("provider_replaced")) == 3
    assert "boiler" in tape.of("turn_committed")[0].text.lower()
    heard = tape.of("reply_heard")
    assert [event.cause for event in heard][:2] == ["greeting", "turn"]
    assert all(event.text for event in heard)


async def test_what_the_model_says_a_second_after_the_caller_has_hung_up_is_done(
    settings: EdgeSettings, vendors: Vendors, sentence: Pcm, line_to: Any, nats_client: Any, until: Any
) -> None:
    tape, call_id = Tape(), "vendors-bye"
    await tape.start(nats_client, call_id)
    vendors.openai.latency = replace(vendors.openai.latency, first_token=1.0)
    vendors.openai.script = Script(
        [Turn(WORDS, tool="book_visit", before="I will see to it.", arguments={"deep": True})]
    )
    bucket = ToolsBucket(nats_client.jetstream())
    await bucket.offer("test", [DIG.model_copy(update={"name": "book_visit"})])
    async with site(settings) as edge:
        await until(lambda: "book_visit" in edge.node.services.bus.tools())
        async with line_to(edge, call_id) as line:
            await line.silence(1.5)
            caller = asyncio.create_task(line.speak(sentence))
            await until(lambda: tape.of("turn_committed"))
            caller.cancel()
        spoken = len(vendors.cartesia.contexts)
        await until(lambda: tape.of("call_ended"))
        assert len(vendors.cartesia.contexts) == spoken, "Nobody would hear it."
    await bucket.offer("test", [])
    assert [event.arguments for event in tape.of("tool_requested")] == [{"deep": True}]
    assert tape.events[-1].kind == "call_ended"


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(*modules: str) -> Counter[str]:
    """What is there of these modules' classes, whether something refers to it or a cycle keeps it."""
    kinds = (type(one) for one in gc.get_objects())
    return Counter(
        f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if str(kind.__module__).startswith(modules)
    )


@pytest.mark.parametrize("ears", ["deepgram", "flux"])
async def test_a_call_that_is_over_is_gone_without_the_collector(
    ears: str, settings: EdgeSettings, sentence: Pcm, line_to: Any, until: Any, no_collector: None
) -> None:
    async with site(settings.model_copy(update={"ears": ears})) as edge:

        async def call(call_id: str, seconds: float, *, rude: bool = False, cut: bool = False) -> None:
            async with line_to(edge, call_id) as line:
                await line.silence(1.5)
                await line.speak(sentence)
                await line.silence(seconds)
                if rude:
                    await line.ws.close()
                if cut:
                    said = line.media
                    await until(lambda: line.media > said + 10)
                    line.cut()
            await until(lambda: call_id not in edge.node.calls)

        def parts() -> Counter[str]:
            return alive(
                "edge.call", "edge.reply", "edge.business", "edge.core", "edge.spare", "edge.uplink", "edge.tr"
            )

        await call(f"memory-{ears}", 0.0)  # What is made once is made.
        before = parts()
        # One hangs up in mid-answer, one after it, one is gone without a goodbye.
        ends = call(f"memory-{ears}-1", 0.0), call(f"memory-{ears}-2", 3.0), call(f"memory-{ears}-3", 0.5, rude=True)
        await asyncio.gather(*ends)
        await until(lambda: parts() <= before)
        await call(f"memory-{ears}-4", 0.0, cut=True)  # The line of another breaks while the agent talks.
        await until(lambda: parts() <= before)
