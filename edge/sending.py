"""Sends on a websocket without a task: a frame goes out in the moment it is made."""

from collections.abc import Coroutine
from typing import Any


def at_once(sending: Coroutine[Any, Any, None]) -> bool:
    """Take a send's one step. aiohttp writes in it, and only then waits, where the peer has not read for long.

    False where it would wait: what was to be sent is on its way, but nothing more should follow it now.

    Raises:
        ConnectionError, RuntimeError: the peer is gone.
    """
    try:
        sending.send(None)
    except StopIteration:
        return True
    sending.close()
    return False
