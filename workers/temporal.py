"""Temporal as all processes of the durable side use it."""

from functools import cache

from temporalio.client import Client
from temporalio.common import HeaderCodecBehavior
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from schemas.keys import read_keys
from workers.codec import converter
from workers.telemetry import Telemetry
from workers.waiting import until_there


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
        prometheus = PrometheusConfig(bind_address=f"127.0.0.1:{metrics_port}", durations_as_seconds=True)
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
