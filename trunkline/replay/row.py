"""One row of a call's picture: a lane for each thing there is to see in so many seconds, drawn as SVG."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from math import inf

from trunkline.replay.lettering import MORE, fitted, width
from trunkline.replay.places import Stretch, apart, free, lanes
from trunkline.replay.scene import Moment, Scene, Span

WIDTH = 1240
LEFT, RIGHT = 86, 24
LETTERS, SMALL = 11.0, 10.5
"""Sizes of the words spoken, and of what is written beside them."""
SPEECH, LINES = 47, 3
"""Height of the lanes of speech, and the lines of words in it."""
AXIS, CALLER = 14, 20
"""Where the scale and the first lane are, from the row's top; each further lane is placed below the one before."""
KEYS, TOOL = 22, 20
"""Heights of the lane of keys, where any were pressed, and of each lane of tools."""
PAPER = Stretch(LEFT, WIDTH - 6)
"""Where things may be written."""

MARKS_OF = {
    "commit": ("M-5,-5 L5,-5 L0,5 Z", "turn committed"),
    "discard": ("M-4,-4 L4,4 M-4,4 L4,-4", "speculative reply discarded"),
    "keep": ("M-4,-5 L5,0 L-4,5 Z", "agent goes on"),
    "yield": ("M-4,-4 L4,-4 L4,4 L-4,4 Z", "agent stops"),
    "fill": ("M0,-5 L5,0 L0,5 L-5,0 Z", "filler"),
    "end": ("M-4,-5 L-1,-5 L-1,5 L-4,5 Z M1,-5 L4,-5 L4,5 L1,5 Z", "hangs up"),
}
"""Each decision's shape, around its moment, and its name in the legend."""
MARK, KEY = 11, 15
"""What a decision's shape and a key take of their lanes."""


class Row:
    """The seconds from ``start`` on, ``height`` pixels high. The ``last`` row has what happens at its very end, too."""

    def __init__(self, seen: Scene, start: int, seconds: int, *, last: bool) -> None:
        self._start, self._seconds, self._end = start, seconds, start + seconds
        self._scale = (WIDTH - LEFT - RIGHT) / seconds
        self._states = self._within(seen.states)
        self._words = self._within(seen.words)
        self._caller = self._within(seen.caller)
        self._agent = self._within(seen.agent)
        self._latencies = self._within(seen.latencies)
        self._tools = self._within(seen.tools)
        until = inf if last else self._end
        moments = [moment for moment in seen.moments if start <= moment.at < until]
        self._keys = [moment for moment in moments if moment.kind == "key"]
        self._decisions = [moment for moment in moments if moment.kind != "key"]
        self._labels = [self._tool_label(span) for span in self._tools]
        self._lanes = lanes([place for _, place in self._labels], 8.0)
        self._key_lane = CALLER + SPEECH + 4
        self._latency_lane = self._key_lane + (KEYS if self._keys else 0)
        self._decision_lane = self._latency_lane + 16
        self._state_lane = self._decision_lane + 14
        self._agent_lane = self._state_lane + 18
        self._tool_lane = self._agent_lane + SPEECH + 6
        self.height = self._tool_lane + TOOL * (max(self._lanes, default=-1) + 1) + 18

    def lines(self) -> Iterator[str]:
        """What is drawn, lane by lane."""
        yield from self._axis()
        yield from self._names()
        for span in self._states:
            title = f"{span.kind}, {span.start:.2f} to {span.end:.2f} s: {span.title}"
            yield self._bar(span, self._state_lane, 12, title, round_by=0)
        for span in self._words:
            yield self._bar(replace(span, kind="whole"), CALLER, SPEECH, span.title)
        for span in self._caller:
            yield self._bar(span, CALLER, SPEECH, span.title)
        yield from self._speech(self._words, CALLER, "words")
        for span in self._agent:
            yield self._bar(span, self._agent_lane, SPEECH, span.title)
        yield from self._speech(self._agent, self._agent_lane, "said")
        yield from self._waits()
        yield from self._moments()
        yield from self._business()

    def _within(self, spans: list[Span]) -> list[Span]:
        """Those that are seen in this row, in their order of time."""
        start, end = self._start, self._end
        return sorted(
            (span for span in spans if span.start < end and (span.end > start or span.start >= start)),
            key=lambda span: span.start,
        )

    def _x(self, at: float) -> float:
        return LEFT + (at - self._start) * self._scale

    def _stretch(self, span: Span) -> Stretch:
        """What is seen of it in this row."""
        left = self._x(max(span.start, self._start))
        return Stretch(left, max(left + 1.0, self._x(min(span.end, self._end))))

    def _axis(self) -> Iterator[str]:
        step = 1 if self._seconds <= 40 else 5
        for second in range(0, self._seconds + 1, step):
            x, labelled = self._x(self._start + second), second % (5 * step) == 0
            strong = "strong" if labelled else "rule"
            yield (
                f'<line class="{strong}" x1="{x:.1f}" x2="{x:.1f}" y1="{AXIS}" y2="{self._agent_lane + SPEECH + 3}"/>'
            )
            if labelled:
                text = _clock(self._start + second)
                yield f'<text class="dim small mono" x="{x:.1f}" y="{AXIS - 4}" text-anchor="middle">{text}</text>'

    def _names(self) -> Iterator[str]:
        names = [("caller", CALLER + 27), ("agent", self._agent_lane + 27)]
        if self._keys:
            names.append(("keys", self._key_lane + 13))
        for name, y in names:
            yield f'<text class="dim" x="{LEFT - 10}" y="{y}" text-anchor="end">{name}</text>'

    def _bar(self, span: Span, y: float, height: float, title: str, round_by: int = 3) -> str:
        place = self._stretch(span)
        return (
            f'<rect class="{safe(span.kind)}" x="{place.left:.1f}" y="{y}" width="{place.right - place.left:.1f}" '
            f'height="{height}" rx="{round_by}"><title>{safe(title)}</title></rect>'
        )

    # -- words --------------------------------------------------------------------------------------------------------

    def _speech(self, spans: list[Span], y: float, kind: str) -> Iterator[str]:
        """The words on each span, which end where the next one begins."""
        for number, span in enumerate(spans):
            place = self._stretch(span)
            after = self._stretch(spans[number + 1]).left if number + 1 < len(spans) else inf
            yield self._text(span, Stretch(place.left, min(place.right, after)), y, kind)

    def _text(self, span: Span, place: Stretch, y: float, kind: str) -> str:
        lines = self._lines_of(span, place.right - place.left - 6)
        top = 14 + 6.5 * (LINES - len(lines))
        text = "".join(
            f'<text class="{kind}" y="{top + 13 * number}" pointer-events="none">{safe(line)}</text>'
            for number, line in enumerate(lines)
        )
        wide = place.right - place.left - 5
        return (
            f'<svg x="{place.left + 4:.1f}" y="{y}" width="{wide:.1f}" height="{SPEECH}">{text}</svg>' if text else ""
        )

    def _lines_of(self, span: Span, room: float) -> list[str]:
        """Its words; in a row in which they go on, those that do not stand before, if they are spoken evenly."""
        evenly = int(len(span.label) * (self._start - span.start) / max(0.001, span.end - span.start))
        gone = span.label.rfind(" ", 0, max(0, evenly + 1)) + 1
        rest = span.label[gone:]
        lines = fitted(f"{MORE} {rest}" if gone else rest, room, LETTERS, LINES)
        alone = lines[:1] == [MORE]  # The mark that words went before is not worth a line.
        return fitted(rest, room, LETTERS, LINES) if alone else lines

    # -- latencies and moments ----------------------------------------------------------------------------------------

    def _waits(self) -> Iterator[str]:
        """Each latency's figure stands on it, or beside it, where it is free; else it is shown on hovering only."""
        spans = self._latencies
        taken = [self._stretch(span) for span in spans]
        for number, span in enumerate(spans):
            own = taken[number]
            written = None
            if span.end <= self._end:
                size = width(span.label, SMALL, bold=True)
                middle = (own.left + own.right - size) / 2
                beside = [own.right + 4, own.left - 4 - size]
                lefts = [middle, *beside] if own.right - own.left >= size + 16 else beside
                others = [*taken[:number], *taken[number + 1 :]]
                written = free([Stretch(left, left + size) for left in lefts], others, PAPER, 3.0)
            if written:
                taken.append(written)
            yield self._wait(span, own, written)

    def _wait(self, span: Span, own: Stretch, written: Stretch | None) -> str:
        y = self._latency_lane + 6
        shape = f"M{own.left:.1f},{y} "
        if written and own.meets(written):
            shape += f"H{written.left - 3:.1f} M{written.right + 3:.1f},{y} "
        shape += f"H{own.right:.1f}"
        shape += f" M{own.left:.1f},{y - 4} V{y + 4}" if span.start >= self._start else ""
        shape += f" M{own.right:.1f},{y - 4} V{y + 4}" if span.end <= self._end else ""
        label = ""
        if written:
            middle = (written.left + written.right) / 2
            label = (
                f'<text class="delay small mono" x="{middle:.1f}" y="{y + 4}" text-anchor="middle">'
                f"{safe(span.label)}</text>"
            )
        return f'<g><title>{safe(span.title)}</title><path class="latency" d="{shape}"/>{label}</g>'

    def _moments(self) -> Iterator[str]:
        """What comes too soon after another to be seen stands beside it."""
        for moment, x in self._placed(self._decisions, MARK):
            shape, place = MARKS_OF[moment.kind][0], f"translate({x:.1f},{self._decision_lane + 6})"
            title = f"<title>{safe(moment.title)}</title>"
            yield f'<path class="{moment.kind}" transform="{place}" d="{shape}">{title}</path>'
        y = self._key_lane
        for moment, x in self._placed(self._keys, KEY):
            yield (
                f"<g><title>{safe(moment.title)}</title>"
                f'<rect class="key" x="{x - 7:.1f}" y="{y}" width="14" height="18" rx="3"/>'
                f'<text class="digit" x="{x:.1f}" y="{y + 13}" text-anchor="middle">{safe(moment.label)}</text></g>'
            )

    def _placed(self, moments: list[Moment], size: float) -> Iterator[tuple[Moment, float]]:
        return zip(moments, apart([self._x(each.at) for each in moments], size, Stretch(LEFT, WIDTH - 8)), strict=True)

    # -- tools --------------------------------------------------------------------------------------------------------

    def _tool_label(self, span: Span) -> tuple[str, Stretch]:
        """What is written under a tool's bar; and what the two take of their lane, from where the words begin."""
        text = "".join(fitted(f"{span.label} {span.kind}", PAPER.right - PAPER.left, SMALL, 1))
        size, own = width(text, SMALL), self._stretch(span)
        left = min(own.left, PAPER.right - size)
        return text, Stretch(left, max(own.right, left + size))

    def _business(self) -> Iterator[str]:
        for span, (text, place), lane in zip(self._tools, self._labels, self._lanes, strict=True):
            y = self._tool_lane + TOOL * lane
            yield self._bar(span, y, 5, span.title, round_by=2)
            yield f'<text class="dim small" x="{place.left:.1f}" y="{y + 15}">{safe(text)}</text>'


def _clock(at: int) -> str:
    return f"{at // 60}:{at % 60:02d}"


def safe(text: str) -> str:
    """As XML may hold it."""
    return escape("".join(char if char.isprintable() else " " for char in text))
