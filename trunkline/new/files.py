"""The files of a new tool, from their templates."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from trunkline.errors import TrunklineError
from trunkline.new.names import camel, words

PLACES = {
    "tool.py.txt": "workflows/tools/{name}.py",
    "test.py.txt": "tests/workflows/tools/test_{name}.py",
    "page.md.txt": "docs/tools/{name}.md",
}
HISTORY = "tests/workflows/tools/histories/{name}.json"


def root(start: Path) -> Path:
    """The checkout that ``start`` is in.

    Raises:
        TrunklineError: it is in none.
    """
    for folder in (start, *start.parents):
        if (folder / "workflows" / "tools" / "__init__.py").is_file() and (folder / "tests").is_dir():
            return folder
    raise TrunklineError("A tool is a file in a checkout of Trunkline. Go to one (its workflows/tools is looked for).")


def written(name: str) -> dict[str, str]:
    """Path from the root → text, of all files but the history."""
    values = {"name": name, "Name": camel(name), "title": words(name), "Title": words(name).capitalize()}
    folder = resources.files(__package__) / "templates"
    return {
        place.format(name=name): Template((folder / template).read_text(encoding="utf-8")).substitute(values)
        for template, place in PLACES.items()
    }


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write all of them, or none.

    Raises:
        TrunklineError: one is there already, or cannot be written.
    """
    there = [path for path in files if (root / path).exists()]
    if there:
        raise TrunklineError(f"{', '.join(there)} is there already. Nothing was written.")
    done: list[Path] = []
    try:
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            done.append(root / path)
            (root / path).write_text(text, encoding="utf-8")
    except OSError as error:
        for file in done:
            file.unlink(missing_ok=True)
        raise TrunklineError(f"{error.filename} cannot be written ({error.strerror}). Nothing was.") from error
