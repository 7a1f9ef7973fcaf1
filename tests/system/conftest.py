"""The whole stack, once for all system tests: real engines, real processes, real speech."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from trunkline.caller.recogniser import Recogniser
from trunkline.demo.stack import own_stack
from trunkline.stack.local import LocalStack


@pytest_asyncio.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalStack]:
    """``trunkline up`` on free ports and a folder of its own."""
    async with own_stack(tmp_path_factory.mktemp("stack"), lambda name: None) as stack:
        yield stack


@pytest_asyncio.fixture(scope="session")
async def recogniser() -> AsyncIterator[Recogniser]:
    """The caller's hearing, shared by the calls of a session."""
    recogniser = await Recogniser.start()
    yield recogniser
    await recogniser.close()
