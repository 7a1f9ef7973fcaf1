"""What is drawn in one lane: as near as can be to where it belongs, and nothing over another."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from trunkline.replay.places import Stretch, apart, free, lanes

LANE = Stretch(100.0, 200.0)
PLACES = st.lists(st.floats(100, 200), max_size=30).map(sorted)
STRETCHES = st.lists(st.tuples(st.floats(0, 100), st.floats(1, 50)).map(lambda each: Stretch(each[0], sum(each))))


def test_what_has_room_stays_where_it_is() -> None:
    assert apart([100.0, 120.0, 150.0], 10.0, LANE) == [100.0, 120.0, 150.0]


def test_what_comes_too_soon_moves_on_and_back_from_the_end() -> None:
    assert apart([120.0, 121.0, 122.0], 10.0, LANE) == [120.0, 130.0, 140.0]
    assert apart([195.0, 199.0], 10.0, LANE) == [190.0, 200.0]


@given(PLACES, st.floats(0.1, 20))
def test_all_stay_in_the_lane_in_order_and_apart(wanted: list[float], gap: float) -> None:
    places = apart(wanted, gap, LANE)
    room = 100.0 / max(1, len(wanted) - 1)
    assert all(100.0 - 1e-6 <= place <= 200.0 for place in places)
    assert all(after - before >= min(gap, room) - 1e-6 for before, after in pairwise(places))


def test_the_first_place_that_is_free_is_taken() -> None:
    taken = [Stretch(120.0, 130.0)]
    wanted = [Stretch(125.0, 135.0), Stretch(190.0, 210.0), Stretch(131.0, 140.0), Stretch(140.0, 150.0)]
    assert free(wanted, taken, LANE, 0.0) == wanted[2]
    assert free(wanted, taken, LANE, 2.0) == wanted[3]
    assert free(wanted[:2], taken, LANE, 0.0) is None


@given(STRETCHES, st.floats(0, 5))
def test_no_two_of_one_lane_meet(stretches: list[Stretch], gap: float) -> None:
    found = list(zip(stretches, lanes(stretches, gap), strict=True))
    assert not any(one.meets(other, gap - 1e-6) for (one, a), (other, b) in combinations(found, 2) if a == b)


def test_no_more_lanes_than_there_must_be() -> None:
    assert lanes([Stretch(0, 10), Stretch(5, 8), Stretch(9, 12), Stretch(11, 20)], 0.0) == [0, 1, 1, 0]
