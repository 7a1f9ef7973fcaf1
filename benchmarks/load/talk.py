"""One call from the caller's side: what is said when, and what came of each turn. Pure: a clock's time goes in."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load.conversation import Line
from benchmarks.load.playback import Playback, Stretch
from edge.core.audio import FRAME_SECONDS

GREETING = 8.0
"""Seconds within which the agent must have said its first word."""
ANSWER = 8.0
"""Seconds after a line's end within which the answer must begin."""
QUIET = 1.2
"""Seconds of silence after which the agent has said what it had to say; up to a third more, at random."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one line. Seconds.

    ``wait``: its last sound → the first of the answer; None where none came. ``stop``: its first sound → the agent is
    silent, of a line that interrupts; None where it did not stop before the answer, or was not talking. ``early``: the
    agent began to talk before the line's end. ``at``: when the line ended, by the caller's clock.
    """

    line: int
    at: float
    wait: float | None
    stop: float | None = None
    early: bool = False


class Talk:
    """Asked every 20 ms for the next frame; ``over`` once all lines are said and answered, or the agent is mute.

    ``curt``: seconds of the last answer that are heard before the caller has had enough of it; None hears it out.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        hiss: Sequence[str],
        playback: Playback,
        seed: int,
        now: float,
        curt: float | None = None,
    ) -> None:
        self.turns: list[Turn] = []
        self.over = False
        self._lines = lines
        self._curt = curt
        self._hiss = hiss
        self._playback = playback
        self._random = random.Random(seed)
        self._line = -1
        """The line under way or answered; -1 while the greeting is waited for."""
        self._frame: int | None = None
        """Its next frame; None while the caller listens."""
        self._since = now
        """When the caller began to listen."""
        self._onset = 0.0
        self._quiet = self._next_quiet()
        self._ticks = seed

    def tick(self, now: float) -> str:
        """The frame of the 20 ms that end now."""
        if self._frame is None:
            self._listen(now)
        if self._frame is None:
            self._ticks += 1
            return self._hiss[self._ticks % len(self._hiss)]
        return self._speak(self._frame, now)

    def _speak(self, frame: int, now: float) -> str:
        line = self._lines[self._line]
        if frame == line.onset:
            self._onset = now - FRAME_SECONDS
        if frame + 1 == line.end:
            self._since = now
        self._frame = frame + 1 if frame + 1 < len(line.frames) else None
        return line.frames[frame]

    def _listen(self, now: float) -> None:
        """Begin the next line where it is time."""
        answer = self._answer()
        following = self._lines[self._line + 1] if self._line + 1 < len(self._lines) else None
        if answer is None:
            if now - self._since > (GREETING if self._line < 0 else ANSWER):
                self._end_turn()
                self._begin_line(following)
        elif following and following.over is not None:
            if now - answer.start >= following.over:
                self._end_turn()
                self._begin_line(following)
        elif now - self._playback.silent_from >= self._quiet or self._has_had_enough(answer, now):
            self._end_turn()
            self._begin_line(following)

    def _has_had_enough(self, answer: Stretch, now: float) -> bool:
        return self._curt is not None and self._line + 1 == len(self._lines) and now - answer.start >= self._curt

    def _begin_line(self, line: Line | None) -> None:
        self._quiet = self._next_quiet()
        self._line += 1
        if line is None:
            self.over = True
        else:
            self._frame = 0

    def _answer(self) -> Stretch | None:
        """The first sound after the line's end."""
        return next((stretch for stretch in self._playback.stretches if stretch.start >= self._since), None)

    def _end_turn(self) -> None:
        """Note what came of the line."""
        if self._line < 0:
            return
        line, answer, stretches = self._lines[self._line], self._answer(), self._playback.stretches
        before = next((one for one in stretches if one.start < self._onset < one.end), None)
        stop = before.end - self._onset if before and line.over is not None else None
        early = any(self._onset <= one.start < self._since for one in stretches)
        wait = None if answer is None else answer.start - self._since
        self.turns.append(Turn(self._line, self._since, wait, stop, early))

    def _next_quiet(self) -> float:
        return QUIET * (1 + self._random.random() / 3)
