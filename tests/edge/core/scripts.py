"""Random scripts for TurnTaker, and what must hold however a call goes.

``python -m tests.edge.core.scripts 10000`` plays so many, and says how long it took.
"""

import sys
import time
from collections.abc import Callable
from functools import cache
from random import Random

from hypothesis import strategies as st

from edge.core import events as do
from edge.core.conversation import Cause
from edge.core.states import State
from edge.core.vad import SpeechStarted, SpeechStirred, SpeechStopped
from tests.edge.core.stage import Stage

CAUSES: tuple[Cause, ...] = ("announcement", "question", "rest")
TEXTS = ["", "Yes.", "Mhm.", "I want to", "Book a boiler service on Tuesday.", "No, wait.", "Hold on a second."]

Step = Callable[[Stage], None]


def _newest(stage: Stage, *, committed: bool | None = None) -> str:
    return next((reply for reply, state in stage.live.items() if committed in (None, state)), "r0")


def _start(stage: Stage) -> None:
    stage.at(stage.now, SpeechStarted(max(0.0, stage.now - 0.07)))


def _stop(stage: Stage) -> None:
    stage.at(stage.now, SpeechStopped(max(0.0, stage.now - 0.13)))


def _stir(stage: Stage) -> None:
    stage.at(stage.now, SpeechStirred(max(0.0, stage.now - 0.03)))


def _ready(stage: Stage) -> None:
    stage.at(stage.now, do.Ready(_newest(stage)))


def _thought(stage: Stage) -> None:
    stage.at(stage.now, do.Thought(_newest(stage)))


def _spoken(stage: Stage) -> None:
    stage.spoken(_newest(stage, committed=True))


def _broken(stage: Stage) -> None:
    stage.spoken(_newest(stage, committed=True), heard=0.4)


def _unproved(stage: Stage) -> None:
    stage.spoken(_newest(stage, committed=True), heard=0.4, unproved=True)


def _dry(stage: Stage) -> None:
    stage.at(stage.now, do.Dry(_newest(stage)))


def _busy(stage: Stage) -> None:
    stage.at(stage.now, do.Busy(not stage.announced))


def _secure(stage: Stage) -> None:
    stage.at(stage.now, do.Secure(True))


def _open(stage: Stage) -> None:
    stage.at(stage.now, do.Secure(False))


def _hear(text: str) -> Step:
    def step(stage: Stage) -> None:
        decode = next((action for action in reversed(stage.log) if isinstance(action, do.Decode)), None)
        if decode:
            stage.at(stage.now, do.Heard(text, decode.start, decode.end))

    return step


def _interim(text: str) -> Step:
    """Words of a streaming recogniser, unasked, in a hush of the caller's."""

    def step(stage: Stage) -> None:
        stage.at(stage.now, do.Heard(text, stage.now, stage.now + 0.01, hushed=True))

    return step


def _din(stage: Stage) -> None:
    """A noise as long as it takes to take the floor, decoded while it lasts."""
    _start(stage)
    stage.at(stage.now + 1.2)
    _hear("")(stage)
    _stop(stage)


def _wait(seconds: float) -> Step:
    def step(stage: Stage) -> None:
        stage.at(stage.now + seconds)

    return step


def _press(digit: str) -> Step:
    def step(stage: Stage) -> None:
        stage.at(stage.now, do.Key(digit))

    return step


def _expect(stage: Stage) -> None:
    stage.at(stage.now, do.Expect(_newest(stage), "yes_no"))


def _announce(urgent: bool, cause: Cause, expires: float | None) -> Step:
    def step(stage: Stage) -> None:
        stage.at(
            stage.now,
            do.Announce(
                f"a{len(stage.announced)}",
                "It is done.",
                cause,
                urgent,
                None if expires is None else stage.now + expires,
            ),
        )

    return step


def _withdraw(stage: Stage) -> None:
    stage.at(stage.now, do.Withdraw(f"a{len(stage.announced) - 1}"))


def _finish(stage: Stage) -> None:
    stage.at(stage.now, do.FinishAfter(_newest(stage)))


def _hang_up(stage: Stage) -> None:
    stage.at(stage.now, do.LineClosed("caller_hung_up"))


_SOUND: list[Step] = [
    _start,
    _stop,
    _start,
    _stop,
    _ready,
    _ready,
    _thought,
    _spoken,
    _finish,
    _expect,
    _broken,
    _unproved,
    _dry,
    _busy,
    _din,
]
_CAPTURE: list[Step] = [_secure, _open, _open]

STEPS = st.one_of(
    st.sampled_from(_SOUND),
    st.sampled_from(_CAPTURE),
    st.just(_stir),
    st.sampled_from(TEXTS).map(_hear),
    st.sampled_from(TEXTS).map(_interim),
    st.sampled_from([0.02, 0.1, 0.3, 0.7, 2.0, 9.0]).map(_wait),
    st.sampled_from("0159*#").map(_press),
    st.builds(_announce, st.booleans(), st.sampled_from(CAUSES), st.sampled_from([None, 0.5, 30.0])),
)


# -- scripts without hypothesis, the same for each seed ----------------------------------------------------------------

_WORDS = [_stir, _hear("")] + [_hear(text) for text in TEXTS] + [_interim(text) for text in TEXTS[1:5:3]]
_TIME = [_wait(seconds) for seconds in (0.02, 0.1, 0.3, 0.7, 2.0, 9.0, 90.0)]
_KEYS = [_press(digit) for digit in "0159*#"]
_BUSINESS: list[Step] = [_withdraw] + [
    _announce(urgent, cause, expires) for urgent in (False, True) for cause in CAUSES for expires in (None, 0.5, 30.0)
]


def played(seed: int, steps: int = 40, stage: Stage | None = None) -> Stage:
    """A stage on which a random call was played, to its end."""
    random = Random(seed)
    stage = stage or Stage()
    stage.at(0.0, do.Answered("Hello."))
    for _ in range(steps):
        kind = random.choices((_SOUND, _WORDS, _TIME, _KEYS, _BUSINESS, _CAPTURE), (18, 9, 9, 3, 3, 1))[0]
        random.choice(kind)(stage)
    stage.at(stage.now, do.LineClosed("caller_hung_up"))
    return stage


# -- what must hold ----------------------------------------------------------------------------------------------------


def check(stage: Stage) -> None:
    """The invariants at the end of a call; what must hold at every moment the stage has checked on the way."""
    assert stage.state() is State.CLOSED
    assert stage.paused is None, "A pause was neither resumed nor flushed."
    assert not stage.live, "A reply is under way after the end."
    assert sorted(stage.settled) == sorted(stage.announced), "Every announcement is acknowledged exactly once."
    commits = [action for action in stage.log if isinstance(action, do.Commit)]
    assert [commit.turn for commit in commits] == list(range(1, len(commits) + 1))
    assert len({commit.reply for commit in commits}) == len(commits), "A reply answers one turn."


@cache
def moves(scripts: int) -> frozenset[tuple[State, str, State]]:
    """All moves from state to state that so many random calls make; the invariants hold in each of them."""
    seen: set[tuple[State, str, State]] = set()
    for seed in range(scripts):
        stage = played(seed)
        try:
            check(stage)
        except AssertionError as error:
            raise AssertionError(f"Script {seed}: {error}") from error
        seen |= stage.moves
    return frozenset(seen)


if __name__ == "__main__":
    count, began = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, time.perf_counter()
    found = moves(count)
    seconds = time.perf_counter() - began
    print(f"{count} scripts in {seconds:.1f} s: all invariants hold, over {len(found)} ways between states.")
