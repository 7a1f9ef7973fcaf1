"""Which of a few named things was meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any

from edge.dialogue import denial, jobs
from edge.dialogue.numbers import SMALL
from edge.dialogue.words import CALENDAR, STOPWORDS, Words, alike, listen, skeleton, sounds_alike, stem


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enum: the value itself, how it is said, further phrases, and the moment it names, if any.

    A phrase that begins with "no" names what is missing. ``beside``: pairs of words in which a word alone names another
    thing ("gas bill").
    """

    value: Any
    spoken: str
    phrases: tuple[str, ...] = ()
    day: date | None = None
    hour: time | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """``score`` 0..1; ``words`` are the indices of what was said of it."""

    choice: Choice
    score: float
    words: tuple[int, ...]


_PARTICLES = frozenset("out off".split())
"""At the end of a phrase these carry it: "power is out"."""


@lru_cache(maxsize=1024)
def _content(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that carry it; all of them where none does."""
    words = tuple(word.text for word in listen(phrase))
    carrying = tuple(word for word in words if word not in STOPWORDS)
    last = words[-1:] if carrying and words[-1] in _PARTICLES else ()
    return carrying + last or words


def match(words: Words, choices: Sequence[Choice], *, asked: bool = False) -> list[Match]:
    """The choices that were named, best first. With ``asked`` a faint likeness is enough, and a job alone ("a repair").

    A word which several choices share ("repair") counts less than one of its own. A choice after "not" is not meant,
    nor is one on whose thing another job is wanted: see ``near``.
    """
    found = [one for one in _likely(words, choices, asked) if not _another_job(words, one)]
    return [one for one in found if asked or not _job_alone(words, one)]


def plainly(words: Words, match: Match) -> bool:
    """Whether a choice is spoken of, and not merely sounded like: by two of its words, or by one with an article."""
    called = [part for phrase in (match.choice.spoken, *match.choice.phrases) for part in _content(phrase)]
    sure = all(max(alike(words[at].text, part) for part in called) >= 0.9 for at in match.words)
    before = words[max(0, match.words[0] - 2) : match.words[0]]
    return sure and (len(match.words) > 1 or any(word.text in _ARTICLES for word in before))


def near(words: Words, choices: Sequence[Choice]) -> list[Match]:
    """The choices nearest to something that is none of them: a "boiler service", where a "boiler replacement" is
    wanted."""
    return [one for one in _likely(words, choices, asked=False) if _another_job(words, one)]


def hinted(words: Words, choices: Sequence[Choice]) -> list[Match]:
    """The choices that may be meant or asked about, best first: named, near, or by their job alone."""
    return _likely(words, choices, asked=False)


def another_thing(words: Words, choices: Sequence[Choice]) -> bool:
    """Whether a choice's job is wanted on a thing that is none of theirs: "window cleaning", "check my car"."""
    if hinted(words, choices):
        return False
    heads = {at for choice in choices for at in [_find(words, _content(choice.spoken)[-1], 0.85)[1]] if at is not None}
    return any(jobs.alone(words, [at]) and _other_thing(words, at) for at in heads)


def _likely(words: Words, choices: Sequence[Choice], asked: bool) -> list[Match]:
    shared = _shares(choices)
    found = [best for choice in choices if (best := _best(words, choice, shared, asked)) is not None]
    return sorted(found, key=lambda one: (-one.score, one.words[0]))


def _another_job(words: Words, match: Match) -> bool:
    called = [part for phrase in (match.choice.spoken, *match.choice.phrases) for part in _content(phrase)]
    return jobs.another(words, match.words, called)


def _job_alone(words: Words, match: Match) -> bool:
    return match.score < 1 and jobs.alone(words, match.words)


def _shares(choices: Sequence[Choice]) -> dict[str, float]:
    """For each word, 1 / the number of choices whose own name has it."""
    counts: dict[str, int] = {}
    for choice in choices:
        for word in {stem(word) for word in _content(choice.spoken)}:
            counts[word] = counts.get(word, 0) + 1
    return {word: 1 / count for word, count in counts.items()}


def _best(words: Words, choice: Choice, shared: dict[str, float], asked: bool) -> Match | None:
    floor = 0.7 if asked else 0.85
    best: Match | None = None
    for phrase in (choice.spoken, *choice.phrases):
        content = _content(phrase)
        said = denial.missing(words) if phrase.startswith("no ") else denial.meant(words)
        if len(content) == 1 and choice.beside:
            said = tuple(denial.blank(word) if _beside(words, n, choice) else word for n, word in enumerate(said))
        score, at = _overlap(said, content, shared, floor)
        if len(content) == 2 and score < _RUN_TOGETHER and (together := _run_together(said, content)):
            score, at = _RUN_TOGETHER, together
        if len(at) == 1 and _beside(words, at[0], choice):
            continue
        needed = (0.3 if asked else 0.4) if phrase == choice.spoken else 0.65
        if not at or score < needed or (best is not None and best.score >= score):
            continue
        if len(at) < len(content) and (_of_another(words, content, at) or (not asked and _count(words, at))):
            continue
        best = Match(choice, score, at)
    return best


def _overlap(
    words: Words, content: tuple[str, ...], shared: dict[str, float], floor: float
) -> tuple[float, tuple[int, ...]]:
    """The weight of the phrase's words that were said, over all of it; and where they were said."""
    total = got = 0.0
    at: list[int] = []
    for part in content:
        weight = shared.get(stem(part), 1.0)
        total += weight
        likeness, index = _find(words, part, floor)
        if index is not None:
            got += weight * likeness
            at.append(index)
    return (got / total if total else 0.0), tuple(sorted(at))


_RUN_TOGETHER = 0.85
_TELLING = 4
"""Consonants without which too much sounds like a phrase."""


def _run_together(words: Words, content: tuple[str, ...]) -> tuple[int, ...]:
    """Where a phrase of two words was heard as one, or its border was lost: "gasmail", "guess male" for "gas smell"."""
    whole = "".join(content)
    if len(skeleton(whole)) < _TELLING:
        return ()
    for at, word in enumerate(words):
        following = words[at + 1].text if at + 1 < len(words) and not word.ends else ""
        if len(word.text) > len(content[0]) and word.text not in STOPWORDS and sounds_alike(word.text, whole):
            return (at,)
        if word.text and following and following not in STOPWORDS and sounds_alike(word.text + following, whole):
            return (at, at + 1)
    return ()


def _beside(words: Words, at: int, choice: Choice) -> bool:
    """Whether the word at this place is one half of a pair that names another thing."""
    pairs = {tuple(stem(part) for part in pair.split()) for pair in choice.beside}
    return any(
        (stem(words[one].text), stem(words[one + 1].text)) in pairs for one in (at - 1, at) if 0 <= one < len(words) - 1
    )


_AS_THEY_ARE = STOPWORDS | CALENDAR
"""Words that are slips of the ear for no others."""


def _find(words: Words, part: str, floor: float) -> tuple[float, int | None]:
    best, index = 0.0, None
    for position, word in enumerate(words):
        if word.text == part:
            return 1.0, position
        if (
            word.text
            and word.text not in _AS_THEY_ARE
            and (likeness := _likeness(word.text, part)) >= floor
            and likeness > best
        ):
            best, index = likeness, position
    return best, index


def _likeness(said: str, part: str) -> float:
    return max(alike(said, part), 0.85 if jobs.same(said, part) else 0.0)


def _of_another(words: Words, content: tuple[str, ...], at: tuple[int, ...]) -> bool:
    """Only a compound's head was said, and another thing with it: "window cleaning" is no "drain cleaning"."""
    return len(at) == 1 and alike(words[at[0]].text, content[-1]) >= 0.85 and _other_thing(words, at[0])


def _other_thing(words: Words, head: int) -> bool:
    """Whether a thing is said with a compound's head: before it, or after it as what the job is done to."""
    if jobs.upon(words, head) is not None:
        return True
    if head == 0:
        return False
    before = words[head - 1]
    return before.text not in STOPWORDS and not before.ends and before.text.isalpha() and before.text not in _NEUTRAL


def _count(words: Words, at: tuple[int, ...]) -> bool:
    """Only a number of it was said: "four" is no "four cheese"."""
    return all(words[index].text in SMALL or words[index].text.isdecimal() for index in at)


_ARTICLES = frozenset("a an the my our some".split())
_NEUTRAL = frozenset(
    "some quick new regular next another full proper book schedule order get arrange want need".split()
)
