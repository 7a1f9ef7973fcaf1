"""What English says about words after which a speaker has paused: must more come, may it, or is the sentence whole?

Small rules about function words, with the exceptions that answers on the telephone need ("if possible", "when can you
come?"). They look at the last sentence only, as the recogniser's punctuation has it.
"""

import re

_WORD = re.compile(r"[a-z0-9']+")

# Words after which English goes on. Kept to those that rarely end a turn on the telephone.
LEADS_ON = frozenset(
    "a an the and or but so because if when while that which who whose than as with without of for to from at in on by "
    "about between into near my your our their his her this is are was were am be been will would could should can may "
    "might must do does did has have had i i'm i'd i'll it's we're let's um uh er erm hmm like mr mrs ms dr doctor "
    "number half quarter past every next".split()
)
NEVER_LAST = frozenset(
    "a an the and or but because as of than near into between my your our their whose every if when while mr mrs ms dr "
    "um uh er erm hmm i'm i'd i'll it's we're let's".split()
)
"""Those of them that end no sentence. The others do: "who is this?", "tell me what to do"."""
_TAKES_THAT = frozenset(
    "repeat do like love want need prefer get take keep book cancel change send about with for of on at".split()
)
_WHOLE_AFTER = {
    "that": _TAKES_THAT,
    "number": frozenset("this that same right wrong".split()),
    "may": frozenset("of in".split()),
}
"""After them "that" is a thing, "number" one that is known, and "may" a month: nothing need follow."""
AUXILIARIES = frozenset(
    "is are was were am be been has have had do does did can could will would shall should may might must".split()
)
_PRONOUNS = frozenset("i you he she it we they there".split())
ASKS = frozenset("what when where who whom whose which why how".split())
_OPENERS = frozenset("and but so or well okay ok yes yeah no hi hello um uh oh sorry please also now then".split())
_CONDITIONS = frozenset("if unless when whenever while although though whether".split())
_VERBS = frozenset(
    "need want get give make take put bring find reach press enter dial send include contact change wondering lasts "
    "costs means".split()
)
"""They need an object, except where it was said before them: "that is all I need"."""
_BEFORE = frozenset("all what whatever that which who where how anything everything nothing something".split())
_SUPPOSE = frozenset("think hope guess suppose believe say".split())
_ADVERBS = frozenset(
    "actually already also apparently basically certainly currently definitely finally generally hopefully just mostly "
    "nearly normally obviously only possibly probably really recently successfully supposedly usually".split()
)
"""Behind "is" or "have" a verb or an object follows them."""
_THINKS = frozenset(("let me see", "let me think", "let's see", "i think", "i guess", "maybe", "wait", "wait wait"))
_PREFACE = re.compile(
    r"(?:\b(?:ask|tell)(?: (?:you|me|us))?(?: (?:this|something|one thing|(?:a|one) (?:quick )?question))?"
    r"|\b(?:have|had|got|there is|there's|it's|do me|ask you)"
    r"(?: (?:just|got|for|a|an|one|another|two|some|few|more|quick|little|small|bit|of))*"
    r" (?:questions?|problems?|issues?|favou?rs?|requests?|situation)|\bquick question"
    r"|\bneed(?: (?:some|your|a|bit|of|little))* help|\bhelp me(?: out)?(?: please)?|\blet me explain"
    r"|\b(?:you know|guess) what|\b(?:this is|here's|here is) what happened)$"
)
"""What tells that something will be said, and does not say it."""
CONDITION = 4
"""Words of an "if …" that is more than an aside: "if possible" is an answer."""


def words_of(text: str) -> list[str]:
    """The lower-case words of a transcript."""
    return _WORD.findall(text.lower())


def leads_on(words: list[str]) -> bool:
    """Whether the last word is one after which English goes on."""
    before = "" if len(words) < 2 else words[-2]
    return bool(words) and words[-1] in LEADS_ON and before not in _WHOLE_AFTER.get(words[-1], ())


def thinks(words: list[str]) -> bool:
    """Whether nothing is said but that something will be: "um, let me see", "no, wait"."""
    return " ".join(opened(words)) in _THINKS


def prefaces(text: str) -> bool:
    """Whether the last sentence only announces what comes: "I have a question", "I wanted to ask you something"."""
    return bool(_PREFACE.search(" ".join(words_of(_last_sentence(text)))))


def can_be_last(words: list[str]) -> bool:
    """Whether a sentence may end so, though it seldom does where a speaker has paused."""
    return bool(words) and words[-1] not in NEVER_LAST


def is_short_answer(words: list[str]) -> bool:
    """ "Yes, I do", "it is", "I think so", "please do": whole where yes or no was asked for."""
    return words[-2:] == ["please", "do"] or (
        len(words) > 1
        and ((words[-1] in AUXILIARIES and words[-2] in _PRONOUNS) or (words[-1] == "so" and words[-2] in _SUPPOSE))
    )


def wants_more(text: str) -> bool:
    """Whether the last sentence lacks what its beginning promised: a main clause, a verb, an object."""
    clauses = [words for clause in _last_sentence(text).split(",") if (words := words_of(clause))]
    if not clauses:
        return False
    return (
        (len(clauses) == 1 and not text.rstrip().endswith("?") and _is_condition(opened(clauses[0])))
        or (_lacks_verb(clauses[-1]) and not (len(clauses) > 1 and text.rstrip().endswith("?")))  # "You can, can you?"
        or _lacks_object(clauses[-1])
    )


def _last_sentence(text: str) -> str:
    return re.split(r"[.?!]\s", text.rstrip(" .?!\"'"))[-1]


def opened(words: list[str]) -> list[str]:
    """Without the words that open a turn and mean little."""
    first = next((at for at, word in enumerate(words) if word not in _OPENERS), len(words))
    return words[first:]


def _is_condition(words: list[str]) -> bool:
    """ "If it is broken", "to leave the conference", "in order to pay": the main clause is still to come."""
    if len(words) < CONDITION:
        return False
    if words[0] in _CONDITIONS:
        return words[1] not in AUXILIARIES
    return words[0] == "to" or words[:2] == ["in", "order"]


def _lacks_verb(words: list[str]) -> bool:
    """ "It was successfully", "can you", "could you please"."""
    words = words[:-1] if words[-1] == "please" and len(words) > 1 else words
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last in _ADVERBS:
        return before in AUXILIARIES
    return last in _PRONOUNS and before in AUXILIARIES and len(opened(words)) == 2


def _lacks_object(words: list[str]) -> bool:
    if words[-1] not in _VERBS or _BEFORE.intersection(words) or ASKS.intersection(words):
        return False
    before = words[-2] if len(words) > 1 else ""
    return len(opened(words)) <= 2 or before in _PRONOUNS or before in AUXILIARIES or before == "to"
