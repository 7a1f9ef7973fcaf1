"""``workflows.ports.Seals`` with the keys of the settings."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from schemas import sealing
from workflows.errors import ToolError
from workflows.sealed import Sealed

T = TypeVar("T")


class KeptSeals:
    """Opens and seals in this process; the keys go nowhere."""

    def __init__(self, seals: sealing.Seals) -> None:
        self._seals = seals

    def open(self, sealed: Sealed[T]) -> T:
        """Raises ToolError where it is no ``T``: the edge checks no more than a JSON Schema can say."""
        value = self._seals.open(sealed.token)
        try:
            opened: T = TypeAdapter[Any](sealed.kind).validate_python(value)
        except ValidationError as error:
            fault = error.errors(include_input=False, include_context=False, include_url=False)[0]["msg"]
            raise ToolError("invalid_arguments", f"A value does not fit: {fault}.", fault="model") from None
        return opened

    def seal(self, value: T) -> Sealed[T]:
        return Sealed(self._seals.seal(to_jsonable_python(value)), type(value))
