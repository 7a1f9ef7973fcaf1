"""Quick tools against a service that is well, slow, wrong, huge or absent, with Valkey there and away."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from edge.erasure import answerer
from edge.quick.declared import QuickTool
from edge.quick.tools import MOST, QuickTools, Told
from edge.tapes import Tapes
from schemas import signing
from trunkline.stack.ports import free_ports
from trunkline.stack.stack import Engines

if TYPE_CHECKING:
    from tests.edge.quick.conftest import Service

    Track = Callable[..., QuickTool]

CODE = {"code": "HB1042"}


@asynccontextmanager
async def tools(*declared: QuickTool, redis: str = "") -> AsyncIterator[QuickTools]:
    quick = QuickTools.open(declared, redis)
    try:
        yield quick
    finally:
        await quick.close()


async def ask(quick: QuickTools, code: str = "HB1042", caller: str | None = "+12025550143") -> Told:
    return await quick.answer("track_parcel", {"code": code}, "call1", caller)


async def test_the_service_is_asked_and_its_answer_told(service: "Service", track: "Track") -> None:
    async with tools(track()) as quick:
        assert await ask(quick) == Told({"status": "on time"})
    assert service.questions == [{"tool": "track_parcel", "arguments": CODE}]
    headers = service.asked[0][1]
    assert headers["Trunkline-Call"] == "call1"
    assert signing.HEADER not in headers


async def test_the_caller_is_told_of_only_where_the_file_says_so(service: "Service", track: "Track") -> None:
    async with tools(track(caller=True)) as quick:
        await ask(quick)
    assert service.questions[0]["caller"] == "+12025550143"


async def test_it_is_signed_with_a_secret_of_the_environment(
    service: "Service", track: "Track", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARCEL_SECRET", "s3cret")
    monkeypatch.setenv("PARCEL_TOKEN", "t0ken")
    async with tools(track(secret="${PARCEL_SECRET}", headers={"Authorization": "Bearer ${PARCEL_TOKEN}"})) as quick:
        await ask(quick)
    body, headers = service.asked[0]
    assert headers["Authorization"] == "Bearer t0ken"
    assert signing.verify("s3cret", body, headers[signing.HEADER], time.time())
    assert not signing.verify("other", body, headers[signing.HEADER], time.time())


async def test_a_slow_service_costs_no_more_than_the_timeout(service: "Service", track: "Track") -> None:
    service.says(after=60.0, status="late")
    async with tools(track(timeout=0.1, sorry="No idea.")) as quick:
        async with asyncio.timeout(15):
            told = await ask(quick)
    assert told == Told({"code": "slow", "message": "No idea."}, code="slow")


async def huge(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b"[" * 65536)
    return response


async def hung_up(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"text": "<html>"}, "malformed"),
        ({"text": '{"status": '}, "malformed"),
        ({"text": "[" * 9000}, "malformed"),
        ({"status": 500, "text": "{}"}, "http_500"),
        ({"status": 404}, "http_404"),
        ({"status": 307, "headers": {"Location": "http://169.254.169.254/latest/meta-data"}}, "redirected"),
        ({"text": "{}", "headers": {"Content-Encoding": "gzip"}}, "packed"),
    ],
)
async def test_a_service_that_is_wrong_gives_a_sentence(
    service: "Service", track: "Track", answer: dict[str, Any], code: str
) -> None:
    service.answers(**answer)
    async with tools(track()) as quick:
        told = await ask(quick)
    assert (told.code, told.content["message"]) == (code, track().sorry)
    assert len(service.asked) == 1


async def test_a_huge_answer_is_not_read_to_its_end(service: "Service", track: "Track") -> None:
    service.reply = huge
    async with tools(track()) as quick:
        assert (await ask(quick)).code == "huge"


async def test_a_service_that_hangs_up_or_is_absent_gives_a_sentence(service: "Service", track: "Track") -> None:
    service.reply = hung_up
    async with tools(track()) as quick:
        assert (await ask(quick)).code == "away"
    (port,) = free_ports(1)
    async with tools(track(url=f"http://127.0.0.1:{port}/")) as quick:
        assert (await ask(quick)).code == "away"


async def test_a_list_is_an_answer_too(service: "Service", track: "Track") -> None:
    service.answers(text="[1, 2]")
    async with tools(track()) as quick:
        assert (await ask(quick)).content == {"result": [1, 2]}


async def test_a_fresh_answer_comes_from_valkey_and_a_stale_one_is_renewed_behind_the_callers_back(
    engines: Engines, service: "Service", track: "Track", until: Any
) -> None:
    code = uuid.uuid4().hex
    fresh, stale = track(cache=60.0), track(stale=60.0)
    async with tools(fresh, redis=engines.redis_url) as quick:
        await ask(quick, code)
    async with tools(fresh, redis=engines.redis_url) as quick:
        told = await ask(quick, code)
        assert told.content == {"status": "on time"}
        assert told.age > 0
        assert len(service.asked) == 1
    answer = service.says(after=60.0, status="delayed")
    async with tools(stale, redis=engines.redis_url) as quick:
        async with asyncio.timeout(15):
            assert (await ask(quick, code)).content == {"status": "on time"}  # Its service has not answered yet.
        await until(lambda: len(service.asked) == 2)
        answer.set()
        await until(lambda: not quick._tasks)
        assert (await ask(quick, code)).content == {"status": "delayed"}


async def test_an_answer_that_came_too_late_is_there_for_who_asks_next(
    engines: Engines, service: "Service", track: "Track", until: Any
) -> None:
    code = uuid.uuid4().hex
    answer = service.says(after=60.0, status="late")
    async with tools(track(timeout=1.0, cache=60.0), redis=engines.redis_url) as quick:
        assert (await ask(quick, code)).code == "slow"
        answer.set()
        await until(lambda: not quick._tasks)
        assert (await ask(quick, code)).content == {"status": "late"}


async def test_what_one_caller_is_told_is_not_told_to_another(
    engines: Engines, service: "Service", track: "Track"
) -> None:
    code = uuid.uuid4().hex
    async with tools(track(caller=True, cache=60.0), redis=engines.redis_url) as quick:
        await ask(quick, code, "+12025550101")
        await ask(quick, code, "+12025550102")
    assert len(service.asked) == 2


async def test_without_valkey_the_service_is_asked(service: "Service", track: "Track") -> None:
    (port,) = free_ports(1)
    async with tools(track(cache=60.0), redis=f"redis://127.0.0.1:{port}/0") as quick:
        for _ in range(2):
            assert (await ask(quick)).content == {"status": "on time"}
    assert len(service.asked) == 2


async def test_the_same_question_at_once_is_asked_once_and_too_many_are_refused(
    service: "Service", track: "Track"
) -> None:
    service.says(after=0.1, status="on time")
    async with tools(track()) as quick:
        told = await asyncio.gather(*(ask(quick) for _ in range(5)))
        assert [one.code for one in told] == [""] * 5
        assert len(service.asked) == 1
        told = await asyncio.gather(*(ask(quick, str(number)) for number in range(MOST + 3)))
        assert [one.code for one in told].count("busy") == 3


async def test_what_is_kept_is_forgotten_for_an_erasure(
    engines: Engines, service: "Service", track: "Track", tmp_path: Path
) -> None:
    async with tools(track(cache=3600, caller=True), redis=engines.redis_url) as quick:
        erase = answerer("node-1", Tapes(tmp_path), quick.forget)
        await erase(b"[]")  # What other tests have left.
        code = str(uuid.uuid4())
        async with asyncio.timeout(60):
            while not (await ask(quick, code)).age:  # Nobody waits for it to be kept.
                continue
        asked = len(service.asked)
        assert json.loads(await erase(b"{}"))["answers"] == 0
        assert (await ask(quick, code)).age > 0
        told = json.loads(await erase(b'["CA1"]'))
        assert (told["answers"], told["answers_left"]) == (1, 0)
        assert (await ask(quick, code)).age == 0
        assert len(service.asked) == asked + 1


async def test_where_valkey_is_away_something_may_be_left(track: "Track", tmp_path: Path) -> None:
    (port,) = free_ports(1)
    async with tools(track(cache=3600), redis=f"redis://127.0.0.1:{port}/0") as quick:
        told = json.loads(await answerer("node-1", Tapes(tmp_path), quick.forget)(b'["CA1"]'))
    assert (told["answers"], told["answers_left"]) == (0, 1)
