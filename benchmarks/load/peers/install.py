"""The peers' environments: made from pinned, hashed requirements beside this file, kept in the user's cache.

``python -m benchmarks.load.peers.install --lock`` resolves the requirements anew from ``*.in``.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

import click

from benchmarks.load.cache import cache_folder

HERE = Path(__file__).parent
FRAMEWORKS = ("pipecat", "livekit")
_UV = str(Path(sys.executable).with_name("uv"))


class NotInstalled(Exception):
    """An environment could not be made; says why."""


def folder(framework: str) -> Path:
    """Where its environment is, or will be: another one for other requirements."""
    digest = hashlib.sha256((HERE / f"{framework}.txt").read_bytes()).hexdigest()[:12]
    return cache_folder("peers") / f"{framework}-{digest}"


def install(framework: str) -> None:
    """Make its environment, where it is not there yet. Takes the network, and some 300 to 500 MB.

    Raises:
        NotInstalled: the packages cannot be had.
    """
    home = folder(framework)
    if (home / ".complete").exists():
        return
    home.parent.mkdir(parents=True, exist_ok=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    _run(_UV, "venv", "--quiet", "--clear", "--python", python, str(home))
    requirements = str(HERE / f"{framework}.txt")
    _run(_UV, "pip", "sync", "--quiet", "--python", str(home / "bin" / "python"), "--require-hashes", requirements)
    (home / ".complete").touch()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-1500:]}")


@click.command()
@click.option("--lock", is_flag=True, help="Resolve the requirements anew, without addresses of a registry.")
def main(lock: bool) -> None:
    """Make the environments of the peers."""
    for framework in FRAMEWORKS:
        if lock:
            out = ("-o", str(HERE / f"{framework}.txt"))
            options = ("--quiet", "--generate-hashes", "--no-emit-index-url", "--no-header", "--python-version", "3.11")
            _run(_UV, "pip", "compile", *options, str(HERE / f"{framework}.in"), *out)
        install(framework)
        click.echo(f"{framework}: {folder(framework)}")


if __name__ == "__main__":
    main()
