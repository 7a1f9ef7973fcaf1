"""A workflow's question that waits for the caller's answer."""

from dataclasses import replace

from edge.core.conversation import Answer, Question
from edge.dialogue import asking, phrasing, schema
from edge.dialogue.reading import DECLINES, Context
from edge.dialogue.schema import Slot
from edge.dialogue.situation import Move, Situation
from edge.dialogue.slots import gather
from edge.dialogue.state import State


def answer(here: Situation, question: Question) -> Move | None:
    """The answer that the turn gives, or the move that gets the rest of it; None where it gives none."""
    slots = tuple(slot for slot in schema.read(question.answer) if not slot.unfit)
    known = dict(here.state.answers) if here.state.question == question.question_id else {}
    offered = here.state.offering if here.state.question == question.question_id else ()
    context = Context(
        now=here.talk.now,
        asked=frozenset(slot.name for slot in slots),
        known=known,
        partial=here.state.partial if known or offered else "",
        caller=here.talk.caller,
        offered=offered,
    )
    heard = gather(here.words, slots, context)
    values = known | heard.values
    state = replace(here.state, question=question.question_id, answers=values, partial=heard.partial, misses=0)
    if heard.problems and not heard.values:
        name, problem = next(iter(heard.problems.items()))
        slot = next(one for one in slots if one.name == name)
        return Move(asking.wrong(here.voice, slot, problem, here.today), state, expects=question.profile)
    if not heard.values:
        return _counter(here, slots, state)
    missing = [slot for slot in slots if slot.needed and slot.name not in values]
    if missing:
        say = f"Thank you. {asking.ask(here.voice, missing[:1], here.today)}"
        return Move(say, state, expects=asking.expects(missing[:1], say))
    return _passed_on(here, question, slots, state)


def _counter(here: Situation, slots: tuple[Slot, ...], state: State) -> Move | None:
    """Another day or time than those that were offered: only these can be chosen."""
    if not slots or slots[0].kind != "choice":
        return None
    anything = (Slot("day", "date", "day"), Slot("time", "time", "time"))
    if not gather(here.words, anything, Context(here.talk.now)).values:
        return None
    return Move(
        f"I'm afraid I only have those just now. {_hint(here, slots)}", replace(state, offering=_offering(slots))
    )


def _passed_on(here: Situation, question: Question, slots: tuple[Slot, ...], state: State) -> Move:
    values = {**schema.constants(question.answer), **state.answers}
    said = [
        phrasing.value(slot, values[slot.name], here.today)
        for slot in slots
        if values.get(slot.name) is not None
        and slot.kind not in ("boolean", "text")
        and not slot.secret
        and str(values[slot.name]).lower() not in DECLINES
    ]
    thanks = here.voice.pick("All right, {}. One moment.", "{}, thank you. One moment.", "Okay, {}. Just a moment.")
    say = (
        thanks.format(phrasing.listed(said, "and"))
        if said
        else here.voice.pick("All right, thank you.", "Okay, thank you.")
    )
    state = replace(
        state, question=None, answers={}, partial="", answered=(*state.answered[-15:], question.question_id)
    )
    return Move(say, state, (Answer(question.question_id, values),))


def again(here: Situation, question: Question) -> Move:
    """The question in other words."""
    slots = tuple(slot for slot in schema.read(question.answer) if not slot.unfit)
    misses = here.state.misses + 1
    state = replace(here.state, question=question.question_id, misses=misses, offering=_offering(slots))
    hint = _hint(here, slots)
    say = here.voice.escalate(
        misses - 1,
        f"Sorry, I didn't get that. {question.text}",
        f"Let me put it another way. {hint}" if hint else f"Let me ask once more. {question.text}",
        f"I'm sorry, I still couldn't make that out. {question.text} {hint}",
        f"I'm having trouble hearing you. {hint or question.text}",
    )
    return Move(say, state, expects=question.profile)


def come_back(here: Situation, move: Move, question: Question) -> Move:
    """The question after something else was dealt with."""
    lead = (
        ""
        if move.state.leaving
        else here.voice.pick("Now, back to my question.", "So, to my question.", "And once more:")
    )
    say = f"{move.say} {lead} {question.text}"
    return replace(move, say=say, state=replace(move.state, question=question.question_id), expects=question.profile)


def _offering(slots: tuple[Slot, ...]) -> tuple[str, ...]:
    return tuple(choice.spoken for choice in slots[0].choices) if slots else ()


def _hint(here: Situation, slots: tuple[Slot, ...]) -> str:
    """What may be said, made from the schema of the answer."""
    if not slots:
        return ""
    slot = slots[0]
    if slot.kind == "choice":
        real = [
            phrasing.choice_name(slot, c.spoken, here.today) for c in slot.choices if c.spoken.lower() not in DECLINES
        ]
        more = ", or neither" if len(real) < len(slot.choices) else ""
        return f"You can say {phrasing.listed(real[: asking.MOST_OFFERED])}{more}."
    if slot.kind == "boolean":
        return "A yes or a no is enough."
    return (
        f"You could say, for example: {asking.example(slot, here.today)}." if asking.example(slot, here.today) else ""
    )
