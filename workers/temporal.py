"""Temporal as both processes use it."""

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from workers.telemetry import Telemetry
from workers.waiting import until_there


def task_queue(region: str) -> str:
    """Where the region's workflows and activities wait for a worker."""
    return f"trunkline-{region}"


async def connect(address: str, namespace: str, telemetry: Telemetry) -> Client:
    """A client, once Temporal is there, however long that takes."""
    return await until_there(
        f"Temporal at {address}",
        lambda: Client.connect(
            address, namespace=namespace, data_converter=pydantic_data_converter, interceptors=telemetry.interceptors
        ),
    )
