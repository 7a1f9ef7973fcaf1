"""Turning from one wish to another that was kept: "first the tap", "let's go back to the boiler"."""

import re
from dataclasses import replace

from edge.dialogue import alarm, choosing, phrasing, schema, wishes
from edge.dialogue.request import Request, dropped, title
from edge.dialogue.situation import Move, Situation
from edge.dialogue.words import join, listen

_TURNS = re.compile(rf"{wishes.FIRST}|\b(?:back|return) to\b|\bstart with\b|\bbefore that\b")


def turned(here: Situation, under_way: Request) -> Move | None:
    """The kept wish that the caller would rather have first; the one under way is kept in its place as far as it is."""
    if not _TURNS.search(join(here.words)) or alarm.told(here, here.words) or any(s.advice for s in under_way.slots):
        return None
    text = next((text for text in here.state.wishes if wishes.named(here, text, here.words)), None)
    tool = wishes.tool_of(here, text) if text else None
    if text is None or tool is None:
        return None
    rest = [other for other in here.state.wishes if other != text]
    state = replace(dropped(here.state), wishes=(_put_by(here, under_way), *rest))
    move = choosing.start(replace(here, words=listen(text), state=state), tool)
    return move.led(here.voice.pick("All right, that one first.", "Sure, let's do that one first."))


def _put_by(here: Situation, request: Request) -> str:
    """The request in words that tell all of it that is known."""
    hidden = schema.constants(request.tool.parameters)
    slots = [slot for slot in request.slots if slot.name not in hidden]
    return f"{title(request.tool)} {phrasing.summary(slots, request.state.slots, here.today)}".strip()
