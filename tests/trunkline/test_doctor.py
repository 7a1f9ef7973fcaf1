"""The doctor, whole. Slow: it loads every model."""

import json

import pytest
from click.testing import CliRunner, Result

from trunkline.cli import main


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path_factory.mktemp("doctor") / "data"))


def _doctor(*options: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["doctor", *options])


def test_a_healthy_installation_passes() -> None:
    result = _doctor("--json")
    told = json.loads(result.stdout)
    assert [finding for finding in told["findings"] if finding["state"] == "error"] == []
    assert result.exit_code == 0
    assert told["ok"]
    assert {"ears: moonshine", "voice: hibari", "vad: silero", "mind: dialogue"} <= {
        f["name"] for f in told["findings"]
    }


def test_an_error_is_told_with_what_to_do_and_exits_with_1() -> None:
    result = _doctor(TRUNKLINE_EDGE_PORT="eighty", OPENAI_API_KEY="hush")
    assert result.exit_code == 1
    assert "TRUNKLINE_EDGE_PORT cannot be used" in " ".join(result.stdout.split())
    assert "1 error" in result.stdout or "2 errors" in result.stdout
    assert "hush" not in result.output
