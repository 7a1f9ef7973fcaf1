"""The durable tools that workers offer, as the key-value bucket tells them: learned and forgotten without a restart."""

import asyncio

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from edge.core.conversation import Tool
from edge.follow import Follower
from edge.metrics import Metrics
from schemas.marking import marks
from schemas.subjects import TOOLS_BUCKET
from schemas.tools import ToolSpec

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
"""How often a bucket is looked for that no worker has made yet."""
_PREFIX = f"$KV.{TOOLS_BUCKET}."


class Toolbox:
    """``specs`` by name. What is not a tool is skipped; a tool keeps its last good form until it is deleted."""

    def __init__(self, metrics: Metrics) -> None:
        self.specs: dict[str, ToolSpec] = {}
        self._fresh: dict[str, ToolSpec] | None = None
        self._sensitive: set[str] = set()
        self._metrics = metrics
        self._follower = Follower(f"KV_{TOOLS_BUCKET}", [f"{_PREFIX}>"], self._receive, latest=True)

    def tools(self) -> dict[str, Tool]:
        """What the language model is given, by name."""
        return {
            name: Tool(
                name,
                spec.title,
                spec.description,
                spec.parameters,
                spec.acknowledgement,
                sensitive=name in self._sensitive,
                repeat=spec.repeat,
            )
            for name, spec in self.specs.items()
        }

    async def watch(self, nc: Client, js: JetStreamContext, ready: asyncio.Event) -> None:
        """Follow the bucket until cancelled; ``ready`` is set once its tools are known, or there is no bucket yet.

        Raises:
            nats.errors.Error: NATS is not there.
        """
        while True:
            try:
                await self._follower.follow(nc, js, lambda: self._complete(ready), self._begin)
            except NotFoundError:
                self.specs = {}
                ready.set()
                await asyncio.sleep(LOOK_SECONDS)

    def _begin(self) -> None:
        self._fresh = {}

    def _complete(self, ready: asyncio.Event) -> None:
        if self._fresh is not None:
            self.specs, self._fresh = self._fresh, None
        ready.set()

    def _receive(self, msg: Msg) -> None:
        specs = self.specs if self._fresh is None else self._fresh
        name = msg.subject.removeprefix(_PREFIX)
        headers = msg.headers or {}
        if "KV-Operation" in headers or "Nats-Marker-Reason" in headers:
            specs.pop(name, None)
            return
        try:
            spec = ToolSpec.model_validate_json(msg.data)
            if spec.name != name:
                raise ValueError(f"it is named {spec.name!r}")
        except ValueError as error:
            self._metrics.unreadable.labels("tools").inc()
            log.error("An entry of the tools bucket is not a tool and is skipped.", key=name, why=str(error))
            if name in self.specs:
                specs[name] = self.specs[name]
            return
        specs[name] = spec
        # Learned here, not for each reply: a schema may be long.
        self._sensitive.discard(name)
        if marks(spec.parameters):
            self._sensitive.add(name)
