"""Questions to quick tools in one call: counted by the turn, in history and on the bus, whatever comes of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from edge.core.conversation import LookedUp
from edge.core.history import History
from edge.lookups import MOST, Lookups
from edge.quick import service
from edge.quick.declared import QuickTool
from edge.quick.tools import QuickTools
from edge.services import Services
from schemas.base import Event, new_id
from schemas.calls import CallEnded
from schemas.lookups import LookupAnswered
from tests.edge.conftest import AGENT
from tests.edge.desk import services_on
from tests.serving import serving
from trunkline.stack.stack import Engines

PATIENCE = 60.0
PARAMETERS = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}


class Call:
    """A call that may look up parcels, with ``track`` but for a ``lost`` one; ``stuck`` never tells."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.call = new_id("call")
        self.about: dict[str, Any] = {"call_id": self.call, "region": "local", "at": 1.0}
        self.history = History()
        self.lookups = Lookups(services, self.history, None, lambda: self.about)

    async def asks(self, code: str, tool: str = "track", sealed: str = "") -> None:
        async with asyncio.timeout(2 * PATIENCE):
            await self.lookups.ask(tool, {"code": code}, {"code": sealed or code})

    @property
    def found(self) -> list[LookedUp]:
        return [entry for entry in self.history.entries if isinstance(entry, LookedUp)]

    async def told(self) -> list[LookupAnswered]:
        """What the bus was told, all of it: it keeps the order, and this end is the last."""
        await self.services.bus.store(CallEnded(**self.about, reason="silence", seconds=1, turns=1))
        events: list[Event] = await self.services.bus.recall(self.call)
        return [event for event in events if isinstance(event, LookupAnswered)]


async def track(request: web.Request) -> web.Response:
    if (await request.json())["arguments"]["code"] == "lost":
        return web.Response(status=500)
    return web.json_response({"status": "on time"})


async def stuck(_: web.Request) -> web.Response:
    await asyncio.Event().wait()  # Nobody sets it.
    return web.Response()


@pytest_asyncio.fixture
async def call(engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Call]:
    monkeypatch.setattr(service, "LONGEST", PATIENCE)
    app = web.Application()
    app.router.add_post("/track", track)
    app.router.add_post("/stuck", stuck)
    about: dict[str, Any] = {"title": "track a parcel", "description": "Tells where it is.", "parameters": PARAMETERS}
    async with serving(app) as url:
        tools = [
            QuickTool(name=name, url=f"{url}/{name}", sorry="I can't see that.", **about).model_copy(
                update={"timeout": timeout}  # The longest that may be declared is short for a slow machine.
            )
            for name, timeout in (("track", PATIENCE), ("stuck", 0.1))
        ]
        quick = QuickTools.open(tools)
        async with services_on(engines.nats_url, tmp_path, AGENT, quick=quick) as (services, _):
            yield Call(services)
        await quick.close()


async def test_no_more_than_a_few_are_asked_in_a_turn_and_each_turn_begins_anew(call: Call) -> None:
    enough = []
    for _ in range(MOST):
        enough.append(call.lookups.enough)
        await call.asks("lost")
    enough.append(call.lookups.enough)
    call.lookups.turn_committed()
    enough.append(call.lookups.enough)
    assert enough == [False] * MOST + [True, False]
    assert len(call.found) == MOST, "One that fails counts as well: it has cost its time."


async def test_one_that_is_still_asked_counts_already(call: Call) -> None:
    asked = [asyncio.ensure_future(call.asks("a1", "stuck")) for _ in range(MOST)]
    await asyncio.sleep(0)
    assert call.lookups.enough
    await asyncio.gather(*asked)


async def test_whatever_does_not_come_is_told_as_that(call: Call) -> None:
    await call.asks("lost")
    await call.asks("a1", "stuck")
    assert [(one.failed, one.content["message"]) for one in call.found] == [(True, "I can't see that.")] * 2
    told = await call.told()
    assert [event.status for event in told] == ["failed", "failed"]
    assert told[1].content["code"] == "slow"
    assert told[1].seconds >= 0.1
    assert len({event.lookup_id for event in told}) == 2


async def test_the_same_twice_is_two_answers(call: Call) -> None:
    await call.asks("a1")
    await call.asks("a1")
    first, second = await call.told()
    assert first.lookup_id != second.lookup_id
    assert first.content == second.content == {"status": "on time"}
    assert [one.failed for one in call.found] == [False, False]


async def test_history_has_the_arguments_and_the_bus_what_may_be_written_down(call: Call) -> None:
    await call.asks("a1", sealed="sealed:xyz")
    assert [one.arguments for one in call.found] == [{"code": "a1"}]
    assert [event.arguments for event in await call.told()] == [{"code": "sealed:xyz"}]
