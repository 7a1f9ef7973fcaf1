"""What workflows ask of one call's caller: asked aloud, asked once more, answered, or left without an answer.

A question is open from when it comes until it is answered, withdrawn or expired, whatever else is talked of meanwhile.
"""

from collections.abc import Callable
from typing import Any

from edge.core import events as do
from edge.core.asked import asks_for
from edge.core.conversation import Answer, Profile, Question, ToolOutcome
from edge.core.history import History
from edge.core.numerals import OF_LENGTH
from edge.ports import Bus
from edge.validation import faults
from schemas.marking import HIDDEN, marks
from schemas.questions import QuestionAnswered, QuestionAsked, QuestionUnanswered
from schemas.sealing import Seals, seal_marked

MOST = 8
"""Questions to one caller that may be open at once."""
EXPIRES = 600.0
"""Seconds after which an answer is not wanted any more, where the workflow does not say."""
REMINDER = "I still need to know:"
"""What a question begins with when it is asked once more in passing."""
AGAIN = "again-"
"""What its name begins with then."""
PASSING = 1.5
"""Seconds after which a word in passing is no longer worth saying."""


_DIGITS: dict[str, Profile] = {rf"^\d{{{length}}}$": profile for length, profile in OF_LENGTH.items()}
"""By the pattern that a number of so many digits fits."""


def _profile(asked: QuestionAsked) -> Profile:
    """How patiently the answer is listened to: as the tool says, else as its words ask and what fits is told."""
    in_words = asks_for(asked.text)
    words = in_words.profile if in_words else "open"
    fits = _fitting(asked.answer)
    told = fits and (fits == "yes_no" or words == "open" or (fits in _DIGITS.values() and words != "yes_no"))
    return asked.profile or (fits if fits and told else words)


def _fitting(answer: dict[str, Any]) -> Profile | None:
    """How an answer is told that fits this JSON Schema; None where that may take more than a word."""
    match answer:
        case {"required": [str(name)], "properties": {**fields}}:
            match fields.get(name):
                case {"type": "boolean"}:
                    return "yes_no"
                case {"pattern": str(pattern)} if pattern in _DIGITS:
                    return _DIGITS[pattern]
                case {"enum": _} | {"type": "integer"} | {"format": "date"}:
                    return "brief"
    return None


class Questions:
    """One call's. ``about`` gives the fields that each event begins with, among them ``at``, seconds of call audio."""

    def __init__(
        self,
        bus: Bus,
        history: History,
        about: Callable[[], dict[str, Any]],
        take: Callable[[do.Input], None],
        seals: Seals,
    ) -> None:
        self._bus = bus
        self._seals = seals
        self._history = history
        self._about = about
        self._take = take
        self._open: dict[str, tuple[QuestionAsked, float]] = {}
        """Those without an answer, and when they expire."""
        self._reminders: dict[str, float] = {}
        """Those that are to be asked once more, and when."""

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def tool_calls(self) -> set[str]:
        """Those that wait for the caller, not the caller for them."""
        return {asked.tool_call_id for asked, _ in self._open.values()}

    def awaited(self) -> Profile | None:
        """What kind of answer is waited for, which the caller may have put off."""
        heard = self._history.questions
        return heard[-1].profile if heard else None

    def ask(self, event: QuestionAsked) -> None:
        """A workflow asks."""
        now: float = self._about()["at"]
        expires = now + (event.expires or EXPIRES)
        self._open[event.question_id] = (event, expires)
        if event.reminder:
            self._reminders[event.question_id] = now + event.reminder
        if len(self._open) > MOST or (marks(event.answer) and not self._seals):
            self._unanswered(event.question_id, "declined")
            return
        self._take(do.Announce(event.question_id, event.text, "question", expires=expires, profile=_profile(event)))

    def withdraw(self, question: str) -> None:
        """The answer came another way, or is not wanted any more: it is not asked now."""
        if self._open.pop(question, None):
            self._history.question_settled(question)
            self._take(do.Withdraw(question))

    def answer(self, answer: Answer, words: str) -> QuestionAsked | None:
        """Hand an answer, given in these words, to the workflow that asked, which is returned.

        None where there is nobody to tell.

        Raises:
            ValueError: it does not fit; the history says why.
        """
        asked, _ = self._open.get(answer.question_id, (None, 0.0))
        if asked is None:
            return None
        if fault := faults(asked.answer, answer.answer):
            content = {"code": "invalid_arguments", "message": fault}
            self._history.tool_settled(ToolOutcome(answer.question_id, "answer_question", "refused", content))
            raise ValueError(fault)
        del self._open[answer.question_id]
        self._history.question_settled(answer.question_id)
        told = QuestionAnswered(
            **self._about(),
            question_id=asked.question_id,
            tool_call_id=asked.tool_call_id,
            answer=seal_marked(asked.answer, dict(answer.answer), self._seals),
            words=HIDDEN if marks(asked.answer) else words[:500],
        )
        self._bus.publish(told)
        return asked

    def settle(self, question: str, outcome: str) -> None:
        """TurnTaker has done with the asking of it."""
        if question not in self._open:
            if outcome == "expired" and (once_more := question.removeprefix(AGAIN)) in self._open:
                self._reminders[once_more] = 0.0  # The floor was not free in time: it is asked as soon as it is.
            return
        asked, _ = self._open[question]
        if outcome == "spoken":
            self._history.question_asked(Question(question, asked.text, asked.answer, _profile(asked)))
        else:
            self._unanswered(question, "call_ended" if outcome == "call_ended" else "expired")

    def tick(self, at: float, *, busy: bool) -> None:
        """One is asked once more, where nobody speaks; one whose answer nobody wants any more is dropped."""
        for question in [one for one, due in self._reminders.items() if at >= due and not busy]:
            del self._reminders[question]
            if question in self._open:
                text = f"{REMINDER} {self._open[question][0].text}"
                self._take(do.Announce(f"{AGAIN}{question}", text, "filler", expires=at + PASSING))
                return
        for question in [one for one, (_, expires) in self._open.items() if at >= expires]:
            self._unanswered(question, "expired")

    def end(self) -> None:
        """The call is over."""
        for question in list(self._open):
            self._unanswered(question, "call_ended")

    def part(self) -> None:
        """Let go of the call."""
        del self._take, self._about

    def _unanswered(self, question: str, reason: str) -> None:
        asked, _ = self._open.pop(question)
        self._history.question_settled(question)
        ids = {"question_id": asked.question_id, "tool_call_id": asked.tool_call_id}
        self._bus.publish(QuestionUnanswered(**self._about(), **ids, reason=reason))
