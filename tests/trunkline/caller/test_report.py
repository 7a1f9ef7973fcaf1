"""One JSON object for a call."""

import json

from trunkline.caller.follow import line
from trunkline.caller.report import CallEvent, CallReport, Ended, Turn
from trunkline.caller.tools import ToolSeen


def report(ended: Ended, tools: list[ToolSeen] | None) -> CallReport:
    turns = [Turn(heard="Hello?", said="Hi.", voice_to_voice_ms=412.34567), Turn(heard="Bye.")]
    return CallReport("CA1", turns, tools, ended, seconds=12.3456, recording="a.wav")


def test_it_is_json_with_rounded_times() -> None:
    tool = ToolSeen("t1", "book_visit", {"day": "2026-11-24"}, "completed", {"technician": "Alex"})
    found = json.loads(json.dumps(report(Ended("finished", "caller"), [tool]).to_dict()))
    assert found["call_id"] == "CA1"
    assert found["turns"][0]["heard"] == "Hello?"
    assert found["turns"][0]["said"] == "Hi."
    assert found["turns"][0]["voice_to_voice_ms"] == 412.346
    assert found["tools"][0]["name"] == "book_visit"
    assert found["tools"][0]["outcome"] == "completed"
    assert found["ended"] == {"reason": "finished", "by": "caller", "detail": ""}
    assert found["recording"] == "a.wav"


def test_unknown_tools_are_null_and_not_an_empty_list() -> None:
    assert report(Ended("finished", "caller"), None).to_dict()["tools"] is None
    assert report(Ended("finished", "caller"), []).to_dict()["tools"] == []


def test_a_call_is_well_when_a_person_ended_it() -> None:
    assert report(Ended("agent_hung_up", "agent"), None).ok
    assert not report(Ended("transport_lost", "line"), None).ok
    assert not report(Ended("timeout", "caller"), None).ok
    assert report(Ended("finished", "caller"), None).heard() == "Hello? Bye."


def test_a_line_shows_when_who_how_long_and_what() -> None:
    shown = line(CallEvent("agent", 12.34, "Which day?", 412.3))
    assert shown.split()[:2] == ["12.3", "s"]
    assert "412 ms" in shown
    assert shown.endswith("Which day?")
