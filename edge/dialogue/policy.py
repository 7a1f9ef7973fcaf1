"""The dialogue policy: what to say next, from the conversation alone. A function of values; it keeps nothing."""

import re
from dataclasses import replace
from typing import get_args

from edge.core.asked import asks_for
from edge.core.conversation import Cancel, Conversation, Done, EndCall, Profile, Question, ReplyEvent, TextDelta
from edge.dialogue import (
    cancelling,
    changing,
    choosing,
    danger,
    disputes,
    facts,
    failure,
    lookups,
    questions,
    renewing,
    smalltalk,
    turning,
    wishes,
)
from edge.dialogue.filling import NOT_OFFERED, advance, back, missed, turned_down
from edge.dialogue.hearing import hear
from edge.dialogue.intent import Act, acts
from edge.dialogue.phrasing import clauses
from edge.dialogue.reading import Gathered
from edge.dialogue.request import Request
from edge.dialogue.request import under_way as current
from edge.dialogue.situation import Move, Situation, look, open_question
from edge.dialogue.words import join
from edge.dialogue.yesno import verdict

Reply = tuple[ReplyEvent, ...]

_NOISE = re.compile(
    r"^(?:(?:you|uh|um|er|erm|hmm|hm|mm|ah|oh|eh|the|and|so|a|i)[ ]?){1,3}$|^thanks? (?:you )?for watching|^subscribe"
)
_OPENING_NOISE = re.compile(r"^(?:thank you|thanks|bye|you|thank you very much|okay|so)$")
"""What recognisers make of a first breath or click; a caller does not open with it."""
_SURELY = re.compile(r"\b(?:yes|yeah|yep|yup|sure|please|correct|right|perfect|go ahead)\b")
"""A yes that is meant even in a goodbye; an "okay" is not."""
_LONG = 14
"""Words above which a turn is about something, whatever small talk is in it."""


def decide(conversation: Conversation) -> Reply:
    """The next reply: pieces of text, then what is asked for, then Done with the state to be kept in history."""
    here = look(conversation)
    move = _respond(here)
    move = danger.advised(here, move if danger.presses(here, move) else failure.told(here, move))
    question = _pending(here, move)
    if question is None:
        move = wishes.taken_up(here, move)
    open_still = question and not move.end and not move.keep and not any(isinstance(act, Cancel) for act in move.acts)
    if question and open_still and move.state.question != question.question_id and not _asks(move):
        move = questions.come_back(here, move, question)
    return _render(here, move)


def _render(here: Situation, move: Move) -> Reply:
    say = re.sub(r"(^|[.!?] )([a-z])", lambda found: found[1] + found[2].upper(), " ".join(move.say.split()))
    expects = move.expects or (_asked_before(here) if move.keep else _asked(say))
    state = replace(move.state, said=here.state.said if move.keep and here.state.said else say, expects=expects)
    events: list[ReplyEvent] = [TextDelta(piece) for piece in clauses(say)]
    events += move.acts
    if move.end:
        events.append(EndCall())
    events.append(Done(expects=expects, state=state))
    return tuple(events)


def _asked(say: str) -> Profile | None:
    asked = asks_for(say)
    return asked.profile if asked else None


def _asked_before(here: Situation) -> Profile | None:
    """What an aside leaves to be answered."""
    question = open_question(here)
    if question and question.text in here.last_text:
        return question.profile
    return _profile(here.state.expects)


def _profile(value: str | None) -> Profile | None:
    profiles: tuple[Profile, ...] = get_args(Profile)
    return next((profile for profile in profiles if profile == value), None)


def _asks(move: Move) -> bool:
    return bool(move.state.asked or move.state.confirming or move.state.changing) and move.state.tool is not None


def _pending(here: Situation, move: Move) -> Question | None:
    question = open_question(here)
    return None if question is None or question.question_id in move.state.answered else question


def _respond(here: Situation) -> Move:
    if here.looked_up:
        return lookups.report(here, here.looked_up)
    if here.refused and here.outcome:
        help_first = current(here) if danger.presses(here, Move("", here.state)) else None
        return back(here, help_first) if help_first else failure.report(here, here.outcome)
    if _noise(here):
        move = smalltalk.unheard(here)
        return replace(move, say=f"{move.say} {smalltalk.offer(here)}") if here.first else move
    if wrong := disputes.disputed(here):
        thing, rest = wrong
        return disputes.answered(here, thing, _wished(rest) if rest else None)
    return _wished(here)


def _wished(here: Situation) -> Move:
    before = wishes.thought_better_of(here, current(here))
    here = wishes.kept(before, current(here))
    return wishes.acknowledged(here, before, current(here), _turn(here) if here.words else None)


def _turn(here: Situation) -> Move:
    kinds = acts(here.words)
    under_way = current(here) or changing.taken_up(here)
    words, aside = danger.attend(here, kinds, under_way)
    if aside:
        return aside
    here, kinds = replace(here, words=words), acts(words)
    if move := facts.answer(here, under_way):
        return move
    there = replace(here, words=facts.beside(here, under_way))
    kinds = acts(there.words)
    heard = hear(there, under_way, told_only=True) if under_way else Gathered()
    move = _aside(there, kinds, under_way, heard) or _business(there, kinds, under_way, heard)
    return facts.answered(here, under_way, move)


def _noise(here: Situation) -> bool:
    text = join(here.words)
    return (
        not text
        or bool(_NOISE.match(text) and not here.state.asked)
        or (here.first and bool(_OPENING_NOISE.match(text)))
    )


def _aside(here: Situation, kinds: list[Act], under_way: Request | None, heard: Gathered) -> Move | None:
    """Small talk and the steering of the talk itself, unless the turn also says something of the business."""
    question = open_question(here)
    judging = verdict(here.words) is not None and (here.state.confirming or question is not None)
    new = {name for name, value in heard.values.items() if under_way and under_way.state.slots.get(name) != value}
    if len(here.words) <= _LONG and (move := smalltalk.calling_back(here, kinds)):
        return move
    if len(here.words) > _LONG or new or heard.problems:
        return None
    if "goodbye" in kinds and not (judging and _SURELY.search(join(here.words))):
        return smalltalk.goodbye(here, clear=True)
    if "repeat" in kinds and not (here.state.again and judging):  # "Yes, once more" is what was asked for.
        return smalltalk.repeat(here)
    if "hold" in kinds:
        return smalltalk.hold(here)
    if "cancel" in kinds and question is None and (move := cancelling.cancel(here)):
        return move
    for kind, reply in smalltalk.ASIDES.items():
        if kind in kinds and not judging:
            return smalltalk.and_back(here, reply(here))
    if "status" in kinds and not judging and (move := smalltalk.status(here)):
        return move
    return None


def _business(here: Situation, kinds: list[Act], under_way: Request | None, heard: Gathered) -> Move:
    question = open_question(here)
    if question and question.question_id in here.state.answered:
        question = None
    if question and _question_first(here, question, under_way) and (move := questions.answer(here, question)):
        return smalltalk.and_back(here, move) if move.acts and under_way else move
    if under_way and (move := turning.turned(here, under_way) or renewing.goes_on(here, under_way)):
        return move
    if under_way and (move := _requested(here, kinds, under_way, heard)):
        return move
    if question and (move := questions.answer(here, question)):
        return move
    if question and here.running and "cancel" in kinds and (move := cancelling.cancel(here)):
        return move  # It answers nothing that the workflow asks: it is the workflow that is not wanted.
    if under_way is None and (move := _idle(here, kinds)):
        return move
    if question:
        return questions.again(here, question)
    return missed(here, under_way) if under_way else choosing.lost(here)


def _question_first(here: Situation, question: Question, under_way: Request | None) -> bool:
    """Whether the turn is more likely an answer to the workflow than to our own last question."""
    return under_way is None or question.text in here.last_text or here.state.question == question.question_id


def _requested(here: Situation, kinds: list[Act], under_way: Request, heard: Gathered) -> Move | None:
    """The request goes on; or another one begins; or something is answered on the side."""
    if under_way.wordy():
        heard = hear(here, under_way)
    unmet = any(problem.code in NOT_OFFERED for problem in heard.problems.values())
    if unmet and (move := choosing.switch(here, under_way, unmet=True)):
        return move
    if move := advance(here, under_way, heard):
        return move
    if move := choosing.switch(here, under_way):
        return move
    if "question" in kinds or "status" in kinds:
        return smalltalk.and_back(here, smalltalk.unknown_answer(here))
    if move := turned_down(here, under_way):
        return move
    if "thanks" in kinds:
        return smalltalk.and_back(here, smalltalk.thanks(here))
    if "hello" in kinds:
        return smalltalk.and_back(here, smalltalk.hello(here))
    return None


def _idle(here: Situation, kinds: list[Act]) -> Move | None:
    """No request is being made."""
    held = danger.presses(here, Move("", here.state))
    if here.outcome and not held and (move := choosing.mend(here, here.outcome)):
        return move
    if move := renewing.offered(here):
        return move
    if move := changing.regretted(here, kinds):
        return move
    said = verdict(here.words)
    if (
        (here.state.closing or here.requests)
        and (said == "no" or "closing" in kinds)
        and len(here.words) <= 8
        and not choosing.called_for(here)
    ):
        return smalltalk.goodbye(here, clear=False)
    if (move := choosing.choose(here)) and (here.talk.questions == () or choosing.called_for(here)):
        return move
    if "closing" in kinds:
        return smalltalk.goodbye(here, clear=False)
    if "thanks" in kinds:
        return smalltalk.thanks(here)
    if here.state.closing and _SURELY.search(join(here.words)):
        return Move(
            here.voice.pick("Sure, what can I do for you?", "Of course, what else can I do?"),
            here.becomes(closing=False, misses=0),
            expects="open",
        )
    if not here.tools:
        return smalltalk.nothing(here)
    if "hello" in kinds and len(here.words) <= 6:
        return smalltalk.and_back(here, smalltalk.hello(here))
    if "question" in kinds:
        return smalltalk.and_back(here, smalltalk.unknown_answer(here))
    if said and here.requests:
        more = replace(smalltalk.thanks(here), say="Is there anything else I can do for you?")
        return (smalltalk.status(here) if here.running else None) or more
    return None
