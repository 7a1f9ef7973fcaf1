"""The peers' requirements: every package pinned and hashed, from no named registry; the programs compile."""

import re
from pathlib import Path

import pytest

from benchmarks.load.peers import install


@pytest.mark.parametrize("framework", install.FRAMEWORKS)
def test_requirements_are_pinned_and_hashed(framework: str) -> None:
    text = (install.HERE / f"{framework}.txt").read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.M))
    entries = [entry for entry in entries if entry.strip()]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("framework", install.FRAMEWORKS)
def test_programs_compile(framework: str) -> None:
    source = (install.HERE / f"{framework}_agent.py").read_text()
    compile(source, f"{framework}_agent.py", "exec")


def test_other_requirements_have_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_CACHE", str(tmp_path))
    folders = {install.folder(framework) for framework in install.FRAMEWORKS}
    assert len(folders) == 2
    assert all(folder.is_relative_to(tmp_path) for folder in folders)
