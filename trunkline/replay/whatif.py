"""What other rules would have done on a recorded call.

The recorded inputs are fed to a TurnTaker with today's code and other manners, which follows its own deadlines.
Each of its decisions is compared with the recorded one. As long as they are of the same kind, over the same sound, the
call goes on as it was recorded, and what came after a decision comes so much earlier or later as the decision does:
callers answer what they hear. Names of replies are translated.

When a decision is another, the call has diverged: nobody knows how it would have gone on. What the recording says of
this one decision is kept; all up to the next time that the caller begins to speak into silence is left out; there both
are level again. So every decision that counts was made in a situation that was recorded.
"""

import math
from dataclasses import replace
from typing import Any

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.states import State
from edge.core.tape import Recording, Step
from edge.core.turntaker import TurnTaker
from edge.core.vad import SpeechStarted, SpeechStopped
from trunkline.replay.decisions import Decision, Reader
from trunkline.replay.outcome import Divergence, Matched, Outcome, Verdict
from trunkline.replay.recorded import Recorded

CUT_IN = 1.0
"""Seconds after a turn's commit within which more speech shows that it was not over."""
TICK = 0.010
"""How late a deadline is seen, on the whole."""
TICK_MOST = 0.030
LOST_AFTER = 5.0
"""Seconds after which a recorded decision that other rules did not make will not be made any more."""
_SHIFTED = ("at", "start", "end", "expires")
"""Fields that are seconds of call audio."""


def what_if(recording: Recording, manners: Manners, cut_in: float = CUT_IN) -> Outcome:
    """Compare the recorded decisions with those of today's code and these manners."""
    return _WhatIf(recording, manners, cut_in).run()


class _WhatIf:
    def __init__(self, recording: Recording, manners: Manners, cut_in: float) -> None:
        self.outcome = Outcome(recording.header.call)
        self._manners = manners
        self._cut_in = cut_in
        self._recorded = Recorded(recording)
        self._steps = self._recorded.steps
        self._theirs, self._places = self._recorded.decisions, self._recorded.places
        self.outcome.decisions = len(self._theirs)
        self._taker = TurnTaker(manners)
        self._reader = Reader()
        self._next = 0
        """Of the recorded inputs."""
        self._due_decision = 0
        """Of the recorded decisions."""
        self._shift = 0.0
        self._now = 0.0
        self._names: dict[str, str] = {}
        """Recorded reply → ours."""
        self._ours: dict[str, str] = {}
        """Words → our newest reply to them."""
        self._soon: list[tuple[float, do.Input]] = []
        """Inputs of our own: audio of a reply that was begun at another time than the recorded one."""
        self._live = ""
        """Our reply under way."""
        self._cut: set[str] = set()
        """Replies of ours that were flushed, until it is said how much of them was heard."""
        self._diverged: Divergence | None = None

    def run(self) -> Outcome:
        going = True
        while going and self._next < len(self._steps):
            self._advance()
            going = self._diverged is None or self._level()
        for decision in self._theirs[self._due_decision :]:
            self.outcome.divergences.append(Divergence(decision.at, "other", decision, None))
        return self.outcome

    # -- time ---------------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Feed whatever comes next: our deadline, an input of our own, or a recorded one."""
        step = self._steps[self._next]
        comes = max(self._now, step.now + self._shift)
        due, place = self._due()
        if place == self._next:
            self._next += 1
            self._feed(None, max(self._now, due))
            self._learn(step)
        elif self._soon and self._soon[0][0] <= min(comes, due):
            now, event = self._soon.pop(0)
            self._feed(event, max(self._now, now))
        elif place is None and due <= comes:
            self._feed(None, max(self._now, due))
        else:
            self._next += 1
            self._take(step, comes)
            self._learn(step)

    def _due(self) -> tuple[float, int | None]:
        """When our deadline is seen; with the place of the recorded one that was seen then, where it is the same."""
        deadline = self._taker.deadline
        if deadline is None:
            return math.inf, None
        for place in range(self._next, len(self._steps)):
            step = self._steps[place]
            seen = step.now + self._shift
            if seen > deadline + 1.0:
                break
            if step.event is None and seen >= deadline - 1e-9:
                theirs = self._recorded.deadlines.get(place)
                same = theirs is not None and abs(theirs + self._shift - deadline) < 1e-6
                if same or (theirs is None and seen <= deadline + TICK_MOST):
                    return seen, place
        return deadline + TICK, None

    def _take(self, step: Step, now: float) -> None:
        """A recorded input comes."""
        event = step.event
        if event is None:
            return  # We follow our own deadlines.
        theirs = self._pending
        onset = event.at if isinstance(event, SpeechStarted) else None
        passed = theirs is not None and self._places[self._due_decision] < self._next - 1
        if theirs and passed and (onset is not None or step.now - theirs.at > LOST_AFTER):
            self._next -= 1
            self._diverge(theirs, None, onset)
            return
        reply = getattr(event, "reply", None)
        if reply is not None:
            if reply not in self._names:
                return
            event = _renamed(event, self._names[reply])
        self._feed(_shifted(event, self._shift), now)

    def _feed(self, event: do.Input | None, now: float) -> None:
        before = self._taker.state
        actions = self._drive(event, now)
        for action in actions:
            if isinstance(action, do.Begin):
                self._begin(action)
        for decision in self._reader.read(before, event, actions, now):
            if self._diverged is None:
                self._judge(decision)

    def _drive(self, event: do.Input | None, now: float) -> list[do.Action]:
        self._now = now
        actions = self._taker.expire(now) if event is None else self._taker.receive(event, now)
        if isinstance(event, do.Cut):
            self._cut.discard(event.reply)
        for action in actions:
            match action:
                case do.Begin(reply) | do.Say(reply):
                    self._live = reply
                case do.Flush(reply):
                    self._cut.add(reply)
                case _:
                    pass
        return actions

    # -- replies ------------------------------------------------------------------------------------------------------

    def _learn(self, step: Step) -> None:
        """The recorded call began replies: those to the same words as ours are ours."""
        for action in step.actions or ():
            if isinstance(action, do.Begin) and action.text in self._ours:
                self._names[action.reply] = self._ours[action.text]

    def _begin(self, begin: do.Begin) -> None:
        self._ours[begin.text] = begin.reply
        same = [
            name
            for name, begun in self._recorded.begun.items()
            if begun.text == begin.text and begun.place < self._next
        ]
        if same and same[-1] not in self._names:
            self._adopt(same[-1], begin.reply)

    def _adopt(self, theirs: str, ours: str) -> None:
        """Their reply is ours; what was told of it already is told of ours after the same time."""
        if self._names.get(theirs) == ours:
            return
        self._names[theirs] = ours
        begun = self._recorded.begun.get(theirs)
        for place, step in begun.told if begun else ():
            if begun and place < self._next:
                self._soon.append((self._now + step.now - begun.at, _renamed(step.event, ours)))
        self._soon.sort(key=lambda each: each[0])

    # -- decisions ----------------------------------------------------------------------------------------------------

    @property
    def _pending(self) -> Decision | None:
        """The recorded decision that should come next."""
        return self._theirs[self._due_decision] if self._due_decision < len(self._theirs) else None

    def _judge(self, ours: Decision) -> None:
        theirs = self._pending
        if theirs is None or not self._alike(theirs, ours):
            self._diverge(theirs, ours)
            return
        self._due_decision += 1
        shift = ours.at - theirs.at - self._shift
        today = replace(ours, at=ours.at - self._shift, since=ours.since - self._shift)
        gap = self._gap(theirs.at) if theirs.kind == "commit" else None
        self.outcome.matched.append(Matched(theirs, today, shift, gap))
        if theirs.kind != "yield":  # Who has taken the floor does not wait for the agent to notice.
            self._shift += shift
        if theirs.reply and ours.reply:
            self._adopt(theirs.reply, ours.reply)

    def _alike(self, theirs: Decision, ours: Decision) -> bool:
        """Whether they are the same decision, but for its time."""
        if (theirs.kind, theirs.name) != (ours.kind, ours.name):
            return False
        return theirs.kind in ("say", "hang_up") or abs(theirs.since + self._shift - ours.since) < TICK_MOST

    def _gap(self, at: float) -> float | None:
        """Seconds from ``at`` to the caller's next sound, where it is near enough to be a cut-in."""
        onset = self._recorded.onset_after(at)
        return onset - at if onset is not None and onset - at <= self._cut_in else None

    def _diverge(self, theirs: Decision | None, ours: Decision | None, onset: float | None = None) -> None:
        at = (ours.at if ours else self._now) - self._shift
        if ours:
            ours = replace(ours, at=at, since=ours.since - self._shift)
        verdict, gap = self._verdict(theirs, ours, onset)
        if ours and theirs and theirs.at > at and verdict not in ("taken", "kept"):
            theirs = None  # Theirs is another, later one; ours is one more.
        self._diverged = Divergence(at, verdict, theirs, ours, gap)

    def _verdict(
        self, theirs: Decision | None, ours: Decision | None, onset: float | None
    ) -> tuple[Verdict, float | None]:
        if ours is None:
            if theirs is None or theirs.kind != "commit" or onset is None:
                return "other", None
            gap = onset - theirs.at
            return ("spared" if gap <= self._cut_in else "joined"), gap
        if ours.kind == "commit":
            onset = self._recorded.onset_after(ours.at)
            if onset is None:
                return "other", None
            gap = onset - ours.at
            return ("cut_in" if gap <= self._cut_in else "split"), gap
        if theirs and {theirs.kind, ours.kind} == {"keep", "yield"}:
            return ("taken" if ours.kind == "yield" else "kept"), None
        return "other", None

    # -- level again --------------------------------------------------------------------------------------------------

    def _level(self) -> bool:
        """Go on where the caller next speaks into silence; False where that is never again."""
        diverged, self._diverged = self._diverged, None
        assert diverged is not None
        first = self._next
        if diverged.recorded:
            first = max(first, self._places[self._due_decision] + 1)
        place = self._recorded.fresh_from(first)
        end = len(self._steps) if place is None else place
        skipped = sum(place < end for place in self._places[self._due_decision :])
        self._due_decision += skipped
        if diverged.recorded:
            skipped -= 1
        until = None if place is None else self._steps[place].now
        self.outcome.divergences.append(replace(diverged, until=until, skipped=skipped))
        if place is None:
            return False
        self._land()
        self._taker._caller.profile = self._recorded.profiles[place]
        self._next = place
        self._shift = max(self._shift, self._now - self._steps[place].now)
        return True

    def _land(self) -> None:
        """Bring ours to where the floor is free, by inputs that could have come."""
        self._soon.clear()
        for _ in range(20):
            match self._taker.state:
                case State.LISTENING:
                    break
                case State.HEARING:
                    self._drive(SpeechStopped(self._now), self._now)
                case State.PAUSING:
                    self._drive(do.Heard("", self._now, self._now + 0.001), self._now)
                    if self._taker.deadline is not None:
                        self._drive(None, max(self._now, self._taker.deadline))
                case State.CLOSED:
                    self._taker = TurnTaker(self._manners)
                case _:
                    self._drive(do.Spoken(self._live), self._now)
        for reply in sorted(self._cut):
            self._drive(do.Cut(reply, 1.0), self._now)


def _renamed(event: Any, reply: str) -> Any:
    """The same of another reply."""
    return replace(event, reply=reply)


def _shifted(event: Any, shift: float) -> Any:
    """The same, so many seconds later."""
    values = {name: getattr(event, name, None) for name in _SHIFTED}
    return replace(event, **{name: value + shift for name, value in values.items() if isinstance(value, float)})
