"""Tools that change while the stack runs: the worker is started anew with them, unless they are broken.

Run as a program (``python -m trunkline.stack.reload PACKAGE...``) it prints, as JSON, what is wrong with the tools of
these packages: in a process of its own, since a file that was imported once cannot be looked at again.
"""

import asyncio
import importlib.util
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.5
"""Seconds between two looks at the files."""
PATIENCE = 30.0
"""Seconds for the tools to be loaded and looked at."""

Snapshot = dict[Path, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where, and what to do: see ``workflows.catalog.Problem``. Without a line, with all of them."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else self.message


def folders(packages: Iterable[str]) -> list[Path]:
    """Where the tools of these packages are."""
    found = [importlib.util.find_spec(package) for package in packages]
    return [Path(place) for spec in found if spec for place in spec.submodule_search_locations or ()]


def snapshot(places: Iterable[Path]) -> Snapshot:
    """When each Python file was last written, and how long it is."""
    found: Snapshot = {}
    for place in places:
        for file in place.rglob("*.py"):
            try:
                stat = file.stat()
            except OSError:
                continue  # It has gone meanwhile.
            found[file] = (stat.st_mtime_ns, stat.st_size)
    return found


def changed(before: Snapshot, after: Snapshot) -> set[Path]:
    """The files that were written, made or removed."""
    return {file for file in before.keys() | after.keys() if before.get(file) != after.get(file)}


def sound(files: Iterable[Path], faults: Iterable[Fault], places: Iterable[Path]) -> bool:
    """Whether a tool that has changed is as it should be, so that the worker is to be started with it."""
    faults = list(faults)
    broken = {_tool_of(fault.file, places) for fault in faults}
    return all(fault.line for fault in faults) and any(_tool_of(file, places) not in broken for file in files)


def _tool_of(file: Path, places: Iterable[Path]) -> Path:
    """The file or folder of the tool that the file belongs to."""
    for place in places:
        if place in file.parents:
            return place / file.relative_to(place).parts[0]
    return file


async def faults_of(packages: Iterable[str]) -> list[Fault]:
    """What is wrong with the tools, as they are on disk now."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", __name__, *packages),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return [Fault(Path(), 0, f"The tools were not loaded within {PATIENCE:g} s. Does one wait?")]
    try:
        # A tool may print as it is imported; ours is the last line.
        found = json.loads(out.decode().strip().splitlines()[-1])
        return [Fault(Path(file), line, message) for file, line, message in found]
    except (ValueError, IndexError):
        why = err.decode(errors="replace").strip().splitlines()[-1:] or [f"status {process.returncode}"]
        return [Fault(Path(), 0, f"The tools cannot be loaded: {why[0]}")]


async def watch(
    packages: Iterable[str], before: Snapshot, restart: Callable[[], Awaitable[None]], say: Callable[[str], None]
) -> None:
    """Look at the tools' files until cancelled; ``restart`` is called once changed ones have settled and are sound.

    ``before``: the files as they were when the worker loaded them, or earlier.
    """
    packages = list(packages)
    places = folders(packages)
    while True:
        await asyncio.sleep(EVERY)
        after = snapshot(places)
        if not (files := changed(before, after)):
            continue
        # An editor writes in several steps, and a checkout many files: wait until nothing moves any more.
        while (later := snapshot(places)) != after or not await _quiet(places, later):
            after = later
            files |= changed(before, after)
        files |= changed(before, later)
        before = later
        faults = await faults_of(packages)
        for fault in faults:
            say(str(fault))
        names = ", ".join(sorted({_tool_of(file, places).stem for file in files}))
        if sound(files, faults, places):
            say(f"{names} changed; the worker is started anew.")
            await restart()
        else:
            say(f"{names} changed and cannot be used; the worker goes on with what it has.")


async def _quiet(places: Iterable[Path], now: Snapshot) -> bool:
    await asyncio.sleep(EVERY / 2)
    return snapshot(places) == now


def main(packages: list[str]) -> None:
    """Print what is wrong."""
    from workflows.catalog import scan_all

    problems = scan_all(packages).problems
    print("\n" + json.dumps([[str(problem.file), problem.line, problem.message] for problem in problems]))


if __name__ == "__main__":
    main(sys.argv[1:])
