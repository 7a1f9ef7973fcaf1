"""Temporal as all processes of the durable side use it."""

from functools import cache

from temporalio.client import Client
from temporalio.common import HeaderCodecBehavior
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from schemas.keys import read_keys
from workers.codec import converter
from workers.telemetry import Telemetry
from workers.waiting import until_there

LATENCIES = (
    "activity_execution_latency",
    "activity_schedule_to_start_latency",
    "activity_succeed_endtoend_latency",
    "local_activity_execution_latency",
    "local_activity_succeed_endtoend_latency",
    "request_latency",
    "workflow_task_execution_latency",
    "workflow_task_replay_latency",
    "workflow_task_schedule_to_start_latency",
)
"""What the SDK measures that takes milliseconds where all is well; its own buckets begin at 50 or 100 of them."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Seconds."""


def task_queue(region: str) -> str:
    """Where the region's workflows and activities wait for a worker."""
    return f"trunkline-{region}"


async def connect(
    address: str,
    namespace: str,
    telemetry: Telemetry,
    payload_keys: str = "",
    metrics_port: int | None = None,
    runtime: Runtime | None = None,
) -> Client:
    """A client, once Temporal is there, however long that takes.

    ``payload_keys``: see ``schemas.keys.read_keys``. ``metrics_port``: where Prometheus finds what the SDK measures,
    on loopback; it makes a ``runtime`` of its own.
    """
    if metrics_port is not None:
        prometheus = PrometheusConfig(
            bind_address=f"127.0.0.1:{metrics_port}",
            durations_as_seconds=True,
            unit_suffix=True,
            counters_total_suffix=True,
            histogram_bucket_overrides=dict.fromkeys(LATENCIES, BUCKETS),
        )
        runtime = Runtime(telemetry=TelemetryConfig(metrics=prometheus))
    return await until_there(
        f"Temporal at {address}", lambda: connect_now(address, namespace, telemetry, payload_keys, runtime)
    )


async def connect_now(
    address: str, namespace: str, telemetry: Telemetry, payload_keys: str = "", runtime: Runtime | None = None
) -> Client:
    """A client.

    Raises:
        RuntimeError: Temporal is not there now.
    """
    keys = read_keys(payload_keys)
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=converter(keys),
        runtime=runtime,
        interceptors=telemetry.interceptors,
        header_codec_behavior=HeaderCodecBehavior.CODEC if keys else HeaderCodecBehavior.NO_CODEC,
    )


@cache
def silent() -> Runtime:
    """For commands: the SDK writes its log to standard output, where programs read what a command answers."""
    return Runtime(telemetry=TelemetryConfig(logging=None))
