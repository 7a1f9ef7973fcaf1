"""Who is hit when."""

import itertools
import random

from trunkline.chaos.strikes import LONGEST_FREEZE, VICTIMS, blows


def test_the_same_seed_gives_the_same_blows_and_every_victim_has_its_turn() -> None:
    first, second = (list(itertools.islice(blows(random.Random(7), VICTIMS), 70)) for _ in range(2))
    assert first == second
    kills = [blow.victim for blow in first if blow.freeze is None]
    for begin in range(0, len(kills) - len(VICTIMS), len(VICTIMS)):
        assert set(kills[begin : begin + len(VICTIMS)]) == set(VICTIMS)
    freezes = [blow.freeze for blow in first if blow.freeze is not None]
    assert freezes
    assert max(freezes) <= LONGEST_FREEZE
