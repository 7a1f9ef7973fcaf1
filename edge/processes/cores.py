"""How many cores this process may use: those it is bound to, or fewer where a container has a share of them only."""

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores(quota: Path = QUOTA) -> int:
    """At least one."""
    bound = len(os.sched_getaffinity(0))
    try:
        share, period = quota.read_text().split()
        allowed = round(int(share) / int(period))
    except (OSError, ValueError):  # No such file, or "max".
        return bound
    return max(1, min(bound, allowed))
