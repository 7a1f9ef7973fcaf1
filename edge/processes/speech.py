"""Local speech models, loaded once for all edge processes: the parent runs them and passes questions on.

A child's ``ModelProcess`` meets this in place of a process of its own, over a socket and in the same frames: first it
says which model it wants, is told once that is ready, and then has one question under way at a time. Models are loaded
when they are first asked for.
"""

import asyncio
import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import structlog

from edge.errors import ProviderError
from edge.speech.child import AGAIN, ERROR, READY, REPLY
from edge.speech.process import Frames, ModelProcess, Wanted

_log = structlog.get_logger(__name__)

OURS = "edge.speech."
"""Only what is here is loaded for anybody."""


class SpeechHub:
    """Serves on the socket ``path`` while it is entered. ``each``: processes of each model."""

    def __init__(self, path: Path, each: int = 1) -> None:
        self._path = path
        self._each = each
        self._models: dict[Wanted, list[ModelProcess]] = {}
        self._loading = asyncio.Lock()
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._client, self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        if self._clients:
            await asyncio.wait(self._clients, timeout=2.0)
        for models in self._models.values():
            for model in models:
                await model.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            await self._serve(Frames(reader, writer))
        except (OSError, EOFError):
            pass  # The child is gone; its question, where one is under way, is answered for nobody.
        except asyncio.CancelledError:
            if self._server is not None and self._server.is_serving():
                raise
        finally:
            self._clients.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, frames: Frames) -> None:
        try:
            models = await self._loaded(msgspec.json.decode(await frames.next(), type=Wanted))
        except (ProviderError, msgspec.DecodeError) as error:
            await frames.send(ERROR + str(error).encode())
            return
        await frames.send(READY)
        while True:
            question = await frames.next()
            model = min(models, key=lambda model: model.waiting)
            try:
                answer = REPLY + await model.ask(lambda question=question: question)  # type: ignore[misc]
            except ProviderError as error:
                answer = (AGAIN if error.retryable else ERROR) + str(error).encode()
            await frames.send(answer)

    async def _loaded(self, wanted: Wanted) -> list[ModelProcess]:
        """The processes of this model, warm. Raises ProviderError."""
        if not wanted.target.startswith(OURS):
            raise ProviderError("unloadable", f"{wanted.target} is no speech model.")
        async with self._loading:
            if wanted not in self._models:
                models = [wanted.process() for _ in range(self._each)]
                try:
                    for model in models:
                        await model.start()
                except BaseException:
                    for model in models:
                        await model.close()
                    raise
                self._models[wanted] = models
                _log.info("A speech model is loaded for all edge processes.", model=wanted.name, processes=self._each)
            return self._models[wanted]
