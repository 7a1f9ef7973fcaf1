"""``trunkline call``: a person on the phone, for a running edge."""

import asyncio
import functools
import json
import os
import signal
from pathlib import Path

import click

from trunkline.caller import script as scripts
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.errors import CallerError
from trunkline.caller.follow import show
from trunkline.caller.report import CallReport
from trunkline.caller.script import Script, Step
from trunkline.caller.session import address
from trunkline.stack import local

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--to", metavar="URL", help="The edge, like ws://127.0.0.1:8080/twilio. Default: the local stack.")
@click.option(
    "--say",
    type=FILE,
    multiple=True,
    help="A WAV file (any rate, channels, width), spoken once the agent has been silent for a moment. Repeatable.",
)
@click.option("--script", "script_file", type=FILE, help="A YAML file with 'lines' and 'answers'.")
@click.option("--record", type=FILE, help="Write a stereo WAV here: caller left, agent right.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on the last line; the log goes to stderr.")
@click.option("--from", "caller", metavar="NUMBER", default="+12025550143", show_default=True, help="Who calls.")
@click.option(
    "--nats",
    metavar="URL",
    help="NATS of the stack, to learn of tools. Default: the local stack's, else TRUNKLINE_NATS_URL.",
)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder of the local stack to call."
)
@click.option(
    "--timeout",
    type=click.FloatRange(1.0, 3600.0),
    default=180.0,
    show_default=True,
    help="Seconds after which the caller hangs up whatever happens.",
)
def call(
    to: str | None,
    say: tuple[Path, ...],
    script_file: Path | None,
    record: Path | None,
    as_json: bool,
    caller: str,
    nats: str | None,
    data: Path | None,
    timeout: float,
) -> None:
    """Place a call to a running edge, in real time, and show what is said.

    The caller hears the agent by recognising its audio. It speaks the --say files and the script's lines in order, each
    when the agent has been silent for a moment, and gives the script's answers to what the agent asks. After its last
    line it waits for running tools and their spoken outcome, then hangs up. A script is YAML:

    \b
    lines:
      - I'd like to book a boiler service for next Tuesday.
      - {keys: "12#", interrupt: 0.8}
    answers:
      - {when: your name, say: John Miller.}

    The exit code is 0 when one of the two ended the call, 1 when the line broke, the edge was not there, or the call
    took too long.
    """
    plan = CallPlan(
        to=to or _local(data).twilio_ws,
        script=_script(script_file, say),
        caller=caller,
        nats=nats or _nats_of(to, data) or os.environ.get("TRUNKLINE_NATS_URL"),
        record=record,
        timeout=timeout,
        auth_token=os.environ.get("TRUNKLINE_TWILIO_AUTH_TOKEN"),
    )
    report = asyncio.run(_place(plan, as_json))
    if as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    elif report.recording:
        click.echo(f"The recording is {report.recording}")
    if not report.ok:
        raise click.exceptions.Exit(1)


async def _place(plan: CallPlan, as_json: bool) -> CallReport:
    """Ctrl-C hangs up, so that there is a report and a recording all the same."""
    hang_up = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, hang_up.set)
    return await place_call(plan, functools.partial(show, err=as_json), hang_up=hang_up)


def _script(path: Path | None, say: tuple[Path, ...]) -> Script:
    """The files of --say go before the lines of the script."""
    script = scripts.load(path) if path else Script()
    played = tuple(Step(play=file.resolve()) for file in say)
    return script.model_copy(update={"lines": played + script.lines})


def _local(data: Path | None) -> local.LocalStack:
    stack = local.find(data)
    if stack is None:
        where = f"on {data}" if data else "here"
        message = f"No stack runs {where}. Start one with 'trunkline up', or name an edge with --to."
        raise CallerError("no_stack", message)
    return stack


def _nats_of(to: str | None, data: Path | None) -> str | None:
    """NATS of the local stack, where that is what is called."""
    stack = local.find(data)
    return stack.nats if stack and (to is None or address(to) == address(stack.twilio_ws)) else None
