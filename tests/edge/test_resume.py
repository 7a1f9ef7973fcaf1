from datetime import UTC, datetime, timedelta
from typing import Any

from edge.core.conversation import AgentSaid, CallerSaid, ToolAsked
from edge.dialogue.state import State
from edge.resume import LONGEST_REPEATED, Past, past_of, portable
from schemas.announcements import AnnouncementRequested, AnnouncementSpoken
from schemas.base import Event
from schemas.calls import CallStarted
from schemas.questions import QuestionAnswered, QuestionAsked
from schemas.sealing import Seals
from schemas.tools import ToolRequested
from schemas.turns import ReplyHeard, TurnCommitted

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
OF = {"call_id": "c1", "region": "local"}


class Told:
    """Events of a call, a second apart, the last of them at NOW."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: type[Event], **fields: Any) -> "Told":
        self.events.append(kind(**OF, **fields))
        return self

    def turn(self, turn: int, text: str) -> "Told":
        return self.add(TurnCommitted, turn=turn, text=text, start=0, end=1, why="finished")

    def reply(self, text: str, cause: str = "turn", interrupted: bool = False, state: Any = None) -> "Told":
        number = len(self.events)
        about = {"reply": f"r{number}", "turn": 1, "cause": cause, "proof": "clock", "state": state}
        return self.add(ReplyHeard, text=text, interrupted=interrupted, **about)

    def past(self) -> Past:
        last = len(self.events) - 1
        events = [
            event.model_copy(update={"time": NOW - timedelta(seconds=last - at)})
            for at, event in enumerate(self.events)
        ]
        return past_of(events, 2, NOW, Seals({}))


def begun() -> Told:
    start = {"agent": "Robin", "transport": "webrtc", "node": "n1"}
    return Told().add(CallStarted, **start).reply("Hello.", "greeting")


def asked(**more: Any) -> Told:
    ask = {"tool": "book", "arguments": {"day": 1}, "turn": 1, "agent": "Robin", "timezone": "UTC"}
    return begun().turn(1, "Book it").add(ToolRequested, tool_call_id="t1", **ask, **more)


def test_turns_replies_and_tools_are_history() -> None:
    past = asked().reply("I'm at it.").past()
    assert past.turns == 1
    assert [type(entry) for entry in past.entries] == [AgentSaid, CallerSaid, ToolAsked, AgentSaid]
    assert not past.unanswered


def test_what_the_dialogue_remembered_comes_back_as_it_was() -> None:
    state = State(turn=1, tool="book", slots={"day": "2026-11-30"}, asked=("name",))
    past = begun().turn(1, "Book it").reply("And your name?", state=portable(state, Seals({}))).past()
    (said,) = [entry for entry in past.entries if isinstance(entry, AgentSaid) and entry.cause == "turn"]
    assert State.of(said.state) == state
    assert portable(object(), Seals({})) is None


def test_a_turn_without_a_whole_reply_is_answered_anew() -> None:
    assert begun().turn(1, "Book it").past().unanswered
    assert begun().turn(1, "Book it").reply("I am", interrupted=True).past().unanswered
    assert begun().turn(1, "Book it").reply("One moment.", "filler").past().unanswered
    broken = begun().turn(1, "Book it").reply("I am", interrupted=True).reply("Leave the house.", "announcement")
    assert broken.past().unanswered
    assert not broken.reply("As I was saying: I am at it.", "rest").past().unanswered
    assert not begun().past().unanswered


def test_the_last_question_is_asked_again() -> None:
    assert begun().turn(1, "Book it").reply("And your name?").past().question == "And your name?"
    assert begun().turn(1, "Book it").reply("That is done.").past().question == ""
    long = "That is a lot of words. " * 20 + "Is it right?"
    assert len(long) > LONGEST_REPEATED
    assert begun().turn(1, "Book it").reply(long).past().question == "Is it right?"


def test_what_a_workflow_wants_said_and_nobody_heard_is_said_with_what_is_left_of_its_time() -> None:
    told = asked()
    for name, expires in (("a1", 60.0), ("a2", 0.5), ("a3", None)):
        told.add(AnnouncementRequested, announcement_id=name, tool_call_id="t1", text="Done.", expires=expires)
    question = {"question_id": "q1", "tool_call_id": "t1"}
    told.add(QuestionAsked, **question, text="Ten or two?", answer={"type": "object"})
    told.add(AnnouncementSpoken, announcement_id="a3", tool_call_id="t1", heard="Done.")
    past = told.past()
    assert [type(event) for event in past.waiting] == [AnnouncementRequested, QuestionAsked]
    (first, _) = past.waiting
    assert isinstance(first, AnnouncementRequested)
    assert first.expires is not None
    assert 50 < first.expires < 60
    told.add(QuestionAnswered, **question, answer={}, words="Ten.")
    assert [type(event) for event in told.past().waiting] == [AnnouncementRequested]
