"""Tools are found by scanning a folder; a bad one harms no other."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workflows.catalog import Catalog, scan

GOOD = '''
from datetime import date

from pydantic import BaseModel, Field
from temporalio import workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.tool import tool


class {model}(BaseModel):
    """Do a thing."""

    day: date = Field(description="When.")


class Thing(BaseModel):
    """It was done."""


@workflow.defn
class {model}Workflow:
    @workflow.run
    @conducted
    async def run(self, request: {model}, caller: Caller) -> Thing:
        return Thing()


TOOL = tool(request={model}, result=Thing, workflow={model}Workflow, title="do a thing"{more})
'''


LAST = len(GOOD.rstrip().splitlines())
"""The line that declares the tool."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An importable folder of tools."""
    package = tmp_path / f"tools_{uuid.uuid4().hex[:8]}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    yield package
    sys.path.remove(str(tmp_path))


def good(model: str, more: str = "") -> str:
    return GOOD.format(model=model, more=more)


def scanned(folder: Path) -> Catalog:
    return scan(folder.name, [str(folder)])


def test_our_own_tools_are_all_good() -> None:
    catalog = scan()
    assert not catalog.problems
    assert "book_visit" in [tool.name for tool in catalog.tools]


def test_modules_and_packages_are_tools_and_underscores_are_not(folder: Path) -> None:
    (folder / "one.py").write_text(good("One"))
    (folder / "two").mkdir()
    (folder / "two" / "__init__.py").write_text(good("Two"))
    (folder / "_shared.py").write_text("")
    catalog = scanned(folder)
    assert [tool.name for tool in catalog.tools] == ["one", "two"]
    assert not catalog.problems


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\n", 1, "names no tool"),
        ("x = 1\nTOOL = 2\n", 2, "names no tool"),
        ("x = 1\ndef y(:\n", 2, "Correct the syntax"),
        ("x = 1\n\nraise RuntimeError('boom')\n", 3, "RuntimeError: boom"),
        ("import a_library_that_is_not_there\n", 1, "Install it"),
        (good("Bad").replace('"""Do a thing."""', ""), LAST, "has no docstring"),
        (good("Bad").replace("day: date", "day: type"), LAST, "JSON Schema"),
        (good("Good2", ', name="good"'), LAST, "already in"),
        (good("Good", ', name="other"'), LAST, "Rename the class"),
    ],
)
def test_a_bad_one_is_reported_and_harms_no_other(folder: Path, text: str, line: int, words: str) -> None:
    (folder / "a_good.py").write_text(good("Good"))
    (folder / "bad.py").write_text(text)
    catalog = scanned(folder)
    assert [tool.name for tool in catalog.tools] == ["good"]
    (problem,) = catalog.problems
    assert words in problem.message
    assert str(problem).startswith(f"{folder / 'bad.py'}:")
    assert abs(problem.line - line) <= 1


def test_a_fault_inside_a_package_is_reported_where_it_is(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "__init__.py").write_text("from . import models\n")
    (folder / "deep" / "models.py").write_text("a = 1\nb = a / 0\n")
    (problem,) = scanned(folder).problems
    assert (problem.file, problem.line) == (folder / "deep" / "models.py", 2)


def test_a_request_that_contains_itself_is_refused(folder: Path) -> None:
    nested = good("Nest").replace("day: date", "more: 'list[Nest]'")
    (folder / "nest.py").write_text(nested)
    (problem,) = scanned(folder).problems
    assert "contains itself" in problem.message


def test_all_of_this_is_values(folder: Path) -> None:
    catalog: Any = scanned(folder)
    with pytest.raises(AttributeError):
        catalog.tools = ()


def test_a_file_that_is_taken_away_while_it_is_loaded_is_no_tool_and_no_mistake(folder: Path) -> None:
    """As where somebody deletes a tool just as a worker starts."""
    (folder / "gone.py").write_text("import pathlib\n\npathlib.Path(__file__).unlink()\nimport no_such_module\n")
    (folder / "stays.py").write_text(good("Stays"))
    catalog = scanned(folder)
    assert [tool.name for tool in catalog.tools] == ["stays"]
    assert not catalog.problems
