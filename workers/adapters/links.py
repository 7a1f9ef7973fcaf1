"""Links to the page on which people answer: short, since they go by text message, and not to be guessed."""

import re
import secrets
from datetime import datetime
from typing import NamedTuple

import asyncpg

TOKEN_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

MAKE = """
INSERT INTO links (token, workflow_id, item, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (workflow_id, item) DO UPDATE SET until = excluded.until
RETURNING token
"""


class Target(NamedTuple):
    """What a link leads to."""

    workflow_id: str
    item: str


class PostgresLinks:
    """``Links`` on the table ``links``; the page is served under ``base``, such as https://answers.example."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", base: str) -> None:
        self._pool = pool
        self._base = base.rstrip("/")

    async def link(self, workflow_id: str, item: str, until: datetime) -> str:
        token = await self._pool.fetchval(MAKE, secrets.token_urlsafe(TOKEN_BYTES), workflow_id, item, until)
        return f"{self._base}/q/{token}"

    async def find(self, token: str) -> Target | None:
        """What this token leads to, as long as an answer is wanted."""
        if not TOKEN.fullmatch(token):
            return None
        row = await self._pool.fetchrow("SELECT workflow_id, item FROM links WHERE token = $1 AND until > now()", token)
        return None if row is None else Target(row["workflow_id"], row["item"])
