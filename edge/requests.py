"""What the model asks of tools in one call: joined with what is under way, refused, looked up at once, or stored."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from edge.advice import localised
from edge.core.conversation import Tool, ToolAsked, ToolCall, ToolOutcome
from edge.core.history import History
from edge.errors import NotStored
from edge.lookups import Lookups
from edge.repeats import Repeats
from edge.running import SLOW_AGAIN, Running
from edge.services import Services
from edge.validation import faults
from schemas.base import new_id
from schemas.sealing import seal_marked
from schemas.tools import ToolRequested

_log = structlog.get_logger(__name__)

MOST_OPEN = 8
"""Tool calls of one call that may be open at once."""


class Requests:
    """One call's.

    ``about`` gives the fields that each event begins with; ``take`` hands an event to TurnTaker; ``own`` starts a task
    that the call owns; ``settle`` ends a tool call that was not stored.
    """

    def __init__(
        self,
        services: Services,
        history: History,
        running: Running,
        caller: str | None,
        about: Callable[[], dict[str, Any]],
        own: Callable[[Coroutine[Any, Any, bool]], "asyncio.Task[bool]"],
        settle: Callable[[ToolOutcome], None],
    ) -> None:
        self._services = services
        self._history = history
        self._running = running
        self._caller = caller
        self._about = about
        self._own = own
        self._settle = settle
        self._turn = 0
        self._lookups = Lookups(services, history, caller, about)
        self._repeats = Repeats(about()["call_id"], history)

    def turn_committed(self, turn: int) -> None:
        """What is asked for from now on is of this turn."""
        self._turn = turn
        self._lookups.turn_committed()

    def tools(self) -> tuple[Tool, ...]:
        """The tools that the agent may use and a worker offers, and its own quick ones.

        Without keys none that takes what is sensitive.
        """
        wanted, offered = self._services.agent.tools, self._services.bus.tools()
        quick = self._services.quick.tools()
        used = (tool for name, tool in offered.items() if (not wanted or name in wanted) and name not in quick)
        durable = (localised(tool, self._services.agent.emergency_number) for tool in used)
        found = (*durable, *quick.values())
        return found if self._services.seals else tuple(tool for tool in found if not tool.sensitive)

    def cancellable(self) -> tuple[ToolAsked, ...]:
        """What is under way and may be called off."""
        specs = self._services.bus.tool_specs()
        asked = {entry.tool_call_id: entry for entry in self._history.entries if isinstance(entry, ToolAsked)}
        running = (asked[one] for one in self._running if one in asked)
        return tuple(entry for entry in running if entry.tool in specs and specs[entry.tool].cancellable)

    async def ask(self, call: ToolCall, settled: asyncio.Event) -> bool:
        """Store a tool call, once the caller's turn is ``settled``; a quick tool does nothing, and is asked at once.

        False where the model is to be asked again, because history has news for it: why the call was refused, or what
        a quick tool told.
        """
        arguments = dict(call.arguments)
        spec = self._services.bus.tool_specs().get(call.tool)
        repeat, known = spec.repeat if spec else "join", self._tool(call.tool)
        key = self._services.seals.naming if known and known.sensitive else b""
        request_id, told = self._repeats.look(call.tool, arguments, repeat, self._turn, key)
        if told is not None:
            if told:
                content = {"code": "repeated", "message": told}
                self._history.tool_settled(ToolOutcome(new_id("again"), call.tool, "refused", content))
            return not told
        fault = self._fault(call, arguments)
        if fault:
            self._history.tool_settled(ToolOutcome(request_id, call.tool, "refused", fault))
            return False
        if call.tool in self._services.quick.tools():
            await self._lookups.ask(call.tool, arguments, self._sealed(call.tool, arguments))
            return False
        event = ToolRequested(
            **self._about(),
            tool_call_id=request_id,
            tool=call.tool,
            arguments=self._sealed(call.tool, arguments),
            turn=self._turn,
            caller=self._caller,
            agent=self._services.agent.name,
            timezone=self._services.agent.timezone,
            tenant=self._services.agent.tenant,
        )
        await settled.wait()
        # The call's own task: a reply that is cut off meanwhile must not leave a request half known.
        return await asyncio.shield(self._own(self._store(event, arguments)))

    async def _store(self, event: ToolRequested, arguments: Mapping[str, Any]) -> bool:
        """``arguments`` as the model gave them: it is shown those."""
        spec = self._services.bus.tool_specs().get(event.tool)  # It may be withdrawn at any moment.
        self._history.tool_asked(event.tool_call_id, event.tool, arguments)
        self._repeats.stored(event.tool_call_id, event.turn)
        self._running.begin(event.tool_call_id, self._about()["at"], spec.slow_after if spec else SLOW_AGAIN)
        try:
            await self._services.bus.store(event)
        except Exception as error:
            _log.exception("A tool call could not be stored.", call=event.call_id, tool=event.tool)
            code = error.code if isinstance(error, NotStored) else "not_stored"
            if code == "unknown":
                return True  # It may well be under way: whoever asks for it again is to join it.
            self._settle(ToolOutcome(event.tool_call_id, event.tool, "refused", {"code": code, "message": str(error)}))
            return False
        self._services.metrics.tool_calls.labels(event.tool).inc()
        return True

    def _tool(self, name: str) -> Tool | None:
        return next((tool for tool in self.tools() if tool.name == name), None)

    def _sealed(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as they may be written down."""
        found = self._tool(tool)
        sealed: dict[str, Any] = seal_marked(found.parameters if found else {}, arguments, self._services.seals)
        return sealed

    def _fault(self, call: ToolCall, arguments: dict[str, Any]) -> dict[str, str] | None:
        """Why a tool call cannot be taken, in words a model can act on."""
        tool = self._tool(call.tool)
        if tool is None:
            names = ", ".join(tool.name for tool in self.tools()) or "none"
            return {"code": "unknown_tool", "message": f"There is no tool {call.tool!r}. Tools: {names}."}
        if len(self._running) >= MOST_OPEN:
            return {"code": "too_many", "message": "Too much is under way in this call; wait for an outcome first."}
        if tool.quick and self._lookups.enough:
            return {"code": "too_many", "message": "Enough was looked up for this turn; answer with what is known."}
        if message := faults(tool.parameters, arguments):
            return {"code": "invalid_arguments", "message": message}
        return None

    def part(self) -> None:
        """Let go of the call."""
        self._lookups.part()
        del self._about, self._own, self._settle
