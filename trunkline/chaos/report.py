"""The account, for people, and as a page's section."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from trunkline.chaos.account import Row
from trunkline.chaos.trial import Verdict
from trunkline.errors import TrunklineError

BEGIN, END = "<!-- chaos: begin -->", "<!-- chaos: end -->"
COLUMNS = (
    "victim",
    "calls",
    "kills",
    "freezes",
    "wanted",
    "done",
    "doubled",
    "lost",
    "told by voice",
    "told otherwise",
    "not told",
    "slowest recovery",
)


def cells(row: Row) -> list[str]:
    """A row's cells, one for each of COLUMNS."""
    counts = (
        row.calls,
        row.kills,
        row.freezes,
        row.wanted,
        row.done,
        row.doubled,
        row.lost,
        row.by_voice,
        row.otherwise,
        row.untold,
    )
    recovery = "–" if row.recovery is None else f"{row.recovery:.1f} s"
    return [row.victim, *(f"{count:,}" for count in counts), recovery]


def span(seconds: float) -> str:
    """A length of time, as people say it."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"


def table(rows: Sequence[Row]) -> Table:
    """For a terminal."""
    shown = Table(title="What became of what callers wanted", title_justify="left")
    for name in COLUMNS:
        shown.add_column(name, justify="left" if name == "victim" else "right")
    for row in rows:
        shown.add_row(*cells(row), style="bold" if row.victim == "all" else "")
    return shown


def sentence(verdict: Verdict) -> str:
    """The verdict in words."""
    total = verdict.rows[-1]
    how = f"{verdict.kills:,} kills and {total.freezes:,} freezes in {span(verdict.seconds)}"
    repeats = (
        f" The world outside was asked again for {total.repeated:,} effects, and knew the repeat by its key;"
        f" {total.twice_told:,} outcomes were both heard and written."
    )
    if verdict.ok:
        return f"{how}: nothing was lost, doubled or left untold.{repeats}"
    wrong = f"{total.lost} lost, {total.doubled} doubled, {total.untold} not told"
    return f"{how}: {wrong}. Orders: {', '.join(map(str, verdict.open[:20]))}."


def markdown(verdict: Verdict) -> str:
    """The table and its sentence."""
    wish = verdict.wish
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in verdict.rows]
    extras = [
        text
        for given, text in (
            (wish.repeats, "the model repeated each call of a tool"),
            (wish.twice, "NATS delivered every event twice"),
        )
        if given
    ]
    also = f" Meanwhile {' and '.join(extras)}." if extras else ""
    return "\n".join([*lines, "", f"{sentence(verdict)}{also} Seed {wish.seed}, {wish.callers} callers at a time."])


def put(page: Path, verdict: Verdict) -> None:
    """Write the table between the page's markers.

    Raises:
        TrunklineError: there is no such page, or it has no markers.
    """
    try:
        text = page.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        _, tail = rest.split(END)
    except (OSError, ValueError) as error:
        raise TrunklineError(f"{page} must be a page with one {BEGIN} and one {END} behind it.") from error
    page.write_text(f"{head}{BEGIN}\n{markdown(verdict)}\n{END}{tail}", encoding="utf-8")
