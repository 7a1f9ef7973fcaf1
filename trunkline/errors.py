"""What can go wrong at the front door. Every message is a sentence that says what to do.

TrunklineError
├── AlreadyRunning    another stack holds this data folder
├── MissingProgram    a wheel's program is not there
├── NotReady          a process did not come up in time, or died on the way
└── BadSettings       a setting cannot be used
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


class TrunklineError(Exception):
    """The message is for people; ``code`` is stable, for programs."""

    code = "failed"


class AlreadyRunning(TrunklineError):
    """Another stack holds this data folder. ``pid`` is its process, where it is known."""

    code = "already_running"

    def __init__(self, data: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"A stack already runs on {data}, as {who}. Stop that one first, or give another --data.")
        self.pid = pid


class MissingProgram(TrunklineError):
    """A wheel's program is not there."""

    code = "missing_program"


class NotReady(TrunklineError):
    """A process did not come up in time, or died on the way."""

    code = "not_ready"


class BadSettings(TrunklineError):
    """A setting cannot be used."""

    code = "bad_settings"


def reason(error: Exception) -> str:
    """Why something could not be reached, in the system's words: asyncio has an address in their place."""
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number > 0:
        return os.strerror(number)
    return getattr(error, "strerror", None) or str(error) or "no answer in time"


@contextlib.contextmanager
def in_sentences() -> Iterator[None]:
    """Errors of the roles say what to do in ``message``: hand that on. Others are faults, and keep their traceback."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        if isinstance(message, str) and hasattr(error, "code"):
            raise TrunklineError(message) from error
        raise
