"""The emulation of chat completions, driven by OpenAI's own SDK."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
import pytest_asyncio

from benchmarks.vendors.faults import Fault
from benchmarks.vendors.server import Vendors

TOOL = {"type": "function", "function": {"name": "book_visit", "parameters": {"type": "object"}}}


@pytest_asyncio.fixture
async def client(vendors: Vendors) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="k", base_url=f"{vendors.http}/v1", max_retries=0) as client:
        yield client


async def stream(client: openai.AsyncOpenAI, *messages: Any, **options: Any) -> tuple[str, str, str]:
    """The text, the arguments of function calls, and how it ended."""
    text = arguments = finish = ""
    said: Any = await client.chat.completions.create(
        model="m", messages=list(messages), stream=True, stream_options={"include_usage": True}, **options
    )
    async for chunk in said:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
            for call in choice.delta.tool_calls or ():
                arguments += call.function.arguments or ""
    return text, arguments, finish


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def test_the_answer_goes_with_the_words(client: openai.AsyncOpenAI, vendors: Vendors) -> None:
    text, _, finish = await stream(client, user("I would like a boiler service"), user="call_7")
    assert (text, finish) == ("Of course, which day would suit you?", "stop")
    assert vendors.openai.users == {"call_7"}


async def test_a_tool_is_called_once(client: openai.AsyncOpenAI) -> None:
    asked = user("Book it for Tuesday.")
    text, arguments, finish = await stream(client, asked, tools=[TOOL])
    assert (text, arguments, finish) == ("One moment, ", '{"day": "Tuesday"}', "tool_calls")
    call = {"id": "c", "type": "function", "function": {"name": "book_visit", "arguments": arguments}}
    answered = [{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c", "content": "ok"}]
    assert await stream(client, asked, *answered, tools=[TOOL]) == ("It is booked.", "", "stop")


async def test_faults(client: openai.AsyncOpenAI, vendors: Vendors) -> None:
    faults = vendors.openai.faults.coming
    faults.append(Fault("refuse"))
    with pytest.raises(openai.AuthenticationError):
        await stream(client, user("Hello"))
    faults.append(Fault("busy"))
    with pytest.raises(openai.RateLimitError):
        await stream(client, user("Hello"))
    faults.append(Fault("drop", after=3))
    with pytest.raises(openai.APIConnectionError):
        await stream(client, user("Hello"))
    faults.append(Fault("stall", after=1))
    with pytest.raises(openai.APITimeoutError):
        await stream(client.with_options(timeout=0.3), user("Hello"))
