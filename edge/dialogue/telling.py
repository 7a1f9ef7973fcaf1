"""Slots told in the caller's own words: names, numbers to call, codes, addresses, free text, yes or no, nothing."""

import re

from edge.dialogue import codes, fits, lettering, names, places
from edge.dialogue.fits import Problem
from edge.dialogue.reading import BLANK, CORRECTION, DECLINES, Work, take_string
from edge.dialogue.schema import Slot
from edge.dialogue.words import STOPWORDS, Words, alike, join
from edge.dialogue.yesno import verdict

_NONE = re.compile(r"\b(?:neither|none|no thanks?|nothing|skip|don't have (?:one|any|it)|no)\b")


_SOUNDS = frozenset("um umm uh uhm er erm hm hmm ah eh".split())
_LACKS = re.compile(r"\b(?:don't|do not|haven't|have not) (?:have|got|know)\b|\b(?:have|there's) no\b")
""" "I don't have one", where it is not done without."""
_PART = re.compile(
    r"\b(?:last|first) (?:\w+ )?(?:is|are|should|digits?|numbers?)\b|\b(?:ends|starts|begins) (?:in|with)\b"
)
""" "The last four are oh one four two"."""
_STRING_LEAD = re.compile(
    r"^(?:(?:uh|um|er|well|so|okay|yes|yeah|sure|it's|it is|its|that's|that is|that would be|(?:i|we) live (?:at|in)|"
    r"i'm at|i am at|we're at|we are at|the|my|our|please),?\s+)+",
    re.IGNORECASE,
)


def told_names(work: Work) -> None:
    for slot in work.of("name")[:1]:
        asked = work.asked(slot)
        before = work.context.known.get(slot.name)
        sure = asked or slot.name in work.context.known
        found = lettering.explained(work.words, asked=sure, before=before) or names.find(work.words)
        if found is None and asked and (spelled := names.spelling(work.words)):
            found = names.find(work.words, asked=True) or spelled
        if found:
            _take_name(work, slot, found)


def _take_name(work: Work, slot: Slot, found: names.Found) -> None:
    before = work.context.known.get(slot.name)
    value = names.amend(before, found) if isinstance(before, str) else found.value
    fitted = fits.string(slot, value)
    work.use(found.start, found.end)
    if isinstance(fitted, Problem):
        work.take(slot, None, fitted)
    else:
        work.take(slot, fitted)
        if found.spelled:
            work.out.spelled[slot.name] = found.spelled


def bare_names(work: Work) -> None:
    for slot in work.of("name")[:1]:
        if work.asked(slot) and (found := names.find(work.words, asked=True)):
            _take_name(work, slot, found)


def coded(work: Work) -> None:
    if mended := _mended(work):
        take_string(work, *mended)
        work.out.partial = mended[1] if _short(work, mended[0]) else ""
        return work.use(0, len(work.words))
    for slot in work.of("phone", "digits", "code"):
        asked = work.asked(slot)
        shortest, longest = fits.lengths(slot)
        if slot.kind == "phone" and work.context.caller and _same_number(work.all, asked):
            take_string(work, slot, work.context.caller)
            continue
        if slot.kind == "code":
            found = codes.find_code(work.words, slot.pattern, shortest, longest, asked=asked)
        else:
            found = codes.find_digits(work.words, asked=asked)
        if found is None and not asked:
            found = codes.find_named(work.words, slot.label)
        if found is None and asked and slot.kind == "phone" and work.context.caller and verdict(work.all) == "yes":
            take_string(work, slot, work.context.caller)
        if found and not asked and isinstance(fits.string(slot, found.value), Problem):
            continue
        if found:
            work.use(found.start, found.end)
            joined = work.context.partial + found.value if asked else found.value
            whole = next((one for one in (joined, found.value) if isinstance(fits.string(slot, one), str)), joined)
            take_string(work, slot, whole)
            work.out.partial = joined if _short(work, slot) else ""
    return None


def _short(work: Work, slot: Slot) -> bool:
    """Whether more of the number is to come."""
    return slot.name in work.out.problems and work.out.problems[slot.name].code == "too_short"


def _mended(work: Work) -> tuple[Slot, str] | None:
    """A number that was given before, in this turn or an earlier one, with the digits put right that were said after a
    "no": all, or its last ones."""
    texts = [word.text for word in work.words]
    text = join(work.words)
    at = max((at for at, one in enumerate(texts) if one in CORRECTION), default=-1) + 1
    if at == 0 and not _PART.search(text):
        return None
    counted = {n + 1 for n, one in enumerate(texts) if one in ("last", "first")}
    words = tuple(BLANK if n in counted else word for n, word in enumerate(work.words))
    found = codes.find_digits(words[at:], asked=True)
    slots = work.of("phone", "digits", "code")
    if found is None or not slots:
        return None
    before = {slot.name: str(work.context.known.get(slot.name) or "") for slot in slots}
    if work.asked(slots[0]):
        earlier = codes.find_digits(words[:at], asked=True)
        if begun := earlier.value if earlier else work.context.partial:
            return slots[0], codes.corrected(begun, found.value, text)
        if not before[slots[0].name] and isinstance(fits.string(slots[0], found.value), str):
            return None
    named = [slot for slot in slots if set(slot.label.split()) - {"number", "code"} & set(texts)] or slots
    mended = [(slot, codes.corrected(before[slot.name], found.value, text)) for slot in named if before[slot.name]]
    fitting = [one for one in mended if isinstance(fits.string(*one), str)]
    return max(fitting, key=lambda one: _kept(before[one[0].name], one[1]), default=None)


def _kept(before: str, after: str) -> int:
    """How many characters of a number are as they were."""
    return sum(one == other for one, other in zip(before, after, strict=False))


def _same_number(words: Words, asked: bool) -> bool:
    text = join(words)
    return bool(
        re.search(r"\b(?:number i'm calling (?:from|on)|(?:this|same|my current) number|calling from)\b", text)
    ) or (asked and bool(re.search(r"\b(?:this one|the same|this phone)\b", text)))


def strings(work: Work) -> None:
    """An address or free text is the whole of an answer, or what follows its own name ("the address is ...")."""
    for slot in work.of("address", "text"):
        told = _after_label(work, slot) or _in_passing(work, slot)
        whole = places.once(work.all) if slot.kind == "address" else work.all
        said = told or (_written(whole) if work.asked(slot) and not work.out.values else "")
        said = _STRING_LEAD.sub("", said).strip(" .,;:!?-") if told is None else said
        if said and re.search(r"\w", said):
            take_string(work, slot, said[: slot.longest] if slot.kind == "text" else said)
            if work.asked(slot):
                work.use(0, len(work.words))


def _in_passing(work: Work, slot: Slot) -> str | None:
    """An address that nobody has asked for: "there's a burst pipe at 12 Harbor Street"."""
    if slot.kind != "address" or work.asked(slot) or not (found := places.find(work.all)):
        return None
    return _written(work.all[slice(*found)]).strip(" .,;:!?-")


def _after_label(work: Work, slot: Slot) -> str | None:
    label = slot.label.split()
    texts = [word.text for word in work.all]
    for at in range(len(texts) - len(label)):
        if texts[at : at + len(label)] == label and texts[at + len(label)] in ("is", "should"):
            rest = work.all[at + len(label) + 1 :]
            if rest and rest[0].text in ("be", "at"):
                rest = rest[1:]
            return _written(rest).strip(" .,;:!?-") or None
    return None


def _written(words: Words) -> str:
    """The words as they were written, without the sounds of somebody who thinks, and the commas around them."""
    parts: list[str] = []
    for word in words:
        if word.text in _SOUNDS and not word.raw.isupper():
            parts[-1:] = [part.removesuffix(", ") + " " if part.endswith(", ") else part for part in parts[-1:]]
            continue
        glue = word.after if word.after in ("-", "/") else (word.after[:1] if word.after[:1] in (",", ".") else "")
        parts.append(word.raw + (glue if glue in ("-", "/") else glue + " "))
    return "".join(parts).strip()


def booleans(work: Work) -> None:
    said = verdict(work.all)
    for slot in work.of("boolean"):
        if (told := _told_boolean(work, slot)) is not None:
            work.take(slot, told)
        elif work.asked(slot) and said:
            work.take(slot, said == "yes")


def _told_boolean(work: Work, slot: Slot) -> bool | None:
    """ "with delivery", "no gift wrap", or a phrase of its synonyms "true" and "false"."""
    text = join(work.all)
    for key, value in (("false", False), ("true", True), ("False", False), ("True", True)):
        if any(re.search(rf"\b{re.escape(phrase.lower())}\b", text) for phrase in slot.synonyms.get(key, ())):
            return value
    content = [word for word in slot.label.split() if word not in STOPWORDS and word not in ("is", "has", "with")]
    at = [next((i for i, word in enumerate(work.all) if alike(word.text, part) >= 0.9), None) for part in content]
    places = [place for place in at if place is not None]
    if not content or len(places) < len(content) or (work.asked(slot) and verdict(work.all)):
        return None
    before = {word.text for word in work.all[max(0, min(places) - 3) : min(places)]}
    return not before & {"no", "not", "without", "don't", "never", "skip"}


def nothings(work: Work) -> None:
    """ "neither", "I don't have one": nothing, where nothing is allowed."""
    if not (_NONE.search(join(work.all)) or _LACKS.search(join(work.all))):
        return
    for slot in work.slots:
        if not work.asked(slot) or slot.name in work.out.values or slot.kind == "boolean":
            continue
        decline = next((c for c in slot.choices if c.spoken.lower() in DECLINES), None)
        if decline is not None:
            work.take(slot, decline.value)
        elif slot.nullable and not slot.needed:
            work.take(slot, None)
        elif slot.kind in ("phone", "digits", "code") and _LACKS.search(join(work.all)):
            work.take(slot, None, Problem(slot.name, "needed"))
