import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from edge.core.jitter import LONGEST_GAP, LONGEST_PATIENCE, MOST_HELD, SHORTEST_PATIENCE, Jitter, Lost, Packet, Piece

STEP = 0.02


class Network:
    """Packets that a test sends through a buffer, and what comes out of it, with the delay of each."""

    def __init__(self, first: int = 65_530) -> None:
        self.jitter = Jitter()
        self.out: list[tuple[float, Piece]] = []
        self._first = first

    def put(self, number: int, now: float) -> None:
        self.until(now)
        pieces = self.jitter.put((self._first + number) & 0xFFFF, number * 960, b"%d" % number, now)
        self.out += [(now, piece) for piece in pieces]

    def until(self, now: float) -> None:
        while self.jitter.deadline is not None and self.jitter.deadline <= now:
            at = self.jitter.deadline
            self.out += [(at, piece) for piece in self.jitter.expire(at)]

    @property
    def numbers(self) -> list[int | None]:
        return [int(piece.payload) if isinstance(piece, Packet) else None for _, piece in self.out]

    @property
    def delays(self) -> list[float]:
        return [at - piece.came for at, piece in self.out if isinstance(piece, Packet)]


def test_what_comes_in_order_is_not_held_at_all() -> None:
    network = Network()
    for number in range(20):
        network.put(number, number * STEP)
    assert network.numbers == list(range(20))
    assert max(network.delays) == 0.0
    assert network.jitter.deadline is None


def test_a_lost_packet_delays_the_next_by_the_patience_and_no_other() -> None:
    network = Network()
    for number in [0, 1, 3, 4, 5, 6]:
        network.put(number, number * STEP)
    network.until(1.0)
    assert network.numbers == [0, 1, None, 3, 4, 5, 6]
    assert [one for _, one in network.out if isinstance(one, Lost)] == [Lost(following=b"3")]
    assert sum(delay > 0 for delay in network.delays) == 1
    assert network.jitter.lost == 1


def test_loss_for_a_minute_leaves_no_delay_behind() -> None:
    """It does not ratchet: after a bad stretch the good one is as fast as the first."""
    dice = random.Random(1)
    network = Network()
    for number in range(3000):
        if dice.random() > 0.2:
            network.put(number, number * STEP)
    begun = len(network.delays)
    for number in range(3000, 3500):
        network.put(number, number * STEP)
    assert max(network.delays[begun + 5 :]) == 0.0


def test_the_patience_follows_packets_that_come_late_and_forgets_them() -> None:
    network = Network()
    network.put(0, 0.0)
    network.put(2, 0.04)
    network.put(1, 0.09)
    assert network.jitter.late == 1
    patient = network.jitter.patience
    assert patient > 0.05
    for number in range(3, 2000):
        network.put(number, number * STEP)
    assert network.jitter.patience < SHORTEST_PATIENCE * 1.5


def test_packets_out_of_order_within_the_patience_are_put_in_order() -> None:
    network = Network()
    for number, now in ((0, 0.0), (2, 0.030), (1, 0.035), (3, 0.06)):
        network.put(number, now)
    assert network.numbers == [0, 1, 2, 3]
    assert network.jitter.lost == 0


def test_a_sender_that_begins_again_is_followed_at_once() -> None:
    network = Network()
    network.put(0, 0.0)
    network.put(LONGEST_GAP + 1000, 0.02)
    network.put(LONGEST_GAP + 1001, 0.04)
    assert network.numbers == [0, LONGEST_GAP + 1000, LONGEST_GAP + 1001]


def test_the_same_packet_twice_is_heard_once() -> None:
    network = Network()
    for number in (0, 1, 1, 3, 3, 2):
        network.put(number, 0.01)
    assert network.numbers == [0, 1, 2, 3]
    assert network.jitter.repeated == 2


@given(
    st.lists(st.tuples(st.integers(0, 120), st.floats(0, 0.2)), max_size=150),
    st.integers(0, 65_535),
)
def test_whatever_the_network_does_order_holds_and_waiting_ends(packets: list[tuple[int, float]], first: int) -> None:
    network = Network(first)
    now = 0.0
    for number, pause in packets:
        now += pause
        network.put(number, now)
        assert len(network.jitter._held) <= MOST_HELD
        assert (network.jitter.deadline is not None) == bool(network.jitter._held)
        assert SHORTEST_PATIENCE <= network.jitter.patience <= LONGEST_PATIENCE
    network.until(now + LONGEST_PATIENCE)
    assert network.jitter.deadline is None
    assert all(delay <= LONGEST_PATIENCE + 1e-9 for delay in network.delays)
    forward = [one for one in network.numbers if one is not None]
    steps = [b - a for a, b in itertools.pairwise(forward)]
    assert all(step > 0 or step <= -LONGEST_GAP for step in steps), "Backwards only where the sender began again."
