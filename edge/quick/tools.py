"""The quick tools of a process: each question is answered within its budget, whatever the service behind it does."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog

from edge.core.conversation import Tool
from edge.quick.cache import Cache, Kept, NoCache, ValkeyCache, key_of
from edge.quick.declared import QuickTool
from edge.quick.service import Fault, ask, session

log = structlog.get_logger(__name__)

MOST = 64
"""Questions under way at once; a service that hangs must not gather more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question: an answer, ``age`` seconds old; or, where ``code`` is set, none."""

    content: Mapping[str, Any]
    age: float = 0.0
    code: str = ""


class QuickTools:
    """Made by ``open``; ``close`` ends what is under way."""

    def __init__(self, declared: Sequence[QuickTool], http: aiohttp.ClientSession | None, cache: Cache) -> None:
        self._declared = {tool.name: tool for tool in declared}
        self._http = http
        self._cache = cache
        self._under_way: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def open(cls, declared: Sequence[QuickTool], redis_url: str = "") -> "QuickTools":
        """Nothing is connected yet. ``redis_url``: where answers are kept; nowhere where empty."""
        if not declared:
            return cls((), None, NoCache())
        return cls(declared, session(), ValkeyCache(redis_url) if redis_url else NoCache())

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._cache.close()
        if self._http is not None:
            await self._http.close()

    def tools(self) -> dict[str, Tool]:
        """As a model sees them, by name."""
        return {name: tool.tool for name, tool in self._declared.items()}

    async def answer(self, name: str, arguments: Mapping[str, Any], call_id: str, caller: str | None) -> Told:
        """The answer, or why there is none, within the tool's timeout. Never raises."""
        tool = self._declared[name]
        try:
            async with asyncio.timeout(tool.timeout):
                return await self._answer(tool, arguments, call_id, caller)
        except TimeoutError:
            fault = Fault("slow", f"The service did not answer within {tool.timeout:g} s.")
        except Fault as error:
            fault = error
        except Exception as error:
            log.exception("A quick tool stumbled.", tool=name)
            fault = Fault("failed", f"{type(error).__name__}: {error}")
        log.warning("A quick tool has no answer.", tool=name, call=call_id, code=fault.code, why=str(fault))
        return Told({"code": fault.code, "message": tool.sorry}, code=fault.code)

    async def forget(self) -> tuple[int, int]:
        """Throw away what answers are kept: how many that were, and how many are left. Never raises."""
        return await self._cache.empty()

    async def _answer(self, tool: QuickTool, arguments: Mapping[str, Any], call_id: str, caller: str | None) -> Told:
        question: dict[str, Any] = {"tool": tool.name, "arguments": arguments}
        if tool.caller:
            question["caller"] = caller
        key = key_of(tool.name, tool.url, question)
        kept = await self._cache.get(key) if tool.cache or tool.stale else None
        age = max(0.0, time.time() - kept.at) if kept else 0.0
        if kept and age <= tool.cache:
            return Told(kept.content, age)
        if kept and age <= tool.cache + tool.stale:
            with contextlib.suppress(Fault):
                self._fetch(tool, key, question, call_id)
            return Told(kept.content, age)
        # Shielded: an answer that comes too late for this caller is there for the next one who asks.
        return Told(await asyncio.shield(self._fetch(tool, key, question, call_id)))

    def _fetch(
        self, tool: QuickTool, key: str, question: dict[str, Any], call_id: str
    ) -> "asyncio.Future[dict[str, Any]]":
        """The answer to come, asked for now where nobody asks yet. Raises Fault where too much is under way."""
        if (answer := self._under_way.get(key)) is not None:
            return answer
        if len(self._under_way) >= MOST:
            raise Fault("busy", f"{MOST} questions are under way already.")
        answer = self._under_way[key] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # Perhaps nobody waits any more.
        task = asyncio.create_task(self._ask(tool, key, question, call_id, answer), name=f"quick {tool.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return answer

    async def _ask(
        self,
        tool: QuickTool,
        key: str,
        question: dict[str, Any],
        call_id: str,
        answer: "asyncio.Future[dict[str, Any]]",
    ) -> None:
        assert self._http is not None
        try:
            content = await ask(self._http, tool, question, call_id)
        except BaseException as error:
            answer.set_exception(error if isinstance(error, Exception) else Fault("closing", "The edge stops."))
            if not isinstance(error, Exception):
                raise
            return
        finally:
            del self._under_way[key]
        answer.set_result(content)
        if keep := tool.cache + tool.stale:
            await self._cache.put(key, Kept(time.time(), content), keep)
