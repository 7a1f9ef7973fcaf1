"""What there is to see in a recorded call: spans and moments, in seconds of call audio."""

from dataclasses import dataclass, field
from typing import Any

from edge.core import events as do
from edge.core.tape import Note, Recording, Step
from edge.core.vad import SpeechStarted, SpeechStopped
from trunkline.replay.wording import of_action, of_input, quoted

LONGEST = 86_400.0
"""Seconds of a call that are shown, a day: whatever else a tape may hold is not of a call."""

A_WORD = 0.5
"""Seconds of a stretch of the agent's speech from which words are written on it."""


@dataclass(slots=True)
class Span:
    """Something that lasts. ``kind`` gives its colour, ``label`` is written on it, ``title`` shown on hovering."""

    start: float
    end: float
    kind: str
    label: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A decision, or a key pressed."""

    at: float
    kind: str
    label: str
    title: str


@dataclass(slots=True)
class Turn:
    """A committed turn, and what its answer took. Seconds; None where it was not measured."""

    number: int
    text: str
    start: float
    end: float
    committed: float
    why: str
    reply: str
    latency: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What was heard of one reply of the agent's, from ``start`` on."""

    start: float
    cause: str
    text: str
    cut_off: bool


@dataclass(slots=True)
class Scene:
    """One call."""

    call: str
    agent_name: str
    began: str
    length: float = 0.0
    caller: list[Span] = field(default_factory=list)
    words: list[Span] = field(default_factory=list)
    """What was heard of the caller: one after the other, none over another."""
    agent: list[Span] = field(default_factory=list)
    states: list[Span] = field(default_factory=list)
    tools: list[Span] = field(default_factory=list)
    latencies: list[Span] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def scene(recording: Recording) -> Scene:
    """See a recording. Whatever a tape holds, what cannot be shown is left out."""
    header = recording.header
    seen = Scene(header.call, header.agent, header.began)
    ends = [item.now for item in recording.items]
    ends += [to for note in recording.notes("played") if (to := _number(note.about.get("to"))) is not None]
    seen.length = min(max([*ends, 1.0]), LONGEST)
    eye = _Eye(seen)
    for item in recording.items:
        if isinstance(item, Step):
            eye.step(item)
        else:
            eye.note(item)
    eye.finish()
    return seen


def _number(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LONGEST
    return float(value) if number else None


class _Eye:
    """Looks at a recording item by item."""

    def __init__(self, seen: Scene) -> None:
        self._seen = seen
        self._causes: dict[str, str] = {}
        self._heard = ""
        self._tools: dict[str, Span] = {}
        self._flushed: dict[str, float] = {}
        self._spoken: dict[str, tuple[str, bool]] = {}

    def step(self, step: Step) -> None:
        """An input with its actions."""
        seen, now = self._seen, step.now
        match step.event:
            case SpeechStarted(at):
                seen.caller.append(Span(at, seen.length, "caller"))
            case SpeechStopped(at) if seen.caller:
                seen.caller[-1].end = at
            case do.Heard(text, start, end):
                self._heard = text
                self._hear(Span(start, end, "words", text, f"{now:.2f} s: {of_input(step.event)}"))
            case do.Key(digit):
                seen.moments.append(Moment(now, "key", digit, f"{now:.2f} s: key {digit}"))
        for action in step.actions or ():
            self._action(action, step)
        self._state(step)

    def _hear(self, words: Span) -> None:
        """What is heard of a sound stands until more of it is heard, or it is the caller's turn."""
        if not words.label:
            return
        before = self._seen.words
        while before and before[-1].end > words.start:
            if before[-1].start < words.start:
                before[-1].end = words.start
            else:
                before.pop()
        before.append(words)

    def _state(self, step: Step) -> None:
        states = self._seen.states
        if states and states[-1].kind == step.state:
            return
        if states:
            states[-1].end = step.now
        states.append(Span(step.now, self._seen.length, step.state, title=of_input(step.event)))

    def _action(self, action: do.Action, step: Step) -> None:
        seen, now = self._seen, step.now
        title = f"{now:.2f} s: {of_action(action, now)}"
        match action:
            case do.Begin(reply):
                self._causes[reply] = "turn"
            case do.Say(reply, cause):
                self._causes[reply] = cause
            case do.Commit(reply, turn, text, start, end, why, channel):
                seen.turns.append(Turn(turn, text, start, end, now, why, reply))
                if channel == "voice":
                    self._hear(Span(start, end, "words", text, title))
                seen.moments.append(Moment(now, "commit", "", title))
            case do.Discard():
                seen.moments.append(Moment(now, "discard", "", title))
            case do.Resume():
                seen.moments.append(Moment(now, "keep", "", f"{title}, after {quoted(self._heard)}"))
            case do.Flush(reply):
                self._flushed[reply] = now
                seen.moments.append(Moment(now, "yield", "", title))
            case do.Fill():
                seen.moments.append(Moment(now, "fill", "", title))
            case do.HangUp():
                seen.moments.append(Moment(now, "end", "", title))
        if isinstance(action, do.Pause):
            self._heard = ""

    def note(self, note: Note) -> None:
        """Something beside the inputs."""
        match note.kind, note.about:
            case "played", {"reply": str(reply), "to": to} if (end := _number(to)) is not None:
                self._seen.agent.append(Span(note.now, end, reply))
            case "heard", {"reply": str(reply), "text": str(text)}:
                self._spoken[reply] = text, bool(note.about.get("interrupted"))
            case "latency", {"reply": str(reply), "voice_to_voice": value} if (total := _number(value)) is not None:
                parts = {name: float(value) for name, value in note.about.items() if _number(value) is not None}
                for turn in self._seen.turns:
                    if turn.reply == reply:
                        turn.latency = parts
                title = ", ".join(f"{name.replace('_', ' ')} {value * 1000:.0f} ms" for name, value in parts.items())
                span = Span(max(0.0, note.now - total), note.now, "latency", f"{total * 1000:.0f} ms", title)
                self._seen.latencies.append(span)
            case "tool", {"id": str(name), "tool": str(tool), "status": str(status)}:
                self._tool(note.now, name, tool, status)

    def _tool(self, now: float, name: str, tool: str, status: str) -> None:
        if status == "requested" or name not in self._tools:
            self._tools[name] = Span(now, self._seen.length, "requested", tool, f"{tool}, without an outcome")
            self._seen.tools.append(self._tools[name])
        if status != "requested":
            span = self._tools[name]
            span.end, span.kind = max(now, span.start), status
            span.title = f"{tool} {status} after {(span.end - span.start) * 1000:.0f} ms"

    def finish(self) -> None:
        """What is known of each sound is put on it."""
        self._finish_caller()
        self._finish_agent()

    def _finish_caller(self) -> None:
        """The last that was heard of a sound, while it lasted, stands for the rest of it."""
        for sound in self._seen.caller:
            sound.title = f"caller, {sound.start:.2f} to {sound.end:.2f} s"
            heard = [each for each in self._seen.words if each.start < sound.end and each.end > sound.start]
            if heard:
                heard[-1].end = max(heard[-1].end, sound.end)
                sound.title += f": {quoted(' '.join(each.label for each in heard), 400)}"

    def _finish_agent(self) -> None:
        """A reply that was interrupted and went on has its words on its stretches, as if spoken evenly."""
        spans = self._seen.agent
        for reply in {span.kind for span in spans}:
            own = [span for span in spans if span.kind == reply]
            text, interrupted = self._spoken.get(reply, ("", False))
            cause = self._causes.get(reply, "turn")
            if text:
                self._seen.lines.append(Line(own[0].start, cause, text, interrupted))
            for span in own:
                span.kind = cause
                span.end = max(span.start, min(span.end, self._flushed.get(reply, span.end)))
                cut = ", cut off" if interrupted else ""
                span.title = f"{reply}, {cause}{cut}, {span.start:.2f} to {span.end:.2f} s: {quoted(text, 400)}"
            lengths = [span.end - span.start for span in own]
            lengths = [length if length >= min(A_WORD, max(lengths)) else 0.0 for length in lengths]
            for span, part in zip(own, shared(text, lengths), strict=True):
                span.label = part


def shared(text: str, lengths: list[float]) -> list[str]:
    """Whole words of a text in parts, as long to one another as the lengths are; none where a length is 0."""
    parts, start, gone, total = [], 0, 0.0, sum(lengths)
    last = max((number for number, length in enumerate(lengths) if length), default=0)
    for number, length in enumerate(lengths):
        if not length:
            parts.append("")
            continue
        gone += length
        evenly = round(len(text) * gone / total)
        end = len(text) if number == last else max(start, text.rfind(" ", 0, evenly + 1) + 1)
        parts.append(text[start:end].strip())
        start = end
    return parts
