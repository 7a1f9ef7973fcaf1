"""What is kept of callers is kept for so many days: a schedule of Temporal sees to it, and writes down what it did."""

from contextlib import suppress
from datetime import timedelta

import asyncpg
import structlog
from nats.js import JetStreamContext
from temporalio import activity, workflow
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleUpdate,
)
from temporalio.common import RetryPolicy
from temporalio.service import RPCError, RPCStatusCode

from schemas.base import Schema, new_id
from schemas.subjects import calls_stream
from workers.adapters import personal
from workers.temporal import task_queue

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
DAY = 86_400.0


class Forgotten(Schema):
    """What one run did: rows changed, and rows older than that which are left, which should be none."""

    days: int
    forgotten: dict[str, int]
    left: dict[str, int]


class RetentionActivities:
    """What the schedule's workflow does in the world. Everything may be done again."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", js: JetStreamContext, region: str) -> None:
        self._pool = pool
        self._js = js
        self._stream = calls_stream(region)

    @activity.defn(name="forget_what_is_old")
    async def forget(self, days: int) -> Forgotten:
        """Take away what is older than so many days, and write down that it was done."""
        config = (await self._js.stream_info(self._stream)).config
        if config.max_age is None or config.max_age == 0 or config.max_age > days * DAY:
            await self._js.update_stream(config, max_age=days * DAY)
        forgotten = await personal.forget(self._pool, days)
        done = Forgotten(days=days, forgotten=forgotten, left=await personal.old(self._pool, days))
        await self._pool.execute(
            "INSERT INTO erasures (erasure_id, certificate) VALUES ($1, $2)",
            new_id("retention"),
            done.model_dump_json(),
        )
        log.info("What is old was forgotten.", **done.model_dump())
        return done


@workflow.defn(name="trunkline_retention")
class Retention:
    """Once a day."""

    @workflow.run
    async def run(self, days: int) -> Forgotten:
        return await workflow.execute_activity_method(
            RetentionActivities.forget,
            days,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10)),
        )


async def ensure_schedule(client: Client, region: str, days: int | None) -> None:
    """See that the region's schedule is there and says ``days``, or is not, where that is None.

    Raises:
        RPCError: Temporal is not there now.
    """
    name = f"trunkline-retention-{region}"
    handle = client.get_schedule_handle(name)
    if days is None:
        try:
            await handle.delete()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        return
    action = ScheduleActionStartWorkflow(Retention.run, days, id=name, task_queue=task_queue(region))
    schedule = Schedule(action=action, spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=EVERY)]))
    with suppress(ScheduleAlreadyRunningError):
        await client.create_schedule(name, schedule, trigger_immediately=True)
        return
    await handle.update(lambda _: ScheduleUpdate(schedule=schedule))
