"""Free ports."""

import socket
from pathlib import Path

from trunkline.stack.ports import LOOPBACK, free_ports, is_free


def test_they_are_different_and_free() -> None:
    found = free_ports(20)
    assert len(set(found)) == 20
    assert all(is_free(port) for port in found)


def test_they_are_not_of_those_the_kernel_gives_to_clients() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(port < lowest for port in free_ports(5)) or lowest < 21_000


def test_one_that_is_listened_on_is_not_free() -> None:
    (port,) = free_ports(1)
    with socket.create_server((LOOPBACK, port)):
        assert not is_free(port)
    assert is_free(port)
