"""Which engines the desk's commands ask, as a person at a terminal meets it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from trunkline.cli import main
from trunkline.durable import desk_settings


@pytest.mark.parametrize(
    "command", [("inbox",), ("inbox", "answer", "x", "--yes"), ("outbox",), ("erase", "+12025550143")]
)
def test_a_folder_on_which_no_stack_runs_is_said_and_no_other_is_asked(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    words = (command[0], "--data", str(tmp_path / "none"), *command[1:])
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert f"No stack runs on {tmp_path / 'none'}. Start one with 'trunkline up --data" in result.output


@pytest.mark.parametrize("command", ["inbox", "outbox", "erase"])
def test_a_file_is_no_data_folder(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(main, [command, "--data", str(tmp_path / "file"), "+12025550143"])
    assert result.exit_code == 2
    assert "is a file" in result.output


def test_where_none_is_named_and_none_runs_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_TEMPORAL_ADDRESS", "temporal.example:7233")
    assert desk_settings(None).temporal_address == "temporal.example:7233"
