"""Where this edge can be reached for media: the addresses and ports that it offers, and the servers that help callers.

aioice offers any free port on every address of the machine. An edge behind a firewall needs a range of ports, one
behind NAT has a public address, and one on loopback stays there.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import random
import time
from dataclasses import dataclass
from typing import Any

from aioice import Candidate, Connection
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, get_host_addresses
from aiortc import RTCPeerConnection

from edge.errors import EdgeError
from edge.settings import EdgeSettings

TRIES = 40
"""Ports of the range that are tried before an address is given up."""
TURN_LIFETIME = 6 * 3600
"""Seconds for which a credential of the TURN server is good."""


@dataclass(frozen=True, slots=True)
class Network:
    """``hosts``: addresses to listen on; ``ports``: from which to which, None for any; ``public``: what callers are
    told in their place, by address."""

    hosts: tuple[str, ...]
    ports: tuple[int, int] | None
    public: dict[str, str]

    @classmethod
    def of(cls, settings: EdgeSettings) -> "Network":
        """As the settings have it.

        Raises:
            EdgeError: a setting is not what it should be.
        """
        hosts = tuple(settings.webrtc_hosts.replace(",", " ").split()) or _hosts(settings.edge_host)
        ports = None
        try:
            for host in hosts:
                ipaddress.ip_address(host)
            if settings.webrtc_ports:
                low, _, high = settings.webrtc_ports.partition("-")
                ports = int(low), int(high)
                if not 1024 <= ports[0] <= ports[1] <= 65535:
                    raise ValueError(f"{settings.webrtc_ports} is not a range of ports from 1024 to 65535")
            public = [str(ipaddress.ip_address(one)) for one in settings.webrtc_public.replace(",", " ").split()]
            if public and len(public) != len(hosts):
                raise ValueError("there must be one public address for each address in TRUNKLINE_WEBRTC_HOSTS")
        except ValueError as error:
            raise EdgeError("bad_setting", f"The settings of WebRTC cannot be used: {error}.") from error
        return cls(hosts, ports, dict(zip(hosts, public, strict=False)))

    def adopt(self, peer: RTCPeerConnection) -> None:
        """Have this peer listen here and nowhere else; to be called before it gathers its candidates."""
        for transceiver in peer.getTransceivers():
            connection = transceiver.receiver.transport.transport.iceGatherer._connection

            async def candidates(
                component: int, addresses: list[str], timeout: int = 5, connection: Connection = connection
            ) -> list[Candidate]:
                found = [await self._listen(connection, component, host) for host in self.hosts]
                return [one for one in found if one]

            connection.get_component_candidates = candidates  # type: ignore[method-assign]

    async def _listen(self, connection: Connection, component: int, host: str) -> Candidate | None:
        """A candidate that listens on a free port; None where there is none."""
        loop = asyncio.get_running_loop()
        for port in self._tries():
            try:
                _, protocol = await loop.create_datagram_endpoint(
                    lambda: StunProtocol(connection), local_addr=(host, port)
                )
            except OSError:
                continue
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=host,
                port=protocol.transport.get_extra_info("sockname")[1],
                type="host",
            )
            connection._protocols.append(protocol)
            return protocol.local_candidate
        return None

    def _tries(self) -> list[int]:
        if self.ports is None:
            return [0]
        low, high = self.ports
        return random.sample(range(low, high + 1), min(TRIES, high - low + 1))

    def published(self, sdp: str) -> str:
        """The answer as callers are to have it: with public addresses where there are."""
        for private, public in self.public.items():
            sdp = sdp.replace(f" {private} ", f" {public} ").replace(f"IP4 {private}\r", f"IP4 {public}\r")
        return sdp


def _hosts(listening: str) -> tuple[str, ...]:
    """An edge that listens on one address offers that one for media too."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if listening == "localhost" else listening)
    except ValueError:
        return tuple(get_host_addresses(True, False))
    return tuple(get_host_addresses(True, False)) if address.is_unspecified else (str(address),)


def ice_servers(settings: EdgeSettings) -> list[dict[str, Any]]:
    """STUN and TURN servers for callers, as a browser takes them. With a TURN secret, credentials are made for each
    call, as coturn's ``use-auth-secret`` has them."""
    servers: list[dict[str, Any]] = []
    for url in settings.webrtc_ice_servers.replace(",", " ").split():
        server: dict[str, Any] = {"urls": [url]}
        if url.startswith("turn") and settings.webrtc_turn_secret:
            user = f"{int(time.time()) + TURN_LIFETIME}:trunkline"
            digest = hmac.digest(settings.webrtc_turn_secret.get_secret_value().encode(), user.encode(), hashlib.sha1)
            server |= {"username": user, "credential": base64.b64encode(digest).decode()}
        elif url.startswith("turn") and settings.webrtc_turn_user and settings.webrtc_turn_password:
            password = settings.webrtc_turn_password.get_secret_value()
            server |= {"username": settings.webrtc_turn_user, "credential": password}
        servers.append(server)
    return servers


def as_links(servers: list[dict[str, Any]]) -> list[str]:
    """The same as the ``Link`` headers of WHIP (RFC 9725, 4.6)."""
    links = []
    for server in servers:
        link = f'<{server["urls"][0]}>; rel="ice-server"'
        if "username" in server:
            link += (
                f'; username="{server["username"]}"; credential="{server["credential"]}"; credential-type="password"'
            )
        links.append(link)
    return links
