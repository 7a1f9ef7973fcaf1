"""Inputs and actions of TurnTaker in a few words."""

import textwrap
from dataclasses import fields

from edge.core import events as do
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped

LONGEST = 100
"""Characters of somebody's words that are shown."""


def quoted(text: str, longest: int = LONGEST) -> str:
    """Somebody's words, in quotation marks, cut to a length; anything that is no printable character is left out."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return f"“{textwrap.shorten(clean, longest, placeholder='…')}”"


def of_input(event: do.Input | None) -> str:
    """One input."""
    match event:
        case None:
            return "the time is up"
        case SpeechStarted(at):
            return f"speech since {at:.2f}"
        case SpeechStopped(at):
            return f"no speech since {at:.2f}"
        case SpeechStirred(at):
            return f"something that may be speech since {at:.2f}"
        case do.Heard(text, start, end, finished, hushed):
            belief = ("" if finished is None else f", finished {finished:.2f}") + (", then a hush" if hushed else "")
            return f"heard {quoted(text)} ({start:.2f} to {end:.2f}{belief})"
        case do.Key(digit):
            return f"key {digit}"
        case do.Ready(reply):
            return f"{reply} has audio"
        case do.Thought(reply):
            return f"{reply} is thought out"
        case do.Spoken(reply, heard, unproved):
            part = f", {'proved up to' if unproved else 'broken off at'} {heard:.0%}" if heard < 1.0 else ""
            return f"{reply} was spoken{part}"
        case do.Dry(reply):
            return f"{reply} has no audio left for now"
        case do.Busy(busy):
            return "business is under way" if busy else "no business is under way"
        case do.Cut(reply, heard):
            return f"{reply} was cut, {heard:.0%} of it heard"
        case do.Expect(reply, profile):
            return f"{reply} asks for {profile.replace('_', ' ')}"
        case do.Announce(announcement, text, cause, urgent, expires):
            until = "" if expires is None else f", until {expires:.2f}"
            return f"to be said{', urgent' if urgent else ''}: {cause} {announcement}{until}: {quoted(text)}"
        case do.LineClosed(reason):
            return f"the line closed: {reason.replace('_', ' ')}"
        case _:
            return _plain(event)


def of_action(action: do.Action, now: float) -> str:
    """One action, taken at ``now``."""
    match action:
        case do.Decode(start, end):
            return f"Decode {start:.2f} to {end:.2f}"
        case do.Begin(reply, turn, text, speculative):
            return f"Begin {reply} to turn {turn}{', speculative' if speculative else ''}: {quoted(text)}"
        case do.Commit(reply, turn, text, _, end, why):
            return f"Commit turn {turn}, {now - end:.2f} s after its last sound ({why}), {reply}: {quoted(text)}"
        case do.Say(reply, cause, text, announcement):
            return f"Say {reply}, {cause}{f' {announcement}' if announcement else ''}: {quoted(text)}"
        case do.Flush(reply, broken, acts):
            why = ", for something urgent" if broken else ", which still does what was asked for" if acts else ""
            return f"Flush {reply}{why}"
        case _:
            return _plain(action)


def _plain(event: object) -> str:
    """Its name and fields, for kinds that need no words of their own."""
    values = ((each.name, getattr(event, each.name)) for each in fields(event))  # type: ignore[arg-type]
    shown = ", ".join(
        quoted(value) if name == "text" else str(value) for name, value in values if value not in (None, False)
    )
    return f"{type(event).__name__} {shown}".rstrip()
