"""What a tree of processes takes: CPU seconds and memory, as Linux counts them; and what machine this is."""

import os
import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Use:
    """``cpu``: seconds, of the processes alive and of those they have waited for. ``memory``: bytes (PSS: pages that
    processes share are counted once). ``processes``: how many."""

    cpu: float
    memory: int
    processes: int


def use(pid: int) -> Use:
    """What this process and all its descendants have taken."""
    pids = descendants(pid)
    return Use(sum(_cpu(one) for one in pids), sum(_pss(one) for one in pids), len(pids))


def cpu(pid: int) -> float:
    """CPU seconds of the tree alone: cheap, while memory takes the kernel a millisecond and more."""
    return sum(_cpu(one) for one in descendants(pid))


def memory(pid: int) -> dict[str, int]:
    """Bytes of their own (anonymous) of each process of the tree, under a short name: ``edge``, or its speech module.

    Not the pages of libraries: whose they are changes when other programs begin and end.
    """
    return {_name(one): _pss(one, "Pss_Anon:") for one in descendants(pid)}


def descendants(pid: int) -> list[int]:
    """The process and all below it that are alive."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            for task in (_PROC / str(one) / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _name(pid: int) -> str:
    try:
        words = (_PROC / str(pid) / "cmdline").read_text().split("\0")
    except OSError:
        words = []
    model = next((word for word in words if word.startswith("edge.speech.") and ":" in word), "edge:")
    return f"{model.partition(':')[0].rpartition('.')[2]}-{pid}"


def _cpu(pid: int) -> float:
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def _pss(pid: int, what: str = "Pss:") -> int:
    try:
        text = (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0
    return 1024 * next((int(line.split()[1]) for line in text.splitlines() if line.startswith(what)), 0)


@cache
def cores() -> tuple[int, int]:
    """(the core for the system that is measured, the core for everything else), of those that this process was given.

    Raises:
        RuntimeError: there is only one.
    """
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise RuntimeError("The load benchmark needs two cores: one for what is measured, one for all the rest.")
    return allowed[0], allowed[1]


def about() -> str:
    """This machine, in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release().split('-')[0]}"
