"""The call's events on their way past a caller who can see them: the bus, with an onlooker."""

from collections.abc import Awaitable, Callable

from edge.core.conversation import Tool
from edge.ports import Bus, Screen
from schemas.base import Event
from schemas.tools import ToolSpec


class Shown:
    """``edge.ports.Bus`` that shows each event of one call on its screen."""

    def __init__(self, bus: Bus, screen: Screen) -> None:
        self._bus = bus
        self._screen = screen
        self._stored: set[str] = set()
        """Ids of what this call stored itself: some of it comes back, and is shown once."""

    def publish(self, event: Event) -> None:
        self._screen.show(event)
        self._bus.publish(event)

    async def store(self, event: Event) -> None:
        self._stored.add(event.id)
        await self._bus.store(event)
        self._screen.show(event)

    def listen(self, call_id: str, hear: Callable[[Event], None]) -> None:
        def both(event: Event) -> None:
            if event.id not in self._stored:
                self._screen.show(event)
            hear(event)

        self._bus.listen(call_id, both)

    def unlisten(self, call_id: str) -> None:
        self._bus.unlisten(call_id)

    async def recall(self, call_id: str) -> list[Event]:
        return await self._bus.recall(call_id)

    def answer(self, name: str, answer: Callable[[bytes], Awaitable[bytes | None]]) -> None:
        self._bus.answer(name, answer)

    async def ask(self, name: str, question: bytes) -> bytes | None:
        return await self._bus.ask(name, question)

    def tools(self) -> dict[str, Tool]:
        return self._bus.tools()

    def tool_specs(self) -> dict[str, ToolSpec]:
        return self._bus.tool_specs()
