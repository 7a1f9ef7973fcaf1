"""The HTTP side of an edge: what it tells load balancers, and what it answers to webhooks, with room and without."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from edge import twiml
from edge.app import application
from edge.settings import EdgeSettings

FORM = {"From": "+15550100", "To": "+15550199"}
ELSEWHERE = "https://other.example.com/twilio/voice"


async def voice(edge: Any, settings: EdgeSettings, query: str = "") -> str:
    """The webhook's answer, by an application of these settings on the edge's node."""
    async with TestClient(
        TestServer(application(edge.node, settings.model_copy(update={"data": Path(tempfile.mkdtemp())})))
    ) as client:
        response = await client.post(f"/twilio/voice{query}", data=FORM)
        assert response.status == 200
        assert response.content_type == "text/xml"
        return await response.text()


async def health(edge: Any) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{edge.url}/health") as response:
        return response.status, await response.json()


async def test_health_tells_room_and_lateness(edge: Any) -> None:
    status, body = await health(edge)
    assert status == 200
    assert body["ready"] is True
    assert (body["reason"], body["calls"], body["capacity"]) == (None, 0, 3)
    assert body["loop_lag_ms"] >= 0


async def test_webhooks_are_promised_no_more_places_than_there_are(edge: Any) -> None:
    answers = [await voice(edge, EdgeSettings()) for _ in range(4)]
    assert ["<Connect>" in answer for answer in answers] == [True, True, True, False]
    assert '<Reject reason="busy"/>' in answers[3]
    assert edge.counted("calls_refused_total", reason="full") == 1


@pytest.mark.parametrize("reason", ["draining", "late"])
async def test_an_edge_that_takes_no_calls_says_so_everywhere(edge: Any, reason: str) -> None:
    if reason == "draining":
        edge.node.admission.draining = True
    else:
        edge.node.admission.lateness.late = True
        edge.node.admission.lateness._due = float("inf")
    status, body = await health(edge)
    assert (status, body["ready"], body["reason"]) == (503, False, reason)
    assert "<Reject" in await voice(edge, EdgeSettings())
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{edge.url}/twilio")
    assert refused.value.status == 503
    assert edge.counted("calls_refused_total", reason=reason) == 2


async def test_a_full_edge_sends_calls_on_once(edge: Any) -> None:
    edge.node.admission.draining = True
    settings = EdgeSettings(overflow_url=ELSEWHERE, busy_words="All lines are busy & so are we.")
    answer = await voice(edge, settings)
    assert f'<Redirect method="POST">{ELSEWHERE}?overflow=1</Redirect>' in answer
    assert edge.counted("calls_redirected_total") == 1
    answer = await voice(edge, settings, "?overflow=1")
    assert "<Say>All lines are busy &amp; so are we.</Say><Hangup/>" in answer


def test_the_mark_of_a_call_sent_on_fits_any_url() -> None:
    for url in (ELSEWHERE, f"{ELSEWHERE}?site=2"):
        assert not twiml.was_sent_on(url)
        assert twiml.was_sent_on(twiml.sent_on(url))


async def test_a_body_that_does_not_come_is_not_waited_for(edge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.app.BODY", 0.2)

    async def drops() -> AsyncIterator[bytes]:
        yield b"From="
        await asyncio.Event().wait()

    async with aiohttp.ClientSession() as session, session.post(f"{edge.url}/twilio/voice", data=drops()) as response:
        assert response.status == 408
