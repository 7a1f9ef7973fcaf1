"""The cores this process may use."""

import os
from pathlib import Path

from edge.processes.cores import cores


def test_a_container_may_have_a_share_only(tmp_path: Path) -> None:
    quota, bound = tmp_path / "cpu.max", len(os.sched_getaffinity(0))
    assert cores(quota) == bound
    for text, expected in (("max 100000", bound), ("100000 100000", 1), ("20000 100000", 1), ("6400000 100000", bound)):
        quota.write_text(text)
        assert cores(quota) == expected
