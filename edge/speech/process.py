"""A model in a process of its own, so that inference neither holds the event loop nor takes the edge down with it.

One request is under way at a time; the others wait here, in order and bounded. A child that dies or stalls is replaced,
and whoever was waiting for its answer is told.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from edge.errors import ProviderError
from edge.speech.child import ERROR, LENGTH, LIMIT, READY

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
    ) -> None:
        self.name = name
        self.pid: int | None = None
        """The child's, while there is one."""
        self.restarts = 0
        self._command = (target, json.dumps(dict(arguments or {})))
        self._deadline = deadline
        self._start_deadline = start_deadline
        self._waiting = waiting
        self._jobs: deque[_Job] = deque()
        self._wake = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None

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
        died = asyncio.ensure_future(child.process.wait())
        died.add_done_callback(lambda _: self._wake.set())
        try:
            while not died.done():
                if not self._jobs:
                    self._wake.clear()
                    await self._wake.wait()
                elif (why := await self._answer(child, self._jobs.popleft())) is not None:
                    return why
            return f"it ended with code {died.result()}"
        finally:
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
        if kind == ERROR:
            job.fail(ProviderError("failed", f"{self.name} failed on a request: {body.decode(errors='replace')}"))
        elif not job.answer.done():
            job.answer.set_result(body)
        return None

    async def _spawn(self) -> "_Child":
        command = (sys.executable, "-P", "-m", "edge.speech.child", str(os.getpid()), *self._command)
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, env=environment)
        except OSError as error:
            message = f"The {self.name} process cannot be started: {error}."
            raise ProviderError("unloadable", message, retryable=True) from error
        child = _Child(process)
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
        self.pid = process.pid
        return child


class _Job:
    def __init__(self, request: Callable[[], bytes]) -> None:
        self.request = request
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class _Child:
    """Frames to and from one process."""

    def __init__(self, process: Process) -> None:
        self.process = process

    async def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request, and (kind, body) of what comes back. Raises OSError and EOFError where the child is gone."""
        assert self.process.stdin is not None
        self.process.stdin.write(LENGTH.pack(len(request)) + request)
        await self.process.stdin.drain()
        return await self.read()

    async def read(self) -> tuple[bytes, bytes]:
        assert self.process.stdout is not None
        (length,) = LENGTH.unpack(await self.process.stdout.readexactly(LENGTH.size))
        if not 0 < length <= LIMIT:
            raise EOFError
        frame = await self.process.stdout.readexactly(length)
        return frame[:1], frame[1:]

    async def end(self) -> None:
        """Kill it and see it gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
