"""What the SDK says of itself: not on a command's output, and by the unit where it is measured."""

import asyncio
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from trunkline.stack.ports import free_ports
from workers.telemetry import Telemetry
from workers.temporal import connect

if TYPE_CHECKING:
    from trunkline.stack.stack import Engines

SCRIPT = """
import asyncio, os, sys
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from workers.telemetry import Telemetry
from workers.temporal import connect_now, silent

@activity.defn
async def nothing() -> None: ...

async def main() -> None:
    # Its server is one that the SDK warns of.
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=sys.argv[1]) as environment:
        address = environment.client.service_client.config.target_host
        client = await connect_now(address, "default", Telemetry(None, "test", "local"), "", silent())
        async with Worker(client, task_queue="q", activities=[nothing]):
            await asyncio.sleep(0.5)

asyncio.run(main())
print("the answer", flush=True)
os._exit(0)  # The SDK's threads may bring a process down that ends while they still try to reach a server.
"""


async def test_the_sdks_log_is_not_on_standard_output() -> None:
    program = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRIPT, str(program)), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    assert output.decode() == "the answer\n"


async def test_what_is_measured_tells_milliseconds_apart_and_names_its_units(engines: "Engines") -> None:
    (port,) = free_ports(1)
    telemetry = Telemetry(None, "test", "test")
    client = await connect(engines.temporal_address, "default", telemetry, metrics_port=port)
    assert [each async for each in client.list_workflows("WorkflowId = 'none'")] == []
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as response:
        lines = (await response.text()).splitlines()
    buckets = [line for line in lines if line.startswith("temporal_request_latency_seconds_bucket")]
    assert any('le="0.001"' in line for line in buckets)
    assert any(line.startswith("temporal_request_total") for line in lines)
