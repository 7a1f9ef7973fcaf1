"""Call tokens: the right to one call, to begin it and to come back to it. Signed, so that any edge of the region knows
them without asking anybody.

A token is ``<call id>.<Unix seconds until which it is good>.<signature>``, the signature HMAC-SHA256 of what stands
before it, in URL-safe base64 without padding: a company's own server can issue them with the same secret.
"""

import base64
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from edge.errors import Refused
from schemas.base import new_id

LIFETIME = 3600
"""Seconds for which a token is good; a call may last longer than that, but not be taken up again."""
LONGEST = 300
"""Characters of a token."""


class CallTokens:
    """Issues and reads tokens. ``now`` is Unix time in seconds."""

    def __init__(self, secret: bytes, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now

    def issue(self, call_id: str | None = None) -> str:
        """A token for this call; without one, for a call that is yet to be."""
        body = f"{call_id or new_id('web')}.{int(self._now()) + LIFETIME}"
        return f"{body}.{self._sign(body)}"

    def call_of(self, token: str) -> str:
        """The call that the token is for.

        Raises:
            Refused: ``bad_token`` or ``token_expired``.
        """
        body, _, signature = token[:LONGEST].rpartition(".")
        call_id, _, until = body.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(body).encode()) or not until.isdigit():
            raise Refused("bad_token", "The call token is not one of ours; ask for one at /call/token.")
        if self._now() > int(until):
            raise Refused("token_expired", "The call token has expired; ask for a new one at /call/token.")
        return call_id

    def _sign(self, body: str) -> str:
        digest = hmac.digest(self._secret, body.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def secret_in(folder: Path) -> bytes:
    """The secret kept in this folder, made where there is none: edges that share the folder share the secret.

    Raises:
        OSError: it can neither be read nor made.
    """
    path = folder / "call.secret"
    folder.mkdir(parents=True, exist_ok=True)
    mine = folder / f".call.secret.{os.getpid()}"
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secrets.token_urlsafe(32).encode())
    try:
        os.link(mine, path)  # The first wins, whole; the others take what it made.
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return path.read_bytes().strip()
