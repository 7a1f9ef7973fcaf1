"""Finding the wheels' programs."""

from pathlib import Path

import pytest

from trunkline.errors import MissingProgram
from trunkline.stack import programs


def test_a_missing_script_names_its_wheel() -> None:
    with pytest.raises(MissingProgram, match="pip install moon-bin"):
        programs.script("no-such-moon", "moon-bin")


def test_a_missing_package_or_file_names_its_wheel() -> None:
    for package in ("no_such_package", "trunkline"):
        with pytest.raises(MissingProgram, match="pip install moon-bin"):
            programs.packaged(package, "bin/moon", "moon-bin")


async def test_a_program_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF and no more")
    broken.chmod(0o755)
    with pytest.raises(MissingProgram, match="cannot be run"):
        await programs.version(broken)
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\necho no; exit 3\n")
    failing.chmod(0o755)
    with pytest.raises(MissingProgram, match="fails"):
        await programs.version(failing)
