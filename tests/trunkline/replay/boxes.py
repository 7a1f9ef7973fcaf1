"""Measures a picture: the box that each thing in it takes, in pixels, words as wide as they may be."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from trunkline.replay.lettering import width

SVG = "{http://www.w3.org/2000/svg}"
_SIZES = {"words": 11.0, "said": 11.0, "small": 10.5}
_PLACE = re.compile(r"translate\(([-\d.]+),([-\d.]+)\)")

_LINE = re.compile(r"M([\d.]+),([\d.]+) H([\d.]+)")
"""Of a latency, from its left to its right, or to its figure."""


@dataclass(frozen=True)
class Box:
    """``what`` is its text, or its kind where it has none."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def over(self, other: "Box") -> bool:
        """Whether the two lie over each other, by more than the rounding of their places."""
        across = min(self.right, other.right) - max(self.left, other.left)
        along = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.2 and along > 0.2


def boxes(svg: str) -> list[Box]:
    """All words of a picture, its decisions, keys and latencies."""
    return list(_boxes(ElementTree.fromstring(svg), 0.0, 0.0))


def hidden(svg: str) -> list[tuple[Box, Box]]:
    """Those that lie over each other; a key's digit on its key does not count."""
    return [(one, other) for one, other in combinations(boxes(svg), 2) if one.over(other)]


def _boxes(element: ElementTree.Element, x: float, y: float) -> Iterator[Box]:
    if place := _PLACE.match(element.get("transform", "")):
        x, y = x + float(place[1]), y + float(place[2])
    kinds = element.get("class", "").split()
    if element.tag == f"{SVG}svg":
        x, y = x + float(element.get("x", "0")), y + float(element.get("y", "0"))
    elif element.tag == f"{SVG}text" and "digit" not in kinds:
        yield _words(element, kinds, x, y)
    elif element.tag == f"{SVG}rect" and "key" in kinds:
        yield _rectangle(element, x, y)
    elif element.tag == f"{SVG}path" and "latency" in kinds:
        for left, base, right in _LINE.findall(element.get("d", "")):
            yield Box("latency", x + float(left), y + float(base) - 4, x + float(right), y + float(base) + 4)
    elif element.tag == f"{SVG}path":
        yield Box(kinds[0], x - 5, y - 5, x + 5, y + 5)
    for child in element:
        yield from _boxes(child, x, y)


def _words(element: ElementTree.Element, kinds: list[str], x: float, y: float) -> Box:
    size = next((size for kind, size in _SIZES.items() if kind in kinds), 12.0)
    text = element.text or ""
    wide = width(text, size, bold="delay" in kinds)
    left = x + float(element.get("x", "0")) - {"end": wide, "middle": wide / 2}.get(element.get("text-anchor", ""), 0.0)
    base = y + float(element.get("y", "0"))
    return Box(text, left, base - 0.8 * size, left + wide, base + 0.2 * size)


def _rectangle(element: ElementTree.Element, x: float, y: float) -> Box:
    left, top, wide, high = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Box("key", x + left, y + top, x + left + wide, y + top + high)
