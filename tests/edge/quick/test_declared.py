"""Quick tools in the agent's file: what is refused, and why; where secrets come from."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from edge.agent import load
from edge.errors import EdgeError
from edge.quick.declared import QuickTool, filled, missing

GOOD: dict[str, Any] = {
    "name": "track_parcel",
    "title": "track a parcel",
    "description": "Tells where a parcel is.",
    "url": "https://parcels.example.com/track",
}


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"url": "file:///etc/passwd"}, "http"),
        ({"url": "gopher://parcels.example.com"}, "http"),
        ({"url": "https://"}, "http"),
        ({"url": "https://user:word@parcels.example.com"}, "credentials"),
        ({"url": "https://parcels.example.com/a b"}, "space"),
        ({"url": "https://parcels.example.com:99999/"}, "[Pp]ort"),
        ({"name": "Track Parcel"}, "pattern"),
        (
            {"parameters": {"type": "object", "properties": {"pin": {"sensitive": True}}}, "cache": 60},
            "a sensitive question is not kept",
        ),
        ({"timeout": 3}, "less than or equal to 1"),
        ({"parameters": {"type": "text"}}, "no JSON Schema"),
        ({"parameters": {"type": "array"}}, "type: object"),
        ({"parameters": {"type": "object", "$ref": "http://169.254.169.254/"}}, "without"),
        ({"headers": {"Host": "other"}}, "no header"),
        ({"headers": {"X-Key": "a\r\nX-Other: b"}}, "one printable line"),
        ({"secret": "plain"}, "so that the file holds none"),
        ({"retries": 3}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_or_is_not_safe_is_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        QuickTool(**(GOOD | changed))


def test_a_model_is_told_that_it_answers_at_once() -> None:
    tool = QuickTool(**GOOD).tool
    assert tool.quick
    assert "at once" in tool.description


def test_variables_are_taken_from_the_environment() -> None:
    tool = QuickTool(**GOOD, headers={"Authorization": "Bearer ${TOKEN}"}, secret="${SECRET}")
    assert filled(tool.headers["Authorization"], {"TOKEN": "t"}) == "Bearer t"
    assert missing([tool], {"TOKEN": "t"}) == ["SECRET"]
    assert missing([tool], {"TOKEN": "two\nlines", "SECRET": "s"}) == ["TOKEN"]
    assert missing([tool], {"TOKEN": "t", "SECRET": "s"}) == []


AGENT = """
name: A
business: B
greeting: Hi
quick_tools:
  - {{name: track_parcel, title: track a parcel, description: Tells., url: "https://x.example.com", {more}}}
"""


def test_a_secret_that_is_not_set_keeps_the_agent_from_starting_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(AGENT.format(more='secret: "${NOWHERE_SET}"'))
    with pytest.raises(EdgeError, match="NOWHERE_SET"):
        load(path)
    monkeypatch.setenv("NOWHERE_SET", "now it is")
    assert load(path).quick_tools[0].name == "track_parcel"


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    text = AGENT.format(more="timeout: 0.5")
    path.write_text(text + text.splitlines()[-1] + "\n")
    with pytest.raises(EdgeError, match="track_parcel is there twice"):
        load(path)
