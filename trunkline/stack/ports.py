"""Free ports on loopback."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
_LOWEST = 20_000
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """``count`` different ports that are free at this moment.

    They lie below the range from which the kernel takes ports for outgoing connections: a client that keeps trying to
    reach a dead server on a port of that range can end up connected to itself, and the server cannot come back.
    """
    highest = _first_ephemeral() - 1
    if highest - _LOWEST < 1000:
        return _any_free(count)
    found: list[int] = []
    for port in random.sample(range(_LOWEST, highest), k=highest - _LOWEST):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    return _any_free(count)


def _first_ephemeral() -> int:
    try:
        return int(_EPHEMERAL.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _any_free(count: int) -> list[int]:
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
