"""``tool(...)``: what a durable tool is made of, checked when it is declared.

::

    class BookVisit(BaseModel):
        \"\"\"Book a visit of a technician.\"\"\"          # what the language model sees
        service: Literal["boiler service", "tap repair"] = Field(description="What is to be done.")

    class Visit(BaseModel): ...

    @workflow.defn
    class BookVisitWorkflow:
        @workflow.run
        @conducted
        async def run(self, request: BookVisit, caller: Caller) -> Visit: ...

    TOOL = tool(request=BookVisit, result=Visit, workflow=BookVisitWorkflow, activities=[...], title="book a visit")
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.workflow import unsafe

from schemas.marking import beyond_reach, marks
from schemas.tools import ToolSpec
from workflows.ports import World
from workflows.schema import schema_of

Repeat = Literal["join", "reject", "ask"]
Priority = Literal["emergency", "normal", "background"]


class ToolDeclarationError(Exception):
    """A tool is declared wrongly; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Policies:
    """How a tool behaves towards a caller, beyond what its workflow does."""

    acknowledgement: str
    """What may be said as soon as the request is stored."""
    slow_after: float
    """Seconds without an outcome after which the caller gets a word."""
    repeat: Repeat = "join"
    """What asking for the very same again in one call means: ``join`` changes nothing, ``reject`` is refused, and with
    ``ask`` the agent asks whether the caller wants it once more."""
    cancellable: bool = True
    """Whether the caller may call it off while it is under way, until the workflow says ``caller.commit()``."""
    deadline: float | None = None
    """Seconds after which the workflow is cancelled: what it did is undone, and the caller is told."""
    priority: Priority = "normal"
    """Which work goes first where workers are short."""
    spoken: tuple[str, ...] | None = None
    """Fields of the result that the language model may speak of; None for all."""


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """A durable tool, complete."""

    name: str
    title: str
    request: type[BaseModel]
    result: type[BaseModel]
    workflow: type[Any]
    activities: tuple[Any, ...]
    policies: Policies

    def spec(self) -> ToolSpec:
        """What the edge needs to know of it."""
        return ToolSpec(
            name=self.name,
            title=self.title,
            description=_unwrapped(self.request.__doc__ or ""),
            parameters=schema_of(self.request),
            result=schema_of(self.result),
            workflow=workflow_type(self.workflow),
            acknowledgement=self.policies.acknowledgement,
            slow_after=self.policies.slow_after,
            repeat=self.policies.repeat,
            cancellable=self.policies.cancellable,
            deadline=self.policies.deadline,
            priority=self.policies.priority,
            spoken=None if self.policies.spoken is None else list(self.policies.spoken),
        )

    @property
    def sensitive(self) -> bool:
        """Whether its request has fields that are sealed."""
        return marks(schema_of(self.request))

    def activities_in(self, world: World) -> list[Callable[..., Any]]:
        """Its activities as a worker registers them; classes of them are made with ``world`` as their one argument."""
        found: list[Callable[..., Any]] = []
        for declared in self.activities:
            made: Any = declared(world) if isinstance(declared, type) else None
            found += activity_methods(made) if made is not None else [declared]
        return found


def tool(
    *,
    request: type[BaseModel],
    result: type[BaseModel],
    workflow: type[Any],
    activities: Sequence[Any] = (),
    title: str,
    name: str | None = None,
    acknowledgement: str = "One moment please.",
    slow_after: float = 4.0,
    repeat: Repeat = "join",
    cancellable: bool = True,
    deadline: float | None = None,
    priority: Priority = "normal",
    spoken: Sequence[str] | None = None,
) -> ToolDefinition:
    """Declare a tool.

    ``activities`` are functions under ``@activity.defn``, or classes of such methods whose constructor takes a
    ``World``. ``name`` is the request model's in snake case unless given. ``title`` is what a person would call it:
    "book a visit". The others are the tool's ``Policies``.

    Raises:
        ToolDeclarationError: something is missing or wrong; the message says what to change.
    """
    definition = ToolDefinition(
        name=name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", request.__name__).lower(),
        title=title,
        request=request,
        result=result,
        workflow=workflow,
        activities=tuple(activities),
        policies=Policies(
            acknowledgement,
            slow_after,
            repeat,
            cancellable,
            deadline,
            priority,
            None if spoken is None else tuple(spoken),
        ),
    )
    # In the sandbox the file is loaded for each workflow; what is in it was checked when the process loaded it.
    if not unsafe.in_sandbox():
        for problem in _problems(definition):
            raise ToolDeclarationError(problem)
    return definition


def _unwrapped(text: str) -> str:
    """A docstring with one line a paragraph."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(text))


def workflow_type(cls: type[Any]) -> str:
    """The name by which Temporal knows a workflow class; empty where it is none."""
    found = workflow._Definition.from_class(cls)
    return (found.name or "") if found else ""


def activity_methods(instance: object) -> list[Callable[..., Any]]:
    """The methods of ``instance`` under ``@activity.defn``."""
    # Looked for on the class: a property of the instance may have to raise where the world lacks something.
    functions = {name: getattr(type(instance), name) for name in dir(type(instance)) if not name.startswith("__")}
    found = [name for name, one in functions.items() if callable(one) and activity._Definition.from_callable(one)]
    return [getattr(instance, name) for name in found]


def _problems(tool: ToolDefinition) -> list[str]:
    found = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,47}", tool.name):
        found.append(f"The tool's name {tool.name!r} must be snake case, 2 to 48 characters: pass name='...'.")
    if not tool.title.strip():
        found.append("The tool has no title. Pass title='book a visit', as a person would call it.")
    if tool.policies.slow_after <= 0:
        found.append("slow_after must be more than 0 seconds.")
    if tool.policies.deadline is not None and tool.policies.deadline <= 0:
        found.append("deadline must be more than 0 seconds, or None.")
    if strange := set(tool.policies.spoken or ()) - set(tool.result.model_fields):
        found.append(f"spoken names {', '.join(sorted(strange))}, which {tool.result.__name__} does not have.")
    found += _problems_of_request(tool.request)
    found += _problems_of_workflow(tool)
    for declared in tool.activities:
        if not inspect.isclass(declared) and not activity._Definition.from_callable(declared):
            found.append(
                f"{declared!r} is not an activity. Put @activity.defn above it, or list the class of its methods."
            )
    return found


def _problems_of_request(request: type[BaseModel]) -> list[str]:
    found = []
    if not inspect.cleandoc(request.__dict__.get("__doc__") or ""):
        found.append(
            f"{request.__name__} has no docstring. Write what the tool does and when to use it: "
            "the language model sees it."
        )
    for name, field in request.model_fields.items():
        if not field.description:
            found.append(
                f"{request.__name__}.{name} has no description. Write {name}: ... = Field(description='...'): "
                "the language model sees it."
            )
    try:
        keyword = beyond_reach(schema_of(request))
    except ValueError as error:
        return [*found, str(error)]
    if keyword is not None:
        found.append(
            f"{request.__name__} marks what is sensitive where it cannot be sealed: below {keyword!r} in its JSON "
            "Schema. Put Sealed around a field, or around what a list, a tuple or a dict holds."
        )
    return found


def _problems_of_workflow(tool: ToolDefinition) -> list[str]:
    name = tool.workflow.__name__
    if not workflow_type(tool.workflow):
        return [f"{name} is not a workflow. Put @workflow.defn above the class and @workflow.run above its run method."]
    models = getattr(workflow._Definition.must_from_class(tool.workflow).run_fn, "conducts", None)
    if models is None:
        return [f"{name}.run is not conducted. Put @conducted between @workflow.run and the method."]
    if models != (tool.request, tool.result):
        wanted = f"{tool.request.__name__} -> {tool.result.__name__}"
        return [
            f"{name}.run takes {models[0].__name__} -> {models[1].__name__}, but the tool declares {wanted}. Annotate "
            "the one, or declare the other, as it is meant."
        ]
    return []
