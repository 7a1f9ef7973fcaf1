"""A call's picture as a page: the drawing, and a table of its turns. One file, no outside assets."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from trunkline.replay.picture import draw
from trunkline.replay.scene import Line, Scene, Turn

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; background: #fff; color: #1f2933; }
h1 { font-size: 1.2rem; margin: 0 0 .2rem; } p { margin: 0 0 1rem; color: #66727f; }
.scroll { overflow-x: auto; } svg { display: block; } svg svg { overflow: hidden; }
table { border-collapse: collapse; margin-top: 1rem; } th, td { padding: .25rem .8rem .25rem 0; text-align: right; }
th { font-weight: 600; border-bottom: 1px solid #aab4be; } td { font-variant-numeric: tabular-nums; }
td { vertical-align: top; white-space: nowrap; }
.text { text-align: left; max-width: 34rem; white-space: normal; } .agent { color: #1f7a4d; }
.text.who { white-space: nowrap; } .cut { color: #c63d22; }
@media (prefers-color-scheme: dark) {
body { background: #14181d; color: #e6ebf0; } p { color: #94a1ae; } th { border-color: #4a5560; }
.agent { color: #6fbf93; } .cut { color: #ef7a5f; }
}
"""
_PARTS = ("endpointing", "decode", "model", "synthesis", "playout", "voice_to_voice")


def page(seen: Scene, seconds: int) -> str:
    """The call as HTML."""
    title, count = f"Call {escape(seen.call)}", len(seen.turns)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><h1>{title}</h1>'
        f"<p>{escape(seen.agent_name)}, {escape(_when(seen.began))}, {seen.length:.1f} s, "
        f"{count} turn{'' if count == 1 else 's'}. Hover over anything for details.</p>"
        f'<div class="scroll">{draw(seen, seconds)}</div>{_table(seen)}'
        "</body></html>\n"
    )


def _when(began: str) -> str:
    """A wall-clock time as people write it; as it stands where it is none."""
    try:
        at = datetime.fromisoformat(began).astimezone(UTC)
    except (ValueError, OverflowError):
        return began
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def _table(seen: Scene) -> str:
    """What was said, and what each answer took."""
    said: list[Turn | Line] = [*seen.turns, *seen.lines]
    if not said:
        return ""
    heads = "".join(f"<th>{part.replace('_', ' ')}</th>" for part in _PARTS)
    rows = "".join(_row(each) for each in sorted(said, key=lambda each: each.start))
    return (
        '<table><thead><tr><th>at</th><th class="text">who</th><th class="text">words, as heard</th><th>waited</th>'
        f"<th>rule</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        "<p>At: seconds of call audio. Waited: milliseconds from the caller’s last sound until the turn was over; what "
        "follows is the answer’s, in milliseconds too.</p>"
    )


def _row(said: Turn | Line) -> str:
    if isinstance(said, Line):
        who = "agent" if said.cause in ("turn", "greeting") else f"agent, {said.cause}"
        cut = ' <span class="cut">– cut off</span>' if said.cut_off else ""
        words = f'<td class="text who agent">{escape(who)}</td><td class="text agent">{escape(said.text)}{cut}</td>'
        return f'<tr><td>{said.start:.2f}</td>{words}<td colspan="{2 + len(_PARTS)}"></td></tr>'
    return (
        f'<tr><td>{said.start:.2f}</td><td class="text who">caller, {said.number}</td>'
        f'<td class="text">{escape(said.text)}</td>'
        f"<td>{(said.committed - said.end) * 1000:.0f}</td><td>{escape(said.why)}</td>"
        + "".join(_cells(said))
        + "</tr>"
    )


def _cells(turn: Turn) -> Iterator[str]:
    for part in _PARTS:
        value = turn.latency.get(part) if turn.latency else None
        yield f"<td>{value * 1000:.0f}</td>" if value is not None else "<td></td>"
