"""Reports to a real web server that takes, refuses, dawdles, drowns us or points elsewhere."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from temporalio.exceptions import ApplicationError

from schemas import signing
from schemas.examples import example_report
from schemas.reports import DELIVERY, CallReport
from tests.serving import serving
from workers.adapters.crm import HttpCrm, checked_url
from workflows.ports import CrmRefused

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """A CRM at ``url``; ``got`` are the headers and bodies of what came."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answer | None = None

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=204) if self.answer is None else await self.answer(request)


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/calls", receiver.take)
    async with serving(app) as url:
        receiver.url = f"{url}/calls"
        yield receiver


@pytest_asyncio.fixture
async def crm(receiver: Receiver) -> AsyncIterator[HttpCrm]:
    crm = HttpCrm(receiver.url, ["new", "old"], 5.0, seconds=0.5)
    yield crm
    await crm.close()


def answers(status: int, text: str = "", **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, headers=headers)

    return answer


async def test_a_report_is_signed_with_the_new_secret_and_the_old(crm: HttpCrm, receiver: Receiver) -> None:
    await crm.deliver(example_report())
    ((headers, body),) = receiver.got
    assert CallReport.model_validate_json(body) == example_report()
    assert headers[DELIVERY] == example_report().id
    for secret, known in (("new", True), ("old", True), ("other", False)):
        assert signing.verify(secret, body, headers[signing.HEADER], time.time()) is known
    assert not signing.verify("new", body + b" ", headers[signing.HEADER], time.time())
    assert not signing.verify("new", body, headers[signing.HEADER], time.time() + 400)


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_what_is_refused_is_not_tried_again(crm: HttpCrm, receiver: Receiver, status: int) -> None:
    receiver.answer = answers(status, "no such customer")
    with pytest.raises(CrmRefused, match=f"{status}: no such customer"):
        await crm.deliver(example_report())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_what_may_pass_is_tried_again(crm: HttpCrm, receiver: Receiver, status: int) -> None:
    receiver.answer = answers(status)
    with pytest.raises(OSError, match=str(status)):
        await crm.deliver(example_report())


async def test_the_receiver_may_say_when(crm: HttpCrm, receiver: Receiver) -> None:
    for wait, pause in (("120", timedelta(seconds=120)), ("99999999", timedelta(hours=1))):
        receiver.answer = answers(429, **{"Retry-After": wait})
        with pytest.raises(ApplicationError) as raised:
            await crm.deliver(example_report())
        assert raised.value.next_retry_delay == pause
        assert not raised.value.non_retryable


async def test_no_redirect_is_followed(crm: HttpCrm, receiver: Receiver) -> None:
    receiver.answer = answers(307, Location=receiver.url)
    with pytest.raises(CrmRefused, match="points elsewhere"):
        await crm.deliver(example_report())
    assert len(receiver.got) == 1


async def test_an_endless_answer_costs_no_more_than_its_beginning(crm: HttpCrm, receiver: Receiver) -> None:
    async def drown(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=400)
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    receiver.answer = drown
    with pytest.raises(CrmRefused) as raised:
        await crm.deliver(example_report())
    assert len(str(raised.value)) < 400


async def test_a_slow_answer_is_given_up(crm: HttpCrm, receiver: Receiver) -> None:
    async def dawdle(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    receiver.answer = dawdle
    with pytest.raises(OSError, match="did not answer"):
        await crm.deliver(example_report())


async def test_nobody_there_is_tried_again() -> None:
    crm = HttpCrm("http://127.0.0.1:9/calls", [], 5.0, seconds=0.5)
    with pytest.raises(OSError, match="did not answer"):
        await crm.deliver(example_report())
    await crm.close()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://crm.example",
        "crm.example",
        "https://me:secret@crm.example",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
    ],
)
def test_addresses_where_no_report_may_go(url: str) -> None:
    with pytest.raises(ValueError, match="must") as raised:
        checked_url(url)
    assert "secret" not in str(raised.value)


async def test_nor_may_a_name_lead_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: Any) -> list[dict[str, Any]]:
        return [{"hostname": "crm.example", "host": "169.254.169.254", "port": 80, "family": 2, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", resolve)
    crm = HttpCrm("http://crm.example/calls", [], 5.0, seconds=0.5)
    with pytest.raises(OSError, match="this link alone"):
        await crm.deliver(example_report())
    await crm.close()
