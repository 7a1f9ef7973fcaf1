"""What the SDK says of itself does not mix with what a command answers."""

import asyncio
import sys
import sysconfig
from pathlib import Path

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
