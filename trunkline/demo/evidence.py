"""What a call left behind: the row in PostgreSQL, the events on JetStream, the words in the recording."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import asyncpg
import nats
import numpy as np

from edge.core.audio import FRAME, Pcm
from schemas.subjects import call_subject, calls_stream
from trunkline.caller.ear import Ear, Onset
from trunkline.caller.recogniser import Recogniser

PATIENCE = 10.0
"""Seconds for an engine to answer."""
_ENOUGH = 3
"""So many of a confirmation's words must be heard, 'booked' among them; recognition may miss one."""


@dataclass(frozen=True, slots=True)
class Booking:
    """The row that the workflow wrote."""

    booking_id: str
    service: str
    technician: str | None
    day: date
    time: time
    name: str
    status: str


async def bookings(dsn: str, call_id: str) -> list[Booking]:
    """The bookings of this call that stand, from PostgreSQL."""
    async with asyncio.timeout(PATIENCE):
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "SELECT booking_id, service, technician, day, time, name, status FROM bookings"
                " WHERE call_id = $1 AND status = 'confirmed' ORDER BY created",
                call_id,
            )
        finally:
            await connection.close()
    return [Booking(**dict(row)) for row in rows]


async def stored_events(url: str, region: str, call_id: str) -> dict[str, int]:
    """How many events of the call JetStream holds, by kind."""
    async with asyncio.timeout(PATIENCE):
        client = await nats.connect(url)
        try:
            subjects = call_subject(region, call_id, ">")
            info = await client.jetstream().stream_info(calls_stream(region), subjects_filter=subjects)
        finally:
            await client.close()
    found: dict[str, Any] = info.state.subjects or {}
    return {subject.rsplit(".", 1)[-1]: int(count) for subject, count in found.items()}


async def transcribe(agent: Pcm, recogniser: Recogniser) -> str:
    """The words in the agent's channel of a recording."""
    ear = Ear()
    found = [heard for at in range(0, len(agent) - FRAME + 1, FRAME) for heard in ear.hear(agent[at : at + FRAME])]
    found += ear.finish()
    words = [await recogniser.words(heard.pcm) for heard in found if not isinstance(heard, Onset)]
    return " ".join(word for word in words if word)


def confirms(words: str, booking: Booking) -> bool:
    """Whether the words say that this was booked; one word may have been misheard."""
    marks = [booking.service.split()[0], f"{booking.day:%A}", *_hour(booking.time)]
    heard = words.lower()
    said = [mark for mark in marks if re.search(rf"\b{re.escape(mark.lower())}", heard)]
    return "book" in heard and len(said) + 1 >= _ENOUGH


def _hour(at: time) -> list[str]:
    """The hour as it may be recognised; either counts."""
    names = "twelve one two three four five six seven eight nine ten eleven".split()
    return [names[at.hour % 12], str(at.hour % 12 or 12)]


def right_channel(both: Pcm) -> Pcm:
    """The agent's samples of interleaved stereo."""
    return np.ascontiguousarray(both[1::2])
