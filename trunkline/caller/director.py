"""When the caller speaks, what, and when it hangs up: decided from what was heard, in call time. Pure."""

from collections import Counter
from dataclasses import dataclass

from trunkline.caller.script import Answer, Script, Step


@dataclass(frozen=True, slots=True)
class Manners:
    """How the caller behaves; all in seconds of call time."""

    pause: float = 0.7
    """The agent has been silent for so long: it has finished, and the caller may speak."""
    patience: float = 8.0
    """The caller waits so long for the agent to say something before it goes on by itself."""
    settle: float = 2.0
    """Silence, and no news of tools, after which the call is over once nothing is left to say and no tool runs."""
    settle_blind: float = 6.0
    """The same where it is not known whether tools run."""
    outcome_wait: float = 60.0
    """The longest wait for running tools and their spoken outcome once nothing is left to say: a person whom a tool
    asks may take 45 of them."""
    reprompts: int = 4
    """The agent may speak so often to a caller who has nothing left to say."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the caller knows at one moment; times in seconds."""

    now: float
    speaking_for: float
    """Length of the agent's speech under way; 0 where it is silent."""
    silent_for: float
    """Since the agent's last sound."""
    since_own: float
    """Since the caller's own last sound, or since the call began."""
    since_news: float
    """Since the last event of a tool."""
    utterances: int
    """How often the agent spoke since the caller last did, sentences of one time counted once."""
    words: str
    """What was recognised of that."""
    deciphering: bool
    """Whether some of it is still being recognised."""
    busy: bool | None
    """Whether tools run, or their outcome waits to be spoken; None where that is unknown."""


@dataclass(frozen=True, slots=True)
class Do:
    """Take this step of the script."""

    step: Step


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call; nothing is left to say."""

    reason: str


class Director:
    """Holds what of the script is left. ``decide`` is asked each tick in which the caller is silent."""

    def __init__(self, script: Script, manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self._lines = list(script.lines)
        self._answers = script.answers
        self._given: Counter[int] = Counter()
        self._finished_at: float | None = None

    def decide(self, scene: Scene) -> Do | HangUp | None:
        """What to do now; None is to wait."""
        if scene.speaking_for > 0:
            return self._interruption(scene)
        if scene.deciphering or scene.silent_for < self.manners.pause:
            return None
        if scene.utterances == 0 and scene.since_own < self.manners.patience:
            return None
        return self._answer(scene.words, interrupting=False) or self._line() or self._ending(scene)

    def wants_words(self, scene: Scene) -> bool:
        """Whether the speech under way should be recognised before it ends: an interruption may hang on its words."""
        return any(answer.interrupt is not None and scene.speaking_for >= answer.interrupt for answer in self._left())

    def _interruption(self, scene: Scene) -> Do | None:
        line = self._lines[0] if self._lines else None
        if line and line.interrupt is not None and scene.speaking_for >= line.interrupt:
            return self._line()
        return self._answer(scene.words, interrupting=True, after=scene.speaking_for)

    def _left(self) -> list[Answer]:
        return [answer for index, answer in enumerate(self._answers) if self._given[index] < answer.times]

    def _answer(self, words: str, *, interrupting: bool, after: float = 0.0) -> Do | None:
        for index, answer in enumerate(self._answers):
            if self._given[index] >= answer.times:
                continue
            if interrupting and (answer.interrupt is None or after < answer.interrupt):
                continue
            if words and answer.matches(words):
                self._given[index] += 1
                return self._do(answer)
        return None

    def _line(self) -> Do | None:
        return self._do(self._lines.pop(0)) if self._lines else None

    def _do(self, step: Step) -> Do:
        self._finished_at = None
        return Do(step)

    def _ending(self, scene: Scene) -> HangUp | None:
        """Nothing to say: wait for what tools still bring, and for what the agent may still ask; then go."""
        if self._finished_at is None:
            self._finished_at = scene.now
        manners = self.manners
        if scene.now - self._finished_at >= manners.outcome_wait:
            return HangUp("outcome_not_heard" if scene.busy else "finished")
        if scene.busy:
            return None
        if scene.utterances > manners.reprompts:
            return HangUp("nothing_left_to_say")
        quiet = min(scene.silent_for, scene.since_own, scene.since_news)
        settle = manners.settle_blind if scene.busy is None else manners.settle
        if self._left():
            settle = max(settle, manners.patience)
        return HangUp("finished") if quiet >= settle else None
