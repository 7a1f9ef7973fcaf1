"""The agent's side of a call: one reply at a time, and what workflows want said. Actions go to the list that is given.

A reply is begun, perhaps on a guess; committed; paused and resumed; and then it was spoken, or it is dropped.
"""

from dataclasses import dataclass

from edge.core import events as do
from edge.core.announcements import Announcements
from edge.core.conversation import Cause, Profile
from edge.core.manners import Manners


@dataclass(slots=True)
class Reply:
    """The agent's talk under way, or about to be."""

    id: str
    cause: Cause
    turn: int = 0
    text: str = ""
    """The caller's words it answers."""
    committed: bool = True
    ready: bool = False
    """Whether its first audio can be played."""
    filled: bool = False
    paused: bool = False
    thought: bool = False
    """Whether its text has come to its end, and what it asks for is stored."""
    announce: do.Announce | None = None
    profile: Profile | None = None
    """What kind of answer it asks for."""
    ends_call: bool = False

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait for it: it answers a turn, and may yet act on it, or ask what the keys are for."""
        return self.cause == "turn" and self.committed and not self.thought

    @property
    def can_wait(self) -> bool:
        """Whether something urgent may break it off: it is no news of a workflow's, unless it is the rest of a reply;
        and it is known what would be left of it."""
        return (self.announce is None or self.cause == "rest") and (self.cause != "turn" or self.thought)


class Talk:
    """What the agent says, or is about to."""

    def __init__(self, manners: Manners, out: list[do.Action]) -> None:
        self.reply: Reply | None = None
        """Under way, heard or not."""
        self.count = 0
        """Replies so far, by which they are named."""
        self.announcements = Announcements(manners)
        self._do = out

    def named(self, reply: str) -> Reply | None:
        """The reply under way, where it is this one."""
        return self.reply if self.reply and self.reply.id == reply else None

    @property
    def now(self) -> Reply:
        """The reply under way, in states that have one."""
        assert self.reply is not None
        return self.reply

    def begin(self, text: str, turn: int, now: float, *, speculative: bool) -> None:
        """Answer these words of the caller's."""
        reply = self._new("turn")
        reply.turn, reply.text, reply.committed = turn, text, not speculative
        reply.announce = self.announcements.weave(now)
        told = reply.announce.announcement if reply.announce else None
        self._do.append(do.Begin(reply.id, turn, text, speculative, told))

    def commit(self, text: str, turn: int, now: float) -> Reply:
        """The turn is over: the reply to these words, begun before or now, may be heard and may act."""
        self.keep_to(text)
        if self.reply is None:
            self.begin(text, turn, now, speculative=False)
        self.now.committed = True
        self._do.extend(self.announcements.overtaken())
        return self.now

    def keep_to(self, text: str) -> None:
        """A reply that was begun to other words than these is in vain."""
        if self.reply and self.reply.text != text:
            self.drop()

    def say(self, cause: Cause, text: str, announce: do.Announce | None = None) -> None:
        """Say this."""
        reply = self._new(cause)
        if announce:
            reply.announce = announce
            reply.profile = announce.profile if cause == "question" else None
        self._do.append(do.Say(reply.id, cause, text, announce.announcement if announce else None))

    def _new(self, cause: Cause) -> Reply:
        self.count += 1
        self.reply = Reply(f"r{self.count}", cause)
        return self.reply

    def pause(self) -> None:
        """Be silent, for now."""
        if not self.now.paused:
            self.now.paused = True
            self._do.append(do.Pause(self.now.id))

    def resume(self) -> None:
        """Go on at the very frame."""
        if self.now.paused:
            self.now.paused = False
            self._do.append(do.Resume(self.now.id))

    def drop(self, *, broken: bool = False, acts: bool = False) -> None:
        """Whatever the agent was saying, or about to say, ends here; ``broken``: for something urgent; ``acts``: the
        caller has hung up."""
        reply, self.reply = self.reply, None
        if reply is None:
            return
        if reply.announce and reply.committed:
            self.announcements.cut(reply.id, reply.announce)
        elif reply.announce:
            self.announcements.give_back(reply.announce)
        acts = acts and reply.cause == "turn"
        self._do.append(do.Flush(reply.id, broken, acts) if reply.committed else do.Discard(reply.id))

    def spoken(self, heard: float) -> Reply:
        """The reply is over, and this part of it was heard: what it announced is settled, or said again."""
        reply, self.reply = self.now, None
        if reply.announce and heard < 1.0:
            self.announcements.cut(reply.id, reply.announce)
            self._do.extend(self.announcements.was_cut(reply.id, heard))
        elif reply.announce:
            self._do.append(do.Settle(reply.announce.announcement, "spoken"))
        return reply
