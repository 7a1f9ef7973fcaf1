"""A call's picture as a page: the drawing, and a table of its turns. One file, no outside assets."""

from collections.abc import Iterator
from html import escape

from trunkline.replay.picture import draw
from trunkline.replay.scene import Scene, Turn

STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 1.5rem; background: #fff; color: #1f2933; }
h1 { font-size: 1.2rem; margin: 0 0 .2rem; } p { margin: 0 0 1rem; color: #66727f; }
.scroll { overflow-x: auto; } svg { display: block; } svg svg { overflow: hidden; }
table { border-collapse: collapse; margin-top: 1rem; } th, td { padding: .25rem .8rem .25rem 0; text-align: right; }
th { font-weight: 600; border-bottom: 1px solid #aab4be; } td { font-variant-numeric: tabular-nums; }
.text { text-align: left; max-width: 34rem; }
@media (prefers-color-scheme: dark) {
body { background: #14181d; color: #e6ebf0; } p { color: #94a1ae; } th { border-color: #4a5560; }
}
"""
_PARTS = ("endpointing", "decode", "model", "synthesis", "playout", "voice_to_voice")


def page(seen: Scene, seconds: float) -> str:
    """The call as HTML."""
    title = f"Call {escape(seen.call)}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><h1>{title}</h1>'
        f"<p>{escape(seen.agent_name)}, began {escape(seen.began)}, {seen.length:.1f} s, {len(seen.turns)} turns. "
        f'Hover over anything for details.</p><div class="scroll">{draw(seen, seconds)}</div>{_table(seen)}'
        "</body></html>\n"
    )


def _table(seen: Scene) -> str:
    if not seen.turns:
        return ""
    heads = "".join(f"<th>{part.replace('_', ' ')}</th>" for part in _PARTS)
    rows = "".join(_row(turn) for turn in seen.turns)
    return (
        '<table><thead><tr><th>turn</th><th class="text">the caller’s words</th><th>ended</th><th>waited</th>'
        f"<th>rule</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        "<p>Milliseconds; ended: seconds of call audio.</p>"
    )


def _row(turn: Turn) -> str:
    return (
        f'<tr><td>{turn.number}</td><td class="text">{escape(turn.text)}</td><td>{turn.end:.2f}</td>'
        f"<td>{(turn.committed - turn.end) * 1000:.0f}</td><td>{escape(turn.why)}</td>"
        + "".join(_cells(turn))
        + "</tr>"
    )


def _cells(turn: Turn) -> Iterator[str]:
    for part in _PARTS:
        value = turn.latency.get(part) if turn.latency else None
        yield f"<td>{value * 1000:.0f}</td>" if value is not None else "<td></td>"
