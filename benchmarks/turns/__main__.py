"""``python -m benchmarks.turns``: turn-taking on recorded speech, beside other rules, in tables."""

import json
import os
import platform
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.plot import plot
from benchmarks.turns import heard, report
from benchmarks.turns.acted import acted
from benchmarks.turns.borders import Borders
from benchmarks.turns.calls import tracks
from benchmarks.turns.comparing import SILENCES, Comparison, compared, dicts, together
from benchmarks.turns.endings import Result, ours
from benchmarks.turns.heldout import held_out
from benchmarks.turns.interruptions import shares, trials
from benchmarks.turns.lines import lines
from benchmarks.turns.material import SPLICED, Material, material
from benchmarks.turns.models import BUSY, QUICK, Models
from benchmarks.turns.overheard import overheard
from benchmarks.turns.report import Report
from benchmarks.turns.rivals import at_mean, silence
from benchmarks.turns.within import within

CUTS = 400
"""Replies cut at random, for each way of cutting them."""
ONE_PIECE = ("long", "hesitates", "word", "sentence")
"""The kinds of prompts that are one recording; the others are put together."""

MADE = ("own", "unseen")
"""The actors' turns in which the pauses are as long as they were made."""


def ends(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends; prints its tables."""
    laid = tracks(said.paused)
    all_of_it = compared(models, laid, quick=quick)
    rules = all_of_it.table(out, "Pauses and ends: {pauses} pauses inside a turn, {ends} true ends")
    out.panels.append(all_of_it.panel("False cut-ins, % of the prompts' pauses (drawn)"))
    parts = all_of_it.by_border(Borders(models, laid), out, "Pauses")
    whole = all_of_it.pauses(lambda case: case.what.what.kind in ONE_PIECE)
    parts["one recording"] = whole.table(out, "Pauses within one recording: {pauses}")
    spliced = all_of_it.pauses(lambda case: case.what.what.kind == SPLICED)
    parts["spliced"] = spliced.table(out, "Pauses between two prompts put together, where no rule can know: {pauses}")
    kinds = _details(all_of_it, out, cases)
    return {"rules": rules, "kinds": kinds, "borders": parts}


def actors(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends in turns that actors spoke to someone; prints its tables."""
    played = acted(every=3 if quick else 1)
    figures: dict[str, Any] = {}
    made: list[Comparison] = []
    for name, title, turns in (
        ("own", "Actors, their own pauses: {pauses} pauses, {ends} ends", played.own),
        ("pieced", "Actors, pauses drawn between the pieces of a turn: {pauses} pauses, {ends} ends", played.pieced),
        ("unseen", "Actors of a game seen last, their own pauses: {pauses} pauses, {ends} ends", played.unseen),
    ):
        if turns:
            laid = tracks(turns)
            all_of_it = compared(models, laid, quick=quick)
            made += [all_of_it] if name in MADE else []
            figures[name] = {"rules": all_of_it.table(out, title)}
            what = title.partition(":")[0]
            figures[name]["borders"] = all_of_it.by_border(Borders(models, laid), out, what)
            figures[name]["kinds"] = _details(all_of_it, out, cases, f"{what}: ")
    if len(made) == len(MADE):
        title = "Actors of all three games, their own pauses: {pauses} pauses, {ends} ends"
        figures["made"] = {"rules": together(*made).table(out, title)}
        out.panels.insert(0, together(*made).panel("False cut-ins, % of pauses that speakers made"))
    for note in played.notes:
        click.echo(note, err=True)
    return figures


def held(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends in speech that no rule was made from; prints its tables."""
    turns, notes = held_out(every=3 if quick else 1)
    for note in notes:
        click.echo(note, err=True)
    if not turns:
        return {}
    laid = tracks(turns)
    all_of_it = compared(models, laid, quick=quick)
    rules = all_of_it.table(out, "Held out, the speakers' own pauses: {pauses} pauses, {ends} ends")
    borders = all_of_it.by_border(Borders(models, laid), out, "Held out, the speakers' own pauses")
    return {"rules": rules, "borders": borders, "kinds": _details(all_of_it, out, cases, "Held out: ")}


def _details(comparison: Comparison, out: Report, cases: int, what: str = "") -> list[dict[str, str]]:
    """What our rule did, by kind and by reason; prints its tables."""
    kinds = [report.kind_row(*one) for one in _kinds(comparison.ours)]
    out.table(f"{what}By kind of turn", report.KIND_COLUMNS, kinds)
    out.table(f"{what}By reason", report.REASON_COLUMNS, report.reasons(comparison.ours))
    if cases:
        out.table(f"{what}Worst cases", report.CASE_COLUMNS, report.worst(comparison.ours, cases), keep=False)
    for note in comparison.notes:
        click.echo(note, err=True)
    return dicts(report.KIND_COLUMNS, kinds)


def _kinds(result: Result) -> list[tuple[str, Result]]:
    kinds = sorted({case.what.what.kind for case in result.cases})
    return [*((kind, result.only(kind)) for kind in kinds), ("all", result)]


def while_speaking(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Turns taken for ended while the caller spoke, on two machines; prints its table."""
    played = acted(every=3 if quick else 1)
    sets = {
        "prompts": said.paused,
        "actors, their own pauses": played.own,
        "actors, between the pieces of a turn": played.pieced,
        "actors of a game seen last": played.unseen,
    }
    laid = {name: tracks(turns) for name, turns in sets.items() if turns}
    rows = [report.within_row(name, pace, within(models, laid[name], pace)) for pace in (BUSY, QUICK) for name in laid]
    out.table("Turns taken for ended while the caller spoke, in no pause of 0.2 s", report.WITHIN_COLUMNS, rows)
    for note in played.notes:
        click.echo(note, err=True)
    return {"turns": dicts(report.WITHIN_COLUMNS, rows)}


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
    return {"interruptions": dicts(report.TAKES_COLUMNS, takes), "others": dicts(report.KEEPS_COLUMNS, keeps)}


def words_heard(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """History against the ear; prints its table."""
    replies = [heard.line(text) for text in heard.TEXTS]
    cuts = CUTS // 4 if quick else CUTS
    rows = [report.heard_row(how, cuts, heard.summary(heard.measure(how, cuts, replies))) for how in heard.ways()]
    out.table("Words in history against words in the ear", report.HEARD_COLUMNS, rows)
    return {"cuts": dicts(report.HEARD_COLUMNS, rows)}


def worse_lines(models: Models, said: Material, out: Report, *, quick: bool, cases: int) -> dict[str, Any]:
    """Pauses and ends over worse lines; prints its table."""
    rows: list[list[str]] = []
    for line in lines(said.paused[::2]):
        curve = [silence(models, line.tracks, seconds) for seconds in SILENCES]
        result = ours(models, line.tracks)
        rows.append([line.name, *report.rule_row(result, at_mean(curve, result.mean))[1:]])
    columns = ("line", *report.RULE_COLUMNS[1:])
    out.table("Pauses and ends over worse lines, every second turn", columns, rows)
    return {"lines": dicts(columns, rows)}


PARTS = {
    "ends": ends,
    "actors": actors,
    "held-out": held,
    "within": while_speaking,
    "lines": worse_lines,
    "barge-in": barge_in,
    "heard": words_heard,
}


BEGIN, END = "<!-- measured: python -m benchmarks.turns --page -->", "<!-- end -->"


def write_page(path: Path, out: Report) -> None:
    """Put the tables between the page's two marks, with the day and the machine, and the picture into the file of the
    same name that ends in ``.svg``.

    Raises ValueError where the page has no such marks.
    """
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} needs the lines {BEGIN} and {END}, between which the tables go.")
    about = f"Measured on {date.today():%d %B %Y}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores."
    if out.panels:
        drawn = plot(out.panels, "Lower and further to the left is better. Each circle is a setting.")
        path.with_suffix(".svg").write_text(drawn)
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
