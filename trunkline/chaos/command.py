"""``trunkline chaos``: kills the stack, part by part, under calls, and counts what became of what callers wanted."""

import asyncio
import contextlib
import json
import logging
import shutil
import signal
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from trunkline import sources
from trunkline.chaos import report
from trunkline.chaos.strikes import VICTIMS
from trunkline.chaos.trial import Progress, Trial, Verdict, Wish
from trunkline.chaos.wants import KINDS, Kind
from trunkline.settings import StackSettings

SAY_EVERY = 20.0
"""Seconds between two lines of progress where nobody looks at a terminal."""


def _victims(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    named = tuple(name.strip() for name in value.split(",") if name.strip())
    if strange := [name for name in named if name not in VICTIMS]:
        raise click.BadParameter(f"{', '.join(strange)}: victims are {', '.join(VICTIMS)}.")
    if not named:
        raise click.BadParameter("name at least one.")
    return named


def _kinds(context: click.Context, parameter: click.Parameter, value: str) -> tuple[Kind, ...]:
    named = {name.strip() for name in value.split(",") if name.strip()}
    if not named or (strange := named - set(KINDS)):
        raise click.BadParameter(f"{', '.join(sorted(strange)) if named else 'none'}: there are {', '.join(KINDS)}.")
    return tuple(kind for kind in KINDS if kind in named)


@click.command()
@click.option("--kills", type=click.IntRange(1, 100_000), default=35, show_default=True, help="How many kills.")
@click.option("--seed", type=int, default=1, show_default=True, help="What the order and the moments are drawn from.")
@click.option("--victims", default=",".join(VICTIMS), callback=_victims, help="Who is killed, commas between.")
@click.option(
    "--wants",
    "kinds",
    default=",".join(KINDS),
    callback=_kinds,
    help="What callers want, commas between.",
    show_default=True,
)
@click.option("--callers", type=click.IntRange(1, 40), default=6, show_default=True, help="Calls at a time.")
@click.option("--repeat", "repeats", is_flag=True, help="The model repeats itself: each call of a tool comes again.")
@click.option("--twice", is_flag=True, help="NATS delivers every event twice.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write the table into this page, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep ledger, data and logs here [default: 'chaos' in the data folder, while there is use for it].",
)
def chaos(
    kills: int,
    seed: int,
    victims: tuple[str, ...],
    kinds: tuple[Kind, ...],
    callers: int,
    repeats: bool,
    twice: bool,
    page: Path | None,
    as_json: bool,
    keep: Path | None,
) -> None:
    """Kill the stack, part by part, under calls, and count what became of what callers wanted.

    Starts a stack of its own, places calls without pause, and meanwhile kills -9, in turn and at random moments, edge,
    bridge, worker, Temporal, NATS, PostgreSQL and Valkey, or freezes them for some seconds. A ledger outside counts the
    effects: of orders, of payments at the sandbox gateway, and of units sent to emergencies. Some three seconds a kill.
    Ctrl-C ends the kills, and accounts for those there were; the same command goes on from there, also where the trial
    was itself killed.

    The exit code is 0 where nothing was lost, doubled or left untold, and 1 otherwise.
    """
    logging.disable(logging.CRITICAL)  # Connections to what was killed are lost, and libraries say so.
    folder = keep or sources.load(StackSettings).data / "chaos"
    wish = Wish(kills, seed, victims, callers, repeats, twice, kinds)
    verdict = asyncio.run(_run(wish, folder.absolute()))
    if as_json:
        click.echo(json.dumps(verdict.to_dict()))
    else:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
        console.print(report.table(verdict.rows))
        console.print(report.sentence(verdict), soft_wrap=True)
    if page:
        report.put(page, verdict)
    if keep is None and verdict.ok and verdict.kills >= kills:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        click.echo(f"The ledger, the data and the logs are in {folder}.", err=True)
    if not verdict.ok:
        raise SystemExit(1)


async def _run(wish: Wish, folder: Path) -> Verdict:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    trial = Trial(wish, folder)
    before = trial.kills
    if before:
        console.print(f"Going on after {before} kills.")
    began, told = time.monotonic(), 0.0
    with console.status("Starting the stack...") as status:

        def tell(progress: Progress) -> None:
            nonlocal told
            line = _line(progress, wish, before, time.monotonic() - began)
            status.update(line)
            if not console.is_terminal and time.monotonic() - told > SAY_EVERY:
                told = time.monotonic()
                console.print(line)

        trial.tell = tell
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, trial.stop)
        try:
            return await trial.run()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(ValueError):
                    loop.remove_signal_handler(number)


def _line(progress: Progress, wish: Wish, before: int, seconds: float) -> str:
    done = progress.kills - before
    left = f", {report.span(seconds / done * (wish.kills - progress.kills))} left" if done else ""
    return f"{progress.kills} of {wish.kills} kills{left}; {progress.wanted} effects wanted. {progress.latest}"
