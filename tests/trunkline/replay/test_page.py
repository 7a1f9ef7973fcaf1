"""The page around the picture."""

from dataclasses import replace

from tests.trunkline.replay.calls import Play
from tests.trunkline.replay.test_scene import call
from trunkline.replay.page import page
from trunkline.replay.scene import scene


def test_a_page_has_the_picture_and_what_both_sides_said() -> None:
    text = page(scene(call().tape.recording()), 20)
    assert text.startswith("<!doctype html>")
    assert "10.0 s, 2 turns. Hover" in text
    assert "<svg" in text
    assert '<td class="text who">caller, 1</td><td class="text">What do you offer?</td><td>300</td>' in text
    assert '<td class="text who agent">agent</td>' in text
    assert "<td>400</td>" in text


def test_a_call_without_turns_has_no_table() -> None:
    assert "<table" not in page(scene(Play().tape.recording()), 20)


def test_what_a_caller_says_is_no_markup() -> None:
    play = Play()
    play.tape.header = replace(play.tape.header, call="<i>", agent="<i>")
    play.says("<i>Hi.", 4.0, 5.0)
    play.at(6.0)
    text = page(scene(play.tape.recording()), 20)
    assert "<i>" not in text
    assert "1 turn. Hover" in text
