"""Where things go that are drawn in one lane, so that none hides another. All in pixels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``left`` to ``right``."""

    left: float
    right: float

    def meets(self, other: "Stretch", gap: float = 0.0) -> bool:
        """Whether there is less than ``gap`` between the two."""
        return self.left < other.right + gap and other.left < self.right + gap


def apart(wanted: list[float], gap: float, within: Stretch) -> list[float]:
    """The places nearest to the wanted ones, which are in order, that lie ``gap`` from one another.

    Where there are more of them than there is room for, they stand as close as they must.
    """
    gap = min(gap, (within.right - within.left) / max(1, len(wanted) - 1))
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else within.left))
    most = within.right
    for number in reversed(range(len(places))):
        places[number] = min(places[number], most)
        most = places[number] - gap
    return places


def free(wanted: list[Stretch], taken: list[Stretch], within: Stretch, gap: float) -> Stretch | None:
    """The first of the wanted places that is not taken; None where all are."""
    for place in wanted:
        inside = within.left <= place.left and place.right <= within.right
        if inside and not any(place.meets(other, gap) for other in taken):
            return place
    return None


def lanes(stretches: list[Stretch], gap: float) -> list[int]:
    """A lane for each, counted from 0: the first in which it meets none before it."""
    free_from: list[float] = []
    found = []
    for stretch in stretches:
        lane = next((lane for lane, left in enumerate(free_from) if left <= stretch.left), len(free_from))
        free_from[lane:] = [stretch.right + gap, *free_from[lane + 1 :]]
        found.append(lane)
    return found
