"""The plot: well-formed, with every point in it."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plot import Axis, Line, Panel, plot, ticks

SVG = "{http://www.w3.org/2000/svg}"


@given(st.floats(-1000, 1000), st.floats(0.001, 10000))
def test_ticks_cover_the_span(low: float, span: float) -> None:
    marks = ticks(low, low + span)
    assert marks[0] <= low + 1e-6 * max(1, abs(low))
    assert marks[-1] >= low + span - 1e-6 * max(1, abs(low + span))
    assert 2 <= len(marks) <= 9


def test_every_point_is_drawn_and_the_last_of_a_saturated_system_is_a_cross() -> None:
    lines = [Line("floor", [(1, 35), (40, 50)]), Line("<peer> & more", [(1, 200), (10, 900)], ends=True)]
    across = Axis("calls", [1, 10, 40], root=True)
    panels = [Panel("p95", lines, across, top=400), Panel("CPU", lines, across, budget=0.4)]
    root = ElementTree.fromstring(plot(panels, "caption"))
    assert len(root.findall(f".//{SVG}polyline")) == 4
    assert len(root.findall(f".//{SVG}circle")) == 2 * 3
    assert len(root.findall(f".//{SVG}path")) == 2
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"floor", "<peer> & more", "p95", "CPU", "caption", "budget"} <= set(texts)


@pytest.mark.parametrize("value", [-80.0, 0.0, 35.0])
def test_a_single_level_can_be_drawn(value: float) -> None:
    ElementTree.fromstring(plot([Panel("p95", [Line("one", [(1, value)])], Axis("calls", [1]))], ""))
