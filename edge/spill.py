"""Durable events on local disk, while NATS cannot take them: one JSON record a line, oldest first.

The file is read from its start and cut to nothing once all of it is on JetStream, so a crash in between only sends
some events twice; their ids tell the second apart. Every method blocks: call them off the event loop, one at a time.
"""

import errno
import fcntl
import os
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

log = structlog.get_logger(__name__)

LIMIT = 256 * 1024 * 1024
"""Bytes a file may have."""
RESERVE = 0.25
"""The part of it that is kept for what a caller was promised (``Bus.store``)."""
BATCH_RECORDS = 256
BATCH_BYTES = 512 * 1024


class Record(msgspec.Struct, frozen=True):
    """An event in the form it goes out in; made once."""

    id: str
    kind: str
    subject: str
    headers: dict[str, str]
    body: msgspec.Raw

    @property
    def size(self) -> int:
        """Bytes on the wire, near enough and never too few."""
        return len(bytes(self.body)) + sum(len(key) + len(value) + 4 for key, value in self.headers.items()) + 64


LOCK_TRIES = 20
LOCK_PAUSE = 0.05


def _open(path: Path, tries: int) -> int:
    """The file, ours alone. It is held a moment only by a process that adopts it, so that is waited for."""
    for left in reversed(range(tries)):
        # What callers said is in it: nobody else reads it.
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        except (BlockingIOError, FileNotFoundError):
            pass  # In use, or adopted and removed since it was opened.
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        if left:
            time.sleep(LOCK_PAUSE)
    advice = "Another process has this spill file; give each edge a port or a data folder of its own."
    raise BlockingIOError(errno.EAGAIN, advice, str(path))


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Record)


class Spill:
    """The file. ``waiting`` counts the records in it that are not done with.

    Raises:
        OSError: the file cannot be made, or another process has it (BlockingIOError).
    """

    def __init__(self, path: Path, limit: int = LIMIT, tries: int = LOCK_TRIES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = _open(path, tries)
        self.path = path
        self.waiting = 0
        self.unreadable = 0
        self._limit = limit
        self._begin = 0
        self._read_to = 0
        self._read_lines = 0
        self._end = self._mend()

    def append(self, records: Sequence[Record], *, promised: bool = False, sync: bool = False) -> int:
        """Write the records behind what is there; returns how many of them there was room for, from the first.

        ``promised`` may use the reserve; ``sync`` returns only once they would survive a power cut.

        Raises:
            OSError: the disk refused; the file is as before.
        """
        room = int(self._limit * (1.0 if promised else 1.0 - RESERVE)) - self._end
        lines = []
        for record in records:
            line = _encoder.encode(record) + b"\n"
            if len(line) > room:
                break
            room -= len(line)
            lines.append(line)
        if lines:
            self._write(b"".join(lines), sync)
        self.waiting += len(lines)
        return len(lines)

    def read(self) -> list[Record]:
        """The oldest records, a batch of them; the same again until ``done`` says that they are safe elsewhere."""
        data = os.pread(self._file, BATCH_BYTES, self._begin)
        while b"\n" not in data and self._begin + len(data) < self._end:
            data += os.pread(self._file, BATCH_BYTES, self._begin + len(data))
        lines = data.split(b"\n")[:-1][:BATCH_RECORDS]
        self._read_to = self._begin + sum(len(line) + 1 for line in lines)
        self._read_lines = len(lines)
        return [record for line in lines if (record := self._parse(line)) is not None]

    def done(self) -> None:
        """The last batch that was read is safe."""
        self._begin = self._read_to
        self.waiting -= self._read_lines
        self._read_lines = 0
        if self.waiting <= 0:
            os.ftruncate(self._file, 0)
            self.waiting = self._begin = self._read_to = self._end = 0

    def adopt(self) -> int:
        """Take over what other processes left behind in files beside this one; returns how many records.

        So a process that comes back under another name or port sends what its former self could not. Files that are
        in use, and those for which there is no room, are left alone.

        Raises:
            OSError: the disk refused.
        """
        found = 0
        for path in sorted(self.path.parent.glob("*.jsonl")):
            if path == self.path:
                continue
            try:
                other = Spill(path, self._limit, tries=1)
            except BlockingIOError:
                continue
            try:
                while other.waiting:
                    records = other.read()
                    room = self._end + sum(record.size for record in records) <= self._limit // 2
                    if not room or self.append(records, promised=True, sync=True) < len(records):
                        break
                    found += len(records)
                    other.done()
                if not other.waiting:
                    path.unlink(missing_ok=True)
            finally:
                other.close()
        return found

    def close(self) -> None:
        """Let go of the file; what is in it stays."""
        os.close(self._file)

    def _mend(self) -> int:
        """Count the lines and cut off a torn last one; returns the length."""
        end = offset = 0
        while data := os.pread(self._file, BATCH_BYTES, offset):
            self.waiting += data.count(b"\n")
            if b"\n" in data:
                end = offset + data.rfind(b"\n") + 1
            offset += len(data)
        if offset != end:
            log.warning("The last record of the spill file was torn by a crash and is left out.", path=str(self.path))
            os.ftruncate(self._file, end)
        return end

    def _write(self, data: bytes, sync: bool) -> None:
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
            if sync:
                os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, self._end)
            raise
        self._end += len(data)

    def _parse(self, line: bytes) -> Record | None:
        try:
            return _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self.unreadable += 1
            log.error("A record of the spill file makes no sense and is skipped.", path=str(self.path), why=str(error))
            return None
