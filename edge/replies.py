"""What the agent says in one call: replies made, committed, played, cut, and what of them was heard into history.

Does what TurnTaker says about them, and tells it what became of them.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from edge.business import Business
from edge.core import events as do
from edge.core.asked import Asked, asks_for
from edge.core.audio import FRAME_SECONDS
from edge.core.conversation import CallerSaid, Cause, Profile
from edge.core.history import History, cut_to_words
from edge.core.intake import Intake
from edge.core.phrases import question, rest
from edge.core.playout import Finished, Frame, RanDry
from edge.core.tape import Tape
from edge.ports import Leg, Screen
from edge.reply import Reply, Times
from edge.resume import portable
from edge.services import Services
from edge.speaker import Speaker
from edge.stopwatch import Stopwatch
from schemas.turns import ReplyDiscarded, ReplyHeard, ReplyStarted, TurnCommitted

AS_I_SAID = "As I was saying:"
"""Before the rest of a reply that something urgent broke off."""
LAST_ACT = 4.0
"""Seconds that the last reply has, once the caller has hung up, to ask for what they wanted. A call that is over
is waited for a little longer (``Call.finished``)."""
OfReplies = do.Begin | do.Commit | do.Discard | do.Say | do.Fill | do.Pause | do.Resume | do.Flush
"""What TurnTaker says about replies."""


class Replies:
    """The replies of one call.

    ``clock`` is the loop's; ``take`` hands an event to TurnTaker; ``own`` starts a task that the call owns.
    """

    def __init__(
        self,
        call_id: str,
        leg: Leg,
        services: Services,
        history: History,
        business: Business,
        intake: Intake,
        tape: Tape,
        clock: Callable[[], float],
        take: Callable[[do.Input], None],
        own: Callable[[Coroutine[Any, Any, Any]], Any],
    ) -> None:
        self._call_id = call_id
        self._services = services
        self._history = history
        self._business = business
        self._intake = intake
        self._tape = tape
        self._clock = clock
        self._take = take
        self._own = own
        self._speaker = Speaker(leg, clock)
        self._replies: dict[str, Reply] = {}
        self._dry: set[str] = set()
        self._asking: tuple[str, Asked] | None = None
        """The reply under way, and what it will ask once it has come so far: until then nobody answers it."""
        self._asked: Profile = "open"
        """What was asked last."""
        self._owed = ""
        """Its words, while the caller has not answered that yet."""
        self._settles: tuple[Reply, float] | None = None
        """The reply that may act once the caller has not gone on until then, seconds of call audio."""
        self._broken: Reply | None = None
        """What something urgent broke off, while what is left of it is to be said."""
        self._last: Reply | None = None
        """The one that the caller did not wait for: they hung up, and what they asked for is to be done."""
        self._over = self._suspended = False
        self.stopwatch = Stopwatch()
        self.open_turn: CallerSaid | None = None
        """What the caller said before the line broke and has had no answer to."""

    def obey(self, action: OfReplies) -> None:
        """Do what TurnTaker says."""
        match action:
            case do.Begin():
                self._begin(action)
            case do.Commit():
                self._commit(action)
            case do.Discard(reply):
                self._discard(reply)
            case do.Say():
                self._say(action)
            case do.Fill(reply):
                self._fill(reply)
            case do.Pause():
                self._speaker.pause()
            case do.Resume():
                self._speaker.resume()
            case do.Flush(reply, broken, acts):
                self._flush(reply, broken=broken, acts=acts)

    # -- audio --------------------------------------------------------------------------------------------------------

    def play_out(self, now: float) -> None:
        """Send what is due of the agent's audio."""
        self._settle()
        for output in self._speaker.tick(now):
            match output:
                case Frame(reply, _, first):
                    self._tape.played(reply, self._intake.at, FRAME_SECONDS)
                    if first:
                        self._first_audio(reply, now)
                    elif reply in self._dry:
                        self._dry.discard(reply)
                        self._take(do.Ready(reply))
                case RanDry(reply):
                    self._dry.add(reply)
                    self._take(do.Dry(reply))
                case Finished():
                    self._finished(output)
        if self._asking and self._speaker.playing == self._asking[0]:
            reply, asked = self._asking
            if self._speaker.heard(reply, now) >= asked.begins:
                self._asks()

    def mark(self, name: str) -> None:
        """The carrier sent a mark back."""
        self._speaker.returned(name)

    def show(self, screen: Screen, now: float) -> None:
        """Put the words that have been heard of the reply that is being played on the screen."""
        if (playing := self._speaker.playing) and (reply := self._replies.get(playing)):
            screen.words(playing, cut_to_words(reply.text, self._speaker.heard(playing, now)))

    # -- replies ------------------------------------------------------------------------------------------------------

    def _new_reply(
        self, reply_id: str, cause: Cause, turn: int, *, held: bool, announcement: str | None = None
    ) -> Reply:
        reply = Reply(
            id=reply_id,
            cause=cause,
            turn=turn,
            track=self._speaker.open(reply_id, held=held),
            voice=self._services.voice,
            on_ready=self._ready,
            on_thought=self._thought,
            times=Times(self._clock()),
            tag=f"{self._call_id}-{reply_id}",
            announcement=announcement,
        )
        self._replies[reply_id] = reply
        return reply

    def _ready(self, reply_id: str) -> None:
        """The reply's first audio is there; where the floor is the agent's, it goes out without waiting for a tick."""
        self._take(do.Ready(reply_id))
        if not self._over:
            self.play_out(self._clock())

    def _begin(self, begin: do.Begin) -> None:
        reply = self._new_reply(begin.reply, "turn", begin.turn, held=True, announcement=begin.announcement)
        self._take_up_turn()
        first = self._business.words_of(begin.announcement)
        conversation = self._business.conversation(begin.turn, begin.text, first)
        reply.think(conversation, self._services.mind, self._business, first)

    def _commit(self, commit: do.Commit) -> None:
        reply = self._replies[commit.reply]
        self._owed, self._broken = "", None
        self._history.caller_said(commit.turn, commit.text)
        self._business.turn_committed(commit.turn, commit.text)
        self.stopwatch.committed(self._clock(), self._intake.wall_of(commit.end))
        self._services.metrics.turns.inc()
        self._services.bus.publish(
            TurnCommitted(
                **self._about(),
                turn=commit.turn,
                text=commit.text,
                start=commit.start,
                end=max(commit.start, commit.end),
                why=commit.why,
                channel=commit.channel,
            )
        )
        reply.committed.set()
        keyed = commit.channel == "keypad"
        self._settles = (reply, commit.end + (0.0 if keyed else self._services.manners.acts_after))
        self._settle()
        self._speaker.release(commit.reply)

    def _settle(self) -> None:
        """Nothing is settled while there is a sound over the reply: it may be more of the caller's turn."""
        if self._settles and self._intake.at >= self._settles[1] and not self._speaker.paused:
            self._settles[0].settled.set()
            self._settles = None

    def _discard(self, reply_id: str) -> None:
        reply = self._replies.pop(reply_id)
        reply.cancel()
        self._speaker.cut(reply_id, begun=False)
        self._services.metrics.discarded.inc()
        self._services.metrics.discarded_characters.inc(len(reply.text))
        self._services.bus.publish(
            ReplyDiscarded(**self._about(), reply=reply_id, turn=reply.turn, chars=len(reply.text))
        )

    def _say(self, say: do.Say) -> None:
        text, asks = self._business.to_say(say, owed=self._owed, broken=self._broken is not None)
        reply = self._new_reply(say.reply, say.cause, 0, held=False, announcement=say.announcement)
        reply.committed.set()
        reply.settled.set()
        if not text:
            self._take_up_turn()
            conversation = self._business.conversation(news=say.announcement)
            reply.think(conversation, self._services.mind, self._business)
            return
        reply.say(text)
        if asks:
            self._take(do.Expect(say.reply, self._asked if self._owed else "yes_no"))
        elif say.cause == "rest" and self._broken:
            broken, self._broken = self._broken, None
            reply.goes_on_with(broken)
            self._thought(reply)
        elif say.cause in ("greeting", "filler") and (asked := asks_for(text)) and asked.profile != "open":
            self._asking = (say.reply, asked)

    def _take_up_turn(self) -> None:
        """What the caller said before the line broke is answered now, or together with what they say now."""
        if turn := self.open_turn:
            self.open_turn = None
            self._history.caller_said(turn.turn, turn.text)
            self._business.turn_committed(turn.turn, turn.text)

    def _fill(self, reply_id: str) -> None:
        reply = self._replies[reply_id]
        fillers = self._services.agent.fillers
        if fillers:
            self._own(reply.fill(fillers[reply.turn % len(fillers)]))

    def _flush(self, reply_id: str, *, broken: bool, acts: bool) -> None:
        chars = self._speaker.cut(reply_id, begun=True)
        reply = self._replies.pop(reply_id)
        if acts and not reply.thought:
            self._last = reply
        else:
            reply.cancel()
        self._dry.discard(reply_id)
        heard = self._heard(reply, chars, interrupted=True)
        self._take(do.Cut(reply_id, self._part(reply, heard)))
        known = reply.thought or reply.cause == "greeting"
        if broken and known and (left := rest(reply.text, chars)):
            self._broken = reply
            told = len(heard) <= reply.filled or left.startswith(AS_I_SAID)
            text = left if told else f"{AS_I_SAID} {left}"
            # The last attempt: what the caller cuts off of it, they do not want to hear.
            self._take(do.Announce(f"rest-{reply_id}", text, "rest", attempt=self._services.manners.announce_attempts))

    def _finished(self, finished: Finished) -> None:
        reply_id = finished.reply
        if self._asking and self._asking[0] == reply_id:
            self._asks()
        reply = self._replies.pop(reply_id)
        self._dry.discard(reply_id)
        if not (reply.failed or finished.unproved):
            self._heard(reply, len(reply.text), interrupted=False)
            self._take(do.Spoken(reply_id))
            return
        part = self._part(reply, self._heard(reply, finished.chars, interrupted=True))
        if not reply.failed:
            self._take(do.Spoken(reply_id, min(0.99, part), unproved=True))
            return
        if not reply.acted:
            self._take(do.Spoken(reply_id, min(0.99, part)))
            return
        # What was asked for will happen: to have it said again would have it done again.
        self._take(do.Spoken(reply_id))
        self._take(do.Announce(f"local-{reply_id}", self._services.agent.noted, "filler"))

    def _part(self, reply: Reply, heard: str) -> float:
        """The part, 0..1, of what had to be heard of this reply."""
        return min(1.0, len(heard) / max(1, len(self._business.words_of(reply.announcement) or reply.text)))

    def _thought(self, reply: Reply) -> None:
        awaited = self._business.awaited()
        asked = asks_for(reply.text, awaited or self._asked)
        expects = reply.expects or (asked.profile if asked else awaited)
        self._asking = (reply.id, Asked(expects, asked.begins if asked else 0)) if expects else None
        if reply.ends_call:
            self._take(do.FinishAfter(reply.id))
        self._take(do.Thought(reply.id))

    def _asks(self) -> None:
        """The caller hears the question."""
        assert self._asking is not None
        (reply_id, asked), self._asking = self._asking, None
        self._asked = asked.profile
        # While a workflow waits for an answer, these are mostly words about its question, which is not ours to repeat.
        self._owed = "" if self._business.awaited() else question(self._replies[reply_id].text, asked.begins)
        self._take(do.Expect(reply_id, asked.profile))

    def _heard(self, reply: Reply, chars: int, *, interrupted: bool) -> str:
        """The reply is over: what was heard of it enters history."""
        text = cut_to_words(reply.text, chars)
        # What the line broke off is made anew when it is there again, and so is what nobody heard anything of and did
        # nothing: it has left no trace, and what the caller says next is read together with what they said before it.
        counts = reply.acted or len(text) > reply.filled
        state = reply.state if counts and not self._suspended else None
        if counts and reply.thought and not reply.failed:
            self._business.turn_answered(reply.turn)
        self._history.agent_said(reply.id, reply.cause, text, interrupted=interrupted, state=state)
        self._business.heard(reply.announcement, text)
        if text or state is not None:
            self._services.bus.publish(
                ReplyHeard(
                    **self._about(),
                    reply=reply.id,
                    turn=reply.turn,
                    cause=reply.cause,
                    text=text,
                    interrupted=interrupted,
                    proof=self._speaker.proof,
                    state=portable(state, self._services.seals),
                )
            )
        return text

    def _first_audio(self, reply_id: str, now: float) -> None:
        reply = self._replies[reply_id]
        latency = self.stopwatch.latency(reply.times, now) if reply.cause == "turn" and reply.turn else None
        if latency:
            self._services.metrics.voice_to_voice.observe(latency.voice_to_voice)
            split = {name: round(seconds, 4) for name, seconds in latency.model_dump().items()}
            self._tape.note(self._intake.at, "latency", reply=reply_id, **split)
        self._services.bus.publish(ReplyStarted(**self._about(), reply=reply_id, turn=reply.turn, latency=latency))

    # -- the end ------------------------------------------------------------------------------------------------------

    def suspend(self) -> None:
        """The line broke, and the call may go on: a reply that it breaks off is made anew then."""
        self._suspended = True

    @property
    def may_act(self) -> bool:
        """Whether the caller has hung up before what their last turn asks for could be done."""
        return self._last is not None

    async def act(self) -> None:
        """The caller has hung up: what their last turn asks for is done, in a few seconds or not at all."""
        if self._last:
            await self._last.act_unheard(LAST_ACT)

    def end(self) -> None:
        """The call is over: no more work on any of them."""
        self._over = True
        for reply in self._replies.values():
            reply.cancel()

    def part(self) -> None:
        """Let go of the call, which is over and has nothing under way any more."""
        self._replies.clear()
        self._settles = self._broken = self._last = None
        del self._take, self._own

    def _about(self) -> dict[str, Any]:
        return {"call_id": self._call_id, "region": self._services.region, "at": self._intake.at}
