"""Levels that were measured, kept in the user's cache, so that a long run can be interrupted and goes on."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.load.cache import cache_folder
from benchmarks.load.results import Level
from benchmarks.load.systems import System

_LEVEL = TypeAdapter(Level)
ROOT = Path(__file__).parents[2]
_METHOD = ("caller", "conversation", "durable", "playback", "run", "talk")
"""Modules beside this one that have a part in how any system is measured."""


def version(system: System) -> str:
    """The hash of all code that has a part in this system's figures: how it is measured, and what is measured."""
    here = Path(__file__).parent
    files = [*(here / f"{name}.py" for name in _METHOD), *(ROOT / "benchmarks" / "vendors").glob("*.py")]
    if system.framework:
        files += [here / "peers" / f"{system.framework}_agent.py", here / "peers" / f"{system.framework}.txt"]
    elif system.durable:
        files += [file for package in ("schemas", "edge") for file in (ROOT / package).rglob("*.py")]
    else:
        files.append(here / "floor.py")
    digest = hashlib.sha256(repr((system.command[1:], sorted(system.environment.items()))).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """One file a level. ``kind`` separates quick runs from whole ones;"""

    def __init__(self, kind: str) -> None:
        self._folder = cache_folder("load", kind)
        self._folder.mkdir(parents=True, exist_ok=True)

    def get(self, system: System, calls: int, *, stale: bool = False) -> Level | None:
        """What was measured by the code as it is (``stale``: by whatever code), or None."""
        try:
            kept = json.loads(self._file(system, calls).read_text())
            if not stale and kept["version"] != version(system):
                return None
            return _LEVEL.validate_python(kept["level"])
        except (OSError, ValueError, KeyError):
            return None

    def put(self, system: System, level: Level) -> None:
        """Keep a level."""
        file = self._file(system, level.calls)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps({"version": version(system), "level": asdict(level)}))
        fresh.replace(file)

    def _file(self, system: System, calls: int) -> Path:
        return self._folder / f"{system.name}-{calls}.json"
