"""Who speaks next, from values alone."""

import dataclasses

import pytest

from trunkline.caller.director import Director, Do, HangUp, Manners, Scene
from trunkline.caller.script import parse

MANNERS = Manners()
QUESTION = Scene(
    now=10.0,
    speaking_for=0.0,
    silent_for=1.0,
    since_own=5.0,
    since_news=100.0,
    utterances=1,
    words="Which day suits you?",
    deciphering=False,
    busy=False,
)


def director(text: str) -> Director:
    return Director(parse(text))


def said(decision: Do | HangUp | None) -> str | None:
    return decision.step.say if isinstance(decision, Do) else None


def but(**changes: object) -> Scene:
    return dataclasses.replace(QUESTION, **changes)  # type: ignore[arg-type]


def test_an_answer_goes_before_a_line_and_is_given_once() -> None:
    caller = director("{lines: [hello], answers: [{when: which day, say: Tuesday}]}")
    assert said(caller.decide(QUESTION)) == "Tuesday"
    assert said(caller.decide(QUESTION)) == "hello"


def test_the_first_answer_that_matches_is_given() -> None:
    caller = director("answers: [{when: day, say: one}, {when: which, say: two, times: 2}]")
    assert [said(caller.decide(QUESTION)) for _ in range(4)] == ["one", "two", "two", None]


@pytest.mark.parametrize("scene", [but(silent_for=0.5), but(deciphering=True), but(speaking_for=2.0)])
def test_the_agent_is_heard_out(scene: Scene) -> None:
    assert director("lines: [hello]").decide(scene) is None


def test_a_line_waits_for_the_agents_reply_but_not_for_ever() -> None:
    caller = director("lines: [hello]")
    quiet = but(utterances=0, words="")
    assert caller.decide(dataclasses.replace(quiet, since_own=2.0)) is None
    assert said(caller.decide(dataclasses.replace(quiet, since_own=MANNERS.patience))) == "hello"


def test_a_line_may_interrupt_after_so_many_seconds() -> None:
    caller = director("lines: [{say: stop, interrupt: 1.5}]")
    assert caller.decide(but(speaking_for=1.4)) is None
    assert said(caller.decide(but(speaking_for=1.5))) == "stop"


def test_an_answer_interrupts_when_its_words_are_heard() -> None:
    caller = director("answers: [{when: which day, say: Tuesday, interrupt: 1.0}]")
    assert not caller.wants_words(but(speaking_for=0.9))
    assert caller.wants_words(but(speaking_for=1.0))
    assert caller.decide(but(speaking_for=1.2, words="")) is None
    assert said(caller.decide(but(speaking_for=1.2))) == "Tuesday"
    assert not caller.wants_words(but(speaking_for=1.0))


def test_it_hangs_up_when_all_is_said_and_quiet() -> None:
    caller = director("lines: []")
    assert caller.decide(but(silent_for=1.0)) is None
    assert caller.decide(but(silent_for=2.5)) == HangUp("finished")


def test_it_waits_for_tools_and_their_news_but_not_for_ever() -> None:
    caller = director("lines: []")
    assert caller.decide(but(silent_for=9.0, busy=True)) is None
    assert caller.decide(but(silent_for=9.0, since_news=0.5)) is None
    assert caller.decide(but(silent_for=20.0, busy=True, now=10.0 + MANNERS.outcome_wait)) == HangUp(
        "outcome_not_heard"
    )


def test_it_waits_longer_where_it_knows_nothing_of_tools() -> None:
    caller = director("lines: []")
    assert caller.decide(but(silent_for=4.0, busy=None)) is None
    assert isinstance(caller.decide(but(silent_for=6.0, since_own=7.0, busy=None)), HangUp)


def test_answers_that_are_left_are_given_time_to_be_asked_for() -> None:
    caller = director("answers: [{when: anything else, say: 'no'}]")
    assert caller.decide(but(silent_for=3.0)) is None
    assert said(caller.decide(but(silent_for=1.0, words="Anything else?"))) == "no"


def test_an_agent_who_goes_on_asking_is_left() -> None:
    caller = director("answers: [{when: never, say: x}]")
    assert isinstance(caller.decide(but(utterances=MANNERS.reprompts + 1)), HangUp)
