"""The agent hangs up once its last words were heard."""

from edge.core import events as do
from tests.edge.core.stage import greeted


def test_a_goodbye_ends_the_call_once_it_was_heard() -> None:
    stage = greeted()
    stage.says("No thanks, bye.", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"), do.FinishAfter("r2"))
    stage.at(7.0)
    stage.spoken("r2")
    assert stage.log[-1] == do.HangUp("agent_hung_up")
