"""What the command says, without engines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from trunkline.erase import _check, _in_words, erase
from trunkline.errors import TrunklineError
from workers.erasure import Certificate, Found

FOUND = Found(calls=["c1"], live=[], events=12, workflows=["w1"], business=[], rows={"messages": 1, "standing": 0})
DONE = Certificate(
    id="erasure_1",
    caller="0f",
    region="local",
    began=datetime(2026, 11, 2, tzinfo=UTC),
    ended=datetime(2026, 11, 2, tzinfo=UTC),
    erased={"events": 12},
    searched={"NATS messages": 100},
    left={},
    nodes=["local-1"],
)


@pytest.mark.parametrize("number", ["5550100", "anonymous", "%", "+0"])
def test_what_is_no_number_is_a_sentence(number: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(erase, [number, "--data", str(tmp_path)])
    assert isinstance(result.exception, TrunklineError)
    assert "+12025550143" in str(result.exception)


def test_a_preview_says_what_there_is_and_that_nothing_was_erased() -> None:
    said = _in_words("+12025550143", FOUND, None)
    assert "1, with 12 events" in said
    assert "Nothing was erased" in said
    nothing = FOUND.model_copy(update={"calls": [], "workflows": [], "rows": {}})
    assert _in_words("+12025550143", nothing, None).startswith("Nothing is kept")


def test_a_certificate_names_the_caller_nowhere_and_says_what_it_does_not_cover() -> None:
    said = _in_words("+12025550143", FOUND, DONE)
    assert "12025550143" not in said
    assert "found left:   nothing" in said
    assert "Backups" in said
    assert "3 in x" in _in_words("+1", FOUND, DONE.model_copy(update={"left": {"x": 3}}))


def test_who_is_on_the_line_and_what_goes_on_is_not_erased_unasked() -> None:
    _check(FOUND, and_end=False)
    with pytest.raises(TrunklineError, match="on the line"):
        _check(FOUND.model_copy(update={"live": ["c1"]}), and_end=True)
    for busy in ({"business": ["w1"]}, {"rows": {"standing": 1}}):
        with pytest.raises(TrunklineError, match="--and-end"):
            _check(FOUND.model_copy(update=busy), and_end=False)
        _check(FOUND.model_copy(update=busy), and_end=True)
