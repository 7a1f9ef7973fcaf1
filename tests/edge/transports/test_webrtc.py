"""WebRTC calls to a real edge, by aiortc."""

from tests.conftest import Until
from tests.edge.conftest import Edge
from tests.edge.webrtc.peer import calling


async def test_a_call_is_greeted_heard_and_hung_up(edge: Edge, until: Until) -> None:
    async with calling(edge.url) as peer:
        await until(lambda: "Hello." in peer.texts("reply_heard"))
        assert max(level for _, level in peer.heard) > 100
        peer.send(kind="bye")
        await until(lambda: not edge.node.calls)
        assert peer.texts("call_ended", "reason") == ["caller_hung_up"]
