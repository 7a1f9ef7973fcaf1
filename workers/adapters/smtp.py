"""E-mail by SMTP, with aiosmtplib."""

from email.errors import MessageError
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from workflows.ports import Message, Receipt, Undeliverable

PATIENCE = 20.0
"""Seconds for one message; the activity tries again."""


class Smtp:
    """``Sender`` by one server: ``smtp://USER:PASSWORD@HOST:587`` (STARTTLS where it is offered) or ``smtps://…:465``.

    A message keeps its Message-ID from one try to the next, by which mail servers and readers drop a second copy.
    """

    def __init__(self, url: str, sender: str) -> None:
        """``sender``: the address it comes from. Raises ValueError where the URL is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in sender:
            raise ValueError("TRUNKLINE_SMTP_URL must be smtp://HOST:PORT, and TRUNKLINE_MAIL_FROM an address.")
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._sender = sender

    async def send(self, message: Message) -> Receipt:
        try:
            mail = self._written(message)
        except (ValueError, MessageError) as error:
            raise Undeliverable(f"It cannot be written as an e-mail: {error}") from None
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                timeout=PATIENCE,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _verdict(error.recipients[0]) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _verdict(error) from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            raise OSError(f"The mail server does not take it now: {error}") from error
        return Receipt(state="sent", reference=str(mail["Message-ID"]))

    def _written(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, message.recipient
        mail["Subject"] = " ".join(message.subject.split()) or "A message for you"
        mail["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail


def _verdict(error: aiosmtplib.SMTPResponseException) -> Exception:
    """5xx about the message is for good, 4xx and what concerns our own sign-in is not."""
    said = f"The mail server said {error.code}: {error.message}"
    ours = isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPSenderRefused)
    return Undeliverable(said) if 500 <= error.code < 600 and not ours else OSError(said)
