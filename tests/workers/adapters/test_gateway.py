"""The gateway as a client of it meets it when answers come twice, or are about something else."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from workers.adapters.gateway import HttpGateway
from workflows.ports import Charge


def charge(key: str) -> Charge:
    return Charge(key=key, token="tok_1", amount=1000, currency="USD", reference=f"of {key}")


class Gateway:
    """Answers each request on its connection, and then once more when told to; ``about`` overrules the key."""

    def __init__(self) -> None:
        self.again = asyncio.Event()
        self.repeated = asyncio.Event()
        self.about: str | None = None
        self.connections = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await reader.readexactly(int((re.search(r"content-length: (\d+)", head, re.IGNORECASE) or "00")[1]))
                found = re.search(r"idempotency-key: (.*)\r", head, re.IGNORECASE)
                key = self.about or (found[1] if found else "")
                body = json.dumps({"key": key, "status": "authorised", "payment": f"pay_{key}"}).encode()
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                self._own(self._repeat(writer, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _repeat(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        await self.again.wait()
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        self.repeated.set()

    def _own(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def served() -> AsyncIterator[tuple[Gateway, HttpGateway]]:
    gateway = Gateway()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    client = HttpGateway(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "key", patience=5.0)
    yield gateway, client
    await client.close()
    await gateway.close()
    server.close()


async def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one(served: tuple[Gateway, HttpGateway]) -> None:
    gateway, client = served
    assert (await client.authorise(charge("first-key"))).payment == "pay_first-key"
    gateway.again.set()
    await gateway.repeated.wait()
    assert (await client.authorise(charge("second-key"))).payment == "pay_second-key"
    assert gateway.connections == 2


async def test_an_answer_about_another_payment_is_no_answer(served: tuple[Gateway, HttpGateway]) -> None:
    """What was done is not known then: it is asked for again, under its key."""
    gateway, client = served
    gateway.about = "somebody-elses"
    with pytest.raises(OSError, match="about another payment"):
        await client.authorise(charge("first-key"))
    gateway.about = None
    assert (await client.authorise(charge("first-key"))).payment == "pay_first-key"
