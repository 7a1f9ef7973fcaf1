"""What becomes of replies in history: what was heard of them, and what they did; of the others there is no trace."""

import asyncio
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from edge.business import Business
from edge.core import events as do
from edge.core.audio import FRAME_SECONDS, SILENCE, Sound
from edge.core.conversation import AgentSaid, CallerSaid, Cause, Done, EndCall, Profile, TextDelta, ToolAsked, ToolCall
from edge.core.history import History
from edge.core.intake import Intake
from edge.core.tape import Header, Tape
from edge.ports import Screen
from edge.replies import Replies
from edge.reply import Reply
from edge.services import Services
from schemas.announcements import AnnouncementRequested
from schemas.base import new_id
from schemas.questions import QuestionAsked, QuestionWithdrawn
from schemas.tools import ToolSpec
from tests.edge.conftest import AGENT, ScriptedMind
from tests.edge.desk import services_on
from trunkline.stack.stack import Engines

SPEC = ToolSpec(
    name="dig",
    title="dig a hole",
    description="Dig.",
    parameters={"type": "object", "properties": {}, "additionalProperties": False},
    result={},
    workflow="dig",
)


MORE = "Anything else?"


class Line:
    """A telephone that takes what it is given."""

    marks = True
    screen: Screen | None = None

    def __init__(self) -> None:
        self.frames = 0
        self.stops = False
        """Whether it can fall silent in mid-sound."""
        self.unheard = 0.0
        self.cleared = 0

    def play(self, sound: Sound) -> None:
        self.frames += 1

    def mark(self, name: str) -> None:
        return

    def pause(self) -> bool:
        return self.stops

    def resume(self) -> float:
        return self.unheard

    def clear(self) -> float:
        self.cleared += 1
        return self.unheard

    def hang_up(self) -> None:
        return


class Talking:
    """The replies of a call whose floor is given and taken by hand."""

    def __init__(self, services: Services) -> None:
        self.told: list[do.Input] = []
        self.mind = services.mind
        self.now = 0.0
        self.line = Line()
        self.history = History()
        call, self.intake = new_id("call"), Intake(256, 0.0)
        self.hears(2.0)
        business = Business(call, None, services, self.history, lambda: 0.0, self.told.append, asyncio.ensure_future)
        self.business = business
        self.replies = Replies(
            call,
            self.line,
            services,
            self.history,
            business,
            self.intake,
            Tape(Header(call, "Robin", ""), services.manners),
            lambda: self.now,
            self.told.append,
            asyncio.ensure_future,
        )

    def hears(self, seconds: float) -> None:
        """So much silence of the caller comes in."""
        self.intake.take(SILENCE * round(seconds / FRAME_SECONDS), self.now)

    def commits(self, turn: int, text: str, *, end: float = 1.0) -> str:
        reply = f"r{turn}"
        self.replies.obey(do.Begin(reply, turn, text, speculative=False))
        self.replies.obey(do.Commit(reply, turn, text, 0.0, end, "finished"))
        return reply

    def plays(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.now += 0.01
            self.replies.play_out(self.now)

    @property
    def entries(self) -> list[Any]:
        return [type(entry) for entry in self.history.entries]


@pytest_asyncio.fixture
async def talking(engines: Engines, speech: dict[str, Any], tmp_path: Path) -> AsyncIterator[Talking]:
    async with services_on(engines.nats_url, tmp_path, AGENT, mind=ScriptedMind(), **speech) as (services, bus):
        bus._toolbox.specs["dig"] = SPEC
        talking = Talking(replace(services, agent=AGENT.model_copy(update={"anything_else": MORE})))
        yield talking
        talking.replies.end()


async def test_a_reply_that_nobody_heard_and_that_did_nothing_leaves_no_trace(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: [TextDelta("Which day?"), Done(state={"asked": "day"})]  # type: ignore[attr-defined]
    reply = talking.commits(1, "I want a visit.")
    await until(lambda: do.Thought(reply) in talking.told)
    talking.replies.obey(do.Flush(reply))
    assert talking.entries == [CallerSaid]
    assert talking.told[-1] == do.Cut(reply, 0.0)


async def test_one_that_was_heard_in_part_keeps_what_it_knew(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: [  # type: ignore[attr-defined]
        TextDelta("Of course, I can do that for you. Which day would suit you best?"),
        Done(state={"asked": "day"}),
    ]
    reply = talking.commits(1, "I want a visit.")
    await until(lambda: {do.Thought(reply), do.Ready(reply)} <= set(talking.told))
    talking.plays(1.0)
    talking.replies.obey(do.Flush(reply))
    (_, said) = talking.history.entries
    assert isinstance(said, AgentSaid)
    assert said.text.startswith("Of course")
    assert said.interrupted
    assert said.state == {"asked": "day"}


def breaks_off(talking: Talking, reply: str) -> do.Announce:
    """Something urgent does; what is left of the reply, to be said."""
    talking.replies.obey(do.Flush(reply, broken=True))
    rest = talking.told[-1]
    assert isinstance(rest, do.Announce)
    assert (rest.announcement, rest.cause) == (f"rest-{reply}", "rest")
    return rest


async def test_what_is_left_of_one_that_something_urgent_broke_off_is_to_be_said(talking: Talking, until: Any) -> None:
    reply = await said(talking, until, 1, "Of course, I can do that for you. Which day would suit you best?")
    talking.plays(1.0)
    rest = breaks_off(talking, reply)
    assert rest.text.startswith("As I was saying: I can do that")
    talking.replies.obey(do.Say("s1", rest.cause, rest.text, rest.announcement))
    await to_its_end(talking, until, "s1")
    assert expected(talking, "s1") == ["brief"]


async def test_it_knows_what_the_whole_knew_and_asks_and_ends_what_that_would_have(
    talking: Talking, until: Any
) -> None:
    done = Done(expects="digits", state={"asked": "number"})
    talking.mind.answer = lambda _: [TextDelta("I still didn't get the number."), EndCall(), done]  # type: ignore[attr-defined]
    reply = talking.commits(1, "I want a visit.")
    await until(lambda: {do.Thought(reply), do.Ready(reply)} <= set(talking.told))
    rest = breaks_off(talking, reply)
    assert rest.text == "I still didn't get the number."
    talking.replies.obey(do.Say("s1", rest.cause, rest.text, rest.announcement))
    assert do.FinishAfter("s1") in talking.told
    await to_its_end(talking, until, "s1")
    assert expected(talking, "s1") == ["digits"]
    last = talking.history.entries[-1]
    assert isinstance(last, AgentSaid)
    assert (last.cause, last.state) == ("rest", {"asked": "number"})


async def test_it_may_be_broken_off_as_well(talking: Talking, until: Any) -> None:
    reply = await said(talking, until, 1, "Of course, I can do that for you. Which day would suit you best?")
    talking.plays(0.2)
    rest = breaks_off(talking, reply)
    talking.replies.obey(do.Say("s1", rest.cause, rest.text, rest.announcement))
    await until(lambda: do.Ready("s1") in talking.told)
    talking.plays(0.3)
    again = breaks_off(talking, "s1")
    assert again.text == rest.text


async def test_a_greeting_is_broken_off_too_but_not_what_the_silence_is_asked(talking: Talking, until: Any) -> None:
    talking.replies.obey(do.Say("r0", "greeting", "Hello. How can I help you?"))
    await until(lambda: do.Ready("r0") in talking.told)
    breaks_off(talking, "r0")
    talking.replies.obey(do.Say("r1", "silence", "Are you still there?"))
    await until(lambda: do.Ready("r1") in talking.told)
    talking.replies.obey(do.Flush("r1", broken=True))
    assert talking.told[-1] == do.Cut("r1", 0.0)


async def test_before_the_rest_of_a_reply_nobody_is_asked_for_anything_else(talking: Talking, until: Any) -> None:
    reply = await said(talking, until, 1, "Of course, I can do that for you. Which day would suit you best?")
    talking.plays(1.0)
    breaks_off(talking, reply)
    assert await announced(talking, until, 1) == "It is sent."
    talking.replies.obey(do.Flush("s1"))
    await said(talking, until, 2, "Thank you.")
    assert await announced(talking, until, 2) == f"It is sent. {MORE}"


async def test_one_that_has_asked_for_business_counts_however_little_was_heard(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: [  # type: ignore[attr-defined]
        TextDelta("I'll see to it."),
        ToolCall("dig", {}),
        EndCall(),
        Done(state={"done": True}),
    ]
    reply = talking.commits(1, "Dig, please.")
    await until(lambda: do.Thought(reply) in talking.told)
    talking.replies.obey(do.Flush(reply))
    assert talking.entries == [CallerSaid, ToolAsked, AgentSaid]
    assert do.FinishAfter(reply) in talking.told


BOOKS = [TextDelta("I'll see to it. That may take a moment."), ToolCall("dig", {}), Done(state={"done": True})]


async def test_what_was_asked_for_is_done_once_the_caller_has_surely_not_gone_on(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: BOOKS  # type: ignore[attr-defined]
    reply = talking.commits(1, "Yes.", end=talking.intake.at)
    await until(lambda: do.Ready(reply) in talking.told)
    talking.plays(0.3)
    talking.hears(0.4)
    talking.plays(0.02)
    assert ToolAsked not in talking.entries, "The reply is heard, and what it is about waits."
    talking.hears(0.1)
    talking.plays(0.02)
    await until(lambda: do.Thought(reply) in talking.told)
    assert talking.entries == [CallerSaid, ToolAsked]


async def test_who_goes_on_at_once_has_asked_for_nothing(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: BOOKS  # type: ignore[attr-defined]
    reply = talking.commits(1, "Yes.", end=talking.intake.at)
    await until(lambda: do.Ready(reply) in talking.told)
    talking.hears(0.3)
    talking.replies.obey(do.Pause(reply))
    talking.hears(0.6)
    talking.plays(0.1)
    talking.replies.obey(do.Flush(reply))
    await until(lambda: not any(task.get_name() == reply for task in asyncio.all_tasks()))
    assert ToolAsked not in talking.entries
    assert talking.business._said == {1: "Yes."}, "It is answered together with what follows."


async def test_a_sound_over_it_that_was_nothing_holds_it_up_no_longer_than_it_lasts(
    talking: Talking, until: Any
) -> None:
    talking.mind.answer = lambda _: BOOKS  # type: ignore[attr-defined]
    reply = talking.commits(1, "Yes.", end=talking.intake.at)
    await until(lambda: do.Ready(reply) in talking.told)
    talking.replies.obey(do.Pause(reply))
    talking.hears(0.8)
    talking.plays(0.1)
    assert ToolAsked not in talking.entries
    talking.replies.obey(do.Resume(reply))
    talking.plays(0.02)
    await until(lambda: ToolAsked in talking.entries)


async def test_what_was_keyed_in_is_whole(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: BOOKS  # type: ignore[attr-defined]
    talking.replies.obey(do.Begin("r1", 1, "1", speculative=False))
    talking.replies.obey(do.Commit("r1", 1, "1", talking.intake.at, talking.intake.at, "keypad", "keypad"))
    await until(lambda: ToolAsked in talking.entries)


def expected(talking: Talking, reply: str) -> list[str]:
    return [what.profile for what in talking.told if isinstance(what, do.Expect) and what.reply == reply]


async def said(talking: Talking, until: Any, turn: int, *answer: str, expects: Profile | None = None) -> str:
    """A reply that is thought out and can be heard."""
    talking.mind.answer = lambda _: [*map(TextDelta, answer), Done(expects=expects)]  # type: ignore[attr-defined]
    reply = talking.commits(turn, "I want a visit.")
    await until(lambda: {do.Thought(reply), do.Ready(reply)} <= set(talking.told))
    return reply


async def to_its_end(talking: Talking, until: Any, reply: str) -> None:
    def over() -> bool:
        talking.plays(0.1)
        return any(isinstance(what, do.Spoken) and what.reply == reply for what in talking.told)

    await until(over)


async def test_what_a_model_asks_for_is_read_in_its_words(talking: Talking, until: Any) -> None:
    asked = await said(talking, until, 1, "Gladly. What is ", "your phone number?")
    await to_its_end(talking, until, asked)
    assert expected(talking, asked) == ["digits"]
    told = await said(talking, until, 2, "It is booked.")
    await to_its_end(talking, until, told)
    assert expected(talking, told) == []
    again = await said(talking, until, 3, "Could you repeat that?")
    await to_its_end(talking, until, again)
    assert expected(talking, again) == ["digits"]


@pytest.mark.parametrize(
    ("cause", "text", "profiles"),
    [
        ("greeting", "Hello. Am I speaking with Anna Miller?", ["yes_no"]),
        ("greeting", "Hello. How can I help you?", []),
        ("filler", "I still need to know: What is your phone number?", ["digits"]),
        ("silence", "Are you still there?", []),
    ],
)
async def test_what_a_greeting_or_a_reminder_asks_for_is_read_in_its_words(
    talking: Talking, until: Any, cause: Cause, text: str, profiles: list[str]
) -> None:
    talking.replies.obey(do.Say("r0", cause, text))
    await until(lambda: do.Ready("r0") in talking.told)
    await to_its_end(talking, until, "r0")
    assert expected(talking, "r0") == profiles


async def test_once_more_a_model_asks_for_what_a_workflow_waits_for(talking: Talking, until: Any) -> None:
    before = await said(talking, until, 1, "What is your name?")
    await to_its_end(talking, until, before)
    text = "Which number can we reach you at?"
    answer = {"type": "object", "properties": {"number": {"type": "string"}}}
    ids = {"call_id": "c", "region": "local", "question_id": "q1", "tool_call_id": "t1"}
    talking.business.receive(QuestionAsked.model_validate({**ids, "text": text, "answer": answer}))
    talking.business.settle("q1", "spoken")
    again = await said(talking, until, 2, "Could you repeat that?")
    await to_its_end(talking, until, again)
    assert expected(talking, again) == ["digits"]


async def test_what_the_model_itself_says_that_it_asks_for_counts(talking: Talking, until: Any) -> None:
    asked = await said(talking, until, 1, "And your name?", expects="open")
    await to_its_end(talking, until, asked)
    assert expected(talking, asked) == ["open"]


async def test_a_question_is_asked_once_the_caller_hears_it(talking: Talking, until: Any) -> None:
    reply = await said(talking, until, 1, f"{LONG[:-40]}", LONG[-40:])
    talking.plays(1.0)
    assert expected(talking, reply) == []
    talking.replies.obey(do.Flush(reply))
    assert expected(talking, reply) == []
    whole = await said(talking, until, 2, LONG)
    await to_its_end(talking, until, whole)
    kinds = [type(what) for what in talking.told if getattr(what, "reply", "") == whole]
    assert kinds.index(do.Expect) < kinds.index(do.Spoken)
    assert expected(talking, whole) == ["brief"]


async def announced(talking: Talking, until: Any, number: int) -> str:
    """The words of an announcement that is begun."""
    event = AnnouncementRequested(
        call_id="c", region="local", announcement_id=f"a{number}", tool_call_id="t1", text="It is sent."
    )
    talking.business.receive(event)
    talking.replies.obey(do.Say(f"s{number}", "announcement", event.text, event.announcement_id))
    talking.business.settle(event.announcement_id, "spoken")
    reply = talking.replies._replies[f"s{number}"]
    await until(lambda: reply.text)
    return reply.text


async def test_who_owes_an_answer_is_asked_for_it_again_and_not_for_anything_else(talking: Talking, until: Any) -> None:
    assert await announced(talking, until, 1) == f"It is sent. {MORE}"
    talking.replies.obey(do.Flush("s1"))
    asked = await said(talking, until, 1, "Gladly. What is your phone number? You may key it in.")
    await to_its_end(talking, until, asked)
    assert await announced(talking, until, 2) == "It is sent. What is your phone number?"
    assert expected(talking, "s2") == ["digits"]
    talking.replies.obey(do.Flush("s2"))
    told = await said(talking, until, 2, "Thank you.")
    await to_its_end(talking, until, told)
    assert await announced(talking, until, 3) == f"It is sent. {MORE}"


LONG = "Of course, I can do that for you, on any day of the week that you like. Which day would suit you best?"


async def speaks(talking: Talking, until: Any) -> str:
    """A reply under way for two seconds."""
    talking.mind.answer = lambda _: [TextDelta(LONG), Done()]  # type: ignore[attr-defined]
    reply = talking.commits(1, "I want a visit.")
    await until(lambda: {do.Thought(reply), do.Ready(reply)} <= set(talking.told))
    talking.plays(2.0)
    return reply


def heard(talking: Talking) -> str:
    (_, said) = talking.history.entries
    assert isinstance(said, AgentSaid)
    return said.text


@pytest.mark.parametrize("paused", [0.0, 3.0])
async def test_what_a_line_that_fell_silent_still_held_was_not_heard(
    talking: Talking, until: Any, paused: float
) -> None:
    reply = await speaks(talking, until)
    before = talking.replies._speaker.heard(reply, talking.now)
    talking.line.stops, talking.line.unheard = True, 1.0
    talking.replies.obey(do.Pause(reply))
    talking.plays(paused)
    talking.replies.obey(do.Flush(reply))
    assert 0 < len(heard(talking)) < before
    assert talking.line.cleared == 1


async def test_a_line_that_falls_silent_goes_on_where_it_was(talking: Talking, until: Any) -> None:
    reply = await speaks(talking, until)
    talking.line.stops, talking.line.unheard = True, 0.1
    frames = talking.line.frames
    talking.replies.obey(do.Pause(reply))
    talking.plays(3.0)
    talking.replies.obey(do.Resume(reply))
    talking.plays(0.09)
    assert talking.line.frames == frames  # The line has them: what was not heard, and what playout was ahead.
    talking.plays(0.5)
    assert talking.line.frames - frames == pytest.approx(0.49 / FRAME_SECONDS, abs=1.5)
    talking.line.stops = False
    talking.replies.obey(do.Flush(reply))
    assert heard(talking)
    assert len(heard(talking)) < len(LONG)


async def test_a_reply_that_is_let_go_while_the_line_is_silent_leaves_it_to_be_heard(talking: Talking) -> None:
    talking.line.stops = True
    talking.replies.obey(do.Begin("r1", 1, "I want", speculative=True))
    talking.replies.obey(do.Pause("r1"))
    talking.replies.obey(do.Discard("r1"))
    assert talking.line.cleared == 1
    talking.replies.obey(do.Begin("r2", 1, "I want a", speculative=True))
    talking.replies.obey(do.Discard("r2"))
    assert talking.line.cleared == 1  # What else it may hold is no business of this one.


async def test_a_reply_that_acts_unheard_is_not_kept_by_a_call_that_is_over(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: [ToolCall("dig", {}), Done()]  # type: ignore[attr-defined]
    reply = talking.commits(1, "Dig.", end=2.0)
    talking.replies.obey(do.Flush(reply, acts=True))
    await talking.replies.act()
    assert talking.entries == [CallerSaid, ToolAsked]
    talking.replies.end()
    talking.replies.part()
    assert not [each for each in gc.get_referents(talking.replies.__dict__) if type(each) in (Reply, tuple)]


async def test_a_question_of_a_workflow_that_is_settled_is_not_asked_again(talking: Talking, until: Any) -> None:
    question = QuestionAsked(
        call_id="c",
        region="local",
        tool_call_id="t1",
        question_id="q1",
        text="Is half past ten or two o'clock better?",
        answer={"type": "object", "properties": {"time": {"type": "string"}}},
    )
    talking.business.receive(question)
    talking.business.settle("q1", "spoken")
    talking.replies.obey(do.Say("r1", "filler", f"I still need to know: {question.text}"))
    await until(lambda: do.Ready("r1") in talking.told)
    talking.plays(8.0)
    assert do.Expect("r1", "brief") in talking.told
    talking.business.receive(QuestionWithdrawn(call_id="c", region="local", tool_call_id="t1", question_id="q1"))
    told = AnnouncementRequested(
        call_id="c", region="local", announcement_id="a1", tool_call_id="t1", text="I have booked two o'clock."
    )
    talking.business.receive(told)
    talking.replies.obey(do.Say("r2", "announcement", told.text, "a1"))
    assert talking.replies._replies["r2"].text == f"{told.text} {MORE}"


async def test_what_asks_nothing_is_not_asked_again(talking: Talking, until: Any) -> None:
    talking.mind.answer = lambda _: [TextDelta("Sure, take your time."), Done()]  # type: ignore[attr-defined]
    question = QuestionAsked(
        call_id="c",
        region="local",
        tool_call_id="t1",
        question_id="q1",
        text="What is your number?",
        answer={"type": "object", "properties": {"number": {"type": "string"}}},
    )
    talking.business.receive(question)
    talking.business.settle("q1", "spoken")
    reply = talking.commits(1, "One second.")
    await until(lambda: {do.Thought(reply), do.Ready(reply)} <= set(talking.told))
    talking.plays(4.0)
    talking.business.receive(QuestionWithdrawn(call_id="c", region="local", tool_call_id="t1", question_id="q1"))
    told = AnnouncementRequested(
        call_id="c", region="local", announcement_id="a1", tool_call_id="t1", text="It is done."
    )
    talking.business.receive(told)
    talking.replies.obey(do.Say("r2", "announcement", told.text, "a1"))
    assert talking.replies._replies["r2"].text == f"{told.text} {MORE}"
