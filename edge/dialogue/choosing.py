"""Which business the caller wants, and what to say where there is none like it."""

import re
from dataclasses import replace

from edge.core.conversation import AgentSaid, CallerSaid, Tool, ToolOutcome
from edge.dialogue import choices, denial, failure, request, smalltalk, standing
from edge.dialogue.changing import ANOTHER, CHANGE, begun
from edge.dialogue.filling import advance, back
from edge.dialogue.hearing import hear
from edge.dialogue.intent import acts, content, rank, wishes
from edge.dialogue.phrasing import listed
from edge.dialogue.reading import Context, Gathered
from edge.dialogue.request import Request
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.slots import gather
from edge.dialogue.words import Words, alike, join, listen, stem
from edge.dialogue.yesno import verdict

ENOUGH = 2.4
"""Likeness (see ``intent.likeness``) from which the words call for a tool; about one word of its name."""
_CLEARLY = 1.2
"""How much better the best tool must be than the next."""
_VAGUE = frozenset(
    "help thing question issue problem business today quick favour favor call phone information hand talk start".split()
)
_SINCE = re.compile(r"\b(?:since|last|ago|this morning)\b")
"""With these a day or time is of what has happened."""
_SWITCH = re.compile(r"\b(?:actually|instead|rather|want|like|need|first|different)\b")


def called_for(here: Situation, words: Words | None = None) -> Tool | None:
    """The tool that the words, or those of the turn, clearly call for."""
    ranked = rank(here.words if words is None else words, here.tools)
    return ranked[0][1] if ranked and ranked[0][0] >= ENOUGH else None


def choose(here: Situation) -> Move | None:
    """Begin the request that the words call for; ask which, where several fit; say so, where none does."""
    if not here.tools:
        return None
    if here.state.tools_offered and (tool := _offered(here)):
        fresh = request.begin(here, tool, values=here.state.slots)
        heard = hear(replace(here, words=_before(here) + here.words), fresh, told_only=True)
        heard.values |= hear(here, fresh, told_only=True).values  # What is said now outweighs what was said before.
        return _opened(here, fresh, heard)
    if here.state.tools_offered and verdict(here.words) == "no" and not called_for(here):
        state = here.becomes(tools_offered=(), slots={}, closing=True, misses=0)
        return Move("All right. Is there anything else I can do for you?", state, expects="yes_no")
    if move := _picked(here):
        return move
    if standing.told_of(here.words) and (move := _to_change(here)):
        return move
    ranked = [one for one in rank(here.words, standing.meant(here.words, here.tools)) if one[0] >= ENOUGH]
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _CLEARLY:
        rivals = [tool for _, tool in ranked[:3]]
        return start(here, only) if (only := _timed(here, rivals)) else _which(here, rivals)
    if ranked:
        return start(here, ranked[0][1])
    about = [word for word in content(here.words) if stem(word) not in {stem(vague) for vague in _VAGUE}]
    if len(here.tools) == 1 and (_tells(here, here.tools[0][0]) or (wishes(here.words) and not about)):
        return start(here, here.tools[0][0])
    return _another_thing(here) or (_unknown(here) if wishes(here.words) and about else None)


def _picked(here: Situation) -> Move | None:
    """One of the things that were listed before any was asked for: "the second one"."""
    for tool, slots in here.tools if here.state.offering else ():
        slot = next((one for one in slots if request.offering((one,)) == here.state.offering), None)
        if slot:
            fresh = request.begin(here, tool)
            asking = replace(fresh.state, asked=(slot.name,), offering=here.state.offering)
            heard = hear(here, Request(tool, slots, asking), told_only=True)
            return _opened(here, fresh, heard) if slot.name in heard.values else None
    return None


def rather(here: Situation, tools: tuple[tuple[Tool, tuple[Slot, ...]], ...]) -> Move | None:
    """The one of these tools that does what was told in this turn and the one before, begun with both."""
    there = replace(here, words=_before(here) + here.words)
    ranked = [one for one in rank(there.words, tools) if one[0] >= ENOUGH]
    return start(there, ranked[0][1]) if ranked else None


def _to_change(here: Situation) -> Move | None:
    """What to do with something that was booked before: begin it, or ask, where the caller has only told of it."""
    ranked = rank(here.words, standing.changing(here.tools))
    if not ranked:
        return None
    if len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _CLEARLY:
        return start(here, ranked[0][1])
    asking = _which(here, [tool for _, tool in ranked[:3]])
    return asking.led("I can't look that up from here.") if "question" in acts(here.words) else asking


def _before(here: Situation) -> Words:
    """What was said before the caller was asked which of the tools they meant, since a reply that they heard out."""
    turns: list[str] = []
    for entry in reversed(here.talk.entries):
        if isinstance(entry, CallerSaid):
            turns.append(entry.text)
        elif isinstance(entry, AgentSaid) and not entry.interrupted and len(turns) > 1:
            break
    return listen(" ".join(reversed(turns[1:])))


def _another_thing(here: Situation) -> Move | None:
    """Something like what a tool does, but on another thing ("window cleaning"): say what the tool does."""
    for tool, slots in here.tools:
        if any(slot.kind == "choice" and choices.another_thing(here.words, slot.choices) for slot in slots):
            not_that = here.voice.pick("I'm afraid that's not something we do.", "I'm sorry, we don't do that.")
            state = here.becomes(misses=here.state.misses + 1, tools_offered=(tool.name,))
            return Move(f"{not_that} {_choices(here, tool)}", state)
    return None


def _timed(here: Situation, tools: list[Tool]) -> Tool | None:
    """The only one of these that has a use for the day or time that was said; None where they all have, or none."""
    if _SINCE.search(join(here.words)):
        return None
    context = Context(here.talk.now, frozenset(slot.name for tool in tools for slot in _when(here, tool)))
    found = [tool for tool in tools if gather(here.words, _when(here, tool), context).values]
    return found[0] if len(found) == 1 else None


def _when(here: Situation, tool: Tool) -> tuple[Slot, ...]:
    """The slots for days and times."""
    found = here.tool(tool.name)
    return tuple(slot for slot in found[1] if slot.kind in ("date", "time", "datetime")) if found else ()


def _tells(here: Situation, tool: Tool) -> bool:
    """Whether the words give, or try to give, a day, a time or a choice of the only tool there is."""
    found = here.tool(tool.name)
    slots = tuple(slot for slot in found[1] if slot.kind in ("choice", "date", "time", "datetime")) if found else ()
    heard = gather(here.words, slots, Context(here.talk.now))
    return bool(heard.values or heard.problems)


def _offered(here: Situation) -> Tool | None:
    """The tool chosen from those that were offered: by place, by a word of its title, or by another for the same."""
    found = [one for name in here.state.tools_offered if (one := here.tool(name))]
    said = denial.plain(here.words)
    if said != here.words:  # "It's no emergency."
        found = [one for one in found if not any(slot.advice for slot in one[1])]
    tools = [tool for tool, _ in found]
    if said != here.words and len(tools) == 1:
        return tools[0]
    if len(tools) == 1 and verdict(here.words) == "yes":
        return tools[0]
    for word, at in (("first", 0), ("former", 0), ("second", 1), ("latter", 1), ("third", 2), ("last", -1)):
        if re.search(rf"\b{word}\b", join(here.words)) and tools and -1 <= at < len(tools):
            return tools[at]
    moving = [tool for tool, slots in found if any(slot.changes for slot in slots)]
    if len(moving) == 1 and (CHANGE.search(join(said)) or "better" in {word.text for word in said}):
        return moving[0]
    scored = [
        (sum(alike(word, part) for word in content(said) for part in tool.title.lower().split()), tool)
        for tool in tools
    ]
    best = max(scored, key=lambda one: one[0], default=None)
    if best and best[0] >= 0.85 and sum(one[0] == best[0] for one in scored) == 1:
        return best[1]
    ranked = rank(said, found)
    clear = len(ranked) > 1 and ranked[0][0] >= ENOUGH and ranked[0][0] - ranked[1][0] >= _CLEARLY
    return ranked[0][1] if clear else _timed(here, tools)


def _which(here: Situation, tools: list[Tool]) -> Move:
    names = listed([request.title(tool) for tool in tools])
    state = here.becomes(tools_offered=tuple(tool.name for tool in tools), misses=0)
    return Move(
        here.voice.pick(f"Would you like to {names}?", f"Just to be sure: do you want to {names}?"),
        state,
        expects="brief",
    )


def _unknown(here: Situation) -> Move:
    """A wish that no tool meets."""
    state = here.becomes(misses=here.state.misses + 1, tools_offered=tuple(tool.name for tool, _ in here.tools))
    can = smalltalk.abilities(here)
    say = here.voice.escalate(
        here.state.misses,
        here.voice.pick(
            f"I'm afraid that's not something I can do. I can {can}. Would that help?",
            f"I'm sorry, I can't help with that one. What I can do is {can}.",
        ),
        f"I'm sorry, that's still beyond me. If you'd like to {can}, just say so.",
        _choices(here) or f"All I can do on this line is {can}.",
    )
    return Move(say, state)


def start(here: Situation, tool: Tool) -> Move:
    """Begin a request of this tool with what the turn says, unless it is only about one that was made."""
    fresh = begun(here, tool) or request.begin(here, tool)
    before = [one for one in here.requests if one.tool == tool.name]
    heard = hear(here, fresh, told_only=True)
    if before and not ANOTHER.search(join(here.words)):
        running = before[-1] in here.running
        repeated = all(before[-1].arguments.get(name) == value for name, value in heard.values.items())
        if running and repeated and not heard.problems and tool.repeat != "ask":
            return Move("I'm still working on that. It won't be long.", here.becomes(misses=0))
        if CHANGE.search(join(here.words)) and not repeated:
            what = "still under way" if running else "already settled"
            say = f"The first one is {what}, and I can't change it from here. Shall I take down a new one?"
            return Move(say, here.becomes(tools_offered=(tool.name,), misses=0), expects="yes_no")
    return _opened(here, fresh, heard)


def _opened(here: Situation, fresh: Request, heard: Gathered | None = None) -> Move:
    lead = here.voice.pick(
        "Sure, I can help with that.", "Of course, I'll help you with that.", "Certainly, let's do that."
    )
    heard = heard or hear(here, fresh, told_only=True)
    move = advance(here, fresh, heard) or advance(here, fresh, heard, lead=lead)
    return move or back(here, fresh)


def switch(here: Situation, under_way: Request, *, unmet: bool = False) -> Move | None:
    """Another tool, where the words clearly call for it and not for the one under way.

    ``unmet``: the one under way does not do what was asked of it, so no word for changing over is needed.
    """
    ranked = rank(here.words, here.tools)
    if not ranked or ranked[0][1].name == under_way.tool.name:
        return None
    ours = next((score for score, tool in ranked if tool.name == under_way.tool.name), 0.0)
    clear = unmet and ranked[0][0] >= max(ENOUGH, ours + _CLEARLY)
    if not clear and (ranked[0][0] < 2 * ENOUGH or not _SWITCH.search(join(here.words))):
        return None
    fresh = request.begin(here, ranked[0][1])
    heard = hear(here, fresh, told_only=True)
    return advance(
        here, fresh, heard, lead=here.voice.pick("All right, let's do that instead.", "Okay, we'll do that first.")
    )


def mend(here: Situation, outcome: ToolOutcome) -> Move | None:
    """The caller's turn after a request has failed: take what it gives towards another try, else explain."""
    reopened = failure.reopen(here, outcome)
    if reopened is None:
        return None if here.told else failure.report(here, outcome)
    slot = failure.concerned(reopened, outcome)
    asked = replace(reopened.state, asked=(slot.name,) if slot else ())
    reopened = Request(reopened.tool, reopened.slots, asked)
    heard = hear(here, reopened, told_only=True)
    if here.told and verdict(here.words) == "no" and not heard.values and not heard.problems:
        state = here.becomes(reported=reopened.state.reported, closing=True, misses=0)
        return Move(
            "All right, then we'll leave it there. Is there anything else I can do for you?", state, expects="yes_no"
        )
    if any(reopened.state.slots.get(name) != value for name, value in heard.values.items()) or heard.problems:
        return advance(here, replace_heard(reopened), heard)
    return None if here.told and content(here.words) else failure.report(here, outcome)


def replace_heard(reopened: Request) -> Request:
    """Everything is read back once more, as a new request."""
    return Request(reopened.tool, reopened.slots, replace(reopened.state, changing=False))


def _choices(here: Situation, only: Tool | None = None) -> str:
    """Something to say, made from the choices of this tool, or of the first that has any."""
    for tool, slots in [found] if only and (found := here.tool(only.name)) else here.tools:
        slot = next((slot for slot in slots if slot.kind == "choice" and len(slot.choices) > 1), None)
        if slot:
            names = [choice.spoken for choice in slot.choices[:5]]
            return f"I can {request.title(tool)} for one of these: {listed(names)}. Which is it?"
    return ""


def lost(here: Situation) -> Move:
    """Not understood, and nothing is going on."""
    if not here.tools:
        return smalltalk.nothing(here)
    misses = here.state.misses + 1
    say = here.voice.escalate(
        misses - 1,
        here.voice.pick(
            "Sorry, I didn't quite get that. What can I do for you?", "I'm sorry, I didn't follow. How can I help you?"
        ),
        f"Let me tell you what I can do: {smalltalk.abilities(here)}. Would you like that?",
        _choices(here) or f"Please say it in a few words. For example: I'd like to {request.title(here.tools[0][0])}.",
        f"I'm having trouble understanding you. Just say, for example: I'd like to {request.title(here.tools[0][0])}.",
    )
    offered = tuple(tool.name for tool, _ in here.tools) if misses >= 2 else here.state.tools_offered
    return Move(say, here.becomes(misses=misses, tools_offered=offered))
