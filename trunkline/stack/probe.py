"""One look at a server on loopback: says something to it, reads the beginning of what it says."""

import asyncio
import contextlib

from trunkline.stack.ports import LOOPBACK

_PATIENCE = 2.0


async def talk(port: int, say: bytes, expect: bytes, host: str = LOOPBACK) -> bytes:
    """The first bytes that the server on ``port`` answers.

    Raises:
        OSError: nobody is there, or the answer does not begin with ``expect``.
        TimeoutError: no answer within two seconds.
    """
    async with asyncio.timeout(_PATIENCE):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(say)
            answer = await reader.read(4096)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    if not answer.startswith(expect):
        raise OSError(f"Port {port} answers {answer[:60]!r}, which is not the server that was looked for.")
    return answer


async def get(port: int, path: str, host: str = LOOPBACK) -> bytes:
    """The first bytes of the answer to an HTTP GET that succeeds.

    Raises:
        OSError: nobody is there, or the status is not 200.
        TimeoutError: no answer within two seconds.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    return await talk(port, request.encode(), b"HTTP/1.1 200", host)
