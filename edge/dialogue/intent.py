"""What the caller is after: acts of conversation, and which tool their words call for."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from edge.core.conversation import Tool
from edge.dialogue import choices, denial
from edge.dialogue.coming import translated
from edge.dialogue.schema import Slot
from edge.dialogue.words import CALENDAR, STOPWORDS, Words, alike, join, listen, stem

Act = Literal[
    "goodbye", "closing", "cancel", "repeat", "hold", "robot", "person", "abilities", "options", "how_are_you",
    "thanks", "hello", "status", "question", "frustrated", "later", "call_me", "audible", "language",
]  # fmt: skip

_ACTS: tuple[tuple[Act, str], ...] = (
    ("goodbye", r"\b(?:good ?bye|bye|bye bye|see you|see ya|farewell|have a (?:good|nice|great) (?:day|one|"
        r"evening|night|weekend))\b"),
    ("later", r"\b(?:i'll|i will|(?:can|could|may) i|let me|i can|i'm going to|i'd rather|(?:like|have|need|want) to) "
        r"(?:(?:just|rather|better) )?(?:call|ring|phone) (?:you )?(?:back|again|later)\b"),
    ("call_me", r"\b(?:call|ring|phone) me (?:back|again|later|tomorrow|today)\b|\bgive me a (?:call|ring)\b"),
    ("closing", r"\b(?:that's|that is|that'll be|that will be) (?:all|it|everything)\b|\b(?:nothing|"
        r"anything) (?:else|more)?$|"
        r"\b(?:have|got|dialed|dialled|called|reached|rang) (?:the |a )?wrong number\b|"
        r"^(?:(?:oh|oops|no|sorry|i'm) )*wrong number(?: sorry)?$|"
        r"^(?:no )?nothing\b|\bi'?m (?:all set|good|done|finished)\b|\bno more\b|^all set\b"),
    ("repeat", r"\b(?:repeat|say (?:that|it) (?:again|once more)|come again|once (?:more|again)|what (?:was|"
        r"did) (?:that|you say|you just say|you ask|the question)"
        r"|(?:didn't|did not|couldn't|can't|cannot) (?:hear|catch|get|understand) (?:you|that|it|what|a (?:word|thing))"
        r"|pardon|"
        r"say again|one more time|what do you mean|don't understand|"
        r"(?:how|what|when|where|which|who)(?: \w+){0,2} (?:was|is|were|are|did)(?: \w+){1,3} "
        r"again|(?:go (?:over|through)|run through|read|tell me|explain|say) (?:it|that|this|them) (?:all )?"
        r"(?:again|back|to me again|once more)|explain (?:it|that|this)|"
        r"(?:speak|talk|say (?:it|that)|go) (?:(?:a bit|a little|more) )?(?:slower|slowly|louder|clearer|clearly|up)|"
        r"what (?:should|shall|must|can) i say|what (?:do|did) you (?:want|need)(?: (?:to know|from me|me to \w+))?)\b|"
        r"^(?:(?:a bit|a little|more|please) )*(?:slower|slowly|louder|speak up)(?: please)?$|"
        r"^(?:what|sorry|excuse me|huh|come on what|sorry what|what sorry)$"),
    ("hold", r"\b(?:hold on|hang on|hold the line|bear with me|(?:just|wait|give me) (?:a|one) (?:second|sec|"
        r"minute|moment|bit)|one (?:second|sec|moment|minute)|"
        r"let me (?:check|think|see|look|get|find)|just a (?:second|sec|minute|moment))\b|"
        r"^(?:please )?wait(?: please)?$"),
    ("cancel", r"\b(?:cancel|(?<!don't )(?<!not )(?<!\bi )forget (?:about )?(?:it|that|the)|never ?mind|"
        r"drop (?:it|that)|scratch that|"
        r"leave it(?! (?:on|at|as) (?!that\b|the moment\b))|call it off|stop (?:it|that|this)|"
        r"(?:don't|do not) (?:(?:want|need) (?:it|that|this|to|any(?:thing|body|one)|somebody|any of|"
        r"(?:the|my|a|an)(?: \w+){1,3} any ?more)|"
        r"send (?:it|anybody|anyone|somebody|someone))|changed my mind)\b|"
        r"^(?:please |no )?stop(?: please| now)?$"),
    ("person", r"\b(?:speak|talk|transfer|connect|put me)\b.{0,24}\b(?:person|human|someone|somebody|agent|"
        r"operator|representative|manager|people)\b|"
        r"^(?:a )?(?:real |live )?(?:human|person|agent|operator|representative)(?: please)?$"),
    ("robot", r"\b(?!are you recording\b)(?:are|is) (?:you|this) (?:a |an |really )?(?:real |actual |live )?"
        r"(?:robot|bot|machine|computer|human|person|real|ai|recording|automated)\b|"
        r"\bam i (?:talking|speaking) (?:to|with) (?:a|an)\b|\bwho (?:are you|am i talking|is this)\b|"
        r"\bwhat are you\b"),
    ("options", r"\bwhat (?:are )?(?:my |the |your )?(?:options|choices)\b|\bwhat (?:kinds?|sorts?|types?)\b|"
        r"\b(?:what|which) (?:services?|else|ones?|kinds?|jobs?) (?:(?:do|are|can|have) )?(?:you|there)\b|"
        r"\bwhat (?:my |the |your )?(?:options|choices|services) are\b|"
        r"\b(?:list|name|tell me|read(?: me)?|give me|go through) (?:all )?(?:of )?(?:the |your |my )"
        r"(?:services|options|choices|list)\b"),
    ("abilities", r"\bwhat (?:(?:can|do|could) you|(?:(?:was|is) it |all |things )?(?:that )?you(?: can| could)?) "
        r"(?:all )?(?:do(?! (?:about|with|to(?! help)))|help|offer)\b|\bhow can you help\b|\bwhat (?:is|"
        r"are) (?:this|you) for\b|^help(?: me)?(?: please)?$|\bwhat can i (?:do|ask|say)\b|"
        r"\b(?:i need|can you|could you) (?:some |a little )?help(?: me)?$"),
    ("how_are_you", r"\bhow (?:are you|is it going|are things|do you do)\b|\bhow's it going\b"),
    ("status", r"\b(?:is|has|was|did|have|are) (?:it|that|you|the \w+|my \w+)\b.{0,24}\b(?:booked|done|"
        r"gone through|ready|finished|confirmed|ordered|"
        r"worked|through|made|sent|booking|book|placed|happen\w*)\b|\bany (?:news|update)\b|\bwhat(?:'s|"
        r" is) (?:happening|going on|the status|taking)\b|\bare you (?:still there|there|done)\b"),
    ("audible", r"\bcan you (?:even )?hear me\b|\bis (?:anybody|anyone|somebody|someone) there\b"),
    ("language", r"\bspeak (?:spanish|german|french|italian|portuguese|polish|chinese|russian|english)\b|"
        r"\b(?:hola|necesito|hablo|habla|español|espanol|bonjour|parlez|français|guten tag|sprechen|deutsch|ich|"
        r"buongiorno|parla|bom dia|fala)\b"),
    ("frustrated", r"\b(?:ridiculous|you're not listening|useless|stupid|waste of (?:my )?time|fed up|unacceptable|"
        r"not good enough|terrible|awful|(?:second|third|fourth|fifth|hundredth) time (?:i|i'm|i've|i am|i have) "
        r"(?:\w+ )?(?:call|ask|say|said)\w*|(?:nobody|no one) (?:ever )?(?:came|showed|shows|called)|"
        r"(?:didn't|never) (?:show(?:ed)?(?: up)?|came|come)|"
        r"(?:my )?money back|fuck\w*|shit|bullshit)\b"),
    ("thanks", r"\b(?:thanks|thank you|cheers|much appreciated|appreciate it)\b"),
    ("hello", r"^(?:oh )?(?:hi|hello|hey|hi there|hello there|good (?:morning|afternoon|evening|day)|hello hello)\b"),
    ("question", r"^(?:(?:and|but|so|well|um|uh|okay|wait|yeah|yes|sorry|actually|hi|hello|hey|"
        r"(?:i'm|i am) not (?:so |quite )?sure|i don't know) )*(?:how|what|"
        r"what's|when|where|why|which|who|(?:can|could|will|would|does|shall|should) (?:the|he|she|they|somebody|"
        r"someone|it)|do you|does|can you|could you tell|is it|is there|is that|are you|are there|will it|"
        r"would it|will you|am i|do i)\b|"
        r"\bhow (?:much|long|far|soon)\b"),
)  # fmt: skip
_PATTERNS = tuple((act, re.compile(pattern)) for act, pattern in _ACTS)

_VERBS: tuple[frozenset[str], ...] = tuple(
    frozenset(stem(word) for word in group.split())
    for group in (
        "book schedule reserve arrange appointment visit booking plan slot",
        "order buy purchase deliver delivery",
        "report lost missing complain complaint claim",
        "pay payment bill invoice settle charge",
        "cancel cancellation",
        "fix repair mend broken leak leaking maintenance engineer technician plumber",
        "broken leak leaking dispatch emergency urgent urgently",
        "track trace find where status",
        "change move reschedule postpone",
    )
)
"""Words that ask for the same kind of business."""
_BARELY = 0.7
"""Likeness (see ``words.alike``) of words that are none of each other's: "back" asks for no booking."""
_TALK = frozenset("call caller callers".split())
"""Words of a tool's description that say nothing of what it does."""
_WISH = re.compile(
    r"\b(?:i(?:'d| would) like|i want|i wanna|i need|i'm (?:calling|looking|hoping|trying)|can (?:you|i|we)|"
    r"could (?:you|i|we)|"
    r"please|may i|i have|there's|there is|my|we need|we want|help|get|have|send)\b"
)


def acts(words: Words) -> list[Act]:
    """The acts in a turn, weightiest first."""
    text = join(words)
    return [act for act, pattern in _PATTERNS if pattern.search(text)]


def without(words: Words, act: Act) -> Words:
    """The words beside those that make this act."""
    return listen(dict(_PATTERNS)[act].sub(" ", join(words)))


def wishes(words: Words) -> bool:
    """Whether the caller asks for something at all."""
    return bool(_WISH.search(join(words)))


def content(words: Words) -> list[str]:
    """The words that carry a subject."""
    return [word.text for word in words if word.text and word.text not in STOPWORDS and not word.text.isdecimal()]


_ASKING = frozenset("help send".split())
"""Words with which one asks for anything, so that they call for no tool though its name has them."""
DANGER = 0.65
"""Likeness of a choice from which it is sure enough to be meant that its danger outweighs what else is said."""


@lru_cache(maxsize=256)
def _vocabulary(name: str, title: str, description: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    strong = [word.text for word in listen(f"{name.replace('_', ' ')} {title}") if word.text not in _ASKING]
    weak = [word.text for word in listen(description)]
    return _carrying(strong), tuple(word for word in _carrying(weak) if word not in _TALK.union(strong))


def _carrying(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word not in STOPWORDS and len(word) > 2))


def likeness(words: Words, tool: Tool, slots: tuple[Slot, ...], named: frozenset[str] = frozenset()) -> float:
    """How much the words call for this tool: 3 for its name's words and its choices, 1 for those of its description.

    A choice that means danger counts twice, where it was surely meant, and else not at all. ``named``: words that are
    in the name of some tool, and so call for no other by being of the same kind.
    """
    words = translated(denial.plain(words))
    said = [word for word in content(words) if word not in CALENDAR]
    strong, weak = _vocabulary(tool.name, tool.title, tool.description)
    score = sum(3 * like for word in strong if (like := max((alike(word, one) for one in said), default=0.0)) > _BARELY)
    score += sum(max((alike(word, other) for other in said), default=0.0) >= 0.9 for word in weak)
    stems = {stem(word) for word in said}
    for group in _VERBS:
        ours = {stem(word) for word in strong} & group
        if ours and (stems & group) - named and not stems & ours:
            score += 2.5
    for slot in slots:
        matched = choices.hinted(words, slot.choices) if slot.kind == "choice" else []
        if matched and matched[0].choice.value in slot.advice:
            score += 6 * matched[0].score if matched[0].score >= DANGER else 0
        elif matched:
            score += 3 * matched[0].score
    return score


def akin(word: str, tool: Tool) -> bool:
    """Whether a word is of the tool's name, or of the same kind of business as one that is."""
    strong = {stem(one) for one in _vocabulary(tool.name, tool.title, "")[0]}
    return stem(word) in strong.union(*(group for group in _VERBS if group & strong))


def rank(words: Words, tools: Sequence[tuple[Tool, tuple[Slot, ...]]]) -> list[tuple[float, Any]]:
    """The tools by likeness, best first."""
    named = frozenset(stem(word) for tool, _ in tools for word in _vocabulary(tool.name, tool.title, "")[0])
    scored = [(likeness(words, tool, slots, named), tool) for tool, slots in tools]
    return sorted(scored, key=lambda one: -one[0])
