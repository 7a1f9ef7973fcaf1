"""An edge process: composes providers, bus and transports, and serves until told to stop."""

import asyncio
import contextlib
import gc
import os
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from edge import agent as agents
from edge import capacity, gateways, twiml
from edge.bus import NatsBus
from edge.core.endpointing import Waits
from edge.core.lateness import Limits
from edge.core.manners import Manners
from edge.erasure import answerer
from edge.errors import EdgeError
from edge.metrics import CONTENT_TYPE, Metrics
from edge.node import Node
from edge.providers import find
from edge.quick.tools import QuickTools
from edge.seats import Takeovers, fill
from edge.services import Services
from edge.settings import EdgeSettings
from edge.signatures import Signatures
from edge.tapes import Tapes
from edge.transports import twilio
from edge.webrtc.page import routes as page
from edge.webrtc.whip import Whip
from schemas.keys import read_keys
from schemas.sealing import Seals
from schemas.subjects import CARRIED, ERASURE

_log = structlog.get_logger(__name__)

COLLECT = 2_000, 5, 5
"""When the collector looks. A call is freed without it, but not the HTTP server's side of its connection."""
UNMEASURED = 20
"""Calls that a process carries where what they cost can be neither set nor measured."""
BODY = 10.0
"""Seconds in which the body of a request must come."""
DRAIN = 5.0
"""Seconds that calls in progress get when the process is told to stop."""
NODE = web.AppKey("node", Node)
SIGNATURES = web.AppKey("signatures", Signatures)
SETTINGS = web.AppKey("settings", EdgeSettings)


def manners(agent: agents.Agent) -> Manners:
    """The agent's file, as turn-taking reads it."""
    return Manners(
        waits=Waits(finished=agent.endpointing.finished, unfinished=agent.endpointing.unfinished),
        still_there_after=agent.still_there_after,
        goodbye_after=agent.goodbye_after,
        still_there=agent.still_there,
        goodbye=agent.goodbye,
    )


@contextlib.asynccontextmanager
async def services(settings: EdgeSettings, *, one_of_many: bool = False) -> AsyncIterator[Services]:
    """Everything the calls share, warm and ready; closed at the end. ``one_of_many``: other processes share the port.

    Raises:
        EdgeError: a provider or the agent's file is not usable.
    """
    agent = agents.load(settings.agent)
    metrics = Metrics.create()
    node = f"{settings.region}-{socket.gethostname()}-{os.getpid()}"
    own = f"{settings.edge_port}-{os.getpid()}" if one_of_many else str(settings.edge_port)
    spill = settings.data / "edge" / f"spill-{own}.jsonl"  # What a process leaves in it, the next to start sends.
    async with contextlib.AsyncExitStack() as stack:
        vad = await find("vad", settings.vad).open(settings)
        bus = await NatsBus.connect(settings.nats_url, settings.region, node, spill, metrics)
        stack.push_async_callback(bus.close)
        tapes = Tapes(settings.data / "calls")
        quick = QuickTools.open(agent.quick_tools, settings.redis_url)
        stack.push_async_callback(quick.close)
        bus.answer(ERASURE, answerer(node, tapes, quick.forget))
        if settings.keep_days is not None:
            forgetting = asyncio.create_task(tapes.forget(settings.keep_days), name="forgetting old tapes")
            stack.callback(forgetting.cancel)
        seats = await fill(settings, Takeovers(bus, settings.region, metrics), stack)
        gateway = await gateways.find(settings.gateway).open(settings) if settings.gateway_url else None
        if gateway is not None:
            stack.push_async_callback(gateway.close)
        yield Services(
            region=settings.region,
            node=node,
            agent=agent,
            manners=manners(agent),
            ears=seats.ears,
            mind=seats.mind,
            voice=seats.voice,
            vad=vad,
            bus=bus,
            metrics=metrics,
            max_call_seconds=settings.max_call_seconds,
            quick=quick,
            tapes=tapes,
            gateway=gateway,
            seals=Seals(read_keys(settings.sealing_keys.get_secret_value())),
            local_ears=seats.local_ears,
        )


async def room(settings: EdgeSettings, shared: Services, sharing: float = 1.0) -> int:
    """Calls that this process may carry: as set, or as measured; ``sharing``: edge processes a speech process."""
    if settings.max_calls:
        return settings.max_calls
    ears = shared.ears if find("ears", settings.ears).local else None
    voice = shared.voice if find("voice", settings.voice).local else None
    try:
        hub = settings.speech_hub
        costs = await capacity.measure(shared.vad, ears, voice, hub and hub.with_name("turn"))
    except (EdgeError, TimeoutError) as error:
        _log.warning("What calls cost could not be measured.", why=str(error), calls=UNMEASURED)
        return UNMEASURED
    calls = costs.calls(sharing)
    a_minute = {"loop_seconds_a_call_minute": round(costs.loop * 60, 3), "speech_seconds_a_turn": round(costs.turn, 3)}
    _log.info("What calls cost was measured.", calls=calls, **a_minute)
    return calls


def application(node: Node, settings: EdgeSettings) -> web.Application:
    """The HTTP side of this process."""
    app = web.Application(client_max_size=64 * 1024, middlewares=[_prompt])
    app[NODE] = node
    app[SETTINGS] = settings
    app[SIGNATURES] = Signatures(settings.twilio_auth_token, settings.public_url)
    app.router.add_get("/health", _health)
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/twilio", _stream)
    app.router.add_post("/twilio/voice", _voice)
    node.services.bus.answer(CARRIED, node.carried)
    whip = Whip.of(node, settings)
    app.add_routes([*whip.routes(), *page(settings, node.services.agent)])
    app.on_shutdown.append(whip.close)
    return app


@web.middleware
async def _prompt(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A body that comes drop by drop does not hold a connection."""
    if request.body_exists:
        try:
            async with asyncio.timeout(BODY):
                await request.read()  # Which keeps it.
        except TimeoutError:
            raise web.HTTPRequestTimeout(text=f"The body did not come within {BODY:g} s.") from None
    return await handler(request)


async def _health(request: web.Request) -> web.Response:
    """200 where new calls are taken; 503 and the reason where not."""
    node = request.app[NODE]
    admission = node.admission
    reason = admission.unready()
    body = {
        "ready": reason is None,
        "reason": reason,
        "calls": admission.calls,
        "capacity": admission.capacity,
        "loop_lag_ms": round(admission.lateness.p95 * 1000, 1),
        "node": node.services.node,
    }
    return web.json_response(body, status=200 if reason is None else 503)


async def _metrics(request: web.Request) -> web.Response:
    body = request.app[NODE].services.metrics.render()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


def _websocket_url(request: web.Request) -> str:
    return str(request.url).replace("http", "ws", 1)


async def _stream(request: web.Request) -> web.StreamResponse:
    signature = request.headers.get("X-Twilio-Signature", "")
    if not request.app[SIGNATURES].valid(_websocket_url(request), {}, signature):
        raise web.HTTPForbidden(text="The request is not signed with this account's token.")
    admission = request.app[NODE].admission
    if (reason := admission.refusal()) is not None:
        # Before the handshake: a call that is not taken must cost next to nothing.
        admission.refuse(reason)
        raise web.HTTPServiceUnavailable(text=admission.why(reason), headers={"Retry-After": "5"})
    return await twilio.handle(request, request.app[NODE])


async def _voice(request: web.Request) -> web.Response:
    """TwiML for an incoming call: connect it where there is room, else send it on, or say that we are busy."""
    form = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    signatures, settings = request.app[SIGNATURES], request.app[SETTINGS]
    if not signatures.valid(str(request.url), form, request.headers.get("X-Twilio-Signature", "")):
        raise web.HTTPForbidden(text="The request is not signed with this account's token.")
    node = request.app[NODE]
    if twiml.is_asked_again(str(request.url)) and await node.is_over(form.get("CallSid", "")):
        return web.Response(text=twiml.hang_up(), content_type="text/xml")
    if (reason := node.admission.promise(asyncio.get_running_loop().time())) is None:
        here = str(request.url.with_path("/twilio").with_query(None))
        back = signatures.public(str(request.url.with_query(None)))
        answer = twiml.connect(signatures.public(here.replace("http", "ws", 1)), form, back)
    else:
        node.admission.refuse(reason)
        if settings.overflow_url and not twiml.was_sent_on(str(request.url)):
            node.services.metrics.calls_redirected.inc()
            answer = twiml.redirect(settings.overflow_url)
        else:
            answer = twiml.busy(settings.busy_words)
    return web.Response(text=answer, content_type="text/xml")


@dataclass(frozen=True, slots=True)
class Running:
    """An edge that runs. The end of the ticker is the end of it."""

    node: Node
    runner: web.AppRunner
    ticker: asyncio.Task[None]


@contextlib.asynccontextmanager
async def running(settings: EdgeSettings, *, one_of_many: bool = False) -> AsyncIterator[Running]:
    """An edge that serves whoever is connected to it, without a port. At the end it drains, and closes in good order.

    ``one_of_many``: other processes share the port, so that each connection serves one request.

    Raises:
        EdgeError: a provider or the agent's file is not usable.
    """
    async with services(settings, one_of_many=one_of_many) as shared:
        sharing = settings.processes / settings.speech_processes if one_of_many else 1.0
        node = Node(shared, await room(settings, shared, sharing), Limits(late=settings.late))
        app = application(node, settings)
        if one_of_many:
            app.on_response_prepare.append(_last)
        ticker = asyncio.create_task(node.run(), name="ticker")
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        try:
            await runner.setup()
            settle_memory()
            yield Running(node, runner, ticker)
        finally:
            await node.drain(DRAIN if node.calls else 0.0)
            await runner.cleanup()
            ticker.cancel()


def settle_memory() -> None:
    """What is there by now stays: the collector need not look through it again and again, for 50 ms and more."""
    gc.collect()
    gc.freeze()
    # It looks through everything once there is a quarter more than it found the last time: that must be what is left.
    gc.collect()
    gc.set_threshold(*COLLECT)


async def _last(_: web.Request, response: web.StreamResponse) -> None:
    """The next request of this peer may be for another process, so it needs a connection of its own."""
    if not isinstance(response, web.WebSocketResponse):
        response.force_close()
        response.headers[hdrs.CONNECTION] = "close"  # aiohttp has written its own by now: keep-alive.


async def serve(settings: EdgeSettings, ready: Callable[[str], None]) -> None:
    """Run an edge in this process until cancelled; ``ready`` is called once with its address.

    Raises:
        EdgeError: a provider or the agent's file is not usable.
        OSError: the address cannot be listened on.
    """
    async with running(settings) as edge:
        site = web.TCPSite(edge.runner, settings.edge_host, settings.edge_port, reuse_address=True)
        await site.start()
        ready(f"http://{settings.edge_host}:{edge.runner.addresses[0][1]}")
        await asyncio.shield(edge.ticker)
