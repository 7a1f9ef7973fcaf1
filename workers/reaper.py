"""Ends the calls that nobody carries any more: their edge died, and their callers never came back.

A durable consumer hands out the beginning of every call, again and again until the call has ended: JetStream remembers
which calls are open, however many bridges there are and however often they die. The edges are asked who carries it. A
call that none has carried for ``patience`` seconds gets its ``call_ended`` from here. JetStream takes that only where
nothing has happened in the call since it was read, so that of several reapers one ends it, and none a call that has
just been taken up elsewhere.
"""

import asyncio
from collections.abc import Callable
from hashlib import sha256

import nats.errors
import structlog
from nats.aio.client import Client as Nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError

from schemas.base import Event
from schemas.calls import CallEnded, CallStarted
from schemas.conversations import rebuild
from schemas.events import encode, headers
from schemas.subjects import CARRIED, call_subject, calls_stream, parse, process_subject, subject
from schemas.turns import TurnCommitted
from workers.adapters.calls import messages, read
from workers.consumer import TROUBLE, Consumer, Pull
from workers.waiting import heed_cancellation

log = structlog.get_logger(__name__)

CONSUMER = "reaper"
LOOK = 20.0
"""Seconds between two looks at a call that is carried."""
AGAIN = 5.0
"""Seconds between two looks at one that is not."""
ANSWER = 1.0
"""Seconds that an edge has to say that it carries a call."""
AT_ONCE = 50
SLACK = 5.0
"""Seconds by which a look may come late."""
ACK = 30.0
"""Seconds after which a call whose reaper has died is given to another."""
MOST_OPEN = 100_000
_WRONG_SEQUENCE = 10071


class Doubts:
    """Since when calls have been missed without a break. ``patience``: seconds of that until one is taken for dead."""

    def __init__(self, patience: float) -> None:
        self.again = min(AGAIN, patience / 5)
        """Seconds until the next look at a call that is missed."""
        self._patience = patience
        self._missed: dict[str, tuple[float, float, int]] = {}
        """When each was missed first and last, and which look that was."""

    def lift(self, call_id: str) -> None:
        """Somebody carries it, or it has ended."""
        self._missed.pop(call_id, None)

    def lift_all(self) -> None:
        """Nobody could be asked for a while: edges come back from an outage later than we do."""
        self._missed.clear()

    def missed(self, call_id: str, look: int, now: float) -> bool:
        """Nobody carries it now; whether that has been so for long enough.

        ``look`` counts the looks at this call by whichever reaper. Where it was ours each time, late ones prove no
        less: when very many calls die at once, each waits for its turn. Where others have looked meanwhile they may
        have found it carried, unless all of their looks came as soon as those at what is missed.
        """
        first, last, before = self._missed.get(call_id, (now, now, look - 1))
        if look != before + 1 and now - last > max(6, look - before) * self.again + SLACK:
            first = now
        self._missed[call_id] = first, now, look
        return now - first >= self._patience


class Reaper:
    """One region's. ``counted`` hears of each call that was ended here."""

    def __init__(self, nc: Nats, region: str, patience: float, counted: Callable[[], None] = lambda: None) -> None:
        self._nc = nc
        self._js = nc.jetstream()
        self._region = region
        self._doubts = Doubts(patience)
        self._counted = counted
        self._clock = asyncio.get_running_loop().time
        self._connected = 0
        """How often NATS was found again."""
        config = ConsumerConfig(
            durable_name=CONSUMER,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=ACK,
            max_ack_pending=MOST_OPEN,
            filter_subject=call_subject(region, kind=CallStarted.kind),
        )
        self._consumer = Consumer(self._js, region, config)

    async def run(self) -> None:
        """Look after calls until cancelled."""
        await self._consumer.run(self._take)

    async def _take(self, pull: Pull) -> None:
        found = await pull(AT_ONCE)
        heed_cancellation()
        if not self._nc.is_connected or self._connected != self._nc.stats["reconnects"]:
            self._connected = self._nc.stats["reconnects"]
            self._doubts.lift_all()
        await asyncio.gather(*(self._look_safely(msg) for msg in found))

    async def _look_safely(self, msg: Msg) -> None:
        try:
            await self._look(msg)
        except TROUBLE as error:
            log.warning(
                "A call could not be looked after.", subject=msg.subject, error=f"{type(error).__name__}: {error}"
            )
        except Exception:
            # A fault of ours, or an event that is none: the others are looked after all the same.
            log.exception("A call cannot be looked after.", subject=msg.subject)

    async def _look(self, msg: Msg) -> None:
        call_id = parse(msg.subject)[1]
        if await self._has_ended(call_id):
            self._doubts.lift(call_id)
            await msg.ack()
        elif await self._is_carried(call_id):
            self._doubts.lift(call_id)
            await msg.nak(delay=LOOK)
        elif self._doubts.missed(call_id, msg.metadata.num_delivered, self._clock()) and await self.end(call_id):
            self._doubts.lift(call_id)
            await msg.ack()
        else:
            await msg.nak(delay=self._doubts.again)

    async def _has_ended(self, call_id: str) -> bool:
        try:
            await self._js.get_last_msg(
                calls_stream(self._region), call_subject(self._region, call_id, CallEnded.kind), direct=False
            )
        except NotFoundError:
            return False
        return True

    async def _is_carried(self, call_id: str) -> bool:
        """Whether an edge says so. Raises one of TROUBLE where nobody can be asked."""
        try:
            if not self._nc.is_connected:
                raise OSError("NATS is away")
            await self._nc.request(process_subject(self._region, CARRIED), call_id.encode(), ANSWER)
        except (nats.errors.NoRespondersError, nats.errors.TimeoutError):
            return False
        except TROUBLE:
            self._doubts.lift(call_id)
            raise
        return True

    async def end(self, call_id: str) -> bool:
        """End the call where it has not ended; False where something happened in it meanwhile.

        Raises:
            nats.errors.Error, nats.js.errors.Error, OSError, TimeoutError: JetStream does not answer.
        """
        events, last = await self.read(call_id)
        if not events or any(isinstance(event, CallEnded) for event in events):
            return True  # Or it was erased.
        return await self.store(_end_of(events), last)

    async def read(self, call_id: str) -> tuple[list[Event], int]:
        """The call's events, and the place of the last in the stream."""
        events, last = [], 0
        async for msg in messages(self._js, self._region, call_subject(self._region, call_id)):
            last = msg.metadata.sequence.stream
            if event := read(msg):
                events.append(event)
        return events, last

    async def store(self, ended: CallEnded, last: int) -> bool:
        """Store the end of a call whose last event is at ``last``; False where it is no longer the last."""
        expected = {
            "Nats-Expected-Last-Subject-Sequence": str(last),
            "Nats-Expected-Last-Subject-Sequence-Subject": call_subject(self._region, ended.call_id),
        }
        try:
            ack = await self._js.publish(
                subject(ended), encode(ended), headers=headers(ended) | expected, timeout=ANSWER
            )
        except APIError as error:
            if error.err_code != _WRONG_SEQUENCE:
                raise
            return False
        if ack.duplicate:
            return True  # Another reaper was quicker.
        log.warning("A call that no edge carries any more was ended.", call=ended.call_id, tools=len(ended.open_tools))
        self._counted()
        return True


def _end_of(events: list[Event]) -> CallEnded:
    """What the edge would have said. Whoever says it gives it the same id."""
    talk = rebuild(events)
    return CallEnded(
        id=f"evt_{sha256(f'the end of {talk.call_id}'.encode()).hexdigest()[:24]}",
        call_id=talk.call_id,
        region=events[0].region,
        reason="transport_lost",
        detail="The edge that carried the call died, and the caller did not come back.",
        seconds=max((event.at for event in events if event.at is not None), default=0.0),
        turns=max((event.turn for event in events if isinstance(event, TurnCommitted)), default=0),
        open_tools=list(talk.open_tools),
    )
