"""Admission by number, by promise and by lateness."""

from edge.admission import MARGIN, PROMISED, Admission
from edge.metrics import Metrics


def admission(capacity: int) -> Admission:
    return Admission(capacity, Metrics.create())


def make_late(one: Admission, late: float, since: float = 0.0, seconds: float = 3.0) -> None:
    for number in range(int(seconds * 100)):
        one.tick(late, since + number * 0.01)


def test_calls_are_taken_up_to_the_capacity() -> None:
    one = admission(2)
    one.count(1)
    assert one.refusal() is None
    one.count(2)
    assert one.refusal() == "full"
    one.count(1)
    assert one.refusal() is None


def test_a_full_process_is_ready_again_only_with_some_room() -> None:
    one = admission(100)
    one.count(100)
    one.count(99)
    assert one.refusal() is None
    assert one.unready() == "full"
    one.count(100 - int(100 * MARGIN))
    assert one.unready() is None


def test_places_are_promised_once_and_lapse() -> None:
    one = admission(3)
    one.count(1)
    assert [one.promise(0.0), one.promise(0.0), one.promise(0.0)] == [None, None, "full"]
    assert one.refusal() is None, "a call at the door is one of those that were promised a place"
    one.count(2)
    assert one.promise(1.0) == "full"
    assert one.promise(PROMISED + 0.1) is None


def test_a_late_process_takes_nothing_until_it_is_in_time_again() -> None:
    one = admission(10)
    make_late(one, 0.08)
    assert one.refusal() == one.unready() == one.promise(3.0) == "late"
    make_late(one, 0.001, since=3.0, seconds=8.0)
    assert one.refusal() is None


def test_a_draining_process_takes_nothing() -> None:
    one = admission(10)
    one.draining = True
    assert one.refusal() == "draining"
    assert "another" in one.why("draining")


def test_what_is_decided_is_measured() -> None:
    metrics = Metrics.create()
    one = Admission(2, metrics)
    one.count(2)
    make_late(one, 0.004)
    text = metrics.render().decode()
    assert "trunkline_calls_capacity 2.0" in text
    assert "trunkline_calls_accepting 0.0" in text
    value = metrics.registry.get_sample_value("trunkline_loop_lag_seconds")
    assert value is not None
    assert 0.003 < value <= 0.004
