"""The units of a trial, and the person behind them: they answer what waits for them, by the updates of every desk."""

import asyncio
import contextlib
import hashlib
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from trunkline.chaos.ledger import Ledger
from trunkline.chaos.wants import TOOLS, address_in
from workers.inbox import Inbox, Item, NotTaken

PAUSE = 0.3
REFUSALS = 4
"""Of how many offers one is refused."""


def answer_to(item: Item) -> dict[str, Any]:
    """What they say: the same each time they are asked about one thing."""
    fields = item.waiting.answer.get("properties", {})
    if "done" in fields:
        return {"done": True}
    if "who" in fields:
        return {"who": "Kim", "minutes": 20}
    return {"accepted": hashlib.sha256(item.waiting.id.encode()).digest()[0] % REFUSALS != 0, "minutes": 15}


class Units:
    """``run`` them beside a trial. Whoever goes is written down, by the offer that was accepted."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._inbox = Inbox(client)
        self._ledger = ledger
        self._answered: set[str] = set()
        self._unsure: dict[str, Item] = {}
        """Workflow → what was answered there without word whether that was taken: it is answered again first."""

    async def run(self) -> None:
        """Until cancelled, through any number of Temporal's deaths."""
        while True:
            with contextlib.suppress(RPCError, TimeoutError):
                async with asyncio.timeout(10):
                    items = await self._inbox.items()
                ours = [item for item in items if item.waiting.tool == TOOLS["dispatch"]]
                others = [item for item in ours if item.workflow_id not in self._unsure]
                await asyncio.gather(*map(self._answer, [*self._unsure.values(), *others]))
            await asyncio.sleep(PAUSE)

    async def _answer(self, item: Item) -> None:
        if item.waiting.id in self._answered:
            return
        self._unsure[item.workflow_id] = item
        try:
            ruling = await self._inbox.answer(item, answer_to(item), "a unit")
        except RPCError:
            return
        except NotTaken:
            ruling = None
        self._answered.add(item.waiting.id)
        self._unsure.pop(item.workflow_id, None)
        number = address_in(item.waiting.text)
        if ruling and number is not None and (ruling.answer.get("accepted") or ruling.answer.get("who")):
            self._ledger.note("done", number, item.waiting.id)
