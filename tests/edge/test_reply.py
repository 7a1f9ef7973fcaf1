"""One reply: phrases become sound in order, tools wait for the commitment, and what breaks is contained."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from edge.core.conversation import Answer, Cancel, Conversation, Done, ReplyEvent, TextDelta, ToolCall
from edge.core.playout import Track
from edge.errors import ProviderError
from edge.ports import LanguageModel, Speech
from edge.reply import Reply, Times

CONVERSATION = Conversation("c", "", "", datetime(2026, 11, 20, tzinfo=UTC), (), ())


class Mind:
    """Answers with these events; an exception among them is raised there."""

    def __init__(self, *passes: list[ReplyEvent | Exception]) -> None:
        self.passes = list(passes)

    async def reply(self, conversation: Conversation) -> AsyncIterator[ReplyEvent]:
        for event in self.passes.pop(0):
            if isinstance(event, Exception):
                raise event
            yield event

    async def close(self) -> None:
        return


class Desk:
    """Takes tool calls and answers."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.requested: list[ToolCall] = []
        self.answered: list[Answer] = []
        self.cancelled: list[Cancel] = []

    def conversation(self) -> Conversation:
        return CONVERSATION

    async def request(self, call: ToolCall, settled: asyncio.Event) -> bool:
        await settled.wait()
        self.requested.append(call)
        return self.takes

    def cancel(self, cancel: Cancel) -> bool:
        self.cancelled.append(cancel)
        return True

    def answer(self, answer: Answer) -> bool:
        self.answered.append(answer)
        return True


class Watched:
    """A reply with what it reported."""

    def __init__(self, voice: Any) -> None:
        self.ready: list[str] = []
        self.thought: list[Reply] = []
        self.reply = Reply(
            id="r1",
            cause="turn",
            turn=1,
            track=Track("r1", held=False),
            voice=voice,
            on_ready=self.ready.append,
            on_thought=self.thought.append,
            times=Times(0.0),
        )

    def think(self, mind: LanguageModel, desk: Desk) -> None:
        self.reply.think(CONVERSATION, mind, desk)

    async def done(self) -> None:
        task = next(task for task in asyncio.all_tasks() if task.get_name() == "r1")
        await asyncio.wait([task], timeout=60)
        assert self.reply.track.complete


@pytest.fixture
def watched(speech: dict[str, Any]) -> Watched:
    return Watched(speech["voice"])


async def test_text_becomes_sound_and_ready_is_told_once(watched: Watched) -> None:
    watched.think(
        Mind([TextDelta("Of course, I can "), TextDelta("do that. Which day?"), Done(expects="open")]), Desk()
    )
    await watched.done()
    assert watched.reply.text == "Of course, I can do that. Which day?"
    assert watched.ready == ["r1"]
    assert watched.thought == [watched.reply]
    assert watched.reply.expects == "open"
    assert watched.reply.track.waiting


async def test_a_tool_waits_until_the_turn_is_committed(watched: Watched, until: Any) -> None:
    desk = Desk()
    watched.think(Mind([TextDelta("I'll book it. "), ToolCall("book", {}), Answer("q1", {}), Done()]), desk)
    await until(lambda: watched.ready)
    assert not desk.requested
    watched.reply.committed.set()
    watched.reply.settled.set()
    await watched.done()
    assert len(desk.requested) == 1
    assert len(desk.answered) == 1


async def test_a_cancelled_reply_runs_no_tool(watched: Watched, until: Any) -> None:
    desk = Desk()
    watched.think(Mind([TextDelta("I'll book it. "), ToolCall("book", {}), Done()]), desk)
    await until(lambda: watched.ready)
    watched.reply.cancel()
    await watched.done()
    watched.reply.committed.set()
    watched.reply.settled.set()
    await asyncio.sleep(0)
    assert not desk.requested


class Voice:
    """Says nothing for as long as it is held, and then breaks down."""

    joins = False

    def __init__(self) -> None:
        self.breaks = asyncio.Event()

    async def speak(self, text: str, tag: str = "") -> AsyncIterator[Speech]:
        await self.breaks.wait()
        if self.breaks.is_set():
            raise ProviderError("broken", "The voice is gone.")
        yield Speech(b"", 0)


@pytest.mark.parametrize("phrases", [1, 40])
@pytest.mark.parametrize("breaks", [False, True])
async def test_what_a_reply_does_unheard_does_not_hang_on_its_voice(breaks: bool, phrases: int) -> None:
    voice, desk = Voice(), Desk()
    watched = Watched(voice)
    text: list[ReplyEvent | Exception] = [TextDelta("I will book that for you now. ")] * phrases
    watched.think(Mind([*text, ToolCall("book", {}), Done()]), desk)
    watched.reply.committed.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    unheard = asyncio.create_task(watched.reply.act_unheard(60.0))
    await asyncio.sleep(0)
    if breaks:
        voice.breaks.set()
    async with asyncio.timeout(10):
        await unheard
    assert len(desk.requested) == 1


@pytest.mark.parametrize(
    ("event", "takes", "acted"),
    [
        (ToolCall("water", {}), True, True),
        (ToolCall("water", {}), False, False),
        (Answer("q1", {}), True, True),
        (Cancel("t1"), True, True),
        (TextDelta("Hello."), True, False),
    ],
)
async def test_it_knows_whether_it_has_done_anything_that_stands(
    watched: Watched, event: ReplyEvent, takes: bool, acted: bool
) -> None:
    watched.reply.committed.set()
    watched.reply.settled.set()
    watched.think(Mind([event, Done()], [TextDelta("Well."), Done()]), Desk(takes=takes))
    await watched.done()
    assert watched.reply.acted is acted


async def test_a_refused_tool_has_the_model_asked_again(watched: Watched) -> None:
    watched.reply.committed.set()
    watched.reply.settled.set()
    watched.think(Mind([ToolCall("fly", {}), Done()], [TextDelta("I cannot do that."), Done()]), Desk(takes=False))
    await watched.done()
    assert watched.reply.text == "I cannot do that."


async def test_a_model_that_never_stops_calling_tools_is_stopped(watched: Watched) -> None:
    desk = Desk(takes=False)
    watched.reply.committed.set()
    watched.reply.settled.set()
    fly: list[ReplyEvent | Exception] = [ToolCall("fly", {}), Done()]
    watched.think(Mind(*(fly for _ in range(99))), desk)
    await watched.done()
    assert len(desk.requested) <= 5


@pytest.mark.parametrize("error", [ProviderError("down", "Gone."), RuntimeError("A defect.")])
async def test_what_breaks_in_mid_sentence_is_contained(watched: Watched, error: Exception) -> None:
    watched.think(Mind([TextDelta("I can do that for you. And "), error]), Desk())
    await watched.done()
    assert watched.reply.failed
    assert watched.reply.track.complete


async def test_a_filler_comes_first_or_not_at_all(watched: Watched, until: Any) -> None:
    await watched.reply.fill("Let me see.")
    assert watched.reply.text == "Let me see. "
    watched.think(Mind([TextDelta("It is open."), Done()]), Desk())
    await watched.done()
    assert watched.reply.text == "Let me see. It is open."
    await watched.reply.fill("One moment.")
    assert watched.reply.text == "Let me see. It is open."


async def test_a_request_is_called_off_once_the_turn_is_committed(watched: Watched, until: Any) -> None:
    desk = Desk()
    watched.think(Mind([TextDelta("All right."), Cancel("dig-1"), Done()]), desk)
    await until(lambda: watched.ready)
    assert not desk.cancelled
    watched.reply.committed.set()
    watched.reply.settled.set()
    await watched.done()
    assert desk.cancelled == [Cancel("dig-1")]
