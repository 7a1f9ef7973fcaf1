"""Which process is meant: a pid alone may be another's by now; a pid with its start time may not."""

from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process of this boot of this machine. ``started`` is in the kernel's clock ticks since boot."""

    pid: int
    started: int
    boot: str

    def alive(self) -> bool:
        """Whether this very process runs still. One that waits to be reaped does not."""
        return of(self.pid) == self

    def __str__(self) -> str:
        return f"{self.pid} {self.started} {self.boot}"


def of(pid: int) -> Identity | None:
    """The process that has this pid now; None where there is none, or only its remains."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = _BOOT.read_text().strip()
    except OSError:
        return None
    # The second field is the program's name in brackets, and may hold spaces and brackets itself.
    fields = stat[stat.rfind(")") + 2 :].split()
    if fields[0] in ("Z", "X"):
        return None
    return Identity(pid, int(fields[19]), boot)


def parse(text: str) -> Identity | None:
    """What ``str(identity)`` gave; None for anything else."""
    match text.split():
        case [pid, started, boot] if pid.isdecimal() and started.isdecimal():
            return Identity(int(pid), int(started), boot)
    return None
