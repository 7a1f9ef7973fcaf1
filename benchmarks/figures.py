"""Figures beside their budgets, as a table for people and as JSON for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least ``part`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured distribution, in milliseconds, and its budgets where it has any."""

    what: str
    values: tuple[float, ...]
    p50_budget: float | None = None
    p95_budget: float | None = None

    @property
    def p50(self) -> float:
        return quantile(self.values, 0.50)

    @property
    def p95(self) -> float:
        return quantile(self.values, 0.95)

    def met(self) -> bool:
        """Whether every budget it has is kept."""
        pairs = ((self.p50, self.p50_budget), (self.p95, self.p95_budget))
        return all(budget is None or value <= budget for value, budget in pairs)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "values": len(self.values), "p50": round(self.p50, 1), "p95": round(self.p95, 1)}


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    for name in ("what", "n", "p50 ms", "budget", "p95 ms", "budget", ""):
        table.add_column(name, justify="left" if name == "what" else "right")
    for figure in figures:
        budgets = ["" if b is None else f"≤ {b:g}" for b in (figure.p50_budget, figure.p95_budget)]
        verdict = "" if budgets == ["", ""] else ("kept" if figure.met() else "MISSED")
        table.add_row(
            figure.what,
            str(len(figure.values)),
            f"{figure.p50:.1f}",
            budgets[0],
            f"{figure.p95:.1f}",
            budgets[1],
            verdict,
        )
    Console().print(table)
