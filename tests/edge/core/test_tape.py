"""What a tape takes, and what it leaves out."""

from edge.core import events as do
from edge.core.conversation import LookedUp, ToolOutcome
from edge.core.history import History
from edge.core.manners import Manners
from edge.core.tape import Header, Note, Step, Tape, hide
from edge.core.turntaker import TurnTaker
from tests.edge.core.stage import Stage
from tests.edge.core.taped import TapedStage, taped

HEADER = Header("CA1", "Robin", "2026-11-20T20:54:50.975+00:00")


def test_every_input_and_what_came_of_it_is_on_the_tape() -> None:
    stage = TapedStage()
    stage.at(0.0, do.Answered("Hello."))
    stage.at(0.1, do.Ready("r1"))
    steps = stage.tape.recording().steps
    assert [(step.now, step.event, step.state) for step in steps] == [
        (0.0, do.Answered("Hello."), "thinking"),
        (0.1, do.Ready("r1"), "speaking"),
    ]
    assert steps[0].actions == (do.Say("r1", "greeting", "Hello."),)


def test_a_deadline_is_an_input_too() -> None:
    stage = TapedStage()
    stage.at(9.0)
    step = stage.tape.recording().steps[0]
    assert (step.now, step.event) == (Manners().still_there_after, None)


def test_an_input_over_which_turn_taking_breaks_down_is_on_the_tape() -> None:
    tape = Tape(HEADER, Manners())
    tape.take(1.0, do.Key("1"))
    assert tape.recording().steps == [Step(1.0, do.Key("1"), None, "")]


def test_a_full_tape_stops_and_says_when() -> None:
    tape = Tape(HEADER, Manners(), most=3)
    for second in range(6):
        tape.take(float(second), do.Key("1"))
        tape.did([], "pausing")
        tape.note(float(second), "heard", text="x")
    recording = tape.recording()
    assert len(recording.items) == 3
    assert recording.stopped == 1.0


def test_audio_without_a_gap_is_one_note() -> None:
    tape = Tape(HEADER, Manners())
    for at in (1.0, 1.0, 1.0, 1.02, 1.04, 2.0, 2.02):
        tape.played("r1", at, 0.02)
    tape.played("r2", 2.04, 0.02)
    notes = tape.recording().notes("played")
    spans = [(note.now, note.about["reply"], note.about["to"]) for note in notes]
    assert spans == [(1.0, "r1", 1.1), (2.0, "r1", 2.04), (2.04, "r2", 2.06)]


def test_nothing_of_a_secret_is_on_the_tape_and_it_replays_all_the_same() -> None:
    stage = TapedStage()
    stage.at(0.0, do.Answered("Hello."))
    stage.tape.secret = True
    for number, digit in enumerate("4929*8#"):
        stage.at(1.0 + number / 10, do.Key(digit))
    stage.tape.secret = False
    steps = stage.tape.recording().steps
    assert not any(digit in str(step.event) + str(step.actions) for step in steps for digit in ("4929", "'4'", "'9'"))
    taker = TurnTaker(Manners())
    for step in steps:
        assert step.event is not None
        assert tuple(taker.receive(step.event, step.now)) == step.actions


def test_what_edits_an_entry_is_no_secret() -> None:
    assert [hide(do.Key(digit)).digit for digit in "1*#"] == ["•", "*", "#"]
    assert hide(do.Begin("r12", 3, "call 555 1234", False)) == do.Begin("r12", 3, "call ••• ••••", False)
    assert hide(do.Ready("r12")) == do.Ready("r12")


def test_the_tape_does_not_change_what_is_played() -> None:
    plain, recorded = Stage(), taped(7)
    for step in recorded.steps:
        plain.now = step.now
        taken = plain.feed(step.event)
        assert tuple(taken) == step.actions


def test_what_is_new_in_the_history_is_noted_once() -> None:
    tape, history = Tape(HEADER, Manners()), History()
    history.tool_settled(ToolOutcome("t0", "dig", "completed", {}))
    tape.skip(history)
    history.caller_said(1, "Dig.")
    history.tool_asked("t1", "dig", {"deep": True})
    tape.follow(2.0, history)
    history.agent_said("r1", "turn", "I am", interrupted=True)
    history.looked_up(LookedUp("track", {"code": "HB1042"}, {}, 0.0, failed=True))
    tape.follow(3.0, history)
    tape.follow(4.0, history)
    assert tape.recording().items == (
        Note(2.0, "tool", {"id": "t1", "tool": "dig", "status": "requested"}),
        Note(3.0, "heard", {"reply": "r1", "text": "I am", "interrupted": True}),
        Note(3.0, "lookup", {"tool": "track", "failed": True}),
    )
