"""Real child processes, with work that is made to fail."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from edge.errors import ProviderError
from edge.speech.process import ModelProcess

Until = Callable[..., Awaitable[Any]]

WORK = """
import os, sys, time

def load(greeting="hello", pause=0.0):
    time.sleep(pause)
    print("a library that prints to stdout")
    return lambda body: answer(greeting, body)

def answer(greeting, body):
    if body == b"fail":
        raise ValueError("no such word")
    if body == b"die":
        os._exit(3)
    if body == b"stall":
        time.sleep(60)
    if body == b"pid":
        return str(os.getpid()).encode()
    return greeting.encode() + b" " + body

def broken():
    raise FileNotFoundError("no weights")
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_work.py").write_text(WORK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest_asyncio.fixture
async def process(work: None) -> AsyncIterator[ModelProcess]:
    """With all the time for an answer that a slow machine needs."""
    process = ModelProcess("model", "some_work:load", {"greeting": "hi"}, deadline=60.0, waiting=4)
    await process.start()
    yield process
    await process.close()


async def ask(process: ModelProcess, body: bytes) -> bytes:
    async with asyncio.timeout(60):
        return await process.ask(lambda: body)


async def refusal(process: ModelProcess, body: bytes) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await ask(process, body)
    return caught.value


async def test_answers_in_order_of_asking(process: ModelProcess) -> None:
    assert await asyncio.gather(*(ask(process, b"%d" % n) for n in range(4))) == [b"hi 0", b"hi 1", b"hi 2", b"hi 3"]
    assert await ask(process, b"x" * 1_000_000) == b"hi " + b"x" * 1_000_000


async def test_a_failed_request_harms_no_other(process: ModelProcess) -> None:
    error = await refusal(process, b"fail")

    assert (error.code, error.retryable) == ("failed", False)
    assert "no such word" in error.message
    assert await ask(process, b"you") == b"hi you"
    assert process.restarts == 0


@pytest.mark.parametrize(("body", "code"), [(b"die", "died"), (b"stall", "stalled")])
async def test_a_child_that_dies_or_stalls_is_replaced(process: ModelProcess, body: bytes, code: str) -> None:
    if code == "stalled":
        process._deadline = 1.0
    failing, after = asyncio.create_task(refusal(process, body)), asyncio.create_task(ask(process, b"you"))
    error = await failing
    process._deadline = 60.0  # What comes next is in health.

    assert (error.code, error.retryable) == (code, True)
    assert await after == b"hi you"
    assert process.restarts == 1


async def test_a_child_killed_while_idle_is_replaced_before_it_is_needed(process: ModelProcess, until: Until) -> None:
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    await until(lambda: process.pid not in (None, first))

    assert await ask(process, b"you") == b"hi you"


async def test_too_many_requests_are_refused(process: ModelProcess) -> None:
    answers = await asyncio.gather(*(ask(process, b"you") for _ in range(8)), return_exceptions=True)

    assert [a.code for a in answers if isinstance(a, ProviderError)] == ["busy"] * 4
    assert answers.count(b"hi you") == 4


async def test_a_request_given_up_is_not_made(process: ModelProcess) -> None:
    made: list[str] = []

    def request(name: str) -> bytes:
        made.append(name)
        return name.encode()

    tasks = [asyncio.create_task(process.ask(lambda name=name: request(name))) for name in ("a", "b", "c")]  # type: ignore[misc]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert made == ["a", "c"]


async def test_a_request_that_cannot_be_made_fails_alone(process: ModelProcess) -> None:
    def request() -> bytes:
        raise KeyError("gone")

    with pytest.raises(KeyError):
        await process.ask(request)
    assert await ask(process, b"you") == b"hi you"


@pytest.mark.usefixtures("work")
async def test_what_cannot_be_loaded_says_why() -> None:
    with pytest.raises(ProviderError, match="cannot be loaded: FileNotFoundError: no weights"):
        await ModelProcess("model", "some_work:broken").start()
    with pytest.raises(ProviderError, match="cannot be loaded: ModuleNotFoundError"):
        await ModelProcess("model", "no_such_work:load").start()


@pytest.mark.usefixtures("work")
async def test_a_model_that_never_gets_ready_is_given_up() -> None:
    process = ModelProcess("model", "some_work:load", {"pause": 60}, start_deadline=0.5)

    with pytest.raises(ProviderError, match=r"not ready within 0\.5 s"):
        await process.start()


async def test_closing_tells_who_waits_and_ends_the_child(process: ModelProcess, until: Until) -> None:
    pid = int(await ask(process, b"pid"))
    begun: list[bytes] = []

    def request() -> bytes:
        begun.append(b"stall")
        return b"stall"

    under_way = asyncio.create_task(process.ask(request))
    waiting = [asyncio.create_task(refusal(process, b"you")) for _ in range(2)]
    await until(lambda: bool(begun))
    await process.close()
    with pytest.raises(ProviderError, match="was closed"):
        await under_way

    assert {error.code for error in await asyncio.gather(*waiting)} == {"closed"}
    assert not alive(pid)
    assert (await refusal(process, b"you")).code == "closed"


PARENT = """
import asyncio
from edge.speech.process import ModelProcess

async def main():
    process = ModelProcess("model", "some_work:load", deadline=60)
    await process.start()
    print(process.pid, flush=True)
    await process.ask(lambda: b"stall")

asyncio.run(main())
"""


@pytest.mark.usefixtures("work")
async def test_the_child_dies_with_a_parent_that_is_killed(until: Until) -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert alive(child)
    parent.kill()
    await parent.wait()

    await until(lambda: not alive(child), deadline=60)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False
