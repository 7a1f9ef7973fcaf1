"""The SDK's visits to payloads, left out where they would change nothing.

Around each step of a workflow it walks through all messages six times: for a codec, for what is stored elsewhere, and
for references to that. Without a codec and such a store that was a seventh of what a worker does
(docs/explanation/performance.md).
"""

from typing import Any

from temporalio.bridge import worker as sdk
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import DataConverter
from temporalio.converter._extstore import StorageOperationMetrics

_decode, _encode = sdk.decode_activation, sdk.encode_completion


def visit_what_may_change() -> None:
    """From now on, for all workers of this process; as often as one likes."""
    sdk.decode_activation, sdk.encode_completion = decode_activation, encode_completion


async def decode_activation(
    activation: WorkflowActivation, data_converter: DataConverter, *args: Any, **options: Any
) -> StorageOperationMetrics:
    """As the SDK's."""
    if _plain(data_converter):
        return StorageOperationMetrics()
    return await _decode(activation, data_converter, *args, **options)


async def encode_completion(
    completion: WorkflowActivationCompletion, data_converter: DataConverter, *args: Any, **options: Any
) -> StorageOperationMetrics:
    """As the SDK's."""
    if _plain(data_converter):
        return StorageOperationMetrics()
    return await _encode(completion, data_converter, *args, **options)


def _plain(converter: DataConverter) -> bool:
    return converter.payload_codec is None and converter.external_storage is None
