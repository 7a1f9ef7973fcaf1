"""What is said beside the business: greetings, thanks, "hold on", "are you a robot?", goodbye."""

from collections.abc import Callable
from dataclasses import replace

from edge.core.conversation import AgentSaid
from edge.dialogue import asking
from edge.dialogue.filling import back
from edge.dialogue.intent import Act
from edge.dialogue.phrasing import listed
from edge.dialogue.request import Request, dropped, title, under_way
from edge.dialogue.situation import Move, Situation, open_question

_CALLS = frozenset("call callback ring phone".split())
"""In the name of a tool that has somebody call back."""


def abilities(here: Situation) -> str:
    """ "book a visit, report a lost parcel, or order a pizza"."""
    return listed([title(tool) for tool, _ in here.tools[:5]])


def unheard(here: Situation) -> Move:
    """Nothing, or noise."""
    state = here.becomes(misses=here.state.misses + 1)
    say = here.voice.escalate(
        here.state.misses,
        here.voice.pick("Sorry, I didn't catch that.", "I'm sorry, I didn't hear you there."),
        "I still can't hear you well. Could you say that again?",
        "The line is a little noisy. Could you speak up a bit, please?",
        "I'm afraid I can't make out what you say. Please try once more, close to the phone.",
    )
    return Move(say, state, expects=None, keep=True)


def repeat(here: Situation) -> Move:
    """What was said last, once more."""
    said = here.state.said if here.state.said and not _announced_since(here) else here.last_text
    if not said:
        return Move(f"Sure. {offer(here)}", here.becomes(misses=0))
    return Move(f"{here.voice.pick('Sure, I said:', 'Of course. I said:')} {said}", here.becomes(misses=0), keep=True)


def _announced_since(here: Situation) -> bool:
    """Whether something else than a reply of ours was heard last."""
    said = [entry for entry in here.talk.entries if isinstance(entry, AgentSaid) and entry.text]
    return bool(said) and said[-1].state is None


def hold(here: Situation) -> Move:
    return Move(
        here.voice.pick("Sure, take your time.", "Of course, no rush.", "No problem, I'll wait."), here.state, keep=True
    )


def robot(here: Situation) -> Move:
    name = here.talk.business or "this company"
    return Move(f"I'm an automated assistant for {name}, but I can get things done.", here.becomes(misses=0))


def person(here: Situation) -> Move:
    can = f" But I can {abilities(here)}." if here.tools else ""
    return Move(f"I'm afraid I can't put you through to a person from here.{can}", here.becomes(misses=0))


def calling_back(here: Situation, kinds: list[Act]) -> Move | None:
    """The caller will call again, and nothing is kept of what was only talked about; or wishes to be called."""
    if open_question(here):
        return None
    if "later" in kinds:
        booked = "" if here.running or here.finished else " Nothing has been booked so far."
        say = f"Of course, call whenever it suits you.{booked} Is there anything else I can do for you?"
        return Move(say, replace(dropped(here.state), closing=True, wishes=(), put_off=None), expects="yes_no")
    if "call_me" in kinds and not any(_CALLS & set(tool.name.split("_")) for tool, _ in here.tools):
        say = "I'm afraid I can't arrange for anybody to call you back, but you can call us whenever it suits you."
        return and_back(here, Move(say, here.becomes(misses=0)))
    return None


def able(here: Situation) -> Move:
    if not here.tools:
        return nothing(here)
    return Move(f"I can {abilities(here)} for you, right here on the phone.", here.becomes(misses=0))


def options(here: Situation) -> Move:
    """The choices of the slot in question, or of the first tool that has any."""
    found = here.tool(here.state.tool) or next(
        (one for one in here.tools if any(s.kind == "choice" for s in one[1])), None
    )
    slots = [slot for slot in found[1] if slot.kind == "choice" and len(slot.choices) > 1] if found else []
    slot = next((slot for slot in slots if slot.name in here.state.asked), slots[0] if slots else None)
    if slot is None:
        return able(here)
    state = here.becomes(misses=0, offering=tuple(choice.spoken for choice in slot.choices))
    return Move(f"You can choose from these: {asking.offer(slot, here.today)}.", state)


def audible(here: Situation) -> Move:
    return Move("Yes, I can hear you.", here.becomes(misses=0))


def language(here: Situation) -> Move:
    return Move("I'm afraid I only speak English.", here.becomes(misses=0))


def how_are_you(here: Situation) -> Move:
    return Move("I'm doing well, thank you for asking.", here.becomes(misses=0))


def frustrated(here: Situation) -> Move:
    return Move("I'm sorry about the trouble, I really am.", here.becomes(misses=0))


def status(here: Situation) -> Move | None:
    """How far the last request is; None where none was made."""
    if here.running:
        return Move(
            here.voice.pick(
                "I'm still working on that. It won't be long.",
                "It's still under way. I'll tell you as soon as it's done.",
            ),
            here.becomes(misses=0),
        )
    if not here.finished or here.state.tool:
        return None
    if here.finished[-1].status == "completed":
        return Move(
            "Yes, that's all done. Is there anything else I can do for you?",
            here.becomes(closing=True, misses=0),
            expects="yes_no",
        )
    return None


def hello(here: Situation) -> Move:
    return Move(
        here.voice.pick("Hello, good to hear from you.", "Hello, I'm listening.", "Hi there, I'm here."),
        here.becomes(misses=0),
    )


def thanks(here: Situation) -> Move:
    welcome = here.voice.pick("You're very welcome.", "You're welcome.", "My pleasure.")
    if here.state.tool:
        return Move(welcome, here.becomes(misses=0))
    if here.running:
        more = "I'll tell you as soon as it's done. Anything else in the meantime?"
    else:
        more = here.voice.pick(
            "Is there anything else I can do for you?",
            "Is there anything else today?",
            "Can I help you with anything else?",
        )
    return Move(f"{welcome} {more}", here.becomes(closing=True, misses=0), expects="yes_no")


def unknown_answer(here: Situation) -> Move:
    """A question that nothing at hand answers."""
    say = here.voice.pick(
        "I'm afraid I can't tell you that from here.",
        "That I don't know, I'm sorry.",
        "I'm sorry, I have no answer to that here.",
    )
    return Move(say, here.becomes(misses=0))


def nothing(here: Situation) -> Move:
    """There is no tool at all."""
    state = here.becomes(misses=here.state.misses + 1)
    say = here.voice.escalate(
        here.state.misses,
        "I'm very sorry, I can't take any requests at the moment. Please try again a little later.",
        "I'm afraid our system isn't available right now. Could you call back in a while?",
        "I'm sorry, there's nothing I can do for you at this moment. Please call again later.",
    )
    return Move(say, state)


def goodbye(here: Situation, *, clear: bool) -> Move:
    """End the call; but not over a request still under way, unless the caller insists."""
    if open_question(here) and not here.state.leaving:
        return Move("Before you go, there's one thing left.", here.becomes(leaving=True))
    request = under_way(here)
    if request and here.state.confirming and not here.state.leaving:
        asked = back(here, Request(request.tool, request.slots, here.becomes(leaving=True)))
        return asked.led("Before you go: that isn't settled yet.")
    if here.running and not (clear and here.state.leaving):
        way = "or hang up, and we'll text you." if here.talk.caller else "and you'll hear how it went."
        say = here.voice.pick("I'm still finishing your request.", "Your request is still under way.")
        return Move(f"{say} Stay on the line for a moment, {way}", here.becomes(leaving=True, closing=False))
    name = f" {here.talk.business}" if here.talk.business else ""
    text = " We'll text you the outcome." if here.running and here.talk.caller else ""
    say = here.voice.pick(
        f"Thank you for calling{name}.{text} Goodbye!", f"Thanks for calling{name}.{text} Have a good day, goodbye!"
    )
    return Move(say, dropped(here.state), end=True)


def offer(here: Situation) -> str:
    """The open question of a call in which nothing is going on."""
    if not here.tools:
        return "Please try again a little later."
    return here.voice.pick("What can I do for you?", "How can I help you today?", "So, how can I help?")


ASIDES: dict[Act, Callable[[Situation], Move]] = {
    "robot": robot,
    "person": person,
    "abilities": able,
    "options": options,
    "how_are_you": how_are_you,
    "audible": audible,
    "language": language,
    "frustrated": frustrated,
}
"""Acts that are answered in a sentence, after which the talk goes back to where it was."""


def and_back(here: Situation, move: Move) -> Move:
    """An aside, then the point: the request's question, the workflow's, or the open one."""
    request = under_way(here)
    if request is None and here.talk.questions:
        return replace(move, state=replace(move.state, question=None))  # So that it is asked again.
    if request is None:
        return replace(move, say=f"{move.say} {offer(here)}", expects="open")
    returned = back(here, Request(request.tool, request.slots, move.state))
    return replace(returned, say=f"{move.say} {returned.say}", acts=move.acts)
