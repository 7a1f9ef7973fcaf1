"""A light caller: a whole call over the carrier's websocket, with keys in place of speech and letters for sound."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import aiohttp

from trunkline.caller import wire
from trunkline.caller.errors import CallerError
from trunkline.chaos.ledger import Ledger
from trunkline.chaos.wants import KINDS, Kind, outcome_of
from trunkline.chaos.world import FRAME, read

SILENCE = b"\xff" * (10 * FRAME)
"""200 ms in one message: the carrier sends ten, at ten times the cost."""
PAUSE = 0.2
PATIENCE = 30.0
"""Seconds that a caller waits for an outcome before hanging up."""
CONNECT = 3.0

Manner = Literal["patient", "hasty", "gone"]
"""``hasty`` hangs up once all is keyed in, ``gone`` drops the line without a word."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one caller does: the orders, how the call ends, and whether a number is keyed in twice."""

    orders: Sequence[int]
    manner: Manner
    linger: float
    """Seconds between the last key and the end of the call, for those who do not wait."""
    twice: bool = False


def plan(
    chance: random.Random, numbers: Callable[[Kind], int], *, repeats: bool, kinds: Sequence[Kind] = KINDS
) -> Plan:
    """Any caller, who wants one or two things of these ``kinds``; ``numbers`` gives each the number of its kind."""
    wanted = [chance.choice(kinds) for _ in range(chance.choice((1, 1, 2)))]
    # How a dispatch is spoken of tells no number: it has its call to itself.
    orders = [numbers(kind) for kind in (wanted[:1] if "dispatch" in wanted else wanted)]
    manners: tuple[Manner, ...] = ("patient", "hasty", "gone")
    (manner,) = chance.choices(manners, (6, 2, 1))
    return Plan(orders, manner, chance.uniform(0.1, 0.6), repeats and chance.random() < 0.5)


def telephone(order: int) -> str:
    """The number of the caller who placed it."""
    return f"+1202{order % 10_000_000:07d}"


async def place(http: aiohttp.ClientSession, url: str, plan: Plan, ledger: Ledger) -> bool:
    """Place the call, to whatever end. False where the edge could not be reached."""
    call = _Call(plan, ledger)
    try:
        async with asyncio.timeout(CONNECT):
            socket = await http.ws_connect(url, compress=0, max_msg_size=wire.LONGEST_MESSAGE)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False
    try:
        await call.carry(socket)
    except (aiohttp.ClientError, ConnectionError, CallerError):
        pass  # The edge has died under it, as it should.
    finally:
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await socket.close()
    return True


class _Call:
    """One call under way."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self._plan = plan
        self._ledger = ledger
        self._heard = ""
        self._waits = set(plan.orders)
        self._stream = wire.Stream(wire.new_call_id())
        self._told = asyncio.Event()

    async def carry(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        tasks = [asyncio.create_task(work) for work in (self._listen(socket), self._breathe(socket), self._act(socket))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hear letters; send marks back at once: what comes is at most 60 ms ahead of its time."""
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            match wire.parse(message.data):
                case wire.Media(payload):
                    self._hear(payload)
                case wire.Mark(name):
                    await socket.send_str(self._stream.mark(name))
                case _:
                    pass

    def _hear(self, sound: bytes) -> None:
        self._heard += read(sound)
        for order in list(self._waits):
            if outcome := outcome_of(order, self._heard):
                self._waits.discard(order)
                self._ledger.note("heard", order, self._stream.call_id)
                if outcome == "declined":
                    self._ledger.note("declined", order, self._stream.call_id)
        if not self._waits:
            self._told.set()

    async def _breathe(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_str(self._stream.connected())
        await socket.send_str(self._stream.start({"from": telephone(self._plan.orders[0]), "to": "+12025550100"}))
        for count in range(10**9):
            await socket.send_str(self._stream.media(SILENCE, count * 200))
            await asyncio.sleep(PAUSE)

    async def _act(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Key in the orders, one after the other, and wait, or not."""
        await asyncio.sleep(PAUSE)
        for order in self._plan.orders:
            for _ in range(2 if self._plan.twice else 1):
                for key in f"{order}#":
                    await socket.send_str(self._stream.dtmf(key))
                await asyncio.sleep(3 * PAUSE)
        if self._plan.manner == "patient":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._told.wait()
            await asyncio.sleep(PAUSE)  # What was heard is proved by the marks on their way.
        else:
            await asyncio.sleep(self._plan.linger)
        if self._plan.manner != "gone":
            await socket.send_str(self._stream.stop())
