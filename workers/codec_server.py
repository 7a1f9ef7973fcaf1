"""The codec server: opens what is encrypted for those who look at Temporal's web page or use its command line.

Temporal's own protocol: ``POST /encode`` and ``/decode``, also below the namespace, with ``{"payloads": [...]}`` as
protobuf's JSON, and the same back. It holds the keys, so it listens on loopback alone, behind a proxy that speaks TLS.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from schemas.keys import read_keys
from workers.codec import AesGcmCodec
from workers.settings import CodecSettings

log = structlog.get_logger(__name__)

LARGEST = 16 * 1024 * 1024
"""Bytes of a request: a page of a history."""
REMEMBERED = "600"
"""Seconds for which a browser need not ask again whether it may."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CannotServe(Exception):
    """A setting is missing; ``message`` says which."""

    code = "bad_settings"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CodecServer:
    """The application."""

    def __init__(self, settings: CodecSettings) -> None:
        """Raises CannotServe where a setting is missing."""
        keys = read_keys(settings.payload_keys.get_secret_value())
        if not keys:
            raise CannotServe("Nothing can be opened without keys: set TRUNKLINE_PAYLOAD_KEYS as the workers have it.")
        self._token = settings.codec_token.get_secret_value()
        if settings.codec_access == "token" and not self._token:
            raise CannotServe(
                "Whoever reaches the codec server reads everything: set TRUNKLINE_CODEC_TOKEN, or "
                "TRUNKLINE_CODEC_ACCESS=loopback where only people of trust use this machine."
            )
        self._codec = AesGcmCodec(keys)
        self._origins = frozenset(filter(None, (one.strip().rstrip("/") for one in settings.codec_origins.split(","))))

    def application(self) -> web.Application:
        """Routes ``POST /encode``, ``/decode``, and both below a namespace."""
        app = web.Application(client_max_size=LARGEST, middlewares=[self._guard])
        for prefix in ("", "/{namespace}"):
            app.router.add_post(f"{prefix}/encode", self._encode)
            app.router.add_post(f"{prefix}/decode", self._decode)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Pages of other origins get nothing, not even the answer to whether they might; nor does a wrong token."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins:
            return _refused(403, "origin", f"Pages of {origin[:200]} may not use this: see TRUNKLINE_CODEC_ORIGINS.")
        if origin is not None and request.method == "OPTIONS":
            response: web.StreamResponse = web.Response(status=204)
        elif not self._may(request):
            response = _refused(401, "unauthorised", "Send the token of TRUNKLINE_CODEC_TOKEN: Authorization: Bearer …")
            response.headers["WWW-Authenticate"] = "Bearer"
        else:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                response = _refused(error.status, "http", error.reason)
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
            response.headers["Access-Control-Allow-Methods"] = "POST"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Namespace"
            response.headers["Access-Control-Max-Age"] = REMEMBERED
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _may(self, request: web.Request) -> bool:
        if not self._token:
            return True
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self._token.encode())

    async def _encode(self, request: web.Request) -> web.Response:
        payloads = await _read(request)
        return _answer(Payloads(payloads=await self._codec.encode(payloads.payloads)))

    async def _decode(self, request: web.Request) -> web.Response:
        payloads = await _read(request)
        try:
            return _answer(Payloads(payloads=await self._codec.decode(payloads.payloads)))
        except ValueError as error:
            log.warning("Payloads could not be opened.", why=str(error))
            return _refused(422, "key", str(error))


async def _read(request: web.Request) -> Payloads:
    """Raises HTTPException where the body is not what the protocol says."""
    try:
        return json_format.Parse(await request.text(), Payloads())
    except (json_format.ParseError, UnicodeDecodeError, RecursionError):
        raise web.HTTPBadRequest(reason='The body must be {"payloads": [...]}, in the JSON of protobuf.') from None


def _answer(payloads: Payloads) -> web.Response:
    return web.Response(text=json_format.MessageToJson(payloads, indent=None), content_type="application/json")


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)


async def serve(settings: CodecSettings, ready: Callable[[str], None]) -> None:
    """Run until cancelled.

    Raises:
        CannotServe: a setting is missing.
    """
    runner = web.AppRunner(CodecServer(settings).application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", settings.codec_port).start()
        ready(f"http://127.0.0.1:{runner.addresses[0][1]}")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
