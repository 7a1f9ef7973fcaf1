"""Announcements are in one place at a time, and settled exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from edge.core.announcements import Announcements
from edge.core.events import Announce, Cut, Settle
from edge.core.manners import Manners


def one(name: str, *, urgent: bool = False, expires: float | None = None) -> Announce:
    return Announce(name, f"{name} is done.", urgent=urgent, expires=expires)


def test_the_rest_of_a_reply_comes_right_behind_what_broke_it_off_and_the_callers_turn_overtakes_it() -> None:
    waiting = Announcements(Manners())
    for announce in (one("a"), one("gas", urgent=True), Announce("rest-r1", "Which day?", "rest")):
        waiting.add(announce)
    assert waiting.next(0.0)[0] == one("gas", urgent=True)
    assert waiting.weave(0.0) == one("a")
    waiting.give_back(one("a"))
    assert waiting.weave(0.0) == one("a")
    assert waiting.weave(0.0) is None
    waiting.give_back(one("a"))
    assert waiting.next(0.0)[0] == Announce("rest-r1", "Which day?", "rest")
    waiting.add(Announce("rest-r1", "Which day?", "rest"))
    assert waiting.overtaken() == [Settle("rest-r1", "expired")]
    assert waiting.next(0.0)[0] == one("a")


def test_what_comes_back_goes_behind_what_is_urgent() -> None:
    waiting = Announcements(Manners())
    waiting.cut("r1", one("a"))
    waiting.add(one("gas", urgent=True))
    waiting.was_cut("r1", 0.2)
    assert waiting.next(0.0)[0] == one("gas", urgent=True)


def test_they_are_said_in_order_and_urgent_ones_first() -> None:
    waiting = Announcements(Manners())
    for announce in (one("a"), one("gas", urgent=True), one("b"), one("out", urgent=True)):
        waiting.add(announce)
    said = [waiting.next(0.0)[0] for _ in range(4)]
    assert [announce and announce.announcement for announce in said] == ["gas", "out", "a", "b"]


def test_what_has_expired_is_passed_over_and_settled() -> None:
    waiting = Announcements(Manners())
    waiting.add(one("old", expires=1.0))
    waiting.add(one("new"))
    assert waiting.next(2.0) == (one("new"), [Settle("old", "expired")])
    assert not waiting.waiting


def test_one_that_was_cut_off_early_is_said_again_before_the_others() -> None:
    waiting = Announcements(Manners())
    waiting.add(one("b"))
    waiting.cut("r1", one("a"))
    assert waiting.was_cut("r1", 0.2) == []
    again, _ = waiting.next(0.0)
    assert again
    assert (again.announcement, again.attempt) == ("a", 2)


def test_a_reply_may_tell_the_first_unless_it_is_a_question_or_was_talked_over_or_has_expired() -> None:
    waiting = Announcements(Manners())
    waiting.add(Announce("q", "Ten or two?", "question"))
    assert waiting.weave(0.0) is None
    waiting = Announcements(Manners())
    waiting.add(one("a", expires=5.0))
    assert waiting.weave(6.0) is None
    assert waiting.weave(4.0) == one("a", expires=5.0)
    assert not waiting.waiting
    waiting.cut("r1", one("a"))
    waiting.was_cut("r1", 0.2)
    assert waiting.weave(0.0) is None


def test_what_the_caller_spoke_before_hearing_any_of_is_told_by_the_reply_to_that() -> None:
    waiting = Announcements(Manners())
    waiting.cut("r1", one("a"))
    assert waiting.was_cut("r1", 0.05) == []
    again = waiting.weave(0.0)
    assert again
    assert (again.announcement, again.attempt) == ("a", 2)


def test_what_a_discarded_reply_was_to_tell_is_first_again() -> None:
    waiting = Announcements(Manners())
    waiting.add(one("a"))
    waiting.add(one("b"))
    announce = waiting.weave(0.0)
    assert announce
    waiting.give_back(announce)
    assert waiting.weave(0.0) == one("a")


def test_after_the_end_what_comes_is_still_answered() -> None:
    waiting = Announcements(Manners())
    waiting.cut("r1", one("a"))
    assert waiting.after_close(Cut("r1", 0.9)) == [Settle("a", "spoken")]
    assert waiting.after_close(Cut("r1", 0.9)) == []
    assert waiting.after_close(one("b")) == [Settle("b", "call_ended")]


@given(st.lists(st.sampled_from(["add", "next", "cut", "was_cut"]), max_size=40), st.floats(0, 1))
def test_each_is_settled_exactly_once(script: list[str], heard: float) -> None:
    waiting, settled, added, speaking, cut = Announcements(Manners()), [], 0, [], []
    for number, step in enumerate(script):
        match step:
            case "add":
                waiting.add(one(f"a{added}", urgent=number % 3 == 0, expires=None if number % 2 else number + 4.0))
                added += 1
            case "next":
                announce, expired = waiting.next(float(number))
                settled += expired
                speaking += [announce] if announce else []
            case "cut" if speaking:
                cut.append(f"r{number}")
                waiting.cut(cut[-1], speaking.pop())
            case "was_cut" if cut:
                settled += waiting.was_cut(cut.pop(), heard)
            case _:
                pass
    settled += [Settle(announce.announcement, "spoken") for announce in speaking]
    settled += waiting.close()
    for reply in cut:
        settled += waiting.after_close(Cut(reply, heard))
    assert sorted(settle.announcement for settle in settled) == sorted(f"a{number}" for number in range(added))
