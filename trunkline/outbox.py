"""``trunkline outbox``: the messages that went to people outside of calls, and what became of each."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import click

from trunkline.durable import database, desk_settings

QUERY = """
SELECT message_id, call_id, channel, recipient, subject, text, status, reference, detail, created, changed
FROM outbox WHERE ($1::text IS NULL OR recipient = $1) ORDER BY created DESC LIMIT $2
"""


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder of the local stack.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--to", metavar="ADDRESS", help="Only those to this number or e-mail address.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
def outbox(data: Path | None, as_json: bool, to: str | None, limit: int) -> None:
    """List the messages to people outside of calls, the newest first, and what became of each.

    queued: it waits to be handed over. sent: its carrier has it. delivered: the carrier says it arrived. failed: it
    never will. Where no carrier is set, messages stay here and count as delivered.
    """
    rows = asyncio.run(_rows(data, to, limit))
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, default=str))
    elif not rows:
        click.echo("No message has been sent.")
    for row in rows if not as_json else ():
        click.echo(in_words(dict(row)))


async def _rows(data: Path | None, to: str | None, limit: int) -> list[asyncpg.Record]:
    async with database(desk_settings(data)) as connection:
        try:
            return list(await connection.fetch(QUERY, to, limit))
        except asyncpg.UndefinedTableError:
            return []  # No worker has been here yet.


def in_words(row: dict[str, Any]) -> str:
    """For people: one line about the message, and its text."""
    created: datetime = row["created"]
    subject = f" {row['subject']}:" if row["subject"] else ""
    detail = f" ({row['detail']})" if row["detail"] else ""
    return (
        f"{created:%Y-%m-%d %H:%M:%S} {row['channel']:<5} {row['recipient']}  {row['status']}{detail}\n"
        f"   {subject}{row['text']}"
    )
