"""A replayed call as text and as JSON."""

import json
from dataclasses import replace

from edge.core import events as do
from tests.trunkline.replay.calls import Play
from trunkline.replay.listing import as_json, difference, head, timeline, verdict
from trunkline.replay.player import first_difference, replay


def call() -> Play:
    play = Play()
    play.tape.note(0.1, "played", reply="r1", to=2.9)
    play.tape.note(3.0, "heard", reply="r1", text="Hello.", interrupted=False)
    play.says("I want to book a visit.", 4.0, 5.0)
    play.tape.note(5.3, "latency", reply="r2", voice_to_voice=0.345)
    play.tape.note(5.3, "tool", id="t1", tool="book_visit", status="requested")
    play.tape.note(5.3, "strange", of="the future")
    return play


def test_a_timeline_has_inputs_states_actions_and_notes() -> None:
    recording = call().tape.recording()
    text = "\n".join(timeline(recording, list(replay(recording))))
    assert "pausing > thinking" not in text
    assert "    5.20  pausing                 heard “I want to book a visit.” (4.00 to 5.00)" in text
    assert "-> Begin r2 to turn 1, speculative: “I want to book a visit.”" in text
    assert "the caller heard r1: “Hello.”" in text
    assert "voice to voice 345 ms" in text
    assert "book_visit requested" in text
    assert "future" not in text


def test_a_full_tape_and_a_break_down_are_said() -> None:
    recording = replace(call().tape.recording(), stopped=9.0)
    last = recording.steps[-1]
    last.actions, last.state, last.event = None, "", do.Key(None)  # type: ignore[arg-type]
    text = "\n".join(verdict(recording, list(replay(recording)), first_difference(recording)))
    assert "The tape was full at 9.00 s" in text
    assert "identical" in text
    assert "TurnTaker broke down at 5.20 s, over key None." in text


def test_a_difference_shows_both() -> None:
    recording = call().tape.recording()
    recording.steps[0].actions = ()
    odd = first_difference(recording)
    assert odd is not None
    text = "\n".join(difference(odd))
    assert "They differ at 0.00 s, input 1: Answered Hello." in text
    assert "recorded: nothing, then thinking" in text
    assert "today:    Say r1, greeting: “Hello.”, then thinking" in text


def test_other_rules_and_unknown_fields_are_said_before() -> None:
    recording = call().tape.recording()
    recording = replace(recording, strange=("Manners.charm",), header=replace(recording.header, rules="old"))
    text = "\n".join(head(recording, "new"))
    assert "recorded by the rules old; today's are new" in text
    assert "Manners.charm" in text


def test_json_is_whole() -> None:
    recording = call().tape.recording()
    played = list(replay(recording))
    content = json.loads(json.dumps(as_json(recording, played, None)))
    assert content["identical"]
    assert content["inputs"] == len(played) == len(content["steps"])
    assert content["steps"][0]["input"] == ["Answered", {"greeting": "Hello.", "turns": 0, "replies": 0}]
