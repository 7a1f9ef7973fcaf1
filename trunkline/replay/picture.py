"""Draws a call as one SVG: both sides' speech, the states between, decisions, latencies, tools. No outside assets."""

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from edge.core.states import State
from trunkline.replay.scene import Moment, Scene, Span

WIDTH = 1240
LEFT, RIGHT = 86, 24
SECONDS = 15.0
"""Of call audio in one row."""
SHORTEST = 6.0
"""Seconds of a row at least: a call that is shorter than a row fills it."""
TOOL = 16
TOOL_LANES = 3

AXIS, CALLER, LATENCY, MARKS, STATES, AGENT, TOOLS = 14, 20, 71, 87, 101, 119, 172
"""Where each lane of a row begins; pixels from its top."""
SPEECH = 47
"""Height of the lanes of speech: three lines of words."""
LINES = 3
LETTER = 5.6
"""Width of a letter of the words, on the mean."""

STYLE = """
svg { font: 12px/1.2 system-ui, sans-serif; }
.paper { fill: #fff; } .ink { fill: #1f2933; } .dim { fill: #66727f; } .rule { stroke: #d5dbe1; }
.strong { stroke: #aab4be; } .small { font-size: 10.5px; } .mono { font-variant-numeric: tabular-nums; }
.caller { fill: #2f6fb7; } .whole { fill: #5b8fca; } .words, .said { fill: #fff; font-size: 11px; }
.turn { fill: #1f7a4d; } .greeting, .announcement, .question { fill: #0f766e; }
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
.strong { stroke: #4a5560; } .caller { fill: #3b7fc9; } .whole { fill: #2f5a8a; } .turn { fill: #2c8f5e; }
.greeting, .announcement, .question { fill: #188a80; } .silence, .filler, .goodbye { fill: #8f832c; }
.listening { fill: #2b333b; } .hearing { fill: #4d86c4; } .pausing { fill: #2f4a68; } .thinking { fill: #c4952a; }
.speaking { fill: #3f8f66; } .weighing { fill: #d05c3c; } .closed { fill: #5b6570; }
.latency { stroke: #e0a04a; } .delay { fill: #e0a04a; stroke: #14181d; } .commit { fill: #e6ebf0; }
.keep { fill: #5cc492; } .yield { fill: #ef7a5f; } .fill { fill: #e0b040; } .key { fill: #14181d; stroke: #7fb2ea; }
.digit { fill: #7fb2ea; } .requested { fill: #5d4d7d; } .completed { fill: #8460c3; }
}
"""

MARKS_OF = {
    "commit": ("M-5,-5 L5,-5 L0,5 Z", "turn committed"),
    "discard": ("M-4,-4 L4,4 M-4,4 L4,-4", "speculative reply discarded"),
    "keep": ("M-4,-5 L5,0 L-4,5 Z", "agent goes on"),
    "yield": ("M-4,-4 L4,-4 L4,4 L-4,4 Z", "agent stops"),
    "fill": ("M0,-5 L5,0 L0,5 L-5,0 Z", "filler"),
    "end": ("M-4,-5 L-1,-5 L-1,5 L-4,5 Z M1,-5 L4,-5 L4,5 L1,5 Z", "hangs up"),
}
"""Each decision's shape, around its moment, and its name in the legend."""


def draw(seen: Scene, seconds: float = SECONDS) -> str:
    """The call as SVG."""
    return "".join(_Picture(seen, seconds).lines())


class _Picture:
    def __init__(self, seen: Scene, seconds: float) -> None:
        self._seen = seen
        self._seconds = seconds = min(seconds, max(SHORTEST, float(-(-seen.length // 1))))
        self._scale = (WIDTH - LEFT - RIGHT) / seconds
        self._rows = max(1, int(-(-seen.length // seconds)))
        self._lanes = _stacked(seen.tools)
        self._height = TOOLS + TOOL * max(self._lanes.values(), default=0) + (TOOL if seen.tools else 0) + 18

    def lines(self) -> Iterator[str]:
        top = 66
        height = top + self._rows * self._height + 8
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="Timeline of call {_safe(self._seen.call)}"><style>{STYLE}</style>'
        )
        yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
        yield from _legend()
        for row in range(self._rows):
            yield f'<g transform="translate(0,{top + row * self._height})">'
            yield from self._row(row * self._seconds)
            yield "</g>"
        yield "</svg>\n"

    # -- one row ------------------------------------------------------------------------------------------------------

    def _row(self, start: float) -> Iterator[str]:
        end = min(start + self._seconds, self._seen.length)
        yield from self._axis(start)
        for name, y in (("caller", CALLER + 27), ("agent", AGENT + 27)):
            yield f'<text class="dim" x="{LEFT - 10}" y="{y}" text-anchor="end">{name}</text>'
        seen = self._seen
        for span in _within(seen.states, start, end):
            title = f"{span.kind}, {span.start:.2f} to {span.end:.2f} s: {span.title}"
            yield self._bar(span, start, end, STATES, 12, title, round_by=0)
        for span in _within(seen.words, start, end):
            yield self._bar(replace(span, kind="whole"), start, end, CALLER, SPEECH, span.title)
        for span in _within(seen.caller, start, end):
            title = f"caller, {span.start:.2f} to {span.end:.2f} s"
            yield self._bar(span, start, end, CALLER, SPEECH, title)
        for span in _within(seen.words, start, end):
            yield self._text(span, start, end, CALLER, "words")
        for span in _within(seen.agent, start, end):
            yield self._bar(span, start, end, AGENT, SPEECH, span.title)
            yield self._text(span, start, end, AGENT, "said")
        for span in _within(seen.latencies, start, end):
            yield self._latency(span, start)
        for moment in seen.moments:
            if start <= moment.at < start + self._seconds:
                yield self._moment(moment, start)
        yield from self._tools(start, end)

    def _x(self, at: float, start: float) -> float:
        return LEFT + (at - start) * self._scale

    def _axis(self, start: float) -> Iterator[str]:
        step = 1 if self._seconds <= 40 else 5
        for second in range(0, int(self._seconds) + 1, step):
            x, labelled = self._x(start + second, start), second % (5 * step) == 0
            strong = "strong" if labelled else "rule"
            yield f'<line class="{strong}" x1="{x:.1f}" x2="{x:.1f}" y1="{AXIS}" y2="{AGENT + SPEECH + 3}"/>'
            if labelled:
                text = _clock(start + second)
                yield f'<text class="dim small mono" x="{x:.1f}" y="{AXIS - 4}" text-anchor="middle">{text}</text>'

    def _bar(self, span: Span, start: float, end: float, y: float, height: float, title: str, round_by: int = 3) -> str:
        left, right = self._x(max(span.start, start), start), self._x(min(span.end, end), start)
        return (
            f'<rect class="{_safe(span.kind)}" x="{left:.1f}" y="{y}" width="{max(1.0, right - left):.1f}" '
            f'height="{height}" rx="{round_by}"><title>{_safe(title)}</title></rect>'
        )

    def _text(self, span: Span, start: float, end: float, y: float, kind: str) -> str:
        """Its words, cut at its end; again in the next row where it goes on there."""
        left, right = self._x(max(span.start, start), start), self._x(min(span.end, end), start)
        if not span.label or right - left < 14:
            return ""
        label = span.label if span.start >= start else f"… {span.label[self._gone(span, start) :]}"
        room = max(4, int((right - left - 8) / LETTER))
        lines = textwrap.wrap(label, room, max_lines=LINES, placeholder=" …", break_long_words=False)
        if not any(char.isalnum() for char in "".join(lines)):
            return ""
        top = 14 + 6.5 * (LINES - len(lines))
        text = "".join(
            f'<text class="{kind}" y="{top + 13 * number}" pointer-events="none">{_safe(line)}</text>'
            for number, line in enumerate(lines)
        )
        return f'<svg x="{left + 5:.1f}" y="{y}" width="{right - left - 7:.1f}" height="{SPEECH}">{text}</svg>'

    def _gone(self, span: Span, start: float) -> int:
        """Characters of its whole words that stand in the rows before, if they are spoken evenly."""
        evenly = int(len(span.label) * (start - span.start) / max(0.001, span.end - span.start))
        return span.label.rfind(" ", 0, evenly + 1) + 1

    def _latency(self, span: Span, start: float) -> str:
        left, right = max(LEFT, self._x(span.start, start)), min(WIDTH - RIGHT, self._x(span.end, start))
        y = LATENCY + 6
        shape = f"M{left:.1f},{y - 4} V{y + 4} M{left:.1f},{y} H{right:.1f} M{right:.1f},{y - 4} V{y + 4}"
        # Beside a short one; on a long one, where the next may begin right behind it.
        place = f'x="{(left + right) / 2:.1f}" text-anchor="middle"' if right - left > 70 else f'x="{right + 5:.1f}"'
        label = f'<text class="delay small mono" {place} y="{y + 4}">{span.label}</text>'
        return f'<g><title>{_safe(span.title)}</title><path class="latency" d="{shape}"/>{label}</g>'

    def _moment(self, moment: Moment, start: float) -> str:
        x, title = self._x(moment.at, start), f"<title>{_safe(moment.title)}</title>"
        if moment.kind == "key":
            return (
                f'<g>{title}<rect class="key" x="{x - 7:.1f}" y="{CALLER + 14}" width="14" height="18" rx="3"/>'
                f'<text class="digit" x="{x:.1f}" y="{CALLER + 27}" text-anchor="middle">{_safe(moment.label)}</text>'
                "</g>"
            )
        shape, _ = MARKS_OF[moment.kind]
        return f'<path class="{moment.kind}" transform="translate({x:.1f},{MARKS + 6})" d="{shape}">{title}</path>'

    def _tools(self, start: float, end: float) -> Iterator[str]:
        for number, span in enumerate(self._seen.tools):
            if span.end < start or span.start > end:
                continue
            y = TOOLS + TOOL * self._lanes[number]
            yield self._bar(span, start, end, y, 8, span.title)
            x = min(self._x(min(span.end, end), start), WIDTH - 200) + 5
            yield f'<text class="dim small" x="{x:.1f}" y="{y + 8}">{_safe(span.label)} {_safe(span.kind)}</text>'


def _legend() -> Iterator[str]:
    x = LEFT
    for state in State:
        name = state.value
        yield f'<rect class="{name}" x="{x}" y="12" width="22" height="12"/>'
        yield f'<text class="ink" x="{x + 28}" y="22">{name}</text>'
        x += 44 + 7 * len(name)
    x = LEFT
    for kind, (shape, name) in MARKS_OF.items():
        yield f'<path class="{kind}" transform="translate({x + 6},40)" d="{shape}"/>'
        yield f'<text class="ink" x="{x + 18}" y="44">{name}</text>'
        x += 36 + 7 * len(name)
    yield f'<path class="latency" d="M{x},36 V44 M{x},40 H{x + 24} M{x + 24},36 V44"/>'
    yield f'<text class="ink" x="{x + 30}" y="44">caller’s last sound to agent’s first</text>'


def _within(spans: list[Span], start: float, end: float) -> Iterator[Span]:
    return (span for span in spans if span.end > start and span.start < end)


def _stacked(spans: list[Span]) -> dict[int, int]:
    """A lane for each tool, so that those at the same time are not drawn over each other."""
    free = [0.0] * TOOL_LANES
    lanes = {}
    for number, span in enumerate(spans):
        lane = next((lane for lane, until in enumerate(free) if until <= span.start), number % TOOL_LANES)
        free[lane] = span.end + 4.0
        lanes[number] = lane
    return lanes


def _clock(at: float) -> str:
    return f"{int(at) // 60}:{int(at) % 60:02d}"


def _safe(text: str) -> str:
    """As XML may hold it."""
    return escape("".join(char if char.isprintable() else " " for char in text))
