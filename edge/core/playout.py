"""What is played to the caller, frame by frame, and how much of it has been heard.

At most ``LEAD`` seconds are sent ahead of real time, so that a stop is a stop. Every 20 ms frame belongs to one reply;
the frames of a cut reply are simply no longer there. Where the carrier sends marks, words count as heard when the mark
behind them comes back; elsewhere when the clock says that their audio has been played. The clock runs ahead of marks on
their way; where one is long due, of a carrier that has sent some before, it is not believed: the line may stand. Times
are seconds of any steady clock.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal, NamedTuple

from edge.core.audio import FRAME, FRAME_SECONDS, RATE, SILENCE, Sound, joined

LEAD = 0.060
DRY = 1.0
"""Seconds without audio in mid-reply that are more than a pause for breath."""
REST = 0.40
"""Part of a word's audio that may be missing for it to count as heard: a listener has understood it by then. A cut is
never known to the millisecond; so what is reckoned errs neither towards words unheard nor towards words left out."""
LONGEST_REST = 0.05
"""Seconds of it, at most: less than is sent ahead."""
MARK_PATIENCE = 1.0
"""Seconds after its last audio should have been played, for which a reply waits for the first marks of a carrier."""
PROOF_PATIENCE = 2.0
"""The same where marks have come back before in this call, as they do from a carrier that is believed to send them. A
browser's page that is not looked at tells only once a second."""

MOST_UNPROVED = 3
"""So many replies in a row without their last marks, and the carrier is taken for one that sends none, until one comes:
a line that stood for so long would have brought no sound of the caller's either, and been given up."""


class Frame(NamedTuple):
    """20 ms of a reply, to be sent now. ``first``: nothing of this reply was sent before."""

    reply: str
    sound: Sound
    first: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """To be sent now: comes back when the caller has heard all before it."""

    name: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is over; ``chars`` is how far its audio brought the listener.

    ``unproved``: it was sent to its end, but the carrier's marks say of no more than these ``chars`` that it was heard.
    """

    reply: str
    chars: int
    unproved: bool = False


@dataclass(frozen=True, slots=True)
class RanDry:
    """The reply is not complete, and for ``DRY`` seconds there was nothing of it to play."""

    reply: str


Output = Frame | Mark | Finished | RanDry


@dataclass(slots=True)
class _Point:
    """Where in a reply's audio its text has been spoken up to ``chars``."""

    chars: int
    after_frame: int
    rest: float
    """Seconds of its audio that need not have been played."""
    played_at: float | None = None
    """When the clock says it has been played; None while it is not sent."""


class Track:
    """The audio of one reply."""

    def __init__(self, reply: str, *, held: bool) -> None:
        self.reply = reply
        self.held = held
        self.complete = False
        self.dry = False
        self.sent = 0
        self.chars = 0
        """How far its audio brings the listener."""
        self._frames: deque[Sound] = deque()
        self._tail: list[Sound] = []
        self._tail_length = 0
        self._added = 0
        self._points: deque[_Point] = deque()
        self._unproved: deque[_Point] = deque()
        self.proved = 0
        """Characters proved heard by marks."""

    def add(self, sound: Sound, chars: int) -> None:
        """Append audio that brings the listener to ``chars`` characters of the reply."""
        self.chars = chars
        self._tail.append(sound)
        self._tail_length += len(sound)
        if self._tail_length >= FRAME:
            tail = joined(self._tail)
            whole = len(tail) - len(tail) % FRAME
            self._frames.extend(tail[start : start + FRAME] for start in range(0, whole, FRAME))
            self._added += whole // FRAME
            self._tail, self._tail_length = [tail[whole:]], len(tail) - whole
        # The frame under way is played to its end, whatever comes.
        rest = max(FRAME_SECONDS, min(REST * len(sound) / RATE, LONGEST_REST))
        self._points.append(_Point(chars, self._added + (1 if self._tail_length else 0), rest))

    def finish(self) -> None:
        """No more audio will come."""
        if self._tail_length:
            self._frames.append(joined([*self._tail, SILENCE[self._tail_length :]]))
            self._added += 1
            self._tail, self._tail_length = [], 0
        self.complete = True

    @property
    def waiting(self) -> bool:
        """Whether a frame could be sent."""
        return bool(self._frames)

    def take(self) -> Frame:
        """The next frame."""
        self.sent += 1
        return Frame(self.reply, self._frames.popleft(), self.sent == 1)

    def passed(self, played_at: float) -> list[_Point]:
        """The points that the frame just taken completes."""
        points = []
        while self._points and self._points[0].after_frame <= self.sent:
            point = self._points.popleft()
            point.played_at = played_at
            self._unproved.append(point)
            points.append(point)
        return points

    def prove(self, chars: int) -> bool:
        """A mark says that the text up to ``chars`` has been played; False where no such mark was sent."""
        if not any(point.chars == chars for point in self._unproved):
            return False
        self.proved = max(self.proved, chars)
        while self._unproved and self._unproved[0].chars <= chars:
            self._unproved.popleft()
        return True

    def doubtful(self, now: float) -> bool:
        """Whether a mark is long due."""
        first = self._unproved[0].played_at if self._unproved else None
        return first is not None and now >= first + PROOF_PATIENCE - 1e-9

    def reckon(self, now: float) -> int:
        """Characters heard by the clock."""
        heard = (p.chars for p in self._unproved if p.played_at is not None and p.played_at - p.rest < now - 1e-9)
        return max([self.proved, *heard])

    def over(self, now: float, dry_at: float, patience: float) -> bool:
        """Whether all of it has been heard, or its marks have been waited for long enough."""
        if not self.complete or self._frames or now < dry_at:
            return False
        return not self._unproved or now >= dry_at + patience


class Playout:
    """One call's playout: tracks in order, of which the first is being played."""

    def __init__(self, *, marks: bool) -> None:
        self.marks = marks
        self._proved = False
        """Whether a mark has ever come back: a carrier that only says it has marks is not believed."""
        self._unproved = 0
        """Replies in a row that ended without their last marks."""
        self.paused = False
        self._tracks: deque[Track] = deque()
        self._dry_at = 0.0
        """When the carrier has played all that was sent."""

    @property
    def proof(self) -> Literal["mark", "clock"]:
        """What ``heard`` rests on."""
        return "mark" if self._proved else "clock"

    @property
    def _patience(self) -> float:
        if not self.marks:
            return 0.0
        return PROOF_PATIENCE if self._proved else MARK_PATIENCE

    def open(self, reply: str, *, held: bool = False) -> Track:
        """A track for this reply, behind the others. While ``held`` nothing of it is sent."""
        track = Track(reply, held=held)
        self._tracks.append(track)
        return track

    @property
    def playing(self) -> str | None:
        """The reply that is being heard."""
        return self._tracks[0].reply if self._tracks and self._tracks[0].sent else None

    def track(self, reply: str) -> Track | None:
        """The track of this reply, while it is not over."""
        return next((track for track in self._tracks if track.reply == reply), None)

    def tick(self, now: float) -> list[Output]:
        """What to send now, and what has been heard to its end."""
        out: list[Output] = []
        while self._tracks:
            track = self._tracks[0]
            if self.paused or track.held or (track.waiting and self._ahead(now)):
                break
            self._send(track, now, out)
            if not track.over(now, self._dry_at, self._patience):
                if track.sent and not track.dry and not track.complete and now > self._dry_at + DRY:
                    track.dry = True
                    out.append(RanDry(track.reply))
                break
            self._tracks.popleft()
            unproved = self._proved and track.doubtful(now)
            self._unproved = self._unproved + 1 if unproved else 0
            self._proved = self._proved and self._unproved < MOST_UNPROVED
            out.append(Finished(track.reply, track.proved if unproved else track.chars, unproved))
        return out

    def _send(self, track: Track, now: float, out: list[Output]) -> None:
        while track.waiting and not self._ahead(now):
            out.append(track.take())
            track.dry = False
            self._dry_at = max(self._dry_at, now) + FRAME_SECONDS
            points = track.passed(self._dry_at)
            if points and self.marks:
                out.append(Mark(f"{track.reply}:{points[-1].chars}"))

    def _ahead(self, now: float) -> bool:
        """Whether enough is sent for now."""
        return self._dry_at - now >= LEAD - 1e-9

    def returned(self, name: str) -> None:
        """The carrier sent this mark back. Marks that are not ours, or come after their reply was cut, are ignored."""
        reply, _, chars = name.rpartition(":")
        track = self.track(reply)
        if track and chars.isascii() and chars.isdigit() and track.prove(int(chars[:9])):
            self._proved = True

    def release(self, reply: str) -> None:
        """The reply may be heard."""
        if track := self.track(reply):
            track.held = False

    def heard(self, reply: str, now: float) -> int:
        """Characters of the reply that have been heard."""
        track = self.track(reply)
        if track is None:
            return 0
        # What is on its way reaches the caller before a clear that is sent now, so the clock is right about it too.
        return track.proved if self._proved and track.doubtful(now) else track.reckon(now)

    def cut(self, reply: str, now: float) -> int:
        """Throw the rest of the reply away; the characters heard. What is in flight at the carrier must be cleared."""
        heard = self.heard(reply, now)
        self.paused = False
        if track := self.track(reply):
            if track is self._tracks[0]:
                self._dry_at = min(self._dry_at, now)
            self._tracks.remove(track)
        return heard

    def in_flight(self, now: float) -> bool:
        """Whether the carrier still holds audio that was not played."""
        return self._dry_at > now
