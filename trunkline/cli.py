"""The command ``trunkline``. Each command lives in a file of its own, imported when it is asked for."""

import atexit
import importlib
import os
import sys
from typing import NoReturn

import click

from trunkline.errors import TrunklineError

COMMANDS = {
    "Try it": {
        "demo": ("trunkline.demo.command:demo", "Place a phone call that books a visit, and show what happens."),
        "up": ("trunkline.up:up", "Run the whole stack on this machine, until Ctrl-C."),
        "call": ("trunkline.caller.command:call", "Call a running edge, as a person on the phone would."),
        "doctor": ("trunkline.doctor:doctor", "Check settings, engines, models, ports; say what to do."),
    },
    "Prove it": {
        "chaos": ("trunkline.chaos.command:chaos", "Kill the stack, part by part, under calls; count the effects."),
    },
    "Build on it": {
        "new": ("trunkline.new.command:new", "Write a tool, with its test, its history and its page."),
    },
    "Look into calls": {
        "replay": ("trunkline.replay.command:replay_command", "Decide a recorded call again, or by other rules."),
        "timeline": ("trunkline.replay.picture_command:timeline", "Draw a recorded call."),
    },
    "Look after what is under way": {
        "inbox": ("trunkline.inbox:inbox", "List what waits for a person, and answer it."),
        "erase": ("trunkline.erase:erase", "Erase what is kept of one caller, and certify it."),
        "outbox": ("trunkline.outbox:outbox", "List the messages to callers, and what became of them."),
    },
    "Run one role, as in production": {
        "edge": ("trunkline.roles:edge", "Answer calls: the streaming audio loop of one region."),
        "worker": ("trunkline.roles:worker", "Run the durable workflows: bookings and other tools."),
        "bridge": ("trunkline.roles:bridge", "Carry tool calls from NATS to Temporal."),
        "codec": ("trunkline.roles:codec", "Open encrypted payloads for Temporal's web page."),
        "gateway": ("trunkline.roles:gateway", "Run the sandbox payment gateway."),
    },
}


class Lazy(click.Group):
    """Knows its commands by name and one line, so that help is quick and one broken command harms no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        for section in COMMANDS.values():
            if cmd_name in section:
                return _load(cmd_name, section[cmd_name][0])
        raise click.exceptions.NoSuchCommand(cmd_name, possibilities=self.list_commands(ctx), ctx=ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, about) for name, (_, about) in section.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TrunklineError as error:
            raise click.ClickException(str(error)) from error


def _load(name: str, path: str) -> click.Command:
    module, _, attribute = path.partition(":")
    try:
        command = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            raise click.ClickException(f"This installation has no command '{name}'.") from error
        raise
    assert isinstance(command, click.Command)
    return command


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="trunkline")
def main() -> None:
    """Trunkline answers the phone, talks at the pace of people, and gets business done, durably.

    New here? 'trunkline demo' starts everything, books a visit by phone and shows each step. 'trunkline up' leaves it
    running for you to call.
    """


def run() -> NoReturn:
    """The program. Where Temporal's SDK was in use, it leaves without taking the interpreter apart: the SDK's threads
    may still be handing over what was answered, and would bring a command down that has done its work."""
    try:
        main(prog_name="trunkline")
    except SystemExit as end:
        if "temporalio.bridge.runtime" not in sys.modules:
            raise
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
