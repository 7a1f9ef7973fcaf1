"""A ledger that was left in the middle is gone on with."""

from pathlib import Path

import pytest

from trunkline.chaos.ledger import Ledger, Strike
from trunkline.chaos.trial import Trial, Wish
from trunkline.errors import TrunklineError


def test_everything_is_there_again(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "ledger.db", 1)
    first.note("asked", 1017)
    first.strike(Strike(5.0, "nats"))
    first.strike(Strike(6.0, "edge", 1.5))
    first.call(4.0)
    first.keep("manner", "one")
    first.keep("manner", "two")
    second = Ledger(tmp_path / "ledger.db", 1)
    assert (second.entries, second.strikes, second.calls) == (first.entries, first.strikes, first.calls)
    assert second.kept("manner") == "two"
    assert second.kept("nothing") is None


def test_a_trial_goes_on_where_it_was_but_not_as_another(tmp_path: Path) -> None:
    assert Trial(Wish(kills=9), tmp_path).kills == 0
    ledger = Ledger(tmp_path / "ledger.db", 1)
    ledger.strike(Strike(5.0, "nats"))
    ledger.strike(Strike(6.0, "edge", 1.5))
    assert Trial(Wish(kills=12), tmp_path).kills == 1
    with pytest.raises(TrunklineError, match="other options"):
        Trial(Wish(kills=9, twice=True), tmp_path)
