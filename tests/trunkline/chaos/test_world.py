"""The voice that spells, the model that calls the tool."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.audio import from_mulaw, to_mulaw
from edge.providers import cartesia
from edge.settings import EdgeSettings
from trunkline.chaos.ledger import Ledger
from trunkline.chaos.world import World, read, spelled

ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)


@given(ASCII, ASCII)
def test_what_is_spelled_is_read_from_the_sound_as_the_edge_passes_it_on(text: str, more: str) -> None:
    sound = spelled(text) + b"\xff" * 480 + spelled(more)
    assert read(to_mulaw(from_mulaw(sound))) == text + more


def ask(world: World, *since: dict[str, Any]) -> dict[str, Any]:
    return world._decide([{"role": "user", "content": "1233"}, *since], {"place_order"})


ACCEPTED = {"role": "tool", "content": "Accepted: it is stored."}
REFUSED = {"role": "system", "content": "Your call of place_order was refused."}


def test_the_model_calls_the_tool_and_learns_that_it_was_accepted(tmp_path: Any) -> None:
    ledger = Ledger(tmp_path / "ledger.db", 1)
    world = World(ledger)
    assert len(ask(world)["tool_calls"]) == 1
    assert [entry.kind for entry in ledger.entries] == ["asked"]
    assert ask(world, ACCEPTED) == {"content": "Noted 1233."}
    assert [entry.kind for entry in ledger.entries] == ["asked", "accepted"]
    assert "refused" in ask(world, REFUSED)["content"]
    assert ask(World(ledger), {"role": "user", "content": "hello"}) == {"content": "Please key in a number."}
    ledger.close()


def test_a_model_that_repeats_itself_writes_the_same_call_in_other_ways(tmp_path: Any) -> None:
    ledger = Ledger(tmp_path / "ledger.db", 1)
    world = World(ledger, repeats=True)
    first, second = (call["function"]["arguments"] for call in ask(world)["tool_calls"])
    assert first != second
    assert len(ask(world, ACCEPTED)["tool_calls"]) == 1
    ledger.close()


async def test_the_voice_speaks_as_the_edge_asks(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Phrase by phrase, in one context: each is heard whole, and is over as soon as it is."""
    # More than the test's own: the edge does not end a phrase here.
    for patience in ("FIRST", "NEXT", "WAIT"):
        monkeypatch.setattr(cartesia, patience, 60.0)
    ledger = Ledger(tmp_path / "ledger.db", 1)
    world = World(ledger)
    await world.start()
    voice = await cartesia.open_cartesia(EdgeSettings(cartesia_url=f"ws://{world.address}", cartesia_api_key="trial"))
    try:
        async with asyncio.timeout(15):
            phrases = [voice.speak(text, "call-r1") for text in ("Order 1233 is placed.", "Is there anything else?")]
            heard = ["".join([read(to_mulaw(piece.pcm)) async for piece in phrase]) for phrase in phrases]
    finally:
        await voice.close()
        await world.stop()
        ledger.close()
    assert "".join(heard) == "Order 1233 is placed. Is there anything else?"
