"""What "cancel that" is about: the request being made, business under way, or a tool that cancels something else."""

from dataclasses import replace

from edge.core.conversation import Cancel, ToolAsked
from edge.dialogue import choosing, smalltalk
from edge.dialogue.intent import rank, without
from edge.dialogue.request import dropped
from edge.dialogue.situation import Move, Situation, called_off


def cancel(here: Situation) -> Move | None:
    """Talk of a request ends here; business under way is called off. None where another tool is called for."""
    state = replace(dropped(here.state), closing=True)
    if here.state.tool:
        say = here.voice.pick("All right, I've dropped that.", "Okay, we'll leave that.")
        say = "All right, then the first one stays as it is." if here.state.recalls else say
        return Move(f"{say} Is there anything else I can do for you?", state, expects="yes_no")
    if here.running:
        return _under_way(here)
    over = here.finished and called_off(here.finished[-1])
    if over and not choosing.called_for(here, without(here.words, "cancel")):
        return Move("That's called off. Is there anything else I can do for you?", state, expects="yes_no")
    if choosing.called_for(here):
        return None
    if here.finished:
        return Move(
            "That's already settled, and I can't undo it from here, I'm sorry. Is there anything else?",
            state,
            expects="yes_no",
        )
    return Move(f"No problem, nothing has been booked or changed. {smalltalk.offer(here)}", state)


def _under_way(here: Situation) -> Move | None:
    meant = _meant(here)
    if meant is None:
        return None
    if meant in here.talk.cancellable:
        say = here.voice.pick(
            "All right, I'll stop that if I still can.", "Okay, let me see whether I can still stop that."
        )
        return Move(say, here.becomes(misses=0), acts=(Cancel(meant.tool_call_id),))
    return Move(
        "That request is already under way, and I can't stop it from here. Is there anything else?",
        replace(dropped(here.state), closing=True),
        expects="yes_no",
    )


def _meant(here: Situation) -> ToolAsked | None:
    """Of what is under way, the last that the words may mean; one that can be called off before one that cannot.

    "Cancel" alone says nothing of a tool that cancels, so what else was said is what counts.
    """
    likely = [(tool.name, score) for score, tool in rank(without(here.words, "cancel"), here.tools)]
    best = max((score for _, score in likely), default=0.0)
    named = {name for name, score in likely if score == best and best >= choosing.ENOUGH}
    found = [asked for asked in here.running if not named or asked.tool in named]
    return max(found, key=lambda asked: (asked in here.talk.cancellable, here.running.index(asked)), default=None)
