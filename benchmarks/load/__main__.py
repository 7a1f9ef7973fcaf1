"""``python -m benchmarks.load``: systems under load, level by level; one that was measured is not measured again."""

import json
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import click
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.load import machine, page, report, run
from benchmarks.load.peers import install
from benchmarks.load.plan import LEVELS, after, plan
from benchmarks.load.results import Level
from benchmarks.load.store import Store
from benchmarks.load.systems import SYSTEMS, System

SETTING_UP = 12.0
"""Seconds that a level takes beside its ramp and window."""


def _chosen(systems: str) -> list[System]:
    if systems == "all":
        return list(SYSTEMS.values())
    names = [name.strip() for name in systems.split(",")]
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise click.BadParameter(f"There is no system {unknown[0]!r}. There are {', '.join(SYSTEMS)}.")
    return [SYSTEMS[name] for name in names]


def _levels(levels: str) -> list[int]:
    try:
        wanted = list(dict.fromkeys(int(level) for level in levels.split(",")))
    except ValueError as error:
        raise click.BadParameter("Levels are numbers with commas between, such as 1,10,40.") from error
    if not 1 <= min(wanted) <= max(wanted) <= 1000:
        raise click.BadParameter("A level is 1 to 1000 calls.")
    return wanted


def _about(quick: bool) -> str:
    return machine.about() + (", with the short windows of --quick" if quick else "")


class Session:
    """One run of the benchmark: what is to be measured, and what has been."""

    def __init__(
        self, systems: list[System], levels: list[int], *, quick: bool, fresh: bool, kept: bool, out: Console
    ) -> None:
        self._measured_levels: dict[tuple[str, int], Level] = {}
        self._systems = systems
        self._levels = levels
        self._quick = quick
        self._fresh = fresh
        self._only_kept = kept
        self._installed: set[str] = set()
        self._out = out
        self._store = Store("quick" if quick else "whole")

    def results(self) -> dict[str, list[Level]]:
        """What has been measured, now or before by the same code, by system."""
        found: dict[str, list[Level]] = {system.name: [] for system in self._systems}
        for system, calls in plan(self._systems, sorted(self._levels)):
            if level := self._measured_levels.get((system.name, calls)) or self._kept(system, calls):
                found[system.name].append(level)
        return found

    def measure(self, done: Callable[[], None]) -> None:
        """Measure what is missing; a system is spared what is past its first saturated level. ``done`` after each."""
        todo = plan(self._systems, self._levels)
        while todo:
            system, calls = todo.pop(0)
            level = self._kept(system, calls)
            if level is None and self._only_kept:
                continue
            if level is None:
                left = sum(self._takes(one) for one in [calls, *(number for _, number in todo)])
                self._out.print(f"{system.title}, {calls} calls at a time … at most {left / 60:.0f} minutes to go")
                try:
                    self._install(system)
                    level = self._measure(system, calls)
                except (install.NotInstalled, run.Broken) as error:
                    self._out.print(f"{system.title} is left out: {error}")
                    todo = after(todo, system, 0)
                    continue
            self._measured_levels[system.name, calls] = level
            if level.saturated:
                todo = after(todo, system, calls)
            done()

    def _install(self, system: System) -> None:
        """Make a peer's environment, where there is none yet. Raises NotInstalled."""
        if system.framework and system.framework not in self._installed:
            install.install(system.framework)
            self._installed.add(system.framework)

    def _kept(self, system: System, calls: int) -> Level | None:
        if self._fresh:
            return None
        return self._store.get(system, calls, stale=self._only_kept)

    def _takes(self, calls: int) -> float:
        times = run.timing(calls, quick=self._quick)
        return times.ramp + times.window + SETTING_UP

    def _measure(self, system: System, calls: int) -> Level:
        """Measure a level; once more where it was disturbed, and the less disturbed one counts."""
        level = self._measured(system, calls)
        self._store.put(system, level)
        if level.disturbed:
            self._out.print(f"  The machine was disturbed (callers {1000 * level.late:.0f} ms late): once more")
            level = min(level, self._measured(system, calls), key=lambda one: one.late)
            self._store.put(system, level)
        return level

    def _measured(self, system: System, calls: int) -> Level:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="trunkline-load-") as folder:
            level = uvloop.run(run.level(system, calls, run.timing(calls, quick=self._quick), Path(folder)))
        row = report.rows(system.title, [level])[0]
        figures = ", ".join(f"{name} {value}" for name, value in zip(report.COLUMNS[2:], row[2:], strict=True))
        self._out.print(f"  {time.monotonic() - began:.0f} s: {figures}")
        return level


def show(session: Session, out: Console) -> None:
    """Print what has been measured."""
    results = session.results()
    rows = [row for name, levels in results.items() for row in report.rows(SYSTEMS[name].title, levels)]
    titled = {SYSTEMS[name].title: levels for name, levels in results.items()}
    for title, columns, body in (
        ("Levels (milliseconds)", report.COLUMNS, rows),
        ("Systems", report.SUMMARY, report.summary(titled)),
    ):
        table = Table(title=title, title_justify="left")
        for index, column in enumerate(columns):
            table.add_column(column, justify="right" if index else "left", overflow="fold")
        for row in body:
            table.add_row(*row)
        out.print(table)


@click.command()
@click.option(
    "--systems",
    default="floor,trunkline",
    show_default=True,
    help=f"What to measure, or 'all': {', '.join(SYSTEMS)}.",
)
@click.option(
    "--levels",
    default=",".join(map(str, LEVELS)),
    show_default=True,
    help="Calls at a time, in the order in which they are measured.",
)
@click.option("--quick", is_flag=True, help="Short windows: for a look during work, not for the page.")
@click.option("--fresh", is_flag=True, help="Measure again what was measured before.")
@click.option("--kept", is_flag=True, help="Measure nothing; show what is kept, whatever code it was measured with.")
@click.option(
    "--page", "onto", type=click.Path(path_type=Path, exists=True), help="Put figures and a plot on this page."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and the rest on stderr.")
def main(systems: str, levels: str, quick: bool, fresh: bool, kept: bool, onto: Path | None, as_json: bool) -> None:
    """Measure systems under load on one core: overhead, barge-in, CPU, memory. In real time: 90 s a level.

    The levels of the budgets come first; a run that is interrupted shows, and puts on its page, what it has so far.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # What was started is stopped, as at Ctrl-C.
    out = Console(width=160, stderr=as_json)
    session = Session(_chosen(systems), _levels(levels), quick=quick, fresh=fresh, kept=kept, out=out)

    def put() -> None:
        if onto:
            page.write(onto, list(SYSTEMS.values()), session.results(), _about(quick))

    try:
        session.measure(put)
    except KeyboardInterrupt:
        out.print("Cut short: this is what there is so far.")
    show(session, out)
    put()
    if as_json:
        click.echo(json.dumps({name: [asdict(one) for one in of] for name, of in session.results().items()}))


if __name__ == "__main__":
    main()
