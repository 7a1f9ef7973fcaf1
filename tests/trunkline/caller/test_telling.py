"""The order in which a call is told."""

from hypothesis import given
from hypothesis import strategies as st

from trunkline.caller.report import CallEvent
from trunkline.caller.telling import Telling


def test_what_is_of_one_time_keeps_the_order_in_which_it_came() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    telling.begins(0, 1.0)
    telling.add(CallEvent("tool", 1.0, "first"))
    telling.add(CallEvent("step", 1.0, "second"))
    telling.known(0, "words", None)
    telling.release(1.0)
    assert [event.text for event in told] == ["first", "second", "words"]


def test_what_is_still_to_come_waits() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    telling.add(CallEvent("caller", 2.0, "hello"))
    telling.release(1.0)
    assert told == []
    telling.release(2.0)
    assert [event.text for event in told] == ["hello"]


@given(st.lists(st.tuples(st.sampled_from(["news", "begins", "known", "silent"]), st.integers(0, 3)), max_size=40))
def test_whatever_happens_is_told_once_and_in_order(script: list[tuple[str, int]]) -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    added = 0
    for now, (what, turn) in enumerate(script):
        match what:
            case "news":
                telling.add(CallEvent("step", now, "step"))
                added += 1
            case "begins":
                telling.begins(turn, now)
            case _:
                added += what == "known" and turn in telling.unknown
                telling.known(turn, "words" if what == "known" else "", None)
        telling.release(now)
    for turn in telling.unknown:
        telling.known(turn, "", None)
    telling.release(len(script))
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert len(told) == added
