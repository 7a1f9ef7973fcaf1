"""What is to be done to a thing: looked after, replaced, sold. Two jobs on one thing are two services."""

from collections.abc import Sequence
from functools import lru_cache

from edge.dialogue.words import STOPWORDS, Word, Words, stem

_JOBS = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "service check checkup inspect inspection maintain maintenance repair fix mend clean unblock overhaul test",
        "replace replacement install installation fitted swap exchange upgrade convert conversion rewire new",
        "remove removal dispose disposal dismantle scrap",
        "buy bought purchase sell sold rent rental lease",
        "insure insurance warranty guarantee certificate certification",
        "relocate relocation extend extension design paint",
    )
)
"""Words of one group are one job: whoever services a boiler also repairs it, but does not sell a new one."""
_REACH = 4
"""Words between a thing and what is to be done to it: "a boiler that needs to be replaced"."""
_OWNED = frozenset("my our the his her their your this that".split())
"""Before these "new" tells which thing it is, not that one is wanted."""
_PAST = frozenset("was were ago recently already last since yesterday".split())
"""With these it was done before: "the boiler was replaced last year"."""
_NO = frozenset("not no don't without isn't never".split())
_OBJECT = frozenset("of my our the his her their your a an some".split())


@lru_cache(maxsize=2048)
def job(word: str) -> int | None:
    """Which job a word names, or None."""
    return next((at for at, group in enumerate(_JOBS) if stem(word) in group), None)


def same(one: str, other: str) -> bool:
    """Whether two words are one job by whatever name: "replaced" and "installation". To look after a thing is many."""
    said = job(one)
    return said is not None and said > 0 and said == job(other)


def alone(words: Words, at: Sequence[int]) -> bool:
    """Whether these words name a job and nothing that it is done to."""
    return all(job(words[index].text) is not None for index in at)


def another(words: Words, at: Sequence[int], name: Sequence[str]) -> bool:
    """Whether another job is said of the thing at these words than ``name``, all that a choice may be called, says."""
    own = {found for part in name if (found := job(part)) is not None}
    thing = [index for index in at if job(words[index].text) is None]
    said = min((found for index in thing for found in _said_of(words, index)), default=None)
    return bool(own) and said is not None and said[1] not in own


def upon(words: Words, at: int) -> Word | None:
    """The thing that the job at this word is to be done to, said after it: "clean my windows", "a new car"."""
    if job(words[at].text) is None or words[at].ends:
        return None
    after = at + 1
    while after < len(words) and words[after].text in _OBJECT and not words[after].ends:
        after += 1
    if after == len(words) or (after == at + 1 and words[at].text != "new"):
        return None
    word = words[after]
    return word if word.text.isalpha() and word.text not in STOPWORDS and job(word.text) is None else None


def _said_of(words: Words, thing: int) -> list[tuple[int, int]]:
    """The jobs said of a thing in its clause, each with how far off it is; what follows counts as nearer."""
    found = []
    for step, offset in ((1, 0), (-1, 1)):
        at = thing
        while abs(at - thing) < _REACH:
            if words[at if step > 0 else at - 1].ends or not 0 <= at + step < len(words):
                break
            at += step
            said = job(words[at].text)
            if said is not None and _wanted(words, at, thing):
                found.append((2 * abs(at - thing) + offset, said))
    return found


def _wanted(words: Words, at: int, thing: int) -> bool:
    begins = next((index + 1 for index in range(at - 1, -1, -1) if words[index].ends), 0)
    ends = next((index + 1 for index in range(at, len(words)) if words[index].ends), len(words))
    before = [word.text for word in words[max(begins, at - 3) : at]]
    if words[at].text == "new":
        return 0 < thing - at <= 2 and not _OWNED.intersection(before[-1:]) and not _NO.intersection(before)
    return not _PAST.intersection(word.text for word in words[begins:ends]) and not _NO.intersection(before)
