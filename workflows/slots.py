"""Which days and hours can be booked, and how they are said. Values only."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from workflows.errors import ToolError
from workflows.ports import Slot
from workflows.spoken import spoken_day, spoken_time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
"""Days of the week on which visits are made."""

OPENS = 8
CLOSES = 18
"""Hours of the day, local time. A visit starts on the hour, the last one an hour before closing."""

AHEAD = 180
"""Days into the future that can be booked."""


def is_open(day: date) -> bool:
    """Whether visits are made on this day of the week."""
    return f"{day:%A}" in WEEKDAYS


def _on_an_open_day(day: date) -> date:
    if not is_open(day):
        raise ValueError(f"We come from Monday to Saturday, and {day} is a {day:%A}. Ask for another day.")
    return day


def _starts_on_the_hour(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("Give the local time of day without a time zone, such as 10:00.")
    if at.minute or at.second or at.microsecond:
        raise ValueError("Visits start on the hour. Ask whether the hour before or after would suit.")
    if not OPENS <= at.hour < CLOSES:
        raise ValueError("Visits start between eight in the morning and five in the afternoon. Ask for another time.")
    return at


Day = Annotated[date, AfterValidator(_on_an_open_day), Field(json_schema_extra={"weekdays": [*WEEKDAYS]})]
"""When a visit may be; other days are refused with a sentence that a model can act on, and known from the schema."""

Hour = Annotated[
    time,
    AfterValidator(_starts_on_the_hour),
    Field(json_schema_extra={"earliest": f"{OPENS:02}:00", "latest": f"{CLOSES - 1:02}:00", "step_minutes": 60}),
]
"""When a visit may start; others are refused and known in the same way."""


def spoken_slot(slot: Slot) -> str:
    """ "Tuesday the twenty-fourth of November at ten in the morning"."""
    return f"{spoken_day(slot.day)} at {spoken_time(slot.time)}"


def starts(slot: Slot) -> datetime:
    """Local wall-clock time, naive."""
    return datetime.combine(slot.day, slot.time)


def check_bookable(slot: Slot, now: datetime) -> None:
    """Raises ToolError where the slot is past or too far ahead; ``now`` is local to the business."""
    if starts(slot) <= now.replace(tzinfo=None):
        raise ToolError(
            "invalid_arguments",
            f"{starts(slot):%A %Y-%m-%d %H:%M} has passed; it is now {now:%A %Y-%m-%d %H:%M}. Ask the caller for "
            "a time to come, and call again.",
            fault="model",
            retryable=True,
        )
    if slot.day > now.date() + timedelta(days=AHEAD):
        raise ToolError(
            "invalid_arguments",
            f"{slot.day} is too far ahead: visits can be booked for the next {AHEAD} days. "
            "Ask the caller for an earlier day, and call again.",
            fault="model",
            retryable=True,
        )


def slots_of(service: str, days: Sequence[date]) -> list[Slot]:
    """Every slot of these days; none where nobody works."""
    return [
        Slot(service=service, day=day, time=time(hour)) for day in days if is_open(day) for hour in range(OPENS, CLOSES)
    ]


def nearest(slots: Sequence[Slot], taken: Sequence[Slot], wanted: Slot) -> list[Slot]:
    """The free slots, those closest to what was wanted first."""
    busy = {(slot.day, slot.time) for slot in taken} | {(wanted.day, wanted.time)}
    free = [slot for slot in slots if (slot.day, slot.time) not in busy]
    return sorted(free, key=lambda slot: (abs(starts(slot) - starts(wanted)), starts(slot)))
