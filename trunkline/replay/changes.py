"""Changed manners, as ``--set waits.finished=0.4`` gives them."""

import difflib
import json
from typing import Any

from edge.core.manners import Manners
from edge.core.tapelines import TapeError, build, plain
from trunkline.errors import BadSettings

MOST = 3600
"""What a number of the manners may be at most: seconds of the longest wait, or how often."""


def changed(manners: Manners, settings: tuple[str, ...]) -> Manners:
    """The manners with these ``name=value`` in place.

    Raises:
        BadSettings: a name is unknown, or a value does not fit; the message says which.
    """
    content = plain(manners)
    for setting in settings:
        _set(content, setting)
    try:
        return build(Manners, content)
    except TapeError as error:
        raise BadSettings(f"--set cannot be used: {error.message}") from error


def _set(content: dict[str, Any], setting: str) -> None:
    name, equals, text = setting.partition("=")
    names = _names(content)
    if not equals or name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"the names are {', '.join(names)}."
        raise BadSettings(f"--set {setting}: there is no {name!r}; {hint}")
    *path, last = name.split(".")
    for part in path:
        content = content[part]
    content[last] = text if isinstance(content[last], str) else _number(setting, text)


def _number(setting: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadSettings(f"--set {setting}: {text!r} is not a number.") from error
    if isinstance(value, int | float) and not 0 <= value <= MOST:
        raise BadSettings(f"--set {setting}: {text} is not between 0 and {MOST}.")
    return value


def _names(content: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for name, value in content.items():
        found += _names(value, f"{prefix}{name}.") if isinstance(value, dict) else [f"{prefix}{name}"]
    return found
