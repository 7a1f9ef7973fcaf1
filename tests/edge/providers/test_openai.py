"""The mind against a local endpoint which speaks chat completions over the wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from edge.core.conversation import (
    Answer,
    CallerSaid,
    Conversation,
    Done,
    EndCall,
    Question,
    ReplyEvent,
    TextDelta,
    ToolAsked,
    ToolCall,
)
from edge.errors import ProviderError
from edge.functions import GOODBYE, SORRY
from edge.providers import find
from edge.providers.openai import OpenAI
from edge.settings import EdgeSettings
from edge.uplink import session
from tests.edge.conversations import conversation

Answerer = Callable[[web.StreamResponse], Awaitable[None]]

QUESTION = Question("q_1", "Ten or two?", {"type": "object", "properties": {"slot": {"type": "string"}}})


class Endpoint:
    """Plays one prepared answer for each request, and keeps the requests."""

    def __init__(self) -> None:
        self.answers: list[Answerer | int] = []
        self.requests: list[dict[str, Any]] = []
        self.authorization = ""
        self.gone = asyncio.Event()
        self.connections: set[Any] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername"))
        self.authorization = request.headers["Authorization"]
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            return web.json_response({"error": {"message": "no", "code": None}}, status=answer)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await answer(response)
        except (asyncio.CancelledError, ConnectionError):
            self.gone.set()
            raise
        return response


async def event(response: web.StreamResponse, **delta: Any) -> None:
    await data(response, {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta}]})


async def data(response: web.StreamResponse, body: Any) -> None:
    await response.write(f"data: {body if isinstance(body, str) else json.dumps(body)}\n\n".encode())


def text(*parts: str) -> Answerer:
    async def answer(response: web.StreamResponse) -> None:
        await event(response, role="assistant", content="")
        for part in parts:
            await event(response, content=part)
        await data(response, {"id": "c", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}})
        await data(response, "[DONE]")

    return answer


def calls(*functions: tuple[str, str], before: str = "") -> Answerer:
    """Function calls whose arguments come in pieces, interleaved."""

    async def answer(response: web.StreamResponse) -> None:
        if before:
            await event(response, content=before)
        for index, (name, _) in enumerate(functions):
            call = {"index": index, "id": f"x{index}", "type": "function", "function": {"name": name, "arguments": ""}}
            await event(response, tool_calls=[call])
        for start in range(0, 400, 5):
            for index, (_, arguments) in enumerate(functions):
                if piece := arguments[start : start + 5]:
                    await event(response, tool_calls=[{"index": index, "function": {"arguments": piece}}])
        await data(response, "[DONE]")

    return answer


@pytest_asyncio.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    endpoint = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", endpoint.handle)
    async with TestServer(app, handler_cancellation=True) as server:
        yield endpoint, str(server.make_url("/v1"))


@pytest_asyncio.fixture
async def mind(endpoint: tuple[Endpoint, str]) -> AsyncIterator[OpenAI]:
    mind = OpenAI(session(), endpoint[1], "sk-test", "m-1", first=1.0, further=0.5)
    yield mind
    await mind.close()


@pytest.fixture
def wire(endpoint: tuple[Endpoint, str]) -> Endpoint:
    return endpoint[0]


async def reply(mind: OpenAI, talk: Conversation | None = None) -> list[ReplyEvent]:
    async with asyncio.timeout(60):
        return [event async for event in mind.reply(talk or conversation())]


async def test_streams_text(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [text("Good", " morning.")]

    assert await reply(mind) == [TextDelta("Good"), TextDelta(" morning."), Done()]
    (request,) = wire.requests
    assert wire.authorization == "Bearer sk-test"
    assert (request["model"], request["user"]) == ("m-1", "call_1")
    assert request["stream_options"] == {"include_usage": True}
    assert [tool["function"]["name"] for tool in request["tools"]] == ["book_visit", "end_call", "cancel_request"]
    assert "Friday 20 November 2026, 10:05 (UTC)" in request["messages"][-1]["content"]


async def test_replies_share_a_connection(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [text("One.") for _ in range(5)]
    for _ in range(5):
        await reply(mind)

    assert len(wire.connections) <= 2  # The one that is kept warm may be busy with that at first.


async def test_two_tool_calls_at_once(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("book_visit", '{"day": "Monday"}'), ("book_visit", '{"day": "Tuesday"}'))]

    assert await reply(mind) == [
        ToolCall("book_visit", {"day": "Monday"}),
        ToolCall("book_visit", {"day": "Tuesday"}),
        Done(again=True),
    ]


async def test_a_tool_call_with_words_needs_no_second_reply(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("book_visit", "{}"), before="I'll book that.")]

    assert await reply(mind) == [TextDelta("I'll book that."), ToolCall("book_visit", {}), Done()]


async def test_tool_calls_do_not_go_on_for_ever(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("book_visit", "{}"))]
    talk = conversation(CallerSaid(1, "Book it."), ToolAsked("book_visit-1", "book_visit", {}))

    assert await reply(mind, talk) == [TextDelta("One moment please."), ToolCall("book_visit", {}), Done()]


@pytest.mark.parametrize("broken", ['{"day": "Mon', "[1]", "null", '"x"'])
async def test_malformed_arguments_are_asked_for_again(mind: OpenAI, wire: Endpoint, broken: str) -> None:
    wire.answers = [calls(("book_visit", broken)), calls(("book_visit", '{"day": "Monday"}'), before="Right.")]

    assert await reply(mind) == [TextDelta("Right."), ToolCall("book_visit", {"day": "Monday"}), Done()]
    assert "The arguments of book_visit were not" in wire.requests[1]["messages"][-1]["content"]


async def test_malformed_twice_is_said_to_the_caller(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("book_visit", "{")), calls(("nonsense", "{}"))]

    assert await reply(mind) == [TextDelta(SORRY), Done()]


async def test_an_answer_to_a_question(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("answer_question", '{"question_id": "q_1", "answer": {"slot": "ten"}}'))]

    events = await reply(mind, conversation(CallerSaid(1, "Ten."), questions=(QUESTION,)))

    assert events == [Answer("q_1", {"slot": "ten"}), Done(again=True)]
    assert wire.requests[0]["tools"][-1]["function"]["name"] == "answer_question"
    assert "q_1: Ten or two?" in wire.requests[0]["messages"][-1]["content"]


async def test_ending_the_call_is_never_silent(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [calls(("end_call", ""))]

    assert await reply(mind) == [TextDelta(GOODBYE), EndCall(), Done()]


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "unauthorised", False),
        (403, "unauthorised", False),
        (404, "unknown_model", False),
        (400, "refused", False),
        (429, "busy", True),
        (500, "unavailable", True),
        (503, "unavailable", True),
    ],
)
async def test_refusals_say_what_to_do(mind: OpenAI, wire: Endpoint, status: int, code: str, retryable: bool) -> None:
    wire.answers = [status]

    with pytest.raises(ProviderError) as caught:
        await reply(mind)

    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    assert "sk-test" not in caught.value.message
    assert len(wire.requests) == 1


async def stall(response: web.StreamResponse) -> None:
    await asyncio.sleep(30)


async def stall_later(response: web.StreamResponse) -> None:
    await event(response, content="One")
    while True:  # A server that keeps the connection alive has still said nothing.
        await response.write(b": ping\n\n")
        await asyncio.sleep(0.1)


async def drop(response: web.StreamResponse) -> None:
    await event(response, content="One")
    assert response._req is not None
    assert response._req.transport is not None
    response._req.transport.abort()


async def garbage(response: web.StreamResponse) -> None:
    await event(response, content="One")
    await data(response, "{not json")


async def wrong_shape(response: web.StreamResponse) -> None:
    await data(response, {"choices": "many"})


async def failure(response: web.StreamResponse) -> None:
    await event(response, content="One")
    await data(response, {"error": {"message": "overloaded"}})


async def silence(response: web.StreamResponse) -> None:
    await data(response, "[DONE]")


async def endless(response: web.StreamResponse) -> None:
    while True:
        await event(response, content="word " * 100)


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (stall, "stalled", 0),
        (stall_later, "stalled", 1),
        (drop, "unreachable", 1),
        (garbage, "malformed", 1),
        (wrong_shape, "malformed", 0),
        (failure, "failed", 1),
        (silence, "empty", 0),
        (endless, "endless", 6),
    ],
)
async def test_a_stream_that_goes_wrong(mind: OpenAI, wire: Endpoint, answer: Answerer, code: str, said: int) -> None:
    wire.answers = [answer]
    events: list[ReplyEvent] = []

    async def gather() -> None:
        async for event in mind.reply(conversation()):
            events.append(event)

    with pytest.raises(ProviderError) as caught:
        async with asyncio.timeout(60):
            await gather()

    assert caught.value.code == code
    assert len(events) == said


async def test_nobody_there() -> None:
    settings = EdgeSettings(openai_base_url="http://127.0.0.1:9/v1")
    mind = await find("mind", "openai").open(settings)

    with pytest.raises(ProviderError) as caught:
        async for _ in mind.reply(conversation()):
            pass
    await mind.close()

    assert (caught.value.code, caught.value.retryable) == ("unreachable", True)


async def test_leaving_closes_the_connection(mind: OpenAI, wire: Endpoint) -> None:
    wire.answers = [stall_later]
    stream = mind.reply(conversation())

    assert await anext(stream) == TextDelta("One")
    await stream.aclose()  # type: ignore[attr-defined]

    async with asyncio.timeout(60):
        await wire.gone.wait()


async def test_needs_a_key_or_an_endpoint() -> None:
    with pytest.raises(ProviderError, match="Set OPENAI_API_KEY"):
        await find("mind", "openai").open(EdgeSettings(openai_api_key=None, openai_base_url=None))
