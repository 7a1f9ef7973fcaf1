"""The drawing: sound XML, nothing from outside, whatever a call holds."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from edge.core import events as do
from tests.edge.core.taped import taped
from tests.trunkline.replay.calls import Play
from tests.trunkline.replay.test_scene import call
from trunkline.replay.picture import MARKS_OF, draw
from trunkline.replay.scene import scene

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
    rows = [draw(seen, seconds).count('class="dim" x="76"') // 2 for seconds in (20.0, 30.0, 120.0)]
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


def test_every_moment_but_a_key_has_a_shape() -> None:
    kinds = {moment.kind for seed in range(200) for moment in scene(taped(seed)).moments}
    assert kinds - {"key"} <= MARKS_OF.keys()
