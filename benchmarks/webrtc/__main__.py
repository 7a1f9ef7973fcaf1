"""``python -m benchmarks.webrtc``: the figures of docs/explanation/webrtc-measured.md, as tables."""

import asyncio
import contextlib
import os
import re
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import click
import numpy as np
import uvloop

from benchmarks.webrtc.relay import Network, Relay
from edge.core.audio import RATE, Pcm
from tests.edge.webrtc.peer import Peer
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.records import Records

NETWORKS = {
    "as it is": Network(),
    "30 ms of jitter": Network(jitter=0.030),
    "5 % loss": Network(loss=0.05),
    "5 % loss, 30 ms of jitter": Network(0.05, 0.030),
}
CALLS = (1, 5, 10, 15, 20, 25, 30)
SECONDS = 12.0


@contextlib.asynccontextmanager
async def edge(nats_url: str, cores: str = "") -> AsyncIterator[str]:
    """An edge of its own; its address."""
    argv = (sys.executable, "-m", "benchmarks.webrtc.edge", nats_url)
    process = await asyncio.create_subprocess_exec(
        *argv, stdout=PIPE, env={**os.environ, "TRUNKLINE_BENCH_CORES": cores}
    )
    assert process.stdout
    try:
        port = b""
        while not port.strip().isdigit():  # What is logged before it serves is on standard output too.
            port = await process.stdout.readline()
        yield f"http://127.0.0.1:{int(port)}"
    finally:
        process.kill()
        await process.wait()


class Relayed(Peer):
    """A caller behind a bad network."""

    def __init__(self, url: str, network: Network) -> None:
        super().__init__(url)
        self.network = network
        self.relay: Relay | None = None

    async def answered(self, answer: str) -> str:
        found = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer)
        assert found
        self.relay, port = await Relay.open((found[1], int(found[2])), self.network)
        return answer.replace(f" {found[2]} typ host", f" {port} typ host")


def caller(seconds: float) -> Pcm:
    """Half a minute of somebody who speaks two seconds and listens five."""
    rng = np.random.default_rng(3)
    at = np.arange(2 * RATE)
    voice = 7000 * np.sin(at / 9 * (1 + 0.1 * np.sin(at / 1500))) * (1 + np.sin(at / 700)) / 2
    turn = np.concatenate((voice + 200 * rng.standard_normal(len(at)), np.zeros(5 * RATE)))
    return np.tile(turn, 1 + int(seconds / 7)).astype(np.int16)


async def probe(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/probe") as response:
        found: dict[str, Any] = await response.json()
        return found


def ms(values: list[float], part: float) -> str:
    return f"{np.percentile(values, part) * 1000:.0f}" if values else "–"


async def delays(nats_url: str) -> None:
    """From the arrival of a packet to the score of voice detection, two calls at a time."""
    print("| network | delay p50 | p95 | lost |\n|---|---|---|---|")
    async with edge(nats_url) as url:
        for name, network in NETWORKS.items():
            peers = [Relayed(url, network) for _ in range(2)]
            for peer in peers:
                await peer.call()
                peer.speech.say(caller(SECONDS))
            await asyncio.sleep(2.0)
            await probe(url)
            await asyncio.sleep(SECONDS)
            found = await probe(url)
            lost = sum(peer.relay.lost for peer in peers if peer.relay)
            sent = lost + sum(peer.relay.passed for peer in peers if peer.relay)
            print(f"| {name} | {ms(found['delays'], 50)} ms | {ms(found['delays'], 95)} ms | {lost / sent:.1%} |")
            for peer in peers:
                await peer.close()


async def calls(nats_url: str) -> None:
    """How many calls one core carries; the callers have the other cores."""
    print("\n| calls | CPU, of a core | sent late p50 / p99 | delay p50 / p95 | callers' core |\n|---|---|---|---|---|")
    async with edge(nats_url, "0") as url:
        peers: list[Peer] = []
        for wanted in CALLS:
            while len(peers) < wanted:
                peers.append(Peer(url))
                await peers[-1].call()
                peers[-1].speech.say(caller(200))
            await asyncio.sleep(2.0)
            await probe(url)
            before = time.process_time()
            await asyncio.sleep(SECONDS / 2)
            found = await probe(url)
            own = (time.process_time() - before) / found["seconds"]
            print(
                f"| {wanted} | {found['cpu'] / found['seconds']:.0%} | {ms(found['late'], 50)} / "
                f"{ms(found['late'], 99)} ms | {ms(found['delays'], 50)} / {ms(found['delays'], 95)} ms | {own:.0%} |",
                flush=True,
            )
        await asyncio.gather(*(peer.close() for peer in peers))


async def measure(what: str) -> None:
    data = Path(tempfile.mkdtemp())
    nats = Engine(Nats(data), Records(data))
    await nats.start()
    try:
        if what != "calls":
            await delays(nats.recipe.url)
        if what != "delays":
            os.sched_setaffinity(0, set(range(os.cpu_count() or 1)) - {0} or {0})
            await calls(nats.recipe.url)
    finally:
        await nats.stop()


@click.command()
@click.argument("what", type=click.Choice(["all", "delays", "calls"]), default="all")
def main(what: str) -> None:
    """Measure WebRTC calls to an edge whose ears and voice cost nothing.

    delays: from a packet's arrival to voice detection, on four networks, in a minute. calls: what 1 to 30 calls cost on
    one core, and whether they keep their time, in a minute and a half. In real time: nothing else should run beside it.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(what))


if __name__ == "__main__":
    main()
