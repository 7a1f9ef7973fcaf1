"""Tool calls without an outcome, and the word that the caller gets where one is slow: in other words each time, and
each time after a longer gap. Times are seconds of call audio."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

SLOW_AGAIN = 8.0
"""Seconds between one word about a slow tool and the next; each gap is longer by as much."""


@dataclass(slots=True)
class _Running:
    word_at: float
    """When the caller gets a word, unless the outcome comes first."""
    words: int = 0


class Running:
    """One call's. ``words``: what is said of a slow tool, in turn."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._calls: dict[str, _Running] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[str]:
        return iter(self._calls)

    def begin(self, tool_call: str, at: float, slow_after: float = SLOW_AGAIN) -> None:
        """It runs from now on."""
        self._calls[tool_call] = _Running(at + slow_after)

    def end(self, tool_call: str) -> None:
        """It has an outcome."""
        self._calls.pop(tool_call, None)

    def goes_on(self, tool_call: str, at: float) -> None:
        """Until now it has waited for the caller, or they have talked meanwhile: a word now would come too soon."""
        if call := self._calls.get(tool_call):
            call.word_at = max(call.word_at, at + SLOW_AGAIN)

    def word(self, at: float, waiting: Collection[str]) -> tuple[str, str] | None:
        """A name for a word that is due about one of them, and the word; not about those that wait for the caller."""
        for tool_call, call in self._calls.items():
            if self._words and at >= call.word_at and tool_call not in waiting:
                word = self._words[call.words % len(self._words)]
                call.words += 1
                call.word_at = at + SLOW_AGAIN * call.words
                return f"slow-{tool_call}-{call.words}", word
        return None
