"""The one machine that decides who speaks. No I/O, no clock: events and the time go in, actions come out.

Time is seconds of call audio. ``receive(event, now)`` and ``expire(now)`` return what to do; ``deadline`` says when to
call ``expire`` next. A recorded list of inputs gives the same actions, always. The states are in ``states``, the ways
between them in ``transitions``. Three rooms keep how things stand: ``Caller``, the agent's ``Talk``, and ``Floor``.
"""

from typing import Literal

from edge.core import events as do
from edge.core.caller import Caller
from edge.core.endpointing import asks_for_patience
from edge.core.floor import Floor
from edge.core.manners import Manners
from edge.core.states import AGENTS, BLIND, State
from edge.core.talk import Talk
from edge.core.vad import SpeechStarted, SpeechStopped
from edge.core.weighing import Verdict, Weighing


class TurnTaker:
    """One call's turn-taking."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self.turn = 0
        self._do: list[do.Action] = []
        self._talk = Talk(self.manners, self._do)
        self._floor = Floor(self.manners, self._talk, self._do)
        self._caller = Caller(self.manners, self._do)
        self._sound = Weighing()
        """What was last heard over the agent."""

    # -- in and out ---------------------------------------------------------------------------------------------------

    def receive(self, event: do.Input, now: float) -> list[do.Action]:
        """Take an event; say what to do. Events that no longer matter are ignored."""
        if self.state is State.CLOSED:
            return list(self._talk.announcements.after_close(event))
        if self._floor.secure and isinstance(event, BLIND):
            return []
        match event:
            case do.Answered(greeting, turns, replies):
                self.turn, self._talk.count = turns, replies
                self._floor.say("greeting", greeting, now)
            case SpeechStarted(at):
                self._speech_started(at, now)
            case SpeechStopped(at):
                self._speech_stopped(at, now)
            case do.Heard():
                self._heard(event, now)
            case do.Key() if self._floor.secure:
                self._hush(now)
            case do.Key(digit):
                self._key(digit, now)
            case do.Busy(busy):
                self._floor.quiet.busy = busy
                self._floor.look(now)
            case do.Cut(reply, heard):
                self._do.extend(self._talk.announcements.was_cut(reply, heard))
                self._floor.look(now)
            case do.Secure(on):
                self._set_secure(on, now)
            case do.Announce():
                self._floor.announce(event, now)
            case do.Withdraw(announcement):
                self._do.extend(self._talk.announcements.withdraw(announcement))
                self._floor.look(now)
            case do.LineClosed(reason):
                self._close(reason)
            case _ if self._talk.named(event.reply):
                self._of_the_reply(event, now)
            case _:
                pass  # That reply is over.
        return self._out()

    def _of_the_reply(self, event: do.OfReply, now: float) -> None:
        """News of the reply under way."""
        reply = self._talk.now
        match event:
            case do.Expect(_, profile):
                reply.profile = profile
            case do.FinishAfter():
                reply.ends_call = True
            case do.Ready():
                reply.ready = True
                if self.state is State.THINKING and not self._caller.ahead:
                    self._floor.goes(State.SPEAKING)
            case do.Thought():
                reply.thought = True
                self._use_ahead(now)
            case do.Spoken() if reply.committed:
                self._spoken(event, now)
            case do.Dry() if reply.committed:
                self._dry(now)
            case _:
                pass  # Nobody can have heard it.

    def expire(self, now: float) -> list[do.Action]:
        """The deadline has passed; say what to do."""
        if self.deadline is None or now < self.deadline - 1e-9:
            return []
        self._floor.deadline = None
        match self.state:
            case State.HEARING:
                self._long_stretch(now)
            case State.PAUSING:
                self._end_of_pause(now)
            case State.THINKING:
                self._late(now)
            case State.WEIGHING:
                self._weigh(now, expired=True)
            case State.LISTENING | State.SECURE:
                self._floor.silent(now)
            case _:
                pass
        return self._out()

    @property
    def state(self) -> State:
        """Who has the floor."""
        return self._floor.state

    @property
    def deadline(self) -> float | None:
        """When to call ``expire`` next; None where nothing is waited for."""
        return self._floor.deadline

    @property
    def agent_has_the_floor(self) -> bool:
        """Whether sound of the caller would be over the agent."""
        return self.state in AGENTS

    def _out(self) -> list[do.Action]:
        actions = self._do.copy()
        self._do.clear()
        return actions

    # -- the caller's sound -------------------------------------------------------------------------------------------

    def _speech_started(self, at: float, now: float) -> None:
        match self.state:
            case State.LISTENING:
                self._caller.begins(at)
                self._hear(now)
            case State.PAUSING if not self._caller.now.keys:  # Whoever keys something in is not talking to us.
                self._caller.goes_on(at)
                self._talk.drop()
                self._hear(now)
            case State.THINKING | State.SPEAKING if not self._caller.ahead:
                self._sound = Weighing(at, self.deadline or now + self.manners.filler_after, self._caller.resumes(at))
                self._caller.begins(at)
                self._talk.pause()
                self._floor.goes(State.WEIGHING, max(now, at + self.manners.weigh_words))
            case State.WEIGHING:
                self._caller.now.end = None
                self._floor.deadline = now + self.manners.weigh_again
            case _:
                pass

    def _hear(self, now: float) -> None:
        self._floor.goes(State.HEARING, now + self.manners.longest_stretch)

    def _speech_stopped(self, at: float, now: float) -> None:
        if self.state not in (State.HEARING, State.WEIGHING) or self._caller.now.end is not None:
            return
        self._caller.stops(at)
        if self.state is State.HEARING:
            self._take_floor(now)
        else:
            self._floor.deadline = now + self.manners.weigh_patience
            if self._caller.now.in_hand:
                self._weigh(now)

    def _long_stretch(self, now: float) -> None:
        if not self._caller.endless(now):
            self._hear(now)
        elif words := self._caller.now.words:
            self._commit(words, "voice", now)
        else:
            self._nothing_said(now)

    # -- the caller's words -------------------------------------------------------------------------------------------

    def _heard(self, heard: do.Heard, now: float) -> None:
        said = self._caller.said
        if said is None or not said.hear(heard):
            return
        match self.state:
            case State.WEIGHING:
                self._weigh(now)
            case State.PAUSING if said.in_hand:
                self._judge_pause(now)
            case State.HEARING if heard.end - heard.start >= self.manners.longest_stretch - 1e-6:
                said.keep(heard.end)
            case State.HEARING:
                self._foresee(heard.hushed, now)
            case _:
                pass

    def _foresee(self, hushed: bool, now: float) -> None:
        """Not a pause yet, but words that sound finished, and a hush: a reply begun now is early, or in vain."""
        said = self._caller.now
        self._talk.keep_to(said.words)
        one_left = said.speculations >= self.manners.speculations - 1  # The pause itself keeps it.
        if hushed and not one_left and self._caller.judge().wait < self.manners.waits.plain:
            self._speculate(now)

    def _judge_pause(self, now: float) -> None:
        """The words of the whole turn so far are in hand: how long to wait, and is it worth beginning a reply?"""
        said = self._caller.now
        if not said.words:
            self._nothing_said(now)
            return
        verdict = self._caller.judge()
        said.why = verdict.why
        self._floor.deadline = max(now, said.ended + verdict.wait)
        self._talk.keep_to(said.words)
        if verdict.wait < self.manners.waits.unfinished:
            self._speculate(now)

    def _speculate(self, now: float) -> None:
        if self._talk.reply is None and self._caller.guess():
            self._talk.begin(self._caller.now.words, self.turn + 1, now, speculative=True)

    def _end_of_pause(self, now: float) -> None:
        said = self._caller.now
        patience = said.ended + self.manners.decode_patience
        if said.keys:
            self._commit(said.keys, "keypad", now)
        elif said.in_hand:
            self._commit(said.words, "voice", now)
        elif now < patience - 1e-9:
            self._floor.deadline = patience
        else:
            self._nothing_said(now, lost=True)

    def _nothing_said(self, now: float, *, lost: bool = False) -> None:
        self._talk.drop()
        if self._caller.wordless(lost=lost):
            self._floor.say("silence", self.manners.go_on, now)
        else:
            self._floor.free(now)

    def _commit(self, text: str, channel: Literal["voice", "keypad"], now: float) -> None:
        said = self._caller.now
        self.turn += 1
        reply = self._talk.commit(text, self.turn, now)
        why = "keypad" if channel == "keypad" else said.why
        self._do.append(do.Commit(reply.id, self.turn, text, said.start, said.ended, why, channel))
        self._caller.done()
        self._floor.quiet.spoke(hold=asks_for_patience(text))
        if reply.ready:
            self._floor.goes(State.SPEAKING)
        else:
            self._floor.goes(State.THINKING, now + self.manners.filler_after)

    # -- sound over the agent -----------------------------------------------------------------------------------------

    def _weigh(self, now: float, *, expired: bool = False) -> None:
        """Decide, with what is known now, whether the sound over the agent takes the floor."""
        profile = self._talk.now.profile
        match self._sound.judge(self._caller.now, profile, now, self.manners, expired=expired):
            case Verdict.YIELD:
                self._caller.profile, self._caller.now.over_agent = profile or "open", True
                self._talk.drop()
                self._take_floor(now)
                return
            case Verdict.BACK:
                self._back_to_the_agent(now)
                return
            case Verdict.PAUSE:
                self._talk.pause()
            case Verdict.RESUME:
                self._talk.resume()
            case Verdict.WAIT:
                pass
        if expired:
            self._caller.decode(now)
            self._floor.deadline = now + self.manners.weigh_again

    def _back_to_the_agent(self, now: float) -> None:
        """The sound was not for the agent."""
        self._caller.said = None
        self._talk.resume()
        if self._talk.now.ready:
            self._floor.goes(State.SPEAKING)
        else:
            self._floor.goes(State.THINKING, max(now, self._sound.resumes_at))

    def _take_floor(self, now: float) -> None:
        """What the caller says is a turn, of which there may be more."""
        said = self._caller.now
        if said.end is None:
            self._hear(now)
        else:
            self._floor.goes(State.PAUSING, max(now, said.end + self.manners.waits.finished))
            if said.in_hand:
                self._judge_pause(now)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _key(self, key: str, now: float) -> None:
        """Keys silence the agent and replace words; ``*`` takes the last one back, ``#`` ends the entry.

        Where the agent still thinks about a turn they wait, unheard as it is: what was asked in it is done, and the
        keys are the answer to whatever it asks next.
        """
        if self.state is State.THINKING and self._talk.now.holds_keys:
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
            self._commit(said.keys, "keypad", now)
            return
        said.press(key, now)
        if said.keys:
            self._floor.goes(State.PAUSING, now + self.manners.key_gap)
        else:
            self._nothing_said(now)

    def _use_ahead(self, now: float) -> None:
        """The agent knows what it would ask now: keys that were pressed ahead answer it, and it need not be heard."""
        keys, self._caller.ahead = self._caller.ahead, ""
        for key in keys:
            self._key(key, now)

    def _hush(self, now: float) -> None:
        """Whoever keys something in need not hear the rest of how to."""
        if self.state in AGENTS and self._talk.now.cause != "turn":
            self._talk.drop()
            self._floor.free(now, since=now)

    def _set_secure(self, on: bool, now: float) -> None:
        """Keys are for the capture alone: what the caller was about to say is let go, what the agent says goes on."""
        if on is self._floor.secure:
            return
        self._floor.secure, self._caller.ahead = on, ""
        if self.state is State.WEIGHING:
            self._back_to_the_agent(now)
        elif self.state in AGENTS:
            self._talk.resume()
        else:
            self._caller.said = None
            self._talk.drop()
            self._floor.free(now, since=now)

    # -- the agent's talk ---------------------------------------------------------------------------------------------

    def _dry(self, now: float) -> None:
        """The agent has stopped in mid-sentence, and not because it was told to."""
        self._talk.now.ready, self._talk.now.filled = False, True
        if self.state is State.SPEAKING:
            self._floor.goes(State.THINKING, now + self.manners.reply_patience)

    def _spoken(self, event: do.Spoken, now: float) -> None:
        reply, whole = self._talk.spoken(event.heard), event.heard >= 1.0
        if reply.profile is not None and whole:
            self._caller.profile, self._floor.quiet.asked = reply.profile, True
        if self._caller.ahead:
            self._floor.free(now, since=now)
            self._use_ahead(now)
        elif self.state is State.WEIGHING:
            self._take_floor(now)
        elif reply.ends_call:
            self._close("agent_hung_up", hang_up=True)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        elif reply.cause == "turn" and not (whole or event.unproved):
            self._floor.say("silence", self.manners.apology, now)
        else:
            self._floor.free(now, since=now)

    def _late(self, now: float) -> None:
        """The agent has the floor and nothing to be heard."""
        reply = self._talk.now
        if reply.cause == "turn" and not reply.filled:
            reply.filled = True
            if not self._caller.ahead:
                self._do.append(do.Fill(reply.id))
            self._floor.deadline = now + self.manners.reply_patience
        elif self._caller.ahead:
            reply.thought = True  # It never came to its end.
            self._use_ahead(now)
        elif reply.cause == "turn":
            self._talk.drop()
            self._floor.say("silence", self.manners.apology, now)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        else:
            # There is no voice to say anything with: the call goes on, until its silence ends it.
            self._talk.drop()
            self._floor.free(now, since=now)

    def _close(self, reason: do.EndReason, *, hang_up: bool = False) -> None:
        self._talk.drop()
        self._do.extend(self._talk.announcements.close())
        self._caller.said, self._caller.ahead = None, ""
        self._floor.goes(State.CLOSED)
        if hang_up:
            self._do.append(do.HangUp(reason))
