"""Tapes on disk: one file a call, ``<data>/calls/<call id>.jsonl.gz``, written in a thread once the call is over.

A tape holds what was said, so only the edge's own user may read it. A call that dies with its process leaves none.
"""

import asyncio
import contextlib
import gzip
import hashlib
import io
import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import structlog

from edge import core
from edge.core.tape import Recording, Tape
from edge.core.tapelines import TapeError, decode, encode

_log = structlog.get_logger(__name__)

KEPT = 10_000
"""Newest tapes that are kept; a minute of call is 1 to 3 kB."""
PRUNE_EVERY = 100
LOOK_EVERY = 3600.0
"""Seconds between one look for tapes that are too old and the next."""
DAY = 86_400.0
SUFFIX = ".jsonl.gz"
_CALL = re.compile(r"[A-Za-z0-9_-]{1,96}")
"""What a call's id may be: no name of any other file."""
MOST_BYTES = 64 * 1024 * 1024
"""A tape, unpacked. Whatever is longer is none of ours."""
LONGEST_LINE = 1024 * 1024
_SHELL = {
    "__init__",
    "audio",
    "capture",
    "cards",
    "conversation",
    "history",
    "intake",
    "phrases",
    "playout",
    "tape",
    "tapelines",
    "transitions",
    "wishes",
}
"""Files of the core that decide nothing."""


def rules() -> str:
    """A short digest of the code that decides: two tapes with the same were recorded by the same rules."""
    digest = hashlib.sha256()
    for file in sorted(Path(core.__path__[0]).glob("*.py")):
        if file.stem not in _SHELL:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


class Tapes:
    """Where the tapes of one edge process go."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self._kept = kept
        self._written = 0
        self._version = version("trunkline")
        self._rules = rules()

    async def keep(self, tape: Tape) -> None:
        """Write it, off the loop. A disk that is full or broken costs the tape, and nothing else."""
        recording = tape.recording()
        header = replace(recording.header, version=self._version, rules=self._rules)
        recording = replace(recording, header=header)
        self._written += 1
        prune = self._written % PRUNE_EVERY == 1
        try:
            await asyncio.to_thread(self._keep, recording, prune)
        except OSError as error:
            _log.warning("The tape of a call could not be written.", call=recording.header.call, error=str(error))

    async def erase(self, calls: Iterable[str]) -> tuple[int, int]:
        """Throw away the tapes of these calls, off the loop: how many were thrown away, and how many could not be."""
        return await asyncio.to_thread(self._erase, [call for call in calls if _CALL.fullmatch(call)])

    def _erase(self, calls: list[str]) -> tuple[int, int]:
        erased = left = 0
        for call in calls:
            for path in [self.folder / f"{call}{SUFFIX}", *self.folder.glob(f"{call}.*{SUFFIX}")]:
                try:
                    path.unlink()
                    erased += 1
                except FileNotFoundError:
                    continue
                except OSError:
                    left += 1
        return erased, left

    def _keep(self, recording: Recording, prune: bool) -> None:
        write(recording, self.folder)
        if prune:
            self.prune()

    async def forget(self, days: int) -> None:
        """Throw away what is older than so many days, now and each hour, until cancelled."""
        while True:
            try:
                thrown = await asyncio.to_thread(self.forget_before, time.time() - days * DAY)
            except OSError as error:
                _log.warning("Old tapes could not be thrown away.", error=str(error))
            else:
                if thrown:
                    _log.info("Old tapes were thrown away.", tapes=thrown, days=days)
            await asyncio.sleep(LOOK_EVERY)

    def forget_before(self, then: float) -> int:
        """Throw away tapes that were written before ``then``, seconds of Unix time, and parts of such that a process
        left when it died; how many that were. Raises OSError where one cannot be."""
        thrown = 0
        for path in [*self.folder.glob(f"*{SUFFIX}"), *self.folder.glob(".*.part")]:
            with contextlib.suppress(FileNotFoundError):  # Another process was sooner.
                if path.stat().st_mtime < then:
                    path.unlink()
                    thrown += 1
        return thrown

    def prune(self) -> None:
        """Throw the oldest away, past the number that is kept."""
        with os.scandir(self.folder) as entries:
            tapes = sorted((e.stat().st_mtime_ns, e.path) for e in entries if e.name.endswith(SUFFIX))
        for _, path in tapes[: max(0, len(tapes) - self._kept)]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def write(recording: Recording, folder: Path) -> Path:
    """Write a tape; a call that was carried in parts leaves ``<call>.2.jsonl.gz`` and so on.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = pack(recording)
    part = folder / f".{recording.header.call}.{os.getpid()}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    try:
        return _link(part, folder, recording.header.call)
    finally:
        part.unlink(missing_ok=True)


def _link(part: Path, folder: Path, call: str) -> Path:
    """Give it the first name that is free; never that of another tape."""
    for number in range(1, 1000):
        path = folder / (f"{call}{SUFFIX}" if number == 1 else f"{call}.{number}{SUFFIX}")
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
            return path
    raise FileExistsError(f"There are a thousand tapes of call {call}.")


def pack(recording: Recording) -> bytes:
    """A tape as a file holds it; the same tape gives the same bytes."""
    return gzip.compress("".join(encode(recording)).encode(), mtime=0)


def read(path: Path) -> Recording:
    """Read a tape, packed or plain.

    Raises:
        TapeError: it is not there, or is no whole tape; the message says why.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            stream = io.BufferedReader(gzip.GzipFile(fileobj=file)) if packed else file
            return decode(_lines(stream))
    except OSError as error:
        raise TapeError("unreadable", f"{path} cannot be read: {error.strerror or error}.") from error
    except EOFError as error:
        raise TapeError("incomplete", f"{path} ends early: it was cut off while it was packed or copied.") from error
    except (zlib.error, UnicodeDecodeError) as error:
        raise TapeError("not_a_tape", f"{path} is not a tape: {error}.") from error
    except TapeError as error:
        raise TapeError(error.code, f"{path}: {error.message}") from error


def _lines(stream: io.BufferedIOBase) -> Iterator[str]:
    """Its lines, as long as they are of a tape's size."""
    total = 0
    while line := stream.readline(LONGEST_LINE):
        total += len(line)
        if total > MOST_BYTES or (len(line) == LONGEST_LINE and not line.endswith(b"\n")):
            raise TapeError("too_large", "It is larger than any tape is.")
        yield line.decode()
