"""What comes after a call: one light workflow for each, started by the bridge from the stored ``call_ended``.

It makes the report, delivers it to the CRM for as many days as that takes, and puts before a person what nobody else
sees to: business that the call left unfinished, and a report that the CRM will not take.
"""

import asyncio
from datetime import timedelta

from pydantic import BaseModel, Field
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from schemas.base import Schema
from schemas.calls import CallEnded
from schemas.reports import CallReport, Unfinished
from schemas.tools import ToolRequested
from workflows.attributes import CALLER
from workflows.desk import Desk
from workflows.dispatcher import Dispatcher
from workflows.outlet import Outlet
from workflows.phone import Phone
from workflows.ports import CrmRefused, World
from workflows.reporting import report_of
from workflows.steps import quickly

TOOL = "after_call"
"""Under which what waits for a person is listed."""
SETTLING = (0.0, 3.0, 20.0, 100.0, 480.0)
"""Pauses, in seconds, between looks at a call whose tools are still under way; then it is reported as it is."""
LOOK_SECONDS = 60.0
RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), backoff_coefficient=2.0, maximum_interval=timedelta(hours=1))
DAY = 86_400.0
PATIENCE = 7 * DAY
"""How long a refused report waits for a person."""
RING_WITHIN = DAY
"""How long business that was left unfinished waits for somebody to ring; later it would only puzzle the caller."""
MOST_TRIES = 10
"""How often a person may have a refused report sent again."""


class Looked(Schema):
    """What one look at the stored call brought."""

    report: CallReport
    pseudonym: str | None = None
    """Of the caller, by which workflows are searched for."""
    deliver_days: float | None = None
    """How long the CRM is tried; None where there is none."""


class RungBack(BaseModel):
    """What came of ringing the caller."""

    reached: bool = Field(description="Whether the caller was reached.")


class AfterCallActivities:
    """What the workflow does in the world."""

    def __init__(self, world: World) -> None:
        self._calls = world.calls
        self._crm = world.crm

    @activity.defn
    async def look_at_call(self, ended: CallEnded) -> Looked:
        """Make the report from what is stored. However long the call was, the report alone goes to Temporal."""
        events = [] if self._calls is None else await self._calls.events(ended.call_id)
        # Off the loop: of a call with ten thousand events this takes a second.
        report = await asyncio.to_thread(report_of, ended, events)
        pseudonym = None if self._calls is None else self._calls.pseudonym(report.caller)
        return Looked(
            report=report, pseudonym=pseudonym, deliver_days=None if self._crm is None else self._crm.patience_days
        )

    @activity.defn
    async def deliver_report(self, report: CallReport) -> None:
        """Hand the report to the CRM; its id makes a repeat harmless."""
        if self._crm is None:
            return
        try:
            await self._crm.deliver(report)
        except CrmRefused as error:
            raise ApplicationError(str(error), type="refused", non_retryable=True) from None


@workflow.defn(name=TOOL)
class AfterCall:
    """Report the call, deliver the report, see to what was left."""

    @workflow.run
    async def run(self, ended: CallEnded) -> CallReport:
        looked = await self._settled(ended)
        report = looked.report
        if report.unfinished and looked.pseudonym and _searchable():
            # By this it is told when the caller rings again; of the others nobody need be told.
            workflow.upsert_search_attributes([CALLER.value_set(looked.pseudonym)])
        request = _request(report)
        outlet = Outlet(request)
        phone = Phone(request, there=False)
        desk = Desk(request, outlet)
        todo = [self._delivered(report, looked.deliver_days, Dispatcher(desk))]
        if report.caller is not None:
            todo += [self._rung(each, report.caller, desk, phone) for each in report.unfinished]
        await asyncio.gather(*todo)
        await outlet.flush()
        return report

    async def _settled(self, ended: CallEnded) -> Looked:
        for pause in SETTLING:
            if pause:
                await asyncio.sleep(pause)
            looked = await quickly(AfterCallActivities.look_at_call, ended, timeout=LOOK_SECONDS)
            if all(tool.status != "open" for tool in looked.report.tools):
                break
        return looked

    async def _delivered(self, report: CallReport, days: float | None, dispatcher: Dispatcher) -> None:
        if days is None:
            return
        for _ in range(MOST_TRIES):
            why = await _tried(report, days)
            if why is None:
                return
            decision = await dispatcher.approve(
                f"The CRM did not take the report on call {report.call_id}. Send it again?",
                default=False,
                deadline=PATIENCE,
                details={"Why": why},
            )
            if not decision.answer.approved:
                return

    async def _rung(self, left: Unfinished, caller: str, desk: Desk, phone: Phone) -> None:
        """Somebody rings the caller; unless the caller rings first, and it is spoken of in that call."""
        waiting = asyncio.ensure_future(
            desk.wait(
                "call_back",
                left.text,
                RungBack,
                seconds=RING_WITHIN,
                otherwise="It stays unfinished.",
                details={"Ring": caller},
            )
        )
        await workflow.wait_condition(lambda: waiting.done() or phone.there)
        if not waiting.done():
            waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def _tried(report: CallReport, days: float) -> str | None:
    """Try for so many days; None once it is delivered, else why it is not."""
    try:
        await workflow.execute_activity_method(
            AfterCallActivities.deliver_report,
            report,
            start_to_close_timeout=timedelta(seconds=30),
            schedule_to_close_timeout=timedelta(days=days),
            retry_policy=RETRY,
        )
    except ActivityError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == "refused":
            return error.cause.message
        return f"It was tried for {days:g} days in vain."
    return None


def _searchable() -> bool:
    return bool(list(workflow.info().typed_search_attributes))


def _request(report: CallReport) -> ToolRequested:
    """The kit works for a tool call; this is ours."""
    return ToolRequested(
        id=f"evt_{report.id}"[:96],
        call_id=report.call_id,
        region=report.region,
        tool_call_id=report.id,
        tool=TOOL,
        arguments={},
        turn=0,
        caller=report.caller,
    )
