"""Who has the floor, and until when; and what the agent says into it where nobody else does.

While it is free, announcements have their turn after a gap; without any, the caller's long silence is asked about, and
ends the call. Actions go to the list that is given.
"""

from edge.core import events as do
from edge.core.conversation import Cause
from edge.core.manners import Manners
from edge.core.quiet import Quiet
from edge.core.states import FREE, State
from edge.core.talk import Reply, Talk


class Floor:
    """One call's. Times are seconds of call audio."""

    def __init__(self, manners: Manners, talk: Talk, out: list[do.Action]) -> None:
        self.state = State.LISTENING
        self.deadline: float | None = manners.still_there_after
        """When the state's time is up."""
        self.secure = False
        """Keys are being captured."""
        self.quiet = Quiet()
        self._manners = manners
        self._talk = talk
        self._do = out

    def goes(self, state: State, deadline: float | None = None) -> None:
        """It is whose ``state`` says, for at most so long."""
        self.state = state
        self.deadline = deadline

    def free(self, now: float, since: float | None = None) -> None:
        """It is nobody's, and has been silent ``since``; None: since whenever it was before."""
        self.quiet.since = self.quiet.since if since is None else since
        self.goes(State.SECURE if self.secure else State.LISTENING)
        self.look(now)

    def look(self, now: float) -> None:
        """Something has changed in what may be waited for: if it is free, how long may it be silent?"""
        if self.state in FREE:
            waiting = self._talk.announcements.waiting
            self.deadline = max(now, self.quiet.deadline(self._manners, announcement=waiting, secure=self.secure))

    def say(self, cause: Cause, text: str, now: float, announce: do.Announce | None = None) -> None:
        """The agent takes it, to say this."""
        self._talk.say(cause, text, announce)
        self.goes(State.THINKING, now + self._manners.reply_patience)

    def announce(self, event: do.Announce, now: float) -> None:
        """A workflow wants something said."""
        self._talk.announcements.add(event)
        self.look(now)

    def break_off(self, now: float) -> Reply | None:
        """Something urgent does not wait for the end of a reply. The one that it breaks off, which may have asked
        something."""
        if not (self.state is State.SPEAKING and self._talk.now.can_wait and self._talk.announcements.presses(now)):
            return None
        broken = self._talk.now
        self._talk.drop(broken=True)
        self._say_next(now)
        return broken

    def silent(self, now: float) -> None:
        """It has been free for as long as it may be."""
        if self._talk.announcements.waiting:
            self._say_next(now)
            return
        self.quiet.hold = False
        if self.quiet.reminded:
            self.say("goodbye", self._manners.goodbye, now)
        else:
            self.quiet.reminded = True
            self.say("silence", self._manners.still_there, now)

    def _say_next(self, now: float) -> None:
        """Speak the first announcement that is still worth it."""
        announce, expired = self._talk.announcements.next(now)
        self._do.extend(expired)
        if announce:
            self.say(announce.cause, announce.text, now, announce)
        else:
            self.free(now)
