"""A card keyed in during a real call: digits reach the gateway and nothing else. In real time, on real engines."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from edge.capture import SecureCapture
from edge.core import events as do
from edge.core.audio import FRAME, RATE, AudioFrame, Pcm
from edge.core.cards import Card
from edge.core.states import State
from edge.errors import GatewayError
from edge.ports import CardTaken, Ear, Transcript
from edge.tapes import Tapes
from schemas.base import Event
from schemas.cards import CardCollected, CardNotCollected, CardRequested, CardWithdrawn
from schemas.events import decode, encode, headers
from schemas.subjects import call_subject, parse, subject
from workers.adapters.nats import subscribed

NUMBER = "4539148803436467"


@dataclass
class Vault:
    """Where cards go; ``answer`` says what becomes of each."""

    cards: list[tuple[str, str, str]] = field(default_factory=list)
    answer: Callable[[int], CardTaken | GatewayError] = lambda count: CardTaken("tok_5d1f0c9be2a7463c", "6467", "visa")
    given: list[Card] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def take(self, card: Card, key: str) -> CardTaken:
        self.keys.append(key)
        self.cards.append((card.number.decode(), card.expiry.decode(), card.code.decode()))
        self.given.append(card)
        answer = self.answer(len(self.cards))
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    async def close(self) -> None:
        return


@dataclass
class Listening:
    """Ears that keep what they are fed, before real ones."""

    ears: Any
    fed: list[AudioFrame] = field(default_factory=list)

    async def open(self, call_id: str, hear: Callable[[Transcript], None]) -> Ear:
        ear = await self.ears.open(call_id, hear)
        feed = ear.feed

        def keep(frame: AudioFrame) -> None:
            self.fed.append(frame)
            feed(frame)

        ear.feed = keep
        return ear  # type: ignore[no-any-return]

    async def close(self) -> None:
        return


@dataclass
class Scene:
    """A call to an edge with a gateway, and all that comes of it."""

    edge: Any
    vault: Vault
    vendor: Listening
    tapes: Path
    js: Any
    events: list[Event] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    line: Any = None

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.kind == kind]

    async def ask(self, call_id: str, **more: Any) -> None:
        request = CardRequested(
            call_id=call_id,
            region="local",
            card_request_id="c1",
            tool_call_id="t1",
            amount=12000,
            currency="USD",
            text="A hundred and twenty dollars.",
            **more,
        )
        for copy in (request, request.model_copy(update={"id": "evt_again"})):
            await self.js.publish(subject(copy), encode(copy), headers=headers(copy))

    async def press(self, keys: str) -> None:
        """Keys with their tones in the sound, 100 ms each."""
        for key in keys:
            await self.line.send("dtmf", dtmf={"digit": key, "track": "inbound_track"})
            await self.line.speak(tones())

    async def until(self, true: Callable[[], bool], seconds: float = 12.0) -> None:
        """Let the line be silent until it is true."""
        for _ in range(int(seconds / 0.1)):
            if true():
                return
            await self.line.silence(0.1)
        raise AssertionError(f"Not in {seconds} s: {[event.kind for event in self.events]}")

    def said(self) -> str:
        return " ".join(event.text for event in self.of("reply_heard"))


def read_tape(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def tones() -> Pcm:
    at = np.arange(5 * FRAME) / RATE
    return (6000 * (np.sin(2 * np.pi * 770 * at) + np.sin(2 * np.pi * 1336 * at))).astype(np.int16)


@pytest_asyncio.fixture
async def scene(edge: Any, nats_client: Any, tmp_path: Path) -> Scene:
    vault, services = Vault(), edge.node.services
    vendor = Listening(services.ears)
    edge.node.services = replace(
        services, gateway=vault, ears=vendor, local_ears=services.ears, tapes=Tapes(tmp_path / "calls")
    )
    return Scene(edge, vault, vendor, tmp_path / "calls", nats_client.jetstream())


@pytest.fixture
def calls(nats_client: Any, line_to: Any, until: Any) -> Callable[[Scene, str], Any]:
    @contextlib.asynccontextmanager
    async def call(scene: Scene, call_id: str) -> AsyncIterator[None]:
        async def take(msg: Any) -> None:
            scene.bodies.append(msg.data)
            event = decode(parse(msg.subject)[2], msg.data)
            if event not in scene.events:  # It comes again where its acknowledgement was late.
                scene.events.append(event)

        await nats_client.subscribe(call_subject("local", call_id, ">"), cb=take)
        await subscribed(nats_client)
        async with line_to(scene.edge, call_id) as scene.line:
            await scene.line.silence(1.0)
            yield
        await until(lambda: scene.of("call_ended"))

    return call


async def test_a_card_goes_to_the_gateway_and_nowhere_else(scene: Scene, calls: Any, speech: Any, until: Any) -> None:
    async with calls(scene, "card1"):
        await scene.ask("card1")
        await scene.until(
            lambda: "key in your card number" in scene.said() or scene.edge.node.calls["card1"]._capture.on
        )
        await scene.line.silence(0.5)
        await scene.press(f"{NUMBER}#")
        await scene.press("1239#737#")
        await scene.until(lambda: bool(scene.of("card_collected")))
        await scene.press("99")  # Keys that come late are not for the conversation either.
        await scene.line.silence(2.0)

    assert scene.vault.cards == [(NUMBER, "1239", "737")]
    assert not scene.vault.given[0].number, "It is wiped."
    (collected,) = scene.of("card_collected")
    assert (collected.card_request_id, collected.tool_call_id, collected.last4) == ("c1", "t1", "6467")
    assert not scene.of("turn_committed")
    assert not scene.of("card_not_collected")

    # Blind: the stream, the tape, the model, and what the recogniser was given.
    tape = Path(scene.tapes / "card1.jsonl.gz")
    await until(tape.exists)
    recorded = read_tape(tape)
    assert "•" in recorded
    for text in (recorded, b"".join(scene.bodies).decode(), repr(scene.edge.mind.asked)):
        assert not any(NUMBER[at : at + 5] in text for at in range(12))
        assert '"Key",{"digit":"4"' not in text
        assert "1239" not in text
    loud = [frame for frame in scene.vendor.fed if np.abs(frame.pcm.astype(np.int32)).max() > 1000]
    assert not loud, f"Tones were heard at {loud[0].at:.2f} s."


async def test_a_card_is_cancelled_by_voice_though_nobody_hears(scene: Scene, calls: Any) -> None:
    words = [piece.pcm async for piece in scene.edge.node.services.voice.speak("Please cancel that.")]
    async with calls(scene, "card2"):
        await scene.ask("card2")
        await scene.until(lambda: scene.edge.node.calls["card2"]._capture.on)
        await scene.press("453914")
        await scene.line.silence(0.6)
        await scene.line.speak(np.concatenate([*words, np.zeros(800, np.int16)]))
        await scene.until(lambda: bool(scene.of("card_not_collected")))
        await scene.press("8803")
        await scene.line.silence(1.8)
    assert [event.reason for event in scene.of("card_not_collected")] == ["cancelled"]
    assert not scene.vault.cards
    assert not scene.of("transcript_heard")
    assert not scene.of("turn_committed")
    heard_of_it = [event for event in scene.events if "Please cancel" in event.model_dump_json()]
    assert not heard_of_it, "Whoever was understood is matched, and forgotten."


async def test_a_refused_card_is_asked_for_again_and_one_that_cannot_go_anywhere_is_given_up(
    scene: Scene, calls: Any
) -> None:
    refusals = [GatewayError("card_refused", "No."), GatewayError("unavailable", "Away.", retryable=True)]
    scene.vault.answer = lambda count: refusals[count - 1]
    async with calls(scene, "card3"):
        await scene.ask("card3", security_code=False)
        await scene.until(lambda: scene.edge.node.calls["card3"]._capture.on)
        await scene.press(f"{NUMBER}#1239#")
        await scene.until(lambda: len(scene.vault.cards) == 1)
        await scene.press(f"{NUMBER}#1239#")
        await scene.until(lambda: bool(scene.of("card_not_collected")))
    assert [event.reason for event in scene.of("card_not_collected")] == ["unavailable"]
    assert len(scene.vault.cards) == 2


async def test_whoever_hangs_up_in_the_middle_leaves_no_card(scene: Scene, calls: Any) -> None:
    async with calls(scene, "card4"):
        await scene.ask("card4")
        await scene.until(lambda: scene.edge.node.calls["card4"]._capture.on)
        await scene.press("4539148")
    assert [event.reason for event in scene.of("card_not_collected")] == ["call_ended"]


async def test_an_edge_without_a_gateway_says_so(scene: Scene, calls: Any) -> None:
    scene.edge.node.services = replace(scene.edge.node.services, gateway=None)
    async with calls(scene, "card5"):
        await scene.ask("card5")
        await scene.until(lambda: bool(scene.of("card_not_collected")))
    assert [event.reason for event in scene.of("card_not_collected")] == ["unsupported"]


@pytest.mark.parametrize("kind", [CardWithdrawn, CardCollected, CardNotCollected])
async def test_a_capture_ends_once_its_card_came_elsewhere_or_is_not_wanted(
    scene: Scene, calls: Any, kind: type[Event]
) -> None:
    """Another part of the call may have had it, cut off from NATS meanwhile; or the business was called off."""
    more = {"token": "tok_5d1f0c9be2a7463c", "last4": "6467", "brand": "visa"} if kind is CardCollected else {}
    more |= {"reason": "call_ended"} if kind is CardNotCollected else {}
    async with calls(scene, "card7"):
        await scene.ask("card7")
        await scene.until(lambda: scene.edge.node.calls["card7"]._capture.on, 60)
        await scene.press("4539")
        elsewhere = kind(call_id="card7", region="local", card_request_id="c1", tool_call_id="t1", **more)
        await scene.js.publish(subject(elsewhere), encode(elsewhere), headers=headers(elsewhere))
        await scene.until(lambda: not scene.edge.node.calls["card7"]._capture.on, 60)
        await scene.until(lambda: "You need not key in" in scene.said(), 60)
        await scene.ask("card7")  # The same request once more, as after a new subscription.
        await scene.line.silence(0.5)
        assert not scene.edge.node.calls["card7"]._capture.on
    assert not scene.vault.cards
    assert [event for event in scene.events if event.kind.startswith("card_not")] == (
        [elsewhere] if kind is CardNotCollected else []
    )


async def test_a_card_that_is_not_wanted_any_more_is_not_asked_for_again(scene: Scene) -> None:
    """It is on its way to the gateway, which refuses it."""
    scene.vault.answer = lambda count: GatewayError("card_refused", "No.")
    services = replace(scene.edge.node.services, local_ears=None)
    taken: list[Any] = []
    tasks: list[asyncio.Task[None]] = []
    capture = SecureCapture(
        "card8", services, lambda: 1.0, taken.append, lambda work: tasks.append(asyncio.create_task(work))
    )
    about = {"call_id": "card8", "region": "local", "card_request_id": "c1", "tool_call_id": "t1"}
    capture.ask(CardRequested(**about, amount=12000, currency="USD", text="Twelve.", security_code=False))
    capture.tick(State.LISTENING)
    for key in f"{NUMBER}#1239#":
        assert capture.key(key)
    capture.withdraw("c1")
    await tasks[-1]
    assert [event.on for event in taken if isinstance(event, do.Secure)] == [True, False]
    assert taken[-1].text == "You need not key in a card any more."


async def test_another_part_of_a_call_hands_over_another_card_for_the_same_request(scene: Scene) -> None:
    services = replace(scene.edge.node.services, local_ears=None)
    about = {"call_id": "card6", "region": "local", "card_request_id": "c1", "tool_call_id": "t1"}
    request = CardRequested(**about, amount=12000, currency="USD", text="Twelve.", security_code=False)
    tasks: list[asyncio.Task[None]] = []
    for part in (1, 2):
        capture = SecureCapture(
            "card6", services, lambda: 1.0, lambda event: None, lambda work: tasks.append(asyncio.create_task(work))
        )
        capture.part_number = part
        capture.ask(request)
        capture.tick(State.LISTENING)
        for key in f"{NUMBER}#1239#":
            assert capture.key(key)
        await tasks[-1]
    assert scene.vault.keys == ["c1-1-1", "c1-2-1"]
