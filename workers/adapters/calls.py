"""What JetStream holds of calls."""

from collections.abc import AsyncIterator

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

from schemas.base import Event
from schemas.events import decode
from schemas.subjects import call_subject, calls_stream, parse
from workers.pseudonyms import pseudonym

log = structlog.get_logger(__name__)

NEXT_SECONDS = 5.0
"""How long the next message is waited for."""
TROUBLE = (nats.errors.Error, JetStreamError, OSError, TimeoutError)


class StoredCalls:
    """``Calls`` on the region's stream."""

    def __init__(self, js: JetStreamContext, region: str, pseudonym_key: str = "") -> None:
        self._js = js
        self._region = region
        self._key = pseudonym_key

    async def events(self, call_id: str) -> list[Event]:
        found = []
        try:
            async for msg in messages(self._js, self._region, call_subject(self._region, call_id, ">")):
                event = read(msg)
                if event is not None:
                    found.append(event)
        except TROUBLE as error:
            raise OSError(f"JetStream does not answer: {type(error).__name__} {error}") from error
        return found

    def pseudonym(self, caller: str | None) -> str | None:
        return pseudonym(caller, self._key)


def read(msg: Msg) -> Event | None:
    """The event in a message; None where it is none that this code knows."""
    try:
        return decode(parse(msg.subject)[2], msg.data)
    except (KeyError, ValueError):
        return None


async def messages(js: JetStreamContext, region: str, subject: str) -> AsyncIterator[Msg]:
    """Every message that the region's stream holds now on ``subject``, oldest first; one in memory at a time."""
    stream = calls_stream(region)
    info = await js.stream_info(stream, subjects_filter=subject)
    left = sum((info.state.subjects or {}).values())
    if not left:
        return
    subscription = await js.subscribe(subject, stream=stream, ordered_consumer=True)
    try:
        while left:
            msg = await subscription.next_msg(timeout=NEXT_SECONDS)
            yield msg
            left = msg.metadata.num_pending
    finally:
        await subscription.unsubscribe()
