"""How wide words are when they are drawn, and how many of them a box holds. All in pixels.

Nobody knows here which font a reader's screen has, so words are taken to be as wide as in DejaVu Sans, the widest of
the usual ones: in another they leave a little room.
"""

import unicodedata

_EMS = {
    0.29: "'Iijl",
    0.32: " ,.’",
    0.38: "-/:;\\f|",
    0.42: "!()J[]rt",
    0.53: '"*?_`sz“”',
    0.61: "FLPTYckvxy",
    0.64: "ES",
    0.7: "ABCKRVXZ",
    0.84: "#+<=>^~w",
    1.0: "%@MWm…—",
}
"""Widths of letters, in parts of the font's size; those of the rest are below."""
_WIDTHS = {letter: ems for ems, letters in _EMS.items() for letter in letters}
_SMALL, _CAPITAL, _IDEOGRAPH = 0.64, 0.79, 1.1
_BOLD = 1.1
_FEWEST = 2
"""Letters of a word that are worth showing before the mark that the rest is left out."""
MORE = "…"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Of one line, in a font of this size."""
    return sum(map(_ems, text)) * size * (_BOLD if bold else 1.0)


def _ems(letter: str) -> float:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _IDEOGRAPH
    return _CAPITAL if letter.isupper() else _SMALL


def fitted(text: str, room: float, size: float, most: int) -> list[str]:
    """The text in at most so many lines, none wider than ``room``; what is left out is marked with an ellipsis.

    Empty where no letter of it can be read.
    """
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most:
        line = _cut(words.pop(0), room, size)
        while words and width(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] = _ended(lines[-1], room, size)
    return lines if any(letter.isalnum() for line in lines for letter in line) else []


def _cut(word: str, room: float, size: float) -> str:
    """The word, or as much of it as there is room for."""
    if width(word, size) <= room:
        return word
    for length in range(len(word) - 1, _FEWEST - 1, -1):
        if width(word[:length] + MORE, size) <= room:
            return word[:length] + MORE
    return MORE if width(MORE, size) <= room else ""


def _ended(line: str, room: float, size: float) -> str:
    """The line with a mark that more would follow, in place of its last words where there is no room beside them."""
    while line and not line.endswith(MORE):
        if width(f"{line} {MORE}", size) <= room:
            return f"{line} {MORE}"
        shorter, _, last = line.rpartition(" ")
        line = shorter or _cut(last + MORE, room, size)
    return line
