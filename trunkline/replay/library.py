"""Which tapes are meant: call ids, files, or folders of tapes."""

from pathlib import Path

from edge.core.tape import Recording
from edge.core.tapelines import TapeError
from edge.tapes import SUFFIX, read
from trunkline.errors import TrunklineError
from trunkline.settings import StackSettings


class NoTape(TrunklineError):
    """There is no such tape, or it cannot be read."""

    code = "no_tape"


def folder(data: Path | None) -> Path:
    """Where the edge of this data folder keeps its tapes."""
    return (data or StackSettings().data) / "calls"


def find(call: str, data: Path | None) -> list[Path]:
    """The tapes of a call id, a file, or all in a folder.

    Raises:
        NoTape: nothing is there.
    """
    path = Path(call)
    if path.is_dir():
        found = all_in(path)
    elif path.is_file():
        found = [path]
    else:
        home = folder(data)
        named = home / f"{path.name}{SUFFIX}"
        found = [named] if path.name == call and named.is_file() else []
    if not found:
        where = "no tape is in it" if path.is_dir() else f"it is no file, and {folder(data)} has no such call"
        raise NoTape(f"There is no tape of {call}: {where}. Give a call's id, a file or a folder, or --data.")
    return found


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
        raise NoTape(error.message) from error
