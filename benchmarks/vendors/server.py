"""All emulated vendors behind one address.

``POST /control`` orders faults (``{"deepgram": {"kind": "stall"}, "cartesia": null}``: from now on, for each new
connection or request) and ``GET /control`` tells what has come; both for programs in other processes.
"""

from typing import Any

from aiohttp import web

from benchmarks.vendors.assemblyai import AssemblyAI
from benchmarks.vendors.cartesia import Cartesia
from benchmarks.vendors.deepgram import Deepgram
from benchmarks.vendors.faults import Fault
from benchmarks.vendors.flux import Flux
from benchmarks.vendors.latency import Latency
from benchmarks.vendors.openai import OpenAI
from benchmarks.vendors.script import Script


class Vendors:
    """The vendors while they run. ``url`` is ws://host:port, ``http`` the same for HTTP."""

    def __init__(self, script: Script | None = None, latency: Latency | None = None) -> None:
        script, latency = script or Script(), latency or Latency()
        self.deepgram = Deepgram(script, latency)
        self.flux = Flux(script, latency)
        self.assemblyai = AssemblyAI(script, latency)
        self.openai = OpenAI(script, latency)
        self.cartesia = Cartesia(latency)
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What an edge needs in its environment to meet these vendors."""
        return {
            "TRUNKLINE_DEEPGRAM_URL": self.url,
            "TRUNKLINE_ASSEMBLYAI_URL": self.url,
            "TRUNKLINE_CARTESIA_URL": self.url,
            "TRUNKLINE_OPENAI_BASE_URL": f"{self.http}/v1",
            "DEEPGRAM_API_KEY": "emulated",
            "ASSEMBLYAI_API_KEY": "emulated",
            "CARTESIA_API_KEY": "emulated",
            "OPENAI_API_KEY": "emulated",
        }

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; 0 takes a free port."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_get("/v1/listen", self.deepgram.listen)
        app.router.add_get("/v2/listen", self.flux.listen)
        app.router.add_get("/v3/ws", self.assemblyai.listen)
        app.router.add_post("/v1/chat/completions", self.openai.complete)
        app.router.add_get("/tts/websocket", self.cartesia.speak)
        app.router.add_get("/control", self._told)
        app.router.add_post("/control", self._order)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._runner:
            await self._runner.cleanup()

    def told(self) -> dict[str, Any]:
        """What has come so far."""
        return {
            "deepgram": {"open": self.deepgram.open, "streams": len(self.deepgram.streams)},
            "flux": {"open": self.flux.open, "streams": len(self.flux.streams)},
            "assemblyai": {"open": self.assemblyai.open, "streams": len(self.assemblyai.streams)},
            "openai": {"requests": self.openai.requests, "abandoned": self.openai.abandoned},
            "cartesia": {"open": self.cartesia.open, "contexts": len(self.cartesia.contexts)},
        }

    async def _told(self, _: web.Request) -> web.Response:
        return web.json_response(self.told())

    async def _order(self, request: web.Request) -> web.Response:
        faults = {
            "deepgram": self.deepgram.faults,
            "flux": self.flux.faults,
            "assemblyai": self.assemblyai.faults,
            "openai": self.openai.faults,
            "cartesia": self.cartesia.faults,
        }
        for name, fault in (await request.json()).items():
            faults[name].always = Fault(**fault) if fault else None
        return web.json_response(self.told())
