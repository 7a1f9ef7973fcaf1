"""What other rules would have done, over all calls: as lines of text, and as JSON."""

from collections.abc import Iterator
from statistics import fmean, median
from typing import Any

from edge.core.tapelines import plain
from trunkline.replay.decisions import Decision
from trunkline.replay.outcome import Divergence, Matched, Outcome
from trunkline.replay.wording import quoted

SAME = 0.0295
"""Seconds within which two decisions count as made at the same time: audio comes in frames, and ticks are late."""
_HEADINGS = {
    "cut_in": "cut-ins gained: the caller spoke on at once after today's answer",
    "spared": "cut-ins lost: the caller spoke on at once after the recorded answer, which today's rules had not begun",
    "split": "turns split: today's rules answer in a pause that was part of a turn",
    "joined": "turns joined: today's rules take for a pause what was answered",
    "taken": "floor taken: today's rules stop for a sound over which the agent went on",
    "kept": "floor kept: today's rules go on over a sound for which the agent stopped",
    "other": "other decisions",
}


def of_call(outcome: Outcome) -> Iterator[str]:
    """One call: every turn with its shift, and every divergence."""
    yield f"Call {outcome.call}: {len(outcome.matched)} of {outcome.decisions} decisions alike."
    lines = [(each.recorded.at, _matched(each)) for each in outcome.matched if _telling(each)]
    lines += [(each.at, text) for each in outcome.divergences for text in _divergence(each)]
    for at, text in sorted(lines, key=lambda line: line[0]):
        yield f"{at:8.2f}  {text}"


def _telling(each: Matched) -> bool:
    return each.recorded.kind == "commit" or abs(each.shift) > SAME


def _matched(each: Matched) -> str:
    then, today = each.recorded, each.today
    name = {"commit": f"turn {then.turn}", "keep": "floor kept", "yield": "floor yielded"}.get(then.kind, then.name)
    times = f"{_ms(then.delay)} > {_ms(today.delay)} ms" if then.since != then.at else ""
    shift = "as recorded" if abs(each.shift) <= SAME else f"{_ms(each.shift):+d} ms"
    why = then.why if then.why == today.why else f"{then.why} > {today.why}"
    cut = f", cuts in by {_ms(each.cut_in)} ms both times" if each.cut_in is not None else ""
    return f"{name:14}{shift:>12}  {times:>16}  {why:20}{quoted(then.text, 60) if then.text else ''}{cut}"


def _divergence(each: Divergence) -> Iterator[str]:
    yield f"diverged: {_HEADINGS[each.verdict]}"
    yield f"          recorded: {_decision(each.recorded)}"
    yield f"          today:    {_decision(each.today)}"
    if each.gap is not None:
        yield f"          The caller spoke on {_ms(each.gap)} ms after the answer began."
    if each.until is not None:
        yield f"          Comparable again from {each.until:.2f} s; {_decisions(each.skipped)} in between left out."
    elif each.skipped:
        yield f"          Not comparable any more; {_decisions(each.skipped)} left out."


def _decisions(count: int) -> str:
    return "1 decision" if count == 1 else f"{count} decisions"


def _decision(decision: Decision | None) -> str:
    match decision:
        case None:
            return "nothing at this point"
        case Decision("commit"):
            words = quoted(decision.text, 60)
            return (
                f"turn {decision.turn} at {decision.at:.2f}, after {_ms(decision.delay)} ms ({decision.why}): {words}"
            )
        case Decision("keep"):
            return f"goes on at {decision.at:.2f}, {_ms(decision.delay)} ms after the onset"
        case Decision("yield"):
            return f"stops at {decision.at:.2f}, {_ms(decision.delay)} ms after the onset"
        case Decision("say"):
            return f"says at {decision.at:.2f}, {decision.name}: {quoted(decision.text, 60)}"
    return f"hangs up at {decision.at:.2f}: {decision.name.replace('_', ' ')}"


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def summarise(outcomes: list[Outcome]) -> dict[str, Any]:
    """The figures over all calls. Delays: from the caller's last sound to the commit, of turns that were spoken."""
    turns = [each for outcome in outcomes for each in outcome.matched if each.recorded.kind == "commit"]
    spoken = [each for each in turns if each.recorded.why != "keypad"]
    floors = [each for outcome in outcomes for each in outcome.matched if each.recorded.kind in ("keep", "yield")]
    apart = [each for outcome in outcomes for each in outcome.divergences]
    return {
        "calls": len(outcomes),
        "calls_diverged": sum(bool(outcome.divergences) for outcome in outcomes),
        "decisions": sum(outcome.decisions for outcome in outcomes),
        "decisions_alike": sum(len(outcome.matched) for outcome in outcomes),
        "decisions_left_out": sum(each.skipped for each in apart),
        "turns": _shifts(turns),
        "delay_recorded": _delays([each.recorded.delay for each in spoken]),
        "delay_today": _delays([each.today.delay for each in spoken]),
        "cut_ins_in_both": sum(each.cut_in is not None for each in turns),
        "floors": _shifts(floors),
        **{name: sum(each.verdict == name for each in apart) for name in _HEADINGS},
    }


def _shifts(matched: list[Matched]) -> dict[str, Any]:
    earlier = [-each.shift for each in matched if each.shift < -SAME]
    later = [each.shift for each in matched if each.shift > SAME]
    return {
        "alike": len(matched),
        "earlier": len(earlier),
        "earlier_by_ms": _ms(fmean(earlier)) if earlier else 0,
        "later": len(later),
        "later_by_ms": _ms(fmean(later)) if later else 0,
    }


def _delays(delays: list[float]) -> dict[str, int] | None:
    if not delays:
        return None
    ordered = sorted(delays)
    last = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"mean_ms": _ms(fmean(ordered)), "p50_ms": _ms(median(ordered)), "p95_ms": _ms(last)}


def in_words(figures: dict[str, Any], cut_in: float) -> Iterator[str]:
    """The summary's lines."""
    calls, turns, floors, both = (figures[name] for name in ("calls", "turns", "floors", "cut_ins_in_both"))
    yield (
        f"{calls} {'call' if calls == 1 else 'calls'}, {figures['calls_diverged']} diverged; "
        f"{figures['decisions_alike']} of {figures['decisions']} decisions alike, "
        f"{figures['decisions_left_out']} left out after a divergence."
    )
    yield f"turns in both         {turns['alike']:5}: {_moved(turns)}"
    for name, figure in (("recorded", figures["delay_recorded"]), ("today", figures["delay_today"])):
        if figure:
            yield f"  delay, {name + ':':15}mean {figure['mean_ms']}, p50 {figure['p50_ms']}, p95 {figure['p95_ms']} ms"
    yield f"floor in both         {floors['alike']:5}: {_moved(floors)}"
    yield f"cut-ins within {cut_in:g} s: {figures['cut_in']:5} gained, {figures['spared']} lost; {both} in both"
    yield f"turns otherwise       {figures['split']:5} split, {figures['joined']} joined"
    yield f"floor otherwise       {figures['taken']:5} taken, {figures['kept']} kept"
    yield f"other decisions       {figures['other']:5}"


def _moved(shifts: dict[str, Any]) -> str:
    sides = []
    for side in ("earlier", "later"):
        by = f" (by {shifts[f'{side}_by_ms']} ms on the mean)" if shifts[side] else ""
        sides.append(f"{shifts[side]} {side}{by}")
    return f"{', '.join(sides)}, {shifts['alike'] - shifts['earlier'] - shifts['later']} at the same time"


def as_json(outcomes: list[Outcome]) -> dict[str, Any]:
    """All of it, for programs."""
    return {"summary": summarise(outcomes), "calls": [_call(outcome) for outcome in outcomes]}


def _call(outcome: Outcome) -> dict[str, Any]:
    return {
        "call": outcome.call,
        "decisions": outcome.decisions,
        "alike": [plain(each) for each in outcome.matched],
        "divergences": [plain(each) for each in outcome.divergences],
    }
