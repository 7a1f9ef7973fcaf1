"""The figures as tables for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks.plot import Panel
from benchmarks.turns.endings import Case, Result
from benchmarks.turns.heard import Cutting
from benchmarks.turns.interruptions import Share, Trial
from benchmarks.turns.models import Pace
from benchmarks.turns.within import Figures


@dataclass(slots=True)
class Report:
    """Tables, printed as they come and kept for a page."""

    console: Console
    tables: list[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    """Of the page's picture."""

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, keep: bool = True) -> None:
        """Print rows; the first column is words, the others are figures. ``keep``: it belongs on the page too."""
        out = Table(title=title, title_justify="left")
        for index, name in enumerate(columns):
            out.add_column(name, justify="right" if index else "left", overflow="fold")
        for row in rows:
            out.add_row(*row)
        self.console.print(out)
        if keep:
            self.tables.append((title, columns, rows))

    def page(self) -> str:
        """The tables as Markdown."""
        return "\n".join(_markdown(*table) for table in self.tables)


def _markdown(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = [f"**{title}**", "", _cells(columns), _cells(["---", *("---:" for _ in columns[1:])])]
    return "\n".join([*head, *(_cells(row) for row in rows), ""])


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.strip().replace("|", "/") for cell in cells) + " |"


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def percent(part: float) -> str:
    return f"{100 * part:.1f}"


RULE_COLUMNS = ("rule", "false cut-ins %", "silence at this mean %", "part", "p50 ms", "p95 ms", "mean ms", "no answer")


def rule_row(result: Result, silence: float) -> list[str]:
    """One rule beside plain silence (its cut-ins, 0..1, at the same mean delay)."""
    return [
        result.rule,
        percent(result.cut_ins),
        percent(silence),
        f"{result.cut_ins / silence:.2f}" if silence else "",
        milliseconds(result.delay(0.50)),
        milliseconds(result.delay(0.95)),
        milliseconds(result.mean),
        str(result.unanswered),
    ]


KIND_COLUMNS = ("kind", "pauses", "cut-ins %", "ends", "p50 ms", "p95 ms", "mean ms", "first audio p50 ms", "no answer")


def kind_row(name: str, result: Result) -> list[str]:
    heard = sorted(case.first_audio for case in result.at_ends if case.first_audio is not None)
    return [
        name,
        str(len(result.in_pauses)),
        percent(result.cut_ins) if result.in_pauses else "",
        str(len(result.at_ends)),
        milliseconds(result.delay(0.50)),
        milliseconds(result.delay(0.95)),
        milliseconds(result.mean),
        milliseconds(heard[len(heard) // 2]) if heard else "",
        str(result.unanswered),
    ]


REASON_COLUMNS = ("reason of the decision", "cut-ins", "other early ends", "true ends", "mean ms after a true end")


def reasons(result: Result) -> list[list[str]]:
    """Which rule of endpointing made the decisions, right and wrong ones."""
    rows = []
    for why in sorted({case.decision.why for case in result.cases if case.decision}):
        made = [case for case in result.cases if case.decision and case.decision.why == why]
        delays = [case.delay for case in made if case.delay is not None]
        cut = sum(case.cut_in for case in made)
        early = sum(case.too_early for case in made) - cut
        rows.append([why, str(cut), str(early), str(len(delays)), milliseconds(sum(delays) / max(1, len(delays)))])
    return rows


CASE_COLUMNS = ("what", "pause ms", "decided after ms", "why", "heard so far")


def worst(result: Result, most: int) -> list[list[str]]:
    """The cut-ins into the shortest pauses, then the slowest ends; half of ``most`` each."""
    cut = sorted((case for case in result.in_pauses if case.cut_in and case.pause), key=_pause_length)
    slow = sorted((case for case in result.at_ends), key=lambda case: -(case.delay if case.delay is not None else 99))
    return [_case(case) for case in (*cut[: (most + 1) // 2], *slow[: most // 2])]


def _pause_length(case: Case) -> float:
    return case.pause.length if case.pause else 0.0


def _case(case: Case) -> list[str]:
    since = case.pause.start if case.pause else case.what.end
    decision = case.decision
    return [
        f"{case.what.what.name} ({case.what.what.kind})",
        milliseconds(case.pause.length) if case.pause else "end",
        milliseconds(decision.at - since) if decision else "never",
        decision.why if decision else "",
        decision.text[-70:] if decision else case.what.what.text[-70:],
    ]


WITHIN_COLUMNS = (
    "material",
    "a decode takes",
    "turns",
    "decided while they spoke",
    "had just gone on",
    "heard for p50 ms",
    "p95 ms",
    "heard for 0.1 s and more",
)


def within_row(name: str, pace: Pace, figures: Figures) -> list[str]:
    """Turns taken for ended while the caller spoke."""
    return [
        name,
        f"{milliseconds(pace.fixed)} ms and {milliseconds(pace.a_second)} a second",
        str(figures.turns),
        str(len(figures.found)),
        str(figures.going_on),
        milliseconds(figures.heard(0.50)),
        milliseconds(figures.heard(0.95)),
        str(figures.noticed),
    ]


TAKES_COLUMNS = ("interruption", "n", "taken %", "agent silent p50 ms", "p95 ms", "heard again %", "for p95 ms")
KEEPS_COLUMNS = (
    "other sound",
    "n",
    "takes the floor %",
    "pauses it for nothing %",
    "lost silence p50 ms",
    "p95 ms",
    "most ms",
    "longest pause ms",
)


def takes_row(row: Share) -> list[str]:
    times = [milliseconds(row.stop_p50), milliseconds(row.stop_p95)]
    return [row.name, str(row.count), percent(row.taken), *times, percent(row.again), milliseconds(row.again_p95)]


def keeps_row(row: Share) -> list[str]:
    costs = [
        milliseconds(cost) if row.paused else "" for cost in (row.cost_p50, row.cost_p95, row.cost_most, row.longest)
    ]
    return [row.name, str(row.count), percent(row.taken), percent(row.paused), *costs]


TRIAL_COLUMNS = ("sound", "lasts ms", "decided ms", "agent silent ms", "heard again ms", "lost ms", "heard")


def wrong(trials: Sequence[Trial], most: int) -> list[list[str]]:
    """What was decided wrongly: all kinds in turn; then the slowest stops and the dearest pauses."""
    missed = [trial for trial in trials if trial.what.takes and not trial.taken]
    false = [trial for trial in trials if not trial.what.takes and trial.taken]
    slow = sorted((t for t in trials if t.what.takes and t.taken), key=lambda t: -(t.stop or 0) - t.again)
    dear = sorted((t for t in trials if not t.what.takes and not t.taken and t.cost), key=lambda t: -t.cost)
    part = max(1, most // 4)
    some = [*missed[: 2 * part], *false[: 2 * part], *slow[:part], *dear[:part]]
    return [_trial(trial) for trial in some]


def _trial(trial: Trial) -> list[str]:
    return [
        f"{trial.what.name} [{trial.what.kind}]",
        milliseconds(trial.what.sound.length),
        milliseconds(trial.decided) if trial.decided is not None else "kept",
        milliseconds(trial.stop) if trial.stop is not None else "",
        milliseconds(trial.again),
        milliseconds(trial.cost),
        " / ".join(repr(text) for text in trial.words),
    ]


HEARD_COLUMNS = ("how it is cut", "one way ms", "cuts", "unheard words in %", "most", "words missing in %", "at most")


def heard_row(how: Cutting, cuts: int, figures: tuple[float, int, float, int]) -> list[str]:
    name = f"{'marks' if how.marks else 'no marks'}, {'after a pause' if how.weighed else 'at once'}"
    unheard, most_unheard, missing, most_missing = figures
    parts = [percent(unheard), str(most_unheard), percent(missing), str(most_missing)]
    way = milliseconds(how.one_way) + (f" to {milliseconds(how.one_way + how.jitter)}" if how.jitter else "")
    return [name, way, str(cuts), *parts]
