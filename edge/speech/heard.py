"""Cleaning up after a recogniser: what Moonshine writes when there was nothing to hear, and what it always mishears."""

import re

NOISE = frozenset({"you", "thank you for watching", "thanks for watching", "please subscribe"})
"""What the model makes of noise, however sure it is; its training was the captions of videos."""
MIN_CONFIDENCE = 0.4
"""Silence and noise come out below, spoken words above (58 recorded words, 30 sentences: the lowest word at 0.43)."""

_FOREIGN = re.compile(r"[^\u0000-\u024f\u2010-\u2026]|©")
_MISHEARD = (
    # Words that stand alone, where the model has nothing else to go by.
    (re.compile(r"^t(?:wo|oo|o),? (?:day|they)[.,!?]*$", re.IGNORECASE), "Tuesday."),
    (re.compile(r"^third day[.,!?]*$", re.IGNORECASE), "Thursday."),
    (re.compile(r"^till[.,!?]*$", re.IGNORECASE), "Two."),
    (re.compile(r"\bto a clock\b", re.IGNORECASE), "two o'clock"),
    (re.compile(r"\bO[ -]clock\b", re.IGNORECASE), "o'clock"),
    (re.compile(r"\b(to)-(day|morrow|night)\b", re.IGNORECASE), r"\1\2"),
    (re.compile(r"\bGood-by(e?)\b", re.IGNORECASE), "Goodbye"),
    (re.compile(r"\bhalf-past\b", re.IGNORECASE), "half past"),
)


def heard(text: str, confidence: float) -> str:
    """The words a caller can have said; empty where the text is only the model's answer to noise."""
    text = " ".join(text.split())
    # Words with an end mark were spoken: callers do say "You?", noise is written bare.
    if confidence < MIN_CONFIDENCE or _FOREIGN.search(text) or text.lower().rstrip("!") in NOISE:
        return ""
    if not any(letter.isalnum() for letter in text):
        return ""
    for pattern, words in _MISHEARD:
        text = pattern.sub(words, text)
    return text
