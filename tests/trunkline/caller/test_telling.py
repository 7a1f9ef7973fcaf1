"""The order in which a call is told."""

from hypothesis import given
from hypothesis import strategies as st

from trunkline.caller.report import CallEvent
from trunkline.caller.telling import Telling


def test_the_agents_words_hold_back_what_came_behind_them_until_they_are_known() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    telling.heard(1, 1.0)
    telling.add(CallEvent("tool", 2.0, "a tool"))
    telling.add(CallEvent("note", 0.5, "a note"))
    telling.release(3.0, None)
    assert [event.text for event in told] == ["a note"]
    telling.known(1, "words", 400.0)
    telling.release(3.0, None)
    assert [event.text for event in told] == ["a note", "words", "a tool"]
    assert told[1] == CallEvent("agent", 1.0, "words", 400.0)


def test_sentences_are_one_line_unless_something_happens_between_them() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    for number, (at, words) in enumerate([(1.0, "One."), (2.0, "two."), (4.0, "Three.")]):
        telling.heard(number, at)
        telling.known(number, words, 300.0 if number == 0 else None)
    telling.add(CallEvent("step", 3.0, "a step"))
    telling.release(5.0, 1.0)
    assert told == [], "It goes on."
    telling.release(5.0, None)
    assert told == [
        CallEvent("agent", 1.0, "One. Two.", 300.0),
        CallEvent("step", 3.0, "a step"),
        CallEvent("agent", 4.0, "Three."),
    ]


def test_what_is_of_one_time_keeps_the_order_in_which_it_came() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    telling.add(CallEvent("tool", 1.0, "first"))
    telling.add(CallEvent("step", 1.0, "second"))
    telling.release(1.0, None)
    assert [event.text for event in told] == ["first", "second"]


def test_what_is_still_to_come_waits() -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    telling.add(CallEvent("caller", 2.0, "hello"))
    telling.release(1.0, None)
    assert told == []
    telling.release(2.0, None)
    assert [event.text for event in told] == ["hello"]


MOMENTS = st.lists(st.sampled_from(["news", "speaks", "heard", "known", "nothing", "silent"]), max_size=60)


@given(MOMENTS)
def test_whatever_happens_is_told_once_and_in_order(moments: list[str]) -> None:
    told: list[CallEvent] = []
    telling = Telling(told.append)
    words: list[str] = []
    speech: float | None = None
    began, unknown = 0.0, list[int]()
    for number, moment in enumerate(moments):
        now = float(number)
        match moment:
            case "news":
                telling.add(CallEvent("step", now, f"s{number}"))
                words.append(f"s{number}")
            case "speaks":
                began, speech = now, now if speech is None else speech
            case "heard" if speech is not None:
                telling.heard(number, began)
                unknown.append(number)
                began = now
            case "known" | "nothing" if unknown:
                said = unknown.pop(0)
                telling.known(said, f"S{said}" if moment == "known" else "", None)
                words += [f"S{said}"] * (moment == "known")
            case "silent":
                speech = None
        telling.release(now, speech)
    telling.give_up()
    telling.release(len(moments), None)
    assert sorted(" ".join(event.text for event in told).split()) == sorted(words)
    assert [event.at for event in told] == sorted(event.at for event in told)
