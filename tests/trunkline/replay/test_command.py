"""``trunkline replay``, as a person runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.core import events as do
from edge.tapes import read, write
from tests.trunkline.replay.calls import Play
from trunkline.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["replay", *map(str, arguments)])


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """A call with one turn, in a data folder."""
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.answers(5.4, 7.0)
    play.at(9.0, do.LineClosed("caller_hung_up"))
    return write(play.tape.recording(), tmp_path / "calls")


@pytest.fixture
def doctored(tape: Path) -> Path:
    recording = read(tape)
    recording.steps[0].actions = ()
    tape.unlink()
    return write(recording, tape.parent)


def test_a_call_is_replayed(tape: Path, tmp_path: Path) -> None:
    result = run("CA1", "--data", tmp_path)
    assert result.exit_code == 0, result.output
    assert "Commit turn 1, 0.30 s after its last sound (finished)" in result.output
    assert result.output.splitlines()[-1].endswith(" actions: identical.")


def test_a_call_that_differs_is_a_failure(doctored: Path) -> None:
    result = run(doctored)
    assert result.exit_code == 1
    assert "They differ at 0.00 s" in result.output


def test_a_folder_is_replayed_in_a_line_each(tape: Path) -> None:
    write(read(tape), tape.parent)
    result = run(tape.parent)
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 2


def test_json(tape: Path) -> None:
    content = json.loads(run(tape, "--json").output)
    assert content["identical"]
    assert content["call"] == "CA1"


def test_what_differs_can_be_accepted(doctored: Path) -> None:
    result = run(doctored, "--accept")
    assert result.exit_code == 0
    again = run(doctored)
    assert again.exit_code == 0
    assert "accepted for the rules" in again.output


def test_other_manners(tape: Path, tmp_path: Path) -> None:
    result = run("--diff", "--data", tmp_path, "--set", "waits.finished=0.5")
    assert result.exit_code == 0, result.output
    assert "+210 ms" in result.output or "+200 ms" in result.output
    assert "1 call, 0 diverged" in result.output


def test_other_manners_as_json(tape: Path) -> None:
    content = json.loads(run("--diff", tape, "--json", "--set", "waits.finished=0.5").output)
    assert content["summary"]["turns"]["later"] == 1


def test_an_agents_manners(tape: Path, tmp_path: Path) -> None:
    agent = tmp_path / "agent.yaml"
    agent.write_text("name: Robin\nbusiness: B\ngreeting: Hi.\nendpointing: {finished: 0.6}\n")
    content = json.loads(run("--diff", tape, "--json", "--agent", agent).output)
    assert content["summary"]["turns"]["later"] == 1


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ((), "Which call?", 2),
        (("CA1", "--set", "cough=1"), "are for --diff", 2),
        (("CA9",), "There is no tape of CA9", 1),
        (("",), "Which call?", 1),
        (("--diff",), "No calls are recorded in", 1),
        (("--diff", "--accept", "CA1"), "leave one of the two out", 2),
        (("--set", "cough=1", "--diff", "CA9"), "There is no tape of CA9", 1),
    ],
)
def test_mistakes_are_sentences(arguments: tuple[str, ...], said: str, code: int, tmp_path: Path) -> None:
    result = run(*arguments, "--data", tmp_path)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_a_tape_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(b"\x1f\x8b")
    result = run(path)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert run("--diff", path).output.count("\n") == 1


@pytest.mark.parametrize("diff", [(), ("--diff",)])
def test_one_tape_that_cannot_be_read_does_not_hide_the_others(diff: tuple[str, ...], tape: Path) -> None:
    (tape.parent / "CA0.jsonl.gz").write_bytes(tape.read_bytes()[:100])
    result = run(*diff, tape.parent)
    assert result.exit_code == 1
    assert "CA0.jsonl.gz ends early" in result.stderr
    assert "Copy it again from where it was recorded." in result.stderr
    assert ("1 call, 0 diverged" if diff else "CA1.jsonl.gz: ") in result.stdout


@pytest.mark.parametrize("content", [b"hello", b"\xff\xfe", b"{}"])
def test_an_agents_file_that_is_none_is_a_sentence(content: bytes, tape: Path, tmp_path: Path) -> None:
    agent = tmp_path / "agent.yaml"
    agent.write_bytes(content)
    result = run("--diff", tape, "--agent", agent)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: The agent's file {agent}")


def test_what_cannot_be_accepted_is_a_sentence(doctored: Path) -> None:
    doctored.with_name(f".{doctored.name}.part").mkdir()
    result = run(doctored, "--accept")
    assert result.exit_code == 1
    assert "cannot be written (Is a directory); see that its folder may be." in result.output
