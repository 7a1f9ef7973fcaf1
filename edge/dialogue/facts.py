"""Questions about the business itself: when it is open, what things cost, how long they take.

What is not known is said to be so.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date

from edge.core.conversation import Tool
from edge.core.facts import together
from edge.dialogue import choices, choosing, dates, smalltalk, times
from edge.dialogue.asking import MOST_OFFERED
from edge.dialogue.choices import Choice
from edge.dialogue.intent import content
from edge.dialogue.phrasing import article, listed
from edge.dialogue.request import Request, title
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation, open_question
from edge.dialogue.words import Words, join, listen
from edge.dialogue.yesno import verdict

_HOURS = re.compile(
    r"\b(?:opening|business|working|office|your) (?:hours|times)\b|\b(?:what|which) hours\b|\bhow late\b"
    r"|\b(?:are|is|when are) (?:you|anybody|the (?:office|shop|store)) (?:still )?(?:open|closed)\b"
    r"|\b(?:do|when do|what time do) you (?:\w+ )?(?:open|close|work)\b|\bdays? (?:are|do) you (?:open|work)\b"
)
_FREE = re.compile(
    r"\b(?:what|which) (?:times|days|slots|appointments) "
    r"(?:do you have|have you got|are (?:free|open|available|there))\b"
)
_PRICE = re.compile(
    r"\bhow much\b(?! (?:time|longer|water))|\byour (?:prices|rates|fees)\b|\bis (?:it|that|this) expensive\b"
    r"|\bwhat (?:does|do|would|will|is|are)\b.*\b(?:costs?|charge|prices?|fees?|rates?)\b"
    r"|\bwhat's the (?:price|cost|fee|charge)\b|^(?:and )?(?:the )?(?:price|cost)s? (?:of|for)\b"
)
_LONG = re.compile(r"\bhow long (?:does|do|will|would|is)\b.*\b(?:takes?|lasts?|be)\b")
_NOW = re.compile(r"\b(?:now|still)\b")
_COMES = re.compile(r"\bdo you (?:\w+ )?(?:come|visit)\b")
"""Asked while a day is being agreed upon it is about that day."""
_OF_PRICES = frozenset("much cost costs charge charged price prices fee fees rate rates expensive usually".split())
_POLITE = frozenset(
    """tell know ask asking wondering wonder question another more quick good morning afternoon evening please
    first""".split()
)
"""Before the question: "good morning, can you tell me …"."""
_ASK_A_PERSON = "A colleague can tell you that."

_Offer = tuple[Tool, Slot, Choice]


def asks(words: Words) -> bool:
    """Whether the words ask such a question and want nothing else."""
    asked = _question(join(words))
    return asked is not None and _POLITE.issuperset(content(listen(asked.string[: asked.start()])))


def named(words: Words) -> bool:
    """Whether there is such a question among the words."""
    return _question(join(words)) is not None


def _question(text: str) -> re.Match[str] | None:
    return _HOURS.search(text) or _FREE.search(text) or _PRICE.search(text) or _LONG.search(text)


def answer(here: Situation, under_way: Request | None) -> Move | None:
    """The answer to a turn that asks such a question and wants nothing else."""
    asked = _asked(here, under_way)
    before = listen(asked.string[: asked.start()]) if asked else ()
    if asked is None or not _POLITE.issuperset(content(before)):
        return None
    if verdict(before) and (open_question(here) or (under_way and under_way.state.confirming)):
        return None  # "Yes. What are your opening hours?"
    if asked.re is _LONG and here.running and under_way is None:
        return smalltalk.status(here)
    if asked.re not in (_PRICE, _LONG):
        return smalltalk.and_back(here, Move(_told(here, asked, under_way), here.becomes(misses=0)))
    say, offer = _price(here, asked, under_way)
    made = here.requests[-1].arguments.values() if here.requests else ()
    if under_way or offer is None or offer[2].value in made:
        return smalltalk.and_back(here, Move(say, here.becomes(misses=0)))
    tool, slot, choice = offer
    state = here.becomes(misses=0, tools_offered=(tool.name,), slots={slot.name: choice.value})
    return Move(f"{say} Would you like to {title(tool)}?", state, expects="yes_no")


def answered(here: Situation, under_way: Request | None, move: Move) -> Move:
    """The move, after the answer to such a question that was asked beside something else."""
    asked = _asked(here, under_way)
    if asked is None:
        return move
    return move.led(_told(here, asked, under_way))


def beside(here: Situation, under_way: Request | None) -> Words:
    """The words of the turn beside such a question, where they are of a request: what it asks about is not wanted."""
    asked = _asked(here, under_way)
    if asked is None:
        return here.words
    _, asks, ends = _sentence(here.words, asked)
    rest = here.words[:asks] + here.words[ends:]
    owed = under_way or open_question(here)
    return rest if owed or choosing.called_for(here, rest) else here.words


def _asked(here: Situation, under_way: Request | None) -> re.Match[str] | None:
    text = join(here.words)
    if open_question(here):
        return _HOURS.search(text)  # Another is more likely about that.
    return _question(text) or (None if under_way else _COMES.search(text))


def _told(here: Situation, asked: re.Match[str], under_way: Request | None) -> str:
    """The answer; to both, where a price is asked for too."""
    price = _PRICE.search(asked.string) or _LONG.search(asked.string)
    hours = "" if asked.re in (_PRICE, _LONG) else _hours(here, asked)
    return f"{hours} {_price(here, price, under_way)[0] if price else ''}".strip()


def _hours(here: Situation, asked: re.Match[str]) -> str:
    hours = here.talk.facts.hours
    if not hours:
        return f"I'm afraid I don't know our opening hours. {_ASK_A_PERSON}"
    day, whether = _day(here), asked[0].startswith(("are", "is", "do "))
    if day is None:
        return _week(here)
    if day.weekday() not in hours:
        return f"{'No, we' if whether else 'We'}'re closed on {calendar.day_name[day.weekday()]}s. {_week(here)}"
    opens, closes = (times.spoken(at) for at in hours[day.weekday()])
    on = "today" if day == here.today else f"on {calendar.day_name[day.weekday()]}s"
    first, last = hours[day.weekday()]
    over = _NOW.search(asked.string) and not first <= here.talk.now.time() < last
    return f"{('No, ' if over else 'Yes, ') if whether else ''}{on} we're open from {opens} to {closes}."


def _day(here: Situation) -> date | None:
    """The one day that is asked about; "now" is today."""
    found = dates.find(here.words, dates.Calendar(here.today), bare=True)
    named = next((one.value for one in found if isinstance(one.value, date) and one.days == 1), None)
    return named or (here.today if _NOW.search(join(here.words)) else None)


def _week(here: Situation) -> str:
    said = []
    for first, last, (opens, closes) in together(here.talk.facts.hours):
        days = calendar.day_name[first] + (f" to {calendar.day_name[last]}" if last > first else "")
        said.append(f"{days}, from {times.spoken(opens)} to {times.spoken(closes)}")
    return f"We're open {listed(said, 'and')}."


def _price(here: Situation, asked: re.Match[str], under_way: Request | None) -> tuple[str, _Offer | None]:
    """What the things cost that are named, or that the request is about, or that nobody here knows how long they take;
    and the thing, where it is one that a tool does."""
    prices = here.talk.facts.prices
    offers: dict[str, _Offer] = {
        choice.spoken: (tool, slot, choice)
        for tool, slots in here.tools
        for slot in slots
        if slot.kind == "choice"
        for choice in slot.choices
    }
    named = _named(here, asked, under_way, offers)
    if asked.re is _LONG:
        offer = offers.get(named[0]) if named and len(named) == 1 else None
        return f"I'm afraid I don't know how long that takes. {_ASK_A_PERSON}", offer
    if named is None and len(prices) > MOST_OFFERED:
        return "That depends on what it is for.", None
    known = [name for name in (prices if named is None else named) if name in prices]
    if not known:
        return f"I'm afraid I don't know what that costs. {_ASK_A_PERSON}", None
    say = listed([f"{article(name)} is {prices[name]}" for name in known], "and")
    return f"{say}.", offers.get(known[0]) if named and len(known) == 1 else None


def _named(
    here: Situation, asked: re.Match[str], under_way: Request | None, offers: Mapping[str, _Offer]
) -> list[str] | None:
    """The names of what is asked about; none where it is something else than what there is, None where nothing is
    named."""
    others = [Choice(name, name) for name in here.talk.facts.prices if name not in offers]
    there = [*(choice for *_, choice in offers.values()), *others]
    begins, asks, ends = _sentence(here.words, asked)
    for words in (here.words[asks:ends], here.words[begins:ends], here.words):  # "A tap, and how much is a drain?"
        if found := choices.match(words, there):
            plain = [one for one in found if choices.plainly(words, one)] or found[:1]
            return [one.choice.spoken for one in sorted(plain, key=lambda one: one.words)]
    if not _OF_PRICES.issuperset(content(here.words[begins:ends])):
        return []
    last = here.requests[-1].arguments if here.requests else {}
    made = (under_way.state.slots if under_way else last).values()
    return next(([name] for name, (*_, choice) in offers.items() if choice.value in made), None)


def _sentence(words: Words, asked: re.Match[str]) -> tuple[int, int, int]:
    """Where the clause of the question begins, where it asks, and where its sentence ends."""
    asks = asked.string[: asked.start()].count(" ")
    begins = next((at + 1 for at in range(asks - 1, -1, -1) if words[at].ends), 0)
    ends = next((at + 1 for at in range(asks, len(words)) if set(words[at].after) & set(".!?")), len(words))
    return begins, asks, ends
