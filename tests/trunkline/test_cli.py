"""The command line, as a newcomer meets it."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from trunkline.cli import COMMANDS, main

ALL = [name for section in COMMANDS.values() for name in section]


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert all(f"  {name} " in result.output for name in ALL)


def test_help_imports_no_command() -> None:
    """So that it is quick, and one broken command does not take it down."""
    code = (
        "import sys; from trunkline.cli import main; main(['--help'], standalone_mode=False);"
        "print([m for m in ('trunkline.up', 'pydantic', 'asyncpg', 'temporalio', 'rich') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert out.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", ALL)
def test_every_command_explains_itself_and_refuses_what_it_does_not_know(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert f"Usage: main {name}" in told.output
    refused = CliRunner().invoke(main, [name, "--nope"])
    assert refused.exit_code == 2
    assert "Error: No such option '--nope'." in refused.output
    assert f"Try 'main {name} --help' for help." in refused.output


@pytest.mark.parametrize("name", ["up", "doctor", "edge", "worker", "bridge", "gateway"])
def test_each_command_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: main" in result.output
    assert "--settings FILE" in result.output


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["dance"])
    assert result.exit_code == 2
    assert "No such command 'dance'" in result.output
    assert "Did you mean 'replay'?" in CliRunner().invoke(main, ["relay"]).output


def test_a_bad_setting_is_a_sentence_and_no_traceback() -> None:
    result = CliRunner(env={"TRUNKLINE_EDGE_PORT": "eighty"}).invoke(main, ["edge"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: TRUNKLINE_EDGE_PORT cannot be used:")


LEAVES = """
import atexit, sys
import temporalio.client
from trunkline import cli

class Last:
    def __del__(self):
        print("taken apart")

last = Last()
atexit.register(print, "put away")
sys.argv = ["trunkline", *sys.argv[1:]]
cli.run()
"""


@pytest.mark.parametrize(("argument", "status"), [("--version", 0), ("dance", 2)])
def test_where_temporals_sdk_was_in_use_the_interpreter_is_not_taken_apart(argument: str, status: int) -> None:
    """Its threads would take the process down with a signal, once in ten times."""
    ended = subprocess.run(
        [sys.executable, "-c", LEAVES, argument], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == status
    assert ended.stdout.splitlines()[-1:] == ["put away"]
    assert ("version" in ended.stdout) == (status == 0)
    assert ("No such command" in ended.stderr) == (status == 2)
