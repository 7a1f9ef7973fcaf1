"""The endpoints of WebRTC-HTTP ingestion (WHIP, RFC 9725), with the agent's voice in the answer; and the call tokens.

POST   /call/token   a call token, and the servers that help to get through
POST   /whip         an SDP offer → 201, the answer, and where the session is
PATCH  /whip/{id}    trickled candidates
DELETE /whip/{id}    hang up
"""

import asyncio
import re
import secrets
from collections import deque
from dataclasses import dataclass, field

import msgspec
import structlog
from aiohttp import hdrs, web

from edge.errors import EdgeError, Refused, TransportError
from edge.node import Node
from edge.settings import EdgeSettings
from edge.transports.webrtc import Session
from edge.webrtc.ice import Network, as_links, ice_servers
from edge.webrtc.tokens import CallTokens, secret_in

_log = structlog.get_logger(__name__)

MOST_HALF_OPEN = 32
"""Sessions that are answered and not yet connected; further offers wait for their turn elsewhere."""
REMEMBERED = 1000
"""Sessions whose end is remembered: to hang up a second time, or after the other side did, is no fault."""
LARGEST = 32 * 1024
"""Bytes of an offer."""
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
_STATUS = {
    "bad_token": 401,
    "token_expired": 401,
    "full": 503,
    "draining": 503,
    "late": 503,
    "no_port": 503,
    "call_over": 410,
}


@dataclass
class Whip:
    """The sessions of this process."""

    node: Node
    settings: EdgeSettings
    network: Network
    tokens: CallTokens
    sessions: dict[str, tuple[Session, str]] = field(default_factory=dict)
    """By id: the session and its ETag."""
    process: str = field(default_factory=lambda: secrets.token_hex(8))
    """Begins the ids of this process's sessions, so that the others know whom to ask."""
    _ended: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.node.services.bus.answer(self.process, self._asked)

    @classmethod
    def of(cls, node: Node, settings: EdgeSettings) -> "Whip":
        """As the settings have it.

        Raises:
            EdgeError: a setting is not what it should be.
            OSError: the secret of call tokens can neither be read nor made.
        """
        given = settings.call_secret
        secret = given.get_secret_value().encode() if given else secret_in(settings.data / "edge")
        return cls(node, settings, Network.of(settings), CallTokens(secret))

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        routes = [
            web.post("/whip", self.begin),
            web.options("/whip", self.options),
            web.patch("/whip/{session}", self.trickle),
            web.delete("/whip/{session}", self.end),
        ]
        return [*routes, web.post("/call/token", self.token)] if self.settings.page else routes

    async def close(self, app: web.Application) -> None:
        """End all sessions; for ``on_shutdown``."""
        for session, _ in list(self.sessions.values()):
            session.leave("transport_lost")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2.0)

    async def token(self, request: web.Request) -> web.Response:
        """A token for one call, to whoever asks from a page of ours."""
        origin = request.headers.get(hdrs.ORIGIN)
        if origin and origin.partition("://")[2] != request.host and origin != _origin(self.settings.public_url):
            raise web.HTTPForbidden(text="Call tokens are for this edge's own page.")
        body = {"token": self.tokens.issue(), "iceServers": ice_servers(self.settings)}
        return web.json_response(body, headers={"Cache-Control": "no-store"})

    async def options(self, request: web.Request) -> web.Response:
        """What may be posted."""
        return web.Response(status=204, headers={"Accept-Post": SDP, "Allow": "POST, OPTIONS"})

    async def begin(self, request: web.Request) -> web.Response:
        """Answer an offer."""
        try:
            return await self._begin(request)
        except EdgeError as error:
            self.node.services.metrics.protocol_errors.labels(error.code).inc()
            return _refusal(error)

    async def _begin(self, request: web.Request) -> web.Response:
        call_id = self.tokens.call_of(_bearer(request))
        if request.content_type != SDP:
            return _plain(415, f"The body must be {SDP}.", {"Accept-Post": SDP})
        if (request.content_length or 0) > LARGEST:
            return _plain(413, f"An offer has at most {LARGEST} bytes.")
        offer = await _text(request)
        self.node.admit(call_id)
        if sum(not session.connected.is_set() for session, _ in self.sessions.values()) >= MOST_HALF_OPEN:
            raise Refused("full", "Too many callers are connecting to this edge at once; try again.", retryable=True)
        session = Session(self.node, call_id, self.network, marks=request.query.get("played") == "1")
        name, tag = f"{self.process}-{secrets.token_hex(16)}", f'"{secrets.token_hex(8)}"'
        self.sessions[name] = session, tag
        try:
            answer = await session.answer(offer)
        except BaseException:
            session.leave("failed")
            self._start(name, session)
            raise
        self._start(name, session)
        response = web.Response(status=201, text=answer, content_type=SDP)
        response.headers.update({"Location": f"/whip/{name}", "ETag": tag, "Accept-Patch": FRAGMENT})
        for link in as_links(ice_servers(self.settings)):
            response.headers.add("Link", link)
        return response

    def _start(self, name: str, session: Session) -> None:
        task = asyncio.create_task(self._run(name, session), name=f"session {session.call_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, name: str, session: Session) -> None:
        try:
            await session.run()
        except Exception:
            _log.exception("A WebRTC session failed.", call=session.call_id)
        finally:
            del self.sessions[name]
            self._ended.append(name)

    async def trickle(self, request: web.Request) -> web.Response:
        """Take candidates that were found after the offer."""
        if request.content_type != FRAGMENT:
            return _plain(415, f"The body must be {FRAGMENT}.", {"Accept-Patch": FRAGMENT})
        given = request.headers.get(hdrs.IF_MATCH)
        if given is None:
            return _plain(428, "If-Match must carry the session's ETag.")
        if given == "*":
            return _plain(422, "ICE restarts are not taken; call again with the same token.")
        try:
            fragment = await _text(request)
        except TransportError as error:
            return _refusal(error)
        return await self._pass(_Wish(request.match_info["session"], given, fragment))

    async def end(self, request: web.Request) -> web.Response:
        """Hang up."""
        return await self._pass(_Wish(request.match_info["session"]))

    async def _pass(self, wish: "_Wish") -> web.Response:
        """Do it here, or have the process do it that has the session: any of them may get the request."""
        process = wish.session.partition("-")[0]
        if process == self.process or not _TOKEN.fullmatch(process):
            answer = await self._do(wish)
        else:
            told = await self.node.services.bus.ask(process, msgspec.json.encode(wish))
            answer = msgspec.json.decode(told, type=_Answer) if told else _GONE
        return _plain(answer.status, answer.text) if answer.text else web.Response(status=answer.status)

    async def _asked(self, question: bytes) -> bytes:
        """By another process of the region."""
        try:
            wish = msgspec.json.decode(question, type=_Wish)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return msgspec.json.encode(_Answer(400, "That is no wish."))
        return msgspec.json.encode(await self._do(wish))

    async def _do(self, wish: "_Wish") -> "_Answer":
        found = self.sessions.get(wish.session)
        if found is None:
            return _Answer(200) if wish.fragment is None and wish.session in self._ended else _GONE
        session, tag = found
        if wish.fragment is None:
            session.leave("caller_hung_up")
            return _Answer(200)
        if wish.tag != tag:
            return _Answer(412, "If-Match is not the session's ETag.")
        try:
            await session.add(wish.fragment)
        except TransportError as error:
            return _Answer(400, error.message)
        return _Answer(204)


class _Wish(msgspec.Struct):
    """What is wanted of a session: its end, or with a ``fragment`` that it takes more candidates."""

    session: str
    tag: str = ""
    fragment: str | None = None


class _Answer(msgspec.Struct):
    status: int
    text: str = ""


_GONE = _Answer(404, "There is no such session, or it is over.")
_TOKEN = re.compile(r"[a-f0-9]{16}")


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("bad_token", "The request must carry a call token, as 'Authorization: Bearer ...'.")
    return token.strip()


async def _text(request: web.Request) -> str:
    try:
        return (await request.read()).decode()
    except UnicodeDecodeError as error:
        raise TransportError("bad_sdp", "The body is not UTF-8.") from error


def _origin(url: str | None) -> str | None:
    return url.rstrip("/") if url else None


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=text, headers=headers)


def _refusal(error: EdgeError) -> web.Response:
    status = _STATUS.get(error.code, 400)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "2"
    return web.json_response({"code": error.code, "message": error.message}, status=status, headers=headers)
