"""Who carries messages to people, as settings choose; and the addresses at which a carrier reports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from temporalio.client import Client

from workers.adapters.local_sender import LocalSender
from workers.adapters.smtp import Smtp
from workers.adapters.twilio_sms import TwilioSms
from workers.adapters.units import PostgresUnits
from workers.replies import STATUS, Replies
from workers.settings import WorkerSettings
from workflows.ports import Channel, Messages, Sender


class NoCarrier(Exception):
    """A carrier is chosen that cannot carry; ``message`` says which setting is missing."""

    code = "bad_settings"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@asynccontextmanager
async def carriers(settings: WorkerSettings) -> AsyncIterator[dict[Channel, Sender]]:
    """A sender for each channel.

    Raises:
        NoCarrier: a setting is missing.
    """
    sms: Sender = LocalSender()
    if settings.sms_carrier == "twilio":
        sms = _twilio(settings)
    try:
        yield {"sms": sms, "email": _mail(settings)}
    finally:
        if isinstance(sms, TwilioSms):
            await sms.close()


def replies(settings: WorkerSettings, client: Client, messages: Messages, units: PostgresUnits) -> list[web.RouteDef]:
    """Where the carrier of text messages reports; nothing where it cannot, or there is none."""
    if settings.sms_carrier != "twilio" or not settings.link_url:
        return []
    token = settings.twilio_auth_token.get_secret_value()
    return Replies(client, messages, units, token, settings.link_url).routes()


def _twilio(settings: WorkerSettings) -> TwilioSms:
    token = settings.twilio_auth_token.get_secret_value()
    needed = {
        "TRUNKLINE_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TRUNKLINE_TWILIO_AUTH_TOKEN": token,
        "TRUNKLINE_TWILIO_SMS_FROM": settings.twilio_sms_from,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise NoCarrier(f"Twilio cannot carry text messages without {', '.join(missing)}.")
    reports = f"{settings.link_url.rstrip('/')}{STATUS}" if settings.link_url else ""
    return TwilioSms(settings.twilio_url, settings.twilio_account_sid, token, settings.twilio_sms_from, reports)


def _mail(settings: WorkerSettings) -> Sender:
    if settings.mail_carrier == "local":
        return LocalSender()
    try:
        return Smtp(settings.smtp_url.get_secret_value(), settings.mail_from)
    except ValueError as error:
        raise NoCarrier(str(error)) from None
