"""The whole stack, once for all system tests: real engines, real processes, real speech."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.collecting import Collector, collecting
from tests.system.browser import Rule, chromium_running, wav_of
from trunkline.caller.recogniser import Recogniser
from trunkline.demo.stack import own_stack
from trunkline.stack.local import LocalStack


@pytest_asyncio.fixture(scope="session")
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as collector:
        yield collector


@pytest.fixture
def exported(collector: Collector) -> list[bytes]:
    """What the stack has exported of traces so far."""
    return collector.exported


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> AsyncIterator[LocalStack]:
    """``trunkline up`` on free ports and a folder of its own; its traces go to the collector."""
    os.environ["TRUNKLINE_OTLP_ENDPOINT"] = collector.url
    # The stack, its callers and their browser share one small machine: an edge that is late there still takes calls.
    os.environ["TRUNKLINE_LATE"] = "1"
    async with own_stack(tmp_path_factory.mktemp("stack"), lambda name: None) as stack:
        # The stack has them; other tests' processes are not to.
        del os.environ["TRUNKLINE_LATE"], os.environ["TRUNKLINE_OTLP_ENDPOINT"]
        yield stack


@pytest_asyncio.fixture(scope="session")
async def recogniser() -> AsyncIterator[Recogniser]:
    """The caller's hearing, shared by the calls of a session."""
    recogniser = await Recogniser.start()
    yield recogniser
    await recogniser.close()


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Headless, one for the tests of a module."""
    async with chromium_running() as browser:
        yield browser


BOOKING = {
    "anything else": "No, thank you, goodbye.",
    r"right\?|correct|go ahead": "Yes, please.",  # Not "All right, eight it is": nobody answers that.
    "your name|full name": "John Miller.",
    "help you|do for you": "I'd like to book a boiler service for next Tuesday at ten in the morning.",
    "what time|which time": "Ten in the morning.",
    "which day|what day|when would": "Next Tuesday.",
    "could offer|can offer": "The first one, please.",
}


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """A caller at a browser who books a boiler service."""
    return [Rule(when, wav_of(words)) for when, words in BOOKING.items()]
