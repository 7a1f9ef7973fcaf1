"""Whether the doctor sees engines that are there, and those that are not."""

from trunkline.checks import engines as checks
from trunkline.stack.ports import LOOPBACK, free_ports
from trunkline.stack.stack import Engines


async def test_the_wheels_programs_are_there_with_their_versions() -> None:
    findings = {finding.name: finding for finding in await checks.check(None) if finding.subject == "engines"}
    assert {finding.state for finding in findings.values()} == {"ok"}
    assert "18." in findings["postgres"].detail
    assert set(findings) == {"nats", "temporal", "postgres", "valkey", "postgres user"}


async def test_running_engines_are_reached(engines: Engines) -> None:
    where = {
        "nats": f"{engines.nats_url},nats://127.0.0.1:1",
        "temporal": engines.temporal_address,
        "postgres": engines.postgres_dsn,
        "valkey": engines.redis_url,
    }
    assert {finding.state for finding in await checks.reachable(where, local=True)} == {"ok"}


async def test_one_that_does_not_answer_is_an_error_only_where_it_should_run() -> None:
    (port,) = free_ports(1)
    (error,) = await checks.reachable({"nats": f"nats://user:hush@{LOOPBACK}:{port}"}, local=True)
    (note,) = await checks.reachable({"temporal": f"{LOOPBACK}:{port}"}, local=False)
    assert (error.state, note.state) == ("error", "note")
    assert error.advice
    assert note.advice
    assert "hush" not in repr(error)
