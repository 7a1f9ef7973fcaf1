"""A call as lines on a terminal, while it happens."""

import click

from trunkline.caller.report import CallEvent

_WHO = {
    "connected": ("call", "bright_black"),
    "agent": ("agent", "cyan"),
    "caller": ("caller", "green"),
    "tool": ("tool", "yellow"),
    "step": ("step", "yellow"),
    "outcome": ("outcome", "yellow"),
    "note": ("note", "red"),
    "ended": ("ended", "bright_black"),
}


def line(event: CallEvent) -> str:
    """``  12.3 s  agent     412 ms  Which day suits you?``; colours vanish where the output is no terminal."""
    who, colour = _WHO[event.kind]
    waited = f"{event.voice_to_voice_ms:.0f} ms" if event.voice_to_voice_ms is not None else ""
    return f"{event.at:6.1f} s  {click.style(f'{who:<8}', fg=colour)}{waited:>8}  {event.text}"


def show(event: CallEvent, *, err: bool = False) -> None:
    """Print it now."""
    click.echo(line(event), err=err)
