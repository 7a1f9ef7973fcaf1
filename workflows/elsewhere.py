"""Where a question goes when the call cannot answer it: the routes, and how each is gone.

Whichever is gone, a caller who rings again is asked at once, and the first answer holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel
from temporalio import workflow

from schemas.decisions import Kind
from workflows.desk import Desk, taken_as
from workflows.outlet import Outlet
from workflows.phone import Phone

AnswerModel = TypeVar("AnswerModel", bound=BaseModel)

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Link:
    """The caller gets a text message with a link to a page that asks; again after ``reminder`` seconds, if given.

    Passed over where the caller's number is not known or no page is served (``TRUNKLINE_LINK_URL``).
    """

    patience: float = 4 * HOUR
    reminder: float | None = HOUR


@dataclass(frozen=True, slots=True)
class CallBack:
    """Somebody rings the caller, from the inbox, and puts the answer in. Passed over where the number is not known."""

    patience: float = 24 * HOUR


@dataclass(frozen=True, slots=True)
class AskDispatcher:
    """A dispatcher answers in the caller's place."""

    patience: float = HOUR


@dataclass(frozen=True, slots=True)
class Default(Generic[AnswerModel]):
    """This is taken for the answer. Always the last route."""

    answer: AnswerModel


Route = Link | CallBack | AskDispatcher | Default[AnswerModel]


class Elsewhere:
    """The routes of one workflow's questions."""

    def __init__(self, desk: Desk, outlet: Outlet, phone: Phone, number: str | None) -> None:
        self._desk = desk
        self._outlet = outlet
        self._phone = phone
        self._number = number
        self._asked_in = phone.call_id

    async def answer(
        self,
        text: str,
        answer: type[AnswerModel],
        routes: Sequence[Route[AnswerModel]],
        ask_here: Callable[[], Awaitable[AnswerModel | None]],
        asked_in: str,
    ) -> AnswerModel | None:
        """Go the routes one after another until one brings an answer.

        ``ask_here`` asks in the call where the caller is then; in the call ``asked_in`` that has been done.
        """
        self._asked_in = asked_in
        for place, route in enumerate(routes):
            if isinstance(route, Default):
                return route.answer
            after = routes[place + 1 :]
            found = await self._first(self._go(route, text, answer, _otherwise(after)), ask_here)
            if found is not None:
                return found
        return None

    async def _first(
        self, going: Awaitable[AnswerModel | None], ask_here: Callable[[], Awaitable[AnswerModel | None]]
    ) -> AnswerModel | None:
        """The first answer: of the route, or of a caller who is back in a call."""
        route = asyncio.ensure_future(going)
        here: asyncio.Future[AnswerModel | None] | None = None
        try:
            while not route.done():
                await workflow.wait_condition(lambda: route.done() or self._is_back())
                if route.done():
                    break
                self._asked_in = self._phone.call_id
                here = asyncio.ensure_future(ask_here())
                await workflow.wait([route, here], return_when=asyncio.FIRST_COMPLETED)
                if here.done() and (found := here.result()) is not None:
                    return found
            return route.result()
        finally:
            for task in (route, here):
                if task is not None:
                    task.cancel()

    def _is_back(self) -> bool:
        return self._phone.there and self._phone.call_id != self._asked_in

    async def _go(
        self, route: Link | CallBack | AskDispatcher, text: str, answer: type[AnswerModel], otherwise: str
    ) -> AnswerModel | None:
        about = {}
        if isinstance(route, Link):
            return await self._by_link(route, text, answer, otherwise)
        if isinstance(route, CallBack):
            if self._number is None:
                return None
            about = {"Ring": self._number}
        kind: Kind = "call_back" if isinstance(route, CallBack) else "question"
        found = await self._desk.wait(kind, text, answer, seconds=route.patience, otherwise=otherwise, details=about)
        return None if found is None else found.answer

    async def _by_link(self, route: Link, text: str, answer: type[AnswerModel], otherwise: str) -> AnswerModel | None:
        if self._number is None:
            return None
        item = self._outlet.next_id()
        until = workflow.now() + timedelta(seconds=route.patience)
        # It waits before the link goes out, so that the page has something to show to the quickest thumb.
        waiting = asyncio.ensure_future(
            self._desk.wait("link", text, answer, seconds=route.patience, otherwise=otherwise, item=item)
        )
        try:
            await asyncio.sleep(0)
            if not await self._outlet.send_link(self._number, text, item, until):
                return None
            if route.reminder is not None:
                await workflow.wait([waiting], timeout=route.reminder)
                if not waiting.done():
                    await self._outlet.send_link(self._number, f"We still need to know: {text}", item, until)
            found = await waiting
            return None if found is None else found.answer
        finally:
            waiting.cancel()


def _otherwise(routes: Sequence[Route[AnswerModel]]) -> str:
    """What comes after this route, in a sentence."""
    for route in routes:
        match route:
            case Link():
                return "The caller is sent a link."
            case CallBack():
                return "The caller is rung back."
            case AskDispatcher():
                return "A dispatcher is asked."
            case Default():
                return taken_as(route.answer)
    return "It stays without an answer."
