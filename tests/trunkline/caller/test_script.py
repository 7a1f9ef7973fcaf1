"""Scripts: what they may say, and what is said of those that are wrong."""

from pathlib import Path

import pytest

from trunkline.caller.errors import CallerError
from trunkline.caller.script import Step, load, parse

BOOKING = """
lines:
  - I would like to book a boiler service.
  - {play: yes.wav, text: yes}
answers:
  - when: which day|what day
    say: Next Tuesday.
    times: 2
  - when: too long
    interrupt: 1.5
    keys: "12#"
    wait: 0.5
    hang_up: true
"""


def test_lines_and_answers(tmp_path: Path) -> None:
    path = tmp_path / "booking.yaml"
    path.write_text(BOOKING)
    script = load(path)
    assert script.lines[0] == Step(say="I would like to book a boiler service.")
    assert script.lines[1].play == tmp_path / "yes.wav"
    day, long = script.answers
    assert day.matches("So, Which Day suits you?")
    assert not day.matches("What time?")
    assert day.times == 2
    assert (long.interrupt, long.keys, long.wait, long.hang_up) == (1.5, "12#", 0.5, True)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("lines: [", 1, "not YAML"),
        ("- a\n- b", 1, "a mapping"),
        ("lines:\n  - hello\n  - {say: a, play: b.wav}", 3, "not both"),
        ("lines:\n  - hello\n  - {wait: 1}", 3, "must `say`"),
        ("answers:\n  - when: a\n    say: b\n  - when: '('\n    say: c", 4, "not a regular expression"),
        ("answers:\n  - say: b", 2, "Field required"),
        ("lines:\n- say: a\n  loud: true", 3, "no such field"),
        ("lines:\n- keys: 12a", 2, "1 to 64 of 0-9"),
        ("lines: hello", 1, "a dash before each"),
        ("lines:\n- [a]", 2, "text that is said, or fields"),
        ("lines:\n- say: a\n  wait: -1", 3, "greater than"),
        ("lines:\n- say: a\n  wait: nan", 3, "finite"),
        ("line: []", 1, "no such field. A script has lines and answers"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(CallerError, match=says) as caught:
        parse(text, name="booking.yaml")
    assert caught.value.code == "script_invalid"
    assert f"booking.yaml:{line}: " in caught.value.message


def test_a_missing_script_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"cannot be read: No such file or directory\. Check --script\."):
        load(tmp_path / "none.yaml")


def test_a_script_that_is_no_text_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(CallerError, match="cannot be read: it is no text"):
        load(tmp_path / "a.yaml")
