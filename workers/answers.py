"""The page behind a link in a text message: shows one question and takes its answer, by the update of every desk."""

import html
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from temporalio.client import Client
from temporalio.service import RPCError

from schemas.decisions import WAITING, Waiting
from schemas.sealing import Seals
from workers.adapters.links import PostgresLinks, Target
from workers.inbox import Inbox, Item, NotTaken

LARGEST = 16_384
"""Bytes of an answer."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
STYLE = (
    "*{box-sizing:border-box}body{font:1.2rem/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}"
    "label{display:block;margin:.8rem 0}input:not([type=radio]){font:inherit;width:100%}"
    "button{font:inherit;padding:.6rem 1.6rem}"
)
GONE = (
    "Nothing waits for an answer here: the question has been answered already, its time is over, or the link is not "
    "whole. Please call us if there is something to say."
)


class Answers:
    """The application of one worker."""

    def __init__(self, client: Client, links: PostgresLinks, seals: Seals | None = None) -> None:
        self._client = client
        self._seals = seals
        self._links = links

    def routes(self) -> list[web.RouteDef]:
        """``GET`` and ``POST /q/{token}``."""
        return [web.get("/q/{token}", self._show), web.post("/q/{token}", self._take)]

    async def _show(self, request: web.Request) -> web.Response:
        item = await self._item(request)
        return _page(GONE, status=404) if item is None else _page(item.waiting.text, _form(item.waiting.answer))

    async def _take(self, request: web.Request) -> web.Response:
        item = await self._item(request)
        if item is None:
            return _page(GONE, status=404)
        fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        try:
            inbox = Inbox(self._client, seals=self._seals)
            await inbox.answer(item, answer_of(item.waiting.answer, fields), "the caller, by link")
        except NotTaken as error:
            return _page(f"{item.waiting.text} That did not fit: {error}", _form(item.waiting.answer), status=422)
        except RPCError:
            return _page("We could not take that just now. Please try again in a minute.", status=503)
        return _page("Thank you, we have your answer.")

    async def _item(self, request: web.Request) -> Item | None:
        target = await self._links.find(request.match_info["token"])
        return None if target is None else await self._waiting(target)

    async def _waiting(self, target: Target) -> Item | None:
        try:
            described = await self._client.get_workflow_handle(target.workflow_id).describe()
            listed: list[Waiting] = await described.memo_value(WAITING, default=[], type_hint=list[Waiting])
        except RPCError:
            return None
        return next((Item(target.workflow_id, waiting) for waiting in listed if waiting.id == target.item), None)


def answer_of(schema: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """A form's fields as the schema's types; what does not fit stays text, for the workflow to say so."""
    properties: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    return {name: _typed(properties[name], text) for name, text in fields.items() if name in properties and text != ""}


def _typed(schema: Mapping[str, Any], text: str) -> Any:
    if schema.get("type") in ("boolean", "integer", "number"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _form(schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", ())
    inputs = "".join(_input(name, field, name in needed) for name, field in schema.get("properties", {}).items())
    return f'<form method="post">{inputs}<button>Send</button></form>'


def _input(name: str, field: Mapping[str, Any], needed: bool) -> str:
    label = html.escape(str(field.get("description") or name))
    choices = {str(value): str(value) for value in field.get("enum", ())}
    if field.get("type") == "boolean":
        choices = {"true": "Yes", "false": "No"}
    key = html.escape(name)
    if choices:
        options = "".join(
            f'<label><input type="radio" required name="{key}" value="{value}"> {text}</label>'
            for value, text in ((html.escape(value), html.escape(text)) for value, text in choices.items())
        )
        return f"<fieldset><legend>{label}</legend>{options}</fieldset>"
    kind = {"date": "date", "time": "time"}.get(str(field.get("format")), "text")
    kind = "number" if field.get("type") in ("integer", "number") else kind
    limits = {"min": field.get("minimum"), "max": field.get("maximum")} if kind == "number" else {}
    bounds = "".join(f' {side}="{html.escape(str(at))}"' for side, at in limits.items() if at is not None)
    bounds += ' step="any"' if field.get("type") == "number" else ""
    return f'<label>{label}<input name="{key}" type="{kind}"{bounds}{" required" if needed else ""}></label>'


def _page(text: str, form: str = "", status: int = 200) -> web.Response:
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>A question</title><style>{STYLE}</style><p>{html.escape(text)}</p>{form}</html>"
    )
    return web.Response(text=body, content_type="text/html", status=status, headers=HEADERS)
