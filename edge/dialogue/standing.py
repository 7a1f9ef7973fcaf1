"""What stands from before this call: who says "I booked a visit for Tuesday" wants no second one."""

import re

from edge.core.conversation import Tool
from edge.dialogue.schema import Slot
from edge.dialogue.words import Words, join, listen, stem

_VISIT = r"(?:visit|appointment|booking|service|repair|cleaning|check|technician|engineer|plumber|electrician)"
_WHEN = (
    r"(?:booked|scheduled|planned|arranged|coming|on|for|at|today|tomorrow|this|next|"
    r"(?:mon|tues|wednes|thurs|fri|satur)day)"
)
_I = r"(?<!can )(?<!could )(?<!may )(?<!should )\b(?:i|we)"
""" "Can I have an appointment on Tuesday" is another thing than "I have an appointment on Tuesday"."""
_MY = r"(?<!book )(?<!make )(?<!schedule )(?<!arrange )\b(?:my|our)"
_STANDS = re.compile(
    rf"{_I}(?:'ve|'d| have| had)?(?: already| just)? (?:booked|scheduled|arranged) (?:a|an|my|our|the|it|you|for|in)\b"
    rf"|{_I}(?:'ve| have)?(?: already)? made (?:a|an|the|my|our) (?:appointment|booking)\b"
    rf"|{_I}(?:'ve got|'ve| have got| have| got)(?: already)? (?:a|an|my|our|the) (?:\w+ ){{0,2}}{_VISIT} {_WHEN}\b"
    rf"|\b(?:do|did) (?:i|we) (?:still |already )?have (?:a|an|any) {_VISIT}s?\b"
    rf"|{_MY} (?:\w+ ){{0,2}}(?:visit|appointment|booking)\b"
    r"|\b(?:somebody|someone|(?:a|the|your) (?:man|guy|technician|engineer|plumber|electrician)) "
    r"(?:is|was) (?:coming|due|booked|scheduled|supposed to come)\b"
    r"|\bwhen (?:the|your|my|will the|will your|is the|is your|is my) "
    r"(?:man|guy|technician|engineer|plumber|electrician)\b"
    r"|\b(?:can't|cannot|can not|couldn't|won't be able to) (?:make it|be (?:there|home|at home))\b"
    r"|\bwon't be (?:home|at home|there)\b"
)
Tools = tuple[tuple[Tool, tuple[Slot, ...]], ...]
"""Tools and their slots."""

_CHANGES = frozenset(stem(verb) for verb in "cancel move change reschedule postpone".split())


def told_of(words: Words) -> bool:
    """Whether the turn tells of something that is booked already."""
    return bool(_STANDS.search(join(words)))


def changing(tools: Tools) -> Tools:
    """The tools that change what stands, and make nothing new."""
    return tuple(one for one in tools if changes(one[0]))


def changes(tool: Tool) -> bool:
    """Whether the tool changes what stands."""
    return bool(_CHANGES & _stems(listen(tool.title)))


def meant(words: Words, tools: Tools) -> Tools:
    """The tools that the words may mean: who asks for a visit, and says nothing of changing one, wants a new one."""
    return tools if _CHANGES & _stems(words) else tuple(one for one in tools if one not in changing(tools))


def _stems(words: Words) -> set[str]:
    return {stem(word.text) for word in words}
