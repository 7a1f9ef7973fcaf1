"""``Crm`` over HTTP: each report is one signed POST to the address that the operator set."""

import errno
import ipaddress
import socket
import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from temporalio.exceptions import ApplicationError

from schemas import signing
from schemas.reports import DELIVERY, CallReport
from workflows.ports import CrmRefused

SECONDS = 15.0
"""For one try, from the connection to the end of what is read."""
READ = 2_000
"""Bytes of an answer that are read: enough to say what is wrong with a report."""
LATER = (408, 425, 429)
"""Refusals that another time may not be."""
LONGEST_WAIT = 3600.0
"""Seconds by which the receiver's ``Retry-After`` may put off the next try."""


def checked_url(url: str) -> str:
    """The address, if reports may go there.

    Raises:
        ValueError: it is no address of a web service, holds a password, or is of this link alone.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://crm.example/calls")
    if parts.username or parts.password:
        raise ValueError("must hold no user and password; the receiver knows us by the signature")
    if _barred(parts.hostname):
        raise ValueError("must not be an address of this link alone (169.254.0.0/16, fe80::/10)")
    return url


def _barred(host: str) -> bool:
    """Where clouds keep the credentials of their machines; nobody's CRM is there."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_link_local
    except ValueError:
        return False


class _Resolver(AbstractResolver):
    """Names, but for those that lead to an address which is barred."""

    def __init__(self) -> None:
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if any(_barred(each["host"]) for each in found):
            raise OSError(errno.EACCES, f"{host} leads to an address of this link alone.")
        return found

    async def close(self) -> None:
        await self._inner.close()


class HttpCrm:
    """One pooled session to one receiver.

    ``secrets``: signs with each, the newest first; with none the report is not signed.
    """

    def __init__(self, url: str, secrets: Sequence[str], patience_days: float, seconds: float = SECONDS) -> None:
        self.patience_days = patience_days
        self._url = checked_url(url)
        self._secrets = secrets
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=16, resolver=_Resolver()),
            timeout=aiohttp.ClientTimeout(total=seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def deliver(self, report: CallReport) -> None:
        body = report.model_dump_json().encode()
        headers = {"Content-Type": "application/json", "User-Agent": "trunkline", DELIVERY: report.id}
        if self._secrets:
            headers[signing.HEADER] = signing.sign_with_all(self._secrets, body, time.time())
        try:
            # A redirect may point inside of our network: the operator chose one address, and it is that or none.
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                if response.status < 300:
                    return  # Whatever else it says is not waited for.
                status, wait = response.status, response.headers.get("Retry-After", "")
                said = (await response.content.read(READ)).decode(errors="replace").strip()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OSError(f"The CRM did not answer: {type(error).__name__} {error}"[:300]) from error
        _refuse(status, wait, said)

    async def close(self) -> None:
        """End the session."""
        await self._session.close()


def _refuse(status: int, wait: str, said: str) -> None:
    if 300 <= status < 400:
        raise CrmRefused(
            f"The CRM answered {status}, which points elsewhere: set TRUNKLINE_CRM_URL to the new address."
        )
    if status < 500 and status not in LATER:
        raise CrmRefused(f"The CRM answered {status}: {said[:300] or 'it did not say why'}")
    pause = _pause(wait)
    if pause is not None:
        raise ApplicationError(f"The CRM answered {status}.", type="later", next_retry_delay=pause)
    raise OSError(f"The CRM answered {status}.")


def _pause(wait: str) -> timedelta | None:
    """``Retry-After`` in its form of seconds; None for any other."""
    return timedelta(seconds=min(float(wait), LONGEST_WAIT)) if wait.isascii() and wait.isdigit() else None
