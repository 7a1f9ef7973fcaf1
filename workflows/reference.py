"""The reference of the kit, made from its docstrings: ``python -m workflows.reference FILE`` writes it."""

import ast
import inspect
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workflows.caller import Caller
from workflows.checkpoint import Checkpoint
from workflows.choice import choice_of
from workflows.dispatcher import Dispatcher
from workflows.elsewhere import AskDispatcher, CallBack, Default, Link
from workflows.errors import ToolError
from workflows.notify import Notify
from workflows.ports import Message, Seals, World
from workflows.saga import Saga
from workflows.sealed import Sealed
from workflows.steps import quickly, retries, surely
from workflows.tool import Policies, tool

CONTENTS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("Declaring a tool", (tool, Policies)),
    ("The caller", (Caller,)),
    ("Where a question goes when the call cannot answer it", (Link, CallBack, AskDispatcher, Default)),
    ("What is sensitive", (Sealed, Seals)),
    ("The dispatcher", (Dispatcher,)),
    ("Messages", (Notify,)),
    ("Steps", (quickly, surely, retries)),
    ("Undoing", (Saga,)),
    ("Waiting for days", (Checkpoint,)),
    ("When it does not work out", (ToolError,)),
    ("Choices", (choice_of,)),
    ("The world", (World, Message)),
)
"""Only what a tool's author uses."""

KITS_OWN = {"fail", "complete", "restore", "awaited", "settled", "wait", "here"}
"""Methods that are public for the kit's own sake."""


def generate() -> str:
    """The page, in Markdown."""
    head = "# The kit\n\nWhat the author of a tool has at hand. Made from the docstrings by `make docs`.\n"
    return "\n".join([head, *(_section(title, things) for title, things in CONTENTS)])


def _section(title: str, things: tuple[Any, ...]) -> str:
    return "\n".join([f"## {title}\n", *(part for thing in things for part in _parts(thing))])


def _parts(thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield _entry("###", thing.__name__, thing)
        return
    yield f"### `{thing.__name__}`\n\n{_words(thing)}\n"
    yield from (f"- `{name}`: {words}" for name, words in _fields(thing))
    yield ""
    for name, member in vars(thing).items():
        if name.startswith("_") or name in KITS_OWN:
            continue
        if isinstance(member, property):
            yield f"#### `{name}`\n\n{_words(member)}\n"
        elif inspect.isfunction(member):
            yield _entry("####", name, member)


def _fields(thing: type[Any]) -> Iterator[tuple[str, str]]:
    """The fields of a class that have a docstring beneath them."""
    (body,) = ast.parse(inspect.getsource(thing)).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for field, words in itertools.pairwise(statements):
        if isinstance(field, ast.AnnAssign) and isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant):
            text = inspect.cleandoc(str(words.value.value)).replace("``", "`")
            yield ast.unparse(field.target), " ".join(text.split())


def _entry(level: str, name: str, function: Callable[..., Any]) -> str:
    kind = "await " if inspect.iscoroutinefunction(function) else ""
    names = [_parameter(one) for one in inspect.signature(function).parameters.values() if one.name != "self"]
    return f"{level} `{kind}{name}({', '.join(names)})`\n\n{_words(function)}\n"


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    simple = isinstance(parameter.default, str | int | float | bool | tuple | None)
    return f"{parameter.name}={parameter.default!r}" if simple else f"{parameter.name}=…"


def _words(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").replace("``", "`")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where to: python -m workflows.reference FILE")
    Path(sys.argv[1]).write_text(generate(), encoding="utf-8")
    print(f"Wrote {sys.argv[1]}.")
