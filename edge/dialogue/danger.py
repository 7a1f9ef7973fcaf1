"""Talk with somebody in danger: the advice before anything else, a calm answer to what they ask, then what is needed.

What is said comes with the tool: choices of one of its slots may have ``advice`` in the schema, by what it is on:
``now`` what to do at once, ``then`` what to keep to until somebody has come, ``dangerous`` how dangerous it is, and
``call`` whom else to call. A tool that has any is one for emergencies.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from edge.core.conversation import AgentSaid, ToolAsked, ToolCall
from edge.dialogue import alarm, beyond, choices, choosing, denial, distress, places, smalltalk
from edge.dialogue.beyond import heard
from edge.dialogue.distress import About
from edge.dialogue.filling import advance, back
from edge.dialogue.hearing import hear
from edge.dialogue.intent import Act, acts
from edge.dialogue.request import Request, begin, dropped
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import Words, join, listen
from edge.dialogue.yesno import verdict

_PASSED_ON = "Your call for help has been passed on, and I'll tell you as soon as somebody is coming."
_IN_DANGER = "If anybody is in danger, call {} right away."
_WAITS = re.compile(
    r"\b(?:it|that|this) (?:can|could|may) wait\b|\bno (?:rush|hurry)\b|\b(?:tomorrow|next week) (?:is|would be) "
    r"(?:fine|ok|okay|good|enough|early enough|soon enough)\b"
    r"|^(?:(?:on|this|next|maybe|then|um|uh) )*(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"(?: (?:morning|afternoon|evening))?(?: at [\w ]+)?$"
)
"""Said of what was taken for an emergency; a day is no address."""
_WRONG = re.compile(
    r"\b(?:wrong|not the right|different) (?:address|house|street|place|number)\b|\b(?:address|street|house number) "
    r"(?:is|was) (?:wrong|not right)\b"
)
_STEERING: frozenset[Act] = frozenset({"goodbye", "cancel", "repeat", "hold", "robot"})
_QUESTIONS: frozenset[Act] = frozenset({"question", "person", "abilities", "options"})


@dataclass(frozen=True, slots=True)
class Emergency:
    """The advice, if its kind is known, and the ``request`` for help in the making, or the one that was ``asked``."""

    advice: Mapping[str, str]
    request: Request | None = None
    asked: ToolAsked | None = None


def attend(here: Situation, kinds: Sequence[Act], under_way: Request | None) -> tuple[Words, Move | None]:
    """The reply to what is no business; or the words of the turn that are, and no reply."""
    if move := beyond.called_for(here, helps=_for_emergencies(here)):
        return here.words, move
    case = _emergency(here, under_way)
    if case is None and (tool := alarm.told(here, here.words)):
        fresh = begin(_put_off(here), tool)
        return here.words, advance(here, fresh, hear(here, fresh, told_only=True)) or back(here, fresh)
    if move := _calmed(here, case):
        return here.words, move
    if case is None and distress.cry(here.words) and here.state.tool is None:
        return here.words, Move("I'm here. What has happened?", here.becomes(misses=0), expects="open")
    if case is None or _STEERING.intersection(kinds):
        return here.words, None
    about = distress.about(here.words) or ("long" if "status" in kinds else None)
    if about is None or "person" in kinds:
        return here.words, _unanswered(here, kinds, case)
    telling = tuple(word for piece in distress.beside(here.words) if _tells(here, case, piece) for word in piece)
    return telling, None if telling else _and_back(here, case, _answer(here, case, about))


def _put_off(here: Situation) -> Situation:
    """The situation in which the request in the making waits until help was found: see ``edge.dialogue.wishes``."""
    state = here.state
    return replace(here, state=here.becomes(put_off=state.tool, put_off_slots=state.slots)) if state.tool else here


def waits(here: Situation, move: Move) -> bool:
    """Whether help was asked for and nobody is found: nothing else matters to the caller until then."""
    names = {tool.name for tool, slots in here.tools if alarm.of(slots)}
    if any(act.tool in names for act in move.acts if isinstance(act, ToolCall)):
        return True
    last = next((asked for asked in reversed(here.requests) if asked.tool in names), None)
    return last is not None and here.outcome_of(last) in (None, "failed")


def presses(here: Situation, move: Move) -> bool:
    """Whether help is being asked for or found, so that news of anything else can wait."""
    news, found = (here.tool(name) for name in (here.outcome.tool if here.outcome else None, move.state.tool))
    if news and alarm.of(news[1]):
        return False
    return waits(here, move) or (found is not None and alarm.of(found[1]) is not None)


def advised(here: Situation, move: Move) -> Move:
    """The reply with the advice in front, where the caller has not heard it; and with the answer to what they asked
    along with their consent."""
    call = next((act for act in move.acts if isinstance(act, ToolCall)), None)
    found = here.tool(call.tool if call else move.state.tool)
    slot = alarm.of(found[1]) if found else None
    if found is None or slot is None:
        return move
    advice = _advice(slot, call.arguments if call else move.state.slots)
    about = distress.about(here.words)
    then = advice.get("then", "")
    words = then if about == "done" or (then and heard(here, then)) else advice.get("now", "")
    if call:
        if words and heard(here, words):
            case = Emergency(advice, asked=ToolAsked("", call.tool, call.arguments))
            words = _answer(here, case, about) if about in ("call", "dangerous", "do") else ""
        return replace(move, say=f"{move.say} {words}")
    if not words or words in move.say or heard(here, words):
        return move
    asking = move.state.asked and not move.state.changing
    say = back(here, Request(*found, move.state)).say if asking else move.say
    return replace(move, say=f"{words} {say}")


def _emergency(here: Situation, under_way: Request | None) -> Emergency | None:
    """The emergency that the talk is about, if it is about one."""
    if under_way is not None:
        slot = alarm.of(under_way.slots)
        return Emergency(_advice(slot, under_way.state.slots), request=under_way) if slot else None
    last = here.requests[-1] if here.requests else None
    found = here.tool(last.tool) if last else None
    slot = alarm.of(found[1]) if found else None
    if last is None or slot is None or here.outcome_of(last) not in (None, "completed", "failed"):
        return None
    return Emergency(_advice(slot, last.arguments), asked=last)


def _for_emergencies(here: Situation) -> bool:
    """Whether any of the tools is for emergencies."""
    return any(alarm.of(slots) for _, slots in here.tools)


def _advice(slot: Slot, values: Mapping[str, Any]) -> Mapping[str, str]:
    return slot.advice.get(str(values.get(slot.name)), {})


def _calmed(here: Situation, case: Emergency | None) -> Move | None:
    """ "It's no emergency": nobody is sent, unless they have told of a danger before."""
    waits = case is not None and case.request is not None and bool(_WAITS.search(join(here.words)))
    denies = waits or denial.plain(here.words) != here.words or _denied(here)
    if not denies or here.state.tools_offered or choosing.called_for(here):
        return None
    if case and case.advice:
        return _and_back(here, case, f"I understand. {_still(here, case)}")
    if here.state.tool and case is None:
        return None
    say = here.voice.pick("All right, then nobody needs to hurry.", "Good, no emergency, then.")
    state = replace(dropped(here.state), misses=0)
    calm = tuple(one for one in here.tools if alarm.of(one[1]) is None)
    if case and (move := choosing.rather(replace(here, state=state), calm)):
        return move.led(say)
    return Move(f"{say} {smalltalk.offer(here)}", state, expects="open")


def _denied(here: Situation) -> bool:
    """Whether a danger is said not to be there: "there's no gas smell"."""
    slots = [slot for _, slots in here.tools for slot in slots if slot.advice]
    missing = denial.missing(here.words)
    return any(one.choice.value in slot.advice for slot in slots for one in choices.hinted(missing, slot.choices))


def _tells(here: Situation, case: Emergency, piece: Words) -> bool:
    """Whether these words are for the request: a place, a yes or no, or something else that is new to it."""
    if case.request is None:
        return choosing.called_for(here, piece) is not None
    if places.likely(piece):
        return True
    if case.request.state.confirming and verdict(piece) and "question" not in acts(piece):
        return True
    heard = hear(replace(here, words=piece), case.request, told_only=True)
    return any(case.request.state.slots.get(name) != value for name, value in heard.values.items())


def _unanswered(here: Situation, kinds: Sequence[Act], case: Emergency) -> Move | None:
    """Something else than what was asked for: it is no address, and other things to do are no answer to it."""
    if case.asked and _WRONG.search(join(here.words)):
        return _elsewhere(here, case, case.asked)
    asking = case.request is not None and (case.request.wordy() or case.request.state.confirming)
    if here.talk.questions or _tells(here, case, here.words):
        return None
    if case.request and case.request.wordy() and _no_place(here.words):  # Else it would be taken for the address.
        return choosing.switch(here, case.request) or _and_back(here, case, f"{_with_you(here)} {_still(here, case)}")
    if choosing.called_for(here):
        return None
    if _QUESTIONS.intersection(kinds) and (asking or case.asked):
        sorry = "I can't put you through from here." if "person" in kinds else "I'm afraid I can't tell you that."
        return _and_back(here, case, sorry if case.request else f"{sorry} {_news(here, case)}")
    elsewhere = places.find(here.words) or (verdict(here.words) == "no" and places.likely(here.words))
    if case.asked and elsewhere:
        return _elsewhere(here, case, case.asked)
    if case.asked in here.running and not kinds and verdict(here.words) != "no" and not here.state.closing:
        return Move(_news(here, case), here.becomes(misses=0))
    return None


def _no_place(words: Words) -> bool:
    """Whether the words are a sentence, or a question that names no place ("maybe a plumber?")."""
    return places.sentence(words) or ("?" in words[-1].after and not places.likely(words))


def _elsewhere(here: Situation, case: Emergency, asked: ToolAsked) -> Move | None:
    """Help was sent to another address than the right one: it is sent again, and the first called off if that can be.

    Only once the new address is confirmed (see ``edge.dialogue.confirming``), so that somebody comes in any case.
    """
    there = places.find(here.words)
    if there and join(here.words[slice(*there)]) in {join(listen(str(one))) for one in asked.arguments.values()}:
        return Move(f"Yes. {_news(here, case)}", here.becomes(misses=0))
    found = here.tool(asked.tool)
    slot = alarm.of(found[1]) if found else None
    if found is None or slot is None:
        return None
    fresh = begin(here, found[0], values={slot.name: asked.arguments[slot.name]})
    known = {name: value for name, value in fresh.state.slots.items() if fresh.slot(name).kind != "address"}
    recalls = asked.tool_call_id if asked in here.talk.cancellable else None
    fresh = Request(*found, replace(fresh.state, slots=known, recalls=recalls))
    lead = "I'm sorry, I'll send somebody there instead."
    if recalls is None:
        lead = "I'm sorry, I can't call back who goes to the first address, so I'll send for help again."
    move = advance(here, fresh, hear(here, fresh, told_only=True)) or back(here, fresh)
    return move.led(lead)


def _and_back(here: Situation, case: Emergency, answer: str) -> Move:
    state = here.becomes(misses=0)
    if case.request is None:
        return Move(answer, state)
    rest = back(here, Request(case.request.tool, case.request.slots, state))
    return replace(rest, say=f"{answer} {rest.say}")


def _answer(here: Situation, case: Emergency, about: About | None) -> str:
    advice, in_danger = case.advice, _IN_DANGER.format(here.talk.facts.emergency_number)
    match about:
        case "done":
            asked = distress.asked(here.words)
            return f"Good. {advice.get('then', '')} {_answer(here, case, asked) if asked else ''}"
        case "call":
            return advice.get("call", in_danger)
        case "dangerous":
            return advice.get("dangerous", f"I can't judge that from here. {in_danger}")
        case "do":
            return _still(here, case) or in_danger
        case "long":
            return _news(here, case)
        case _ if case.asked:
            return f"{_news(here, case)} {_still(here, case)}"
        case _:
            return f"{_with_you(here)} {_still(here, case)}"


def _with_you(here: Situation) -> str:
    return here.voice.pick("I'm with you.", "Yes, I'm here.")


def _still(here: Situation, case: Emergency) -> str:
    """The advice that still applies."""
    then = case.advice.get("then", "")
    return then if then and heard(here, then) else case.advice.get("now", "")


def _news(here: Situation, case: Emergency) -> str:
    """How far the help is: what was announced of it last, or that it was asked for."""
    if case.asked is None:
        return "I can ask for somebody as soon as I know this."
    since = here.talk.entries[here.talk.entries.index(case.asked) :]
    others = tuple(
        str(one.content["message"])
        for one in here.finished
        if one.tool_call_id != case.asked.tool_call_id and one.content.get("message")
    )
    said = [one.text for one in since if isinstance(one, AgentSaid) and one.cause == "announcement" and one.text]
    told = [text for text in said if not text.startswith(others)]
    return re.split(r"(?<=[.!?]) ", told[-1])[0] if told else _PASSED_ON
