"""How an emulated vendor can fail, and when."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Kind = Literal["refuse", "busy", "stall", "drop", "malformed"]


@dataclass(frozen=True, slots=True)
class Fault:
    """``refuse``: 401. ``busy``: 429. ``stall``: nothing is answered. ``drop``: the connection is cut.
    ``malformed``: messages that make no sense.

    ``after``: messages (events of a stream, too) that are still sent as they should be, before it begins.
    """

    kind: Kind
    after: int = 0


@dataclass(slots=True)
class Faults:
    """What goes wrong at one vendor. ``coming`` befall one connection or request each, in order; then ``always``."""

    coming: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None

    def take(self) -> Fault | None:
        """The fault of the connection that has just come. Raises HTTPUnauthorized or HTTPTooManyRequests."""
        fault = self.coming.popleft() if self.coming else self.always
        match fault:
            case Fault("refuse"):
                raise web.HTTPUnauthorized(text='{"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials."}')
            case Fault("busy"):
                raise web.HTTPTooManyRequests(text='{"err_code": "TOO_MANY_REQUESTS"}')
        return fault
