"""What is seen in a recording."""

from hypothesis import given
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.manners import Manners
from edge.core.tape import Header, Note, Recording
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.taped import taped
from tests.trunkline.replay.calls import Play
from trunkline.replay.scene import scene, shared


def call() -> Play:
    """One turn, a cut-off answer, a key, a tool."""
    play = Play()
    play.tape.note(0.1, "played", reply="r1", to=2.9)
    play.tape.note(3.0, "heard", reply="r1", text="Hello.", interrupted=False)
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.25, do.Ready("r2"))
    play.at(5.4)
    play.tape.note(5.4, "latency", reply="r2", endpointing=0.3, voice_to_voice=0.4)
    play.tape.note(5.4, "played", reply="r2", to=7.2)
    play.tape.note(5.5, "tool", id="t1", tool="book_visit", status="requested")
    play.at(7.1, SpeechStarted(7.0))
    play.at(7.9, SpeechStopped(7.7))
    play.hears("No, wait.", 8.0)
    play.tape.note(8.0, "heard", reply="r2", text="We offer", interrupted=True)
    play.tape.note(8.1, "tool", id="t1", tool="book_visit", status="completed")
    play.at(9.0, do.Key("5"))
    play.at(10.0, do.LineClosed("caller_hung_up"))
    return play


def test_both_sides_states_decisions_and_tools() -> None:
    seen = scene(call().tape.recording())
    assert [(span.start, span.end) for span in seen.caller] == [(4.0, 5.0), (7.0, 7.7)]
    assert [(span.kind, span.label) for span in seen.agent] == [("greeting", "Hello."), ("turn", "We offer")]
    assert [span.kind for span in seen.states][:5] == ["thinking", "speaking", "listening", "hearing", "pausing"]
    assert {moment.kind for moment in seen.moments} >= {"commit", "yield", "key"}
    assert [(span.label, span.kind, span.start, span.end) for span in seen.tools] == [
        ("book_visit", "completed", 5.5, 8.1)
    ]
    assert [span.label for span in seen.latencies] == ["400 ms"]
    assert (seen.turns[0].text, seen.turns[0].latency) == (
        "What do you offer?",
        {"endpointing": 0.3, "voice_to_voice": 0.4},
    )


def test_what_is_heard_of_a_sound_stands_until_more_of_it_is_heard() -> None:
    play = Play()
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.25, do.Ready("r2"))
    play.at(7.1, SpeechStarted(7.0))
    play.at(7.4)
    play.hears("Thank you.", 7.5)
    play.at(8.3)
    play.hears("Thank you. Good.", 8.4)
    play.at(8.6, do.LineClosed("caller_hung_up"))
    seen = scene(play.tape.recording())
    assert [(span.label, span.start, span.end) for span in seen.words] == [
        ("What do you offer?", 4.0, 5.0),
        ("Thank you. Good.", 7.0, 8.6),
    ]
    assert seen.caller[-1].title == "caller, 7.00 to 8.60 s: “Thank you. Good.”"
    assert any(moment.title.endswith("Resume r2, after “Thank you.”") for moment in seen.moments)


def test_a_reply_that_was_interrupted_has_its_words_on_all_its_stretches() -> None:
    play = Play()
    for now, to in ((0.1, 1.1), (1.5, 1.7), (2.0, 3.0)):
        play.tape.note(now, "played", reply="r1", to=to)
    play.tape.note(3.0, "heard", reply="r1", text="Hello there, this is Harbor Home.", interrupted=False)
    assert [span.label for span in scene(play.tape.recording()).agent] == ["Hello there,", "", "this is Harbor Home."]


@given(st.lists(st.text("ab", min_size=1)).map(" ".join), st.lists(st.floats(0.01, 5) | st.just(0.0), min_size=1))
def test_parts_of_a_text_are_all_of_it(text: str, lengths: list[float]) -> None:
    parts = shared(text, lengths)
    assert len(parts) == len(lengths)
    assert not any(part for part, length in zip(parts, lengths, strict=True) if not length)
    if any(lengths):
        assert " ".join(filter(None, parts)) == text


def test_audio_behind_a_flush_was_not_heard() -> None:
    play = Play()
    play.says("What do you offer?", 4.0, 5.0)
    play.at(5.25, do.Ready("r2"))
    play.at(5.4)
    play.tape.note(5.4, "played", reply="r2", to=6.06)
    play.at(6.0, do.Key("1"))
    assert scene(play.tape.recording()).agent[0].end == 6.0


def test_notes_of_another_shape_are_left_out() -> None:
    notes = (
        Note(1.0, "played", {}),
        Note(1.0, "played", {"reply": 5, "to": "x"}),
        Note(1.0, "heard", {"reply": "r1", "text": None}),
        Note(1.0, "latency", {"reply": "r9", "voice_to_voice": None}),
        Note(1.0, "tool", {"id": [], "tool": {}, "status": 1}),
        Note(2.0, "tool", {"id": "t1", "tool": "x", "status": "completed"}),
        Note(1.0, "new", {"to": 1}),
    )
    seen = scene(Recording(Header("CA1", "Robin", ""), Manners(), notes))
    assert (seen.agent, seen.latencies, len(seen.tools)) == ([], [], 1)


def test_random_calls_can_be_seen() -> None:
    for seed in range(100):
        seen = scene(taped(seed))
        assert all(span.start <= span.end <= seen.length for span in seen.states)


def test_a_time_that_no_call_lasts_is_left_out() -> None:
    play = Play()
    play.tape.note(3.0, "played", reply="r1", to=1e12)
    play.at(1e9, do.LineClosed("caller_hung_up"))
    assert scene(play.tape.recording()).length <= 86_400
