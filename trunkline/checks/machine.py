"""The machine: ports, disk, clock."""

import asyncio
import os
import shutil
import sys
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from edge.processes import parent
from edge.processes.cores import cores
from edge.settings import EdgeSettings
from trunkline import sources
from trunkline.checks.finding import Finding
from trunkline.settings import StackSettings
from trunkline.stack import probe
from trunkline.stack.local import LocalStack
from trunkline.stack.ports import free_ports, is_free

LEAST_FREE = 500_000_000
"""Bytes below which the stack may stop for want of room."""
LITTLE_FREE = 2_000_000_000
LARGEST_DRIFT = 0.05
"""Of wall clock against monotonic clock while we look, in seconds."""
LARGEST_SKEW = 2.0
"""Of our wall clock against a server's, in seconds; servers tell theirs in whole seconds."""
_LOOK = 0.3


async def check(stack: LocalStack | None) -> list[Finding]:
    return [_system(), _processes(), *_ports(stack), _disk(), await _steady(), *await _skew(stack)]


def _system() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    detail = f"Python {version} on {sys.platform}, {os.cpu_count()} cores"
    if sys.platform != "linux" or sys.version_info[:2] != (3, 11):
        return Finding("machine", "system", "warning", detail, "Trunkline is tested on Linux with Python 3.11.")
    return Finding("machine", "system", "ok", detail)


def _processes() -> Finding:
    """How an edge on this machine is made up, by its settings."""
    settings = sources.load(EdgeSettings)
    number, there = parent.count(settings), cores()
    if number > there:
        advice = f"Set TRUNKLINE_PROCESSES to {there} or fewer; 0 is one a core."
        return Finding("machine", "edge", "warning", f"{number} processes on {there} cores", advice)
    return Finding("machine", "edge", "ok", parent.describe(settings))


def _ports(stack: LocalStack | None) -> list[Finding]:
    settings = sources.load(StackSettings)
    free = Finding("machine", "free ports", "ok", f"there are some on loopback, such as {free_ports(1)[0]}")
    port = settings.edge_port
    if not port or (stack and urlsplit(stack.edge).port == port):
        return [free]
    if is_free(port, settings.edge_host):
        return [free, Finding("machine", "edge port", "ok", f"{port} is free")]
    advice = "Stop what listens there, or set TRUNKLINE_EDGE_PORT to another; 0 takes a free one."
    return [free, Finding("machine", "edge port", "error", f"{port} on {settings.edge_host} is taken", advice)]


def _disk() -> Finding:
    data = sources.load(StackSettings).data.absolute()
    there = next(folder for folder in [data, *data.parents] if folder.exists())
    free = shutil.disk_usage(there).free
    detail = f"{free / 1e9:.1f} GB free for {data}"
    if not os.access(there, os.W_OK):
        return Finding(
            "machine", "disk", "error", f"{there} cannot be written", "Set TRUNKLINE_DATA to another folder."
        )
    if free < LITTLE_FREE:
        advice = "Make room, or set TRUNKLINE_DATA to a folder on another disk."
        return Finding("machine", "disk", "error" if free < LEAST_FREE else "warning", detail, advice)
    return Finding("machine", "disk", "ok", detail)


async def _steady() -> Finding:
    """Whether wall clock and monotonic clock go at one pace; a clock being set shows as a drift."""
    wall, monotonic = time.time(), time.monotonic()
    await asyncio.sleep(_LOOK)
    drift = (time.time() - wall) - (time.monotonic() - monotonic)
    detail = f"drifts {drift * 1000:+.1f} ms in {_LOOK:g} s"
    if abs(drift) > LARGEST_DRIFT:
        advice = "The clock is being set. Let it settle, and keep it by NTP."
        return Finding("machine", "clock", "warning", detail, advice)
    return Finding("machine", "clock", "ok", detail)


async def _skew(stack: LocalStack | None) -> list[Finding]:
    """Our clock against that of Temporal's web server, where the local stack runs."""
    if stack is None:
        return []
    parts = urlsplit(stack.temporal_ui)
    try:
        answer = await probe.get(parts.port or 80, "/", parts.hostname or "127.0.0.1")
    except (OSError, TimeoutError):
        return []
    headers = answer.decode("latin-1").split("\r\n\r\n")[0].splitlines()
    date = next((line.split(":", 1)[1].strip() for line in headers if line.lower().startswith("date:")), None)
    if date is None:
        return []
    skew = time.time() - parsedate_to_datetime(date).timestamp()
    if abs(skew) > LARGEST_SKEW:
        advice = "Set the clocks of both machines by NTP: deadlines and records depend on them."
        return [Finding("machine", "clock skew", "warning", f"{skew:+.1f} s against Temporal", advice)]
    return [Finding("machine", "clock skew", "ok", f"within {LARGEST_SKEW:g} s of Temporal's")]
