"""One frame each way a tick, in call time."""

import base64
import json

import numpy as np

from edge.core.audio import FRAME, from_mulaw
from trunkline.caller.line import KEY_TICKS, Line
from trunkline.caller.wire import Stream

LOUD = np.full(FRAME, 8000, np.int16)


def sent(line: Line, ticks: int) -> list[dict[str, object]]:
    return [json.loads(message) for _ in range(ticks) for message in line.tick()[1]]


def test_a_frame_is_sent_when_it_is_complete() -> None:
    line = Line(Stream("CA1"))
    line.perform(LOUD, "", 0.0)
    assert sent(line, 1) == []
    media = sent(line, 1)[0]["media"]
    assert isinstance(media, dict)
    assert media["timestamp"] == "0"
    assert np.abs(from_mulaw(base64.b64decode(media["payload"])) - 8000.0).max() < 300


def test_a_step_waits_then_speaks_then_presses_keys() -> None:
    line = Line(Stream("CA1"))
    sent(line, 10)
    begins, ends = line.perform(np.concatenate([LOUD, LOUD[:10]]), "5#", 0.1)
    assert (round(begins, 3), round(ends, 3)) == (0.3, 0.34 + KEY_TICKS * 0.02)
    messages = sent(line, 5 + 2 + 2 * KEY_TICKS)
    assert not line.talking
    assert [m["dtmf"]["digit"] for m in messages if m["event"] == "dtmf"] == ["5", "#"]  # type: ignore[index]
    assert len([m for m in messages if m["event"] == "media"]) == 27
    caller, agent = line.recording()
    assert len(caller) == len(agent) == line.now * 8000
    assert np.flatnonzero(np.abs(caller) > 4000)[0] == 0.3 * 8000


def test_agent_audio_is_recorded_where_it_played_and_marks_are_echoed() -> None:
    line = Line(Stream("CA1"))
    sent(line, 5)
    line.playback.append(b"\x80" * 2 * FRAME)
    line.playback.mark("end")
    assert [m["mark"] for m in sent(line, 3) if m["event"] == "mark"] == [{"name": "end"}]
    agent = line.recording()[1]
    assert (np.flatnonzero(agent)[0], np.flatnonzero(agent)[-1]) == (5 * FRAME, 7 * FRAME - 1)


def test_a_cleared_buffer_gives_its_marks_back() -> None:
    line = Line(Stream("CA1"))
    line.playback.append(b"\x80" * 100 * FRAME)
    line.playback.mark("end")
    assert [json.loads(message)["mark"]["name"] for message in line.clear()] == ["end"]
    assert not line.tick()[0].any()
