"""Every role's settings: whether they can be used, and where each came from."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import BaseSettings

from trunkline import sources
from trunkline.checks.finding import Finding
from trunkline.errors import BadSettings
from trunkline.roles import ROLES, settings_of
from trunkline.settings import StackSettings
from trunkline.sources import Shown

SUBJECT = "settings"
_ELSEWHERE = ("TRUNKLINE_SETTINGS", "TRUNKLINE_CACHE")
"""Read by no role: the file of settings, and the benchmarks' cache."""


def kinds() -> dict[str, type[BaseSettings]]:
    """The settings of each role, and of ``up``."""
    return {"up": StackSettings, **{role.name: settings_of(role) for role in ROLES.values()}}


def shown(file: Mapping[str, str]) -> dict[str, list[Shown]]:
    """Role → its settings as they may be shown; a role whose settings cannot be used is left out."""
    found = {}
    for name, kind in kinds().items():
        try:
            found[name] = sources.show(sources.load(kind), file)
        except BadSettings:
            continue
    return found


def check(file: Mapping[str, str]) -> list[Finding]:
    """Whether each role could run with what is set."""
    return [*(_usable(name, kind) for name, kind in kinds().items()), *_unknown(file), *_agent(), *_key()]


def _usable(name: str, kind: type[BaseSettings]) -> Finding:
    try:
        sources.load(kind)
    except BadSettings as error:
        return Finding(SUBJECT, name, "error", str(error), "Correct the variable, or unset it for its default.")
    return Finding(SUBJECT, name, "ok", "can be used")


def _unknown(file: Mapping[str, str]) -> list[Finding]:
    names = {name: value for name, value in {**file, **os.environ}.items() if name not in _ELSEWHERE}
    return [
        Finding(
            SUBJECT,
            name,
            "warning",
            "is set, but no role reads it",
            f"Did you mean {meant}?" if meant else "Unset it, or look for its right name in the list of settings.",
        )
        for name, meant in sources.unknown(names, list(kinds().values()))
    ]


def _agent() -> list[Finding]:
    from edge.agent import load
    from edge.errors import EdgeError

    path = os.environ.get("TRUNKLINE_AGENT")
    try:
        agent = load(Path(path) if path else None)
    except EdgeError as error:
        return [Finding(SUBJECT, "agent", "error", error.message, "Correct the file that TRUNKLINE_AGENT names.")]
    return [Finding(SUBJECT, "agent", "ok", f"{agent.name} of {agent.business}")]


def _key() -> list[Finding]:
    if os.environ.get("OPENAI_API_KEY") or os.environ.get("TRUNKLINE_OPENAI_API_KEY"):
        return [
            Finding(SUBJECT, "language model key", "ok", "set; the OpenAI provider speaks unless another is chosen")
        ]
    detail = "not set; the built-in dialogue policy speaks, which needs none"
    return [Finding(SUBJECT, "language model key", "note", detail, "For a language model, set OPENAI_API_KEY.")]
