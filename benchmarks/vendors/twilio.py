"""Twilio's Messages resource, emulated: takes text messages, lists them, reports on them, and brings people's replies.

Reports and replies are signed with the account's token, as Twilio signs them.
"""

import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from benchmarks.vendors.faults import Faults

REFUSED_NUMBERS = {"+15005550001": (21211, "Invalid 'To' Phone Number"), "+15005550004": (21610, "Unsubscribed")}
"""Numbers to which nothing can be sent, as Twilio's own test numbers; code and words."""


class Twilio:
    """One account. ``messages`` are the resources it holds, oldest first. ``drop`` cuts the answer, not the effect."""

    def __init__(self, account: str = "AC" + "0" * 32, token: str = "emulated") -> None:
        self.account = account
        self.token = token
        self.messages: list[dict[str, Any]] = []
        self.faults = Faults()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application()
        path = f"/2010-04-01/Accounts/{self.account}/Messages.json"
        app.router.add_post(path, self._create)
        app.router.add_get(path, self._list)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._runner:
            await self._runner.cleanup()

    def to(self, number: str) -> list[dict[str, Any]]:
        """What was sent to this number."""
        return [message for message in self.messages if message["to"] == number]

    async def report(self, message: dict[str, Any], status: str, error: str = "", base: str = "") -> int:
        """Tell the application how far a message has come, by way of ``base``; the status of its answer."""
        message["status"] = status
        form = {"MessageSid": message["sid"], "MessageStatus": status, "To": message["to"], "ErrorCode": error}
        return (await self.post(message["callback"], form, base))[0]

    async def reply(self, url: str, sender: str, body: str, base: str = "") -> tuple[int, str]:
        """Somebody writes back: status and body of what the application answers."""
        form = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": sender, "To": "+12025550100", "Body": body}
        return await self.post(url, form, base)

    async def post(self, url: str, form: dict[str, str], base: str = "", token: str = "") -> tuple[int, str]:
        """A signed request to the public ``url``, brought to ``base`` instead, as a proxy would."""
        signature = RequestValidator(token or self.token).compute_signature(url, form)
        where = f"{base}/{url.split('/', 3)[3]}" if base else url
        async with (
            aiohttp.ClientSession() as http,
            http.post(where, data=form, headers={"X-Twilio-Signature": signature}) as answer,
        ):
            return answer.status, await answer.text()

    def _check(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if given != aiohttp.encode_basic_auth(self.account, self.token):
            raise web.HTTPUnauthorized(text='{"code": 20003, "message": "Authenticate", "status": 401}')

    async def _create(self, request: web.Request) -> web.Response:
        self._check(request)
        fault = self.faults.take()
        form = {name: str(value) for name, value in (await request.post()).items()}
        if refused := REFUSED_NUMBERS.get(form.get("To", "")):
            code, why = refused
            return web.json_response({"code": code, "message": why, "status": 400}, status=400)
        if not form.get("Body") or not (form.get("From") or form.get("MessagingServiceSid")):
            return web.json_response({"code": 21602, "message": "Message body is required.", "status": 400}, status=400)
        message = {
            "sid": f"SM{secrets.token_hex(16)}",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "status": "queued",
            "date_created": format_datetime(datetime.now(UTC)),
            "error_code": None,
            "account_sid": self.account,
            "callback": form.get("StatusCallback", ""),
        }
        self.messages.append(message)
        if fault is not None and request.transport is not None:
            request.transport.abort()
        return web.json_response(_shown(message), status=201)

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request)
        wanted = [m for m in self.messages if request.query.get("To") in (None, m["to"])]
        return web.json_response({"messages": [_shown(message) for message in reversed(wanted)], "next_page_uri": None})


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "callback"}
