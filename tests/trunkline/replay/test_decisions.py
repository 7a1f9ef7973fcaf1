"""Which actions are decisions."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted
from trunkline.replay.decisions import Decision, Reader


def test_the_floor_is_kept_or_yielded_over_an_onset() -> None:
    reader = Reader()
    assert reader.read(State.SPEAKING, SpeechStarted(2.0), [do.Pause("r1")], 2.1) == []
    assert reader.read(State.WEIGHING, None, [do.Resume("r1")], 2.5) == [Decision("keep", 2.5, 2.0, reply="r1")]
    assert reader.read(State.WEIGHING, None, [do.Flush("r1")], 2.5) == [Decision("yield", 2.5, 2.0, reply="r1")]


def test_keys_urgent_news_and_the_end_are_no_verdict_on_a_sound() -> None:
    reader = Reader()
    assert reader.read(State.WEIGHING, do.Key("1"), [do.Flush("r1")], 2.5) == []
    assert reader.read(State.SPEAKING, None, [do.Flush("r1")], 2.5) == []
    assert reader.read(State.WEIGHING, do.LineClosed("drained"), [do.Flush("r1")], 2.5) == []


def test_a_turn_counts_from_its_last_sound() -> None:
    [decision] = Reader().read(State.PAUSING, None, [do.Commit("r1", 1, "Yes.", 1.0, 2.0, "answer")], 2.3)
    assert (decision.kind, decision.why, round(decision.delay, 6)) == ("commit", "answer", 0.3)


def test_what_is_said_unasked_has_a_name() -> None:
    found = Reader().read(
        State.LISTENING, None, [do.Say("r1", "silence", "Hm?"), do.Say("r2", "question", "A?", "q")], 3
    )
    assert [each.name for each in found] == ["silence", "q"]
