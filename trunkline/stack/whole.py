"""The whole local stack: the engines, the roles on them, and the care that both stay up."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from trunkline.errors import TrunklineError
from trunkline.stack import local, probe, records
from trunkline.stack.local import LocalStack
from trunkline.stack.ports import LOOPBACK, free_ports, is_free
from trunkline.stack.role import RoleProcess
from trunkline.stack.secrets import SEALING, sealing_keys
from trunkline.stack.stack import Engines, all_or_none
from trunkline.stack.supervise import Service, keep

ROLES = ("edge", "worker", "bridge")
GATEWAY = "gateway"
"""Runs beside them, unless the environment names another."""
KEYS = "TRUNKLINE_PAYLOAD_KEYS"
CODEC = "codec"
"""Runs beside them where payloads are encrypted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. ``port`` 0 takes a free one; without ``agent`` the demo business answers.

    ``processes``: of the edge; 0 is one a core. ``extra``: further settings of the roles, as environment variables.
    """

    data: Path
    region: str = "local"
    agent: Path | None = None
    host: str = LOOPBACK
    port: int = 0
    processes: int = 1
    extra: Mapping[str, str] = field(default_factory=dict)


class WholeStack:
    """Started by ``start``; looks after itself until ``stop``."""

    def __init__(self, plan: Plan, engines: Engines, say: Callable[[str], None]) -> None:
        self.engines = engines
        self._plan = plan
        self._say = say
        self._keepers: list[asyncio.Task[None]] = []
        self._renewals: dict[str, asyncio.Event] = {}
        self._port = plan.port or _usual_port(engines.data, plan.host)
        self._gateway_port, self._answers_port = free_ports(2)
        settings = self._settings()
        names = ROLES if "TRUNKLINE_GATEWAY_URL" in os.environ else (*ROLES, GATEWAY)
        names = (*names, CODEC) if _encrypted(plan) else names
        self.roles = {name: RoleProcess(name, engines.data, settings, engines.records) for name in names}
        self.roles["edge"] = RoleProcess("edge", engines.data, settings, engines.records, self._edge_serves)

    @classmethod
    async def start(cls, plan: Plan, say: Callable[[str], None] = lambda sentence: None) -> Self:
        """Start engines, then roles; return once all serve, and ``local.find`` finds them.

        Raises:
            AlreadyRunning: another stack has the data folder.
            TrunklineError: something does not come up; what did is stopped again.
        """
        if plan.port and not is_free(plan.port, plan.host) and not records.holder(plan.data):
            raise TrunklineError(
                f"Port {plan.port} on {plan.host} is taken. Give another --port, or none for a free one."
            )
        engines = await Engines.start(plan.data, say, codec=_encrypted(plan))
        try:
            stack = cls(plan, engines, say)
            await stack._start_roles()
        except BaseException:
            await engines.stop()
            raise
        stack._look_after()
        local.publish(stack.where)
        return stack

    async def _start_roles(self) -> None:
        try:
            await all_or_none([self._start(role) for role in self.roles.values()])
        except BaseException:
            await self._stop_roles()
            raise

    async def _start(self, role: RoleProcess) -> None:
        await role.restart()
        self._say(f"{role.name} is ready.")

    def _look_after(self) -> None:
        self._renewals = {service.name: asyncio.Event() for service in self._services}
        self._keepers = [
            asyncio.create_task(keep(service, self._say, self._changed, self._renewals[service.name]))
            for service in self._services
        ]

    @property
    def _services(self) -> list[Service]:
        return [*self.roles.values(), *self.engines.all]

    def _changed(self) -> None:
        local.publish(self.where)

    async def stop(self) -> None:
        """Stop the roles, then the engines."""
        local.withdraw(self.engines.data)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        try:
            await self._stop_roles()
        finally:
            await self.engines.stop()

    async def _stop_roles(self) -> None:
        await asyncio.gather(*(role.stop() for role in self.roles.values()))

    async def renew(self, role: str) -> None:
        """Have a role finish what it is about, and start anew; returns at once."""
        self._renewals[role].set()

    async def kill(self) -> None:
        """Stop all at once, for those who cannot wait."""
        await asyncio.gather(*(service.kill() for service in self._services))

    async def _edge_serves(self) -> None:
        await probe.get(self._port, "/health", self._address)

    @property
    def _address(self) -> str:
        """Where this machine reaches the edge."""
        return LOOPBACK if self._plan.host in ("0.0.0.0", "::", "localhost") else self._plan.host

    def _settings(self) -> dict[str, str]:
        ours = {
            "REGION": self._plan.region,
            "DATA": str(self.engines.data),
            "NATS_URL": self.engines.nats_url,
            "TEMPORAL_ADDRESS": self.engines.temporal_address,
            "TEMPORAL_NAMESPACE": "default",
            "POSTGRES_DSN": self.engines.postgres_dsn,
            "REDIS_URL": self.engines.redis_url,
            "EDGE_HOST": self._plan.host,
            "EDGE_PORT": str(self._port),
            "PROCESSES": str(self._plan.processes),
        }
        if "TRUNKLINE_LINK_URL" not in os.environ:
            ours["ANSWERS_PORT"] = str(self._answers_port)
            ours["LINK_URL"] = f"http://{LOOPBACK}:{self._answers_port}"
        if "TRUNKLINE_GATEWAY_URL" not in os.environ:
            ours["GATEWAY_URL"] = f"http://{LOOPBACK}:{self._gateway_port}"
            ours["GATEWAY_PORT"] = str(self._gateway_port)
            ours["GATEWAY_CARD_KEY"], ours["GATEWAY_CHARGE_KEY"] = "sandbox-card-key", "sandbox-charge-key"
        if SEALING not in os.environ:
            ours["SEALING_KEYS"] = sealing_keys(self.engines.data)
        if _encrypted(self._plan):
            temporal = self.engines.temporal.recipe
            ours["CODEC_PORT"], ours["CODEC_ACCESS"] = str(temporal.codec_port), "loopback"
            ours["CODEC_ORIGINS"] = ",".join(temporal.ui_origins)
        if self._plan.agent:
            ours["AGENT"] = str(self._plan.agent.absolute())
        return {f"TRUNKLINE_{name}": value for name, value in ours.items()} | dict(self._plan.extra)

    @property
    def where(self) -> LocalStack:
        """Where everything is, now."""
        return LocalStack(
            edge=f"http://{self._address}:{self._port}",
            twilio_ws=f"ws://{self._address}:{self._port}/twilio",
            nats=self.engines.nats_url,
            temporal=self.engines.temporal_address,
            temporal_ui=self.engines.temporal_ui,
            postgres=self.engines.postgres_dsn,
            redis=self.engines.redis_url,
            data=str(self.engines.data),
            region=self._plan.region,
            pids={"up": os.getpid(), **{role.name: role.pid for role in self.roles.values()}, **self.engines.pids},
        )


def _encrypted(plan: Plan) -> bool:
    """Whether the roles have keys for payloads."""
    return bool(plan.extra.get(KEYS) or os.environ.get(KEYS))


def _usual_port(data: Path, host: str) -> int:
    """The edge's port of the last time where it is free: those who knew it reach it again. Else a free one."""
    note = data / "edge.port"
    try:
        port = int(note.read_text())
    except (OSError, ValueError):
        port = 0
    if not (0 < port < 65536 and is_free(port, host)):
        (port,) = free_ports(1)
    note.write_text(str(port))
    return port
