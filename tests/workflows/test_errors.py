"""What may be told of a failure."""

import asyncio

import pytest
from temporalio.exceptions import ActivityError, ApplicationError

from workflows.errors import UNDONE, Failure, ToolError, failure_of


def wrapped(cause: BaseException) -> ActivityError:
    error = ActivityError(
        "Activity task failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="pay",
        activity_id="1",
        retry_state=None,
    )
    error.__cause__ = cause
    return error


def test_a_tool_error_is_told_also_from_inside_an_activity() -> None:
    error = ToolError("declined", "The card was declined.", fault="caller", retryable=True)
    expected = Failure("declined", "The card was declined.", "caller", True)
    assert failure_of(error) == expected
    assert failure_of(wrapped(error)) == expected
    assert error.non_retryable


@pytest.mark.parametrize(
    "error",
    [
        KeyError("card 4111"),
        ApplicationError("connection to 10.0.0.1 refused", type="PostgresError"),
        ApplicationError("odd", {"fault": "nobody"}, type="odd"),
        wrapped(ApplicationError("secret")),
    ],
)
def test_of_any_other_nothing_but_an_apology(error: BaseException) -> None:
    assert failure_of(error) == Failure("failed", UNDONE, "system", True)


def test_cancelling_is_called_so() -> None:
    assert failure_of(asyncio.CancelledError()).code == "cancelled"
