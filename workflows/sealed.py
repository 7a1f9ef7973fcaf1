"""``Sealed[T]``: a value that only the activity sees which needs it.

::

    class CheckBalance(BaseModel):
        \"\"\"Tell the balance of an account.\"\"\"

        pin: Sealed[Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]] = Field(description="The account's PIN.")

The language model is asked for a ``T``. What it gives is sealed at the edge, after it was found to fit, so that every
event, workflow, memo and log holds a token in its place; an activity opens it: ``world.seals.open(request.pin)``.
"""

from typing import Any, Generic, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, SchemaSerializer, core_schema

from schemas.marking import HIDDEN, MARK, is_sealed

T = TypeVar("T")
_AS_TOKEN = core_schema.plain_serializer_function_ser_schema(lambda sealed: sealed.token)


class Sealed(Generic[T]):
    """A ``T``, sealed; constraints belong on the ``T``. Written out it is its token, shown it is dots."""

    __slots__ = ("kind", "token")
    # By this it may be an activity's argument or result by itself.
    __pydantic_serializer__ = SchemaSerializer(core_schema.any_schema(serialization=_AS_TOKEN))

    def __init__(self, token: str, kind: Any = Any) -> None:
        self.token = token
        self.kind = kind

    def __repr__(self) -> str:
        return f"Sealed({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kind = next(iter(get_args(source)), Any)

        def taken(value: Any, _: Any) -> "Sealed[Any]":
            if isinstance(value, Sealed):
                return value
            if is_sealed(value):
                return Sealed(value, kind)
            # Without the value itself: this message may be written down.
            raise PydanticCustomError("not_sealed", "it must come sealed")

        return core_schema.no_info_wrap_validator_function(
            taken,
            handler.generate_schema(kind),
            serialization=_AS_TOKEN,
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), MARK: True}
