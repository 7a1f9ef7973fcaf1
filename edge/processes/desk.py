"""What the parent answers itself: health and metrics of all its children; and calls, where there is no child."""

from collections.abc import Callable, Sequence
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from edge.metrics import CONTENT_TYPE
from edge.processes.child import Place


def desk(places: Sequence[Place], metrics: Path, draining: Callable[[], bool]) -> web.Application:
    """``metrics``: the folder that the children write their figures to."""

    async def health(_: web.Request) -> web.Response:
        body = summary(places, draining())
        return _last(web.json_response(body, status=200 if body["ready"] else 503))

    async def figures(_: web.Request) -> web.Response:
        return _last(web.Response(body=rendered(metrics), headers={"Content-Type": CONTENT_TYPE}))

    async def nobody(_: web.Request) -> web.Response:
        text = "No process of this edge takes calls now; try another."
        return _last(web.Response(status=503, text=text, headers={"Retry-After": "5"}))

    app = web.Application()
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", figures)
    app.router.add_route("*", "/{any:.*}", nobody)
    return app


def _last(response: web.Response) -> web.Response:
    """The next request of this peer may be for a child: it needs a connection of its own."""
    response.force_close()
    return response


def summary(places: Sequence[Place], draining: bool) -> dict[str, object]:
    """How all of them do. Ready, where one of them is."""
    reports = [place.report for place in places if place.report is not None]
    reasons = [place.reason for place in places]
    ready = not draining and None in reasons
    reason = "draining" if draining else next((reason for reason in reasons if reason != "starting"), "starting")
    return {
        "ready": ready,
        "reason": None if ready else reason,
        "calls": sum(report.calls for report in reports),
        "capacity": sum(report.capacity for report in reports),
        "loop_lag_ms": max((report.loop_lag_ms for report in reports), default=0.0),
        "processes": [
            {
                "node": place.report.node if place.report else None,
                "pid": place.pid,
                "reason": place.reason,
                "calls": place.report.calls if place.report else 0,
                "capacity": place.report.capacity if place.report else 0,
                "restarts": place.restarts,
            }
            for place in places
        ],
    }


def rendered(folder: Path) -> bytes:
    """The figures of all children in Prometheus' text format; counts of those that died are kept."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)
