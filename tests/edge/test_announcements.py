"""What workflows want said, beside the sound: when it is handed on to be said, and what they are told of it."""

from typing import Any

import pytest

from edge.announcements import MOST, OUTCOME, Announcements
from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested
from schemas.base import new_id
from tests.edge.desk import Desk


@pytest.fixture
def announcements(desk: Desk) -> Announcements:
    return Announcements(desk.bus, lambda: {"call_id": desk.call, "region": "local", "at": desk.at}, desk.done.append)


def wanted(desk: Desk, text: str, **fields: Any) -> AnnouncementRequested:
    event: AnnouncementRequested = desk.event(
        AnnouncementRequested, announcement_id=new_id("announce"), text=text, **fields
    )
    return event


async def test_one_waits_for_the_outcome_that_comes_right_behind_it(desk: Desk, announcements: Announcements) -> None:
    announcements.want(wanted(desk, "Painted."), running=True)
    announcements.tick(OUTCOME / 2)
    announcements.release("another-1")
    assert desk.said == []
    announcements.release("paint-1")
    assert desk.said == ["Painted."]
    announcements.tick(OUTCOME)
    assert desk.said == ["Painted."]


async def test_it_does_not_wait_long_nor_without_need(desk: Desk, announcements: Announcements) -> None:
    announcements.want(wanted(desk, "Soon."), running=True)
    announcements.tick(OUTCOME)
    announcements.want(wanted(desk, "Painted."), running=False)
    assert desk.said == ["Soon.", "Painted."]


async def test_while_the_caller_keys_something_in_only_what_is_urgent_is_said(
    desk: Desk, announcements: Announcements
) -> None:
    announcements.hold = True
    announcements.want(wanted(desk, "Painted."), running=True)
    announcements.want(wanted(desk, "Fire!", urgent=True), running=True)
    announcements.release("paint-1")
    announcements.tick(9.0)
    assert desk.said == ["Fire!"]
    announcements.hold = False
    announcements.tick(9.01)
    assert desk.said == ["Fire!", "Painted."]


async def test_what_is_too_much_for_one_ear_is_refused_at_once(desk: Desk, announcements: Announcements) -> None:
    *few, last = (wanted(desk, str(number)) for number in range(MOST + 1))
    for event in (*few, last):
        announcements.want(event, running=False)
    refused = await desk.told()
    assert isinstance(refused, AnnouncementNotSpoken)
    assert (refused.announcement_id, refused.reason) == (last.announcement_id, "refused")


@pytest.mark.parametrize("suspended", [False, True])
async def test_what_was_not_said_when_the_call_ends_is_told_unless_it_goes_on(
    desk: Desk, announcements: Announcements, suspended: bool
) -> None:
    announcements.want(wanted(desk, "Painted."), running=True)
    announcements.end(suspended=suspended)
    unsaid = [event.reason for event in await desk.told_besides() if isinstance(event, AnnouncementNotSpoken)]
    assert unsaid == ([] if suspended else ["call_ended"])
