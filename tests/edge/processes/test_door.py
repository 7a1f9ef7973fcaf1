"""The door, with nobody behind it but the desk: what is slow, silent or endless is kept out and holds nobody up."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from edge.processes import door
from edge.processes.door import Door, listen

REQUEST = b"GET /twilio HTTP/1.1\r\nHost: edge\r\n\r\n"


class Peer:
    """Somebody at the door."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> bytes:
        """What comes until the other side hangs up."""
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), 60)
        return b""


class Entrance:
    """A door whose desk echoes the requests it gets."""

    def __init__(self) -> None:
        self.listener = listen("127.0.0.1", 0)
        self.door = Door(self.listener, [], self.desk)
        self.seen = 0
        self._peers: list[Peer] = []

    async def desk(self, connection: socket.socket) -> None:
        self.seen += 1
        request = await asyncio.get_running_loop().sock_recv(connection, 1 << 16)
        await asyncio.get_running_loop().sock_sendall(connection, request)
        connection.close()

    async def peer(self, said: bytes = b"") -> Peer:
        reader, writer = await asyncio.open_connection(*self.listener.getsockname())
        writer.write(said)
        self._peers.append(peer := Peer(reader, writer))
        return peer

    def close(self) -> None:
        for peer in self._peers:
            peer.writer.close()


@pytest_asyncio.fixture
async def entrance() -> AsyncIterator[Entrance]:
    entrance = Entrance()
    running = asyncio.create_task(entrance.door.run())
    yield entrance
    running.cancel()
    await asyncio.wait([running])
    entrance.close()
    entrance.listener.close()


async def test_a_request_in_drops_is_handed_on_once_it_is_there_and_whole(entrance: Entrance) -> None:
    peer = await entrance.peer()
    for byte in REQUEST[:-1]:
        peer.writer.write(bytes([byte]))
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert entrance.seen == 0
    peer.writer.write(REQUEST[-1:])
    assert await peer.answer() == REQUEST


async def test_what_is_no_http_is_for_whoever_refuses_it(entrance: Entrance) -> None:
    hello = b"\x16\x03\x01\x02"
    assert await (await entrance.peer(hello)).answer() == hello


async def test_a_head_without_end_is_hung_up_on(entrance: Entrance) -> None:
    peer = await entrance.peer(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"x" * door.LARGEST)
    assert await peer.answer() == b""
    assert entrance.seen == 0


async def test_a_peer_that_leaves_in_the_middle_is_let_go(entrance: Entrance) -> None:
    peer = await entrance.peer(b"GET /heal")
    peer.writer.write_eof()
    assert await peer.answer() == b""
    assert entrance.seen == 0


async def test_the_silent_are_hung_up_on_in_time(entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.1)
    assert await (await entrance.peer(b"GET /twilio HTTP/1.1\r\n")).answer() == b""


async def test_a_crowd_of_the_silent_keeps_nobody_out(entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "WAITING", 5)
    silent = [await entrance.peer(b"G") for _ in range(20)]
    assert await (await entrance.peer(REQUEST)).answer() == REQUEST
    gone = await asyncio.gather(*(peer.answer() for peer in silent[:10]))
    assert gone == [b""] * 10, "those that were silent longest made room"
