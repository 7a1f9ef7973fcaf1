"""One role in this process, against engines that settings name: what production and ``trunkline up`` run."""

import asyncio
import contextlib
import functools
import importlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import uvloop
from pydantic_settings import BaseSettings

from trunkline import logs, sources
from trunkline.errors import in_sentences
from trunkline.settings import StackSettings


@dataclass(frozen=True, slots=True)
class Role:
    """``settings`` and ``serve`` are ``module:name``, imported when the role runs and not before."""

    name: str
    settings: str
    serve: str


ROLES = {
    role.name: role
    for role in (
        Role("edge", "edge.settings:EdgeSettings", "edge.app:serve"),
        Role("worker", "workers.settings:WorkerSettings", "workers.worker:serve"),
        Role("bridge", "workers.settings:BridgeSettings", "workers.bridge:serve"),
        Role("codec", "workers.settings:CodecSettings", "workers.codec_server:serve"),
        Role("gateway", "trunkline.gateway.settings:GatewaySettings", "trunkline.gateway.app:serve"),
    )
}


def named(path: str) -> Any:
    """What ``module:name`` means."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def settings_of(role: Role) -> type[BaseSettings]:
    kind: type[BaseSettings] = named(role.settings)
    return kind


def run(role: Role, file: Path | None, serve: Callable[..., Awaitable[None]] | None = None, **given: Any) -> None:
    """Run the role until SIGTERM or Ctrl-C, on uvloop. One line of JSON on standard output says that it serves.

    ``given`` settings go before all others; ``serve`` before the role's own.

    Raises:
        TrunklineError: a setting cannot be used, or the role says in a sentence why it cannot run.
    """
    sources.adopt(file)
    settings = sources.load(settings_of(role), **given)
    logs.configure(role.name, sources.load(StackSettings).log_level)
    serve = serve or named(role.serve)
    work = functools.partial(serve, settings, _announcer(role))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signalled(work))


def _announcer(role: Role) -> Callable[[str], None]:
    def ready(where: str) -> None:
        print(json.dumps({"role": role.name, "ready": where}), flush=True)

    return ready


async def _until_signalled(serve: Callable[[], Awaitable[None]]) -> None:
    """The first signal asks it to finish; a second does not wait for that."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(serve())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, task, number)
    with in_sentences(), contextlib.suppress(asyncio.CancelledError):
        await task


def _stop(task: "asyncio.Future[None]", number: signal.Signals) -> None:
    asyncio.get_running_loop().remove_signal_handler(number)
    task.cancel()


def _command(role: Role, text: str) -> click.Command:
    @click.command(role.name, help=text, epilog="'trunkline doctor' lists every setting, its default and its value.")
    @click.option(
        "--settings",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Settings as NAME=value lines, or TOML. The environment goes before it.",
    )
    def command(file: Path | None) -> None:
        run(role, file)

    return command


@click.command("edge", epilog="'trunkline doctor' lists every setting, its default and its value.")
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings as NAME=value lines, or TOML. The environment goes before it.",
)
@click.option("--processes", type=click.IntRange(0, 256), help="Processes that share the calls [default: one a core].")
@click.option("--control", type=int, hidden=True, help="Of a process's parent: the socket that connections come by.")
def edge(file: Path | None, processes: int | None, control: int | None) -> None:
    """Answer calls: the streaming audio loop of one region.

    Listens for carriers (TRUNKLINE_EDGE_HOST and TRUNKLINE_EDGE_PORT, loopback unless told otherwise) and needs NATS
    (TRUNKLINE_NATS_URL) alone. Several processes share the port and the calls; one that dies takes only its own calls
    with it and is started again. At SIGTERM it takes no new calls, gives those in progress five seconds, and ends.
    """
    if control is not None:
        run(ROLES["edge"], file, lambda settings, _: named("edge.processes.member:serve")(settings, control))
    else:
        run(ROLES["edge"], file, _edge, processes=processes)


async def _edge(settings: Any, ready: Callable[[str], None]) -> None:
    if named("edge.processes.parent:count")(settings) == 1:
        await named("edge.app:serve")(settings, ready)
    else:
        await named("edge.processes.parent:serve")(settings, ready, _child)


def _child(control: int) -> tuple[str, ...]:
    """How the parent starts a process; settings come by its environment."""
    # -P: nothing in the current folder may stand in for a module of ours.
    return (sys.executable, "-P", "-m", "trunkline.cli", "edge", "--control", str(control))


worker = _command(
    ROLES["worker"],
    """Run the durable workflows: bookings and whatever other tools there are.

    Needs Temporal (TRUNKLINE_TEMPORAL_ADDRESS), PostgreSQL (TRUNKLINE_POSTGRES_DSN), whose tables it makes and
    migrates, and NATS (TRUNKLINE_NATS_URL).""",
)
bridge = _command(
    ROLES["bridge"],
    """Carry tool calls from NATS to Temporal, each exactly once.

    Needs NATS (TRUNKLINE_NATS_URL) and Temporal (TRUNKLINE_TEMPORAL_ADDRESS).""",
)
codec = _command(
    ROLES["codec"],
    """Open encrypted payloads for Temporal's web page and command line.

    Temporal's codec protocol over HTTP, on loopback (TRUNKLINE_CODEC_PORT): it needs the workers' keys
    (TRUNKLINE_PAYLOAD_KEYS), a token (TRUNKLINE_CODEC_TOKEN), and the page's origin (TRUNKLINE_CODEC_ORIGINS).""",
)
gateway = _command(
    ROLES["gateway"],
    """Run the sandbox payment gateway: test cards, tokens, authorisations.

    It stands for what is outside, and 'trunkline up' runs one. Needs PostgreSQL (TRUNKLINE_POSTGRES_DSN), where all of
    it is in the schema 'gateway'. Listens on loopback alone (TRUNKLINE_GATEWAY_PORT).""",
)
