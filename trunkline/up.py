"""``trunkline up``: the whole stack on this machine, until Ctrl-C."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from trunkline import sources
from trunkline.errors import in_sentences
from trunkline.roles import ROLES, named, settings_of
from trunkline.settings import StackSettings
from trunkline.stack.local import LocalStack
from trunkline.stack.reload import Snapshot, folders, snapshot, watch
from trunkline.stack.whole import Plan, WholeStack


@click.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of all data [default: .trunkline]."
)
@click.option("--region", help="Name of the region the stack plays [default: local].")
@click.option("--agent", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Another agent's file.")
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port of the edge [default: a free one].")
@click.option("--processes", type=click.IntRange(0, 256), help="Processes of the edge; 0 is one a core [default: 1].")
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings as NAME=value lines, or TOML. The environment goes before it.",
)
@click.option("--reload/--no-reload", default=True, help="Take up tools that are added or changed meanwhile.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when everything is ready.")
def up(
    data: Path | None,
    region: str | None,
    agent: Path | None,
    port: int | None,
    processes: int | None,
    file: Path | None,
    reload: bool,
    as_json: bool,
) -> None:
    """Run the whole stack on this machine, until Ctrl-C.

    Starts NATS, Temporal, PostgreSQL and Valkey on free loopback ports, then the edge, the worker and the bridge on
    them, and prints where everything is. What dies is started again, and a tool that is added or changed is taken up
    at once. All data is under one folder and is there again the next time; logs are in its 'logs'. A stack that runs is
    found by 'trunkline call' in the same folder.
    """
    sources.adopt(file)
    settings = sources.load(StackSettings, data=data, region=region, agent=agent, edge_port=port, processes=processes)
    _look_ahead(settings.agent)
    plan = Plan(
        settings.data, settings.region, settings.agent, settings.edge_host, settings.edge_port, settings.processes
    )
    asyncio.run(_run(plan, as_json, reload))


def _look_ahead(agent: Path | None) -> None:
    """Find what would keep a role from starting, before anything is started.

    Raises:
        TrunklineError: a setting or the agent's file cannot be used.
    """
    for role in ROLES.values():
        sources.load(settings_of(role))
    with in_sentences():
        named("edge.agent:load")(agent)


async def _run(plan: Plan, as_json: bool, reload: bool) -> None:
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopping.set)
    before = snapshot(folders(_tool_packages())) if reload else {}
    with progress.status("Starting the stack..."):
        stack = await _unless(stopping, WholeStack.start(plan, progress.print))
    if stack is None:
        return
    if as_json:
        print(stack.where.json(), flush=True)
    else:
        _print(stack.where)
    watching = asyncio.create_task(_reload(before, stack, progress)) if reload else None
    for finding in await named("trunkline.checks.tools:check")(plan.agent):
        if finding.state != "ok":
            progress.print(f"[yellow]Note:[/yellow] {finding.detail} {finding.advice}")
    await stopping.wait()
    if watching:
        watching.cancel()
    await _stop(stack, stopping, progress)


async def _reload(before: Snapshot, stack: WholeStack, progress: Console) -> None:
    """Take up tools that change; whatever goes wrong here, the stack goes on."""
    try:
        await watch(_tool_packages(), before, lambda: stack.renew("worker"), progress.print)
    except Exception as error:
        progress.print(f"[yellow]Note:[/yellow] Changes of tools are not taken up any more: {error}")


def _tool_packages() -> list[str]:
    packages: str = named("workers.settings:WorkerSettings")().tool_packages
    return packages.split(",")


async def _unless(stopping: asyncio.Event, start: Coroutine[Any, Any, WholeStack]) -> WholeStack | None:
    """What ``start`` brings; None where we are told to stop meanwhile, when all is stopped again."""
    starting = asyncio.create_task(start)
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait([starting, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not starting.done():
        starting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        return await starting
    return None


async def _stop(stack: WholeStack, stopping: asyncio.Event, progress: Console) -> None:
    """In order; a second signal does not wait for that."""
    stopping.clear()
    orderly = asyncio.create_task(stack.stop())
    again = asyncio.create_task(stopping.wait())
    with progress.status("Stopping the stack; once more to stop at once..."):
        await asyncio.wait([orderly, again], return_when=asyncio.FIRST_COMPLETED)
        if not orderly.done():
            await stack.kill()
        await orderly
    again.cancel()
    progress.print("Stopped. The data is kept.")


def _print(stack: LocalStack) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Talk to it", f"{stack.edge}/call  (in a browser on this machine)")
    table.add_row("Calls", stack.twilio_ws)
    table.add_row("Health", f"{stack.edge}/health")
    table.add_row("Metrics", f"{stack.edge}/metrics")
    table.add_row("Workflows", f"{stack.temporal_ui}  (web page of Temporal at {stack.temporal})")
    table.add_row("Events", stack.nats)
    table.add_row("Database", stack.postgres)
    table.add_row("Cache", stack.redis)
    table.add_row("Data", f"{stack.data}  (logs in {stack.data}/logs)")
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Trunkline is up, as region '{stack.region}'.", style="bold")
    console.print(table)
    console.print("Open the page and speak; or call it with 'trunkline call', from this folder or with the same")
    console.print("TRUNKLINE_DATA. Ctrl-C stops it.")
