"""Danger that this business sends nobody to: the caller hears whom to call and what to do, and nothing of business."""

from edge.core.conversation import AgentSaid
from edge.dialogue import denial, distress
from edge.dialogue.situation import Move, Situation

_LIFE = "Please get everybody to safety, hang up, and call {} right now."
_URGENT = (
    "I can't send anybody at once from here. If anybody is in danger, get everybody to safety, hang up, and call {} "
    "right now."
)
_ENOUGH = 0.6
"""The part of a piece of advice that counts as all of it where the caller heard no more: what matters comes first."""


def called_for(here: Situation, *, helps: bool) -> Move | None:
    """What to do instead. ``helps``: this business does send somebody to emergencies, only not to these."""
    words = denial.meant(denial.plain(here.words))
    number = here.talk.facts.emergency_number
    life, urgent = _LIFE.format(number), _URGENT.format(number)
    if helps:
        say = life if distress.beyond(words) and not heard(here, life) else None
    elif distress.beyond(words) or distress.life(words):
        say = life
    elif distress.urgent(words):
        say = urgent
    else:
        told = next((line for line in (life, urgent) if heard(here, line)), None)
        say = told if distress.about(words) in ("call", "dangerous", "do", "hurry") else None
    return Move(say, here.becomes(misses=0), expects="open") if say else None


def heard(here: Situation, words: str) -> bool:
    """Whether the caller has heard these words of the agent."""
    part = words[: int(_ENOUGH * len(words))]
    return any(part in one.text for one in here.talk.entries if isinstance(one, AgentSaid))
