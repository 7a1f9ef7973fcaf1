"""A carrier that sends marks sends none for the end of a reply: nobody knows whether the caller heard it."""

from edge.core import events as do
from edge.core.states import State
from tests.edge.core.stage import greeted, kinds


def test_news_that_nobody_is_known_to_have_heard_is_told_again_and_at_last_given_up() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("a", "Your visit is booked."))
    for now in (4.0, 10.0, 16.0):
        assert stage.settled == []
        stage.at(now)
        reply = stage.talks(now + 0.1)
        stage.at(now + 4.0)
        stage.spoken(reply, 0.2, unproved=True)
    assert [action for action in stage.log if isinstance(action, do.Settle)] == [do.Settle("a", "refused")]


def test_most_of_it_is_enough() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("a", "Your visit is booked."))
    stage.at(4.0)
    stage.spoken(stage.talks(4.1), 0.9, unproved=True)
    assert stage.log[-1] == do.Settle("a", "spoken")


def test_a_question_that_may_not_have_been_heard_is_asked_again_and_waits_for_no_answer_yet() -> None:
    stage = greeted()
    stage.at(3.1, do.Announce("q", "Which number can we reach you at?", "question", profile="digits"))
    stage.at(4.0)
    reply = stage.talks(4.1)
    stage.at(8.0)
    stage.spoken(reply, 0.1, unproved=True)
    assert stage.told(8.5).announcement == "q"


def test_an_answer_is_not_apologised_for_the_caller_is_asked_whether_they_are_there() -> None:
    stage = greeted()
    stage.says("What do you offer?", 4.0, 5.0)
    stage.at(5.4)
    stage.spoken(stage.talks(5.5), 0.3, unproved=True)
    assert stage.state() is State.LISTENING
    (say,) = stage.at(14.0)
    assert isinstance(say, do.Say)
    assert say.text == stage.taker.manners.still_there


def test_a_goodbye_that_may_not_have_been_heard_still_ends_the_call() -> None:
    stage = greeted()
    stage.says("Goodbye.", 4.0, 5.0)
    stage.at(5.4)
    reply = stage.talks(5.5)
    stage.at(5.6, do.FinishAfter(reply), do.Thought(reply))
    stage.spoken(reply, 0.0, unproved=True)
    assert kinds(stage.log)[-1] == "HangUp"
