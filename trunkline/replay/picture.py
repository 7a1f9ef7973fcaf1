"""Draws a call as one SVG: both sides' speech, the states between, decisions, latencies, tools. No outside assets."""

from collections.abc import Iterator
from itertools import accumulate

from edge.core.states import State
from trunkline.replay.lettering import width
from trunkline.replay.row import LEFT, MARKS_OF, WIDTH, Row, safe
from trunkline.replay.scene import Scene

SECONDS = 15
"""Of call audio in one row."""
SHORTEST = 6
"""Seconds of a row at least: a call that is shorter than a row fills it."""
TOP = 66
"""Where the first row begins, below the legend."""

STYLE = """
svg { font: 12px/1.2 system-ui, sans-serif; }
.paper { fill: #fff; } .ink { fill: #1f2933; } .dim { fill: #66727f; } .rule { stroke: #d5dbe1; }
.strong { stroke: #aab4be; } .small { font-size: 10.5px; } .mono { font-variant-numeric: tabular-nums; }
.caller { fill: #2f6fb7; } .whole { fill: #5b8fca; } .words, .said { fill: #fff; font-size: 11px; }
.turn, .rest { fill: #1f7a4d; } .greeting, .announcement, .question { fill: #0f766e; }
.silence, .filler, .goodbye { fill: #7a6f1f; }
.listening { fill: #e4e9ee; } .hearing { fill: #7fb2ea; } .pausing { fill: #c3dcf7; } .thinking { fill: #f2c14e; }
.speaking { fill: #6fbf93; } .weighing { fill: #e8704f; } .secure { fill: #a78bda; } .closed { fill: #8b95a1; }
.latency { stroke: #9a5b00; stroke-width: 1.5; fill: none; } .delay { fill: #9a5b00; font-weight: 600;
paint-order: stroke; stroke: #fff; stroke-width: 4px; }
.commit { fill: #1f2933; } .keep { fill: #1f7a4d; } .yield { fill: #c63d22; } .fill { fill: #b07d00; }
.discard { stroke: #66727f; stroke-width: 1.6; } .end { fill: #66727f; }
.key { fill: #fff; stroke: #2f6fb7; } .digit { fill: #2f6fb7; font-weight: 600; }
.requested { fill: #b8a3d9; } .completed { fill: #8460c3; } .failed, .refused { fill: #c63d22; }
@media (prefers-color-scheme: dark) {
.paper { fill: #14181d; } .ink { fill: #e6ebf0; } .dim { fill: #94a1ae; } .rule { stroke: #2b333b; }
.strong { stroke: #4a5560; } .caller { fill: #3b7fc9; } .whole { fill: #2f5a8a; } .turn, .rest { fill: #2c8f5e; }
.greeting, .announcement, .question { fill: #188a80; } .silence, .filler, .goodbye { fill: #8f832c; }
.listening { fill: #2b333b; } .hearing { fill: #4d86c4; } .pausing { fill: #2f4a68; } .thinking { fill: #c4952a; }
.speaking { fill: #3f8f66; } .weighing { fill: #d05c3c; } .closed { fill: #5b6570; }
.latency { stroke: #e0a04a; } .delay { fill: #e0a04a; stroke: #14181d; } .commit { fill: #e6ebf0; }
.keep { fill: #5cc492; } .yield { fill: #ef7a5f; } .fill { fill: #e0b040; } .key { fill: #14181d; stroke: #7fb2ea; }
.digit { fill: #7fb2ea; } .requested { fill: #5d4d7d; } .completed { fill: #8460c3; }
}
"""


def draw(seen: Scene, seconds: int = SECONDS) -> str:
    """The call as SVG, so many seconds in a row."""
    return "".join(_lines(seen, min(seconds, max(SHORTEST, int(-(-seen.length // 1))))))


def _lines(seen: Scene, seconds: int) -> Iterator[str]:
    count = max(1, int(-(-seen.length // seconds)))
    rows = [Row(seen, number * seconds, seconds, last=number == count - 1) for number in range(count)]
    *tops, bottom = accumulate((row.height for row in rows), initial=TOP)
    height = bottom + 8
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="Timeline of call {safe(seen.call)}"><style>{STYLE}</style>'
    )
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    yield from _legend()
    for row, top in zip(rows, tops, strict=True):
        yield f'<g transform="translate(0,{top})">'
        yield from row.lines()
        yield "</g>"
    yield "</svg>\n"


def _legend() -> Iterator[str]:
    x: float = LEFT
    for state in State:
        name = state.value
        yield f'<rect class="{name}" x="{x:.1f}" y="12" width="22" height="12"/>'
        yield f'<text class="ink" x="{x + 28:.1f}" y="22">{name}</text>'
        x += 48 + width(name, 12)
    x = LEFT
    for kind, (shape, name) in MARKS_OF.items():
        yield f'<path class="{kind}" transform="translate({x + 6:.1f},40)" d="{shape}"/>'
        yield f'<text class="ink" x="{x + 18:.1f}" y="44">{name}</text>'
        x += 38 + width(name, 12)
    yield f'<path class="latency" d="M{x:.1f},36 V44 M{x:.1f},40 H{x + 24:.1f} M{x + 24:.1f},36 V44"/>'
    yield f'<text class="ink" x="{x + 30:.1f}" y="44">caller’s last sound to agent’s first</text>'
