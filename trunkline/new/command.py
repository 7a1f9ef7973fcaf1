"""``trunkline new tool NAME``: a tool that can be called by phone, with a test that passes."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import click

from trunkline.errors import TrunklineError
from trunkline.new import files, names

RECORDING = 120.0
"""Seconds for the new test, which records its history."""


@click.group()
def new() -> None:
    """Write the files with which something new begins."""


@new.command()
@click.argument("name")
@click.option("--test/--no-test", default=True, help="Run the new test, which records the history it replays.")
def tool(name: str, test: bool) -> None:
    """Write a durable tool: NAME is what it does, such as call_back.

    Writes the tool, a test that passes, the history which that test replays, and a page for docs/. A stack that
    'trunkline up' runs from the same checkout picks it up by itself.
    """
    root = files.root(Path.cwd())
    names.checked(name, _taken(root))
    wanted = files.written(name)
    files.write(root, wanted)
    for path in wanted:
        click.echo(f"Wrote {path}")
    if test:
        _record(root, name)
    click.echo(f"\nNow make it yours: begin with the request and do_{name} in workflows/tools/{name}.py.")
    click.echo(f"An agent uses it once {name} is among the 'tools:' of its file, or where that list is empty.")


def _taken(root: Path) -> set[str]:
    """Names of the tools there are, by file and by what they call themselves."""
    from workflows.catalog import scan

    tools = root / "workflows" / "tools"
    found = {path.stem for path in tools.glob("*.py")} | {path.name for path in tools.iterdir() if path.is_dir()}
    return found | {tool.name for tool in scan().tools}


def _record(root: Path, name: str) -> None:
    """Run the new test, and have it record what it replays.

    Raises:
        TrunklineError: it does not pass.
    """
    if importlib.util.find_spec("pytest") is None:
        click.echo("pytest is not installed, so the history was not recorded: 'make setup' installs it.")
        return
    test = files.PLACES["test.py.txt"].format(name=name)
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    environment = {**os.environ, "TRUNKLINE_RECORD": "1"}
    try:
        ran = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=RECORDING, check=False
        )
    except subprocess.TimeoutExpired:
        raise TrunklineError(f"The new test did not end within {RECORDING:g} s. Run it: pytest {test}") from None
    if ran.returncode != 0:
        raise TrunklineError(f"The new test does not pass. Run it: pytest {test}\n{ran.stdout[-2000:]}")
    click.echo(f"Wrote {files.HISTORY.format(name=name)}")
    click.echo(f"{ran.stdout.strip().splitlines()[-1]}: {test}")
