"""Material that is fetched once, into the cache: packages of Debian and of PyPI, unpacked but never installed."""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.turns.store import cache_folder

PATIENCE = 300.0
"""Seconds for one download."""


class Missing(Exception):
    """Something could not be fetched; the message says what, why, and what is left out for it."""


def debian(*packages: str) -> Path:
    """The folder into which these Debian packages are unpacked.

    Raises:
        Missing: there is no apt or no network.
    """
    folder = cache_folder() / "debian" / packages[0]
    if (folder / ".done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    _run("apt-get", "download", *packages, folder=folder)
    for package in sorted(folder.glob("*.deb")):
        _run("dpkg", "-x", package.name, ".", folder=folder)
        package.unlink()
    (folder / ".done").touch()
    return folder


def pypi(requirement: str, *, source: bool) -> Path:
    """The folder into which a wheel of PyPI, or a source distribution, is unpacked; without what it depends on.

    Raises:
        Missing: there is no pip or no network.
    """
    folder = cache_folder() / "pypi" / requirement.replace("==", "-")
    if (folder / ".done").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    kind = ("--no-binary", ":all:") if source else ("--only-binary", ":all:")
    _run(sys.executable, "-m", "pip", "download", "--no-deps", *kind, requirement, "--dest", ".", folder=folder)
    for archive in (*folder.glob("*.whl"), *folder.glob("*.tar.gz")):
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(folder)
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
        archive.unlink()
    (folder / ".done").touch()
    return folder


def _run(*command: str, folder: Path) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{_brief(command)} is not possible here: {error}.") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise Missing(f"{_brief(command)} failed: {last}.")


def _brief(command: Sequence[str]) -> str:
    return " ".join(Path(part).name if "/" in part else part for part in command)
