"""What surely tells of danger: one of the things that a tool for emergencies helps in, or that it is an emergency."""

import re

from edge.core.conversation import Tool
from edge.dialogue import choices, denial
from edge.dialogue.intent import DANGER
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Situation
from edge.dialogue.words import Words, join

_SHORT = 4
"""Words below which a turn may be a bare answer."""
_EMERGENCY = re.compile(
    r"\b(?:it's|it is|this is|that's|there's|there is|(?:i|we) have|(?:i|we)'ve got) (?:\w+ )?an? (?:\w+ )?emergency\b"
    r"|^(?:an )?emergency$"
)
""" "Is it an emergency?" is a question."""


def of(slots: tuple[Slot, ...]) -> Slot | None:
    """The slot that tells the dangers that a tool helps in; None where it is for no emergencies."""
    return next((slot for slot in slots if slot.advice), None)


def told(here: Situation, words: Words) -> Tool | None:
    """The tool for the danger that these words surely tell of: it goes before all else."""
    for tool, slots in here.tools:
        slot = of(slots)
        if slot is None:
            continue
        found = choices.match(words, slot.choices)
        if found and found[0].choice.value in slot.advice and found[0].score >= _sure(words):
            return tool
        if _EMERGENCY.search(join(denial.plain(words))):
            return tool
    return None


def _sure(words: Words) -> float:
    """How like a danger they must be: what is short, or about a name, may be one ("Anna Flood")."""
    return 1.0 if len(words) < _SHORT or any(word.text in ("name", "name's") for word in words) else DANGER
