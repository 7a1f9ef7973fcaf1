"""The Temporal worker: runs the tools' workflows and activities. ``serve`` puts the process together."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta

import asyncpg
import nats.errors
import structlog
from aiohttp import web
from nats.aio.client import Client as Nats
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError
from temporalio.client import Client
from temporalio.worker import Worker

from schemas.keys import read_keys
from schemas.sealing import Seals
from workers.adapters import nats as bus
from workers.adapters.calls import StoredCalls
from workers.adapters.crm import HttpCrm
from workers.adapters.gateway import HttpGateway
from workers.adapters.links import PostgresLinks
from workers.adapters.migrate import migrate
from workers.adapters.outbox import PostgresOutbox
from workers.adapters.payments import PostgresPayments
from workers.adapters.postgres import PostgresAppointments
from workers.adapters.queries import Queries
from workers.adapters.seals import KeptSeals
from workers.adapters.units import PostgresUnits
from workers.adapters.visits import PostgresVisits
from workers.answers import LARGEST, Answers
from workers.carriers import carriers, replies
from workers.deployment import deployment_config, make_current
from workers.retention import Retention, RetentionActivities, ensure_schedule
from workers.sandbox import runner
from workers.searchable import ensure_searchable
from workers.settings import WorkerSettings
from workers.telemetry import Telemetry
from workers.temporal import connect, task_queue
from workers.tuning import pollers, tuner
from workers.visiting import visit_what_may_change
from workers.waiting import heed_cancellation, until_there
from workers.warmup import WarmUp, breathe, warm_up
from workflows.after_call import AfterCall, AfterCallActivities
from workflows.catalog import Catalog, scan_all
from workflows.charging import ChargingActivities
from workflows.deliver import DeliverMessage, DeliveryActivities
from workflows.outlet import OutletActivities
from workflows.ports import World
from workflows.tool import activity_methods

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 30.0
"""How often the offer of tools is renewed, should NATS have lost it."""


async def serve(settings: WorkerSettings, ready: Callable[[str], None]) -> None:
    """Run until cancelled; then finish what is under way, within ``shutdown_seconds``.

    Waits for engines that are not there yet. ``ready`` is called once workflows get through this worker.
    """
    catalog = scan_all(settings.tool_packages.split(","))
    for problem in catalog.problems:
        log.error("A tool is not offered.", problem=str(problem))
    seals = Seals(read_keys(settings.sealing_keys.get_secret_value()))
    catalog = catalog if seals else _unsealed(catalog)
    telemetry = Telemetry(settings.otlp_endpoint, "worker", settings.region)
    try:
        async with AsyncExitStack() as stack:
            queries = Queries()
            nats_client, pool, client = await asyncio.gather(
                stack.enter_async_context(_nats(settings)),
                stack.enter_async_context(_database(settings, queries)),
                connect(
                    settings.temporal_address,
                    settings.temporal_namespace,
                    telemetry,
                    settings.payload_keys.get_secret_value(),
                    settings.worker_metrics_port,
                ),
            )
            js = nats_client.jetstream()
            searchable = await ensure_searchable(client)
            outbox = PostgresOutbox(pool, client, task_queue(settings.region), searchable=searchable)
            senders = await stack.enter_async_context(carriers(settings))
            units = PostgresUnits(pool)
            links = PostgresLinks(pool, settings.link_url) if settings.link_url else None
            answers = Answers(client, links, seals).routes() if links else ()
            routes = [*answers, *replies(settings, client, outbox, units)]
            if routes and settings.answers_port is not None:
                await stack.enter_async_context(_page(routes, settings.answers_port))
            gateway = await stack.enter_async_context(_gateway(settings))
            crm = await stack.enter_async_context(_crm(settings))
            world = World(
                bus.NatsPublisher(nats_client),
                outbox,
                PostgresAppointments(pool),
                senders,
                gateway=gateway,
                payments=PostgresPayments(pool),
                units=units,
                visits=PostgresVisits(pool),
                links=links,
                seals=KeptSeals(seals) if seals else None,
                calls=StoredCalls(js, settings.region, settings.pseudonym_key.get_secret_value()),
                crm=crm,
            )
            retention = RetentionActivities(pool, js, settings.region)
            worker = make_worker(settings, client, catalog, world, retention)
            await _work(settings, client, js, worker, catalog, queries, ready)
    finally:
        await asyncio.to_thread(telemetry.close)


def _unsealed(catalog: Catalog) -> Catalog:
    """The tools that need no key."""
    for tool in catalog.tools:
        if tool.sensitive:
            log.error("A tool is not offered: it takes what is sensitive. Set TRUNKLINE_SEALING_KEYS.", tool=tool.name)
    return Catalog(tuple(tool for tool in catalog.tools if not tool.sensitive), catalog.problems)


@asynccontextmanager
async def _page(routes: list[web.RouteDef], port: int) -> AsyncIterator[None]:
    """The page on which callers answer, and carriers report, on loopback."""
    app = web.Application(client_max_size=LARGEST)
    app.add_routes(routes)
    page = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await page.setup()
    try:
        await web.TCPSite(page, "127.0.0.1", port).start()
        yield
    finally:
        await page.cleanup()


def make_worker(
    settings: WorkerSettings, client: Client, catalog: Catalog, world: World, retention: RetentionActivities
) -> Worker:
    """The Temporal worker for these tools, not yet running."""
    visit_what_may_change()
    workflows = [tool.workflow for tool in catalog.tools]
    activities = [activity for tool in catalog.tools for activity in tool.activities_in(world)]
    return Worker(
        client,
        task_queue=task_queue(settings.region),
        workflows=[WarmUp, Retention, DeliverMessage, AfterCall, *workflows],
        activities=[
            breathe,
            *activity_methods(OutletActivities(world.publisher, world.messages, world.links)),
            *activity_methods(ChargingActivities(world)),
            *activity_methods(DeliveryActivities(world)),
            *activity_methods(AfterCallActivities(world)),
            *activity_methods(retention),
            *activities,
        ],
        workflow_runner=runner(workflows),
        deployment_config=deployment_config(settings),
        tuner=tuner(settings),
        max_cached_workflows=settings.cached_workflows,
        workflow_task_poller_behavior=pollers(settings.workflow_pollers, settings.most_pollers),
        activity_task_poller_behavior=pollers(settings.activity_pollers, settings.most_pollers),
        # What a killed worker had in its cache is given to another after this long.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_seconds),
    )


async def _work(
    settings: WorkerSettings,
    client: Client,
    js: JetStreamContext,
    worker: Worker,
    catalog: Catalog,
    queries: Queries,
    ready: Callable[[str], None],
) -> None:
    async def start_up() -> None:
        await make_current(client, settings)
        await until_there("The worker", lambda: warm_up(client, task_queue(settings.region)))
        await until_there("Temporal's schedules", lambda: ensure_schedule(client, settings.region, settings.keep_days))
        await until_there("The bucket of tools", lambda: _offer(settings, js, catalog))
        # What was imported stays. Unfrozen, every full collection walks through it: 60 ms in which nothing runs.
        gc.collect()
        gc.freeze()
        ready(f"{task_queue(settings.region)}: {', '.join(tool.name for tool in catalog.tools) or 'no tools'}")
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            queries.report()
            with suppress(nats.errors.Error, JetStreamError, TimeoutError):
                await bus.ensure_stream(js, settings.region)
                await _offer(settings, js, catalog)
            heed_cancellation()

    running = asyncio.create_task(worker.run())
    starting = asyncio.create_task(start_up())
    try:
        await asyncio.wait((running, starting), return_when=asyncio.FIRST_COMPLETED)
        for task in (starting, running):
            if task.done():
                task.result()  # Neither ends by itself but with an error.
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await _finish(worker, running, settings.shutdown_seconds)


async def _finish(worker: Worker, running: "asyncio.Task[None]", seconds: float) -> None:
    if running.done():
        return
    log.info("Finishing what is under way.", seconds=seconds)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds + 2):
            await worker.shutdown()
            await asyncio.gather(running, return_exceptions=True)


async def _offer(settings: WorkerSettings, js: JetStreamContext, catalog: Catalog) -> None:
    await bus.ToolsBucket(js).offer(settings.deployment, [tool.spec() for tool in catalog.tools])


@asynccontextmanager
async def _nats(settings: WorkerSettings) -> AsyncIterator[Nats]:
    what = f"NATS at {settings.nats_url}"
    client = await until_there(what, lambda: bus.connect(settings.nats_url, f"worker-{settings.region}"))
    try:
        await until_there(f"JetStream of {what}", lambda: bus.ensure_stream(client.jetstream(), settings.region))
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _gateway(settings: WorkerSettings) -> AsyncIterator[HttpGateway | None]:
    if not settings.gateway_url or not settings.gateway_charge_key:
        yield None
        return
    gateway = HttpGateway(settings.gateway_url, settings.gateway_charge_key.get_secret_value())
    try:
        yield gateway
    finally:
        await gateway.close()


@asynccontextmanager
async def _crm(settings: WorkerSettings) -> AsyncIterator[HttpCrm | None]:
    if not settings.crm_url:
        yield None
        return
    secrets = [secret.strip() for secret in settings.crm_secrets.get_secret_value().split(",") if secret.strip()]
    if not secrets:
        log.warning("Reports to the CRM are not signed: set TRUNKLINE_CRM_SECRETS.")
    crm = HttpCrm(settings.crm_url, secrets, settings.crm_days)
    try:
        yield crm
    finally:
        await crm.close()


async def _as_it_was(connection: object) -> None:
    """Nothing to put right: no query of ours leaves anything behind in its session but what its transaction takes back.

    What asyncpg asks the server to undo otherwise, each time, is a round trip that a caller waits for.
    """


@asynccontextmanager
async def _database(settings: WorkerSettings, queries: Queries) -> "AsyncIterator[asyncpg.Pool[asyncpg.Record]]":
    async def open_pool() -> "asyncpg.Pool[asyncpg.Record]":
        pool = await asyncpg.create_pool(
            settings.postgres_dsn.get_secret_value(),
            min_size=min(2, settings.postgres_connections),
            max_size=settings.postgres_connections,
            command_timeout=5,
            timeout=5,
            init=queries.watch,
            reset=_as_it_was,
        )
        try:
            await migrate(pool)
        except BaseException:
            pool.terminate()
            raise
        return pool

    pool = await until_there("PostgreSQL (TRUNKLINE_POSTGRES_DSN)", open_pool)
    queries.pool = pool
    try:
        yield pool
    finally:
        await queries.close()
        # A connection that hangs must not keep the process.
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await pool.close()
        pool.terminate()
