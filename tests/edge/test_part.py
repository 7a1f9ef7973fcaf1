"""A node's part of a call: which of several carries it, in whatever order they hear of each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Refused
from edge.part import Part
from edge.services import Party, Services
from schemas.base import new_id
from schemas.calls import CallEnded, CallResumed, CallStarted
from tests.edge.conftest import AGENT
from tests.edge.desk import services_on
from trunkline.stack.stack import Engines

CALL = new_id("call")


@pytest_asyncio.fixture
async def services(engines: Engines, tmp_path: Path) -> AsyncIterator[Services]:
    async with services_on(engines.nats_url, tmp_path, AGENT) as (services, _):
        yield services


def part(services: Services, call: str, node: str = "n1") -> Part:
    return Part(call, Party("twilio", caller="+15550100"), replace(services, node=node), lambda: 7.0)


def of(node: str, number: int) -> Part:
    """One that has its number already, and asks nobody."""
    about: dict[str, Any] = dict.fromkeys(("agent", "manners", "ears", "mind", "voice", "vad", "bus", "metrics"))
    found = Part(CALL, Party("twilio"), Services(region="local", node=node, max_call_seconds=1, **about), lambda: 0.0)
    found.number = number
    return found


def resumed(node: str, number: int) -> CallResumed:
    return CallResumed(call_id=CALL, region="local", transport="twilio", node=node, part=number)


@given(st.dictionaries(st.sampled_from(["n1", "n2", "n3", "n4"]), st.integers(2, 4), min_size=1), st.data())
def test_of_several_that_take_up_a_call_one_is_left(numbers: dict[str, int], data: st.DataObject) -> None:
    told = [resumed(node, number) for node, number in numbers.items()]
    left = []
    for node, number in numbers.items():
        order = data.draw(st.permutations(told))  # Each hears of all, its own among them, and of some twice.
        if not any(of(node, number).goes_on_in(event) for event in (*order, order[0])):
            left.append(node)
    assert left == [max(numbers, key=lambda node: (numbers[node], node))]


def test_what_comes_late_from_before_moves_nothing() -> None:
    third = of("n2", 3)
    assert not third.went_on([resumed("n1", 2), resumed("n3", 2), resumed("n2", 4)])
    assert third.went_on([resumed("n1", 2), resumed("n1", 4)])
    assert not third.went_on([])


async def test_a_call_that_nobody_has_begun_begins_here(services: Services) -> None:
    assert await part(services, new_id("call")).take_up() is None


async def test_a_part_is_counted_on_from_the_ones_before(services: Services) -> None:
    call = new_id("call")
    parts = [part(services, call, node) for node in ("n1", "n2", "n3")]
    parts[0].begun({"dig": None, "book": None})
    await services.bus.store(resumed("n9", 2).model_copy(update={"call_id": call}))
    assert [await one.take_up() is not None for one in parts[1:]] == [True, True]
    assert [one.number for one in parts] == [1, 3, 4]
    stored = await services.bus.recall(call)
    assert isinstance(stored[0], CallStarted)
    assert (stored[0].tools, stored[0].node, stored[0].caller) == (["book", "dig"], "n1", "+15550100")
    assert [one.went_on(stored) for one in parts] == [True, True, False]


async def test_of_two_that_take_it_up_in_one_moment_one_goes_on(services: Services) -> None:
    call = new_id("call")
    part(services, call).begun([])
    await services.bus.store(resumed("n0", 2).model_copy(update={"call_id": call}))
    both = [part(services, call, "n1"), part(services, call, "n2")]
    await asyncio.gather(*(one.take_up() for one in both))
    stored = await services.bus.recall(call)
    assert sorted(one.went_on(stored) for one in both) == [False, True]


async def test_a_call_that_is_over_is_not_taken_up(services: Services) -> None:
    call = new_id("call")
    first = part(services, call)
    first.begun([])
    first.ended("caller_hung_up", "", 3, ["dig-1"])
    await services.bus.store(
        resumed("n0", 2).model_copy(update={"call_id": new_id("call")})
    )  # The bus keeps the order.
    with pytest.raises(Refused) as refused:
        await part(services, call, "n2").take_up()
    assert refused.value.code == "call_over"
    end = (await services.bus.recall(call))[-1]
    assert isinstance(end, CallEnded), "It was not taken up: nothing came after its end."
    assert (end.seconds, end.turns, end.open_tools) == (7.0, 3, ["dig-1"])
