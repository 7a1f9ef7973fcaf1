"""What people in danger say beside what they are asked: whom to call, what to do, "please hurry", "we're out"."""

import re
from collections.abc import Iterator
from typing import Literal

from edge.dialogue.words import Words, join

About = Literal["done", "call", "dangerous", "do", "long", "hurry"]

_WE = r"(?:i|we)(?:'ve| have)?"
_TALK: tuple[tuple[About, tuple[str, ...]], ...] = (
    ("done", (
        r"(?:i'm|we're|i am|we are|they're|every(?:body|one)(?:'s| is)|all of us)(?: (?!not\b|still\b)\w+){0,2} "
        r"(?:out|outside|outdoors|safe|away)(?: now)?",
        rf"{_WE} (?:\w+ )?(?:left|got out|went out|went outside)(?: the \w+)?(?: now| already)*",
        rf"{_WE} (?:\w+ )?(?:turned|shut|switched|closed|opened|called|phoned|did|done)"
        r"(?: (?:it|that|the \w+|911))?(?: (?:off|down|now|already))*",
        r"(?:it|that|water|gas|power|valve|main)(?:'s| is)(?: (?!not\b)\w+)? (?:off|done|closed|shut)",
        r"(?:it|water|leak|leaking|dripping)(?:'s| has| is)? (?:just |now )?(?:stopped|under control)",
        r"(?:department|brigade|firefighters|police|ambulance|company) (?:is|are)(?: already| now)? (?:here|coming|on)",
    )),
    ("call", (
        r"(?:call|calling|ring|dial|phone) (?:\w+ ){0,2}(?:911|999|112|nine one one)",
        r"(?:gas|power|water|electric|electricity|utility) (?:company|board|supplier)",
        r"fire (?:brigade|department|service)|firefighters|police|ambulance|landlord|emergency services",
        r"(?:call|ring|tell) (?:some|any)(?:body|one)(?: else)?",
    )),
    ("dangerous", (
        r"dangerous|explode|explosive|blow up|poison\w*|toxic|(?:going to|gonna) die|in danger|harmful",
    )),
    ("do", (
        r"(?:what|where)(?: else)? (?:should|shall|do|can|must|could) (?:i|we)(?: do)?",
        r"what now|what to do|and then$|then what",
        r"(?:should|shall|can|must|may|do|could) (?:i|we) (?!(?:book|pay|move|cancel)\b)\w+",
        r"(?:is|are|am) (?:it|there|we|i|this)(?: \w+)? (?:ok|okay|all right|alright|anything|something|safe)",
    )),
    ("long", (
        r"how (?:long|soon|quick|quickly|fast|far)(?: \w+){0,4}",
        r"when (?:will|is|are|can|do|does|would)(?: \w+){0,4}",
        r"(?:is|are) (?:\w+ ){1,2}(?:coming|on (?:the|their|his|her) way)|who(?:'s| is| will| are)",
        r"(?:did|have|has) (?:you|they|some\w+|any\w+) (?:\w+ )?(?:reach|find|found|call|ask|answer|sent)\w*",
        r"what's (?:happening|going on|taking)|any news",
    )),
    ("hurry", (
        r"hurry(?: up)?|quick|quickly|fast|(?:please )?help(?: me| us)?|worse|no time|please come",
        r"kids?|child|children|baby|babies|newborn|toddler",
        r"scared|afraid|frightened|panick\w+|terrified|(?:oh )?(?:my )?god|oh no",
    )),
)  # fmt: skip
_PATTERNS = tuple((about, re.compile(rf"\b(?:{'|'.join(ways)})\b")) for about, ways in _TALK)


def about(words: Words) -> About | None:
    """What the turn is about beside the business, surest first."""
    return next(iter(_about(words)), None)


def asked(words: Words) -> About | None:
    """What the turn asks, though it tells of something else first: "we're going out, should I call anybody?"."""
    return next((kind for kind in _about(words) if kind in ("call", "dangerous", "long")), None)


def _about(words: Words) -> list[About]:
    text = join(words)
    return [kind for kind, pattern in _PATTERNS if pattern.search(text)]


_FILLING = frozenset(
    "please ok okay already now and but so because since well oh uh um fine good alright just then too".split()
)
"""At an end of what is left they say nothing, least of all yes."""


def beside(words: Words) -> Iterator[Words]:
    """The other words of the turn, clause by clause: "12 Harbor Street" of "12 Harbor Street, please hurry"."""
    text = join(words)
    talk: set[int] = set()
    for _, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            begins = text[: match.start()].count(" ")
            talk.update(range(begins, begins + match.group().count(" ") + 1))
    piece: Words = ()
    for at, word in enumerate(words):
        if at not in talk:
            piece = (*piece, word)
        if piece and (at in talk or (word.ends and "," not in word.after) or at == len(words) - 1):
            yield _trimmed(piece)
            piece = ()


def _trimmed(words: Words) -> Words:
    said = [at for at, word in enumerate(words) if word.text not in _FILLING]
    return words[said[0] : said[-1] + 1] if said else ()


_BEYOND = re.compile(
    r"\b(?:on fire|(?:there(?:'s| is)|have|got) (?:a |an )?(?!gas |no )(?:\w+ )?fire\b(?! (?:alarm|place|door))|"
    r"burning down|in flames|exploded|explosion|unconscious|passed out|not breathing|can't breathe|cannot breathe|"
    r"electric shock|electrocuted|heart attack|bleeding|collapsed)\b"
)


def beyond(words: Words) -> bool:
    """Whether it is about what no business sends anybody to: a fire, or somebody hurt."""
    return bool(_BEYOND.search(join(words)))


_LIFE = re.compile(
    r"\b(?:(?:smell\w*|stink\w*|odou?r|reek\w*)(?: \w+){0,2} gas|gas (?:leak\w*|smell\w*)|leaking gas|rotten eggs?"
    r"|(?:carbon )?monoxide|co (?:alarm|detector)|burning smell|sparks|sparking|smoke(?! (?:alarm|detector)s?\b))\b"
)
_URGENT = re.compile(
    r"\b(?:emergency|(?:burst|broken|frozen) pipes?|pipes? (?:\w+ )?(?:burst|broke)|flood(?:ed|ing|s)?"
    r"|water (?:\w+ )?(?:everywhere|pouring|gushing|coming through))\b"
)


def life(words: Words) -> bool:
    """Whether it is about gas, smoke or sparks, which kill."""
    return bool(_LIFE.search(join(words)))


def urgent(words: Words) -> bool:
    """Whether it is about anything else that cannot wait."""
    return bool(_URGENT.search(join(words)))


_CRY = re.compile(r"^(?:(?:please|oh|god|hello) )*help(?: me| us)?(?: please| help)*$")


def cry(words: Words) -> bool:
    """Whether it is a cry for help and nothing else."""
    return bool(_CRY.search(join(words)))
