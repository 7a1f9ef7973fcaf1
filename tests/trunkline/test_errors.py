"""What went wrong, in words that a person knows."""

import errno

import pytest

from trunkline.errors import reason


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"), "Connection refused"),
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (ValueError("too long"), "too long"),
        (TimeoutError(), "no answer in time"),
    ],
)
def test_why_something_could_not_be_reached(error: Exception, words: str) -> None:
    assert reason(error) == words
