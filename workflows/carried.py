"""What one run of a workflow hands to the next, beside the request."""

from datetime import datetime
from typing import Any

from schemas.base import Schema
from schemas.decisions import Ruling, Waiting
from schemas.tools import ToolRequested
from workflows.ports import DeliveryState
from workflows.saga import Undo


class Carried(Schema):
    """What one run hands to the next."""

    state: dict[str, Any]
    ids: int
    """How many identifiers the outlet has made."""
    call_id: str
    there: bool
    further: str | None = None
    completed: bool
    committed: bool
    deadline: datetime | None
    waiting: list[Waiting]
    ruled: list[Ruling]
    settled: dict[str, DeliveryState]
    undo: list[Undo]


class Continued(ToolRequested):
    """A tool call as its workflow takes it: with what an earlier run carried over, where there was one."""

    carried: Carried | None = None
