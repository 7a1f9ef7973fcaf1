"""The drawing: sound XML, nothing from outside, nothing over another, whatever a call holds."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from edge.core import events as do
from edge.core.conversation import Cause
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.taped import TapedStage, taped
from tests.trunkline.replay.boxes import boxes, hidden
from tests.trunkline.replay.calls import Play
from tests.trunkline.replay.test_scene import call
from trunkline.replay.library import all_in, load
from trunkline.replay.picture import STYLE, draw
from trunkline.replay.row import WIDTH
from trunkline.replay.scene import Moment, Scene, scene

CALLS = all_in(Path(__file__).parents[2] / "calls")
SVG = "{http://www.w3.org/2000/svg}"


def test_a_call_is_drawn() -> None:
    text = draw(scene(call().tape.recording()))
    root = ElementTree.fromstring(text)
    words = {element.text for element in root.iter(f"{SVG}text")}
    assert words >= {"caller", "agent", "listening", "weighing", "turn committed", "400 ms", "0:05", "5"}
    assert "book_visit completed" in words
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert any("Commit turn 1" in title for title in titles)
    assert any("endpointing 300 ms" in title for title in titles)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "prefers-color-scheme: dark" in text


def test_a_long_call_has_rows() -> None:
    play = Play()
    play.at(61.0, do.LineClosed("caller_hung_up"))
    seen = scene(play.tape.recording())
    rows = [draw(seen, seconds).count('class="dim" x="76"') // 2 for seconds in (20, 30, 120)]
    assert rows == [4, 3, 1]


def test_nobody_can_write_into_the_page() -> None:
    play = Play()
    play.tape.header = replace(play.tape.header, call="<script>alert(1)</script>")
    play.says('</text><script>"alert"</script>\x00\x0b', 4.0, 9.0)
    play.at(10.0)
    play.tape.note(10.0, "tool", id="t", tool="<b>", status='x" onload="alert(1)')
    text = draw(scene(play.tape.recording()))
    root = ElementTree.fromstring(text)
    assert not list(root.iter(f"{SVG}script"))
    assert not any("onload" in element.attrib for element in root.iter())


def test_random_calls_are_drawn() -> None:
    for seed in range(30):
        ElementTree.fromstring(draw(scene(taped(seed))))


def sound(svg: str) -> None:
    """Nothing lies over another, and all is on the paper."""
    assert hidden(svg) == []
    assert [box for box in boxes(svg) if box.left < 0 or box.right > WIDTH] == []


@pytest.mark.parametrize("seconds", [5, 15, 60])
@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.name)
def test_nothing_in_a_recorded_call_is_drawn_over_another(path: Path, seconds: int) -> None:
    sound(draw(scene(load(path)), seconds))


def test_nothing_in_a_random_call_is_drawn_over_another() -> None:
    for seed in range(60):
        sound(draw(scene(taped(seed))))


def test_a_sound_that_was_first_taken_for_assent_has_its_last_words() -> None:
    play = Play()
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.25, do.Ready("r2"))
    play.at(7.1, SpeechStarted(7.0))
    play.at(7.4)
    play.hears("Thank you.", 7.5)
    play.at(8.3)
    play.hears("Thank you. Goodbye.", 8.4)
    play.at(8.6, SpeechStopped(8.5))
    play.hears("Thank you. Goodbye.", 8.7)
    play.at(12.0, do.LineClosed("caller_hung_up"))
    assert any(isinstance(action, do.Resume) for action in play.log)
    svg = draw(scene(play.tape.recording()))
    sound(svg)
    assert [box.what for box in boxes(svg) if "Thank you" in box.what] == ["Thank you. Goodbye."]


@pytest.mark.parametrize("cause", get_args(Cause))
def test_whatever_the_agent_says_has_a_colour_by_day_and_by_night(cause: str) -> None:
    assert [bool(re.search(rf"\.{cause}\b[^}}]*fill:", half)) for half in STYLE.split("@media")] == [True, True]


def test_a_call_without_a_word_is_drawn() -> None:
    play = TapedStage()
    play.at(0.0, do.LineClosed("caller_hung_up"))
    svg = draw(scene(play.tape.recording()))
    sound(svg)
    assert {"caller", "agent", "0:00", "0:05"} <= {box.what for box in boxes(svg)}


def test_what_happens_at_the_very_end_is_seen() -> None:
    for length in (8.0, 15.0, 30.0):
        svg = draw(Scene("CA1", "Robin", "", length, moments=[Moment(length, "end", "", "it ends")]))
        assert svg.count("it ends") == 1
