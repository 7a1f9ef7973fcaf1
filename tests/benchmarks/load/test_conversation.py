"""What callers say, and that the emulated ear hears just that in it."""

import base64
from itertools import chain

from benchmarks.load import conversation
from benchmarks.vendors.hearing import Hearing
from benchmarks.vendors.latency import Latency


def test_the_emulated_ear_hears_every_line_as_one_turn() -> None:
    lines, turns = conversation.lines(), conversation.script().turns
    hearing = Hearing(turns, "mulaw", 8000)
    hiss = conversation.hiss()
    for number, (line, turn) in enumerate(zip(lines, turns, strict=True), 1):
        for frame in chain(line.frames, hiss):
            audio = base64.b64decode(frame)
            assert len(audio) == 160
            list(hearing.blocks(audio))
        assert hearing.turn == number
        assert " ".join(word.text for word in hearing.words) == turn.heard
        assert hearing.complete


def test_there_are_a_tool_and_an_interruption_of_a_long_answer() -> None:
    lines, turns = conversation.lines(), conversation.script().turns
    assert len(lines) == 4
    assert sum(line.tool for line in lines) == 1
    assert [line.over is not None for line in lines] == [False, False, False, True]
    assert len(turns[2].reply) * 0.060 > 8


def test_what_the_vendors_take() -> None:
    assert abs(conversation.fixed(Latency(), tool=False) - 0.720) < 1e-9
    assert 0.720 + 0.250 < conversation.fixed(Latency(), tool=True) < 0.720 + 0.250 + 0.3
