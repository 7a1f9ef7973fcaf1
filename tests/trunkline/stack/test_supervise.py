"""What dies is started again, and said so."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from trunkline.stack import probe
from trunkline.stack.engine import Engine
from trunkline.stack.nats import Nats
from trunkline.stack.records import Records
from trunkline.stack.supervise import describe, keep

Until = Callable[..., Awaitable[None]]


async def test_a_killed_engine_comes_back_on_its_port(data: Path, until: Until) -> None:
    engine = Engine(Nats(data), Records(data))
    await engine.start()
    port = engine.recipe.port
    said: list[str] = []
    changes: list[int] = []
    keeper = asyncio.create_task(keep(engine, said.append, lambda: changes.append(engine.pid)))
    for turn in (1, 2):
        await engine.kill()
        await until(lambda turn=turn: len(changes) == turn)
        await probe.talk(port, b"", b"INFO ")
    assert changes[0] != changes[1]
    assert said[0] == "nats was killed by signal 9; starting it again in 0.1 s."
    assert said[1] == "nats is back."
    # The second death soon after the first waits longer.
    assert said[2] == "nats was killed by signal 9; starting it again in 0.2 s."
    keeper.cancel()
    await engine.stop()


class _Refuses:
    """A service that comes back at the third attempt."""

    name = "stubborn"

    def __init__(self) -> None:
        self.attempts = 0
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        return await self.ended

    async def restart(self) -> None:
        self.attempts += 1
        if self.attempts < 3:
            raise OSError("not yet")
        self.ended = asyncio.get_running_loop().create_future()

    async def kill(self) -> None:
        self.ended.set_result(1)


async def test_one_that_does_not_come_back_is_tried_again(until: Until) -> None:
    service = _Refuses()
    said: list[str] = []
    keeper = asyncio.create_task(keep(service, said.append))
    await service.kill()
    await until(lambda: said[-1:] == ["stubborn is back."])
    assert said.count("stubborn does not come back yet: not yet") == 2
    keeper.cancel()


class _Renewed(_Refuses):
    """Comes back at once; a restart ends what ran."""

    async def restart(self) -> None:
        self.attempts += 1
        self.ended.cancel()
        self.ended = asyncio.get_running_loop().create_future()


async def test_one_that_is_to_start_anew_does_so_without_pause_however_often(until: Until) -> None:
    service, renew = _Renewed(), asyncio.Event()
    said: list[str] = []
    keeper = asyncio.create_task(keep(service, said.append, renew=renew))
    for times in (1, 2, 3):
        renew.set()
        await until(lambda times=times: len(said) == times)
    assert said == ["stubborn is back."] * 3
    await service.kill()
    await until(lambda: len(said) == 5)
    assert said[3] == "stubborn ended with status 1; starting it again in 0.1 s."
    keeper.cancel()


def test_an_end_is_described() -> None:
    assert describe(-9) == "was killed by signal 9"
    assert describe(1) == "ended with status 1"
