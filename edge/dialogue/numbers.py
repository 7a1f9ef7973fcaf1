"""Numbers and digit strings as people say them and recognisers write them."""

from collections.abc import Sequence

from edge.dialogue.words import Words

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = {word: number for number, word in enumerate(_UNITS)}
TENS = {word: 10 * number for number, word in enumerate(_TENS, 2)} | {"fourty": 40}
ORDINALS = {
    word: number
    for number, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),
        1,
    )
} | {"thirtieth": 30}
HOMOPHONES = {"won": 1, "to": 2, "too": 2, "tu": 2, "tree": 3, "for": 4, "fore": 4, "ate": 8, "tin": 10}
"""What a recogniser writes for a number; believed only where a number is expected."""
_ZERO = {"oh": 0, "o": 0, "nought": 0, "nil": 0}
_MANY = {"double": 2, "triple": 3, "treble": 3}
_PEOPLE = {"couple": 2, "pair": 2, "dozen": 12, "single": 1}

Number = tuple[int, int]
"""A value, and the index of the word after it."""


def cardinal(words: Words, at: int) -> Number | None:
    """The number that begins at ``at``: "24", "twenty four", "one hundred and five", "two thousand"."""
    if at >= len(words):
        return None
    written = words[at].text.replace(",", "")
    if written.isdecimal():
        return int(written[:18]), at + 1
    total, end = 0, at
    while (part := _below_hundred(words, end)) is not None or (
        total == 0
        and end + 1 < len(words)
        and words[end].text == "a"
        and words[end + 1].text in ("hundred", "thousand")
    ):
        value, end = part or (1, end + 1)
        for word, factor in (("hundred", 100), ("thousand", 1000)):
            if end < len(words) and words[end].text == word:
                value, end = value * factor, end + 1
                break
        else:
            return total + value, end
        total += value
        if end < len(words) and words[end].text == "and" and _below_hundred(words, end + 1):
            end += 1
    return (total, end) if end > at else None


def _below_hundred(words: Words, at: int) -> Number | None:
    if at >= len(words):
        return None
    text = words[at].text
    if text in SMALL:
        return SMALL[text], at + 1
    if text not in TENS:
        return None
    unit = SMALL.get(words[at + 1].text, 0) if at + 1 < len(words) and not words[at].ends else 0
    return (TENS[text] + unit, at + 2) if 1 <= unit <= 9 else (TENS[text], at + 1)


def ordinal(words: Words, at: int) -> Number | None:
    """The ordinal that begins at ``at``: "24th", "twenty fourth", "first"."""
    text = words[at].text if at < len(words) else ""
    if text[-2:] in ("st", "nd", "rd", "th") and text[:-2].isdecimal():
        return int(text[:-2][:6]), at + 1
    if text in ORDINALS:
        return ORDINALS[text], at + 1
    unit = ORDINALS.get(words[at + 1].text, 0) if text in TENS and at + 1 < len(words) else 0
    return (TENS[text] + unit, at + 2) if 1 <= unit <= 9 else None


def amount(words: Words, at: int, *, guess: bool = False) -> Number | None:
    """A count: a cardinal, "a couple", "a dozen", "a single"; with ``guess`` also what merely sounds like a number."""
    if (number := cardinal(words, at)) is not None:
        return number
    text = words[at].text if at < len(words) else ""
    if text in _PEOPLE:
        return _PEOPLE[text], at + 1
    return (HOMOPHONES[text], at + 1) if guess and text in HOMOPHONES else None


def digits(words: Words, at: int, *, guess: bool = False) -> tuple[str, int]:
    """The longest string of digits spoken from ``at``, and the index after it: "415", "four one five", "double five".

    With ``guess``, a homophone ("to", "for") counts where another digit follows or came before.
    """
    said, end = "", at
    while end < len(words):
        text = words[end].text
        plain = text.replace(",", "").replace(".", "").replace("-", "")
        if plain.isdecimal():
            said, end = said + plain, end + 1
        elif text in _MANY and (one := digit(words, end + 1)) is not None:
            said, end = said + str(one) * _MANY[text], end + 2
        elif text in _ZERO or text in SMALL or text in TENS:
            if (group := _below_hundred(words, end)) is not None:
                said, end = said + str(group[0]), group[1]
            else:
                said, end = said + "0", end + 1
        elif guess and text in HOMOPHONES and (said or digit(words, end + 1) is not None):
            said, end = said + str(HOMOPHONES[text]), end + 1
        else:
            break
    return said, end


def digit(words: Words, at: int) -> int | None:
    """The single digit at ``at``, if there is one."""
    text = words[at].text if at < len(words) else ""
    if text.isdecimal() and len(text) == 1:
        return int(text)
    value = _ZERO.get(text, SMALL.get(text))
    return value if value is not None and value < 10 else None


def spoken_digits(text: str) -> str:
    """A digit string for the ear, in groups of three or four: "four one five, five five five, oh one four two"."""
    names = ["oh", *_UNITS[1:10]]
    said = [names[int(character)] for character in text if character.isascii() and character.isdigit()]
    return ", ".join(" ".join(group) for group in _groups(said))


def _groups(items: Sequence[str]) -> list[Sequence[str]]:
    """Threes, with a last group of two to four, as telephone numbers are said."""
    if len(items) <= 4:
        return [items] if items else []
    return [items[:3], *_groups(items[3:])]


def spoken_ordinal(number: int) -> str:
    """A rank from 1 to 39 for the ear: "twenty-fourth"."""
    names = {value: word for word, value in ORDINALS.items()}
    if number in names:
        return names[number]
    return f"{_TENS[number // 10 - 2]}-{names[number % 10]}"


def spoken_number(number: int) -> str:
    """A count for the ear, in words below a hundred."""
    if 0 <= number < 20:
        return _UNITS[number]
    if 20 <= number < 100:
        tens, unit = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_UNITS[unit]}" if unit else "")
    return str(number)
