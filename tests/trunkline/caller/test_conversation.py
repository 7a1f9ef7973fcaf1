"""A whole call in audio time: the agent is sound in the buffer, its words are given."""

import itertools

import numpy as np
import pytest

from edge.core.audio import RATE, Pcm, to_mulaw
from trunkline.caller.conversation import Conversation
from trunkline.caller.report import CallEvent
from trunkline.caller.script import parse
from trunkline.caller.tools import Board
from trunkline.caller.voice import Words
from trunkline.caller.wire import Media, Stream


def tone(seconds: float) -> Pcm:
    return (3000 * np.sin(2 * np.pi * 300 * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


LINE = np.concatenate([np.zeros(800, np.int16), tone(1.0), np.zeros(1600, np.int16)])
"""0.1 s before the voice, 0.2 s after it."""


class Call:
    """Ticks a conversation; ``say`` puts the agent's audio in the buffer and keeps its words for recognition."""

    def __init__(self, script: str, *, board: Board | None = None) -> None:
        parsed = parse(script)
        words = {step: Words(step.say or "", LINE, (800, 8800)) for step in (*parsed.lines, *parsed.answers)}
        self.events: list[CallEvent] = []
        self.conversation = Conversation(Stream("CA1"), parsed, words, board=board or Board(), tell=self.events.append)
        self.words: list[str] = []
        self.agent = ""

    def say(self, text: str, seconds: float = 1.0) -> None:
        self.agent = text
        self.conversation.receive(Media(to_mulaw(tone(seconds))))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.02)):
            if self.conversation.hung_up:
                return
            self.conversation.tick()
            for request in self.conversation.take_requests():
                self.conversation.understood(request.id, self.agent)

    @property
    def said(self) -> list[str]:
        """What the caller has begun to say, told or not."""
        return [turn.said for turn in self.conversation.turns if turn.said]

    @property
    def told(self) -> list[str]:
        return [event.text for event in self.events]


def test_a_conversation_with_its_voice_to_voice_times() -> None:
    call = Call("{lines: [book it], answers: [{when: which day, say: Tuesday}]}")
    call.say("How can I help?")
    call.run(1.0)
    assert call.said == []
    call.run(0.8)
    assert call.said == ["book it"]
    call.run(1.4 + 0.5)
    call.say("Which day?")
    call.run(1.8)
    assert call.said == ["book it", "Tuesday"]
    call.run(1.3)
    call.say("Done.")
    call.run(10)
    assert call.conversation.hung_up == "finished"
    call.conversation.finish()
    call.conversation.flush()
    first, second, last = call.conversation.turns
    assert (first.heard, first.said) == ("How can I help?", "book it")
    assert (second.heard, second.said) == ("Which day?", "Tuesday")
    assert (last.heard, last.said, last.voice_to_voice_ms) == ("Done.", "", None)
    assert first.said_from is not None
    assert first.said_to is not None
    assert first.reply_at is not None
    assert first.said_to - first.said_from == pytest.approx(1.0)
    assert first.voice_to_voice_ms == pytest.approx((first.reply_at - first.said_to) * 1000)
    assert [event.text for event in call.events if event.kind == "agent"] == ["How can I help?", "Which day?", "Done."]
    waits = [event.voice_to_voice_ms for event in call.events if event.kind == "agent"]
    assert waits == [None, first.voice_to_voice_ms, second.voice_to_voice_ms]


def test_voice_to_voice_is_measured_from_the_voice_not_from_the_files_end() -> None:
    call = Call("lines: [a]")
    call.say("Hello?")
    call.run(1.8)
    while call.conversation.line.talking:
        call.run(0.02)
    call.say("Yes.")
    call.run(2)
    waited = call.conversation.turns[0].voice_to_voice_ms
    assert waited is not None
    assert 195 <= waited <= 245


def test_an_interruption_measures_how_fast_the_agent_falls_silent() -> None:
    call = Call("answers: [{when: terms, say: stop, interrupt: 1.0}]")
    call.say("Here are all our terms and conditions.", 10.0)
    call.run(1.4)
    assert call.said == ["stop"]
    call.run(0.3)
    call.conversation.line.clear()
    call.run(2.0)
    first = call.conversation.turns[0]
    assert first.heard == "Here are all our terms and conditions."
    assert first.silenced_ms is not None
    assert 500 <= first.silenced_ms <= 650
    assert first.reply_at is None
    call.say("All right.")
    call.run(1.0)
    assert first.voice_to_voice_ms is not None


@pytest.mark.parametrize("step", ["{keys: '*', interrupt: 0.4}", "{say: stop, interrupt: 0.4}"])
def test_words_that_are_spoken_over_are_told_once_they_are_known(step: str) -> None:
    call = Call(f"lines: [book it, {step}]")
    call.say("How can I help?")
    call.run(1.0 + 0.7 + 1.3 + 0.5)
    call.say("An electrical check, certainly.", 2.0)
    call.run(3.5)
    call.say("Anything else?")
    call.run(2.0)
    over = "presses *" if "keys" in step else "stop"
    heard = ["How can I help?", "book it", "An electrical check, certainly.", over, "Anything else?"]
    assert call.told == heard
    assert [event.at for event in call.events] == sorted(event.at for event in call.events)
    told = [event for event in call.events if event.kind == "agent"]
    first = call.conversation.turns[0]
    assert (told[1].at, told[1].voice_to_voice_ms) == (first.reply_at, first.voice_to_voice_ms)


def test_the_last_words_are_told_though_a_key_was_pressed_over_them() -> None:
    call = Call("lines: [{keys: '*', interrupt: 0.4}, {hang_up: true}]")
    call.say("We answer around the clock.", 3.0)
    call.run(12)
    assert call.conversation.hung_up == "hung_up"
    call.conversation.finish()
    call.conversation.flush()
    assert call.told == ["We answer around the clock.", "presses *"], "In the order in which it was heard."


def test_an_agent_who_talks_through_gives_no_reply_time() -> None:
    call = Call("lines: [{say: stop, interrupt: 1.0}]")
    call.say("On and on.", 10.0)
    call.run(9)
    assert call.said == ["stop"]
    assert call.conversation.turns[0].voice_to_voice_ms is None


def test_a_caller_who_hangs_up_does_so_when_the_step_is_done() -> None:
    call = Call("lines: [{say: bye, hang_up: true}]")
    call.say("Hello?")
    call.run(20)
    assert call.conversation.hung_up == "hung_up"
    assert call.conversation.line.now == pytest.approx(1.0 + 0.7 + 1.3, abs=0.1)


def test_words_that_come_late_do_not_hold_the_line() -> None:
    call = Call("answers: [{when: which day, say: Tuesday}]")
    call.say("Which day?")
    for _ in range(150):
        call.conversation.tick()
    assert call.said == []
    (request,) = call.conversation.take_requests()
    call.conversation.understood(request.id, "Which day?")
    call.conversation.tick()
    assert call.said == ["Tuesday"]


def test_silence_all_along_ends() -> None:
    call = Call("lines: [hello]")
    call.run(60)
    assert call.said == ["hello"]
    assert call.conversation.hung_up == "finished"
    assert call.conversation.line.now < 30


def test_answers_to_requests_nobody_made_are_ignored() -> None:
    call = Call("lines: [hello]")
    for number in itertools.chain(range(3), [-1, 10**9]):
        call.conversation.understood(number, "words")
    assert call.conversation.turns[0].heard == ""


def test_what_is_heard_after_a_pause_begins_as_a_sentence_does() -> None:
    call = Call("{}")
    for words in ("let me read that back.", "a boiler service, on Tuesday.", "is that right?"):
        call.say(words, 0.5)
        call.run(1.0)
    assert call.conversation.turns[-1].heard == "Let me read that back. A boiler service, on Tuesday. Is that right?"


def test_what_happens_while_the_agent_speaks_is_told_behind_its_words_and_before_its_next() -> None:
    call = Call("{}")
    call.say("I'm booking that for you now.")
    call.run(0.5)
    call.conversation.news("outcome", "it is booked")
    assert call.told == []
    call.run(1.5)
    assert call.told == ["I'm booking that for you now.", "it is booked"]
    call.say("It is booked.")
    call.run(2.0)
    assert call.told == ["I'm booking that for you now.", "it is booked", "It is booked."]


def test_what_happens_between_two_sentences_is_told_between_them() -> None:
    call = Call("{}")
    call.say("I'm looking.")
    call.run(1.2)
    call.conversation.news("outcome", "found")
    call.run(0.2)
    call.say("Somebody comes.")
    call.run(2.0)
    assert call.told == ["I'm looking.", "found", "Somebody comes."]


def test_what_happens_in_silence_is_told_at_once() -> None:
    call = Call("{}")
    call.run(0.5)
    call.conversation.news("tool", "a tool")
    assert call.told == ["a tool"]


def test_the_words_behind_those_over_which_the_caller_began_are_told_with_them() -> None:
    call = Call("lines: [{say: stop, interrupt: 1.5}]")
    call.say("We answer around the clock.")
    call.run(1.4)
    call.say("I can help you with", 2.0)
    call.run(5.0)
    assert call.told == ["We answer around the clock. I can help you with", "stop"]


@pytest.mark.parametrize(("seconds", "told"), [(0.1, ["I"]), (0.3, ["You", "I"])])
def test_a_sound_too_short_for_a_word_is_no_line(seconds: float, told: list[str]) -> None:
    call = Call("{}")
    call.say("You", seconds)
    call.run(2.0)
    call.say("I", 1.0)
    call.run(2.0)
    assert call.told == told
    assert call.conversation.turns[0].heard == " ".join(told)


@pytest.mark.parametrize("step", ["{say: one moment, wait: 3}", "{keys: '12#', wait: 3}"])
def test_what_the_caller_did_not_come_to_say_is_not_told(step: str) -> None:
    call = Call(f"lines: [{step}]")
    call.say("Hello?")
    call.run(3.0)
    call.say("Hello?")
    call.run(1.5)
    call.conversation.finish()
    call.conversation.flush()
    assert call.told == ["Hello?", "Hello?"]
    assert (call.conversation.turns[0].said, call.conversation.turns[0].keys) == ("", "")


def test_the_end_is_told_though_the_agent_was_speaking() -> None:
    call = Call("{}")
    call.say("Thank you for calling.", 3.0)
    call.run(1.0)
    call.conversation.finish()
    (request,) = call.conversation.take_requests()
    call.conversation.understood(request.id, "Thank you.")
    call.conversation.flush()
    call.conversation.tell("ended", "agent: agent_hung_up.")
    assert call.told == ["Thank you.", "agent: agent_hung_up."]


def test_words_that_were_never_recognised_hold_nothing_back_at_the_end() -> None:
    call = Call("{}")
    call.say("Hello?")
    for _ in range(100):
        call.conversation.tick()
    call.conversation.tell("note", "it is late")
    assert call.told == []
    call.conversation.finish()
    call.conversation.flush()
    assert call.told == ["it is late"]
