"""Where settings come from: the environment, then a settings file, then each setting's default."""

import difflib
import io
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from trunkline.errors import BadSettings

PREFIX = "TRUNKLINE_"
_PASSWORD = re.compile(r"(://[^:@/\s]*:)[^@/\s]*@")
"""In a URL."""
S = TypeVar("S", bound=BaseSettings)


def read(file: Path | None) -> dict[str, str]:
    """A settings file as environment variables. ``NAME=value`` lines, or TOML where it ends in ``.toml``.

    A TOML key is a variable's name, or its lower-case form without ``TRUNKLINE_``: ``nats_url = "nats://..."``.

    Raises:
        BadSettings: it cannot be read.
    """
    if file is None:
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        content: Mapping[str, Any]
        if file.suffix == ".toml":
            content = tomllib.loads(text)
        else:
            content = dotenv_values(stream=io.StringIO(text), interpolate=False)
    except OSError as error:
        raise BadSettings(f"The settings file {file} cannot be read ({error.strerror}). Check --settings.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"The settings file {file} is malformed: {error}.") from error
    return {_variable(name): _plain(file, name, value) for name, value in content.items()}


def _variable(name: str) -> str:
    if name != name.lower():
        return name.upper()
    return name.upper() if name.upper().startswith((PREFIX, "OPENAI_")) else PREFIX + name.upper()


def _plain(file: Path, name: str, value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
    raise BadSettings(f'The settings file {file} gives {name} no plain value; write {name} = "...".')


def adopt(file: Path | None) -> dict[str, str]:
    """Read a settings file into our environment, behind what is there already; returns what the file says."""
    found = read(file)
    for name, value in found.items():
        os.environ.setdefault(name, value)
    return found


def load(kind: type[S], **given: Any) -> S:
    """Settings from the environment; ``given`` go before it, but for None.

    Raises:
        BadSettings: a value cannot be used; the message names its variable, and never a secret.
    """
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = [_fault(kind, fault["loc"], fault["msg"]) for fault in error.errors(include_input=False)]
        raise BadSettings(" ".join(faults)) from None


def _fault(kind: type[BaseSettings], where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0]) if where else ""
    field = kind.model_fields.get(name)
    label = variables(name, field)[0] if field else name
    return f"{label} cannot be used: {message[0].lower() + message[1:]}."


def variables(name: str, field: FieldInfo) -> list[str]:
    """The environment variables that set a field; the first that is set counts."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice).upper() for choice in alias.choices]
    return [alias.upper() if isinstance(alias, str) else PREFIX + name.upper()]


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as a person may see it. ``source`` is ``environment``, ``file`` or ``default``."""

    variable: str
    value: str
    default: str
    source: str
    about: str


def show(settings: BaseSettings, file: Mapping[str, str] | None = None) -> list[Shown]:
    """Every field of the settings; secrets as set or not set."""
    return [_show(settings, name, field, file or {}) for name, field in type(settings).model_fields.items()]


def _show(settings: BaseSettings, name: str, field: FieldInfo, file: Mapping[str, str]) -> Shown:
    value = getattr(settings, name)
    names = variables(name, field)
    present = {key.upper() for key in os.environ}
    used = next((variable for variable in names if variable in present), None)
    environment = {key.upper(): text for key, text in os.environ.items()}
    source = "default"
    if used:
        source = "file" if file.get(used) == environment[used] else "environment"
    secret = "SecretStr" in str(field.annotation)
    default = field.get_default(call_default_factory=True)
    return Shown(used or names[0], _text(value, secret), _text(default, secret), source, field.description or "")


def _text(value: object, secret: bool) -> str:
    if secret or isinstance(value, SecretStr):
        return "set" if value else "not set"
    return "" if value is None else _PASSWORD.sub(r"\1***@", str(value))


def unknown(names: Mapping[str, str], kinds: list[type[BaseSettings]]) -> list[tuple[str, str | None]]:
    """The variables that begin as ours do and are none of ours, each with the one that may have been meant."""
    known = {
        variable for kind in kinds for name, field in kind.model_fields.items() for variable in variables(name, field)
    }
    strange = sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [(name, next(iter(difflib.get_close_matches(name.upper(), known, n=1)), None)) for name in strange]
