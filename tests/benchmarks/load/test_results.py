"""Figures of levels: saturation, doubling, memory; and the table and the page made of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.load import page, report
from benchmarks.load.results import Level, Sample, before_doubling, memory_a_call
from benchmarks.load.systems import FLOOR, TRUNKLINE


def level(calls: int, overhead: float, *, mute: int = 0, dropped: int = 0, memory: int = 0) -> Level:
    return Level(
        system="trunkline",
        calls=calls,
        seconds=60.0,
        sample=Sample([overhead] * 20, [overhead] * 5, [0.1] * 9, mute=mute, calls=20, dropped=dropped),
        control=Sample([0.04] * 8),
        cpu=0.5,
        busy=0.5,
        memory_before=100 << 20,
        memory_during=memory or 100 << 20,
        late=0.001,
        harness=0.2,
        day="2026-11-25",
    )


def test_overhead_may_grow_to_a_tenth_of_a_second_before_it_counts_as_doubled() -> None:
    assert before_doubling([level(1, -0.06), level(10, 0.0), level(20, 0.09), level(40, 0.11)]) == 20
    assert before_doubling([level(1, 0.2), level(10, 0.39), level(20, 0.41)]) == 10
    assert before_doubling([level(1, 0.2), level(10, 0.41), level(20, 0.3)]) == 1


@pytest.mark.parametrize("bad", [level(10, 1.1), level(10, 0.1, mute=5), level(10, 0.1, dropped=2)])
def test_what_cannot_carry_its_calls_is_saturated(bad: Level) -> None:
    assert bad.saturated
    assert before_doubling([level(1, 0.1), bad]) == 1


def test_a_busy_machine_shows() -> None:
    quiet = level(10, 0.05)
    assert not quiet.disturbed
    assert replace(quiet, late=0.05).disturbed
    assert replace(quiet, control=Sample([0.04, 0.05, 0.3])).disturbed
    assert report.rows("x", [replace(quiet, late=0.05)])[0][1] == "10 disturbed"


def test_memory_is_the_slope_of_the_levels_that_fit() -> None:
    levels = [level(1, 0.0, memory=100 << 20), level(41, 0.0, memory=140 << 20), level(80, 2.0, memory=999 << 20)]
    assert memory_a_call(levels) == 1 << 20
    assert memory_a_call(levels[:1]) is None


def test_a_quantile_needs_values_enough() -> None:
    row = dict(zip(report.COLUMNS[1:], report.rows("x", [level(10, 0.05)])[0][1:], strict=True))
    assert row["overhead p50"] == "50"
    assert report.rows("x", [level(10, 0.05)])[0][4] == "–"


def test_the_page_gets_tables_and_a_picture_between_its_marks(tmp_path: Path) -> None:
    file = tmp_path / "load.md"
    file.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    results = {"trunkline": [level(1, -0.06), level(10, 0.02)], "floor": [level(1, 0.03)]}
    page.write(file, [FLOOR, TRUNKLINE], results, "a machine")
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith(f"{page.END}\nafter\n")
    assert "old" not in text
    assert "| Trunkline | 10 | 20 | 20 |" in text
    assert "Measured 2026-11-25 on a machine." in text
    assert "TRUNKLINE_EARS=deepgram" in text
    assert "Trunkline" in (tmp_path / "load.svg").read_text()
    with pytest.raises(ValueError, match="needs the lines"):
        page.write(tmp_path / "load.svg", [FLOOR], results, "a machine")
