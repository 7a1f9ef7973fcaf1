"""What the budgets ask for is measured first, and nothing past the first level that is too much."""

from benchmarks.load.plan import LEVELS, after, plan
from benchmarks.load.systems import FLOOR, LIVEKIT, PIPECAT, SYSTEMS, TRUNKLINE, TRUNKLINE_FLUX, TRUNKLINE_FULL


def test_the_budgets_levels_come_first_and_the_peers_from_their_fewest_calls() -> None:
    steps = plan(list(SYSTEMS.values()), LEVELS)
    assert steps[:6] == [(FLOOR, 50), (TRUNKLINE, 50), (FLOOR, 1), (TRUNKLINE, 1), (FLOOR, 10), (TRUNKLINE, 10)]
    ours = [number for number, (system, _) in enumerate(steps) if system in (FLOOR, TRUNKLINE, TRUNKLINE_FULL)]
    assert ours == list(range(len(ours)))
    assert [calls for system, calls in steps if system is LIVEKIT] == sorted(LEVELS)
    assert [calls for system, calls in steps if system is TRUNKLINE_FULL] == [80, 100, 120]
    assert {system.name for system, _ in steps} == set(SYSTEMS)


def test_a_saturated_system_is_spared_what_is_more_and_no_other_is() -> None:
    left = after(plan([FLOOR, TRUNKLINE, PIPECAT], (50, 1, 80)), TRUNKLINE, 50)
    assert left == [(FLOOR, 50), (FLOOR, 1), (TRUNKLINE, 1), (FLOOR, 80), (PIPECAT, 1), (PIPECAT, 50), (PIPECAT, 80)]
    assert TRUNKLINE_FLUX.later
