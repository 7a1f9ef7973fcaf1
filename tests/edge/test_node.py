"""Calls that come and go, as the node sees them: without a transport, on real engines."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from edge.core.audio import AudioFrame, Sound
from edge.errors import EdgeError, Refused
from edge.ports import Ear, Screen, Transcript
from edge.services import Party
from schemas.transfers import TransferEnded, TransferRequested
from trunkline.stack.stack import Engines

RETURNS = Party("webrtc", returns=True)


class Quiet:
    """A line on which nobody listens."""

    marks = False
    screen: Screen | None = None

    def play(self, sound: Sound) -> None:
        return

    def mark(self, name: str) -> None:
        return

    def clear(self) -> None:
        return

    def hang_up(self) -> None:
        return


class CountedEars:
    """Real ears; ``open_now`` are those of calls in progress."""

    def __init__(self, ears: Any) -> None:
        self._open = ears.open
        self.open_now: list[CountedEar] = []

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> "CountedEar":
        ear = CountedEar(await self._open(call_id, hear), self)
        self.open_now.append(ear)
        return ear


class CountedEar:
    def __init__(self, ear: Ear, ears: CountedEars) -> None:
        self._ear = ear
        self._ears = ears

    def feed(self, frame: AudioFrame) -> None:
        self._ear.feed(frame)

    def decode(self, start: float, end: float) -> None:
        self._ear.decode(start, end)

    async def close(self) -> None:
        self._ears.open_now.remove(self)
        await self._ear.close()


async def kinds(edge: Any, call_id: str) -> list[str]:
    return [event.kind for event in await edge.node.services.bus.recall(call_id)]


async def recalled(edge: Any, call_id: str, kind: str) -> None:
    """Wait until JetStream has such an event of the call."""
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(EdgeError):  # NATS is on its way back.
                if kind in await kinds(edge, call_id):
                    return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("held", ["ears", "bus"])
async def test_of_two_that_take_up_a_call_at_once_the_later_has_it_and_hears(
    edge: Any, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """``held``: what the first of them waits for while the second takes the call up."""
    node, call_id = edge.node, f"twice-{held}"
    services = node.services
    ears = CountedEars(services.ears)
    monkeypatch.setattr(services.ears, "open", ears.open)
    node.suspend(await node.take(call_id, RETURNS, Quiet(), again=True))
    await recalled(edge, call_id, "call_started")

    waits, go_on = asyncio.Event(), asyncio.Event()
    of, name = (services.ears, "open") if held == "ears" else (services.bus, "recall")
    work = getattr(of, name)

    async def slowly(*arguments: Any) -> Any:
        if not waits.is_set():
            waits.set()
            await go_on.wait()
        return await work(*arguments)

    monkeypatch.setattr(of, name, slowly)
    first = asyncio.create_task(node.take(call_id, RETURNS, Quiet(), again=True))
    await waits.wait()
    second = await node.take(call_id, RETURNS, Quiet(), again=True)
    go_on.set()
    with pytest.raises(Refused) as refused:
        await first
    assert refused.value.code == "let_go"

    services.bus.publish(
        TransferRequested(
            call_id=call_id, region="local", transfer_id="x1", tool_call_id="t1", to="+15550100", expires=60
        )
    )
    await recalled(edge, call_id, "transfer_ended")
    assert node.calls == {call_id: second}
    assert not second.over.is_set()
    assert second._capture.part_number == second._part.number > 1
    assert len(ears.open_now) == 1
    assert "call_ended" not in await kinds(edge, call_id)


async def test_an_edge_that_is_cut_off_does_not_end_a_call_that_may_go_on_elsewhere(
    edge: Any, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.node.GRACE", 0.1)
    node, about = edge.node, {"call_id": "cut-off", "region": "local"}
    call = await node.take("cut-off", RETURNS, Quiet(), again=True)
    await recalled(edge, "cut-off", "call_started")
    os.kill(engines.nats.pid, signal.SIGSTOP)
    try:
        node.suspend(call)
        async with asyncio.timeout(60):
            while await node.carried(b"cut-off"):  # noqa: ASYNC110  It is a timer's doing.
                await asyncio.sleep(0.02)
    finally:
        os.kill(engines.nats.pid, signal.SIGCONT)
    # What the edge has to say goes out in order.
    await node.services.bus.store(TransferEnded(**about, transfer_id="x1", tool_call_id="t1", outcome="failed"))
    await recalled(edge, "cut-off", "transfer_ended")
    assert "call_ended" not in await kinds(edge, "cut-off")
