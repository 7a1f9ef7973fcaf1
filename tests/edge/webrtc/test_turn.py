"""A caller whose network lets nothing out but to a TURN server, Debian's coturn."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiortc import RTCConfiguration, RTCIceServer, RTCIceTransportPolicy

from edge.app import application
from edge.settings import EdgeSettings
from tests.conftest import Until
from tests.edge.conftest import Edge
from tests.edge.webrtc.peer import Peer
from tests.serving import serving
from trunkline.stack.ports import free_ports


@contextlib.asynccontextmanager
async def coturn(port: int, secret: str) -> AsyncIterator[None]:
    """A TURN server on loopback."""
    program = shutil.which("turnserver")
    assert program, "This test needs Debian's coturn: apt-get install coturn."
    where = f"--listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --listening-port={port} --allow-loopback-peers"
    who = f"--use-auth-secret --static-auth-secret={secret} --realm=trunkline --no-tls --no-dtls --no-cli"
    quiet = "--log-file=/dev/null --pidfile=/dev/null --no-stdout-log -n"
    process = await asyncio.create_subprocess_exec(program, *where.split(), *who.split(), *quiet.split())
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def test_a_call_is_relayed(edge: Edge, until: Until, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = EdgeSettings(
        data=tmp_path, webrtc_ice_servers=f"turn:127.0.0.1:{port}?transport=udp", webrtc_turn_secret="north"
    )
    async with serving(application(edge.node, settings)) as url, coturn(port, "north"):
        async with aiohttp.ClientSession(url) as http, http.post("/call/token") as response:
            told = await response.json()
        servers = [RTCIceServer(one["urls"], one["username"], one["credential"]) for one in told["iceServers"]]
        peer = Peer(url, RTCConfiguration(servers, iceTransportPolicy=RTCIceTransportPolicy.RELAY))
        try:
            await peer.call(told["token"])
            assert "typ relay" in peer.pc.localDescription.sdp
            assert "typ host" not in peer.pc.localDescription.sdp
            await until(lambda: "Hello." in peer.texts("reply_heard"))
            assert max(level for _, level in peer.heard) > 100
        finally:
            await peer.close()
