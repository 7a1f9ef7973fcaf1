"""WebRTC calls to a real edge, by aiortc."""

import asyncio
import contextlib
import re
from pathlib import Path

import numpy as np
import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeout

from edge.core.audio import Pcm
from edge.core.conversation import Done, TextDelta
from edge.errors import EdgeError
from edge.webrtc.leg import WebRtcLeg
from schemas.calls import CallResumed
from schemas.subjects import CARRIED, process_subject
from tests.conftest import Until
from tests.edge.conftest import Edge
from tests.edge.webrtc.peer import Peer, calling
from trunkline.caller.wav import load

RECORDINGS = Path(__file__).parents[2] / "recordings"


@pytest.fixture(scope="module")
def request_sound() -> Pcm:
    """A caller's turn."""
    return load(RECORDINGS / "booking" / "1-service.wav")


async def turn(peer: Peer, sound: Pcm, until: Until) -> None:
    """Speak, once the floor is free, and wait for the answer."""
    answered = len(peer.texts("reply_heard"))
    await until(lambda: peer.texts("floor", "floor")[-1:] == ["listening"])
    peer.speech.say(sound)
    await until(lambda: len(peer.texts("reply_heard")) > answered)


async def test_a_call_is_greeted_answered_and_hung_up(edge: Edge, until: Until, request_sound: Pcm) -> None:
    async with calling(edge.url, query="?played=1") as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        assert max(level for _, level in peer.heard) > 100
        await turn(peer, request_sound, until)
        assert "boiler service" in peer.texts("turn_committed")[0]
        (latency,) = [one for one in peer.texts("reply_started", "latency") if one]
        assert 0 < latency["voice_to_voice"] < 5
        assert peer.texts("words")
        peer.send(kind="bye")
        await until(lambda: peer.texts("call_ended", "reason") == ["caller_hung_up"])
        await until(lambda: not edge.node.calls)


async def test_keys_come_over_the_data_channel_and_nonsense_is_counted(edge: Edge, until: Until) -> None:
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        for digit in "42#":
            peer.send(kind="key", digit=digit)
        await until(lambda: peer.texts("turn_committed") == ["42"])
        for nonsense in ("{", '{"kind":"shout"}', '{"kind":7}', "x" * 5000):
            peer.channel.send(nonsense)
        peer.channel.send(b"\x00\xff")
        await until(lambda: edge.counted("protocol_errors_total", reason="malformed") == 4)
        assert edge.counted("protocol_errors_total", reason="unknown_message") == 1
        assert edge.node.calls
        peer.send(kind="played", rtp=-5)
        peer.send(kind="played", rtp=2**70)
        for _ in range(60):
            peer.channel.send("{")
        await until(lambda: not edge.node.calls)


async def test_a_sound_over_the_agent_silences_the_player_until_the_floor_is_decided(
    edge: Edge, until: Until, request_sound: Pcm
) -> None:
    edge.mind.answer = lambda _: [TextDelta("Let me tell you about all the visits that we make. " * 4), Done()]
    async with calling(edge.url, query="?played=1") as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        await until(lambda: peer.texts("floor", "floor")[-1:] == ["listening"])
        peer.speech.say(request_sound)
        await until(lambda: "Let me" in "".join(peer.texts("words")))
        (call,) = edge.node.calls.values()
        leg = call._leg
        assert isinstance(leg, WebRtcLeg)
        peer.speech.say(request_sound)
        await until(lambda: bool(peer.texts("pause")))
        assert call._replies._speaker.paused
        peer.send(kind="paused", pause=1, rtp=-1)  # A player that cannot tell what it plays.
        await until(lambda: bool(peer.texts("clear")))
        await until(lambda: peer.texts("reply_heard", "interrupted")[-1:] == [True])
        assert leg.voice._stopped is None
        assert peer.texts("clear", "rtp") == [leg.voice.audible]


async def test_an_answer_to_an_earlier_pause_tells_nothing_of_the_newest(edge: Edge, until: Until) -> None:
    """It may still be on its way when the agent has gone on and fallen silent again."""
    async with calling(edge.url, query="?played=1") as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        (call,) = edge.node.calls.values()
        leg = call._leg
        assert isinstance(leg, WebRtcLeg)
        assert leg.pause()
        leg.resume()
        assert leg.pause()
        await until(lambda: peer.texts("pause", "pause") == [1, 2])
        first = leg.voice._origin
        assert first is not None
        newest = (first + 960) & 0xFFFFFFFF
        peer.send(kind="paused", pause=2, rtp=newest)
        peer.send(kind="paused", pause=1, rtp=first)
        peer.send(kind="nonsense")
        await until(lambda: edge.counted("protocol_errors_total", reason="unknown_message") == 1)
        assert leg.voice._stopped == leg.voice._played(newest)


async def test_a_caller_who_comes_back_goes_on_where_they_were(edge: Edge, until: Until, request_sound: Pcm) -> None:
    async with calling(edge.url) as first:
        await until(lambda: "Hello." in first.texts("reply_heard"))
        await turn(first, request_sound, until)
        async with calling(edge.url, token=first.token) as second:
            await until(lambda: any("cut off" in text for text in second.texts("reply_heard")))
            assert second.texts("call_resumed", "kind") == ["call_resumed"]
            assert len(edge.node.calls) == 1
            await turn(second, request_sound, until)
            said = [entry.text for entry in edge.mind.asked[-1].entries if hasattr(entry, "text")]
            assert "Hello." in said
            assert sum("boiler service" in text for text in said if not text.startswith("You said")) == 2
            second.send(kind="bye")
            await until(lambda: not edge.node.calls)
    events = await edge.node.services.bus.recall(first.call_id)
    kinds = [event.kind for event in events]
    assert kinds.count("call_started") == kinds.count("call_resumed") == kinds.count("call_ended") == 1
    (resumed,) = [event for event in events if isinstance(event, CallResumed)]
    assert resumed.part == 2


async def test_a_turn_that_was_left_open_is_answered_after_the_break(
    edge: Edge, until: Until, request_sound: Pcm
) -> None:
    async with calling(edge.url) as first:
        await until(lambda: "Hello." in first.texts("reply_heard"))
        first.speech.say(request_sound)
        await until(lambda: bool(first.texts("turn_committed")))
        async with calling(edge.url, token=first.token) as second:
            await until(lambda: any("You said" in text for text in second.texts("reply_heard")))


async def test_a_call_that_is_over_cannot_be_taken_up(edge: Edge, until: Until) -> None:
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        peer.send(kind="bye")
        await until(lambda: not edge.node.calls)
        async with calling(edge.url, token=peer.token) as late:
            await until(lambda: late.texts("refused", "code") == ["call_over"])


async def test_whoever_does_not_come_back_has_hung_up(
    edge: Edge, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.node.GRACE", 0.3)
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        (call,) = edge.node.calls.values()
        edge.node.suspend(call)
        await until(lambda: not edge.node.calls)
        kinds: list[str] = []
        async with asyncio.timeout(60):
            while "call_ended" not in kinds:
                await asyncio.sleep(0.05)
                with contextlib.suppress(EdgeError):  # NATS may be away for a moment.
                    kinds = [event.kind for event in await edge.node.services.bus.recall(peer.call_id)]
        assert kinds.count("call_ended") == 1


async def test_an_edge_says_of_the_calls_it_carries_that_they_are_here(
    edge: Edge, until: Until, nats_client: Client
) -> None:
    """So that whoever looks for calls of dead edges leaves these alone."""
    asked = process_subject("local", CARRIED)
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        assert (await nats_client.request(asked, peer.call_id.encode(), 5)).data == b"here"
        (call,) = edge.node.calls.values()
        edge.node.suspend(call)
        assert (await nats_client.request(asked, peer.call_id.encode(), 5)).data == b"here"
    for nobodys in (b"nobody's", b"\xff"):
        with pytest.raises(NatsTimeout):
            await nats_client.request(asked, nobodys, 0.2)


class Hidden(Peer):
    """Gives names in place of its addresses, as browsers do before they have the microphone, and says that is all."""

    async def offer(self) -> str:
        offer = re.sub(r"(a=candidate:\S+ \d \w+ \d+) \S+", r"\1 0a1b2c3d.local", await super().offer())
        return offer if "a=end-of-candidates" in offer else offer + "a=end-of-candidates\r\n"


async def test_a_peer_that_hides_its_addresses_is_reached(edge: Edge, until: Until) -> None:
    peer = Hidden(edge.url)
    try:
        await peer.call()
        await until(lambda: "Hello." in peer.texts("reply_heard"))
    finally:
        await peer.close()


async def test_loss_disorder_and_silence_do_not_end_a_call(edge: Edge, until: Until, request_sound: Pcm) -> None:
    """Through a network that loses one packet in ten and brings the others in disorder, a turn is understood."""
    from benchmarks.webrtc.__main__ import Relayed
    from benchmarks.webrtc.relay import Network

    peer = Relayed(edge.url, Network(loss=0.1, jitter=0.04))
    try:
        await peer.call()
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        await turn(peer, np.concatenate((request_sound, np.zeros(8000, np.int16))), until)
        assert "service" in peer.texts("turn_committed")[0]
        assert peer.relay
        assert peer.relay.lost
    finally:
        await peer.close()
        if peer.relay:
            peer.relay.close()
