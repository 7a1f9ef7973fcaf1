"""Text for the ear: what a synthesiser would misread is spelt out, and what cannot be said is left out.

Telephone numbers, codes and the ends of card numbers are read digit by digit with a breath between groups; zeros in
front are said. Amounts, dates, times, units and ordinals in their usual form are left as they are, since voices read
those well; unusual forms are brought to it.
"""

import re
from datetime import date

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "tues": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "thur": "Thursday",
}
_DAYS |= {"thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"

_MARKUP = re.compile(r"#{2,}|^#\s|[*_`~#|<>\[\]{}]+(?=\S)|(?<=\S)[*_`~|<>\[\]{}]+")
_ADDRESS = re.compile(
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|\b(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|co|gov|edu)\b"
)
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})\b\.?(?=,?\s+(?:the\s+)?(?:{_MONTH}\b|\d))", re.IGNORECASE)
_DAYS_TO = re.compile(rf"\b({'|'.join(_DAYS)})\.? ?[-–] ?({'|'.join(_DAYS)})\b", re.IGNORECASE)
_MONEY_TO = re.compile(r"(?<=\d) ?[-–] ?(?=[$£€]\d)")
_MOMENT = re.compile(
    r"(?<![\w-])(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?![\w:])"
)
"""As a model repeats it from a tool's answer; the day by itself is read well."""
_TELEPHONE = re.compile(r"(?<![\w.$£€:/-])\+?\(?\d[\d ().-]{5,18}\d(?![\w:/-]|[.,]\d)")
_LONG_NUMBER = re.compile(r"(?<![\w.,$£€:/-])\d{5,}(?![\w:/-]|[.,]\d)")
_CODE = re.compile(r"(?<![\w$£€])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)(?!\d+(?:AM|PM)\b)[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w])")
_LEADING_ZERO = re.compile(r"(?<![\w.,$£€:/-])0\d{1,3}(?![\w:/-]|[.,]\d)")
_TAIL = re.compile(
    r"(\b(?:ending (?:in|with)|ends (?:in|with)|last four(?: digits)?(?: (?:are|is|of))?|pin(?: is)?|code(?: is)?)\s+)"
    r"(\d{3,4})(?![\w:/-]|[.,]\d)",
    re.IGNORECASE,
)
"""Short numbers that are names, not amounts: "the card ending in 4242"."""
_AMOUNT = re.compile(r"(?<![\w.,])(\d[\d,]*(?:\.\d{1,2})?) ?(USD|EUR|GBP)\b")
_AMOUNT_OF = re.compile(r"\b(USD|EUR|GBP) ?(\d[\d,]*(?:\.\d{1,2})?)(?![\w,.]*\d)")
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_TENTHS = re.compile(r"([$£€]\d[\d,]*\.\d)(?![\d.,]*\d| (?:thousand|million|billion|k|m|bn)\b)")
_DOTTED_DATE = re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\w|\.\d)")
_CLOCK_24 = re.compile(r"(?<![\w.,:-])(00|1[3-9]|2[0-3]):([0-5]\d)(?!:|\d| ?[AaPp]\.?[Mm]\b)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def spoken(text: str) -> str:
    """``text`` as it should be read aloud. Words keep their order, so what was heard can be told in the original."""
    text = _MARKUP.sub(" ", text)
    text = "".join(letter if _sayable(letter) else " " for letter in text)
    text = _ADDRESS.sub(_address, text)
    text = _MOMENT.sub(r"\1 at \2", text)
    text = _DAYS_TO.sub(lambda match: f"{_DAYS[match[1].lower()]} to {_DAYS[match[2].lower()]}", text)
    text = _DAY.sub(lambda match: _DAYS[match.group(1).lower()], text)
    text = _DOTTED_DATE.sub(_dotted_date, text)
    text = _CLOCK_24.sub(_clock, text)
    text = _AMOUNT.sub(lambda match: f"{_SIGNS[match.group(2)]}{match.group(1)}", text)
    text = _AMOUNT_OF.sub(lambda match: f"{_SIGNS[match.group(1)]}{match.group(2)}", text)
    text = _MONEY_TO.sub(" to ", text)
    text = _TENTHS.sub(r"\g<1>0", text)
    text = _TAIL.sub(lambda match: match.group(1) + _digits(match.group(2)), text)
    text = _CODE.sub(_code, text)
    text = _TELEPHONE.sub(_telephone, text)
    text = _LONG_NUMBER.sub(lambda match: _grouped(match.group()), text)
    text = _LEADING_ZERO.sub(lambda match: _digits(match.group()), text)
    return " ".join(text.split())


def sentences(text: str, longest: int = 200) -> list[tuple[int, int]]:
    """Where each sentence of ``text`` begins and ends; one of more than ``longest`` characters is cut in parts.

    The spans cover the text without a gap, the white space after a sentence being part of it.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    ends = [match.end() for match in _END.finditer(text) if not _ABBREVIATION.search(text, start, match.start())]
    for end in [*ends, len(text)]:
        while end - start > longest:
            cut = max(text.rfind(", ", start, start + longest) + 2, start + longest // 4)
            if cut == start + longest // 4:
                cut = (text.rfind(" ", start, start + longest) + 1) or start + longest
            cut = cut if cut > start else start + longest
            spans.append((start, cut))
            start = cut
        if end > start:
            spans.append((start, end))
            start = end
    return spans


_END = re.compile(r"[.!?…][\"”’')\]]*\s+(?=[A-Z0-9\"“‘'(])")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|approx|ext|apt|[A-Z])|\b[ap]\.m)$", re.IGNORECASE)


def _sayable(letter: str) -> bool:
    return letter.isascii() or letter.isalpha() or letter in "’‘“”–—…°£€¢½¼¾"


def _digits(text: str) -> str:
    return " ".join(_DIGITS[int(digit)] for digit in text)


def _grouped(digits: str) -> str:
    """Digit by digit, with a breath after each three or so as people give a number."""
    sizes = {7: (3, 4), 10: (3, 3, 4), 11: (1, 3, 3, 4)}.get(len(digits))
    if sizes is None:
        sizes = (3,) * (len(digits) // 3 - (len(digits) % 3 == 1)) + {0: (), 1: (2, 2), 2: (2,)}[len(digits) % 3]
    groups, at = [], 0
    for size in sizes:
        groups.append(_digits(digits[at : at + size]))
        at += size
    return ", ".join(groups)


def _telephone(match: re.Match[str]) -> str:
    text = match.group()
    runs = re.findall(r"\d+", text)
    if _ISO_DATE.fullmatch(text) or not 7 <= sum(map(len, runs)) <= 15:
        return text
    plus = "plus " if text.startswith("+") else ""
    return plus + (_grouped(runs[0]) if len(runs) == 1 else ", ".join(map(_digits, runs)))


def _dotted_date(match: re.Match[str]) -> str:
    day, month, year = (int(part) for part in match.groups())
    try:
        when = date(year, month, day)
    except ValueError:
        return match.group()
    return f"{when:%B} {when.day}, {year}"


def _clock(match: re.Match[str]) -> str:
    """Half past two is no fourteen thirty."""
    hour, minute = int(match.group(1)), match.group(2)
    said = str((hour - 1) % 12 + 1) if minute == "00" else f"{(hour - 1) % 12 + 1}:{minute}"
    return f"{said} {'PM' if hour else 'AM'}"


def _code(match: re.Match[str]) -> str:
    """Letter by letter and digit by digit, with a breath where the code has a dash."""
    parts = match.group().split("-")
    return ", ".join(" ".join(_DIGITS[int(c)] if c.isdigit() else c for c in part) for part in parts)


def _address(match: re.Match[str]) -> str:
    return match.group().replace("@", " at ").replace(".", " dot ").replace("_", " underscore ").replace("-", " dash ")
