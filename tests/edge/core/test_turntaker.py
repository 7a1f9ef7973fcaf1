"""The invariants of turn-taking over random scripts, and its scenes, in seconds of call audio."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import events as do
from edge.core.turntaker import State
from edge.core.vad import SpeechStarted, SpeechStopped
from tests.edge.core.stage import STEPS, Stage, Step


def kinds(actions: list[do.Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


def scene() -> Stage:
    """The greeting has been heard, three seconds into the call."""
    stage = Stage()
    stage.at(0.0, do.Answered("Hello."))
    stage.at(0.1, do.Ready("r1"))
    stage.at(3.0)
    stage.spoken("r1")
    return stage


def says(stage: Stage, text: str, start: float, end: float) -> None:
    stage.at(start + 0.1, SpeechStarted(start))
    stage.at(end + 0.15, SpeechStopped(end))
    decode = next(action for action in reversed(stage.log) if isinstance(action, do.Decode))
    stage.at(end + 0.22, do.Heard(text, decode.start, decode.end))


# -- scenes -----------------------------------------------------------------------------------------------------------


def test_a_finished_sentence_is_answered_from_a_reply_begun_before_it_was_committed() -> None:
    stage = scene()
    says(stage, "I would like to book a visit.", 4.0, 5.5)
    assert kinds(stage.log[-2:]) == ["Decode", "Begin"]
    begin = stage.log[-1]
    assert isinstance(begin, do.Begin)
    assert begin.speculative
    stage.at(5.75, do.Ready(begin.reply))
    commit = stage.at(5.81)[-1]
    assert isinstance(commit, do.Commit)
    assert (commit.reply, commit.turn, commit.text) == (begin.reply, 1, "I would like to book a visit.")
    assert stage.state() is State.SPEAKING


def test_the_caller_goes_on_and_the_speculative_reply_leaves_no_trace() -> None:
    stage = scene()
    says(stage, "I would like to book a visit.", 4.0, 5.5)
    actions = stage.at(5.79, SpeechStarted(5.74))
    assert kinds(actions) == ["Discard"]
    says(stage, "I would like to book a visit on Tuesday.", 5.74, 7.0)
    commit = stage.at(8.0)[-1]
    assert isinstance(commit, do.Commit)
    assert commit.turn == 1
    assert commit.start == 4.0


def test_a_hush_after_words_that_sound_finished_begins_a_reply_before_the_pause() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0))
    assert kinds(stage.at(4.8, do.Heard("I would like to", 4.0, 4.7, hushed=True))) == []
    assert kinds(stage.at(5.5, do.Heard("I would like a visit.", 4.0, 5.4))) == []
    (begin,) = stage.at(5.55, do.Heard("I would like a visit.", 4.0, 5.45, hushed=True))
    assert isinstance(begin, do.Begin)
    assert begin.speculative
    assert stage.state() is State.HEARING
    assert kinds(stage.at(5.6, SpeechStopped(5.47))) == ["Decode"]
    assert kinds(stage.at(5.7, do.Heard("I would like a visit.", 4.0, 5.47))) == []
    commit = stage.at(5.8)[-1]
    assert isinstance(commit, do.Commit)
    assert commit.reply == begin.reply


def test_a_caller_who_goes_on_after_a_hush_discards_that_reply_and_leaves_one_for_the_pause() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0))
    assert kinds(stage.at(4.5, do.Heard("Hello.", 4.0, 4.4, hushed=True))) == ["Begin"]
    assert kinds(stage.at(4.9, do.Heard("Hello. A visit.", 4.0, 4.8, hushed=True))) == ["Discard", "Begin"]
    assert kinds(stage.at(5.3, do.Heard("Hello. A visit. Please.", 4.0, 5.2, hushed=True))) == ["Discard"]
    stage.at(5.4, SpeechStopped(5.2))
    assert stage.log[-1] == do.Begin(stage.log[-1].reply, 1, "Hello. A visit. Please.", True)  # type: ignore[union-attr]


def test_words_that_lead_on_are_waited_for() -> None:
    stage = scene()
    says(stage, "I would like to book a visit for", 4.0, 5.5)
    assert kinds(stage.at(6.3)) == []
    assert "Commit" in kinds(stage.at(6.5))


def test_a_reply_is_paused_and_resumed_for_a_backchannel() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    assert kinds(stage.at(7.1, SpeechStarted(7.0))) == ["Pause"]
    assert kinds(stage.at(7.26)) == ["Decode"]
    assert kinds(stage.at(7.30, do.Heard("Mhm.", 7.0, 7.25))) == []
    assert kinds(stage.at(7.45, SpeechStopped(7.32))) == ["Decode", "Decode"]
    assert kinds(stage.at(7.50, do.Heard("Mhm.", 7.0, 7.32))) == ["Resume"]
    assert stage.state() is State.SPEAKING


def test_an_okay_that_lasts_lets_the_agent_go_on_and_what_follows_stops_it_again() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(7.1, SpeechStarted(7.0))
    assert kinds(stage.at(7.30, do.Heard("Okay.", 7.0, 7.25))) == ["Decode"]
    assert kinds(stage.at(7.45, do.Heard("Okay.", 7.0, 7.40))) == ["Decode", "Resume"]
    assert kinds(stage.at(7.60, do.Heard("Okay, I", 7.0, 7.55))) == ["Decode", "Pause"]
    assert kinds(stage.at(7.75, do.Heard("Okay, I need it", 7.0, 7.70))) == ["Decode", "Flush"]
    assert stage.state() is State.HEARING


def test_laughter_in_which_other_words_are_heard_every_time_costs_the_agent_little() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(7.1, SpeechStarted(7.0))
    assert kinds(stage.at(7.30, do.Heard("So?", 7.0, 7.25))) == ["Decode"]
    assert kinds(stage.at(7.45, do.Heard("Cut up.", 7.0, 7.40))) == ["Decode", "Resume"]
    assert kinds(stage.at(7.60, do.Heard("", 7.0, 7.55))) == ["Decode"]
    assert kinds(stage.at(7.80, SpeechStopped(7.66))) == ["Decode", "Decode"]
    assert kinds(stage.at(7.85, do.Heard("Shut up.", 7.0, 7.66))) == []
    assert stage.state() is State.SPEAKING


def test_what_a_workflow_wants_said_while_the_caller_talks_is_woven_into_the_reply() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked."))
    stage.at(5.15, SpeechStopped(5.0))
    (begin,) = stage.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "a"
    stage.at(5.25, do.Ready("r2"))
    stage.at(5.6)
    assert stage.state() is State.SPEAKING
    stage.spoken("r2")
    assert stage.settled == ["a"]


def test_a_discarded_reply_leaves_its_announcement_to_the_next() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked."))
    stage.at(5.15, SpeechStopped(5.0))
    stage.at(5.22, do.Heard("What does it cost?", 4.0, 5.0))
    assert kinds(stage.at(5.26, SpeechStarted(5.24))) == ["Discard"]
    stage.at(6.15, SpeechStopped(6.0))
    begin = stage.at(6.22, do.Heard("What does it cost in all?", 4.0, 6.0))[-1]
    assert isinstance(begin, do.Begin)
    assert begin.announcement == "a"
    assert stage.settled == []


def test_words_over_the_agent_take_the_floor_and_become_the_next_turn() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(7.1, SpeechStarted(7.0))
    assert kinds(stage.at(7.3)) == ["Decode"]
    assert kinds(stage.at(7.35, do.Heard("No, wait", 7.0, 7.25))) == ["Flush"]
    assert stage.state() is State.HEARING
    stage.at(8.2, SpeechStopped(8.0))
    stage.at(8.25, do.Heard("No, wait, a tap repair.", 7.0, 8.0))
    commit = stage.at(9.0)[-1]
    assert isinstance(commit, do.Commit)
    assert (commit.turn, commit.text) == (2, "No, wait, a tap repair.")


def test_a_noise_while_the_agent_thinks_does_not_cost_the_caller_the_reply() -> None:
    stage = scene()
    says(stage, "I would like to book a visit.", 4.0, 5.5)
    stage.at(5.9)
    assert stage.state() is State.THINKING
    assert kinds(stage.at(6.05, SpeechStarted(5.95))) == ["Pause"]
    stage.at(6.2, SpeechStopped(6.1))
    assert kinds(stage.at(6.3, do.Heard("", 5.95, 6.1))) == ["Resume"]
    assert stage.state() is State.THINKING
    stage.at(6.4, do.Ready("r2"))
    assert stage.state() is State.SPEAKING


def test_a_late_reply_gets_one_filler_and_a_lost_one_an_apology() -> None:
    stage = scene()
    says(stage, "I would like to book a visit.", 4.0, 5.5)
    assert kinds(stage.at(6.8)) == ["Commit", "Fill"]
    assert kinds(stage.at(30.0))[:2] == ["Flush", "Say"]


def test_announcements_wait_for_the_floor_and_are_settled() -> None:
    stage = scene()
    stage.at(3.1, SpeechStarted(3.05), do.Announce("a", "Your visit is booked."), do.Announce("b", "And paid."))
    assert stage.state() is State.HEARING
    stage.at(4.0, SpeechStopped(3.9))
    stage.at(4.1, do.Heard("", 3.05, 3.9))
    say = stage.at(4.5)[-1]
    assert isinstance(say, do.Say)
    assert say.announcement == "a"
    stage.at(4.6, do.Ready(say.reply))
    stage.at(6.0)
    stage.spoken(say.reply)
    assert stage.settled == ["a"]
    say = stage.at(6.5)[-1]
    assert isinstance(say, do.Say)
    assert say.announcement == "b"
    stage.at(6.6, do.LineClosed("caller_hung_up"))
    assert stage.settled == ["a", "b"]


def test_an_urgent_announcement_interrupts_the_agent() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    assert kinds(stage.at(6.0, do.Announce("gas", "Please leave the house.", urgent=True))) == ["Flush", "Say"]


def test_silence_is_asked_about_and_then_ended() -> None:
    stage = scene()
    say = stage.at(11.5)[-1]
    assert isinstance(say, do.Say)
    assert say.cause == "silence"
    stage.at(11.6, do.Ready(say.reply))
    stage.at(12.5)
    stage.spoken(say.reply)
    say = stage.at(25.0)[-1]
    assert isinstance(say, do.Say)
    assert say.cause == "goodbye"
    stage.at(25.1, do.Ready(say.reply))
    stage.spoken(say.reply)
    assert stage.log[-1] == do.HangUp("silence")


def test_hold_on_is_respected() -> None:
    stage = scene()
    says(stage, "Hold on a second.", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(6.0)
    stage.spoken("r2")
    assert kinds(stage.at(40.0)) == []
    assert kinds(stage.at(52.0)) == ["Say"]


def test_keys_are_a_turn_with_hash_and_star() -> None:
    stage = scene()
    for offset, digit in enumerate("129*3"):
        stage.at(4.0 + offset / 4, do.Key(digit))
    actions = stage.at(5.5, do.Key("#"))
    commit = next(action for action in actions if isinstance(action, do.Commit))
    assert (commit.text, commit.channel) == ("123", "keypad")


def test_a_word_cut_off_by_noise_is_asked_for_again() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(7.1, SpeechStarted(7.0))
    stage.at(8.25)
    assert stage.state() is State.HEARING
    stage.at(8.4, SpeechStopped(8.3))
    actions = stage.at(8.5, do.Heard("", 7.0, 8.3))
    assert kinds(actions) == ["Say"]


def test_a_goodbye_ends_the_call_once_it_was_heard() -> None:
    stage = scene()
    says(stage, "No thanks, bye.", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"), do.FinishAfter("r2"))
    stage.at(7.0)
    stage.spoken("r2")
    assert stage.log[-1] == do.HangUp("agent_hung_up")


def test_ears_that_never_answer_do_not_leave_the_caller_in_silence() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0))
    stage.at(5.2, SpeechStopped(5.0))
    say = stage.at(7.0)[-1]
    assert isinstance(say, do.Say)
    assert say.text == stage.taker.manners.go_on


def test_an_announcement_that_broke_off_is_not_counted_as_spoken() -> None:
    stage = scene()
    say = stage.at(3.5, do.Announce("a", "Your visit is booked."))[-1:] or stage.at(4.0)[-1:]
    assert isinstance(say[0], do.Say)
    stage.spoken(say[0].reply, heard=0.2)
    assert stage.settled == []
    again = stage.at(5.0)[-1]
    assert isinstance(again, do.Say)
    assert again.announcement == "a"


def test_an_announcement_that_can_never_be_spoken_is_refused_in_the_end() -> None:
    stage = scene()
    stage.at(3.5, do.Announce("a", "Your visit is booked."))
    stage.at(60.0)
    assert stage.settled == ["a"]
    outcomes = [action.outcome for action in stage.log if isinstance(action, do.Settle)]
    assert outcomes == ["refused"]


def test_audio_that_stops_in_mid_reply_is_waited_for_and_then_apologised_for() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(8.0, do.Dry("r2"))
    stage.at(9.0, do.Ready("r2"))
    assert stage.state() is State.SPEAKING
    stage.at(10.0, do.Dry("r2"))
    assert kinds(stage.at(18.5)) == ["Flush", "Say"]


def test_a_caller_who_waits_for_business_is_not_hung_up_on() -> None:
    stage = scene()
    stage.at(3.1, do.Busy(True))
    assert kinds(stage.at(40.0)) == []
    stage.at(41.0, do.Busy(False))
    assert kinds(stage.at(41.1)) == ["Say"]


def test_a_lone_hash_or_star_is_no_entry_and_costs_no_reply() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.5)
    assert kinds(stage.at(5.6, do.Key("#"), do.Key("*"))) == []
    assert stage.state() is State.THINKING


def test_a_television_does_not_starve_the_call() -> None:
    stage = scene()
    stage.at(4.1, SpeechStarted(4.0), do.Announce("a", "Your visit is booked."))
    stage.at(95.0)
    assert stage.settled or any(isinstance(a, do.Say) and a.announcement == "a" for a in stage.log)


def test_a_backchannel_decoded_before_it_ended_costs_no_further_wait() -> None:
    stage = scene()
    says(stage, "What do you offer?", 4.0, 5.0)
    stage.at(5.4, do.Ready("r2"))
    stage.at(7.1, SpeechStarted(7.0))
    stage.at(7.45, do.Heard("Hammer.", 7.0, 7.4))
    assert kinds(stage.at(7.5, SpeechStopped(7.35)))[-1] == "Resume"


def test_a_sound_does_not_shorten_the_time_a_reply_has() -> None:
    stage = scene()
    stage.at(3.5, do.Announce("a", "Your visit is booked."))
    stage.at(4.2, SpeechStarted(4.1))
    stage.at(4.4, SpeechStopped(4.3))
    stage.at(4.5, do.Heard("", 4.1, 4.3))
    assert stage.state() is State.THINKING
    assert kinds(stage.at(7.0)) == []


def test_a_goodbye_without_a_voice_still_ends_the_call() -> None:
    stage = scene()
    stage.at(120.0)
    assert stage.log[-1] == do.HangUp("silence")


def test_a_long_sound_without_words_is_asked_about_once() -> None:
    stage = scene()
    says(stage, "", 4.0, 6.0)
    (say,) = [action for action in stage.log if isinstance(action, do.Say) and action.cause == "silence"]
    stage.at(6.5, do.Ready(say.reply))
    stage.spoken(say.reply)
    says(stage, "", 9.0, 11.0)
    assert stage.state() is State.LISTENING


def test_while_keys_are_captured_the_machine_is_blind_to_the_caller_and_the_agent_can_talk() -> None:
    stage = scene()
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


# -- random scripts ---------------------------------------------------------------------------------------------------


@settings(max_examples=1000, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_invariants_hold_over_random_scripts(script: list[Step]) -> None:
    stage = Stage()
    stage.at(0.0, do.Answered("Hello."))
    for step in script:
        step(stage)
    stage.at(stage.now, do.LineClosed("caller_hung_up"))
    assert stage.paused is None
    assert not stage.live
    assert sorted(stage.settled) == sorted(stage.announced), "Every announcement is acknowledged exactly once."
    commits = [action for action in stage.log if isinstance(action, do.Commit)]
    assert [commit.turn for commit in commits] == list(range(1, len(commits) + 1))


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_the_same_inputs_give_the_same_actions(script: list[Step]) -> None:
    logs = []
    for _ in range(2):
        stage = Stage()
        stage.at(0.0, do.Answered("Hello."))
        for step in script:
            step(stage)
        logs.append([dataclasses.astuple(action) for action in stage.log])
    assert logs[0] == logs[1]
