"""A call and the durable side: announcements, questions, tools, slowness, failures. In real time, on real engines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.core.audio import Pcm
from edge.core.conversation import (
    AgentSaid,
    Answer,
    CallerSaid,
    Conversation,
    Done,
    EndCall,
    ReplyEvent,
    TextDelta,
    ToolCall,
)
from edge.core.conversation import ToolOutcome as Outcome
from edge.errors import ProviderError, Refused
from edge.services import Party
from edge.settings import EdgeSettings
from schemas.announcements import AnnouncementRequested
from schemas.base import Event
from schemas.events import decode, encode, headers
from schemas.questions import QuestionAsked
from schemas.subjects import TOOLS_BUCKET, call_subject, parse, subject
from schemas.tools import ToolCompleted, ToolSpec
from tests.edge.carrying import carrying
from tests.edge.conftest import AGENT, Edge, ScriptedMind
from tests.edge.desk import services_on
from tests.edge.test_node import Quiet
from trunkline.stack.stack import Engines
from workers.adapters.nats import subscribed

SPEC = ToolSpec(
    name="water_plants",
    title="water the plants",
    description="Water the plants.",
    parameters={"type": "object", "properties": {"room": {"type": "string"}}, "required": ["room"]},
    result={"type": "object"},
    workflow="water_plants",
    slow_after=1.0,
)
SLOW = ("I'm", "It's taking")
"""How a word about a slow tool begins."""


class Tape:
    """The events of one call, as they come."""

    def __init__(self, nc: Any, js: Any) -> None:
        self.events: list[Event] = []
        self._nc = nc
        self._js = js

    async def start(self, call_id: str) -> "Tape":
        await self._nc.subscribe(call_subject("local", call_id, ">"), cb=self._take)
        await subscribed(self._nc)
        return self

    async def _take(self, msg: Any) -> None:
        event = decode(parse(msg.subject)[2], msg.data)
        if event not in self.events:  # It comes again where its acknowledgement was late.
            self.events.append(event)

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event.kind == kind]

    async def send(self, event: Event) -> None:
        await self._js.publish(subject(event), encode(event), headers=headers(event))


@pytest.fixture
async def tape(nats_client: Any) -> Tape:
    return Tape(nats_client, nats_client.jetstream())


@pytest.fixture
async def plants(edge: Any, nats_client: Any, until: Any) -> AsyncIterator[None]:
    """A tool that workers offer, though no worker is there to run it."""
    js = nats_client.jetstream()
    bucket = await js.create_key_value(bucket=TOOLS_BUCKET)
    await bucket.put(SPEC.name, SPEC.model_dump_json().encode())
    await until(lambda: SPEC.name in edge.node.services.bus.tools())
    yield
    await bucket.delete(SPEC.name)


async def said(edge: Any, text: str) -> Pcm:
    pieces = [piece.pcm async for piece in edge.node.services.voice.speak(text)]
    quiet = np.zeros(2400, np.int16)
    return np.concatenate([quiet, *pieces, quiet])


async def quiet(line: Any, until: Any, true: Callable[[], Any]) -> None:
    """The caller is silent, on a line that goes on, until this is so."""
    async with asyncio.TaskGroup() as group:
        caller = group.create_task(line.silence(60.0))
        await until(true)
        caller.cancel()


async def test_an_announcement_is_spoken_once_and_acknowledged(edge: Any, line_to: Any, tape: Tape, until: Any) -> None:
    await tape.start("announce1")
    event = AnnouncementRequested(
        call_id="announce1", region="local", announcement_id="a1", tool_call_id="t1", text="Your visit is booked."
    )
    async with line_to(edge, "announce1") as line:
        await line.silence(1.0)
        await tape.send(event)
        await tape.send(event.model_copy(update={"id": "evt_again"}))
        await line.silence(3.0)
    await until(lambda: tape.of("call_ended"))
    assert [spoken.heard for spoken in tape.of("announcement_spoken")] == ["Your visit is booked."]
    heard = [event.text for event in tape.of("reply_heard") if event.cause == "announcement"]
    assert heard == ["Your visit is booked."]


async def test_an_announcement_of_which_no_mark_comes_back_is_said_again(
    edge: Any, line_to: Any, tape: Tape, until: Any
) -> None:
    await tape.start("unproved1")
    async with line_to(edge, "unproved1") as line:
        await line.silence(1.0)  # The greeting's marks prove that this carrier sends them.
        line.marks = False
        await tape.send(
            AnnouncementRequested(
                call_id="unproved1", region="local", announcement_id="a1", tool_call_id="t1", text="It is booked."
            )
        )
        await quiet(line, until, lambda: len(tape.of("reply_started")) == 3)
        line.marks = True
        await quiet(line, until, lambda: tape.of("announcement_spoken"))
    await until(lambda: tape.of("call_ended"))
    heard = [(event.text, event.proof) for event in tape.of("reply_heard") if event.cause == "announcement"]
    assert heard == [("It is booked.", "mark")]
    assert len(tape.of("reply_started")) == 3, "The greeting, and the announcement twice."
    assert [spoken.heard for spoken in tape.of("announcement_spoken")] == ["It is booked."]


async def test_an_announcement_that_comes_while_the_caller_talks_is_woven_into_the_reply(
    edge: Any, line_to: Any, tape: Tape, until: Any
) -> None:
    told: list[tuple[str, ...]] = []

    def answer(conversation: Conversation) -> list[ReplyEvent]:
        told.append(tuple(getattr(entry, "text", "") for entry in conversation.entries))
        return [TextDelta("It costs fifty dollars."), Done()]

    edge.mind.answer = answer
    await tape.start("weave1")
    async with line_to(edge, "weave1") as line:
        await line.silence(1.0)
        event = AnnouncementRequested(
            call_id="weave1", region="local", announcement_id="a1", tool_call_id="t1", text="Your visit is booked."
        )
        speech = await said(edge, "What does a tap repair cost, please?")
        await line.speak(speech[: len(speech) // 2])
        await tape.send(event)
        await line.speak(speech[len(speech) // 2 :])
        await line.silence(5.0)
    await until(lambda: tape.of("call_ended"))
    heard = [event.text for event in tape.of("reply_heard") if event.cause == "turn"]
    assert heard == ["Your visit is booked. It costs fifty dollars."]
    assert [spoken.heard for spoken in tape.of("announcement_spoken")] == ["Your visit is booked."]
    assert not [event for event in tape.of("reply_heard") if event.cause == "announcement"]
    assert "Your visit is booked." in told[-1]  # So that the model does not say it again.


async def test_an_announcement_for_a_caller_who_hangs_up_is_reported_unspoken(
    edge: Any, line_to: Any, tape: Tape, until: Any
) -> None:
    await tape.start("announce2")
    async with line_to(edge, "announce2") as line:
        await line.silence(0.3)
        await tape.send(
            AnnouncementRequested(
                call_id="announce2",
                region="local",
                announcement_id="a1",
                tool_call_id="t1",
                text="Your visit is booked.",
            )
        )
        await line.silence(0.1)
    await until(lambda: tape.of("announcement_not_spoken"))
    assert tape.of("announcement_not_spoken")[0].reason == "call_ended"


async def test_a_question_is_asked_and_its_answer_goes_back(edge: Any, line_to: Any, tape: Tape, until: Any) -> None:
    def answer(conversation: Conversation) -> list[ReplyEvent]:
        question = conversation.questions[0]
        return [Answer(question.question_id, {"time": "14:00"}), TextDelta("Two o'clock it is."), Done()]

    edge.mind.answer = answer
    await tape.start("question1")
    async with line_to(edge, "question1") as line:
        await line.silence(1.0)
        await tape.send(
            QuestionAsked(
                call_id="question1",
                region="local",
                question_id="q1",
                tool_call_id="t1",
                text="Is ten or two o'clock better?",
                answer={"type": "object"},
            )
        )
        await line.silence(3.0)
        await line.speak(await said(edge, "Two o'clock is better."))
        await line.silence(1.5)
    await until(lambda: tape.of("question_answered"))
    answered = tape.of("question_answered")[0]
    assert answered.answer == {"time": "14:00"}
    assert "clock" in answered.words
    assert not tape.of("question_unanswered")


async def test_a_tool_is_stored_once_however_often_the_model_repeats_itself(
    edge: Any, line_to: Any, tape: Tape, until: Any, plants: None
) -> None:
    call = ToolCall("water_plants", {"room": "kitchen"})
    edge.mind.answer = lambda _: [TextDelta("I'll see to it."), call, call, Done()]
    await tape.start("tool1")
    async with line_to(edge, "tool1") as line:
        await line.silence(1.2)
        for _ in range(2):
            await line.speak(await said(edge, "Please water the plants in the kitchen."))
            await line.silence(1.5)
        for _ in range(40):
            if any(event.text.startswith(SLOW) for event in tape.of("reply_heard")):
                break
            await line.silence(0.3)
        requested = tape.of("tool_requested")
        await tape.send(
            ToolCompleted(
                call_id="tool1",
                region="local",
                tool_call_id=requested[0].tool_call_id,
                tool="water_plants",
                result={"litres": 2},
            )
        )
        await line.silence(0.3)
    await until(lambda: tape.of("call_ended"))
    assert len(tape.of("tool_requested")) == 1
    assert tape.of("tool_requested")[0].arguments == {"room": "kitchen"}
    assert tape.of("call_ended")[0].open_tools == []
    words = [event.text for event in tape.of("reply_heard")]
    assert any(text.startswith(SLOW) for text in words), words


async def test_bad_arguments_are_explained_to_the_model_and_nothing_is_stored(
    edge: Any, line_to: Any, tape: Tape, until: Any, plants: None
) -> None:
    def answer(conversation: Conversation) -> list[ReplyEvent]:
        match conversation.entries[-1]:
            case CallerSaid():
                return [ToolCall("water_plants", {}), ToolCall("fly", {}), Done()]
            case Outcome(status="refused"):
                return [TextDelta("Which room do you mean?"), Done()]
            case _:
                return [Done()]

    edge.mind.answer = answer
    await tape.start("tool2")
    async with line_to(edge, "tool2") as line:
        await line.silence(1.2)
        await line.speak(await said(edge, "Please water the plants."))
        await line.silence(2.5)
    await until(lambda: tape.of("call_ended"))
    assert not tape.of("tool_requested")
    outcomes = [entry for entry in edge.mind.asked[-1].entries if isinstance(entry, Outcome)]
    assert "'room' is a required property" in outcomes[0].content["message"]
    assert outcomes[1].content["code"] == "unknown_tool"
    assert [event.text for event in tape.of("reply_heard") if event.cause == "turn"] == ["Which room do you mean?"]


async def test_a_mind_that_fails_gets_the_caller_an_apology(edge: Any, line_to: Any, tape: Tape, until: Any) -> None:
    def answer(_: Conversation) -> list[ReplyEvent]:
        raise ProviderError("down", "The model is not there.")

    edge.mind.answer = answer
    await tape.start("apology1")
    async with line_to(edge, "apology1") as line:
        await line.silence(1.2)
        await line.speak(await said(edge, "I would like a tap repair."))
        await line.silence(3.5)
    await until(lambda: tape.of("call_ended"))
    assert any("something went wrong" in event.text for event in tape.of("reply_heard"))


async def test_a_speculative_reply_runs_no_tool_when_the_caller_goes_on(
    edge: Any, line_to: Any, tape: Tape, until: Any, plants: None
) -> None:
    edge.mind.answer = lambda _: [ToolCall("water_plants", {"room": "kitchen"}), TextDelta("Done."), Done()]
    await tape.start("spec1")
    async with line_to(edge, "spec1") as line:
        await line.silence(1.2)
        speech = await said(edge, "Please water the plants in the kitchen.")
        await line.speak(speech[:-2400])
        await line.ws.close()
    await until(lambda: tape.of("call_ended"))
    assert not tape.of("tool_requested")
    assert not tape.of("turn_committed")


async def test_what_a_caller_asked_for_is_done_though_they_hang_up_before_the_model_has_said_so(
    edge: Any, line_to: Any, tape: Tape, until: Any, plants: None
) -> None:
    edge.mind.answer = lambda _: [ToolCall("water_plants", {"room": "kitchen"}), TextDelta("Done."), Done()]
    edge.mind.thinks = asyncio.Event()
    await tape.start("bye1")
    async with line_to(edge, "bye1") as line:
        await line.silence(1.2)
        await line.speak(await said(edge, "Please water the plants in the kitchen."))
        async with asyncio.TaskGroup() as group:
            caller = group.create_task(line.silence(60.0))
            await until(lambda: tape.of("turn_committed"))
            caller.cancel()
    edge.mind.thinks.set()
    await until(lambda: tape.of("call_ended"))
    (requested,) = tape.of("tool_requested")
    assert requested.arguments == {"room": "kitchen"}
    assert tape.of("call_ended")[0].open_tools == [requested.tool_call_id]
    assert [event.kind for event in tape.events][-2:] == ["tool_requested", "call_ended"]
    assert not [event for event in tape.of("reply_heard") if event.cause == "turn"]


async def test_the_last_words_of_a_caller_who_hangs_up_at_once_are_heard(
    edge: Any, line_to: Any, tape: Tape, until: Any, plants: None
) -> None:
    edge.mind.answer = lambda _: [ToolCall("water_plants", {"room": "kitchen"}), TextDelta("Done."), Done()]
    await tape.start("bye3")
    async with line_to(edge, "bye3") as line:
        await line.silence(1.2)
        sound = await said(edge, "Please water the plants in the kitchen.")
        await line.speak(sound[: np.flatnonzero(np.abs(sound) > 300)[-1]])  # To the very last sound of it.
    await until(lambda: tape.of("call_ended"))
    assert tape.of("call_ended")[0].reason == "caller_hung_up"
    assert "kitchen" in tape.of("turn_committed")[0].text
    assert [event.kind for event in tape.events][-2:] == ["tool_requested", "call_ended"]
    assert not [event for event in tape.of("reply_heard") if event.cause == "turn"]


async def test_an_edge_that_stops_waits_for_what_it_still_does_for_a_caller_who_has_hung_up(
    engines: Engines, speech: dict[str, Any], nats_client: Any, line_to: Any, tape: Tape, tmp_path: Path, until: Any
) -> None:
    """Slow: the model takes longer than the web server waits for its connections, a second."""
    mind = ScriptedMind(lambda _: [ToolCall("water_plants", {"room": "kitchen"}), Done()], thinks=asyncio.Event())
    assert mind.thinks
    nobody: Any = Quiet()
    await tape.start("bye2")
    bucket = await nats_client.jetstream().create_key_value(bucket=TOOLS_BUCKET)
    await bucket.put(SPEC.name, SPEC.model_dump_json().encode())
    async with (
        services_on(engines.nats_url, tmp_path, AGENT, mind=mind, **speech) as (services, bus),
        carrying(services, EdgeSettings(data=tmp_path)) as (node, url),
    ):
        await until(lambda: SPEC.name in bus.tools())
        edge = Edge(node, mind, url)
        async with line_to(edge, "bye2") as line:
            await line.silence(1.2)
            await line.speak(await said(edge, "Please water the plants in the kitchen."))
            await quiet(line, until, lambda: tape.of("turn_committed"))
        await until(lambda: "bye2" not in node.calls)
        with pytest.raises(Refused) as refused:
            await node.take("bye2", Party("webrtc", returns=True), nobody, again=True)
        assert refused.value.code == "call_over"
        assert await node.is_over("bye2")
        assert await node.carried(b"bye2")
        asyncio.get_running_loop().call_later(2.0, mind.thinks.set)
    await bucket.delete(SPEC.name)
    await until(lambda: tape.of("call_ended"))
    assert [event.kind for event in tape.events][-2:] == ["tool_requested", "call_ended"]


async def test_history_of_a_call_holds_only_what_was_heard(edge: Any, line_to: Any, until: Any) -> None:
    async with line_to(edge, "heard1") as line:
        await line.silence(1.2)
        await line.speak(await said(edge, "I would like a tap repair."))
        await line.silence(3.0)
        await line.speak(await said(edge, "And a boiler service."))
        await line.silence(1.0)
        await until(lambda: len([c for c in edge.mind.asked if c.entries[-1] != edge.mind.asked[0].entries[-1]]) > 0)
    entries = edge.mind.asked[-1].entries
    assert isinstance(entries[0], AgentSaid)
    assert [type(entry).__name__ for entry in entries[:4]] == ["AgentSaid", "CallerSaid", "AgentSaid", "CallerSaid"]


async def test_the_agent_hangs_up_once_its_goodbye_was_heard(edge: Any, line_to: Any, tape: Tape, until: Any) -> None:
    edge.mind.answer = lambda _: [TextDelta("Thank you for calling. Goodbye."), EndCall(), Done()]
    await tape.start("bye1")
    async with line_to(edge, "bye1") as line:
        await line.silence(1.2)
        await line.speak(await said(edge, "That was all, thank you."))
        await line.silence(3.0)
        await until(lambda: line.ws.closed)
    await until(lambda: tape.of("call_ended"))
    assert tape.of("call_ended")[0].reason == "agent_hung_up"
    assert tape.of("reply_heard")[-1].text == "Thank you for calling. Goodbye."
    assert not tape.of("reply_heard")[-1].interrupted


async def test_a_call_that_runs_into_a_defect_harms_no_other(edge: Any, line_to: Any, tape: Tape, until: Any) -> None:
    await tape.start("broken1")
    async with line_to(edge, "broken1") as broken, line_to(edge, "sound1") as sound:
        await until(lambda: {"broken1", "sound1"} <= set(edge.node.calls))
        edge.node.calls["broken1"].vad_state = None
        edge.node.calls["broken1"]._replies._playout = None
        await broken.silence(0.3)
        await until(lambda: tape.of("call_ended"))
        assert tape.of("call_ended")[0].reason == "failed"
        before = sound.media
        await sound.silence(0.5)
        assert sound.media >= before
        assert set(edge.node.calls) == {"sound1"}


class Slow:
    """A mind that does not come to the end of its first reply to a caller; the next are as told."""

    def __init__(self, answer: Callable[[Conversation], list[ReplyEvent]]) -> None:
        self.answer = answer
        self.asked: list[Conversation] = []

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        self.asked.append(conversation)
        if sum(isinstance(entry, CallerSaid) for entry in conversation.entries) == 1:
            await asyncio.Event().wait()
        for event in self.answer(conversation):
            yield event

    async def close(self) -> None:
        return


async def test_what_is_said_before_a_reply_was_thought_out_is_answered_with_what_follows(
    edge: Any, line_to: Any, tape: Tape, until: Any
) -> None:
    def answer(conversation: Conversation) -> list[ReplyEvent]:
        asked = [question.question_id for question in conversation.questions]
        return [Answer(asked[0], {"time": "10:30"}) if asked else TextDelta("Yes."), Done()]

    mind = Slow(answer)
    edge.node.services = replace(edge.node.services, mind=mind)
    await tape.start("twice1")
    async with line_to(edge, "twice1") as line:
        await line.silence(1.0)
        question = {"type": "object", "properties": {"time": {"type": "string"}}}
        await tape.send(
            QuestionAsked(
                call_id="twice1", region="local", question_id="q1", tool_call_id="t1", text="When?", answer=question
            )
        )
        await quiet(line, until, lambda: any(event.cause == "question" for event in tape.of("reply_heard")))
        await line.speak(await said(edge, "Half past ten would be good."))
        await quiet(line, until, lambda: tape.of("turn_committed"))
        await line.speak(await said(edge, "In the morning of course, I mean."))
        await quiet(line, until, lambda: tape.of("question_answered"))
    last = [entry.text.lower() for entry in mind.asked[-1].entries if isinstance(entry, CallerSaid)]
    assert len(last) == 2
    (answered,) = tape.of("question_answered")
    assert "ten" in answered.words.lower()
    assert "morning" in answered.words.lower(), "It was given in the words of both turns."
