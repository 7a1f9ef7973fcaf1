"""What a language model's function calls mean, and what a reply lacks that has nothing else; for every vendor."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from edge import prompt
from edge.core.conversation import (
    Answer,
    Cancel,
    Conversation,
    Done,
    EndCall,
    ReplyEvent,
    TextDelta,
    ToolAsked,
    ToolCall,
)

SORRY = "I'm sorry, I got that wrong. Could you say it once more?"
GOODBYE = "Thank you for calling. Goodbye."


def read_call(name: str, text: str, conversation: Conversation) -> ReplyEvent:
    """What a function call asks for.

    Raises:
        ValueError: there is no such function, or the arguments are not for it; says so to the model.
    """
    try:
        arguments = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The arguments of {name} were not valid JSON: {text[:200]!r}.") from error
    if not isinstance(arguments, dict):
        raise ValueError(f"The arguments of {name} were not a JSON object: {text[:200]!r}.")
    if name == prompt.END_CALL:
        return EndCall()
    if name == prompt.ANSWER_QUESTION and conversation.questions:
        return _answer(arguments, conversation)
    if name == prompt.CANCEL_REQUEST:
        return _cancel(arguments, conversation)
    if name not in {tool.name for tool in conversation.tools}:
        raise ValueError(f"There is no function {name!r}.")
    return ToolCall(name, arguments)


def _answer(arguments: Mapping[str, Any], conversation: Conversation) -> Answer:
    pending = {question.question_id: question for question in conversation.questions}
    known = arguments.get("question_id")
    question = pending.get(known) if isinstance(known, str) else None
    if question is None and len(pending) == 1:
        (question,) = pending.values()
    if question is None:
        raise ValueError(f"question_id must be one of {', '.join(pending)}.")
    answer = arguments.get("answer")
    fields = list(question.answer.get("properties", ()))
    if not isinstance(answer, dict) and answer is not None and len(fields) == 1:
        answer = {fields[0]: answer}  # A model that sees one field often sends its bare value.
    if not isinstance(answer, dict):
        raise ValueError(f"answer must be an object that fits {json.dumps(dict(question.answer))}.")
    return Answer(question.question_id, answer)


def _cancel(arguments: Mapping[str, Any], conversation: Conversation) -> Cancel:
    under_way = [asked.tool_call_id for asked in conversation.cancellable]
    if not under_way:
        raise ValueError("Nothing is under way that can be called off.")
    known = arguments.get("tool_call_id", under_way[0] if len(under_way) == 1 else None)
    if known not in under_way:
        raise ValueError(f"tool_call_id must be one of {', '.join(under_way)}.")
    return Cancel(known)


def finished(events: Sequence[ReplyEvent], text: str, conversation: Conversation) -> list[ReplyEvent]:
    """The rest of a reply whose text was ``text``: no turn of the agent may end in silence."""
    asked = [event for event in events if isinstance(event, ToolCall | Answer | Cancel)]
    if text:
        return [*events, Done()]
    if any(isinstance(event, EndCall) for event in events):
        return [TextDelta(GOODBYE), *events, Done()]
    if not asked:
        return [TextDelta(SORRY), *events, Done()]
    if not conversation.entries or not isinstance(conversation.entries[-1], ToolAsked):
        return [*events, Done(again=True)]
    # It was asked to speak of its tool calls and made more of them: it would go on like that.
    names = {event.tool for event in asked if isinstance(event, ToolCall)}
    words = next((tool.acknowledgement for tool in conversation.tools if tool.name in names), "One moment please.")
    return [TextDelta(words), *events, Done()]
