"""The tools there are: every module or package in a folder that names a ``TOOL``. Nothing is registered elsewhere."""

import importlib
import pkgutil
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic.errors import PydanticUserError

import workflows.tools
from workflows.tool import ToolDeclarationError, ToolDefinition, workflow_type


@dataclass(frozen=True, slots=True)
class Problem:
    """A tool that cannot be offered: where it is wrong and what to do about it. The others are not affected."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a scan found."""

    tools: tuple[ToolDefinition, ...]
    problems: tuple[Problem, ...]


def scan(package: str = workflows.tools.__name__, paths: Iterable[str] = workflows.tools.__path__) -> Catalog:
    """Load every tool of ``package``, found in the folders ``paths``, in order of name."""
    tools: dict[str, tuple[ToolDefinition, Path]] = {}
    problems: list[Problem] = []
    for found in sorted(pkgutil.iter_modules(list(paths)), key=lambda module: module.name):
        if found.name.startswith("_"):
            continue
        file = _file(found)
        try:
            definition = _load(f"{package}.{found.name}")
            definition.spec()
            _unlike_others(definition, tools)
        except (Exception, SystemExit) as error:
            if file.exists():  # One that was taken away meanwhile is no tool, and nothing is wrong with it.
                problems.append(_problem(file, error))
        else:
            tools[definition.name] = (definition, file)
    return Catalog(tuple(definition for definition, _ in tools.values()), tuple(problems))


def scan_all(packages: Iterable[str]) -> Catalog:
    """The tools of several packages, by their names; the first of two tools with one name counts."""
    tools: list[ToolDefinition] = []
    problems: list[Problem] = []
    for package in packages:
        try:
            found = scan(package.strip(), importlib.import_module(package.strip()).__path__)
        except Exception as error:
            message = f"{package.strip()!r} is no package of tools ({error}). Check TRUNKLINE_TOOL_PACKAGES."
            problems.append(Problem(Path(package.strip()), 1, message))
            continue
        known = {tool.name for tool in tools}
        tools += [tool for tool in found.tools if tool.name not in known]
        problems += found.problems
    return Catalog(tuple(tools), tuple(problems))


def _file(found: pkgutil.ModuleInfo) -> Path:
    folder = Path(getattr(found.module_finder, "path", "."))
    return folder / found.name / "__init__.py" if found.ispkg else folder / f"{found.name}.py"


def _load(module: str) -> ToolDefinition:
    definition = getattr(importlib.import_module(module), "TOOL", None)
    if not isinstance(definition, ToolDefinition):
        raise ToolDeclarationError("This file names no tool. End it with TOOL = tool(...), or start its name with '_'.")
    return definition


def _unlike_others(new: ToolDefinition, others: dict[str, tuple[ToolDefinition, Path]]) -> None:
    if new.name in others:
        raise ToolDeclarationError(
            f"A tool named {new.name!r} is already in {others[new.name][1]}. Pass another name=."
        )
    for other, file in others.values():
        if workflow_type(other.workflow) == workflow_type(new.workflow):
            raise ToolDeclarationError(
                f"A workflow named {workflow_type(new.workflow)!r} is already in {file}. Rename the class, or pass "
                "@workflow.defn(name='...')."
            )


def _problem(file: Path, error: BaseException) -> Problem:
    """Where in the tool's own files it went wrong: the innermost frame there; else the line that declares the tool."""
    if isinstance(error, SyntaxError) and error.filename:
        return Problem(Path(error.filename), error.lineno or 1, f"{error.msg}. Correct the syntax.")
    home = file.parent if file.name == "__init__.py" else file
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _within(Path(frame.filename), home)]
    if frames:
        where, line = Path(frames[-1].filename), frames[-1].lineno or 1
    else:
        where, line = file, _declaration(file)
    return Problem(where, line, _remedy(error))


def _within(path: Path, home: Path) -> bool:
    return path == home or home in path.parents


def _declaration(file: Path) -> int:
    lines = file.read_text(errors="replace").splitlines() if file.exists() else []
    return next((number for number, line in enumerate(lines, 1) if line.startswith("TOOL")), 1)


def _remedy(error: BaseException) -> str:
    if isinstance(error, ToolDeclarationError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return f"{error}. Install it beside Trunkline, or correct the import."
    if isinstance(error, PydanticUserError):
        return f"{error.message} Use a type that has a JSON Schema."
    return f"{type(error).__name__}: {error}. The file must import without error; correct this line."
