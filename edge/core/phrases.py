"""From a stream of text to phrases worth speaking: the first as soon as a clause is there, the others by sentence."""

import re
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"(?<![A-Z.!?…])(?<!Mr)(?<!Mrs)(?<!Dr)(?<!St)(?<!\b[ap]\.m)[.!?…]+[\"')\]]*(?=\s)")
_CLAUSE_END = re.compile(r"(?<!\d)[,;:—](?=\s|$)")
FIRST_WORDS = 2
"""A first clause shorter than this sounds clipped, and saves nothing; unless it is a long word: "Certainly,"."""
LONG_WORD = 8
"""Characters of a word that is a clause by itself, with its comma."""
ENOUGH_WORDS = 3
"""Of a reply that comes word by word, so many are spoken although no clause has ended: who waits hears silence."""
ENOUGH_JOINED = 2
"""The same, where the voice speaks them as the beginning of what follows."""
LONGEST_WORDS = 40
"""A phrase is cut here at the latest, so that a model which never stops is still spoken and can be stopped."""


def rest(text: str, chars: int) -> str:
    """What is left of a text that was heard up to here, from the beginning of the clause that was broken off."""
    if not any(char.isalnum() for char in text[chars:]):
        return ""  # Punctuation, and whatever else makes no sound.
    ends = (match.end() for pattern in (_SENTENCE_END, _CLAUSE_END) for match in pattern.finditer(text))
    return text[max((end for end in ends if end <= chars), default=0) :].strip()


def question(text: str, begins: int) -> str:
    """What is asked from here on, without the punctuation before it and without what is said after the last "?"; all of
    it where there is none. The whole text where nothing follows."""
    asked = text[begins:].lstrip(" \n.,;:!?…\"')*_")
    return asked[: asked.rfind("?") + 1] or asked or text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text to synthesise in one piece; ``offset`` is where it begins in the reply, in characters."""

    text: str
    offset: int


class Phrases:
    """One reply's text, cut into phrases. Every character of the reply is in exactly one phrase, in order.

    ``joined``: the voice speaks them as one text.
    """

    def __init__(self, *, joined: bool = False) -> None:
        self._enough = ENOUGH_JOINED if joined else ENOUGH_WORDS
        self._pending = ""
        self._offset = 0
        self._pieces = 0

    def add(self, text: str) -> list[Phrase]:
        """Take more text; give the phrases that are ready."""
        self._pending += text
        self._pieces += 1
        ready = []
        while (cut := self._cut()) > 0:
            ready.append(self._take(cut))
        return ready

    def finish(self) -> list[Phrase]:
        """The rest of the reply."""
        return [self._take(len(self._pending))] if self._pending else []

    def _cut(self) -> int:
        if match := _SENTENCE_END.search(self._pending):
            return match.end()
        if self._offset == 0:
            for match in _CLAUSE_END.finditer(self._pending):
                words = self._pending[: match.end()].split()
                if len(words) >= FIRST_WORDS or len("".join(words)) >= LONG_WORD:
                    return match.end()
            if self._pieces > 2 and len(words := self._pending.split(" ", self._enough)) > self._enough:
                return len(" ".join(words[: self._enough]))
        words = self._pending.split(" ", LONGEST_WORDS)
        return len(" ".join(words[:LONGEST_WORDS])) if len(words) > LONGEST_WORDS else 0

    def _take(self, cut: int) -> Phrase:
        phrase = Phrase(self._pending[:cut], self._offset)
        self._pending = self._pending[cut:]
        self._offset += cut
        return phrase
