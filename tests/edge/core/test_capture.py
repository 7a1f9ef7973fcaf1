"""Keys become a card: scenes, and what holds over random ones."""

import gc
import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.capture import Capture, Patience, Prompt, Stage, Step, Stop, Submit

TODAY = date(2026, 11, 25)
VISA = "4539148803436467"
AMEX = "378282246310005"


def capture(**more: object) -> Capture:
    given = {"code": True, "voice": True, "today": TODAY, "now": 0.0} | more
    return Capture("A hundred and twenty dollars.", **given)  # type: ignore[arg-type]


class Scene:
    """A capture with time that runs on, 0.3 s a key."""

    def __init__(self, under: Capture) -> None:
        self.under = under
        self.now = 0.0
        self.steps: list[Step] = [under.opening]

    def press(self, keys: str) -> "Scene":
        for key in keys:
            self.wait(0.3)
            self.steps += self.under.press(key, self.now)
        return self

    def wait(self, seconds: float) -> "Scene":
        end = self.now + seconds
        while self.under.deadline is not None and self.under.deadline <= end:
            self.now = max(self.now, self.under.deadline)
            self.steps += self.under.expire(self.now)
        self.now = end
        return self

    @property
    def said(self) -> list[str]:
        return [step.text for step in self.steps if isinstance(step, Prompt)]

    @property
    def end(self) -> Step:
        return self.steps[-1]


def card(step: Step) -> tuple[str, str, str]:
    assert isinstance(step, Submit)
    return step.card.number.decode(), step.card.expiry.decode(), step.card.code.decode()


def test_number_expiry_and_code_make_a_card() -> None:
    scene = Scene(capture()).press(f"{VISA}#1230#737#")
    assert card(scene.end) == (VISA, "1230", "737")
    assert scene.said[0].startswith("A hundred and twenty dollars. Please key in your card number")
    assert "say cancel" in scene.said[0]
    assert scene.said[1].startswith("Thank you, sixteen digits. Now the expiry date")
    assert scene.said[-1] == "Thank you. One moment, please."


def test_a_gateway_that_wants_no_code_gets_none() -> None:
    scene = Scene(capture(code=False, voice=False)).press(f"{AMEX}#0131#")
    assert card(scene.end) == (AMEX, "0131", "")
    assert "say cancel" not in scene.said[0]


def test_a_pause_ends_what_is_whole_and_says_how_far_one_is_where_it_is_not() -> None:
    scene = Scene(capture()).press(VISA[:4]).wait(3.0)
    assert scene.said[-1] == "Four digits so far."
    scene.press(VISA[4:]).wait(3.0)
    assert scene.under.stage is Stage.EXPIRY
    scene.press("#")
    assert scene.under.stage is Stage.EXPIRY, "A hash that comes late ends nothing."
    scene.press("1230").wait(3.0).press("737").wait(3.0)
    assert card(scene.end) == (VISA, "1230", "737")


def test_star_takes_back_and_cancels_where_nothing_is_left() -> None:
    scene = Scene(capture()).press(f"49*{VISA[1:]}#1230#7378*#")
    assert card(scene.end) == (VISA, "1230", "737")
    scene = Scene(capture()).press("4**")
    assert scene.said[-1].endswith("Press star once more to cancel.")
    assert scene.press("*").end == Stop("cancelled")
    scene = Scene(capture()).press(f"*{VISA}#")
    assert scene.under.stage is Stage.EXPIRY, "One star alone cancels nothing."


def test_what_is_wrong_is_asked_for_again_and_given_up_after_three_times() -> None:
    scene = Scene(capture()).press("4242424242424241#")
    assert scene.said[-1].startswith("That does not look like a card number")
    scene.press(f"{VISA}#1025#")
    assert scene.said[-1].startswith("That is not an expiry date to come")
    scene.press("1230#12#")
    assert scene.said[-1].startswith("That is not as long")
    assert scene.press("12#1234#").end == Stop("invalid")


def test_a_card_that_the_gateway_refuses_may_be_followed_by_another() -> None:
    scene = Scene(capture()).press(f"{VISA}#1230#737#")
    scene.steps += scene.under.refused(scene.now)
    assert scene.under.stage is Stage.NUMBER
    scene.press(f"{AMEX}#0131#1234#")
    assert card(scene.end) == (AMEX, "0131", "1234")
    for _ in range(2):
        scene.steps += scene.under.refused(scene.now)
        scene.press(f"{AMEX}#0131#1234#")
    assert Stop("invalid") in scene.steps


def test_silence_is_reminded_of_and_then_ended() -> None:
    scene = Scene(capture()).press(VISA[:2]).wait(200.0)
    assert scene.end == Stop("timed_out")
    assert sum("Two digits so far" in text for text in scene.said) == 1 + Patience().reminders


def test_one_may_ask_to_wait_to_hear_it_again_and_to_cancel_by_voice() -> None:
    scene = Scene(capture())
    scene.steps += scene.under.wishes("wait", scene.now)
    assert len(scene.wait(39.0).said) == 2
    scene.press("45")
    scene.steps += scene.under.wishes("again", scene.now)
    assert scene.said[-1] == "Two digits so far. Please key in your card number, then press hash."
    assert scene.under.wishes("cancel", scene.now) == [Stop("cancelled")]
    assert scene.under.press("4", scene.now) == []


KEYS = st.text("0123456789*#", max_size=60)
MOVES = st.lists(st.one_of(KEYS, st.floats(0.1, 20.0), st.sampled_from(["wait", "again", "said"])), max_size=12)


@settings(max_examples=300)
@given(MOVES, st.booleans(), st.booleans())
def test_whatever_is_pressed_it_ends_in_time_says_no_digit_and_keeps_none(
    moves: list[object], code: bool, whole: bool
) -> None:
    scene = Scene(capture(code=code))
    for move in [*([f"{VISA}#1230#"] if whole else []), *moves]:
        if move == "said":
            scene.under.said(scene.now)
        elif move in ("wait", "again"):
            scene.steps += scene.under.wishes(move, scene.now)
        elif isinstance(move, str):
            scene.press(move)
        else:
            scene.wait(float(move))  # type: ignore[arg-type]
    before = repr(scene.under)
    assert not re.search(r"\d{3}", before)
    scene.wait(Patience().total)
    assert scene.under.stage in (Stage.SUBMITTED, Stage.OVER)
    assert scene.under.deadline is None
    assert not any(char.isdigit() for text in scene.said for char in text)
    ends = [step for step in scene.steps if isinstance(step, Submit | Stop)]
    assert len(ends) == 1
    held = [each for each in gc.get_referents(scene.under.__dict__) if isinstance(each, bytearray)]
    assert all(not each for each in held)
    assert not scene.under._done


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*"0123456789", "*"]), max_size=40))
def test_what_is_submitted_is_what_was_keyed_in_less_what_was_taken_back(keys: list[str]) -> None:
    kept: list[str] = []
    for at, key in enumerate(keys):
        if key != "*":
            kept.append(key)
        elif kept:
            kept.pop()
        else:
            keys = keys[:at]  # Here two stars would cancel.
            break
    wanted = "".join(kept)[:24]
    under = capture(code=False)
    scene = Scene(under)
    for key in keys[:24]:
        scene.steps += under.press(key, scene.now)
    if len(keys) <= 24:
        assert under.count == len(wanted)
        assert under._entry.decode() == wanted
