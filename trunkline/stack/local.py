"""Where the local stack is: written by ``trunkline up``, found by everything else on this machine."""

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path

from trunkline import sources
from trunkline.settings import StackSettings
from trunkline.stack import records

_FILE = "stack.json"


@dataclass(frozen=True, slots=True)
class LocalStack:
    """Addresses of a running stack; ``pids`` maps each role and engine, and ``up``, to its process."""

    edge: str
    twilio_ws: str
    nats: str
    temporal: str
    temporal_ui: str
    postgres: str
    redis: str
    data: str
    region: str
    pids: dict[str, int]

    def json(self) -> str:
        """One line."""
        return json.dumps(dataclasses.asdict(self))


def find(data: Path | None = None) -> LocalStack | None:
    """The stack that runs on this data folder; by default the one that TRUNKLINE_DATA names, else ``.trunkline`` here.

    None where there is none: never started, stopped, killed, or not ready yet.

    Raises:
        BadSettings: a setting cannot be used.
    """
    folder = data or sources.load(StackSettings).data
    holder = records.holder(folder)
    if holder is None:
        return None
    try:
        stack = LocalStack(**json.loads((folder / _FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return stack if stack.pids.get("up") == holder.pid else None


def publish(stack: LocalStack) -> None:
    """Let ``find`` find it. The file is replaced as a whole."""
    folder = Path(stack.data)
    unborn = folder / f"{_FILE}.{os.getpid()}"
    unborn.write_text(stack.json() + "\n")
    unborn.replace(folder / _FILE)


def withdraw(data: Path) -> None:
    """Let ``find`` find nothing any more."""
    (data / _FILE).unlink(missing_ok=True)
