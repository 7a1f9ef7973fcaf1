"""Material that is fetched once, into the cache: packages of Debian and of PyPI, unpacked but never installed.

Each is unpacked beside its place and moved there whole, so that runs at the same time do not see half of it.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.turns.store import cache_folder

PATIENCE = 180.0
"""Seconds for one download."""


class Missing(Exception):
    """Something could not be fetched; the message says what, why, and what is left out for it."""


def debian(*packages: str) -> Path:
    """The folder into which these Debian packages are unpacked.

    Raises:
        Missing: there is no apt or no network.
    """
    folder = cache_folder() / "debian" / packages[0]
    if not (folder / ".done").exists():
        with _whole(folder) as place:
            _run("apt-get", "download", *packages, folder=place)
            for package in sorted(place.glob("*.deb")):
                _run("dpkg", "-x", package.name, ".", folder=place)
                package.unlink()
    return folder


def pypi(requirement: str, *, source: bool) -> Path:
    """The folder into which a wheel of PyPI, or a source distribution, is unpacked; without what it depends on.

    Raises:
        Missing: there is no pip or no network.
    """
    folder = cache_folder() / "pypi" / requirement.replace("==", "-")
    if not (folder / ".done").exists():
        with _whole(folder) as place:
            _download(requirement, place, source=source)
            for archive in (*place.glob("*.whl"), *place.glob("*.tar.gz")):
                if archive.suffix == ".whl":
                    with zipfile.ZipFile(archive) as wheel:
                        wheel.extractall(place)
                else:
                    with tarfile.open(archive) as tar:
                        tar.extractall(place, filter="data")
                archive.unlink()
    return folder


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder to fill, which then becomes this one; where another process was faster, its own is kept."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch) / folder.name
        place.mkdir()
        yield place
        (place / ".done").touch()
        if folder.exists() and not (folder / ".done").exists():
            folder.rename(Path(scratch) / "half")  # What an interrupted run of an earlier version left.
        try:
            place.rename(folder)
        except OSError:
            if not (folder / ".done").exists():
                raise


_BACKEND = """
from pathlib import Path

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    place = Path(folder) / "{name}-{version}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    return place.name
"""


def _download(requirement: str, place: Path, *, source: bool) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", requirement, "--dest", "."]
    if not source:
        _run(*command, "--only-binary", ":all:", folder=place)
        return
    # pip asks a source distribution for its metadata by way of its build system, which may be large or not to be had.
    # We want the files alone, so an empty one stands in for scikit-build-core, which the one that we fetch names.
    name, _, version = requirement.partition("==")
    with tempfile.TemporaryDirectory() as scratch:
        stub = Path(scratch) / "scikit_build_core" / "build.py"
        stub.parent.mkdir()
        (stub.parent / "__init__.py").touch()
        stub.write_text(_BACKEND.format(name=name, version=version))
        unbuilt = ("--no-build-isolation", "--no-binary", ":all:")
        _run(*command, *unbuilt, folder=place, paths=(scratch,))


def _run(*command: str, folder: Path, paths: Sequence[str] = ()) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)} if paths else None
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{_brief(command)} was given up after {PATIENCE:.0f} s: the network is slow or away.") from error
    except OSError as error:
        raise Missing(f"{_brief(command)} is not possible here: {error}.") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise Missing(f"{_brief(command)} failed: {last}.")


def _brief(command: Sequence[str]) -> str:
    return " ".join(Path(part).name if "/" in part else part for part in command)
