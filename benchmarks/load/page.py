"""The page of figures: tables between its two marks, and the plot beside it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks.figures import quantile
from benchmarks.load import report
from benchmarks.load.results import Level
from benchmarks.load.systems import System
from benchmarks.plot import Axis, Line, Panel, plot

BEGIN, END = "<!-- measured: python -m benchmarks.load --page -->", "<!-- end -->"
SEEN = 400.0
"""Milliseconds of overhead up to which the plot goes."""


def write(path: Path, systems: Sequence[System], results: Mapping[str, Sequence[Level]], machine: str) -> None:
    """Put the figures between the page's marks, and the plot into the file of the same name that ends in ``.svg``.

    Raises ValueError where the page has no such marks.
    """
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} needs the lines {BEGIN} and {END}, between which the figures go.")
    picture = path.with_suffix(".svg")
    picture.write_text(picture_of(systems, results, machine))
    body = f"![p95 overhead and CPU over calls at a time]({picture.name})\n\n{_body(systems, results, machine)}"
    path.write_text(f"{before}{BEGIN}\n\n{body}\n{END}{after}")


def _body(systems: Sequence[System], results: Mapping[str, Sequence[Level]], machine: str) -> str:
    shown = [system for system in systems if results.get(system.name)]
    titled = {system.title: results[system.name] for system in shown}
    rows = [row for title, levels in titled.items() for row in report.rows(title, levels)]
    days = sorted({level.day for levels in results.values() for level in levels} - {""})
    when = days[-1:] if len(set(days)) < 2 else [days[0], days[-1]]
    return "\n".join(
        [
            f"Measured {' to '.join(when) or f'{date.today():%Y-%m-%d}'} on {machine}.",
            "",
            "**Systems**",
            "",
            *_table(report.SUMMARY, report.summary(titled)),
            "",
            "**Levels**, times in milliseconds",
            "",
            *_table(report.COLUMNS, rows),
            "",
            "**Configurations**",
            "",
            *(f"- *{system.title}*: {system.setup}" for system in systems),
            "",
        ]
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    head = [_cells(columns), _cells(["---", *("---:" for _ in columns[1:])])]
    return [*head, *(_cells(row) for row in rows)]


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def picture_of(systems: Sequence[System], results: Mapping[str, Sequence[Level]], machine: str) -> str:
    """p95 overhead and CPU over calls at a time."""
    overhead, cpu = [], []
    for system in systems:
        levels = sorted(results.get(system.name, ()), key=lambda one: one.calls)
        seen = [level for level in levels if level.sample.plain]
        if not seen:
            continue
        ends = seen[-1].saturated
        overhead.append(
            Line(system.title, [(one.calls, 1000 * quantile(one.sample.plain, 0.95)) for one in seen], ends)
        )
        cpu.append(Line(system.title, [(one.calls, one.cpu) for one in seen], ends))
    calls = sorted({one.calls for levels in results.values() for one in levels})
    across = Axis("calls at a time", calls, root=True)
    panels = (
        Panel("p95 overhead, ms (a turn without a tool)", overhead, across, top=SEEN),
        Panel("CPU seconds a call-minute", cpu, across),
    )
    return plot(panels, f"{machine}. One core; × marks a level at which the system was saturated.")
