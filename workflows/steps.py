"""How a workflow runs an activity: quickly, beside itself, or surely, however long it takes.

Both retry without end unless a ToolError or another non-retryable error comes back, so an activity must be one that may
run twice: give it an idempotency key.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, overload

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

Argument = TypeVar("Argument")
Result = TypeVar("Result")
Method = Callable[[Any, Argument], Awaitable[Result]]
Function = Callable[[Argument], Awaitable[Result]]

RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=5)
)


def retries(
    *, attempts: int = 0, first: float = 0.1, longest: float = 5.0, never: Sequence[type[Exception] | str] = ()
) -> RetryPolicy:
    """How often an activity is tried, and after which errors not at all.

    ``attempts`` 0 is without end; pauses grow from ``first`` to ``longest`` seconds. ``never`` names kinds of error
    that trying again cannot help, beside every ToolError: exception classes, or the ``code`` of a ToolError.
    """
    return RetryPolicy(
        initial_interval=timedelta(seconds=first),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=longest),
        maximum_attempts=attempts,
        non_retryable_error_types=[kind if isinstance(kind, str) else kind.__name__ for kind in never],
    )


@overload
async def quickly(
    activity: Method[Argument, Result], argument: Argument, *, timeout: float = 5.0, retry: RetryPolicy = RETRY
) -> Result: ...
@overload
async def quickly(
    activity: Function[Argument, Result], argument: Argument, *, timeout: float = 5.0, retry: RetryPolicy = RETRY
) -> Result: ...
async def quickly(activity: Any, argument: Any, *, timeout: float = 5.0, retry: RetryPolicy = RETRY) -> Any:
    """Run a short activity (one query, one publish) in this very worker: about a millisecond of overhead.

    ``timeout`` in seconds bounds one attempt.
    """
    return await heeding(
        workflow.execute_local_activity(
            activity, argument, start_to_close_timeout=timedelta(seconds=timeout), retry_policy=retry
        )
    )


@overload
async def surely(
    activity: Method[Argument, Result],
    argument: Argument,
    *,
    timeout: float = 30.0,
    heartbeat: float | None = None,
    retry: RetryPolicy = RETRY,
) -> Result: ...
@overload
async def surely(
    activity: Function[Argument, Result],
    argument: Argument,
    *,
    timeout: float = 30.0,
    heartbeat: float | None = None,
    retry: RetryPolicy = RETRY,
) -> Result: ...
async def surely(
    activity: Any,
    argument: Any,
    *,
    timeout: float = 30.0,
    heartbeat: float | None = None,
    retry: RetryPolicy = RETRY,
) -> Any:
    """Run an activity on any worker, with its own history events: for what is slow, outward, or must be seen.

    ``timeout`` in seconds bounds one attempt; with ``heartbeat`` one that falls silent so long is given up early.
    """
    return await heeding(
        workflow.execute_activity(
            activity,
            argument,
            start_to_close_timeout=timedelta(seconds=timeout),
            heartbeat_timeout=None if heartbeat is None else timedelta(seconds=heartbeat),
            retry_policy=retry,
        )
    )


async def heeding(activity: Awaitable[Result]) -> Result:
    """The activity's result; where the business is called off meanwhile, CancelledError as from any other wait.

    Temporal makes an ActivityError of it, which would be caught and told as the failure of the activity.
    """
    try:
        return await activity
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise asyncio.CancelledError from error
        raise


async def unbroken(doing: Awaitable[Result]) -> Result:
    """Wait for ``doing`` to its end, also when the workflow is cancelled meanwhile, however often."""
    task = asyncio.ensure_future(doing)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue
    return task.result()
