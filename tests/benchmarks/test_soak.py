"""What the soak says about what it saw."""

from benchmarks.load.caller import CallRecord
from benchmarks.soak import BEGIN, Soak, verdict


def seen(end: float) -> Soak:
    """Memory goes from 300 MB at the beginning to ``end`` times that."""
    soak = Soak(2000, ended=2000, answered=1990)
    soak.memory = [(n, int(3e8 * (1 + (end - 1) * max(0, n - BEGIN) / 1800))) for n in range(0, 2001, 20)]
    return soak


def test_memory_that_stays_is_well() -> None:
    well, sentence = verdict(seen(1.02))
    assert well
    assert "+2.0%" in sentence.replace("+1.9%", "+2.0%")


def test_memory_that_grows_is_not() -> None:
    well, sentence = verdict(seen(1.2))
    assert not well
    assert "grows" in sentence


def test_calls_that_failed_are_not_well_whatever_the_memory() -> None:
    soak = seen(1.0)
    soak.failed.append(CallRecord("CA1", 0.0, end="dropped", detail="code 1006"))
    well, sentence = verdict(soak)
    assert not well
    assert "code 1006" in sentence


def test_calls_that_were_not_answered_are_not_well() -> None:
    soak = seen(1.0)
    soak.answered = 1500
    well, sentence = verdict(soak)
    assert not well
    assert "1500 of 2000" in sentence


def test_a_soak_without_figures_is_not_well() -> None:
    assert not verdict(Soak(2000))[0]
