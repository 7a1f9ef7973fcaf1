"""The dialogue policy as a provider."""

import contextlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from edge.core.conversation import CallerSaid, Conversation, Done, ReplyEvent, TextDelta, Tool
from edge.errors import ProviderError
from edge.providers import find
from edge.providers.dialogue import PROVIDER

TOOL = Tool("say_day", "book a day", "Books a day.", {"properties": {"day": {"type": "string", "format": "date"}}})


def talk(text: str, tools: tuple[Tool, ...] = (TOOL,)) -> Conversation:
    return Conversation("call", "", "", datetime(2026, 11, 20, tzinfo=UTC), tools, (CallerSaid(1, text),))


async def test_it_is_found_and_replies_in_pieces() -> None:
    mind = await find("mind", "dialogue").open(cast("Any", None))
    events = [event async for event in mind.reply(talk("I'd like to book a day"))]
    assert isinstance(events[0], TextDelta)
    assert isinstance(events[-1], Done)
    await mind.close()


async def test_it_may_be_abandoned() -> None:
    mind = await PROVIDER.open(cast("Any", None))
    async with contextlib.aclosing(cast("AsyncGenerator[ReplyEvent]", mind.reply(talk("hello")))) as reply:
        assert isinstance(await anext(reply), TextDelta)


async def test_a_defect_is_a_provider_error() -> None:
    mind = await PROVIDER.open(cast("Any", None))
    with pytest.raises(ProviderError, match="could not make a reply"):
        _ = [event async for event in mind.reply(cast("Any", "no conversation"))]
