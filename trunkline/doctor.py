"""``trunkline doctor``: what is wrong, and what to do about it."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from edge.errors import EdgeError
from trunkline import sources
from trunkline.checks import engines, machine, models, settings, tools
from trunkline.checks.finding import Finding
from trunkline.errors import TrunklineError
from trunkline.sources import Shown
from trunkline.stack import local

_STYLE = {"ok": "green", "note": "blue", "warning": "yellow", "error": "bold red"}


@click.command()
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings as NAME=value lines, or TOML. The environment goes before it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.pass_context
def doctor(context: click.Context, file: Path | None, as_json: bool) -> None:
    """Check settings, engines, models, keys, ports, clock and disk, and say what to do about each problem.

    Prints every setting of every role with its value, its default and where the value came from; of secrets only
    whether they are set. Looks at the local stack too where one runs. Exits with 1 if there is an error.
    """
    given = sources.adopt(file)
    progress = Console(stderr=True)
    with progress.status("Looking; the models take a few seconds to load..."):
        findings = asyncio.run(examine(given))
    listed = settings.shown(given)
    if as_json:
        print(json.dumps(_json(findings, listed)))
    else:
        _print(findings, listed)
    if any(finding.state == "error" for finding in findings):
        context.exit(1)


async def examine(file: Mapping[str, str]) -> list[Finding]:
    """All checks. One that cannot be made is an error among the findings, and stops no other."""
    found = settings.check(file)
    if any(finding.state == "error" for finding in found):
        return [*found, Finding("settings", "others", "note", "Other checks wait until these can be used.")]
    stack = local.find()
    detail = f"runs as process {stack.pids['up']}, its edge at {stack.edge}" if stack else "none runs"
    found.append(Finding("stack", "local stack", "ok" if stack else "note", detail, "" if stack else "trunkline up"))
    checks: list[tuple[str, Callable[[], Awaitable[list[Finding]]]]] = [
        ("engines", lambda: engines.check(stack)),
        ("machine", lambda: machine.check(stack)),
        ("models", models.check),
        ("tools", tools.check),
    ]
    for subject, check in checks:
        try:
            found += await check()
        except (TrunklineError, EdgeError, OSError) as error:
            found.append(Finding(subject, "check", "error", str(error)))
    return found


def _json(findings: list[Finding], listed: dict[str, list[Shown]]) -> dict[str, object]:
    return {
        "ok": not any(finding.state == "error" for finding in findings),
        "findings": [dataclasses.asdict(finding) for finding in findings],
        "settings": {role: [dataclasses.asdict(setting) for setting in rows] for role, rows in listed.items()},
    }


def _print(findings: list[Finding], listed: dict[str, list[Shown]]) -> None:
    console = Console(highlight=False)
    for role, rows in listed.items():
        console.print(f"Settings of {role}", style="bold")
        for row in rows:
            console.print(_setting(row), soft_wrap=True)
        console.print()
    table = Table(title="Findings", title_justify="left", box=None, pad_edge=False, show_header=False)
    for finding in findings:
        told = Text(finding.detail)
        if finding.advice:
            told.append(f"\n→ {finding.advice}", style="dim")
        table.add_row(Text(finding.state, style=_STYLE[finding.state]), finding.subject, Text(finding.name), told)
    console.print(table)
    console.print(f"\n{_verdict(findings)}", style="bold")


def _setting(row: Shown) -> Text:
    text = Text(f"  {row.variable} = {row.value or 'empty'}", style="" if row.source == "default" else "cyan")
    told = "" if row.source == "default" else f", from the {row.source}; by default {row.default or 'empty'}"
    return text.append(f"{told}\n      {row.about}", style="dim")


def _verdict(findings: list[Finding]) -> str:
    errors = sum(finding.state == "error" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    if errors:
        return f"{errors} error{'s' * (errors > 1)} to mend: see the arrows above."
    return f"All is well{f', with {warnings} warning' + 's' * (warnings > 1) if warnings else ''}."
