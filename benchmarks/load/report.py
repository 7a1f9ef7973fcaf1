"""The figures as a table, for a terminal and for the page."""

from collections.abc import Mapping, Sequence

from benchmarks.figures import quantile
from benchmarks.load.results import Level, before_doubling, memory_a_call

COLUMNS = (
    "system",
    "calls",
    "overhead p50",
    "p95",
    "p99",
    "tool turn p50",
    "p95",
    "barge-in p50",
    "p95",
    "CPU s/call-min",
    "core %",
    "MB",
    "turns",
    "mute",
    "early",
    "dropped",
    "refused",
    "control p95",
    "harness %",
)
SUMMARY = (
    "system",
    "overhead p50 / p95, fewest calls",
    "calls before p95 doubles",
    "CPU s/call-min",
    "memory base MB",
    "MB a call",
    "saturated at",
)


def rows(title: str, levels: Sequence[Level]) -> list[list[str]]:
    """One system's levels."""
    return [_row(title, level) for level in sorted(levels, key=lambda one: one.calls)]


def _row(title: str, level: Level) -> list[str]:
    sample = level.sample
    return [
        title,
        str(level.calls) + (" saturated" if level.saturated else " disturbed" if level.disturbed else ""),
        *(_ms(sample.plain, part) for part in (0.50, 0.95, 0.99)),
        *(_ms(sample.tool, part) for part in (0.50, 0.95)),
        *(_ms(sample.stops, part) for part in (0.50, 0.95)),
        f"{level.cpu:.2f}",
        f"{100 * level.busy:.0f}",
        f"{level.memory_during / 2**20:.0f}",
        str(sample.turns),
        str(sample.mute),
        str(sample.early),
        str(sample.dropped),
        str(sample.refused),
        _ms(level.control.overhead, 0.95, least=3),
        f"{100 * level.harness:.0f}",
    ]


def _ms(values: Sequence[float], part: float, least: int | None = None) -> str:
    """A quantile in milliseconds, where there are values enough for it to be one."""
    if len(values) < (least or {0.95: 8, 0.99: 100}.get(part, 1)):
        return "–"
    return f"{1000 * quantile(values, part):.0f}"


def summary(levels: Mapping[str, Sequence[Level]]) -> list[list[str]]:
    """One line a system, by title."""
    return [_summary(title, sorted(of, key=lambda one: one.calls)) for title, of in levels.items() if of]


def _summary(title: str, levels: Sequence[Level]) -> list[str]:
    first, fit = levels[0], [level for level in levels if not level.saturated]
    most, per_call = before_doubling(levels), memory_a_call(levels)
    saturated = next((str(level.calls) for level in levels if level.saturated), "–")
    return [
        title,
        f"{_ms(first.sample.plain, 0.50)} / {_ms(first.sample.plain, 0.95)}",
        ("≥ " if most == levels[-1].calls else "") + str(most),
        f"{fit[-1].cpu:.2f} at {fit[-1].calls}" if fit else "–",
        f"{first.memory_before / 2**20:.0f}",
        "–" if per_call is None else f"{per_call / 2**20:.2f}",
        saturated,
    ]
