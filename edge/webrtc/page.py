"""The softphone page: plain files, served with a policy that lets them talk to this edge and to nobody else."""

import html
from pathlib import Path

from aiohttp import web

from edge.agent import Agent
from edge.settings import EdgeSettings

FOLDER = Path(__file__).parent.parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def _policy(embedders: str) -> str:
    ancestors = " ".join(["'self'", *embedders.replace(",", " ").split()])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )


def routes(settings: EdgeSettings, agent: Agent) -> list[web.RouteDef]:
    """``/call`` and its files; none where the page is not wanted."""
    if not settings.page:
        return []
    policy = _policy(settings.page_embedders)
    found = {"/call" if file.name == "call.html" else f"/call/{file.name}": file for file in FOLDER.iterdir()}
    names = {"business": agent.business, "agent": agent.name}
    return [_route(path, file, policy, names) for path, file in sorted(found.items()) if file.suffix in _TYPES]


def _route(path: str, file: Path, policy: str, names: dict[str, str]) -> web.RouteDef:
    body = file.read_bytes()
    if file.suffix == ".html":
        for name, value in names.items():
            body = body.replace(b"{{%s}}" % name.encode(), html.escape(value).encode())
    headers = {
        "Content-Type": f"{_TYPES[file.suffix]}; charset=utf-8",
        "Content-Security-Policy": policy,
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }

    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    return web.get(path, serve)
