"""The codec server over HTTP: by the SDK's own codec, by Temporal's command line, and by those it must refuse."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from google.protobuf import json_format
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import DataConverter, PayloadCodec

from schemas.base import new_id
from schemas.keys import read_keys
from trunkline.stack import programs
from trunkline.stack.stack import Engines
from workers.codec import AesGcmCodec
from workers.codec_server import CannotServe, CodecServer, serve
from workers.settings import CodecSettings
from workers.telemetry import Telemetry
from workers.temporal import connect

KEYS = f"k1:{base64.b64encode(os.urandom(32)).decode()}"
TOKEN = "only-for-people-of-trust"
PAGE = "https://temporal.example"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"name": "Anna"}')
MAY = {"Authorization": f"Bearer {TOKEN}"}


class Remote(PayloadCodec):
    """What a client does that has no keys: it asks the server."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._ask("encode", payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self._ask("decode", payloads)

    async def _ask(self, what: str, payloads: Sequence[Payload]) -> list[Payload]:
        body = json_format.MessageToDict(Payloads(payloads=payloads))
        async with aiohttp.ClientSession() as http, http.post(f"{self._url}/{what}", json=body, headers=MAY) as answer:
            answer.raise_for_status()
            return list(json_format.ParseDict(await answer.json(), Payloads()).payloads)


@pytest_asyncio.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    settings = CodecSettings(
        payload_keys=SecretStr(KEYS), codec_token=SecretStr(TOKEN), codec_origins=f"{PAGE}, http://x", codec_port=0
    )
    serving: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(settings, serving.set_result))
    yield await asyncio.wait_for(serving, 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _post(url: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=json.dumps(body or {"payloads": []}), headers=headers) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


async def test_a_client_without_keys_reads_and_writes_what_one_with_keys_does(url: str) -> None:
    remote = DataConverter(payload_codec=Remote(url))
    keyed = DataConverter(payload_codec=AesGcmCodec(read_keys(KEYS)))
    (sealed,) = await keyed.encode([{"name": "Anna"}])
    assert b"Anna" not in sealed.SerializeToString()
    assert await remote.decode([sealed]) == [{"name": "Anna"}]
    assert await keyed.decode(await remote.encode(["Bob"])) == ["Bob"]
    assert await DataConverter(payload_codec=Remote(f"{url}/default")).decode([sealed]) == [{"name": "Anna"}]


async def test_temporals_own_command_line_shows_what_is_encrypted(url: str, engines: Engines) -> None:
    client = await connect(engines.temporal_address, "default", Telemetry(None, "test", "test"), KEYS)
    workflow = new_id("sealed")
    await client.start_workflow("nobody_runs_this", "for Anna alone", id=workflow, task_queue=new_id("queue"))
    words = ("workflow", "show", "-w", workflow, "--address", engines.temporal_address, "-o", "json")
    seen = []
    for more in ((), ("--codec-endpoint", url, "--codec-auth", f"Bearer {TOKEN}")):
        process = await asyncio.create_subprocess_exec(
            str(programs.temporal()), *words, *more, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        out, _ = await asyncio.wait_for(process.communicate(), 60)
        seen.append(out.decode())
    await client.get_workflow_handle(workflow).terminate()
    encoded = base64.b64encode(b'"for Anna alone"').decode()
    assert [encoded in text or "for Anna alone" in text for text in seen] == [False, True], seen


async def test_a_key_that_is_not_here_is_named(url: str) -> None:
    (sealed,) = await AesGcmCodec({"k9": os.urandom(32)}).encode([PLAIN])
    body = json_format.MessageToDict(Payloads(payloads=[sealed]))
    status, said, _ = await _post(f"{url}/decode", body, **MAY)
    assert (status, said["code"]) == (422, "key")
    assert "'k9'" in said["message"]
    assert "TRUNKLINE_PAYLOAD_KEYS" in said["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
async def test_nothing_is_opened_without_the_token(url: str, headers: dict[str, str]) -> None:
    status, said, told = await _post(f"{url}/decode", **headers)
    assert (status, said["code"], told["WWW-Authenticate"]) == (401, "unauthorised", "Bearer")


async def test_only_the_named_pages_may_use_it(url: str) -> None:
    status, _, told = await _post(f"{url}/decode", Origin=PAGE, **MAY)
    assert (status, told["Access-Control-Allow-Origin"]) == (200, PAGE)
    for origin in ("https://evil.example", f"{PAGE}.evil.example", "null"):
        status, said, told = await _post(f"{url}/decode", Origin=origin, **MAY)
        assert (status, said["code"]) == (403, "origin")
        assert "Access-Control-Allow-Origin" not in told


async def test_a_browser_may_ask_beforehand_without_the_token(url: str) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    async with aiohttp.ClientSession() as http:
        async with http.options(f"{url}/default/decode", headers=asked) as answer:
            allowed = answer.headers["Access-Control-Allow-Headers"].lower()
            assert (answer.status, answer.headers["Access-Control-Allow-Methods"]) == (204, "POST")
            assert {"x-namespace", "authorization", "content-type"} <= set(allowed.split(", "))
        async with http.options(f"{url}/decode", headers={"Origin": "https://evil.example"}) as answer:
            assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (403, False)


@pytest.mark.parametrize("body", ["nothing", [1], {"payloads": 7}, {"payloads": [{"data": 7}]}])
async def test_what_is_not_the_protocol_is_refused(url: str, body: Any) -> None:
    status, said, _ = await _post(f"{url}/decode", body, **MAY)
    assert (status, "payloads" in said["message"]) == (400, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "TRUNKLINE_PAYLOAD_KEYS"),
        ({"payload_keys": SecretStr(KEYS)}, "TRUNKLINE_CODEC_TOKEN"),
    ],
)
def test_what_is_missing_is_said(given: dict[str, Any], named: str) -> None:
    with pytest.raises(CannotServe, match=named):
        CodecServer(CodecSettings(**given))
