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
_SOURCES = ("schemas", "edge", "benchmarks/vendors", "benchmarks/load")
_APART = ("__main__.py", "page.py", "plot.py", "report.py", "results.py", "store.py", "cache.py")
"""Files of ours that only show figures."""


def version() -> str:
    """The hash of all code that has a part in a figure of Trunkline's, or in how any is measured."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[2]
    for source in _SOURCES:
        for file in sorted((root / source).rglob("*.py")):
            if source == "benchmarks/load" and (file.name in _APART or file.parent.name == "peers"):
                continue
            digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """One file a level. ``kind`` separates quick runs from whole ones; ``version`` says what code gave the figures."""

    def __init__(self, kind: str) -> None:
        self._folder = cache_folder("load", kind)
        self._folder.mkdir(parents=True, exist_ok=True)

    def get(self, system: System, calls: int, version: str | None) -> Level | None:
        """What was measured by this version of the code (None: by any), or None."""
        try:
            kept = json.loads(self._file(system, calls).read_text())
            if version not in (None, kept["version"]):
                return None
            return _LEVEL.validate_python(kept["level"])
        except (OSError, ValueError, KeyError):
            return None

    def put(self, system: System, level: Level, version: str) -> None:
        """Keep a level."""
        file = self._file(system, level.calls)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps({"version": version, "level": asdict(level)}))
        fresh.replace(file)

    def _file(self, system: System, calls: int) -> Path:
        return self._folder / f"{system.name}-{calls}.json"
