"""The events of one call, read from NATS: how the caller knows of tools, which the wire protocol does not tell."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client

from schemas import events
from schemas.base import Event
from schemas.marking import hidden
from schemas.subjects import call_subject, parse
from schemas.tools import ToolCompleted, ToolFailed, ToolProgressed, ToolRequested, ToolStarted
from trunkline.caller.report import Kind
from workers.adapters.nats import subscribed

PATIENCE = 3.0
"""Seconds for NATS to take the connection."""


class Watch:
    """A subscription to all durable events of one call."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    async def start(cls, url: str, call_id: str, hear: Callable[[Event], None]) -> "Watch | None":
        """Hear every event of the call from now on; None where NATS cannot be reached."""

        async def take(message: Any) -> None:
            with contextlib.suppress(KeyError, ValueError):  # a kind or form newer than this program
                hear(events.decode(parse(message.subject)[2], message.data))

        async def hush(_: Exception) -> None:
            """A lost connection shows in what is missing; the client tries again by itself."""

        try:
            async with asyncio.timeout(PATIENCE):
                client = await nats.connect(url, error_cb=hush, connect_timeout=2, max_reconnect_attempts=10)
        except (OSError, TimeoutError, nats.errors.Error):
            return None
        await client.subscribe(call_subject("*", call_id, ">"), cb=take)
        await subscribed(client)
        return cls(client)

    async def close(self) -> None:
        """Stop hearing."""
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            await self._client.close()


def describe(event: Event) -> tuple[Kind, str] | None:
    """The event as a line for people; None where the call itself shows it."""
    match event:
        case ToolRequested():
            return "tool", f"{event.tool}({_pairs(hidden(event.arguments))})"
        case ToolStarted():
            return "step", f"workflow {event.workflow_id} started"
        case ToolProgressed():
            return "step", event.step
        case ToolCompleted():
            return "outcome", f"{event.tool} completed: {_pairs(event.result)}"
        case ToolFailed():
            return "outcome", f"{event.tool} failed ({event.code}): {event.message}"
        case _:
            return None


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in values.items() if value not in (None, ""))
