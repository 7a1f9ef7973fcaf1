"""What the pages tell a newcomer to type and to write can be typed and written."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from trunkline.caller import script
from trunkline.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = sorted(
    {
        (page.name, line.partition(" > ")[0].partition(" | ")[0])
        for page in PAGES
        for line in re.findall(r"^\.venv/bin/trunkline (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
)
SCRIPTS = [
    (page.name, text)
    for page in PAGES
    for text in re.findall(r"^```yaml\n((?:lines|answers):.*?)^```", page.read_text(encoding="utf-8"), re.S | re.M)
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_of_a_page_has_the_options_that_it_is_given(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known, page


@pytest.mark.parametrize(("page", "text"), SCRIPTS)
def test_a_callers_script_of_a_page_can_be_read(page: str, text: str) -> None:
    assert yaml.safe_load(text), page
    parsed = script.parse(text)
    assert parsed.lines or parsed.answers, page


def test_there_are_such_commands_and_scripts() -> None:
    assert len(COMMANDS) >= 15
    assert {"tutorial.md", "add-a-tool.md", "change-the-agent.md"} <= {page for page, _ in SCRIPTS}
