"""Our rules, plain silence and smart-turn on the same calls, as tables: over all pauses, and over some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.plot import Axis, Line, Panel
from benchmarks.turns import report
from benchmarks.turns.borders import Border, Borders
from benchmarks.turns.calls import Track
from benchmarks.turns.endings import Case, Result, ours
from benchmarks.turns.fetched import Missing
from benchmarks.turns.models import Models
from benchmarks.turns.report import Report
from benchmarks.turns.rivals import SmartTurn, at_mean, silence

FACTORS = (0.6, 0.8, 1.0, 1.25, 1.6, 2.0)
"""The aggressiveness setting: every wait times this."""
SILENCES = tuple(float(seconds) for seconds in np.arange(0.20, 1.65, 0.05))
SHOWN = (0.3, 0.5, 0.7, 1.0)
FALLBACKS = (0.8, 1.2, 3.0)
BORDERS: dict[Border, str] = {
    "mid-clause": "in mid-clause, where words can tell that more comes",
    "comma": "at a comma",
    "finished": "after a finished sentence, which another follows",
}
ACROSS = Axis("mean delay after a true end, ms", tuple(range(250, 1101, 150)))
Table = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rules on the same calls; and plain silence for every threshold, which theirs are compared with."""

    rules: tuple[Result, ...]
    curve: tuple[Result, ...]
    notes: tuple[str, ...] = ()

    @property
    def ours(self) -> Result:
        return next(result for result in self.rules if result.rule == "Trunkline")

    def pauses(self, which: Callable[[Case], bool]) -> "Comparison":
        """The same over such pauses only, and all true ends."""

        def some(result: Result) -> Result:
            return replace(result, cases=tuple(case for case in result.cases if case.pause is None or which(case)))

        return Comparison(tuple(map(some, self.rules)), tuple(map(some, self.curve)), self.notes)

    def table(self, out: Report, title: str) -> Table:
        """Print it; ``{pauses}`` and ``{ends}`` in the title are how many there are."""
        rows = [report.rule_row(result, at_mean(self.curve, result.mean)) for result in self.rules]
        counts = {"pauses": len(self.ours.in_pauses), "ends": len(self.ours.at_ends)}
        out.table(title.format(**counts), report.RULE_COLUMNS, rows)
        return dicts(report.RULE_COLUMNS, rows)

    def panel(self, title: str) -> Panel:
        """Cut-ins over the mean delay, for every setting; a circle is one."""
        smart = [result for result in self.rules if result.rule.startswith("smart-turn")]
        ours = [result for result in self.rules if result.rule.startswith("Trunkline")]
        rules = (("plain silence", self.curve), ("Trunkline", ours), ("smart-turn v3.2", smart))
        lines = [Line(name, sorted((1000 * one.mean, 100 * one.cut_ins) for one in each)) for name, each in rules]
        return Panel(title, lines, ACROSS, top=100)

    def by_border(self, borders: Borders, out: Report, what: str) -> dict[str, Table]:
        """A table for each kind of place where a pause can fall."""
        return {
            border: self.pauses(lambda case, border=border: borders.of(case) == border).table(  # type: ignore[misc]
                out, f"{what} {title}: {{pauses}}"
            )
            for border, title in BORDERS.items()
        }


def compared(models: Models, laid: Sequence[Track], *, quick: bool) -> Comparison:
    """Play the calls to every rule."""
    curve = [silence(models, laid, seconds) for seconds in SILENCES]
    rules = [ours(models, laid, factor) for factor in ((1.0,) if quick else FACTORS)]
    rules += [result for result in curve if any(result.rule == f"silence {1000 * s:.0f} ms" for s in SHOWN)]
    notes: list[str] = []
    try:
        rules += [SmartTurn(models).rule(laid, fallback) for fallback in FALLBACKS]
    except Missing as missing:
        notes.append(f"{missing} smart-turn is left out.")
    return Comparison(tuple(rules), tuple(curve), tuple(notes))


def together(*comparisons: Comparison) -> Comparison:
    """The same rules over the pauses and ends of all of these."""

    def joined(results: tuple[Result, ...]) -> Result:
        return replace(results[0], cases=tuple(case for result in results for case in result.cases))

    rules = zip(*(comparison.rules for comparison in comparisons), strict=True)
    curves = zip(*(comparison.curve for comparison in comparisons), strict=True)
    return Comparison(tuple(map(joined, rules)), tuple(map(joined, curves)))


def dicts(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]
