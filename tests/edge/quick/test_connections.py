"""A service that answers twice: its second answer is nobody's."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from edge.quick.tools import QuickTools, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.quick.declared import QuickTool

    Track = Callable[..., QuickTool]


class Stammering:
    """Answers each question with what it was asked; ``repeat`` says the last answer once more."""

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0
        self._said: tuple[asyncio.StreamWriter, bytes] | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                assert length is not None
                asked = json.loads(await reader.readexactly(int(length[1])))
                body = json.dumps(asked["arguments"]).encode()
                answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
                writer.write(answer)
                self._said = writer, answer
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def repeat(self) -> None:
        assert self._said is not None
        writer, answer = self._said
        writer.write(answer)


@pytest_asyncio.fixture
async def stammering() -> AsyncIterator[Stammering]:
    service = Stammering()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    yield service
    server.close()


@pytest_asyncio.fixture
async def quick(stammering: Stammering, track: "Track") -> AsyncIterator[QuickTools]:
    quick = QuickTools.open([track(url=stammering.url)])
    yield quick
    await quick.close()


async def ask(quick: QuickTools, code: str) -> Told:
    return await quick.answer("track_parcel", {"code": code}, "call1", None)


@pytest.mark.parametrize("turns", [0, 10], ids=["not yet read", "read"])
async def test_an_answer_that_comes_again_is_not_taken_for_the_next_one(
    stammering: Stammering, quick: QuickTools, turns: int
) -> None:
    assert await ask(quick, "one") == Told({"code": "one"})
    stammering.repeat()
    for _ in range(turns):
        await asyncio.sleep(0)  # The loop reads what has come.
    assert await ask(quick, "two") == Told({"code": "two"})
    assert stammering.connections == 2


async def test_a_connection_on_which_nothing_came_is_used_again(stammering: Stammering, quick: QuickTools) -> None:
    for code in ("one", "two", "three"):
        assert await ask(quick, code) == Told({"code": code})
    assert stammering.connections == 1
