"""Questions about the business itself: when it is open, what things cost. What is not known is said to be so."""

import calendar
import re
from datetime import date

from edge.core.conversation import Tool
from edge.core.facts import together
from edge.dialogue import choices, choosing, dates, smalltalk, times
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
    r"|\b(?:what|which) (?:times|days|slots|appointments) "
    r"(?:do you have|have you got|are (?:free|open|available|there))\b"
)
_PRICE = re.compile(
    r"\bhow much\b(?! (?:time|longer|water))|\byour (?:prices|rates|fees)\b|\bis (?:it|that|this) expensive\b"
    r"|\bwhat (?:does|do|would|will|is|are)\b.*\b(?:costs?|charge|prices?|fees?|rates?)\b"
    r"|\bwhat's the (?:price|cost|fee|charge)\b|^(?:and )?(?:the )?(?:price|cost)s? (?:of|for)\b"
)
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


def answer(here: Situation, under_way: Request | None) -> Move | None:
    """The answer to a turn that asks such a question and wants nothing else."""
    asked = _asked(here, under_way)
    if asked is None or not _POLITE.issuperset(content(listen(asked.string[: asked.start()]))):
        return None
    if asked.re is not _PRICE:
        return smalltalk.and_back(here, Move(_hours(here, asked), here.becomes(misses=0)))
    say, offer = _price(here, under_way)
    if under_way or offer is None:
        return smalltalk.and_back(here, Move(say, here.becomes(misses=0)))
    tool, slot, choice = offer
    state = here.becomes(misses=0, tools_offered=(tool.name,), slots={slot.name: choice.value})
    return Move(f"{say} Would you like to {title(tool)}?", state, expects="yes_no")


def _question(here: Situation) -> Words:
    """The clause that asks for a price; none, where the turn does not."""
    asked, words = _PRICE.search(join(here.words)), here.words
    begins = asked.string[: asked.start()].count(" ") if asked else len(words)
    return words[begins : next((at + 1 for at in range(begins, len(words)) if words[at].ends), len(words))]


def apart(here: Situation, under_way: Request | None) -> Words:
    """The words beside the question for a price, which names nothing that is wanted; () where it is all of the turn."""
    asked = _asked(here, under_way)
    if asked is None or asked.re is not _PRICE:
        return here.words
    words, clause = here.words, _question(here)
    begins = asked.string[: asked.start()].count(" ")
    rest = words[:begins] + words[begins + len(clause) :]
    if _POLITE.issuperset(content(rest)) and verdict(rest) is None:
        return ()
    return rest if under_way or choosing.called_for(here, rest) else words


def answered(here: Situation, under_way: Request | None, move: Move) -> Move:
    """The move, after the answer to such a question that was asked beside something else."""
    asked = _asked(here, under_way)
    if asked is None:
        return move
    return move.led(_price(here, under_way)[0] if asked.re is _PRICE else _hours(here, asked))


def _asked(here: Situation, under_way: Request | None) -> re.Match[str] | None:
    if open_question(here):
        return None  # It is more likely about that.
    text = join(here.words)
    return _HOURS.search(text) or _PRICE.search(text) or (None if under_way else _COMES.search(text))


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


def _price(here: Situation, under_way: Request | None) -> tuple[str, _Offer | None]:
    """What the thing costs that is named, or that the request under way is about; and that thing, where it is known."""
    prices = here.talk.facts.prices
    name, offer = _named(here, under_way)
    if name in prices:
        return f"{article(str(name))} is {prices[str(name)]}.", offer
    if name is None and prices:
        return f"{listed([f'{article(thing)} is {cost}' for thing, cost in prices.items()], 'and')}.", None
    return f"I'm afraid I don't know what that costs. {_ASK_A_PERSON}", None


def _named(here: Situation, under_way: Request | None) -> tuple[str | None, _Offer | None]:
    """The name of what is asked about, and where one of the tools does it, the choice that it is.

    "" where it is something else than what there is; None where nothing is named.
    """
    offers = [
        (tool, slot, choice)
        for tool, slots in here.tools
        for slot in slots
        if slot.kind == "choice"
        for choice in slot.choices
    ]
    others = [Choice(name, name) for name in here.talk.facts.prices if name not in {one.spoken for *_, one in offers}]
    there = [*(choice for *_, choice in offers), *others]
    if found := choices.match(_question(here), there) or choices.match(here.words, there):
        named = found[0].choice
        return named.spoken, next((offer for offer in offers if offer[2] is named), None)
    if not _OF_PRICES.issuperset(content(here.words)):
        return "", None
    made = under_way.state.slots.values() if under_way else ()
    return next((choice.spoken for *_, choice in offers if choice.value in made), None), None
