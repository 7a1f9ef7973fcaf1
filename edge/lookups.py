"""What is looked up with quick tools in one call: in the middle of a reply, and told in it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from edge.core.conversation import LookedUp
from edge.core.history import History
from edge.services import Services
from schemas.base import new_id
from schemas.lookups import LookupAnswered

MOST = 4
"""Questions to quick tools in one turn: each may take a second of it."""


class Lookups:
    """One call's. ``about`` gives the fields that each event begins with, among them ``call_id``."""

    def __init__(
        self, services: Services, history: History, caller: str | None, about: Callable[[], dict[str, Any]]
    ) -> None:
        self._services = services
        self._history = history
        self._caller = caller
        self._about = about
        self._count = 0
        """In this turn."""

    @property
    def enough(self) -> bool:
        """Whether nothing more may be looked up in this turn."""
        return self._count >= MOST

    def turn_committed(self) -> None:
        """The caller has said something: they are counted anew."""
        self._count = 0

    async def ask(self, tool: str, arguments: Mapping[str, Any], sealed: Mapping[str, Any]) -> None:
        """Ask a quick tool; within its budget history has what it told, or that it did not.

        ``sealed``: the arguments as they may be written down.
        """
        self._count += 1
        began = asyncio.get_running_loop().time()
        told = await self._services.quick.answer(tool, arguments, self._about()["call_id"], self._caller)
        seconds = asyncio.get_running_loop().time() - began
        self._history.looked_up(LookedUp(tool, arguments, told.content, told.age, failed=bool(told.code)))
        self._services.metrics.lookups.labels(tool, told.code or ("cached" if told.age else "asked")).inc()
        self._services.metrics.lookup_seconds.observe(seconds)
        self._services.bus.publish(
            LookupAnswered(
                **self._about(),
                lookup_id=new_id("look"),
                tool=tool,
                arguments=dict(sealed),
                status="failed" if told.code else "answered",
                content=dict(told.content),
                age=told.age,
                seconds=seconds,
            )
        )

    def part(self) -> None:
        """Let go of the call."""
        del self._about
