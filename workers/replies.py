"""What Twilio tells a worker by HTTP: how far a text message has come, and what people write back.

Every request is signed with the account's token, and what is not is refused. Twilio may tell a thing twice, or late.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog
from aiohttp import web
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from workers.adapters.outbox import delivery_id
from workers.inbox import Inbox, Item, NotTaken
from workflows.deliver import RECEIVED
from workflows.ports import Delivery, Messages, Receipt

log = structlog.get_logger(__name__)

STATUS = "/twilio/status"
"""Path below which delivery is reported; the message's id behind it."""
INBOUND = "/twilio/sms"
"""Path of the webhook for messages that come in."""
ARRIVED: Mapping[str, Any] = {
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
"""Twilio's last words on a message; those before them tell nothing new."""
YES = {"yes", "y", "yep", "yeah", "ok", "okay", "accept", "accepted", "taken", "coming", "1"}
NO = {"no", "n", "nope", "decline", "declined", "busy", "cannot", "can't", "cant", "2"}
NOTHING = "There is no job that waits for your answer."
NOT_NOW = "We could not take your answer just now. Please send it again in a minute."
UNCLEAR = "Please reply YES, with the minutes you need, or NO."


class Persons(Protocol):
    """Who has which number."""

    async def by_phone(self, phone: str) -> list[tuple[str, str]]:
        """(id of the unit, person) of every unit with this number."""


def answer_in(text: str) -> dict[str, Any] | None:
    """A unit's answer to an offer, as the offer's model wants it; None where it says neither yes nor no."""
    words = re.findall(r"[a-z']+|[0-9]+", text.lower())
    verdicts = {word in YES for word in words[:4] if word in YES | NO}
    if len(verdicts) != 1:
        return None
    (accepted,) = verdicts
    minutes = next((int(word) for word in words[1:] if word.isdecimal() and 1 <= int(word) <= 600), None)
    return {"accepted": accepted, **({"minutes": minutes} if accepted and minutes else {})}


class Replies:
    """The routes of one worker."""

    def __init__(self, client: Client, messages: Messages, persons: Persons, token: str, public_url: str) -> None:
        """``public_url``: the address by which Twilio reaches this page; signatures are made for it."""
        self._client = client
        self._messages = messages
        self._persons = persons
        self._validator = RequestValidator(token)
        self._public = public_url.rstrip("/")

    def routes(self) -> list[web.RouteDef]:
        """``POST`` of both."""
        return [
            web.post(f"{STATUS}/{{message:[A-Za-z0-9_-]{{1,96}}}}", self._signed(self._status)),
            web.post(INBOUND, self._signed(self._inbound)),
        ]

    def _signed(
        self, handler: Callable[[web.Request, dict[str, str]], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def signed(request: web.Request) -> web.Response:
            form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            signature = request.headers.get("X-Twilio-Signature", "")
            if not self._validator.validate(f"{self._public}{request.path_qs}", form, signature):
                log.warning("A request without Twilio's signature was refused.", path=request.path)
                return web.Response(status=403, text="This is not signed with the account's token.")
            try:
                return await handler(request, form)
            except RPCError as error:
                log.warning("Temporal does not take Twilio's word now.", error=error.message)
                return web.Response(status=503, text="Try again.")

        return signed

    async def _status(self, request: web.Request, form: dict[str, str]) -> web.Response:
        state = ARRIVED.get(form.get("MessageStatus", ""))
        if state is None:
            return web.Response(status=204)
        code = form.get("ErrorCode", "")
        detail = f"Twilio: {form['MessageStatus']}{f', error {code}' if code else ''}."
        receipt = Receipt(state=state, reference=form.get("MessageSid"), detail=detail)
        message = request.match_info["message"]
        try:
            await self._client.get_workflow_handle(delivery_id(message)).signal(RECEIVED, receipt)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            # Its delivery waits no more: the word came late, and is written down all the same.
            await self._messages.record(
                Delivery(message_id=message, state=state, reference=receipt.reference, detail=detail)
            )
        return web.Response(status=204)

    async def _inbound(self, request: web.Request, form: dict[str, str]) -> web.Response:
        persons = dict(await self._persons.by_phone(form.get("From", "")))
        if not persons:
            log.info("A text message came from a number that is nobody's.")
            return _twiml("")
        offers = [item for item in await Inbox(self._client).items() if _unit(item) in persons]
        if not offers:
            return _twiml(NOTHING)
        answer = answer_in(form.get("Body", ""))
        if answer is None:
            return _twiml(UNCLEAR)
        item = offers[0]
        try:
            await Inbox(self._client).answer(item, answer, persons[_unit(item)], "by text message")
        except NotTaken:
            return _twiml(NOTHING)
        except RPCError as error:
            # Twilio would not bring it again.
            log.warning("A unit's answer was not taken.", error=error.message)
            return _twiml(NOT_NOW)
        address = item.waiting.details.get("address", "the job")
        return _twiml(f"Thank you. {address} is yours." if answer["accepted"] else "Thank you. We ask somebody else.")


def _unit(item: Item) -> str:
    """The unit that is offered something; empty where it is no offer."""
    return item.waiting.details.get("unit", "") if "accepted" in item.waiting.answer.get("properties", {}) else ""


def _twiml(text: str) -> web.Response:
    response = MessagingResponse()
    if text:
        response.message(text)
    return web.Response(text=str(response), content_type="application/xml")
