"""A plot as SVG, by hand: lines in panels side by side. Pure; numbers in, text out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 34, 44
COLOURS = ("#888888", "#0b6e4f", "#c1121f", "#1d4e89", "#e07a5f", "#7b9acc", "#5e548e", "#8fb339")


@dataclass(frozen=True, slots=True)
class Line:
    """``points``: (place on the axis, value), in order. ``ends``: the last point is where the system was saturated.

    A line of one point is a point.
    """

    name: str
    points: Sequence[tuple[float, float]]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """What goes across a panel, with the marks on it, in order. ``root``: the square root, so that small ones are as
    interesting as large ones; the first mark is the left end otherwise."""

    title: str
    marks: Sequence[float]
    root: bool = False

    def x(self, place: float) -> float:
        """Where it is, from the picture's left edge."""
        low, high = (0.0 if self.root else self.marks[0]), self.marks[-1]
        part = (place - low) / max(high - low, 1e-9)
        return LEFT + (WIDTH - LEFT - RIGHT - 12) * (math.sqrt(max(part, 0.0)) if self.root else part)


@dataclass(frozen=True, slots=True)
class Panel:
    """``top``: values above it leave the panel; None takes the largest."""

    title: str
    lines: Sequence[Line]
    across: Axis
    top: float | None = None
    budget: float | None = None


def plot(panels: Sequence[Panel], caption: str) -> str:
    """The whole picture."""
    names = [line.name for line in max(panels, key=lambda panel: len(panel.lines)).lines]
    width, height = WIDTH * len(panels), HEIGHT + 22 * math.ceil(len(names) / 4) + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, panel in enumerate(panels):
        parts.append(f'<g transform="translate({WIDTH * index},0)">{_panel(panel, names, index)}</g>')
    parts += _legend(names, width)
    parts.append(f'<text x="{LEFT}" y="{height - 8}" fill="#666">{escape(caption)}</text></svg>')
    return "\n".join(parts) + "\n"


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values from at or below ``low`` to at or above ``high``, about ``most`` of them."""
    span = max(high - low, 1e-9)
    size = 10.0 ** math.floor(math.log10(span / most))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if span / (size * factor) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 10) for number in range(first, last + 1)]


def _panel(panel: Panel, names: Sequence[str], index: int) -> str:
    values = [value for line in panel.lines for _, value in line.points]
    low = min([*values, 0.0])
    high = panel.top if panel.top is not None else max([*values, panel.budget or 0.0, low + 0.1])
    marks = ticks(low, high)
    scale = _Scale(panel.across, marks[0], marks[-1] if panel.top is None else high)
    parts = [f'<text x="{LEFT}" y="18" font-size="13" font-weight="bold">{escape(panel.title)}</text>']
    parts.append(f'<clipPath id="panel{index}"><rect x="{LEFT}" y="{TOP - 4}" width="{WIDTH - LEFT - RIGHT + 8}" ')
    parts.append(f'height="{HEIGHT - TOP - BOTTOM + 8}"/></clipPath>')
    for mark in marks:
        if mark <= scale.high:
            y = scale.y(mark)
            colour = "#999" if mark == 0 else "#e4e4e4"
            parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>')
            parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>')
    for number in panel.across.marks:
        parts.append(
            f'<text x="{scale.across.x(number):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{number:g}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{escape(panel.across.title)}</text>"
    )
    if panel.budget is not None:
        y = scale.y(panel.budget)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#0b6e4f" ')
        parts.append(f'stroke-dasharray="2 4"/><text x="{WIDTH - RIGHT}" y="{y - 4:.1f}" text-anchor="end" ')
        parts.append('fill="#0b6e4f">budget</text>')
    drawn = "".join(_line(line, COLOURS[names.index(line.name) % len(COLOURS)], scale) for line in panel.lines)
    return "".join(parts) + f'<g clip-path="url(#panel{index})">{drawn}</g>'


@dataclass(frozen=True, slots=True)
class _Scale:
    across: Axis
    low: float
    high: float

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)


def _line(line: Line, colour: str, scale: _Scale) -> str:
    places = [(scale.across.x(calls), scale.y(value)) for calls, value in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for number, (x, y) in enumerate(places):
        if line.ends and number == len(places) - 1:
            parts.append(f'<path d="M{x - 4:.1f},{y - 4:.1f}l8,8m0,-8l-8,8" stroke="{colour}" stroke-width="2"/>')
        else:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
    return "".join(parts)


def _legend(names: Sequence[str], width: int) -> list[str]:
    parts = []
    for index, name in enumerate(names):
        x, y = LEFT + (width - LEFT) / 4 * (index % 4), HEIGHT + 16 + 22 * (index // 4)
        colour = COLOURS[index % len(COLOURS)]
        parts.append(
            f'<line x1="{x:.0f}" x2="{x + 20:.0f}" y1="{y - 4}" y2="{y - 4}" stroke="{colour}" stroke-width="3"/>'
        )
        parts.append(f'<text x="{x + 26:.0f}" y="{y}">{escape(name)}</text>')
    return parts
