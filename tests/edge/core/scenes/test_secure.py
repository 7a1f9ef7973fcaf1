"""While a card is keyed in, the machine is blind to the caller, and the agent can talk."""

from edge.core import events as do
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import greeted, kinds


def test_while_keys_are_captured_the_machine_is_blind_to_the_caller_and_the_agent_can_talk() -> None:
    stage = greeted()
    stage.at(3.2, do.Secure(True))
    assert stage.state() is State.SECURE
    stage.at(4.0, SpeechStarted(3.9), do.Key("4"), do.Heard("four", 3.9, 4.0), SpeechStopped(4.0))
    assert stage.state() is State.SECURE
    say = stage.at(4.5, do.Announce("a", "Four digits so far."))[-1:] or stage.at(5.0)[-1:]
    assert isinstance(say[0], do.Say)
    stage.at(5.1, do.Ready(say[0].reply))
    assert kinds(stage.at(5.2, SpeechStarted(5.1))) == []
    stage.at(6.0)
    stage.spoken(say[0].reply)
    assert stage.state() is State.SECURE
    stage.at(6.1, do.Announce("b", "Now the expiry date, please.", attempt=3))
    say = stage.at(6.6)[-1:] or stage.log[-1:]
    assert isinstance(say[0], do.Say)
    stage.at(6.7, do.Ready(say[0].reply))
    assert kinds(stage.at(6.8, do.Key("1"))) == ["Flush", "Settle"]
    assert stage.state() is State.SECURE
    assert stage.settled == ["a", "b"]
    stage.at(7.0, do.Secure(False))
    assert stage.state() is State.LISTENING
    assert not any(isinstance(action, do.Commit) for action in stage.log)
