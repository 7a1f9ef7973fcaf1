"""A model in a process of its own, so that inference neither holds the event loop nor takes the edge down with it.

One request is under way at a time; the others wait here, in order and bounded. A child that dies or stalls is replaced,
and whoever was waiting for its answer is told.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from edge.errors import ProviderError
from edge.speech.child import AGAIN, ERROR, LENGTH, LIMIT, READY

log = structlog.get_logger()

MAX_PAUSE = 5.0
"""Seconds between attempts to start a child that will not start."""


class ModelProcess:
    """``target`` is ``module:function`` in the child: see ``edge.speech.child``.

    Args:
        name: What people know the model by.
        arguments: Keywords for the function; JSON.
        deadline: Seconds that one answer may take before the child is taken for stalled, killed and replaced.
        start_deadline: Seconds from starting the child to its being loaded and warm.
        waiting: Requests that may wait; further ones are refused.
        hub: Socket of the models that several edge processes share; None where the child is ours alone.
    """

    def __init__(
        self,
        name: str,
        target: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        deadline: float = 5.0,
        start_deadline: float = 60.0,
        waiting: int = 64,
        hub: Path | None = None,
    ) -> None:
        self.name = name
        self.pid: int | None = None
        """The child's, while there is one."""
        self.restarts = 0
        self._wanted = Wanted(name, target, json.dumps(dict(arguments or {})), deadline)
        self._hub = hub
        self._deadline = deadline
        self._start_deadline = start_deadline
        self._waiting = waiting
        self._jobs: deque[_Job] = deque()
        self._answering = False
        self._wake = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """Requests that wait or are under way."""
        return len(self._jobs) + self._answering

    async def start(self) -> None:
        """Return once the model is loaded and warm.

        Raises:
            ProviderError: it cannot be loaded.
        """
        child = await self._spawn()
        self._owner = asyncio.create_task(self._supervise(child), name=f"{self.name} process")

    async def ask(self, request: Callable[[], bytes]) -> bytes:
        """The child's answer. ``request`` is called when its turn has come, so it may say what is wanted by then.

        Raises:
            ProviderError: the queue is full, the child stalled or died (retryable), or the model failed on the request.
        """
        if self._owner is None or self._owner.done():
            raise ProviderError("closed", f"The {self.name} process is not running.")
        if len(self._jobs) >= self._waiting:
            raise ProviderError("busy", f"{self._waiting} requests wait for {self.name} already.", retryable=True)
        job = _Job(request)
        self._jobs.append(job)
        self._wake.set()
        try:
            async with asyncio.timeout(self._deadline + self._start_deadline):
                return await job.answer
        except TimeoutError:
            raise ProviderError("late", f"{self.name} did not get to a request in time.", retryable=True) from None

    async def close(self) -> None:
        """End the child; whoever still waits is told."""
        if self._owner is not None:
            self._owner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._owner
        while self._jobs:
            self._jobs.popleft().fail(ProviderError("closed", f"The {self.name} process was closed."))

    async def _supervise(self, child: "_Child | None") -> None:
        pause = 0.0
        while True:
            try:
                child = child or await self._spawn()
            except ProviderError as error:
                log.error("model process does not start", model=self.name, error=error.message)
                pause = min(MAX_PAUSE, pause * 2 or 0.25)
                await asyncio.sleep(pause)
                continue
            pause = 0.0
            try:
                why = await self._serve(child)
            finally:
                self.pid = None
                await child.end()
            child = None
            self.restarts += 1
            log.warning("model process is replaced", model=self.name, why=why)

    async def _serve(self, child: "_Child") -> str:
        """Answer jobs until the child is of no more use; returns why that is."""
        died = asyncio.ensure_future(child.died())
        died.add_done_callback(lambda _: self._wake.set())
        try:
            while not died.done():
                if not self._jobs:
                    self._wake.clear()
                    await self._wake.wait()
                else:
                    self._answering = True
                    why = await self._answer(child, self._jobs.popleft())
                    self._answering = False
                    if why is not None:
                        return why
            return f"it ended {died.result()}"
        finally:
            self._answering = False
            died.cancel()

    async def _answer(self, child: "_Child", job: "_Job") -> str | None:
        """Do one job; where that cost the child, says why."""
        if job.answer.done():  # Given up while it waited.
            return None
        try:
            request = job.request()
        except Exception as error:
            job.fail(error)
            return None
        try:
            async with asyncio.timeout(self._deadline):
                kind, body = await child.exchange(request)
        except TimeoutError:
            job.fail(ProviderError("stalled", f"{self.name} gave no answer in {self._deadline} s.", retryable=True))
            return "it stalled"
        except (OSError, EOFError):
            job.fail(ProviderError("died", f"The {self.name} process died during a request.", retryable=True))
            return "it died during a request"
        except asyncio.CancelledError:
            job.fail(ProviderError("closed", f"The {self.name} process was closed."))
            raise
        if kind in (ERROR, AGAIN):
            message = f"{self.name} failed on a request: {body.decode(errors='replace')}"
            job.fail(ProviderError("failed", message, retryable=kind == AGAIN))
        elif not job.answer.done():
            job.answer.set_result(body)
        return None

    async def _spawn(self) -> "_Child":
        try:
            child = await (_of_hub(self._hub, self._wanted) if self._hub else _of_our_own(self._wanted))
        except OSError as error:
            message = f"The {self.name} process cannot be started: {error}."
            raise ProviderError("unloadable", message, retryable=True) from error
        try:
            async with asyncio.timeout(self._start_deadline):
                kind, body = await child.read()
            if kind != READY:
                raise ProviderError("unloadable", f"{self.name} cannot be loaded: {body.decode(errors='replace')}")
        except (TimeoutError, OSError, EOFError):
            await child.end()
            message = f"The {self.name} process was not ready within {self._start_deadline} s, or died before."
            raise ProviderError("unloadable", message, retryable=True) from None
        except BaseException:
            await child.end()
            raise
        self.pid = child.pid
        return child


class Wanted(msgspec.Struct, frozen=True):
    """A model, as it is asked for. ``arguments``: JSON."""

    name: str
    target: str
    arguments: str
    deadline: float

    def process(self) -> ModelProcess:
        """A process of it, not yet started."""
        return ModelProcess(self.name, self.target, msgspec.json.decode(self.arguments), deadline=self.deadline)


class _Job:
    def __init__(self, request: Callable[[], bytes]) -> None:
        self.request = request
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Frames:
    """Frames over a pair of streams. Its methods raise OSError and EOFError where the other side is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, body: bytes) -> None:
        self._writer.write(LENGTH.pack(len(body)) + body)
        await self._writer.drain()

    async def next(self) -> bytes:
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        if length > LIMIT:
            raise EOFError
        return await self._reader.readexactly(length)


class _Child:
    """The other side: a process of our own, or the hub. ``died`` returns how it ended; ``end`` sees to that."""

    def __init__(
        self,
        frames: Frames,
        died: Callable[[], Awaitable[str]],
        end: Callable[[], Awaitable[None]],
        pid: int | None = None,
    ) -> None:
        self._frames = frames
        self.died = died
        self.end = end
        self.pid = pid

    async def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request, and (kind, body) of what comes back. Raises OSError and EOFError where the child is gone."""
        await self._frames.send(request)
        return await self.read()

    async def read(self) -> tuple[bytes, bytes]:
        frame = await self._frames.next()
        if not frame:
            raise EOFError
        return frame[:1], frame[1:]


async def _of_our_own(wanted: Wanted) -> _Child:
    """Raises OSError."""
    command = (sys.executable, "-P", "-m", "edge.speech.child", str(os.getpid()), wanted.target, wanted.arguments)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
    assert process.stdin is not None
    assert process.stdout is not None

    async def died() -> str:
        return f"with code {await process.wait()}"

    async def end() -> None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    return _Child(Frames(process.stdout, process.stdin), died, end, process.pid)


async def _of_hub(hub: Path, wanted: Wanted) -> _Child:
    """Raises OSError. That the hub is gone is found out by the next question, or by the end of this process."""
    reader, writer = await asyncio.open_unix_connection(hub)
    frames = Frames(reader, writer)
    await frames.send(msgspec.json.encode(wanted))

    async def died() -> str:
        await writer.wait_closed()
        return "with the hub"

    async def end() -> None:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    return _Child(frames, died, end)
