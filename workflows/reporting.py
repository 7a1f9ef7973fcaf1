"""What a call came to, from its stored events alone: the same events give the same report."""

from collections.abc import Iterable, Sequence

from schemas.base import Event
from schemas.calls import CallEnded
from schemas.conversations import Conversation, ToolLife, rebuild
from schemas.decisions import DecisionAsked
from schemas.marking import hidden
from schemas.reports import CallReport, Disposition, ToolReport, Unfinished

MOST_TOOLS = 100
OUR_FAULT = frozenset({"transport_lost", "drained", "failed"})
"""Ends of a call that the caller did not want."""
ENDS = {
    "caller_hung_up": "The caller hung up.",
    "agent_hung_up": "The agent ended the call.",
    "silence": "The caller fell silent.",
    "transport_lost": "The line was lost.",
    "refused": "The call was not taken.",
    "drained": "The call was ended because its node went down.",
    "failed": "The call was ended by a fault.",
}


def report_id(call_id: str) -> str:
    """The id of the report on this call, and of the workflow that makes it."""
    return f"after-{call_id}"[:96]


def report_of(ended: CallEnded, events: Iterable[Event]) -> CallReport:
    """The report on the call that ``ended``; ``events`` are what is stored of it, in any order, perhaps nothing."""
    known = [event for event in events if event.call_id == ended.call_id]
    call = rebuild([*known, ended])
    lives = call.tools[:MOST_TOOLS]
    started = call.started
    unfinished = _unfinished(call, known, ended)
    return CallReport(
        id=report_id(ended.call_id),
        call_id=ended.call_id,
        region=ended.region,
        agent=started.agent if started else None,
        transport=started.transport if started else None,
        caller=started.caller if started else None,
        callee=started.callee if started else None,
        started=started.time if started else None,
        ended=ended.time,
        seconds=ended.seconds,
        turns=ended.turns,
        ended_by=ended.reason,
        disposition=_disposition(call, ended),
        summary=_summary(lives, ended, unfinished),
        tools=[_tool(life) for life in lives],
        unfinished=unfinished,
    )


def _tool(life: ToolLife) -> ToolReport:
    outcome = life.outcome
    failed = dict(outcome.content) if outcome and outcome.status == "failed" else {}
    return ToolReport(
        tool_call_id=life.asked.tool_call_id,
        tool=life.asked.tool,
        status=outcome.status if outcome else "open",
        arguments=hidden(life.asked.arguments),
        result=hidden(outcome.content) if outcome and outcome.status == "completed" else None,
        code=failed.get("code"),
        message=failed.get("message"),
    )


def _disposition(call: Conversation, ended: CallEnded) -> Disposition:
    if ended.reason == "refused":
        return "refused"
    if call.started is None and not call.entries:
        return "unknown"
    # Arguments that the model put right are no business that failed.
    states = {life.outcome.status if life.outcome else "open" for life in call.tools if not _mended(life)}
    if "open" in states:
        return "pending"
    if "completed" in states:
        return "partly_resolved" if "failed" in states else "resolved"
    if ended.reason in OUR_FAULT:
        return "broken_off"
    if "failed" in states:
        return "failed"
    return "talked" if ended.turns else "silent"


def _mended(life: ToolLife) -> bool:
    return (
        life.outcome is not None
        and life.outcome.status == "failed"
        and life.outcome.content.get("code") == "invalid_arguments"
    )


def _summary(lives: Sequence[ToolLife], ended: CallEnded, unfinished: Sequence[Unfinished]) -> str:
    minutes, seconds = divmod(round(ended.seconds), 60)
    length = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    turns = "1 turn" if ended.turns == 1 else f"{ended.turns} turns"
    sentences = [f"A call of {length} with {turns} of the caller."]
    for life in lives:
        if _mended(life):
            continue
        name = life.asked.tool.replace("_", " ")
        if life.outcome is None:
            sentences.append(f"{name.capitalize()}: still under way.")
        elif life.outcome.status == "completed":
            sentences.append(f"{name.capitalize()}: done.")
        else:
            sentences.append(f"{name.capitalize()}: not done ({life.outcome.content.get('code')}).")
    sentences.append(ENDS[ended.reason])
    if unfinished:
        sentences.append("Somebody should ring the caller.")
    return " ".join(sentences)


def _unfinished(call: Conversation, events: Sequence[Event], ended: CallEnded) -> list[Unfinished]:
    """What no workflow carries on by itself.

    A question that its tool sends elsewhere (a link, a call back, a dispatcher) is that workflow's own business, as is
    everything of a tool that still runs.
    """
    elsewhere = {event.tool_call_id for event in events if isinstance(event, DecisionAsked)}
    failed = {life.asked.tool_call_id for life in call.tools if life.outcome and life.outcome.status == "failed"}
    found: dict[str, Unfinished] = {}
    for question in call.questions:
        mine = question.tool_call_id in failed and question.tool_call_id not in elsewhere
        if mine and question.status != "answered" and question.reason not in ("declined", "expired"):
            text = f"The call ended before the caller had answered: {question.text}"
            found[question.tool_call_id] = Unfinished(kind="unanswered", text=text, tool_call_id=question.tool_call_id)
    if not found and ended.turns and ended.reason in OUR_FAULT and _disposition(call, ended) == "broken_off":
        return [Unfinished(kind="broken_off", text=f"The call broke off. {ENDS[ended.reason]} What did they want?")]
    return list(found.values())
