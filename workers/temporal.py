"""Temporal as all processes of the durable side use it."""

from temporalio.client import Client
from temporalio.common import HeaderCodecBehavior

from workers.codec import converter, read_keys
from workers.telemetry import Telemetry
from workers.waiting import until_there


def task_queue(region: str) -> str:
    """Where the region's workflows and activities wait for a worker."""
    return f"trunkline-{region}"


async def connect(address: str, namespace: str, telemetry: Telemetry, payload_keys: str = "") -> Client:
    """A client, once Temporal is there, however long that takes. ``payload_keys``: see ``workers.codec.read_keys``."""
    return await until_there(f"Temporal at {address}", lambda: connect_now(address, namespace, telemetry, payload_keys))


async def connect_now(address: str, namespace: str, telemetry: Telemetry, payload_keys: str = "") -> Client:
    """A client.

    Raises:
        RuntimeError: Temporal is not there now.
    """
    keys = read_keys(payload_keys)
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=converter(keys),
        interceptors=telemetry.interceptors,
        header_codec_behavior=HeaderCodecBehavior.CODEC if keys else HeaderCodecBehavior.NO_CODEC,
    )
