"""The caller's turns: heard, foreseen to end, judged in each pause, and committed once they are over.

How long a pause is waited out depends on its words, and so does whether a reply is begun on a guess meanwhile. Actions
go to the list that is given.
"""

from typing import Literal

from edge.core import events as do
from edge.core.caller import Caller
from edge.core.endpointing import asks_for_patience
from edge.core.floor import Floor
from edge.core.manners import Manners
from edge.core.states import State
from edge.core.talk import Talk


class Turns:
    """One call's. Times are seconds of call audio."""

    def __init__(self, manners: Manners, caller: Caller, talk: Talk, floor: Floor, out: list[do.Action]) -> None:
        self.count = 0
        """Turns so far, by which they are numbered."""
        self._manners = manners
        self._caller = caller
        self._talk = talk
        self._floor = floor
        self._do = out

    # -- while the caller speaks --------------------------------------------------------------------------------------

    def hear(self, now: float) -> None:
        """The caller speaks."""
        self._floor.goes(State.HEARING, now + self._manners.longest_stretch)

    def foresee(self, now: float, *, hushed: bool) -> None:
        """Not a pause yet, but words that sound finished, and a hush: a reply begun now is early, or in vain."""
        said = self._caller.now
        self._talk.keep_to(said.words)
        one_left = said.speculations >= self._manners.speculations - 1  # The pause itself keeps it.
        if hushed and not one_left and self._caller.judge().wait < self._manners.waits.plain:
            self._speculate(now)

    def stretches(self, now: float) -> None:
        """They have spoken without a pause for as long as is waited for one."""
        if not self._caller.endless(now):
            self.hear(now)
        elif words := self._caller.now.words:
            self.commit(words, "voice", now)
        else:
            self.nothing_said(now)

    # -- in a pause ---------------------------------------------------------------------------------------------------

    def take_floor(self, now: float) -> None:
        """What the caller says is a turn, of which there may be more."""
        said = self._caller.now
        if said.end is None:
            self.hear(now)
        else:
            self._floor.goes(State.PAUSING, max(now, said.end + self._manners.waits.finished))
            if said.in_hand:
                self.judge(now)

    def judge(self, now: float) -> None:
        """The words of the whole turn so far are in hand: how long to wait, and is it worth beginning a reply?"""
        said = self._caller.now
        if not said.words:
            self.nothing_said(now)
            return
        verdict = self._caller.judge()
        said.why = verdict.why
        said.due = self._floor.deadline = max(now, said.ended + verdict.wait)
        self._talk.keep_to(said.words)
        if verdict.wait < self._manners.waits.unfinished:
            self._speculate(now)

    def stirs(self, now: float) -> None:
        """There is something that may be the caller going on: that is waited for, but never longer than once."""
        said, stirring = self._caller.now, self._manners.stirring
        if said.in_hand and not said.keys and self._floor.deadline is not None:
            self._floor.deadline = max(self._floor.deadline, min(now, said.due) + stirring)

    def _speculate(self, now: float) -> None:
        if self._talk.reply is None and self._caller.guess():
            self._talk.begin(self._caller.now.words, self.count + 1, now, speculative=True)

    # -- their end ----------------------------------------------------------------------------------------------------

    def end_of_pause(self, now: float) -> None:
        """It was waited out; but words that are late are waited for a little longer."""
        said = self._caller.now
        patience = said.ended + self._manners.decode_patience
        if said.keys:
            self.commit(said.keys, "keypad", now)
        elif said.in_hand:
            self.commit(said.words, "voice", now)
        elif now < patience - 1e-9:
            self._floor.deadline = patience
        else:
            self.nothing_said(now, lost=True)

    def hung_up(self, now: float) -> None:
        """No end is surer: the turn is over, unless its words promise more, or are not known yet."""
        if self._floor.state is not State.PAUSING:
            return
        said = self._caller.now
        if said.keys or not (said.in_hand and said.words):
            return
        if self._caller.judge().wait < self._manners.waits.unfinished:
            self.commit(said.words, "voice", now)

    def nothing_said(self, now: float, *, lost: bool = False) -> None:
        """It was no turn: a sound without words, or whose words were ``lost``, or an entry taken back."""
        self._talk.drop()
        if self._caller.wordless(lost=lost):
            self._floor.say("silence", self._manners.go_on, now)
        else:
            self._floor.free(now)

    def commit(self, text: str, channel: Literal["voice", "keypad"], now: float) -> None:
        """It is over, and the agent has the floor."""
        said = self._caller.now
        self.count += 1
        reply = self._talk.commit(text, self.count, now)
        why = "keypad" if channel == "keypad" else said.why
        self._do.append(do.Commit(reply.id, self.count, text, said.start, said.ended, why, channel))
        self._caller.done()
        self._floor.quiet.spoke(hold=asks_for_patience(text))
        if reply.ready:
            self._floor.goes(State.SPEAKING)
        else:
            self._floor.goes(State.THINKING, now + self._manners.filler_after)
