"""What a model asks for again in one call: it joins what is under way, is refused, or the caller is asked about it."""

from collections.abc import Mapping
from typing import Any, Literal

from edge.core.history import History
from schemas.tools import UNSETTLED, tool_call_id

Policy = Literal["join", "reject", "ask"]

REPEATED: Mapping[Policy, str] = {
    "reject": "This was asked for already in this call and is not done twice. Tell the caller how far it is.",
    "ask": "This was asked for already in this call. Ask the caller whether they want it once more, and only if they "
    "say so call it again with the same arguments.",
}
"""What a model hears that asks for the very same again."""
JOINED = {
    "under_way": "That was asked for already and is still under way. Tell the caller so; nothing was asked for again.",
    "completed": "That was asked for already and is done. Tell the caller so; it is not done twice.",
    "failed": "That was asked for already and did not work. Tell the caller so, and ask what they would like.",
}
"""What a model hears in a later turn, where it changes nothing to ask again: it cannot tell by itself."""


class Repeats:
    """One call's."""

    def __init__(self, call_id: str, history: History) -> None:
        self._call_id = call_id
        self._history = history
        self._asked_in: dict[str, int] = {}
        """Tool call → the turn in which it was asked for, in this part of the call."""
        self._asked_about: dict[str, int] = {}
        """Tools of which a second one is asked about, and the caller's turn in which that began."""

    def stored(self, request: str, turn: int) -> None:
        """This was asked for, in this turn of the caller's."""
        self._asked_in[request] = turn

    def look(
        self, tool: str, arguments: dict[str, Any], policy: Policy, turn: int, key: bytes = b""
    ) -> tuple[str, str | None]:
        """The request's id, and None where it is new; otherwise what the model is told of it: nothing, where it repeats
        itself within a turn and has just been told. ``key``: of the id, where an argument is sensitive."""
        request, repeated = self._find(tool, arguments, policy, turn, key)
        if repeated is None:
            return request, None
        if repeated != "join":
            return request, REPEATED[repeated]
        if self._asked_in.get(request) == turn:
            return request, ""
        earlier = self._history.outcome_of(request)
        return request, JOINED[earlier.status if earlier and earlier.status in JOINED else "under_way"]

    def _find(
        self, tool: str, arguments: dict[str, Any], policy: Policy, turn: int, key: bytes
    ) -> tuple[str, Policy | None]:
        again = 0
        while self._history.was_asked(request := tool_call_id(self._call_id, tool, arguments, again, key)):
            # A second one needs a turn of the caller's after the agent was told to ask for it.
            if not self._may_be_tried_anew(request) and (policy != "ask" or self._asked_about.get(tool, turn) == turn):
                self._asked_about.setdefault(tool, turn)
                return request, policy
            again += 1
        if again:
            self._asked_about.pop(tool, None)
        return request, None

    def _may_be_tried_anew(self, request: str) -> bool:
        """Whether it failed, nothing remains of it, and the caller has spoken since."""
        outcome = self._history.outcome_of(request)
        if outcome is None or outcome.status != "failed" or outcome.content.get("code") == UNSETTLED:
            return False
        return self._history.said_since(outcome)
