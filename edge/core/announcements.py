"""What workflows want said: it waits for the floor, is begun, perhaps cut off, and is settled exactly once.

Each announcement is in one place at a time: in the queue, with the reply that speaks it, or cut off and waiting for
word on how much of it was heard. What leaves the last of them is settled.
"""

from collections import deque
from dataclasses import replace

from edge.core.events import Announce, Cut, Settle
from edge.core.manners import Manners

SOME = 0.15
"""The part of an announcement from which on a caller knows that there is one."""


class Announcements:
    """One call's announcements. Methods return what there is to settle."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._queue: deque[Announce] = deque()
        self._cut: dict[str, Announce] = {}
        """By the reply that spoke them."""
        self._talked_over: set[str] = set()
        """Those of which the caller heard some and went on talking."""

    @property
    def waiting(self) -> bool:
        """Whether one waits for the floor, even if it has expired by now."""
        return bool(self._queue)

    def add(self, announce: Announce) -> None:
        """An urgent one goes before the others, and behind those the rest of what such a one broke off."""
        self._queue.insert(sum(_rank(each) <= _rank(announce) for each in self._queue), announce)

    def _go_first(self, announce: Announce) -> None:
        """Before all that matter no more than it does."""
        self._queue.insert(sum(_rank(each) < _rank(announce) for each in self._queue), announce)

    def presses(self, now: float) -> bool:
        """Whether an urgent one waits that nobody has talked over."""
        first = self._queue[0] if self._queue else None
        fresh = first is not None and first.urgent and first.attempt == 1
        return first is not None and fresh and (first.expires is None or now <= first.expires)

    def overtaken(self) -> list[Settle]:
        """The caller has had a turn: what was left of a reply before it is not worth saying any more."""
        return [
            gone for each in tuple(self._queue) if each.cause == "rest" for gone in self.withdraw(each.announcement)
        ]

    def withdraw(self, announcement: str) -> list[Settle]:
        """Nobody wants it said any more."""
        gone = [each for each in self._queue if each.announcement == announcement]
        for each in gone:
            self._queue.remove(each)
        return [Settle(each.announcement, "expired") for each in gone]

    def next(self, now: float) -> tuple[Announce | None, list[Settle]]:
        """Take the first that is still worth saying; those before it have expired."""
        expired: list[Settle] = []
        while self._queue:
            announce = self._queue.popleft()
            if announce.expires is None or now <= announce.expires:
                return announce, expired
            expired.append(Settle(announce.announcement, "expired"))
        return None, expired

    def weave(self, now: float) -> Announce | None:
        """Take the first, where the reply that begins now may tell it before anything else.

        One without words too: whoever makes the reply finds in the history what there is to say. Not a question, which
        wants the caller's next words; nor what the caller has talked over, unless they spoke before they had heard any
        of it; nor a word in passing. The rest of a reply is overtaken by then, and is not in the way.
        """
        first = next((each for each in self._queue if each.cause != "rest"), None)
        if (
            first is None
            or first.announcement in self._talked_over
            or not (first.cause == "announcement" or first.text == "")
        ):
            return None
        if first.expires is not None and now > first.expires:
            return None
        self._queue.remove(first)
        return first

    def give_back(self, announce: Announce) -> None:
        """The reply that was to tell it was never heard."""
        self._go_first(announce)

    def cut(self, reply: str, announce: Announce) -> None:
        """The reply that speaks it ends here; ``was_cut`` follows."""
        self._cut[reply] = announce

    def was_cut(self, reply: str, heard: float) -> list[Settle]:
        """This part, 0..1, of it was heard: let it be, or say it again."""
        announce = self._cut.pop(reply, None)
        if announce is None:
            return []
        if heard >= self._manners.heard_enough:
            return [Settle(announce.announcement, "spoken")]
        if announce.attempt >= self._manners.announce_attempts:
            return [Settle(announce.announcement, "refused")]
        if heard >= SOME:
            self._talked_over.add(announce.announcement)
        self._go_first(replace(announce, attempt=announce.attempt + 1))
        return []

    def close(self) -> list[Settle]:
        """The line is gone."""
        waiting = [Settle(announce.announcement, "call_ended") for announce in self._queue]
        self._queue.clear()
        return waiting

    def after_close(self, event: object) -> list[Settle]:
        """Nothing is spoken any more; what was promised an answer still gets one."""
        if isinstance(event, Announce):
            return [Settle(event.announcement, "call_ended")]
        if isinstance(event, Cut) and (announce := self._cut.pop(event.reply, None)):
            spoken = event.heard >= self._manners.heard_enough
            return [Settle(announce.announcement, "spoken" if spoken else "call_ended")]
        return []


def _rank(announce: Announce) -> int:
    return 0 if announce.urgent else 1 if announce.cause == "rest" else 2
