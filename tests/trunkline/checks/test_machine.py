"""Whether the doctor sees what is wrong with the machine."""

import socket
from pathlib import Path

import pytest

from trunkline.checks import machine
from trunkline.stack.local import LocalStack
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.stack import Engines


async def test_a_healthy_machine_has_no_errors() -> None:
    findings = await machine.check(None)
    assert not [finding for finding in findings if finding.state == "error"]
    assert {finding.name for finding in findings} == {"system", "edge", "free ports", "disk", "clock"}


async def test_more_edge_processes_than_cores_are_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_PROCESSES", "256")
    (edge,) = [finding for finding in await machine.check(None) if finding.name == "edge"]
    assert edge.state == "warning"
    assert "256 processes" in edge.detail
    assert "TRUNKLINE_PROCESSES" in edge.advice


async def test_a_taken_port_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = free_ports(1)
    monkeypatch.setenv("TRUNKLINE_EDGE_PORT", str(port))
    with socket.create_server((LOOPBACK, port)):
        (error,) = [finding for finding in await machine.check(None) if finding.state == "error"]
    assert str(port) in error.detail
    assert "TRUNKLINE_EDGE_PORT" in error.advice


async def test_clocks_are_compared_with_the_local_stack(engines: Engines, tmp_path: Path) -> None:
    where = (engines.nats_url, engines.temporal_address, engines.temporal_ui, engines.postgres_dsn, engines.redis_url)
    stack = LocalStack("http://127.0.0.1:1", "ws://127.0.0.1:1/twilio", *where, str(tmp_path), "local", {})
    skew = next(finding for finding in await machine.check(stack) if finding.name == "clock skew")
    assert skew.state == "ok"
