"""What is measured when: what the budgets ask for first, so that a run which is cut short has it."""

from collections.abc import Sequence

from benchmarks.load.systems import System

LEVELS = (50, 1, 10, 80, 100, 120, 20, 40)
"""Calls at a time. At 50 the budgets are to hold; with 1, memory and "p95 doubles" are compared; 80 to 120 are where a
core ends."""
Step = tuple[System, int]


def plan(systems: Sequence[System], levels: Sequence[int]) -> list[Step]:
    """Ours and the floor, level by level as given; then those that come later and the peers, each from its fewest."""
    first = [system for system in systems if not system.later]
    return [
        *((system, calls) for calls in levels for system in first if calls >= system.least),
        *((system, calls) for system in systems if system.later for calls in sorted(levels) if calls >= system.least),
    ]


def after(todo: Sequence[Step], system: System, saturated: int) -> list[Step]:
    """What is left once a system was saturated at so many calls: more of them would tell nothing."""
    return [(other, calls) for other, calls in todo if other is not system or calls < saturated]
