"""What of a call's events its caller may see on a page: names and fields, and nothing else.

Arguments and results of tools stay where they are; the caller hears of them in words.
"""

from typing import Any

from schemas.base import Event

FIELDS: dict[str, tuple[str, ...]] = {
    "transcript_heard": ("text", "final"),
    "turn_committed": ("turn", "text", "channel"),
    "reply_started": ("reply", "turn", "latency"),
    "reply_heard": ("reply", "text", "interrupted"),
    "tool_requested": ("tool_call_id", "tool"),
    "tool_progressed": ("tool_call_id", "step"),
    "tool_completed": ("tool_call_id",),
    "tool_failed": ("tool_call_id",),
    "call_resumed": (),
    "call_ended": ("reason",),
}


def shown(event: Event) -> dict[str, Any] | None:
    """The event as a page gets it; None where it is not for the caller."""
    fields = FIELDS.get(event.kind)
    if fields is None:
        return None
    return {"kind": event.kind, **event.model_dump(mode="json", include=set(fields))}
