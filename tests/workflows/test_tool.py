"""A tool is checked when it is declared, and says what to change."""

from typing import Any

import pytest
from pydantic import BaseModel, Field
from temporalio import activity, workflow

from workflows.caller import Caller
from workflows.conduct import conducted
from workflows.ports import World
from workflows.sealed import Sealed
from workflows.tool import ToolDeclarationError, activity_methods, tool


class OrderPizza(BaseModel):
    """Order a pizza.

    Use it once the
    caller is hungry."""

    kind: str = Field(description="Which pizza.")


class Pizza(BaseModel):
    """A pizza."""

    minutes: int


class Mute(BaseModel):
    kind: str = Field(description="Which pizza.")


class Vague(BaseModel):
    """Order something."""

    kind: str


class OrderByCode(BaseModel):
    """Order by codes."""

    counts: dict[Sealed[str], int] = Field(description="How many of each.")


class OrderInTurn(BaseModel):
    """Order, and order again."""

    then: "OrderInTurn | None" = Field(description="What follows.")


@workflow.defn
class OrderPizzaWorkflow:
    """Orders."""

    @workflow.run
    @conducted
    async def run(self, request: OrderPizza, caller: Caller) -> Pizza:
        return Pizza(minutes=20)


@workflow.defn
class BareWorkflow:
    """Not conducted."""

    @workflow.run
    async def run(self, request: OrderPizza) -> Pizza:
        return Pizza(minutes=20)


@activity.defn
async def bake(kind: str) -> None:
    """Bakes."""


class Oven:
    """Activities that reach into the world."""

    def __init__(self, world: World) -> None:
        self.world = world

    @activity.defn
    async def heat(self, degrees: int) -> None: ...

    async def not_an_activity(self) -> None: ...


def declare(**changed: Any) -> Any:
    declared: dict[str, Any] = {
        "request": OrderPizza,
        "result": Pizza,
        "workflow": OrderPizzaWorkflow,
        "activities": [bake, Oven],
        "title": "order a pizza",
    }
    return tool(**declared | changed)


def test_the_spec_is_what_the_models_say() -> None:
    spec = declare(slow_after=9).spec()
    assert (spec.name, spec.workflow, spec.title) == ("order_pizza", "OrderPizzaWorkflow", "order a pizza")
    assert spec.description == "Order a pizza.\n\nUse it once the caller is hungry."
    assert spec.parameters["properties"]["kind"]["description"] == "Which pizza."
    assert spec.result["required"] == ["minutes"]
    assert (spec.acknowledgement, spec.slow_after) == ("One moment please.", 9)


def test_activities_are_functions_and_methods_of_classes_made_with_the_world() -> None:
    world: Any = object()
    found = declare().activities_in(world)
    assert [one.__name__ for one in found] == ["bake", "heat"]
    assert found[1].__self__.world is world


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        declare().title = "another"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"request": Mute}, "Mute has no docstring"),
        ({"request": Vague}, "Vague.kind has no description"),
        (
            {"request": OrderByCode},
            "OrderByCode marks what is sensitive where it cannot be sealed: below 'propertyNames'",
        ),
        ({"request": OrderInTurn}, "OrderInTurn contains itself"),
        ({"title": " "}, "has no title"),
        ({"name": "Order Pizza!"}, "must be snake case"),
        ({"slow_after": 0}, "slow_after must be more than 0"),
        ({"workflow": BareWorkflow}, "is not conducted"),
        ({"workflow": Oven}, "is not a workflow"),
        ({"result": OrderPizza}, "takes OrderPizza -> Pizza, but the tool declares OrderPizza -> OrderPizza. Annotate"),
        ({"activities": [print]}, "is not an activity"),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ToolDeclarationError, match=words.replace("(", r"\(")):
        declare(**changed)


class Lacking:
    """Activities whose world lacks something."""

    @property
    def lacks(self) -> str:
        raise LookupError("It is not there.")

    @activity.defn
    async def breathe(self) -> None:
        """Nothing."""


def test_a_property_that_raises_does_not_hide_the_activities_beside_it() -> None:
    assert [method.__name__ for method in activity_methods(Lacking())] == ["breathe"]
