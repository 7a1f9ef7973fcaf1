"""A conversation as OpenAI's chat completions take it: messages and functions, the same of what has not changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from edge import prompt
from edge.core.conversation import AgentSaid, CallerSaid, Conversation, LookedUp, ToolAsked, ToolOutcome

Message = dict[str, Any]


def correction(text: str, faults: Sequence[str]) -> list[Message]:
    """What is added to the conversation when function calls made no sense."""
    said: list[Message] = [{"role": "assistant", "content": text}] if text else []
    again = "Make all of your function calls again, correctly; none was carried out."
    spoken = " What you said before was spoken; do not repeat it." if text else ""
    return [*said, {"role": "system", "content": f"{' '.join(faults)} {again}{spoken}"}]


def functions(conversation: Conversation) -> list[Message]:
    """The tools in the API's form."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in prompt.functions(conversation)
    ]


def messages(conversation: Conversation) -> list[Message]:
    """The conversation in the API's form.

    Tool calls get short ids of their own, since the API takes no more than 40 characters.
    """
    out: list[Message] = [_note(prompt.system(conversation))]
    for number, entry in enumerate(conversation.entries):
        match entry:
            case CallerSaid(text=text):
                out.append({"role": "user", "content": text})
            case AgentSaid(text=text, interrupted=interrupted):
                if text:
                    out.append({"role": "assistant", "content": text})
                if interrupted:
                    out.append(_note(prompt.INTERRUPTED))
            case ToolAsked(tool=tool, arguments=arguments):
                out += _called(f"call_{number}", tool, arguments, prompt.ACCEPTED)
            case ToolOutcome():
                out.append(_note(prompt.outcome(entry)))
            case LookedUp(tool=tool, arguments=arguments):
                out += _called(f"call_{number}", tool, arguments, prompt.looked_up(entry))
    out.append(_note(prompt.moment(conversation)))
    if conversation.questions:
        out.append(_note(prompt.questions(conversation.questions)))
    return out


def _note(text: str) -> Message:
    return {"role": "system", "content": text}


def _called(call: str, tool: str, arguments: Mapping[str, Any], answer: str) -> list[Message]:
    function = {"name": tool, "arguments": json.dumps(dict(arguments), ensure_ascii=False, default=str)}
    return [
        {"role": "assistant", "tool_calls": [{"id": call, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call, "content": answer},
    ]
