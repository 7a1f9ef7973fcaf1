"""One row: what belongs together stands together, and nothing over another."""

from tests.edge.core.taped import taped
from tests.trunkline.replay.boxes import boxes, hidden
from trunkline.replay.picture import draw
from trunkline.replay.row import MARKS_OF
from trunkline.replay.scene import Moment, Scene, Span, scene


def test_what_happens_at_once_stands_side_by_side() -> None:
    moments = [Moment(14.9 + number / 100, "commit", "", "") for number in range(9)]
    keys = [Moment(2.0 + number / 50, "key", str(number), "") for number in range(10)]
    latencies = [Span(3.0 + number / 10, 3.01 + number / 10, "latency", f"{number} ms") for number in range(9)]
    waits = [Span(14.6, 14.95, "latency", "350 ms"), Span(9.0, 10.6, "latency", "1600 ms")]
    tools = [Span(1.0 + number / 5, 1.1 + number * 9, "completed", "book_visit") for number in range(6)]
    seen = Scene("CA1", "Robin", "", 30.0, moments=moments + keys, latencies=latencies + waits, tools=tools)
    svg = draw(seen)
    assert hidden(svg) == []
    assert {"350 ms", "1600 ms", "0 ms"} <= {box.what for box in boxes(svg)}
    assert len([box for box in boxes(svg) if box.what == "book_visit completed"]) >= 6


def test_words_that_are_too_long_for_their_sound_are_cut() -> None:
    words = [Span(1.0, 1.6, "words", "Donaudampfschifffahrtsgesellschaft ahoy."), Span(1.6, 1.8, "words", "Mhm.")]
    svg = draw(Scene("CA1", "Robin", "", 15.0, words=words, agent=[Span(14.5, 15.0, "turn", "Incomprehensibilities.")]))
    assert hidden(svg) == []
    assert [box.what for box in boxes(svg) if box.what.endswith("…")] == ["Don…", "Inc…"]


def test_a_latency_over_the_end_of_a_row_has_its_figure_once() -> None:
    svg = draw(Scene("CA1", "Robin", "", 30.0, latencies=[Span(14.8, 15.2, "latency", "400 ms")]))
    assert hidden(svg) == []
    assert [box.what for box in boxes(svg)].count("400 ms") == 1


def test_every_moment_but_a_key_has_a_shape() -> None:
    kinds = {moment.kind for seed in range(200) for moment in scene(taped(seed)).moments}
    assert kinds - {"key"} <= MARKS_OF.keys()
