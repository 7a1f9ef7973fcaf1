"""How long the line may be silent depends on what was said and asked."""

from edge.core.manners import Manners
from edge.core.quiet import Quiet

MANNERS = Manners()


def test_an_announcement_waits_longer_where_the_caller_owes_an_answer() -> None:
    assert Quiet(3.0).deadline(MANNERS, announcement=True, secure=False) == 3.0 + MANNERS.announce_gap
    assert Quiet(3.0, asked="open").deadline(MANNERS, announcement=True, secure=False) == 3.0 + MANNERS.answer_gap


def test_silence_is_asked_about_and_later_ended() -> None:
    assert Quiet(3.0).deadline(MANNERS, announcement=False, secure=False) == 3.0 + MANNERS.still_there_after
    assert Quiet(3.0, reminded=True).deadline(MANNERS, announcement=False, secure=False) == 3.0 + MANNERS.goodbye_after


def test_whoever_waits_or_makes_us_wait_gets_patience() -> None:
    for quiet in (Quiet(hold=True), Quiet(busy=True), Quiet(hold=True, reminded=True)):
        assert quiet.deadline(MANNERS, announcement=False, secure=False) == MANNERS.patience
    assert Quiet().deadline(MANNERS, announcement=False, secure=True) == MANNERS.patience


def test_business_is_no_reason_to_be_silent_where_the_caller_was_asked_for_something_they_know() -> None:
    asked, told, anything_else = (Quiet(busy=True, asked=each) for each in ("digits", None, "yes_no"))
    assert asked.deadline(MANNERS, announcement=False, secure=False) == MANNERS.still_there_after
    for quiet in (told, anything_else, Quiet(busy=True, asked="digits", reminded=True)):
        assert quiet.deadline(MANNERS, announcement=False, secure=False) == MANNERS.patience


def test_a_turn_of_the_caller_ends_all_of_it_but_business() -> None:
    quiet = Quiet(reminded=True, hold=True, asked="yes_no", busy=True)
    quiet.spoke(hold=False)
    assert quiet == Quiet(busy=True)
