"""Keys that a stack makes for itself."""

import stat
from pathlib import Path

from schemas.keys import read_keys
from trunkline.stack.secrets import sealing_keys


def test_a_stack_makes_a_key_once_and_keeps_it_from_others(tmp_path: Path) -> None:
    made = sealing_keys(tmp_path)
    assert list(read_keys(made)) == ["local"]
    assert sealing_keys(tmp_path) == made
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
