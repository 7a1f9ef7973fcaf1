"""Which tapes are meant: call ids, files, or folders of tapes."""

import glob
from pathlib import Path

from edge.core.tape import Recording
from edge.core.tapelines import TapeError
from edge.tapes import SUFFIX, read
from trunkline import sources
from trunkline.errors import TrunklineError
from trunkline.settings import StackSettings

_WHICH = "Is it a recorded call? An edge writes them to the folder 'calls' of its data, as CALL.jsonl.gz."
ADVICE = {
    "incomplete": "Copy it again from where it was recorded.",
    "unreadable": "See that it may be read, or copy it again from where it was recorded.",
    "not_a_tape": _WHICH,
    "malformed": _WHICH,
    "too_large": _WHICH,
}
"""What to do about a tape that cannot be read, where the error does not say it: by the error's code."""


class NoTape(TrunklineError):
    """There is no such tape, or it cannot be read."""

    code = "no_tape"


def folder(data: Path | None) -> Path:
    """Where the edge of this data folder keeps its tapes."""
    return (data or sources.load(StackSettings).data) / "calls"


def find(call: str, data: Path | None) -> list[Path]:
    """The tapes of a call id, one for each of its parts, a file, or all in a folder.

    Raises:
        NoTape: nothing is there.
    """
    path = Path(call)
    try:
        if not call:
            raise NoTape(which(data))
        if path.is_dir():
            found, where = all_in(path), "no tape is in it"
        else:
            found = [path] if path.is_file() else _parts(call, folder(data))
            where = f"it is no file, and {folder(data)} has no such call{_newest(data)}"
    except OSError as error:
        raise NoTape(f"{call[:100]} cannot be looked for: {error.strerror}. Give a call's id or a file.") from error
    if not found:
        raise NoTape(f"There is no tape of {call}: {where}. Give a call's id, a file or a folder, or --data.")
    return found


def which(data: Path | None) -> str:
    """What to say to somebody who names no call."""
    there = f"Tapes are in {folder(data)}{_newest(data)}." if all_in(folder(data)) else _none(data)
    return f"Which call? Give its id or a tape's file. {there}"


def _newest(data: Path | None) -> str:
    """A hint for somebody who has just placed a call, and has not seen its id."""
    tapes = all_in(folder(data))
    return f"; the newest is {tapes[-1].name.removesuffix(SUFFIX)}" if tapes else ""


def find_one(call: str, data: Path | None) -> Path:
    """The one tape of a call id, a file or a folder.

    Raises:
        NoTape: nothing is there, or more than one.
    """
    found = find(call, data)
    if len(found) > 1:
        raise NoTape(f"{call} has {len(found)} tapes; give the file of one of them, like {found[-1]}.")
    return found[0]


def find_all(data: Path | None) -> list[Path]:
    """All tapes of the data folder, oldest first.

    Raises:
        NoTape: there are none.
    """
    if found := all_in(folder(data)):
        return found
    raise NoTape(_none(data))


def _none(data: Path | None) -> str:
    return f"No calls are recorded in {folder(data)}. Place one with 'trunkline call', or give another --data."


def _parts(call: str, home: Path) -> list[Path]:
    """The tapes of one id: a call that was carried in parts has more than one, in order."""
    if Path(call).name != call:
        return []
    name = call.removesuffix(SUFFIX)
    more = {path.name[len(name) + 1 : -len(SUFFIX)]: path for path in home.glob(f"{glob.escape(name)}.*{SUFFIX}")}
    parts = [more[number] for number in sorted(filter(str.isdecimal, more), key=int)]
    first = home / f"{name}{SUFFIX}"
    return [first, *parts] if first.is_file() else parts


def all_in(place: Path) -> list[Path]:
    """The tapes in a folder, oldest first."""
    return sorted(place.glob(f"[!.]*{SUFFIX}"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def load(path: Path) -> Recording:
    """Read a tape.

    Raises:
        NoTape: it cannot be read; the message says why.
    """
    try:
        return read(path)
    except TapeError as error:
        raise NoTape(f"{error.message} {ADVICE.get(error.code, '')}".rstrip()) from error
