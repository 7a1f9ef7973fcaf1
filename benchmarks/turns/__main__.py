"""``python -m benchmarks.turns``: turn-taking on recorded speech, beside other rules, in tables."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from benchmarks.turns import heard, report
from benchmarks.turns.borders import Border, Borders
from benchmarks.turns.calls import tracks
from benchmarks.turns.endings import Result, ours
from benchmarks.turns.fetched import Missing
from benchmarks.turns.interruptions import shares, trials
from benchmarks.turns.lines import lines
from benchmarks.turns.material import Material, material
from benchmarks.turns.models import Models
from benchmarks.turns.overheard import overheard
from benchmarks.turns.report import Report
from benchmarks.turns.rivals import SmartTurn, at_mean, silence

FACTORS = (0.6, 0.8, 1.0, 1.25, 1.6, 2.0)
"""The aggressiveness setting: every wait times this."""
SILENCES = tuple(float(seconds) for seconds in np.arange(0.20, 1.65, 0.05))
SHOWN = (0.3, 0.5, 0.7, 1.0)
CUTS = 400
"""Replies cut at random, for each way of cutting them."""
FALLBACKS = (0.8, 1.2, 3.0)
BORDERS: dict[Border, str] = {
    "mid-clause": "Pauses in mid-clause, where words can tell that more comes",
    "comma": "Pauses at a comma",
    "finished": "Pauses after a finished sentence, which another follows",
}


def ends(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends; prints its tables."""
    laid = tracks(said.paused)
    curve = [silence(models, laid, seconds) for seconds in SILENCES]
    rules = [ours(models, laid, factor) for factor in ((1.0,) if quick else FACTORS)]
    rules += [result for result in curve if any(result.rule == f"silence {1000 * s:.0f} ms" for s in SHOWN)]
    notes: list[str] = []
    try:
        rules += [SmartTurn(models).rule(laid, fallback) for fallback in FALLBACKS]
    except Missing as missing:
        notes.append(f"{missing} smart-turn is left out.")
    mine = next(result for result in rules if result.rule == "Trunkline")
    title = f"Pauses and ends: {len(mine.in_pauses)} pauses inside a turn, {len(mine.at_ends)} true ends"
    rows = [report.rule_row(result, at_mean(curve, result.mean)) for result in rules]
    out.table(title, report.RULE_COLUMNS, rows)
    parts = _by_border(Borders(models, laid), rules, curve, out)
    kinds = [report.kind_row(*one) for one in _kinds(mine)]
    out.table("By kind of turn", report.KIND_COLUMNS, kinds)
    out.table("By reason", report.REASON_COLUMNS, report.reasons(mine))
    if cases:
        out.table("Worst cases", report.CASE_COLUMNS, report.worst(mine, cases), keep=False)
    for note in notes:
        click.echo(note, err=True)
    figures = {"rules": _dicts(report.RULE_COLUMNS, rows), "kinds": _dicts(report.KIND_COLUMNS, kinds)}
    return {**figures, "borders": parts}


def _by_border(borders: Borders, rules: Sequence[Result], curve: Sequence[Result], out: Report) -> dict[str, Any]:
    """The same, apart for pauses of which words can tell that more comes, and others; prints their tables."""
    parts: dict[str, Any] = {}
    for border, title in BORDERS.items():
        plain = [borders.only(each, border) for each in curve]
        of = [borders.only(rule, border) for rule in rules]
        rows = [report.rule_row(each, at_mean(plain, each.mean)) for each in of]
        out.table(f"{title}: {len(of[0].in_pauses)}", report.RULE_COLUMNS, rows)
        parts[border] = _dicts(report.RULE_COLUMNS, rows)
    return parts


def _kinds(result: Result) -> list[tuple[str, Result]]:
    kinds = sorted({case.what.what.kind for case in result.cases})
    return [*((kind, result.only(kind)) for kind in kinds), ("all", result)]


def barge_in(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Interruptions and other sounds over the agent; prints its tables."""
    sounds, notes = overheard()
    done = trials(models, sounds[:: 3 if quick else 1])
    takes = [report.takes_row(row) for row in shares(done, takes=True)]
    keeps = [report.keeps_row(row) for row in shares(done, takes=False)]
    out.table("Interruptions of the agent", report.TAKES_COLUMNS, takes)
    out.table("Other sounds over the agent", report.KEEPS_COLUMNS, keeps)
    if cases:
        out.table("Decided wrongly, slowest, dearest", report.TRIAL_COLUMNS, report.wrong(done, cases), keep=False)
    for note in notes:
        click.echo(note, err=True)
    return {"interruptions": _dicts(report.TAKES_COLUMNS, takes), "others": _dicts(report.KEEPS_COLUMNS, keeps)}


def _dicts(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def words_heard(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """History against the ear; prints its table."""
    replies = [heard.line(text) for text in heard.TEXTS]
    cuts = CUTS // 4 if quick else CUTS
    rows = [report.heard_row(how, cuts, heard.summary(heard.measure(how, cuts, replies))) for how in heard.ways()]
    out.table("Words in history against words in the ear", report.HEARD_COLUMNS, rows)
    return {"cuts": _dicts(report.HEARD_COLUMNS, rows)}


def worse_lines(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends over worse lines; prints its table."""
    rows: list[list[str]] = []
    for line in lines(said.paused[::2]):
        curve = [silence(models, line.tracks, seconds) for seconds in SILENCES]
        result = ours(models, line.tracks)
        rows.append([line.name, *report.rule_row(result, at_mean(curve, result.mean))[1:]])
    columns = ("line", *report.RULE_COLUMNS[1:])
    out.table("Pauses and ends over worse lines, every second turn", columns, rows)
    return {"lines": _dicts(columns, rows)}


PARTS = {"ends": ends, "lines": worse_lines, "barge-in": barge_in, "heard": words_heard}


BEGIN, END = "<!-- measured: python -m benchmarks.turns --page -->", "<!-- end -->"


def write_page(path: Path, out: Report) -> None:
    """Put the tables between the page's two marks, with the day and the machine.

    Raises ValueError where the page has no such marks.
    """
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} needs the lines {BEGIN} and {END}, between which the tables go.")
    about = f"Measured on {date.today():%d %B %Y}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores."
    path.write_text(f"{before}{BEGIN}\n\n{about}\n\n{out.page()}\n{END}{after}")


@click.command()
@click.option("--only", type=click.Choice(list(PARTS)), help="Measure one part alone.")
@click.option("--quick", is_flag=True, help="One setting of ours, every third recording.")
@click.option("--cases", default=0, show_default=True, help="Show this many of the worst cases of each part.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, and the tables on stderr.")
@click.option(
    "--page", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Put the tables on this page."
)
def main(only: str | None, quick: bool, cases: int, as_json: bool, page: Path | None) -> None:
    """Measure turn-taking. The first run fetches recordings and asks the models: minutes; further ones take seconds."""
    out = Report(Console(width=132, stderr=as_json))
    said = material(every=3 if quick else 1)
    for note in said.notes:
        click.echo(note, err=True)
    models = Models()
    figures: dict[str, Any] = {}
    try:
        for name, part in PARTS.items():
            if only in (None, name):
                figures[name] = part(models, said, out, quick=quick, cases=cases)
    finally:
        models.close()
    if page:
        write_page(page, out)
    if as_json:
        click.echo(json.dumps(figures))


if __name__ == "__main__":
    main()
