"""A replayed call as lines of text, and as JSON."""

from collections.abc import Iterator
from typing import Any

from edge.core.tape import Note, Recording
from edge.core.tapelines import plain
from trunkline.replay.player import Replayed
from trunkline.replay.wording import of_action, of_input, quoted


def head(recording: Recording, rules: str) -> Iterator[str]:
    """Which call it is, and what to know before one compares."""
    header = recording.header
    yield f"Call {header.call}, {header.agent}, began {header.began}, recorded by {header.version or 'a test'}."
    if header.accepted:
        yield f"Its actions were accepted for the rules {header.accepted}."
    if (header.accepted or header.rules) not in ("", rules):
        yield f"It was recorded by the rules {header.rules}; today's are {rules}."
    if recording.strange:
        yield f"It holds what this version does not know: {', '.join(recording.strange)}."


def timeline(recording: Recording, played: list[Replayed]) -> Iterator[str]:
    """Every input with its state and actions, and the notes between them."""
    steps = iter(played)
    for item in recording.items:
        if isinstance(item, Note):
            if text := _note(item):
                yield f"{item.now:8.2f}  {'':22}  {text}"
            continue
        replayed = next(steps, None)
        if replayed is None:
            return
        yield from _step(replayed)


def _step(each: Replayed) -> Iterator[str]:
    moved = each.before if each.after in (each.before, "") else f"{each.before} > {each.after}"
    yield f"{each.step.now:8.2f}  {moved:22}  {of_input(each.step.event)}"
    for action in each.actions or ():
        yield f"{'':36}-> {of_action(action, each.step.now)}"


def _note(note: Note) -> str:
    about = note.about
    match note.kind:
        case "heard":
            cut = ", cut off" if about.get("interrupted") else ""
            return f"     the caller heard {about.get('reply')}{cut}: {quoted(str(about.get('text')))}"
        case "tool":
            return f"     {about.get('tool')} {about.get('status')}"
        case "lookup":
            return f"     {about.get('tool')} {'did not answer' if about.get('failed') else 'was looked up'}"
        case "latency":
            return f"     voice to voice {_milliseconds(about.get('voice_to_voice'))}"
        case _:
            return ""


def _milliseconds(value: Any) -> str:
    return f"{value * 1000:.0f} ms" if isinstance(value, int | float) else "?"


def difference(each: Replayed) -> Iterator[str]:
    """What was recorded, and what today's rules do."""
    now = each.step.now
    yield f"They differ at {now:.2f} s, input {each.number}: {of_input(each.step.event)}"
    if each.overdue:
        yield f"  Today's rules would have acted at {each.deadline:.2f} s, before it came."
    for who, state, actions in (
        ("recorded", each.step.state, each.step.actions),
        ("today", each.after, each.actions),
    ):
        done = "broke down" if actions is None else "; ".join(of_action(a, now) for a in actions) or "nothing"
        yield f"  {who + ':':10}{done}, then {state or 'the end'}"


def verdict(recording: Recording, played: list[Replayed], odd: Replayed | None) -> Iterator[str]:
    """The last lines: identical, or not."""
    actions = sum(len(each.actions or ()) for each in played)
    if odd is None:
        yield f"{len(played)} inputs, {actions} actions: identical."
    else:
        yield from difference(odd)
    if recording.stopped is not None:
        yield f"The tape was full at {recording.stopped:.2f} s; what came after is not in it."
    if played and played[-1].step.actions is None:
        yield f"TurnTaker broke down at {played[-1].step.now:.2f} s, over {of_input(played[-1].step.event)}."


def as_json(recording: Recording, played: list[Replayed], odd: Replayed | None) -> dict[str, Any]:
    """All of it, for programs."""
    return {
        "call": recording.header.call,
        "header": plain(recording.header),
        "identical": odd is None,
        "inputs": len(played),
        "actions": sum(len(each.actions or ()) for each in played),
        "stopped": recording.stopped,
        "first_difference": None if odd is None else {"number": odd.number, "at": odd.step.now, **_compared(odd)},
        "steps": [_json(each) for each in played],
    }


def _compared(each: Replayed) -> dict[str, Any]:
    return {
        "recorded": {"state": each.step.state, "actions": _actions(each.step.actions)},
        "today": {"state": each.after, "actions": _actions(each.actions)},
    }


def _json(each: Replayed) -> dict[str, Any]:
    event = each.step.event
    return {
        "at": each.step.now,
        "input": None if event is None else [type(event).__name__, plain(event)],
        "before": each.before,
        "after": each.after,
        "actions": _actions(each.actions),
    }


def _actions(actions: Any) -> Any:
    return None if actions is None else [[type(action).__name__, plain(action)] for action in actions]
