"""Conducts one tool call: takes the request up, tells how it ends as an event, and fails so that the caller knows."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from schemas.tools import ToolRequested
from workflows import saga as sagas
from workflows.caller import Caller
from workflows.carried import Continued
from workflows.checkpoint import Checkpoint
from workflows.desk import Desk
from workflows.dispatcher import Dispatcher
from workflows.errors import check_size, failure_of, invalid_arguments
from workflows.notify import Notify
from workflows.outlet import Outlet
from workflows.repair import begin, honest, repair
from workflows.runs import Run
from workflows.saga import Saga
from workflows.steps import unbroken
from workflows.stopping import Stopping

Self = TypeVar("Self")
Request = TypeVar("Request", bound=BaseModel)
Result = TypeVar("Result", bound=BaseModel)
Kit = ParamSpec("Kit")

PARTS = (Caller, Dispatcher, Notify, Checkpoint)
"""What of the kit a run method may take."""


def conducted(
    run: Callable[Concatenate[Self, Request, Kit], Awaitable[Result]],
) -> Callable[[Self, ToolRequested], Awaitable[dict[str, Any]]]:
    """Make ``async def run(self, request, caller) -> result`` the run method of a workflow, beneath ``@workflow.run``.

    Further parameters get what their type names: a ``Dispatcher``, a ``Notify``, a ``Checkpoint[State]``. The arguments
    are validated before it runs. ToolCompleted or ToolFailed is published for it, once. A failure is told
    to the caller, unless the language model is at fault and can put it right itself.
    """
    # Each workflow loads its file anew: what is asked here is asked once.
    hints, names = get_type_hints(run), list(inspect.signature(run).parameters)[1:]
    models = _models(run, [hints.get(name) for name in (*names[:1], "return")] if len(names) > 1 else [])
    request_model = models[0]
    wanted, state = _parts(run, [hints.get(name) for name in names[1:]])
    business: Callable[..., Awaitable[Result]] = run

    @functools.wraps(run)
    async def conduct(self: Self, call: ToolRequested) -> dict[str, Any]:
        carried = call.carried if isinstance(call, Continued) else None
        outlet = Outlet(call)
        desk = Desk(call, outlet)
        caller = Caller(call, outlet, desk)
        notify = Notify(outlet)
        owed = begin()
        sagas.begin()
        stopping = Stopping(call, caller, carried.deadline if carried else None)
        run_of = Run(call, outlet, desk, caller, notify, stopping, owed)
        parts: dict[type[Any], Any] = {Caller: caller, Dispatcher: Dispatcher(desk), Notify: notify}
        if state is not None:
            parts[Checkpoint] = desk.checkpoint = Checkpoint(state, carried.state if carried else None, run_of.leaving)
        if carried is not None:
            run_of.go_on(carried)
        try:
            request = _validated(call, request_model)
            async with stopping, Saga(carried.undo if carried else ()):
                result = await business(self, request, *(parts[kind] for kind in wanted))
                check_size(result)
        except workflow.ContinueAsNewError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            failure = honest(failure_of(error), owed)
            if failure.fault == "system":
                workflow.logger.error("The tool failed; what it had done was undone: %r", error)
            if not caller.completed:
                await unbroken(caller.fail(failure))
            await unbroken(repair(desk, owed))
            if isinstance(error, FailureError | asyncio.CancelledError):
                raise
            # Any other error would only have Temporal try the same task again and again, the caller none the wiser.
            raise ApplicationError(f"{type(error).__name__}: {error}", type="failed", non_retryable=True) from error
        finally:
            await outlet.flush()
        caller.complete(result)
        await unbroken(repair(desk, owed))
        await outlet.flush()
        return result.model_dump(mode="json")

    # Temporal reads these to decode the workflow's one argument.
    conduct.__annotations__ = {"call": Continued, "return": dict[str, Any]}
    conduct.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", "call")]
    )
    del conduct.__wrapped__
    conduct.conducts = models  # type: ignore[attr-defined]
    return conduct


def _models(run: Callable[..., Any], named: Sequence[Any]) -> tuple[type[Any], type[Any]]:
    """Request and result model of a run method, of what its annotations name.

    Raises:
        TypeError: they are not pydantic models.
    """
    models = [model for model in named if isinstance(model, type) and issubclass(model, BaseModel)]
    if len(models) < 2:
        raise TypeError(
            f"{run.__qualname__} must be 'async def run(self, request: RequestModel, caller: Caller) -> ResultModel', "
            "both of them pydantic models."
        )
    return models[0], models[1]


def _parts(run: Callable[..., Any], named: Sequence[Any]) -> tuple[list[type[Any]], type[BaseModel] | None]:
    """What of the kit a run method takes beside its request, in order; and its checkpoint's state.

    Raises:
        TypeError: a parameter is none of it.
    """
    wanted = [get_origin(kind) or kind for kind in named]
    states = [next(iter(get_args(kind)), None) for kind in named if (get_origin(kind) or kind) is Checkpoint]
    if any(not (isinstance(state, type) and issubclass(state, BaseModel)) for state in states):
        raise TypeError(f"{run.__qualname__} must say what its checkpoint keeps: Checkpoint[AModel].")
    if not set(wanted) <= set(PARTS) or Caller not in wanted:
        kit = ", ".join(part.__name__ for part in PARTS)
        raise TypeError(f"{run.__qualname__} takes, after its request, a Caller and what else it needs of: {kit}.")
    return [kind for kind in wanted if kind is not None], next(iter(states), None)


def _validated(call: ToolRequested, model: type[Request]) -> Request:
    try:
        return model.model_validate(call.arguments)
    except ValidationError as error:
        raise invalid_arguments(call.tool, model, error) from None
