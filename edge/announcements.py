"""What workflows want said to one call's caller: handed on to TurnTaker, heard or not, and acknowledged.

An announcement waits a moment for the outcome that mostly comes right behind it, since what is said depends on it, and
for as long as the caller keys something in.
"""

from collections.abc import Callable
from typing import Any

from edge.core import events as do
from edge.ports import Bus
from schemas.announcements import AnnouncementNotSpoken, AnnouncementRequested, AnnouncementSpoken

MOST = 32
"""Announcements that may wait for one caller's ear."""
OUTCOME = 0.1
"""Seconds that one waits for the outcome of the tool call that it is about."""


class Announcements:
    """One call's. ``about`` gives the fields that each event begins with, among them ``at``, seconds of call audio."""

    def __init__(self, bus: Bus, about: Callable[[], dict[str, Any]], take: Callable[[do.Input], None]) -> None:
        self._bus = bus
        self._about = about
        self._take = take
        self._open: dict[str, AnnouncementRequested] = {}
        """Those without an acknowledgement."""
        self._fresh: dict[str, float] = {}
        """Those that TurnTaker has not been told of yet, and when it will be."""
        self._untold: dict[str, str] = {}
        """Those whose words the model finds in the history, and the tool call that each is about."""
        self._heard: dict[str, str] = {}
        self.hold = False
        """Whether they wait, since the caller is keying something in."""

    def is_last(self, announcement: str | None) -> bool:
        """Whether it is a workflow's, and the only one that still waits to be heard."""
        return announcement in self._open and len(self._open) == 1

    def want(self, event: AnnouncementRequested, *, running: bool) -> None:
        """A workflow wants something said; ``running``: the tool call that it is about has no outcome yet."""
        if len(self._open) >= MOST:
            self._acknowledge(event, "refused", "")
            return
        self._open[event.announcement_id] = event
        self._fresh[event.announcement_id] = self._at() + OUTCOME
        if event.urgent or not (self.hold or running):
            self._announce(event.announcement_id)

    def leave_to_model(self, announcement: str, tool_call: str) -> None:
        """What became of this tool call is for the model, which puts it in words for the caller."""
        self._untold[announcement] = tool_call
        self._take(do.Announce(announcement, "", "turn"))

    def left_to_model(self, announcement: str | None) -> str | None:
        """The tool call that such an announcement is about."""
        return self._untold.get(announcement or "")

    def release(self, tool_call: str) -> None:
        """The tool call has its outcome: what waited for it is said."""
        for announcement in [one for one in self._fresh if self._open[one].tool_call_id == tool_call]:
            if not self.hold:
                self._announce(announcement)

    def tick(self, at: float) -> None:
        """Those whose outcome has not come in time are said without it."""
        for announcement in [one for one, due in self._fresh.items() if at >= due and not self.hold]:
            self._announce(announcement)

    def words_of(self, announcement: str | None) -> str:
        """The words that must be heard for this announcement to count."""
        wanted = self._open.get(announcement or "")
        return wanted.text if wanted else ""

    def heard(self, announcement: str, text: str) -> None:
        """These words of it were heard."""
        self._heard[announcement] = text[: len(self.words_of(announcement))] or text

    def settle(self, announcement: str, outcome: str) -> bool:
        """TurnTaker has done with it: tell the workflow. False where it is no workflow's announcement."""
        self._untold.pop(announcement, None)
        heard = self._heard.pop(announcement, "")
        if event := self._open.pop(announcement, None):
            self._acknowledge(event, outcome, heard)
        return event is not None

    def end(self, *, suspended: bool) -> None:
        """The call is over: what has not been said in it will not be; but where it goes on, that is for its next part
        to say."""
        self._fresh.clear()
        for announcement in [] if suspended else list(self._open):
            self.settle(announcement, "call_ended")

    def part(self) -> None:
        """Let go of the call."""
        del self._take, self._about

    def _announce(self, announcement: str) -> None:
        del self._fresh[announcement]
        event = self._open[announcement]
        expires = None if event.expires is None else self._at() + event.expires
        self._take(do.Announce(announcement, event.text, "announcement", event.urgent, expires))

    def _acknowledge(self, event: AnnouncementRequested, outcome: str, heard: str) -> None:
        ids = {"announcement_id": event.announcement_id, "tool_call_id": event.tool_call_id}
        if outcome == "spoken":
            self._bus.publish(AnnouncementSpoken(**self._about(), **ids, heard=heard or event.text))
        else:
            self._bus.publish(AnnouncementNotSpoken(**self._about(), **ids, reason=outcome))

    def _at(self) -> float:
        at: float = self._about()["at"]
        return at
