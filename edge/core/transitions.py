"""TurnTaker's transitions as a table: every way from one state to another, what takes it, and what it means.

``python -m edge.core.transitions`` prints it; docs/explanation/turn-taking.md shows what it prints. A test plays random
calls and holds the table against what happens in them, both ways. Inputs that leave the state as it is are not in it.
"""

from edge.core.states import State

DEADLINE = "deadline"
"""What takes a transition when no event does: the state's time is up."""

_GONE = "The line is gone."
_KEY = "A key silences the agent and begins an entry."
_TAKEN_BACK = "`*` took back the only key."
_CAPTURE = "Keys are captured from here on: what was said so far is let go."
_HUSH = "A captured key silences what is announced: the caller knows how to go on."
_ENTERED = "`#` ends the entry; the reply begins."

TRANSITIONS: dict[tuple[State, str, State], str] = {
    (State.LISTENING, "Answered", State.THINKING): "The call begins: the greeting.",
    (State.LISTENING, "SpeechStarted", State.HEARING): "The caller speaks.",
    (State.LISTENING, "Key", State.PAUSING): "The caller begins to key something in.",
    (State.LISTENING, DEADLINE, State.THINKING): "An announcement's turn has come, or the silence was long.",
    (State.LISTENING, "Secure", State.SECURE): "Keys are captured from here on.",
    (State.LISTENING, "LineClosed", State.CLOSED): _GONE,
    (State.HEARING, "SpeechStopped", State.PAUSING): "The caller paused, or has finished.",
    (State.HEARING, "Key", State.PAUSING): "Keys replace words.",
    (State.HEARING, "SpeechStopped", State.LISTENING): "The sound was decoded before it ended, and held no words.",
    (State.HEARING, "SpeechStopped", State.THINKING): "The same, and the agent was cut off for it: it asks again.",
    (State.HEARING, DEADLINE, State.THINKING): "Speech without a pause: what it said so far is the turn.",
    (State.HEARING, DEADLINE, State.LISTENING): "The same, and it held no words.",
    (State.HEARING, DEADLINE, State.SPEAKING): "Speech without a pause, whose reply was begun in a hush.",
    (State.HEARING, "Secure", State.SECURE): _CAPTURE,
    (State.HEARING, "LineClosed", State.CLOSED): _GONE,
    (State.PAUSING, "SpeechStarted", State.HEARING): "The caller goes on: one turn. A speculative reply is discarded.",
    (State.PAUSING, "Heard", State.LISTENING): "The sound held no words.",
    (State.PAUSING, "Heard", State.THINKING): "The same, where the agent had been cut off for it: it asks again.",
    (State.PAUSING, "Key", State.LISTENING): _TAKEN_BACK,
    (State.PAUSING, "Key", State.THINKING): _ENTERED,
    (State.PAUSING, DEADLINE, State.SPEAKING): "The turn is over, and its reply's audio was waiting.",
    (State.PAUSING, DEADLINE, State.THINKING): "The turn is over; the reply's audio is not there yet.",
    (State.PAUSING, "Secure", State.SECURE): _CAPTURE,
    (State.PAUSING, "LineClosed", State.CLOSED): _GONE,
    (State.THINKING, "Ready", State.SPEAKING): "The reply's first audio.",
    (State.THINKING, "SpeechStarted", State.WEIGHING): "A sound of the caller before the agent is heard.",
    (State.THINKING, "Spoken", State.LISTENING): "The reply came to nothing.",
    (State.THINKING, "Spoken", State.CLOSED): "The same, and it was the last: the agent hangs up.",
    (State.THINKING, "Key", State.PAUSING): _KEY,
    (
        State.THINKING,
        "Thought",
        State.PAUSING,
    ): "Keys were pressed ahead: they are the answer, and the reply is not heard.",
    (State.THINKING, "Spoken", State.PAUSING): "The same, and the reply came to nothing.",
    (State.THINKING, DEADLINE, State.PAUSING): "The same, and the reply never came.",
    (State.THINKING, DEADLINE, State.LISTENING): "There is no voice to say it with: given up.",
    (State.THINKING, "Spoken", State.SECURE): "The reply came to nothing, while keys are captured.",
    (State.THINKING, DEADLINE, State.SECURE): "There is no voice to say it with, while keys are captured.",
    (State.THINKING, DEADLINE, State.CLOSED): "There is no voice to say goodbye with: the agent hangs up.",
    (State.THINKING, "LineClosed", State.CLOSED): _GONE,
    (State.SPEAKING, "Spoken", State.LISTENING): "The reply was heard to its end.",
    (State.SPEAKING, "Spoken", State.SECURE): "The reply was heard to its end, while keys are captured.",
    (State.SPEAKING, "Spoken", State.THINKING): "What made the reply broke off: an apology.",
    (State.SPEAKING, "Dry", State.THINKING): "The audio stopped in mid-reply; it is waited for.",
    (State.SPEAKING, "Spoken", State.CLOSED): "It was a goodbye: the agent hangs up.",
    (State.SPEAKING, "SpeechStarted", State.WEIGHING): "A sound of the caller: the agent pauses.",
    (State.SPEAKING, "Announce", State.THINKING): "An urgent announcement interrupts the agent.",
    (State.SPEAKING, "Thought", State.THINKING): "The same, where it had to be known first what the reply would say.",
    (State.SPEAKING, "Key", State.PAUSING): _KEY,
    (State.SPEAKING, "LineClosed", State.CLOSED): _GONE,
    (State.WEIGHING, "SpeechStopped", State.SPEAKING): "The sound was decoded before it ended: not for the agent.",
    (State.WEIGHING, "SpeechStopped", State.THINKING): "The same, where nothing of the reply could be played yet.",
    (State.WEIGHING, "SpeechStopped", State.PAUSING): "The sound was decoded before it ended: an answer.",
    (State.WEIGHING, "Heard", State.SPEAKING): '"Mhm", or no words: the agent goes on at the very frame.',
    (
        State.WEIGHING,
        "Heard",
        State.THINKING,
    ): "The same, with nothing to play yet; or the caller went on, not understood.",
    (State.WEIGHING, "Heard", State.HEARING): "Words that take the floor, and the caller still speaks.",
    (State.WEIGHING, "Heard", State.PAUSING): "Words that take the floor, and the caller has stopped.",
    (State.WEIGHING, DEADLINE, State.SPEAKING): "A sound as short as a cough, and no words in time.",
    (State.WEIGHING, DEADLINE, State.THINKING): "The same, where nothing of the reply could be played yet.",
    (State.WEIGHING, DEADLINE, State.HEARING): "A sound this long takes the floor, whatever it is.",
    (State.WEIGHING, DEADLINE, State.PAUSING): "Too long for a cough, and its words did not come in time.",
    (State.WEIGHING, "Spoken", State.HEARING): "Nothing of the reply was left: the sound is the caller's next turn.",
    (State.WEIGHING, "Spoken", State.PAUSING): "The same, and the caller has stopped.",
    (State.WEIGHING, "Key", State.PAUSING): _KEY,
    (State.WEIGHING, "Secure", State.SPEAKING): "Keys are captured from here on: the sound does not count.",
    (State.WEIGHING, "Secure", State.THINKING): "The same, where nothing of the reply could be played yet.",
    (State.WEIGHING, "LineClosed", State.CLOSED): _GONE,
    (State.THINKING, "Key", State.SECURE): _HUSH,
    (State.SPEAKING, "Key", State.SECURE): _HUSH,
    (State.SECURE, "Secure", State.LISTENING): "The capture is over.",
    (State.SECURE, DEADLINE, State.THINKING): "An announcement's turn has come, or the silence was long.",
    (State.SECURE, "LineClosed", State.CLOSED): _GONE,
}


def table() -> str:
    """The transitions as Markdown."""
    rows = [
        f"| {before.value} | {event} | {after.value} | {meaning} |"
        for (before, event, after), meaning in TRANSITIONS.items()
    ]
    return "\n".join(["| from | on | to | meaning |", "|---|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    print(table(), end="")
