"""The tools: whether each can be offered, and whether those that the agent names are among them."""

from collections.abc import Sequence
from pathlib import Path

from edge import agent as agents
from edge.settings import EdgeSettings
from trunkline import sources
from trunkline.checks.finding import Finding
from workflows.catalog import Catalog, scan


async def check(agent: Path | None = None, catalog: Catalog | None = None) -> list[Finding]:
    """Findings on the folder of tools, and on the agent's file (the settings' where None is given).

    Raises:
        EdgeError: the agent's file is not usable.
    """
    catalog = catalog or scan()
    found = [
        Finding("tools", problem.file.stem, "warning", str(problem), "Until then it is not offered to callers.")
        for problem in catalog.problems
    ]
    offered = [tool.name for tool in catalog.tools]
    wanted = agents.load(agent or sources.load(EdgeSettings).agent).tools
    missing = sorted(set(wanted) - set(offered))
    if missing:
        found.append(_missing(missing, offered))
    elif not found:
        found.append(Finding("tools", "offered", "ok", _list(wanted or offered)))
    return found


def _missing(missing: Sequence[str], offered: Sequence[str]) -> Finding:
    detail = f"The agent's file names {_list(missing)}, which workflows/tools does not have."
    return Finding("tools", "agent's tools", "warning", detail, f"There are: {_list(offered)}.")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
