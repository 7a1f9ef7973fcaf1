"""Text messages by Twilio's Messages resource, spoken over HTTP as Twilio documents it."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog
from temporalio import activity

from workflows.ports import Message, Receipt, Undeliverable

log = structlog.get_logger(__name__)

PATIENCE = 10.0
"""Seconds for one request; the activity tries again."""
LOOK_BACK = timedelta(minutes=2)
"""By how much Twilio's clock may be behind ours."""
STATES = "accepted queued sending sent delivered read scheduled receiving received".split()
"""Of a message that is on its way, or there."""
OURS = (401, 403, 404)
"""Statuses that speak of our account or its address, which somebody will mend: not of the message."""


class TwilioSms:
    """``Sender`` of one account. Twilio knows no idempotency key: before a second try it is asked what it has."""

    def __init__(self, url: str, account: str, token: str, sender: str, status_url: str = "") -> None:
        """``sender``: an E.164 number, or the id of a messaging service (MG…).

        ``status_url``: public address under which it reports, ``/MESSAGE`` behind it; no reports where empty.
        """
        self._messages = f"{url.rstrip('/')}/2010-04-01/Accounts/{quote(account)}/Messages.json"
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._status_url = status_url.rstrip("/")
        self._session = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth(account, token)},
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def send(self, message: Message) -> Receipt:
        tried = _tried_since()
        if tried is not None and (sid := await self._found(message, tried)):
            return Receipt(state="sent", reference=sid)
        form = {"To": message.recipient, "Body": message.text, **self._sender}
        if self._status_url:
            form["StatusCallback"] = f"{self._status_url}/{quote(message.id)}"
        said = await self._ask("POST", data=form)
        return Receipt(state="sent", reference=str(said.get("sid", "")))

    async def _found(self, message: Message, since: datetime) -> str | None:
        """The message that an earlier try, whose answer was lost, has brought to Twilio."""
        about = {"To": message.recipient, "DateSent>": f"{since - timedelta(days=1):%Y-%m-%d}", "PageSize": "50"}
        listed = (await self._ask("GET", params=about)).get("messages", [])
        return next((str(one["sid"]) for one in listed if _is(one, message, since)), None)

    async def _ask(self, method: str, **about: Any) -> dict[str, Any]:
        """Raises Undeliverable or OSError."""
        try:
            async with self._session.request(method, self._messages, **about) as answer:
                body: Any = await answer.json(content_type=None)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OSError(f"Twilio does not answer: {type(error).__name__}.") from error
        said: dict[str, Any] = body if isinstance(body, dict) else {}
        if status < 300:
            return said
        why = f"Twilio refused it: {said.get('message', 'no reason given')} ({said.get('code', status)})."
        if status in OURS:
            log.error("Twilio refuses our account: see TRUNKLINE_TWILIO_ACCOUNT_SID and its token.", status=status)
        if 400 <= status < 500 and status not in (*OURS, 408, 429):
            raise Undeliverable(why)
        raise OSError(why)


def _tried_since() -> datetime | None:
    """When this very message was first tried; None at the first try."""
    if not activity.in_activity() or activity.info().attempt < 2:
        return None
    return activity.info().scheduled_time


def _is(one: dict[str, Any], message: Message, since: datetime) -> bool:
    try:
        created = parsedate_to_datetime(str(one.get("date_created")))
    except ValueError:
        return False
    created = created if created.tzinfo else created.replace(tzinfo=UTC)
    same = one.get("body") == message.text and one.get("status") in STATES
    return bool(same and one.get("sid") and created >= since - LOOK_BACK)
