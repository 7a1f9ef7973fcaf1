"""What is read off a recording before it is compared."""

from edge.core import events as do
from tests.trunkline.replay.calls import Play
from trunkline.replay.recorded import Recorded


def test_decisions_deadlines_and_what_was_asked() -> None:
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.at(5.25, do.Expect("r2", "name"))
    play.answers(5.4, 7.0)
    play.says("John Miller.", 8.0, 9.0)
    play.answers(9.3, 10.0)
    recorded = Recorded(play.tape.recording())
    assert [each.kind for each in recorded.decisions] == ["say", "commit", "commit"]
    assert [each.text for each in recorded.decisions[1:]] == ["I want to book a visit.", "John Miller."]
    assert all(
        recorded.steps[place].now == each.at for place, each in zip(recorded.places, recorded.decisions, strict=True)
    )
    starts = [place for place in range(len(recorded.steps)) if recorded.fresh_from(place) == place]
    assert [recorded.profiles[place] for place in starts] == ["open", "name"]
    assert recorded.onset_after(5.3) == 8.0
    assert recorded.onset_after(8.0) is None
    assert set(recorded.deadlines) == {place for place, step in enumerate(recorded.steps) if step.event is None}


def test_an_apology_asks_once_more_for_what_was_asked() -> None:
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.at(5.25, do.Expect("r2", "digits"))
    play.answers(5.4, 7.0)
    play.says("Four one five five five five oh one three seven.", 8.0, 11.0)
    play.at(30.0)
    recorded = Recorded(play.tape.recording())
    assert recorded.profiles[-1] == "digits"


def test_what_something_urgent_broke_off_has_asked_what_it_asked() -> None:
    play = Play()
    play.says("I want to book a visit.", 4.0, 5.0)
    play.at(5.4, do.Ready("r2"), do.Thought("r2"), do.Expect("r2", "digits"))
    play.at(6.0, do.Announce("gas", "Please leave the house.", urgent=True))
    assert Recorded(play.tape.recording()).profiles[-1] == "digits"


def test_a_state_of_another_version_is_no_trouble() -> None:
    play = Play()
    play.tape.recording().steps[0].state = "dancing"
    assert Recorded(play.tape.recording()).decisions
