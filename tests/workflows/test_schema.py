"""JSON Schema in one piece."""

from enum import StrEnum
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel, Field

from workflows.schema import inline, schema_of


class Size(StrEnum):
    """A size."""

    SMALL = "small"
    LARGE = "large"


class Topping(BaseModel):
    """On top."""

    size: Size = Field(description="How much.")


class Order(BaseModel):
    """An order."""

    size: Size = Field(description="How big.")
    toppings: list[Topping] = []


class Loop(BaseModel):
    """Holds itself."""

    inner: "Loop | None" = None


def test_references_are_put_in_place_and_what_stands_beside_them_stays() -> None:
    schema = schema_of(Order)
    assert "$ref" not in str(schema)
    assert "$defs" not in schema
    assert schema["properties"]["size"]["enum"] == ["small", "large"]
    assert schema["properties"]["size"]["description"] == "How big."
    assert schema["properties"]["toppings"]["items"]["properties"]["size"]["enum"] == ["small", "large"]


@pytest.mark.parametrize("value", [{"size": "small"}, {"size": "huge"}, {}, {"size": "large", "toppings": [{}]}])
def test_it_means_the_same(value: dict[str, Any]) -> None:
    def fits(schema: dict[str, Any]) -> bool:
        return bool(jsonschema.Draft202012Validator(schema).is_valid(value))

    assert fits(schema_of(Order)) == fits(Order.model_json_schema())


def test_what_contains_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="contains itself"):
        inline(Loop.model_json_schema())
