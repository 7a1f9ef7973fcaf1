"""The agent's voice and the data channel of a browser's call, at a real edge, by aiortc."""

from pathlib import Path

import pytest

from edge.core.audio import Pcm
from edge.core.states import State
from edge.webrtc.leg import MOST_WAITING, WebRtcLeg
from tests.conftest import Until
from tests.edge.conftest import Edge
from tests.edge.webrtc.peer import calling
from trunkline.caller.wav import load

RECORDINGS = Path(__file__).parents[2] / "recordings"


@pytest.fixture(scope="module")
def request_sound() -> Pcm:
    """A caller's turn."""
    return load(RECORDINGS / "booking" / "1-service.wav")


async def test_a_floor_that_a_full_channel_did_not_take_is_told_when_there_is_room(
    edge: Edge, until: Until, request_sound: Pcm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))  # Before it, the floor is free for a moment too.
        await until(lambda: peer.texts("floor", "floor")[-1:] == ["listening"])
        (call,) = edge.node.calls.values()
        monkeypatch.setattr("edge.webrtc.leg.MOST_BUFFERED", 0)
        peer.speech.say(request_sound)
        await until(lambda: call._taker.state is State.HEARING)
        assert peer.texts("floor", "floor")[-1] == "listening"
        monkeypatch.undo()
        await until(lambda: "hearing" in peer.texts("floor", "floor"))


async def test_what_is_said_waits_for_room_in_a_full_channel_and_what_is_guessed_does_not(
    edge: Edge, until: Until, request_sound: Pcm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calling(edge.url, query="?played=1") as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        await until(lambda: peer.texts("floor", "floor")[-1:] == ["listening"])
        (call,) = edge.node.calls.values()
        leg = call._leg
        assert isinstance(leg, WebRtcLeg)
        before = len(peer.told)
        monkeypatch.setattr("edge.webrtc.leg.MOST_BUFFERED", 0)
        peer.speech.say(request_sound)
        await until(lambda: len(call.history.entries) >= 3)  # The greeting, the turn, its answer.
        assert len(peer.told) == before
        monkeypatch.undo()
        assert leg._channel is not None
        leg._channel.emit("bufferedamountlow")  # As a full channel does: otherwise only the next message looks.
        await until(lambda: len(peer.texts("reply_heard")) == 2)
        kinds = [message["kind"] for message in peer.told[before:]]
        assert kinds[:3] == ["turn_committed", "reply_started", "reply_heard"]
        assert not {"words", "transcript_heard"} & set(kinds)


async def test_what_waits_goes_out_as_the_channel_empties(
    edge: Edge, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.webrtc.leg.MOST_BUFFERED", 1)
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        await until(lambda: peer.texts("floor", "floor")[-1:] == ["listening"])
        (call,) = edge.node.calls.values()
        leg = call._leg
        assert isinstance(leg, WebRtcLeg)
        for number in range(MOST_WAITING + 50):
            leg.tell({"kind": "number", "number": number})
        await until(lambda: MOST_WAITING + 49 in peer.texts("number", "number"))
        told = peer.texts("number", "number")
        assert told == sorted(set(told))
        assert len(told) == MOST_WAITING + 1  # One was on its way; of those that waited the oldest are gone.
