"""``trunkline erase``: what is kept of one caller is erased, looked for, and certified."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import click
import nats.errors
from nats.js.errors import Error as JetStreamError
from temporalio.service import RPCError

from trunkline.durable import database, desk_settings, temporal
from trunkline.errors import TrunklineError
from workers.adapters import nats as bus
from workers.erasure import Certificate, Erasure, Found
from workers.pseudonyms import NUMBER
from workers.searchable import ensure_searchable
from workers.settings import DeskSettings

TROUBLE = (nats.errors.Error, JetStreamError, RPCError, asyncpg.PostgresError, OSError, TimeoutError)


@click.command()
@click.argument("caller", metavar="NUMBER")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder of the local stack.")
@click.option("--yes", is_flag=True, help="Erase it; without this it is only shown what would be.")
@click.option(
    "--and-end", is_flag=True, help="Also end business under way, without undoing it, and cancel visits to come."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def erase(caller: str, data: Path | None, yes: bool, and_end: bool, as_json: bool) -> None:
    """Erase what is kept of the caller with this NUMBER (+ and digits), and certify it.

    Shows first what there is: calls with their events and tapes, workflows, rows of the database. With --yes all of it
    is erased, everything is searched for the number and the calls, and the certificate is printed and kept. Each region
    is erased by itself. It ends with status 1 where something is left; the same command may be given again.
    """
    if not NUMBER.fullmatch(caller):
        raise TrunklineError(f"{caller!r} is no caller's address: give + and all digits, such as +12025550143.")
    found, certificate = asyncio.run(_erase(desk_settings(data), caller, yes, and_end))
    shown = certificate or found
    click.echo(shown.model_dump_json(indent=2) if as_json else _in_words(caller, found, certificate))
    if certificate is not None and certificate.left:
        raise SystemExit(1)


async def _erase(settings: DeskSettings, caller: str, yes: bool, and_end: bool) -> tuple[Found, Certificate | None]:
    async with _erasure(settings, caller) as erasure:
        try:
            found = await erasure.find()
            if not yes:
                return found, None
            _check(found, and_end)
            certificate = await erasure.erase(found)
            await erasure.keep(certificate)
        except TROUBLE as error:
            raise TrunklineError(
                f"It could not be brought to its end ({type(error).__name__}: {error}). Give the command again: "
                "what is erased stays so."
            ) from error
        return found, certificate


def _check(found: Found, and_end: bool) -> None:
    """Raises TrunklineError where erasing would harm what still goes on."""
    if found.live:
        raise TrunklineError(f"The caller is on the line, in call {', '.join(found.live)}. Erase it once that is over.")
    standing = found.rows.get("standing", 0)
    if (found.business or standing) and not and_end:
        raise TrunklineError(
            f"There are {len(found.business)} workflows under way and {standing} visits to come. With --and-end the "
            "workflows are ended where they stand and the visits are cancelled; nobody is told."
        )


@asynccontextmanager
async def _erasure(settings: DeskSettings, caller: str) -> AsyncIterator[Erasure]:
    client = await temporal(settings)
    try:
        connection = await bus.connect(settings.nats_url, "erase")
    except (OSError, nats.errors.Error, TimeoutError) as error:
        raise TrunklineError("NATS does not answer. Is 'trunkline up' running, or TRUNKLINE_NATS_URL set?") from error
    try:
        async with database(settings) as rows:
            yield Erasure(
                connection,
                rows,
                client,
                settings.region,
                settings.pseudonym_key.get_secret_value(),
                caller,
                searchable=await ensure_searchable(client),
            )
    finally:
        await connection.close()


def _in_words(caller: str, found: Found, certificate: Certificate | None) -> str:
    if certificate is None:
        if not (found.calls or found.workflows or any(found.rows.values())):
            return f"Nothing is kept of {caller}, but for what edges may have: --yes asks them too, and certifies it."
        rows = ", ".join(f"{number} {name}" for name, number in found.rows.items() if number) or "none"
        return "\n".join(
            [
                f"Kept of {caller}:",
                f"  calls:     {len(found.calls)}, with {found.events} events"
                + (", one of them now" * bool(found.live)),
                f"  workflows: {len(found.workflows)}, {len(found.business)} with business under way",
                f"  rows:      {rows}",
                "Nothing was erased. Give --yes to erase it.",
            ]
        )
    erased = ", ".join(f"{number} {name}" for name, number in certificate.erased.items())
    searched = ", ".join(f"{number} {name}" for name, number in certificate.searched.items())
    left = ", ".join(f"{number} in {name}" for name, number in certificate.left.items()) or "nothing"
    return "\n".join(
        [
            f"Certificate {certificate.id}, {certificate.ended:%Y-%m-%d %H:%M:%S} UTC, region {certificate.region}",
            f"  erased:       {erased}",
            f"  searched:     {searched}",
            f"  found left:   {left}",
            f"  edge nodes:   {', '.join(certificate.nodes) or 'none answered, so no tape was erased'}",
            f"  not searched: {certificate.not_searched}",
        ]
    )
