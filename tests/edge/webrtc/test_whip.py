"""WHIP to a real edge: what is answered, and everything that is refused."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from edge.app import application
from edge.bus import NatsBus
from edge.node import Node
from edge.settings import EdgeSettings
from edge.webrtc import whip
from tests.conftest import Until
from tests.edge.conftest import Edge
from tests.edge.webrtc.peer import Peer
from trunkline.stack.stack import Engines

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


@pytest_asyncio.fixture
async def http(edge: Edge) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(edge.url) as http:
        yield http


@pytest_asyncio.fixture
async def offer(edge: Edge) -> AsyncIterator[str]:
    peer = Peer(edge.url)
    yield await peer.offer()
    await peer.close()


async def token(http: aiohttp.ClientSession) -> str:
    async with http.post("/call/token") as response:
        body: dict[str, str] = await response.json()
        return body["token"]


async def post(http: aiohttp.ClientSession, body: Any, **headers: str) -> tuple[int, str, Any]:
    given = {"Content-Type": SDP, "Authorization": f"Bearer {await token(http)}"} | headers
    async with http.post("/whip", data=body, headers=given) as response:
        return response.status, await response.text(), response.headers


async def status_of_late_candidates(http: aiohttp.ClientSession, place: str, tag: str, fragment: str) -> int:
    """Once the session is over: it takes a moment to close."""
    async with asyncio.timeout(60):
        while True:
            given = {"Content-Type": FRAGMENT, "If-Match": tag}
            async with http.patch(place, data=fragment, headers=given) as response:
                if response.status != 204:
                    return response.status
            await asyncio.sleep(0.01)


async def test_an_offer_is_answered_as_the_standard_has_it(http: aiohttp.ClientSession, offer: str) -> None:
    status, answer, headers = await post(http, offer)
    assert status == 201
    assert headers["Content-Type"].startswith(SDP)
    assert headers["ETag"].startswith('"')
    assert "useinbandfec=1" in answer
    assert "a=sendrecv" in answer
    assert "PCMU" not in answer
    place, tag = headers["Location"], headers["ETag"]

    fragment = "a=ice-ufrag:x\r\na=ice-pwd:y\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
    fragment += "a=candidate:1 1 udp 2122260223 127.0.0.1 9 typ host\r\n"
    for given, wanted in (
        ({"If-Match": tag}, 204),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": "*"}, 422),
        ({}, 428),
    ):
        async with http.patch(place, data=fragment, headers={"Content-Type": FRAGMENT, **given}) as response:
            assert response.status == wanted, await response.text()
    async with http.patch(place, data="x", headers={"Content-Type": "text/plain", "If-Match": tag}) as response:
        assert response.status == 415
    async with http.get(place) as response:
        assert response.status == 405
    async with http.delete(place) as response:
        assert response.status == 200
    assert await status_of_late_candidates(http, place, tag, fragment) == 404
    async with http.delete(place) as response:
        assert response.status == 200  # Who hangs up when the other side has is not at fault.
    async with http.delete("/whip/nobody") as response:
        assert response.status == 404
    async with http.options("/whip") as response:
        assert response.headers["Accept-Post"] == SDP


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Bearer", "Bearer a.1.b", "Bearer " + "x" * 5000])
async def test_without_a_token_of_ours_nothing_is_answered(
    edge: Edge, http: aiohttp.ClientSession, offer: str, authorization: str
) -> None:
    status, text, headers = await post(http, offer, Authorization=authorization)
    assert status == 401
    assert headers["WWW-Authenticate"] == "Bearer"
    assert "token" in text
    assert edge.counted("protocol_errors_total", reason="bad_token") == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"v=0",
        b"hello",
        b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        b"v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n",
        b"v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n",
        b"m=audio\r\n" * 500,
        b"v=0\r\n" + b"a=candidate:x\r\n" * 1000,
    ],
)
async def test_malformed_offers_are_refused(edge: Edge, http: aiohttp.ClientSession, body: bytes) -> None:
    status, text, _ = await post(http, body)
    assert status == 400, text
    assert text.startswith("{")


async def test_a_broken_offer_is_refused_and_leaves_nothing(
    edge: Edge, http: aiohttp.ClientSession, offer: str, until: Until
) -> None:
    for line in ("a=fingerprint", "a=ice-ufrag", "a=rtcp-mux", "a=setup"):
        broken = "\r\n".join(one for one in offer.split("\r\n") if not one.startswith(line))
        status, _, _ = await post(http, broken)
        assert status in (201, 400)
    assert not edge.node.calls


async def test_other_bodies_and_larger_ones_are_refused(http: aiohttp.ClientSession, offer: str) -> None:
    status, _, headers = await post(http, offer, **{"Content-Type": "application/json"})
    assert status == 415
    assert headers["Accept-Post"] == SDP
    status, _, _ = await post(http, "v=0\r\n" + "a=x\r\n" * 20_000)
    assert status == 413


async def test_a_flood_of_half_open_sessions_is_bounded(
    edge: Edge, http: aiohttp.ClientSession, offer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whip, "MOST_HALF_OPEN", 3)
    statuses = [(await post(http, offer))[0] for _ in range(6)]
    assert statuses == [201, 201, 201, 503, 503, 503]
    assert edge.counted("protocol_errors_total", reason="full") == 3


async def test_a_session_that_never_connects_is_given_up(
    edge: Edge, http: aiohttp.ClientSession, offer: str, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.transports.webrtc.CONNECT", 0.2)
    _, _, headers = await post(http, offer)
    await until(lambda: edge.counted("protocol_errors_total", reason="never_connected") == 1)
    await asyncio.sleep(0)
    async with http.delete(headers["Location"]) as response:
        assert response.status in (200, 404)


async def test_any_process_of_the_region_takes_candidates_and_hangs_up(
    edge: Edge, http: aiohttp.ClientSession, offer: str, until: Until, engines: Engines, tmp_path: Path
) -> None:
    bus = await NatsBus.connect(engines.nats_url, "local", "other", tmp_path / "other.jsonl")
    other = Node(replace(edge.node.services, bus=bus), max_calls=3)
    async with TestClient(TestServer(application(other, EdgeSettings(data=tmp_path)))) as client:
        _, _, headers = await post(http, offer)
        place = headers["Location"]
        fragment = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2 127.0.0.1 9 typ host\r\n"
        for tag, wanted in ((headers["ETag"], 204), ('"other"', 412)):
            given = {"Content-Type": FRAGMENT, "If-Match": tag}
            assert (await client.patch(place, data=fragment, headers=given)).status == wanted
        assert (await client.delete(place)).status == 200
        assert (await client.delete(f"/whip/{'0' * 16}-{'1' * 32}")).status == 404
    await bus.close()


async def test_another_sites_page_gets_no_token(http: aiohttp.ClientSession) -> None:
    async with http.post("/call/token", headers={"Origin": "https://evil.example"}) as response:
        assert response.status == 403


async def test_the_page_may_talk_to_its_own_edge_alone(http: aiohttp.ClientSession) -> None:
    async with http.get("/call") as response:
        policy, page = response.headers["Content-Security-Policy"], await response.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "Harbor Home Services" in page
    assert "{{" not in page
    assert "http://" not in page
    assert "https://" not in page
    for name in ("call.js", "line.js", "view.js", "meters.js", "call.css", "embed.js", "icon.svg"):
        async with http.get(f"/call/{name}") as response:
            assert response.status == 200
