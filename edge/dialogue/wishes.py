"""Two wishes of one caller: one is dealt with, and the other is kept in its own words until it is its turn."""

import re
from dataclasses import replace
from typing import Any

from edge.core.conversation import Tool, ToolAsked, ToolCall
from edge.dialogue import alarm, changing, choices, choosing, danger, denial, facts, request, standing
from edge.dialogue.coming import translated, two_trades
from edge.dialogue.filling import back
from edge.dialogue.intent import acts, content, without
from edge.dialogue.phrasing import listed
from edge.dialogue.request import Request
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import Words, join, listen, stem
from edge.dialogue.yesno import verdict

_JOINS = frozenset("and also plus then".split())
_MORE = re.compile(r"^(?:(?:oh|um|uh|well|yes|yeah) )*(?:and|also|plus)\b|\b(?:also|as well|too|another)\b")
_INSTEAD = re.compile(r"\b(?:make (?:it|that)|instead)\b")
_SAME = frozenset("it that this".split())
"""With these the other half is about the first: "cancel my visit and move it"."""
_MOST = 6
"""Wishes after which no more are kept: who has more is asked to say so again."""
_LONGEST, _PLACES = 80, 8
"""Words of a turn in which a further wish is looked for, and places at which it may begin: each part is read by itself,
and no other call may wait for that."""
_ASKS = re.compile(r"(?:^|(?<=[.!?] ))[^.!?]*\?$")
"""The question at the end, such as whether there is anything else: whoever has said what need not be asked."""

FIRST = r"\bfirst\b(?! (?:one|day|thing|available|free|name|of))"
"""Behind what is to be dealt with before the others."""
_DROPS = re.compile(
    r"\b(?:(?:no|sorry|wait|actually) )*(?:forget (?:about )?(?:that|it)|scratch that|never ?mind(?: that)?|no|i mean|"
    r"no wait|wait no|or rather|make (?:that|it))\b"
)
"""Between a wish and the one that takes its place in the same breath."""

_Wish = tuple[str, Any]
"""A tool's name, and the choice that was named, if any."""


def thought_better_of(here: Situation, under_way: Request | None) -> Situation:
    """The situation without a wish that another takes the place of in the same turn: "a tap, no, a boiler service"."""
    drops = list(_DROPS.finditer(join(here.words)))
    if not drops or len(here.words) > _LONGEST or (under_way and under_way.wordy()):
        return here
    text, last = drops[-1].string, drops[-1]
    before, after = here.words[: text[: last.start()].count(" ")], here.words[text[: last.end()].count(" ") + 1 :]
    dropped, taken = (_wish(here, words) for words in (before, after))
    if not before or dropped is None or taken is None or not _differ(dropped, taken):
        return here
    others = _each(here, before)[:-1]
    return replace(here, words=listen(" ".join(others)) + after)


def kept(here: Situation, under_way: Request | None) -> Situation:
    """The situation without the words of a further wish, which its state then keeps."""
    if given_up := [text for text in here.state.wishes if _given_up(here, text)]:
        left = tuple(text for text in here.state.wishes if text not in given_up)
        return replace(here, words=_beside_denial(here.words), state=replace(here.state, wishes=left))
    words = here.words
    if len(words) > _LONGEST or (under_way and under_way.wordy()):
        return here
    joins = [at for at in range(1, len(words)) if words[at].text in _JOINS or words[at - 1].ends][:_PLACES]
    ends = _ends(here)
    for at in (*joins, 0):
        end = next(end for end in ends if end > at)
        one, other = words[:at] + words[end:], words[at:end]
        if ((under_way or not at) and not _MORE.search(join(other))) or facts.asks(other) or facts.asks(words[:at]):
            continue  # Who asks what a thing costs does not wish for it yet.
        if here.requests and _INSTEAD.search(join(other)):
            continue  # It puts right what was asked for: see ``edge.dialogue.renewing``.
        further = _wish(here, other)
        first = further and (_wish(here, words[:at]) or _made(under_way or _changed(here, words[:at])))
        if further and not first and standing.told_of(words[:at]):
            first = ("", None)  # It is about what stands, whatever is to become of that.
        if first and further and (_differ(first, further) or two_trades(words[:at], other)):
            if alarm.told(here, other) and not alarm.told(here, words[:at]):  # It waits for nothing.
                if not _wish(here, words[:at]):
                    return here
                one, other = other, one
            elif (clause := _first(words)) and _named(here, further, clause) and not _named(here, first, clause):
                one, other = other, tuple(word for word in one if word not in clause)
            later = here.state.wishes
            if len(later) < _MOST:
                begun = _wish(here, one)
                later = (*later, *(text for text in _each(here, other) if _wish(here, listen(text)) != begun))
            return replace(
                here, words=one if content(one) or verdict(one) else (), state=replace(here.state, wishes=later)
            )
    return here


def _each(here: Situation, words: Words) -> tuple[str, ...]:
    """The wishes in the words, each by itself."""
    first = kept(replace(here, words=words, state=replace(here.state, wishes=())), None)
    return (" ".join(word.raw + word.after for word in first.words), *first.state.wishes)


def _first(words: Words) -> Words:
    """The clause that says what is to come first; nothing where none does."""
    ends = [at + 1 for at, word in enumerate(words) if word.ends or at == len(words) - 1]
    clauses = (words[begin:end] for begin, end in zip([0, *ends], ends, strict=False))
    return next((one for one in clauses if re.search(FIRST, join(one))), ())


def _named(here: Situation, wish: _Wish, words: Words) -> bool:
    """Whether the words name what is wished for, if only by a word of it."""
    name, choice = wish
    if choice is None:
        called = choosing.called_for(here, words)
        return called is not None and called.name == name
    return any(_choice(words, slots, sure=False) == choice for _, slots in here.tools)


def named(here: Situation, text: str, words: Words) -> bool:
    """Whether the words name what a kept wish is for: the thing, or else the tool, unless it is under way."""
    wish = _wish(here, listen(text))
    return wish is not None and (wish[1] is not None or wish[0] != here.state.tool) and _named(here, wish, words)


def _given_up(here: Situation, text: str) -> bool:
    """Whether the turn says that a wish which was kept is none any more."""
    cancels = "cancel" in acts(here.words)
    if _tool(here, text)[1] is None:
        return cancels and named(here, text, without(here.words, "cancel"))
    return named(here, text, denial.missing(here.words)) or (cancels and named(here, text, here.words))


def _beside_denial(words: Words) -> Words:
    """The clauses in which nothing is denied or cancelled."""
    ends = [at + 1 for at, word in enumerate(words) if word.ends or at == len(words) - 1]
    clauses = [words[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    left = [one for one in clauses if "cancel" not in acts(one) and not content(denial.missing(one))]
    return tuple(word for one in left for word in one if content(one))


def _ends(here: Situation) -> list[int]:
    """Where sentences end behind which nothing more is wished for. What follows is about the first: "a boiler service
    and a tap repair. On Tuesday at ten"."""
    words = here.words
    ends = [at + 1 for at in range(len(words) - 1) if set(words[at].after) & set(".!?")][:_PLACES]
    return [*(end for end in ends if not _wish(here, words[end:])), len(words)]


def acknowledged(here: Situation, before: Situation, under_way: Request | None, move: Move | None) -> Move:
    """The move, which says that a wish was kept or given up where one was; alone, where the turn said nothing else."""
    if move is None:
        state = replace(here.state, misses=0)
        move = back(here, Request(under_way.tool, under_way.slots, state)) if under_way else Move("", state)
    if here.state.wishes == before.state.wishes:
        return (
            move if here.words is before.words else move.led("Please tell me that one again once we have the others.")
        )
    if len(here.state.wishes) < len(before.state.wishes):
        return move.led("All right, I'll leave that out.")
    further = [_tool(here, text) for text in here.state.wishes[len(before.state.wishes) :]]
    choices_named = [f"the {choice}" for _, choice in further if choice]
    whats = [f"come to {listed(choices_named, 'and')}"] if choices_named else []
    whats += [request.title(tool) if tool else "come to the other" for tool, choice in further if not choice]
    move = move.led(f"We'll {', and '.join(whats)} right after this.")
    return move if facts.named(here.words) else facts.answered(before, under_way, move)


def taken_up(here: Situation, move: Move) -> Move:
    """The move, and what was put off or the beginning of the next wish, once there is no other request."""
    move = _mooted(here, move)
    if move.state.tool or move.state.tools_offered or move.end or danger.waits(here, move):
        return move
    if found := here.tool(move.state.put_off):
        return _gone_on(here, move, found[0])
    if not move.state.wishes:
        return move
    made = tuple(ToolAsked("", act.tool, act.arguments) for act in move.acts if isinstance(act, ToolCall))
    text, *rest = move.state.wishes
    there = replace(
        here,
        words=listen(text),
        requests=here.requests + made,
        state=replace(move.state, wishes=tuple(rest), closing=False),
    )
    tool, _ = _tool(there, text)
    if tool is None:
        return replace(move, state=there.state)
    further = choosing.start(kept(there, None), tool)
    return replace(
        further.led(f"{_ASKS.sub('', move.say)} Now the {'next' if rest else 'other'} one."),
        acts=move.acts + further.acts,
    )


def _mooted(here: Situation, move: Move) -> Move:
    """The move without wishes for the very thing that is under way after all."""
    state = move.state
    if (made := _made(request.under_way(replace(here, state=state)))) is None:
        return move
    wishes = tuple(text for text in state.wishes if _wish(here, listen(text)) != made)
    before = here.tool(state.put_off)
    if before and _made(Request(*before, replace(state, slots=state.put_off_slots))) == made:
        state = replace(state, put_off=None, put_off_slots={})
    return replace(move, state=replace(state, wishes=wishes))


def _gone_on(here: Situation, move: Move, tool: Tool) -> Move:
    """What danger broke into goes on where it was."""
    state = replace(move.state, put_off=None, put_off_slots={})
    resumed = request.begin(replace(here, state=state), tool, values=move.state.put_off_slots)
    lead = f"{_ASKS.sub('', move.say)} We had begun to {request.title(tool)}."
    return replace(back(here, resumed).led(lead), acts=move.acts)


def tool_of(here: Situation, text: str) -> Tool | None:
    """The tool that a wish which was kept is for, if it is still there."""
    return _tool(here, text)[0]


def _tool(here: Situation, text: str) -> tuple[Tool | None, str | None]:
    """The tool that a wish which was kept is for, if it is still there, and the thing that was named."""
    name, choice = _wish(here, listen(text)) or (None, None)
    found = here.tool(name)
    return found[0] if found else None, choice


def _wish(here: Situation, words: Words) -> _Wish | None:
    """What the words wish for, where that is plain: a tool by its verb, or one of the things that a tool does."""
    said = {stem(word) for word in content(translated(words))}
    called = choosing.called_for(here, words)
    if called and not _SAME.intersection(word.text for word in words):
        verb = request.title(called).split()[0]
        slots = next(slots for tool, slots in here.tools if tool is called)
        if stem(verb) in said:
            return called.name, _choice(words, slots)
    named = ((tool.name, choice) for tool, slots in here.tools if (choice := _choice(words, slots)))
    return next(named, None)


def _choice(words: Words, slots: tuple[Slot, ...], *, sure: bool = True) -> str | None:
    """The thing that is named, and plainly where it is to be ``sure``, of those that the first choice is among."""
    slot = next((slot for slot in slots if slot.kind == "choice" and len(slot.choices) > 1), None)
    if slot is None or slot.many:
        return None
    matched = choices.match(words, slot.choices)
    return next((one.choice.spoken for one in matched if not sure or choices.plainly(words, one)), None)


def _changed(here: Situation, words: Words) -> Request | None:
    """The change of an earlier request that these words ask for."""
    return changing.taken_up(replace(here, words=words))


def _made(under_way: Request | None) -> _Wish | None:
    if under_way is None:
        return None
    slot = next((slot for slot in under_way.slots if slot.kind == "choice" and len(slot.choices) > 1), None)
    value = under_way.state.slots.get(slot.name) if slot else None
    return under_way.tool.name, next((one.spoken for one in slot.choices if one.value == value), None) if slot else None


def _differ(one: _Wish, other: _Wish) -> bool:
    return one[0] != other[0] or (one[1] is not None and other[1] is not None and one[1] != other[1])
