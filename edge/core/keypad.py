"""The caller's keys, where they are a turn of the conversation: an entry is begun, edited and ended with them.

Keys silence the agent and replace words; ``*`` takes the last one back, ``#`` ends the entry.
"""

from edge.core.caller import Caller
from edge.core.floor import Floor
from edge.core.manners import Manners
from edge.core.states import State
from edge.core.talk import Talk
from edge.core.turns import Turns


class Keypad:
    """One call's. Times are seconds of call audio."""

    def __init__(self, manners: Manners, caller: Caller, talk: Talk, floor: Floor, turns: Turns) -> None:
        self._manners = manners
        self._caller = caller
        self._talk = talk
        self._floor = floor
        self._turns = turns

    def press(self, key: str, now: float) -> None:
        """A key.

        Where the agent still thinks about a turn it waits, unheard as it is: what was asked in it is done, and the
        keys are the answer to whatever it asks next.
        """
        if self._floor.state is State.THINKING and self._talk.now.holds_keys:
            if self._caller.presses_ahead(key):
                self._talk.pause()
            else:
                self._talk.resume()
            return
        said = self._caller.said
        if said is None or not said.keys:
            if key in "*#":
                return  # Nothing to take back, nothing to end.
            self._talk.drop()
            said = self._caller.begins(now)
        if key == "#":
            said.end = now
            self._turns.commit(said.keys, "keypad", now)
            return
        said.press(key, now)
        if said.keys:
            self._floor.goes(State.PAUSING, now + self._manners.key_gap)
        else:
            self._turns.nothing_said(now)

    def use_ahead(self, now: float) -> None:
        """The agent knows what it would ask now: keys that were pressed ahead answer it, and it need not be heard."""
        keys, self._caller.ahead = self._caller.ahead, ""
        for key in keys:
            self.press(key, now)
