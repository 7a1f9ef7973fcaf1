"""The one machine that decides who speaks. No I/O, no clock: events and the time go in, actions come out.

Time is seconds of call audio. ``receive(event, now)`` and ``expire(now)`` return what to do; ``deadline`` says when to
call ``expire`` next. A recorded list of inputs gives the same actions, always. The states are in ``states``, the ways
between them in ``transitions``. Three rooms keep how things stand: ``Caller``, the agent's ``Talk``, and ``Floor``; two
decide what becomes of what the caller says and keys in, ``Turns`` and ``Keypad``.
"""

from edge.core import events as do
from edge.core.caller import Caller
from edge.core.floor import Floor
from edge.core.keypad import Keypad
from edge.core.manners import Manners
from edge.core.states import AGENTS, BLIND, State
from edge.core.talk import Talk
from edge.core.turns import Turns
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped
from edge.core.weighing import Verdict, Weighing


class TurnTaker:
    """One call's turn-taking."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self._do: list[do.Action] = []
        self._talk = Talk(self.manners, self._do)
        self._floor = Floor(self.manners, self._talk, self._do)
        self._caller = Caller(self.manners, self._do)
        self._turns = Turns(self.manners, self._caller, self._talk, self._floor, self._do)
        self._keypad = Keypad(self.manners, self._caller, self._talk, self._floor, self._turns)
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
                self._turns.count, self._talk.count = turns, replies
                self._floor.say("greeting", greeting, now)
            case SpeechStarted(at):
                self._speech_started(at, now)
            case SpeechStopped(at):
                self._speech_stopped(at, now)
            case SpeechStirred():
                if self.state is State.PAUSING:
                    self._turns.stirs(now)
            case do.Heard():
                self._heard(event, now)
            case do.Key() if self._floor.secure:
                self._hush(now)
            case do.Key(digit):
                self._keypad.press(digit, now)
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
                if reason == "caller_hung_up":
                    self._turns.hung_up(now)
                self._close(reason)
            case _ if self._talk.named(event.reply):
                self._of_the_reply(event, now)
            case _:
                pass  # That reply is over.
        return self._out(now)

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
                self._keypad.use_ahead(now)
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
                self._turns.stretches(now)
            case State.PAUSING:
                self._turns.end_of_pause(now)
            case State.THINKING:
                self._late(now)
            case State.WEIGHING:
                self._weigh(now, expired=True)
            case State.LISTENING | State.SECURE:
                self._floor.silent(now)
            case _:
                pass
        return self._out(now)

    @property
    def state(self) -> State:
        """Who has the floor."""
        return self._floor.state

    @property
    def turn(self) -> int:
        """Turns of the caller's so far, those of earlier parts of the call among them."""
        return self._turns.count

    @property
    def deadline(self) -> float | None:
        """When to call ``expire`` next; None where nothing is waited for."""
        return self._floor.deadline

    @property
    def listens(self) -> bool:
        """Whether the caller has said something, or is saying it, of which the words are not known yet."""
        said = self._caller.said
        if self.state is State.PAUSING and said:
            return not (said.keys or said.in_hand)
        return self.state in (State.HEARING, State.WEIGHING)

    @property
    def owed(self) -> bool:
        """Whether the caller has been asked for something that they have not told yet, be it a day or a number."""
        return self._floor.quiet.owed

    @property
    def agent_has_the_floor(self) -> bool:
        """Whether sound of the caller would be over the agent."""
        return self.state in AGENTS

    def _out(self, now: float) -> list[do.Action]:
        if broken := self._floor.break_off(now):
            self._caller.answers(broken.profile, more=False)
        actions = self._do.copy()
        self._do.clear()
        return actions

    # -- the caller's sound -------------------------------------------------------------------------------------------

    def _speech_started(self, at: float, now: float) -> None:
        match self.state:
            case State.LISTENING:
                self._caller.begins(at)
                self._turns.hear(now)
            case State.PAUSING if not self._caller.now.keys:  # Whoever keys something in is not talking to us.
                self._caller.goes_on(at)
                self._talk.drop()
                self._turns.hear(now)
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

    def _speech_stopped(self, at: float, now: float) -> None:
        if self.state not in (State.HEARING, State.WEIGHING) or self._caller.now.end is not None:
            return
        self._caller.stops(at)
        if self.state is State.HEARING:
            self._turns.take_floor(now)
        else:
            self._floor.deadline = now + self.manners.weigh_patience
            if self._caller.now.in_hand:
                self._weigh(now)

    # -- the caller's words -------------------------------------------------------------------------------------------

    def _heard(self, heard: do.Heard, now: float) -> None:
        said = self._caller.said
        if said is None or not said.hear(heard):
            return
        match self.state:
            case State.WEIGHING:
                self._weigh(now)
            case State.PAUSING if said.in_hand:
                self._turns.judge(now)
            case State.HEARING if heard.end - heard.start >= self.manners.longest_stretch - 1e-6:
                said.keep(heard.end)
            case State.HEARING:
                self._turns.foresee(now, hushed=heard.hushed)
            case _:
                pass

    # -- sound over the agent -----------------------------------------------------------------------------------------

    def _weigh(self, now: float, *, expired: bool = False) -> None:
        """Decide, with what is known now, whether the sound over the agent takes the floor."""
        reply, profile = self._talk.now, self._talk.now.profile
        # Are they there, what did they say: "yes" is an answer, and so is what they had been asked before.
        asked = "yes_no" if reply.cause == "silence" else profile
        match self._sound.judge(self._caller.now, asked, now, self.manners, expired=expired):
            case Verdict.YIELD:
                self._caller.answers(profile, more=self._sound.resumed)
                self._caller.now.over_agent = True
                self._talk.drop()
                self._turns.take_floor(now)
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

    # -- captured keys ------------------------------------------------------------------------------------------------

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
            self._caller.profile = self._floor.quiet.asked = reply.profile
        if self._caller.ahead:
            self._floor.free(now, since=now)
            self._keypad.use_ahead(now)
        elif self.state is State.WEIGHING:
            self._turns.take_floor(now)
        elif reply.ends_call:
            self._close("agent_hung_up", hang_up=True)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        elif reply.cause == "turn" and not (whole or event.unproved):
            self._apologise(now)
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
            self._keypad.use_ahead(now)
        elif reply.cause == "turn":
            self._talk.drop()
            self._apologise(now)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        else:
            # There is no voice to say anything with: the call goes on, until its silence ends it.
            self._talk.drop()
            self._floor.free(now, since=now)

    def _apologise(self, now: float) -> None:
        """Nothing came of the reply: what the caller said is asked for once more."""
        self._caller.asked_again()
        self._floor.say("silence", self.manners.apology, now)

    def _close(self, reason: do.EndReason, *, hang_up: bool = False) -> None:
        # "Yes." – "No, wa…": a sound that may be more of the turn has nothing done before its words are known.
        more = self.state is State.WEIGHING and self._sound.resumed
        self._talk.drop(acts=reason == "caller_hung_up" and not more)
        self._do.extend(self._talk.announcements.close())
        self._caller.said, self._caller.ahead = None, ""
        self._floor.goes(State.CLOSED)
        if hang_up:
            self._do.append(do.HangUp(reason))
