"""Names of people, told ("my name is ..."), bare, or spelled ("M U L L E R", "S as in Sam")."""

import re
from dataclasses import dataclass, replace

from edge.dialogue.numbers import SMALL, TENS
from edge.dialogue.words import STOPWORDS, Word, Words, alike, join

_MOST = 4
"""Words in a name."""
_TOLD = re.compile(
    r"\b(?:my (?:full |last |first |sur)?name(?:'s| is| would be)|(?:the|our) (?:last |first |sur)?name(?:'s| is|"
    r" should be| will be)|(?:the|my) name to|"
    r"i'm called|i am called|call me(?! (?:back|again|later|on|at|when|if|to))|"
    r"name is|under the name(?: of)?|in the name of|name of|names)(?: spelled)? "
)
_HERE = re.compile(r"\b(?:this is|i'm|i am|it's|here is|speaking is|for|under) ")
"""What comes before a name, and before much else: the name must then be written with capitals."""
_INTRODUCES = re.compile(r"\b(?:my (?:full )?name(?:'s| is)|this is|i'm|i am) ")
_LEAD = frozenset(
    """it's its it is the name name's my i'm i am this that's that would be under put for uh um er well yes yeah
    yep sure okay ok so oh and a mr mrs ms miss dr mister missus doctor to of in course hi hello no not actually
    sorry says said speaking call me called last first surname full you can just please""".split()
)
_TRAIL = frozenset("please thanks thank you here speaking is my name again calling that's it sir ma'am okay".split())
_NEVER = (
    (STOPWORDS - {"will"})
    | SMALL.keys()
    | TENS.keys()
    | frozenset(
        """why how when where calling speaking don't know tell saying said mean repeat wait hold second minute moment
    yet appointment booking book visit today tomorrow morning afternoon evening monday tuesday wednesday
    thursday friday saturday sunday january february march november december still because change same already
    before after help fine cancel question ask understand hear sorry stop talking was wrong correct o'clock
    spelled spelt spell service looking trying having hoping wondering nothing nobody never anything everything
    whatever does matter ready here home work interested afraid pm problem actually instead later earlier but
    then time day date number robot person human kidding laughter music applause great good perfect yeah nope
    phone address code done""".split()
    )
)
_ASKS = frozenset("is are was do does did what what's how why can could when where who who's which".split())
"""With these a question begins, not a name."""
_ANNA = frozenset({"on a", "and a", "an a", "on our"})
"""What a recogniser writes for her."""
LETTERS = {
    "ay": "a", "bee": "b", "be": "b", "see": "c", "sea": "c", "dee": "d", "ee": "e", "ef": "f", "eff": "f", "gee": "g",
    "aitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "oh": "o",
    "pea": "p", "pee": "p", "cue": "q", "queue": "q", "are": "r", "ar": "r", "es": "s", "ess": "s", "tea": "t",
    "tee": "t", "you": "u",
    "vee": "v", "ex": "x", "why": "y", "zee": "z", "zed": "z",
}  # fmt: skip
"""What a recogniser writes for a letter; believed only among letters."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name between two words; ``spelled`` is the part of it that was given letter by letter."""

    value: str
    start: int
    end: int
    spelled: str = ""


def find(words: Words, *, asked: bool = False) -> Found | None:
    """The name in ``words``. With ``asked``, a name without any introduction counts too."""
    spelled = spelling(words, sure=not asked)
    said = _told(words, spelled) or _capitals(words, spelled) or (_bare(words, spelled) if asked else None)
    if spelled is None:
        return said
    if said is None:
        return spelled if asked or _TOLD.search(join(words)) or _about_name(words) else None
    return Found(respell(said.value, spelled.value), said.start, max(said.end, spelled.end), spelled.value)


def introduced(words: Words) -> str | None:
    """The name of somebody who says who they are: "hi, this is Anna Miller"."""
    found = find(words) if _INTRODUCES.search(join(words)) else None
    return found.value if found else None


def respell(name: str, spelled: str) -> str:
    """``name`` with the word that ``spelled`` spells (its most similar one) put right."""
    parts = name.split()
    if not parts:
        return spelled
    close = [part_likeness(part, spelled) for part in parts]
    best = max(range(len(parts)), key=lambda at: (close[at], at))
    if close[best] > 0 and len(spelled.split()) == 1:
        parts[best] = spelled
        return " ".join(parts)
    return spelled if len(spelled.split()) > 1 or len(parts) > 1 else f"{name} {spelled}"


def part_likeness(one: str, other: str) -> float:
    """Whether two single names may be one: by sound, or by the same first letter and much the same length."""
    one, other = one.lower(), other.lower()
    near = 0.5 if one[:1] == other[:1] and abs(len(one) - len(other)) <= 2 and len(one) > 2 else 0.0
    return max(alike(one, other), near)


def amend(before: str, found: Found) -> str:
    """The name after a correction: a single word which is like one of ``before``'s takes its place."""
    if len(found.value.split()) > 1 or len(before.split()) < 2:
        return found.value
    likeness = max(part_likeness(part, found.value) for part in before.split())
    return respell(before, found.value) if likeness > 0 else found.value


def spelling(words: Words, *, sure: bool = False) -> Found | None:
    """Letters one by one: at least two in a row, or three where ``sure``; "double l", "S as in Sam", "capital S"."""
    best: Found | None = None
    at = 0
    while at < len(words):
        letters, end, plain = _letters(words, at)
        if plain >= (3 if sure else 2) and len(letters) >= 2 and (best is None or len(letters) > len(best.value)):
            best = Found(letters.capitalize(), at, end, letters.capitalize())
        at = max(end, at + 1)
    return best


def _letters(words: Words, at: int) -> tuple[str, int, int]:
    """Letters from ``at``, the index after them, and how many were surely letters."""
    letters, plain, end = "", 0, at
    while end < len(words):
        here = end + (words[end].text == "capital" and end + 1 < len(words))
        text, times = words[here].text, 1
        if text == "double" and here + 1 < len(words):
            times, here, text = 2, here + 1, words[here + 1].text
        letter = text if len(text) == 1 and text.isalpha() else LETTERS.get(text)
        if letter is None:
            break
        after = here + 1
        if [word.text for word in words[after : after + 2]] in (["as", "in"], ["like", "in"]) and after + 2 < len(
            words
        ):
            after, plain = after + 3, plain + 2
        elif after + 1 < len(words) and words[after].text == "for" and words[after + 1].text.startswith(letter):
            after, plain = after + 2, plain + 2
        letters, end = letters + letter * times, after
        plain += len(text) == 1
    return letters, end, plain


def _about_name(words: Words) -> bool:
    return any(word.text in ("name", "surname", "spelled", "spelt", "spell") for word in words)


def _told(words: Words, spelled: Found | None) -> Found | None:
    text = join(words) + " "
    match = _TOLD.search(text)
    if match is None:
        return None
    return _begun_again(words, _run(words, text[: match.end()].count(" "), spelled), spelled)


def _begun_again(words: Words, found: Found | None, spelled: Found | None) -> Found | None:
    """The whole name of one who begins with the first: "Sam, Sam Hill"."""
    if found is None or found.end >= len(words) or words[found.end].text != words[found.start].text:
        return found
    whole = _run(words, found.end, spelled)
    return replace(whole, start=found.start) if whole and len(whole.value) > len(found.value) else found


def _capitals(words: Words, spelled: Found | None) -> Found | None:
    """ "this is John Miller", "it's for John Miller": believed where the recogniser wrote two capitals."""
    text = join(words) + " "
    for match in _HERE.finditer(text):
        found = _begun_again(words, _run(words, text[: match.end()].count(" "), spelled), spelled)
        if found and len(found.value.split()) >= 2 and all(w.raw[:1].isupper() for w in words[found.start : found.end]):
            return found
    return None


def _bare(words: Words, spelled: Found | None) -> Found | None:
    """A name with nothing else; "Charlie, Victor" too, as recognisers write it of one who speaks slowly."""
    if 2 < len(words) <= _MOST and join(words[:2]) in _ANNA:
        words = (Word("uh", "uh"), Word("anna", "Anna"), *words[2:])
    found = _longest(words, spelled)
    if found is None and len(words) <= _MOST and all(word.raw[:1].isupper() for word in words):
        return _longest(tuple(replace(word, after="") for word in words), spelled)
    return found


def _longest(words: Words, spelled: Found | None) -> Found | None:
    """The longest run of what may be names, past the words people put before one."""
    if len(words) > 12 or (len(words) > 2 and words[0].text in _ASKS):
        return None
    best: Found | None = None
    at = 0
    while at < len(words):
        found = None if words[at].text in _LEAD else _run(words, at, spelled)
        if found and (best is None or len(found.value) > len(best.value)):
            best = found
        at = found.end if found else at + 1
    foreign = [word for word in words if word.text not in _LEAD | _TRAIL and not _within(word, words, best, spelled)]
    known = best.value.lower().split() if best else []
    return best if all(word.text in known for word in foreign) else None


def _within(word: Word, words: Words, *spans: Found | None) -> bool:
    at = next(index for index, one in enumerate(words) if one is word)
    return any(span is not None and span.start <= at < span.end for span in spans)


def _run(words: Words, at: int, spelled: Found | None) -> Found | None:
    """The words from ``at`` that may be a name: no known word, no digit, no clause's end inside."""
    while at < len(words) and words[at].text in (
        "uh",
        "um",
        "er",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "mister",
        "spelled",
        "actually",
        "not",
    ):
        at += 1
    end = at
    while end < len(words) and end - at < _MOST and _may_be_name(words[end]):
        if spelled and spelled.start <= end < spelled.end:
            break
        end += 1
        if words[end - 1].ends and words[end - 1].after != ".":
            break
        if words[end - 1].after == "." and len(words[end - 1].text) > 2:
            break
    return Found(" ".join(_written(word) for word in words[at:end]), at, end) if end > at else None


def _may_be_name(word: Word) -> bool:
    return word.text.replace("'", "").isalpha() and word.text not in _NEVER and len(word.text) <= 24


def _written(word: Word) -> str:
    """As a name is written; capitals inside are the recogniser's own ("McCoy")."""
    return word.raw if word.raw[:1].isupper() and not word.raw.isupper() else word.raw.capitalize()


def spoken_letters(name: str) -> str:
    """A name letter by letter, for the ear: "M, U, L, L, E, R"."""
    return ", ".join(letter.upper() for letter in name if letter.isalpha())
