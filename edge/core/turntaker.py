"""The one machine that decides who speaks. No I/O, no clock: events and the time go in, actions come out.

Time is seconds of call audio. ``receive(event, now)`` and ``expire(now)`` return what to do; ``deadline`` says when to
call ``expire`` next. A recorded list of inputs gives the same actions, always.

    LISTENING  the floor is free
    HEARING    the caller speaks
    PAUSING    the caller paused: has the turn ended? a speculative reply may be under way, unheard
    THINKING   the agent has the floor, but no audio yet
    SPEAKING   the agent speaks
    WEIGHING   the caller made a sound over the agent, which has paused: interruption, "mhm", or a cough?
    SECURE     the floor is free, and keys are captured: to what the caller says or keys in, the machine is blind
    CLOSED     the line is gone
"""

from enum import Enum
from typing import Literal

from edge.core import endpointing, weighing
from edge.core import events as do
from edge.core.announcements import Announcements
from edge.core.conversation import Cause, Profile
from edge.core.floor import Reply, Utterance
from edge.core.manners import Manners
from edge.core.quiet import Quiet
from edge.core.vad import SpeechStarted, SpeechStopped
from edge.core.weighing import Floor


class State(Enum):
    """Who has the floor."""

    LISTENING = "listening"
    HEARING = "hearing"
    PAUSING = "pausing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    WEIGHING = "weighing"
    SECURE = "secure"
    CLOSED = "closed"


WAITS = frozenset({State.LISTENING, State.HEARING, State.PAUSING, State.THINKING, State.WEIGHING, State.SECURE})
"""States with a deadline: in them something must happen even if nothing comes."""


FREE = (State.LISTENING, State.SECURE)
"""States in which nobody speaks, and announcements have their turn."""
BLIND = (SpeechStarted, SpeechStopped, do.Heard)
"""What the caller does while keys are captured; and a key only silences the agent then."""


class TurnTaker:
    """One call's turn-taking. See the module's docstring for the states."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self.state = State.LISTENING
        self.deadline: float | None = self.manners.still_there_after
        self.turn = 0
        self.profile: Profile = "open"
        """What kind of answer the caller has been asked for."""
        self._reply: Reply | None = None
        self._said: Utterance | None = None
        self._announcements = Announcements(self.manners)
        self._quiet = Quiet()
        self._replies = 0
        self._secure = False
        """Keys are being captured."""
        self._unheard = False
        """The last sound held no words, and we asked about it."""
        self._resumes_at = 0.0
        """The deadline of THINKING, kept while a sound is weighed."""
        self._ending: str | None = None
        self._pauses = 0.0
        """Running mean of this caller's pauses inside a turn."""
        self._onset = 0.0
        self._paused = False
        """Whether the reply is paused for the sound that is weighed."""
        self._do: list[do.Action] = []

    # -- in and out ---------------------------------------------------------------------------------------------------

    def receive(self, event: do.Input, now: float) -> list[do.Action]:
        """Take an event; say what to do. Events that no longer matter are ignored."""
        if self.state is State.CLOSED:
            return list(self._announcements.after_close(event))
        if self._secure and isinstance(event, BLIND):
            return []
        match event:
            case do.Answered(greeting, turns, replies):
                self.turn, self._replies = turns, replies
                self._say("greeting", greeting, now)
            case SpeechStarted(at):
                self._speech_started(at, now)
            case SpeechStopped(at):
                self._speech_stopped(at, now)
            case do.Heard():
                self._heard(event, now)
            case do.Key() if self._secure:
                self._hush(now)
            case do.Key(digit):
                self._key(digit, now)
            case do.Expect(reply, profile):
                if self._reply and self._reply.id == reply:
                    self._reply.profile = profile
            case do.Ready(reply):
                self._ready(reply)
            case do.Spoken(reply, heard):
                self._spoken(reply, heard, now)
            case do.Dry(reply):
                self._dry(reply, now)
            case do.Busy(busy):
                self._quiet.busy = busy
                self._set_quiet_deadline(now)
            case do.Cut(reply, heard):
                self._do.extend(self._announcements.was_cut(reply, heard))
                self._set_quiet_deadline(now)
            case do.Secure(on):
                self._set_secure(on, now)
            case do.Announce():
                self._announce(event, now)
            case do.FinishAfter(reply):
                if self._reply and self._reply.id == reply:
                    self._ending = reply
            case do.LineClosed(reason):
                self._close(reason)
        return self._out()

    def expire(self, now: float) -> list[do.Action]:
        """The deadline has passed; say what to do."""
        if self.deadline is None or now < self.deadline - 1e-9:
            return []
        self.deadline = None
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
                self._silent(now)
            case _:
                pass
        return self._out()

    @property
    def agent_has_the_floor(self) -> bool:
        """Whether sound of the caller would be over the agent."""
        return self.state in (State.THINKING, State.SPEAKING)

    def _out(self) -> list[do.Action]:
        actions, self._do = self._do, []
        return actions

    def _go(self, state: State, deadline: float | None = None) -> None:
        self.state = state
        self.deadline = deadline

    # -- the caller's sound -------------------------------------------------------------------------------------------

    def _speech_started(self, at: float, now: float) -> None:
        match self.state:
            case State.LISTENING:
                self._said = Utterance(start=at, open_from=at)
                self._hear(now)
            case State.PAUSING:
                self._goes_on(at, now)
            case State.THINKING | State.SPEAKING:
                assert self._reply is not None
                self._resumes_at = self.deadline if self.deadline is not None else now + self.manners.filler_after
                self._onset = at
                self._paused = True
                self._said = Utterance(start=at, open_from=at)
                self._do.append(do.Pause(self._reply.id))
                self._go(State.WEIGHING, max(now, at + self.manners.weigh_words))
            case State.WEIGHING:
                assert self._said is not None
                self._said.end = None
                self.deadline = now + self.manners.weigh_again
            case _:
                pass

    def _hear(self, now: float) -> None:
        self._go(State.HEARING, now + self.manners.longest_stretch)

    def _goes_on(self, at: float, now: float) -> None:
        """The caller paused and goes on: it is one turn, and this is how this caller pauses."""
        said = self._said
        assert said is not None
        assert said.end is not None
        if said.keys:
            return  # Whoever keys something in is not talking to us.
        self._pauses = 0.7 * self._pauses + 0.3 * max(0.0, at - said.end)
        if said.in_hand and at - said.open_from > self.manners.frozen_after:
            said.keep(at)
        said.end = None
        self._drop_reply()
        self._hear(now)

    def _speech_stopped(self, at: float, now: float) -> None:
        said = self._said
        if said is None or said.end is not None or self.state not in (State.HEARING, State.WEIGHING):
            return
        said.end = max(at, said.open_from)
        if not said.in_hand:
            self._do.append(do.Decode(said.open_from, said.end))
        if self.state is State.HEARING:
            self._take_floor(now)
        else:
            self.deadline = now + self.manners.weigh_patience
            if said.in_hand:
                self._weigh(now)

    def _long_stretch(self, now: float) -> None:
        """Speech without a pause: decode it piece by piece, and after some pieces do not wait for its end."""
        said = self._said
        assert said is not None
        said.stretches += 1
        if said.stretches <= self.manners.stretches:
            self._do.append(do.Decode(said.open_from, now))
            self._hear(now)
            return
        said.end = now
        if said.words:
            said.why = "endless"
            self._commit(said.words, "voice", now)
        else:
            self._nothing_said(now)

    # -- the caller's words -------------------------------------------------------------------------------------------

    def _heard(self, heard: do.Heard, now: float) -> None:
        said = self._said
        if said is None or said.keys or heard.end <= said.heard_to or heard.start < said.open_from - 1e-6:
            return
        said.before = None if said.heard_to < 0.0 else said.text
        said.text, said.heard_to, said.finished = heard.text.strip(), heard.end, heard.finished
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
        said = self._said
        assert said is not None
        if self._reply and self._reply.text != said.words:
            self._drop_reply()
        if hushed and said.speculations < self.manners.speculations - 1:  # The pause itself keeps one.
            verdict = self._judge(said)
            if verdict.wait < self.manners.waits.plain:
                self._speculate(said, now)

    def _judge(self, said: Utterance) -> endpointing.Verdict:
        evidence = endpointing.Evidence(said.words, self.profile, self._pauses, said.finished)
        return endpointing.judge(evidence, self.manners.waits)

    def _speculate(self, said: Utterance, now: float) -> None:
        if self._reply is None and said.words and said.speculations < self.manners.speculations:
            said.speculations += 1
            self._begin(said.words, now, speculative=True)

    def _judge_pause(self, now: float) -> None:
        """The words of the whole turn so far are in hand: how long to wait, and is it worth beginning a reply?"""
        said = self._said
        assert said is not None
        assert said.end is not None
        if not said.words:
            self._nothing_said(now)
            return
        verdict = self._judge(said)
        said.why = verdict.why
        self.deadline = max(now, said.end + verdict.wait)
        if self._reply and self._reply.text != said.words:
            self._drop_reply()
        if verdict.wait < self.manners.waits.unfinished:
            self._speculate(said, now)

    def _end_of_pause(self, now: float) -> None:
        said = self._said
        assert said is not None
        assert said.end is not None
        patience = said.end + self.manners.decode_patience
        if said.keys:
            self._commit(said.keys, "keypad", now)
        elif said.in_hand:
            self._commit(said.words, "voice", now)
        elif now < patience - 1e-9:
            self.deadline = patience
        else:
            self._nothing_said(now, lost=True)

    def _nothing_said(self, now: float, *, lost: bool = False) -> None:
        """The sound held no words. Where the agent was cut off for it, or words were lost, silence would be rude."""
        said, self._said = self._said, None
        self._drop_reply()
        long = said is not None and said.end is not None and said.end - said.start >= self.manners.unheard
        if lost or (said and said.over_agent) or (long and not self._unheard):
            self._unheard = True
            self._say("silence", self.manners.go_on, now)
        else:
            self._listen(now, since=self._quiet.since)

    def _commit(self, text: str, channel: Literal["voice", "keypad"], now: float) -> None:
        said = self._said
        assert said is not None
        assert said.end is not None
        self.turn += 1
        if self._reply is None or self._reply.text != text:
            self._drop_reply()
            self._begin(text, now, speculative=False)
        reply = self._reply
        assert reply is not None
        reply.committed = True
        why = "keypad" if channel == "keypad" else said.why
        self._do.append(do.Commit(reply.id, self.turn, text, said.start, said.end, why, channel))
        self._said = None
        self._quiet.spoke(hold=endpointing.asks_for_patience(text))
        self._unheard = False
        self.profile = "open"
        if reply.ready:
            self._go(State.SPEAKING)
        else:
            self._go(State.THINKING, now + self.manners.filler_after)

    # -- sound over the agent -----------------------------------------------------------------------------------------

    def _weigh(self, now: float, *, expired: bool = False) -> None:
        """Decide, with what is known now, whether the sound over the agent takes the floor."""
        said, reply = self._said, self._reply
        assert said is not None
        assert reply is not None
        manners = self.manners
        length = (now if said.end is None else said.end) - self._onset
        covered = min(said.heard_to - self._onset, length)
        floor = weighing.weigh(said.text, said.before, covered, reply.profile, over=said.in_hand)
        unheard = said.heard_to < 0.0
        if floor is Floor.TAKEN:
            self._yield_floor(now)
        elif said.in_hand or (said.end is not None and expired and length < manners.cough):
            self._back_to_the_agent(now)
        elif expired and (said.end is not None or (unheard and length >= manners.weigh_longest)):
            self._yield_floor(now)
        else:
            if floor is Floor.OPEN:
                self._pause()  # It was "okay", and is "okay, but": now what follows is waited for.
            elif covered >= manners.weigh_hold:
                self._resume()  # So far it is "mhm", or laughter: the agent goes on, and listens on.
            if expired:
                self._do.append(do.Decode(said.open_from, now))
                self.deadline = now + manners.weigh_again

    def _pause(self) -> None:
        if not self._paused:
            assert self._reply is not None
            self._paused = True
            self._do.append(do.Pause(self._reply.id))

    def _resume(self) -> None:
        if self._paused:
            assert self._reply is not None
            self._paused = False
            self._do.append(do.Resume(self._reply.id))

    def _back_to_the_agent(self, now: float) -> None:
        """The sound was not for the agent."""
        assert self._reply is not None
        self._said = None
        self._resume()
        if self._reply.ready:
            self._go(State.SPEAKING)
        else:
            self._go(State.THINKING, max(now, self._resumes_at))

    def _yield_floor(self, now: float) -> None:
        assert self._reply is not None
        assert self._said is not None
        self.profile = self._reply.profile or "open"
        self._said.over_agent = True
        self._drop_reply()
        self._take_floor(now)

    def _take_floor(self, now: float) -> None:
        """The sound over the agent is the caller's next turn."""
        said = self._said
        assert said is not None
        if said.end is None:
            self._hear(now)
        else:
            self._go(State.PAUSING, max(now, said.end + self.manners.waits.finished))
            if said.in_hand:
                self._judge_pause(now)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def _key(self, digit: str, now: float) -> None:
        """Keys silence the agent and replace words; ``*`` takes the last one back, ``#`` ends the entry."""
        said = self._said
        if said is None or not said.keys:
            if digit in "*#":
                return  # Nothing to take back, nothing to end.
            self._drop_reply()
            said = self._said = Utterance(start=now, open_from=now)
        if digit == "*":
            said.keys = said.keys[:-1]
        elif digit != "#":
            said.keys = (said.keys + digit)[:64]
        said.end = now
        if not said.keys:
            self._nothing_said(now)
        elif digit == "#":
            self._commit(said.keys, "keypad", now)
        else:
            self._go(State.PAUSING, now + self.manners.key_gap)

    def _hush(self, now: float) -> None:
        """Whoever keys something in need not hear the rest of how to."""
        if self.state in (State.THINKING, State.SPEAKING) and self._reply and self._reply.cause != "turn":
            self._drop_reply()
            self._listen(now, since=now)

    def _set_secure(self, on: bool, now: float) -> None:
        """Keys are for the capture alone: what the caller was about to say is let go, what the agent says goes on."""
        if on is self._secure:
            return
        self._secure = on
        if self.state is State.WEIGHING:
            self._back_to_the_agent(now)
        elif self.state not in (State.THINKING, State.SPEAKING):
            self._said = None
            self._drop_reply()
            self._listen(now, since=now)

    # -- the agent's talk ---------------------------------------------------------------------------------------------

    def _new_reply(self, cause: Cause) -> Reply:
        self._replies += 1
        self._reply = Reply(f"r{self._replies}", cause)
        return self._reply

    def _begin(self, text: str, now: float, *, speculative: bool) -> None:
        reply = self._new_reply("turn")
        reply.turn = self.turn + 1 if speculative else self.turn
        reply.text, reply.committed = text, not speculative
        reply.announce = self._announcements.weave(now)
        told = reply.announce.announcement if reply.announce else None
        self._do.append(do.Begin(reply.id, reply.turn, text, speculative, told))

    def _say(self, cause: Cause, text: str, now: float, announce: do.Announce | None = None) -> None:
        reply = self._new_reply(cause)
        if announce:
            reply.announce = announce
            reply.profile = announce.profile if cause == "question" else None
        self._do.append(do.Say(reply.id, cause, text, announce.announcement if announce else None))
        self._go(State.THINKING, now + self.manners.reply_patience)

    def _ready(self, reply_id: str) -> None:
        reply = self._reply
        if reply is None or reply.id != reply_id:
            return
        reply.ready = True
        if self.state is State.THINKING:
            self._go(State.SPEAKING)

    def _dry(self, reply_id: str, now: float) -> None:
        """The agent has stopped in mid-sentence, and not because it was told to."""
        reply = self._reply
        if reply is None or reply.id != reply_id or not reply.committed:
            return
        reply.ready, reply.filled = False, True
        if self.state is State.SPEAKING:
            self._go(State.THINKING, now + self.manners.reply_patience)

    def _spoken(self, reply_id: str, heard: float, now: float) -> None:
        reply = self._reply
        if reply is None or reply.id != reply_id or not reply.committed:
            return
        self._reply = None
        if reply.announce and heard < 1.0:
            self._announcements.cut(reply.id, reply.announce)
            self._do.extend(self._announcements.was_cut(reply.id, heard))
        elif reply.announce:
            self._do.append(do.Settle(reply.announce.announcement, "spoken"))
        if reply.profile is not None and heard >= 1.0:
            self.profile, self._quiet.asked = reply.profile, True
        if self.state is State.WEIGHING:
            self._take_floor(now)
        elif reply.id == self._ending:
            self._close("agent_hung_up", hang_up=True)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        elif heard < 1.0 and reply.cause == "turn":
            self._say("silence", self.manners.apology, now)
        else:
            self._listen(now, since=now)

    def _drop_reply(self) -> None:
        """Whatever the agent was saying, or about to say, ends here."""
        reply, self._reply = self._reply, None
        self._ending = None
        if reply is None:
            return
        if reply.announce and reply.committed:
            self._announcements.cut(reply.id, reply.announce)
        elif reply.announce:
            self._announcements.give_back(reply.announce)
        self._do.append(do.Flush(reply.id) if reply.committed else do.Discard(reply.id))

    def _late(self, now: float) -> None:
        """The agent has the floor and nothing to be heard."""
        reply = self._reply
        assert reply is not None
        if reply.cause == "turn" and not reply.filled:
            reply.filled = True
            self._do.append(do.Fill(reply.id))
            self.deadline = now + self.manners.reply_patience
        elif reply.cause == "turn":
            self._drop_reply()
            self._say("silence", self.manners.apology, now)
        elif reply.cause == "goodbye":
            self._close("silence", hang_up=True)
        else:
            # There is no voice to say anything with: the call goes on, until its silence ends it.
            self._drop_reply()
            self._listen(now, since=now)

    # -- announcements and silence ------------------------------------------------------------------------------------

    def _announce(self, event: do.Announce, now: float) -> None:
        self._announcements.add(event)
        if event.urgent and self.state is State.SPEAKING and self._reply and not self._reply.announce:
            self._drop_reply()
            self._say_next(now)
        else:
            self._set_quiet_deadline(now)

    def _listen(self, now: float, since: float) -> None:
        """The floor is free, and has been silent ``since``."""
        self._quiet.since = since
        self._go(State.SECURE if self._secure else State.LISTENING)
        self._set_quiet_deadline(now)

    def _set_quiet_deadline(self, now: float) -> None:
        if self.state in FREE:
            waiting = self._announcements.waiting
            self.deadline = max(now, self._quiet.deadline(self.manners, announcement=waiting, secure=self._secure))

    def _silent(self, now: float) -> None:
        """Nobody has spoken for a while."""
        if self._announcements.waiting:
            self._say_next(now)
            return
        self._quiet.hold = False
        if self._quiet.reminded:
            self._say("goodbye", self.manners.goodbye, now)
        else:
            self._quiet.reminded = True
            self._say("silence", self.manners.still_there, now)

    def _say_next(self, now: float) -> None:
        """Speak the first announcement that is still worth it."""
        announce, expired = self._announcements.next(now)
        self._do.extend(expired)
        if announce:
            self._say(announce.cause, announce.text, now, announce)
        else:
            self._listen(now, since=self._quiet.since)

    def _close(self, reason: do.EndReason, *, hang_up: bool = False) -> None:
        self._drop_reply()
        self._do.extend(self._announcements.close())
        self._said = None
        self._go(State.CLOSED)
        if hang_up:
            self._do.append(do.HangUp(reason))
