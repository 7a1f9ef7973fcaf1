"""One question to one web service, over a pool of connections; whatever it does, an answer or a Fault."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

from edge.quick.connections import CleanConnector
from edge.quick.declared import QuickTool, filled
from schemas import signing

LARGEST = 16 * 1024
"""Bytes of an answer; a caller is told a sentence of it."""
LONGEST = 5.0
"""Seconds after which a service is given up altogether; the caller's patience has ended long before."""


class Fault(Exception):
    """There is no answer. ``code`` is stable, the message is for whoever runs the agent, and not for the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def session() -> aiohttp.ClientSession:
    """Connections for all quick tools of a process. No cookies, no proxies from the environment, nothing unpacked."""
    return aiohttp.ClientSession(
        connector=CleanConnector(limit=64, limit_per_host=16, keep=75),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=LONGEST),
        auto_decompress=False,
    )


async def ask(
    http: aiohttp.ClientSession, tool: QuickTool, question: Mapping[str, Any], call_id: str
) -> dict[str, Any]:
    """What the service tells.

    Raises:
        Fault: it is away, slow, wrong, huge, or wants us elsewhere.
    """
    body = msgspec.json.encode(question)
    headers = {name: filled(value) for name, value in tool.headers.items()}
    headers |= {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    headers |= {"Trunkline-Call": call_id, "Trunkline-Request": uuid.uuid4().hex}
    if tool.secret:
        headers[signing.HEADER] = signing.sign(filled(tool.secret), body, time.time())
    try:
        # Redirects are not followed: the file's author has chosen one address, and not whatever it points to.
        async with http.post(tool.url, data=body, headers=headers, allow_redirects=False) as response:
            return await _read(response)
    except Fault:
        raise
    except TimeoutError:
        raise Fault("slow", f"The service did not answer within {LONGEST:g} s.") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Fault("away", f"The service cannot be reached: {type(error).__name__} {error}"[:300]) from error


async def _read(response: aiohttp.ClientResponse) -> dict[str, Any]:
    if 300 <= response.status < 400:
        raise Fault("redirected", f"The service answered {response.status}, which points elsewhere. Set the new url.")
    if response.status != 200:
        raise Fault(f"http_{response.status}", f"The service answered {response.status}.")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Fault("packed", "The service packs its answers although it was asked not to.")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise Fault("huge", f"The service's answer is larger than {LARGEST} bytes.")
    try:
        told: Any = msgspec.json.decode(bytes(body))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Fault("malformed", f"The service's answer is not JSON: {error}.") from error
    return told if isinstance(told, dict) else {"result": told}
