"""Something of the business's own that is said to be wrong ("the bill is wrong"): no tool puts it right, and the caller
hears so, whatever else they wish for."""

import re
from dataclasses import replace

from edge.core.conversation import Tool
from edge.dialogue import smalltalk
from edge.dialogue.intent import akin, content
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import Words, join

_WRONG = re.compile(
    r"\b(?:my|our|the|your|this|that|last|a) (?P<thing>\w+) (?:is|was|seems|looks|must be) (?:\w+ )?"
    r"(?:wrong|not right|incorrect|mistaken|a mistake|too high|too much)\b"
    r"|\b(?:wrong|mistake|error) (?:on|in|with|about) (?:my|our|the|your|this|that) (?P<with>\w+)\b"
)


def disputed(here: Situation) -> tuple[str, Situation | None] | None:
    """What is said to be wrong, and the situation without the clause that says so; None where the turn says no more.

    Only what one tool alone is about, which the talk is not about: else it is what was understood that is wrong.
    """
    found = _WRONG.search(join(here.words))
    thing = found["thing"] or found["with"] if found else None
    about = [tool for tool, _ in here.tools if thing and akin(thing, tool)]
    if found is None or thing is None or len(about) != 1 or _talked_of(here, about[0]):
        return None
    start, end = (found.string[:at].count(" ") for at in (found.start(), found.end()))
    begins = next((at + 1 for at in range(start - 1, -1, -1) if _divides(here.words, at)), 0)
    ends = next((at + 1 for at in range(end, len(here.words)) if here.words[at].ends), len(here.words))
    rest = here.words[:begins] + here.words[ends:]
    return thing, replace(here, words=rest) if content(rest) else None


def answered(here: Situation, thing: str, move: Move | None) -> Move:
    """The move after the answer; the answer alone, where the turn says nothing else."""
    say = f"I'm sorry, I can't put the {thing} right from here. A colleague can do that."
    return move.led(say) if move else smalltalk.and_back(here, Move(say, here.becomes(misses=0)))


def _talked_of(here: Situation, tool: Tool) -> bool:
    return tool.name == here.state.tool or any(asked.tool == tool.name for asked in here.requests)


def _divides(words: Words, at: int) -> bool:
    return words[at].ends or words[at].text in ("and", "but")
