"""What a language model is told about being on the telephone, whichever vendor's it is."""

import calendar
import json
from collections.abc import Mapping
from typing import Any

from edge.core.conversation import Conversation, LookedUp, Question, Tool, ToolOutcome
from edge.core.facts import Facts

ANSWER_QUESTION = "answer_question"
END_CALL = "end_call"
CANCEL_REQUEST = "cancel_request"

RULES = """\
You are speaking on the telephone; everything you write is read aloud.
- Use one or two short spoken sentences and ask one thing at a time. No lists, markup, emoji or stage directions.
- Say dates, times and amounts as people do: "Tuesday the twenty-fourth at half past ten".
- What the caller said comes from speech recognition: where it makes no sense, think of what sounds alike, or ask.
- Read back what you are about to ask a tool for, and call the tool once the caller has agreed.
- A tool's answer "accepted" means only that the request is stored. Never say that something is booked, paid or done
  until a note tells you its outcome. The system announces outcomes to the caller by itself; do not ask the caller to
  hold the line, go on with the conversation.
- Of several wishes see to one after the other and forget none. Danger goes before all of them; what it broke into goes
  on once help was found. Who asks what a thing costs does not order it yet.
- Do not repeat a tool call that was accepted, and do not make up facts, prices or free times.
- Where you were interrupted, the caller has heard only the words shown here. Where they have spoken more than once
  since your last words, answer all of it together.
- When the caller has said goodbye, say goodbye and call end_call."""

SENSITIVE = """
- Never say what the caller gave for a field marked "sensitive": say only that you have it."""

ACCEPTED = "Accepted: the request is stored and under way. Its outcome is not known yet; a note will tell you."
LONGEST = 6000
"""Characters of a quick tool's answer that a model is given."""
MENTIONED = 60.0
"""Seconds of age from which on an answer is said to be old."""
_CANCELLING = Tool(
    CANCEL_REQUEST,
    "call a request off",
    "Call off a request that is under way, only where the caller says in so many words that they do not want it any"
    " more; what comes of it is told to them. The newest note says what is under way and can be called off.",
    {"type": "object", "properties": {"tool_call_id": {"type": "string"}}, "required": ["tool_call_id"]},
)
INTERRUPTED = "It was cut off there; the caller heard no more than that."


def system(conversation: Conversation) -> str:
    """The standing instructions, which come first and are the same for the whole call.

    A vendor that keeps what it has read of a prompt reads only what is new: the functions, these, the conversation so
    far. What changes from reply to reply is in ``moment``, behind all that.
    """
    parts = [
        conversation.instructions,
        f"You answer for {conversation.business}." if conversation.business else "",
        facts(conversation.facts),
        RULES + (SENSITIVE if any(tool.sensitive for tool in conversation.tools) else ""),
        f"The caller's number is {conversation.caller}." if conversation.caller else "",
    ]
    return "\n\n".join(part for part in parts if part)


def facts(known: Facts) -> str:
    """When the business is open and what it charges, as far as its file says; and whom to call in danger."""
    open_on = (
        f"{calendar.day_name[day]} {opens:%H:%M}-{closes:%H:%M}" for day, (opens, closes) in sorted(known.hours.items())
    )
    prices = (f"{name}: {price}" for name, price in known.prices.items())
    beyond = "tell whoever speaks of fire, or of somebody hurt, to get to safety, hang up and call it at once"
    danger = f"{known.emergency_number}; {beyond}"
    said = [("Open", ", ".join(open_on)), ("Prices", "; ".join(prices)), ("Emergency number", danger)]
    return "\n".join(f"{what}: {how}." for what, how in said if how)


def moment(conversation: Conversation) -> str:
    """A note on how things stand as this reply is made."""
    now = conversation.now
    note = f"It is {now:%A} {now.day} {now:%B %Y}, {now:%H:%M} ({now.tzname()})."
    if not conversation.cancellable:
        return note
    under_way = "; ".join(
        f"{asked.tool_call_id}: {asked.tool} {json.dumps(dict(asked.arguments), ensure_ascii=False, default=str)}"
        for asked in conversation.cancellable
    )
    return f"{note} Under way, and can be called off by {CANCEL_REQUEST}: {under_way}"


def outcome(entry: ToolOutcome) -> str:
    """A note on what became of a tool call."""
    content = json.dumps(dict(entry.content), ensure_ascii=False, default=str)
    if entry.status == "refused":
        return (
            f"Your call of {entry.tool} was refused and nothing was stored: {content}. Put it right or ask the caller."
        )
    told = (
        "The caller has not been told: say so now, in your own words, and put it right with them."
        if entry.untold
        else "The system tells the caller; do not announce it again."
    )
    return f"Outcome of {entry.tool}: {entry.status}. {content} {told}"


def looked_up(entry: LookedUp) -> str:
    """What a quick tool told, as the answer to the call of it."""
    content = json.dumps(dict(entry.content), ensure_ascii=False, default=str)[:LONGEST]
    if entry.failed:
        return f"It could not be looked up: {content}. Say so; do not guess."
    return content if entry.age < MENTIONED else f"{content} (as of {entry.age:.0f} seconds ago)"


def questions(pending: tuple[Question, ...]) -> str:
    """A note on what the system has asked the caller and wants to know."""
    asked = "\n".join(f"- {question.question_id}: {question.text}" for question in pending)
    return f"The caller was asked this and has not answered yet. Once they do, call {ANSWER_QUESTION}.\n{asked}"


def functions(conversation: Conversation) -> list[Tool]:
    """The tools of the conversation, and those of the telephone itself: the same all the time but for questions."""
    own = [Tool(END_CALL, "hang up", "Hang up, once you have said goodbye.", {"type": "object", "properties": {}})]
    if any(not tool.quick for tool in conversation.tools):
        own.append(_CANCELLING)
    if conversation.questions:
        description = "Hand over the caller's answer to a question that the system asked."
        parameters = _answer_parameters(conversation.questions)
        own.append(Tool(ANSWER_QUESTION, "answer a question", description, parameters))
    return [tool for tool in conversation.tools if tool.name not in (END_CALL, ANSWER_QUESTION, CANCEL_REQUEST)] + own


def _answer_parameters(pending: tuple[Question, ...]) -> dict[str, Any]:
    """JSON Schema of the arguments. Definitions move to the top, since references to them begin there."""
    definitions: dict[str, Any] = {}
    answers: list[Mapping[str, Any]] = []
    for question in pending:
        answer = dict(question.answer)
        definitions |= answer.pop("$defs", {})
        answers.append(answer)
    return {
        "type": "object",
        "properties": {
            "question_id": {"type": "string", "enum": [question.question_id for question in pending]},
            "answer": answers[0] if len(answers) == 1 else {"anyOf": answers},
        },
        "required": ["question_id", "answer"],
    } | ({"$defs": definitions} if definitions else {})
