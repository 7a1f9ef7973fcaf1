"""A quick tool as the agent's file declares it."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from edge.core.conversation import Tool
from schemas.marking import beyond_reach, marks

BUDGET = 1.0
"""Seconds within which an answer must be there: longer would be a silence on the phone."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_OURS = frozenset(
    "host content-length content-type content-encoding transfer-encoding connection accept-encoding".split()
)
_AT_ONCE = "It answers at once and changes nothing: use it without asking the caller first."


class QuickTool(BaseModel):
    """A look-up: a POST of JSON, answered with JSON. It changes nothing; business that does is a durable tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,47}$", description="Its name, as the language model sees it.")
    title: str = Field(min_length=1, max_length=80, description="What a person would call it: 'track a parcel'.")
    description: str = Field(min_length=1, max_length=1000, description="What it tells, and when to use it.")
    url: str = Field(max_length=2000, description="Where it is asked, http or https.")
    parameters: dict[str, Any] = Field(
        default_factory=lambda: {"type": "object", "properties": {}}, description="JSON Schema of what it is asked."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="Headers to send; ${NAME} is taken from the environment."
    )
    secret: str = Field(default="", description="Key of the signature, as ${NAME}; unsigned where empty.")
    timeout: float = Field(default=0.8, gt=0, le=BUDGET, description="Seconds for an answer.")
    cache: float = Field(default=0.0, ge=0, le=86_400, description="Seconds for which an answer is as good as new.")
    stale: float = Field(
        default=0.0, ge=0, le=604_800, description="Further seconds in which it is given while a new one is fetched."
    )
    caller: bool = Field(default=False, description="Whether the service is told the caller's number.")
    say: str = Field(
        default="", max_length=300, description="The answer as a sentence; {name} is a value of answer or question."
    )
    sorry: str = Field(
        default="I'm sorry, I can't look that up just now.",
        min_length=1,
        max_length=300,
        description="Said if it fails.",
    )

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)  # Raises ValueError where it makes no sense.
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("must be an address that begins with http:// or https://")
        if parts.username or parts.password or parts.fragment or not value.isprintable() or " " in value:
            raise ValueError("must hold no user, password, fragment or space; put credentials into headers")
        return value

    @field_validator("parameters")
    @classmethod
    def _schema(cls, value: dict[str, Any]) -> dict[str, Any]:
        try:
            Draft202012Validator.check_schema(value)
        except SchemaError as error:
            raise ValueError(f"is no JSON Schema: {error.message}") from None
        if value.get("type") != "object":
            raise ValueError("must be the JSON Schema of an object: type: object")
        if "$ref" in str(value):
            raise ValueError("must do without $ref, which would be fetched or followed")
        return value

    @field_validator("headers")
    @classmethod
    def _headers(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name) or name.lower() in _OURS:
                raise ValueError(f"{name!r} is no header that can be set")
            if not text.isprintable():
                raise ValueError(f"the value of {name} must be one printable line")
        return value

    @field_validator("secret")
    @classmethod
    def _named(cls, value: str) -> str:
        if value and not _VARIABLE.fullmatch(value):
            raise ValueError("must be ${NAME}, the variable that holds the secret, so that the file holds none")
        return value

    @property
    def tool(self) -> Tool:
        """As a model sees it."""
        about = f"{self.description.strip()} {_AT_ONCE}"
        sensitive = marks(self.parameters)
        return Tool(self.name, self.title, about, self.parameters, "", quick=True, say=self.say, sensitive=sensitive)

    @model_validator(mode="after")
    def _not_kept(self) -> Self:
        if keyword := beyond_reach(self.parameters):
            raise ValueError(f"what is marked as sensitive below {keyword!r} cannot be sealed: mark a field")
        if marks(self.parameters) and (self.cache or self.stale):
            raise ValueError("what is told for a sensitive question is not kept: leave cache and stale out")
        return self

    def variables(self) -> set[str]:
        """The names that it takes from the environment."""
        return {name for text in (*self.headers.values(), self.secret) for name in _VARIABLE.findall(text)}


def filled(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """The text with ``${NAME}`` replaced from the environment."""
    return _VARIABLE.sub(lambda found: environment.get(found[1], ""), text)


def missing(tools: Iterable[QuickTool], environment: Mapping[str, str] = os.environ) -> list[str]:
    """The variables that are not set, or cannot be sent, in order of name."""
    wanted = {name for tool in tools for name in tool.variables()}
    return sorted(name for name in wanted if not environment.get(name) or not environment[name].isprintable())
