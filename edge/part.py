"""One node's part of a call: begun, or taken up where it was left; over with the call, or let go of for the next part.

A call whose line broke, or whose node died, goes on in another part, here or elsewhere. What JetStream has of it says
which part carries it: the newest, and of two that began in the same moment the one whose node's name is last.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from edge.core.events import EndReason
from edge.resume import Past, take_up
from edge.services import Party, Services
from schemas.base import Event
from schemas.calls import CallEnded, CallResumed, CallStarted


class Part:
    """``at`` gives seconds of call audio."""

    def __init__(self, call_id: str, party: Party, services: Services, at: Callable[[], float]) -> None:
        self.number = 1
        """From 1 on."""
        self._call_id = call_id
        self._party = party
        self._services = services
        self._at = at

    async def take_up(self) -> Past | None:
        """Make the call this node's, and say what was before; None where it is to begin anew.

        Raises:
            EdgeError: as ``resume.take_up``.
        """
        services, transport = self._services, self._party.transport
        past = await take_up(services.bus, self._call_id, services.region, services.node, transport, services.seals)
        if past:
            self.number = past.part
        return past

    def begun(self, tools: Iterable[str]) -> None:
        """The call begins with this part; ``tools`` are offered in it."""
        self._services.bus.publish(
            CallStarted(
                **self._about(),
                agent=self._services.agent.name,
                transport=self._party.transport,
                node=self._services.node,
                caller=self._party.caller,
                callee=self._party.callee,
                tools=sorted(tools),
            )
        )

    def goes_on_in(self, event: CallResumed) -> bool:
        """Whether another node has the call. One of this node's is this call's own, or comes late from one that it took
        over from."""
        node = self._services.node
        return event.node != node and (event.part, event.node) > (self.number, node)

    def went_on(self, events: Sequence[Event]) -> bool:
        """Whether another node has the call by these events, which are stored of it."""
        return any(isinstance(event, CallResumed) and self.goes_on_in(event) for event in events)

    def ended(self, reason: EndReason, detail: str, turns: int, open_tools: list[str]) -> None:
        """The call ends with this part; the workflows of ``open_tools`` are to hear of it."""
        self._services.bus.publish(
            CallEnded(
                **self._about(),
                reason=reason,
                detail=detail,
                seconds=self._at(),
                turns=turns,
                open_tools=open_tools,
            )
        )

    def _about(self) -> dict[str, Any]:
        return {"call_id": self._call_id, "region": self._services.region, "at": self._at()}
