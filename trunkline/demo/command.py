"""``trunkline demo``: start everything, place a call that books a visit, and show what came of it."""

import asyncio
import shutil
import sys
import tempfile
import time
import wave
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from trunkline.caller import script as scripts
from trunkline.caller.call import CallPlan, place_call
from trunkline.caller.director import Manners
from trunkline.caller.follow import show
from trunkline.caller.recogniser import Recogniser
from trunkline.caller.report import CallEvent, CallReport
from trunkline.caller.script import Script
from trunkline.caller.voice import prepare
from trunkline.demo.evidence import Booking, bookings, confirms, right_channel, stored_events, transcribe
from trunkline.demo.stack import PARTS, own_stack
from trunkline.stack.local import LocalStack

BOOKING = Path(__file__).with_name("booking.yaml")
CALL_LIMIT = 150.0
"""Seconds after which the demo's caller gives up."""


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the stack's data in this folder.")
@click.option("--script", "script_file", type=click.Path(path_type=Path, dir_okay=False), help="Another caller.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The recording [default: recordings/demo-TIME.wav].",
)
@click.option("--keep", is_flag=True, help="Leave the stack running until Ctrl-C, to look at it.")
def demo(data: Path | None, script_file: Path | None, record: Path | None, keep: bool) -> None:
    """Place a phone call that books a visit, and show what happens.

    Starts the whole stack on free ports, calls it with spoken audio, and shows who said what and how long the caller
    waited for each answer, the tool call and the workflow's steps. Then it looks for the booking in PostgreSQL, for
    the call's events on JetStream, and listens to the recording for the confirmation.

    The exit code is 0 only if the booking is in the database exactly once and the confirmation can be heard.
    """
    record = record or Path("recordings") / f"demo-{datetime.now():%Y%m%d-%H%M%S}.wav"
    folder = data.resolve() if data else _fresh_folder()
    demo = Demo(scripts.load(script_file or BOOKING), record, keep)
    code = 1
    try:
        code = 0 if asyncio.run(demo.run(folder)) else 1
    except KeyboardInterrupt:
        code = 130
    finally:
        if code == 1:
            click.secho(f"The logs are in {folder / 'logs'}", fg="red", err=True)
        elif data is None:
            shutil.rmtree(folder, ignore_errors=True)
    raise click.exceptions.Exit(code)


def _fresh_folder() -> Path:
    """A folder of our own; others may look through it, as PostgreSQL's own user must."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-demo-"))
    folder.chmod(0o755)
    return folder


@dataclass
class Demo:
    """One run. ``failures`` are sentences on what is not as promised."""

    script: Script
    record: Path
    keep: bool
    failures: list[str] = field(default_factory=list)
    outcome_at: float = 0.0
    """Where what the agent says begins that the outcome comes into, or the outcome."""

    async def run(self, folder: Path) -> bool:
        """Whether everything was as promised."""
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            where, recogniser = await self._set_up(stack, folder)
            _title("The call")
            report = await self._call(where, recogniser)
            _title("What it left behind")
            await self._look(where, report, recogniser)
            for failure in self.failures:
                click.secho(f"NOT AS PROMISED: {failure}", fg="red")
            if not self.failures:
                click.secho(f"All as promised, in {time.monotonic() - began:.0f} seconds.", fg="green")
            await self._stay(where)
        return not self.failures

    async def _set_up(self, stack: AsyncExitStack, folder: Path) -> tuple[LocalStack, Recogniser]:
        """The stack and the caller's ears and voice, side by side."""
        _title("Starting the stack")
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(soft_wrap=True)) as progress:
            bar = progress.add_task("engines, edge, worker, bridge", total=PARTS + 2)
            preparing = asyncio.create_task(self._prepare(stack, progress, bar))
            try:
                where = await stack.enter_async_context(
                    own_stack(folder, lambda name: progress.update(bar, advance=1, description=f"{name} is ready"))
                )
                recogniser = await preparing
            finally:
                preparing.cancel()
                await asyncio.gather(preparing, return_exceptions=True)
            progress.update(bar, completed=PARTS + 2, description="all is ready")
        return where, recogniser

    async def _prepare(self, stack: AsyncExitStack, progress: Progress, bar: TaskID) -> Recogniser:
        recogniser = await Recogniser.start()
        stack.push_async_callback(recogniser.close)
        progress.advance(bar)
        await prepare(self.script, recogniser)  # loads the voice, which the call then finds warm
        progress.advance(bar)
        return recogniser

    async def _call(self, where: LocalStack, recogniser: Recogniser) -> CallReport:
        said: float | None = None

        def follow(event: CallEvent) -> None:
            nonlocal said
            match event.kind:
                case "agent":
                    said = event.at
                case "caller":
                    said = None
                case "outcome":
                    self.outcome_at = event.at if said is None else said
            show(event)

        plan = CallPlan(
            to=where.twilio_ws,
            script=self.script,
            nats=where.nats,
            record=self.record,
            timeout=CALL_LIMIT,
            manners=Manners(pause=0.5),
        )
        report = await place_call(plan, follow, recogniser=recogniser)
        if not report.ok:
            self.failures.append(f"The call did not end well: {report.ended.reason}. {report.ended.detail}")
        return report

    async def _look(self, where: LocalStack, report: CallReport, recogniser: Recogniser) -> None:
        rows = await bookings(where.postgres, report.call_id)
        for row in rows:
            _line("PostgreSQL", _row(row))
        if len(rows) != 1:
            self.failures.append(f"The call has {len(rows)} bookings in the database; it should have exactly one.")
        for tool in report.tools or []:
            _line("Temporal", f"workflow {tool.id}, {tool.outcome}")
            _line("", f"{where.temporal_ui}/namespaces/default/workflows/{tool.id}")
        kinds = await stored_events(where.nats, where.region, report.call_id)
        _line("JetStream", f"{sum(kinds.values())} events: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items()))
        waits = sorted(turn.voice_to_voice_ms for turn in report.turns if turn.voice_to_voice_ms is not None)
        if waits:
            middle = float(np.median(waits))
            _line("Voice to voice", f"median {middle:.0f} ms, longest {waits[-1]:.0f} ms, over {len(waits)} turns")
        _line("Recording", f"{self.record} (caller left, agent right)")
        if rows:
            await self._listen(rows[-1], recogniser)

    async def _listen(self, booking: Booking, recogniser: Recogniser) -> None:
        """Recognise the recording from the outcome on: what was said before may hold the same words."""
        with wave.open(str(self.record), "rb") as file:
            both = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)
            agent = right_channel(both)[int(self.outcome_at * file.getframerate()) :]
        words = await transcribe(agent, recogniser)
        _line("Heard in it", f'"{words}"')
        if not confirms(words, booking):
            self.failures.append("The confirmation of the booking cannot be heard in the recording.")

    async def _stay(self, where: LocalStack) -> None:
        """With --keep at a terminal: until Ctrl-C."""
        if not self.keep:
            return
        if not sys.stdin.isatty():
            click.echo("--keep is for a terminal; without one the stack is stopped now.")
            return
        click.echo(f"The stack stays up until Ctrl-C. Temporal's pages: {where.temporal_ui}")
        await asyncio.Event().wait()


def _title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _line(name: str, text: str) -> None:
    click.echo(f"  {click.style(f'{name:<15}', fg='cyan')}{text}")


def _row(row: Booking) -> str:
    return (
        f"{row.service} on {row.day:%A %Y-%m-%d} at {row.time:%H:%M} for {row.name}, by {row.technician}, {row.status}"
    )
