"""What is left out of the SDK's work would have changed nothing; where there is a codec, it is not left out."""

import os

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.bridge import worker as sdk
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion

from workers import visiting
from workers.codec import converter

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"name": "Anna"}')


@pytest.fixture
def activation() -> WorkflowActivation:
    made = WorkflowActivation(run_id="r")
    made.jobs.add().initialize_workflow.arguments.append(PLAIN)
    made.jobs.add().signal_workflow.input.append(PLAIN)
    made.jobs.add().resolve_activity.result.completed.result.CopyFrom(PLAIN)
    return made


@pytest.fixture
def completion() -> WorkflowActivationCompletion:
    made = WorkflowActivationCompletion(run_id="r")
    made.successful.commands.add().schedule_local_activity.arguments.append(PLAIN)
    made.successful.commands.add().complete_workflow_execution.result.CopyFrom(PLAIN)
    return made


async def test_without_keys_the_sdk_would_change_nothing(
    activation: WorkflowActivation, completion: WorkflowActivationCompletion
) -> None:
    arrived, left = WorkflowActivation.FromString(activation.SerializeToString()), completion.SerializeToString()
    for decode in (visiting._decode, visiting.decode_activation):
        await decode(activation, converter({}), decode_headers=False, storage_concurrency_limit=1)
        assert activation == arrived
    for encode in (visiting._encode, visiting.encode_completion):
        await encode(completion, converter({}), encode_headers=False, storage_concurrency_limit=1)
        assert completion.SerializeToString() == left


async def test_with_keys_all_of_it_is_sealed_and_opened(
    activation: WorkflowActivation, completion: WorkflowActivationCompletion
) -> None:
    keys = converter({"one": os.urandom(32)})
    assert keys.payload_codec is not None
    await visiting.encode_completion(completion, keys, encode_headers=False, storage_concurrency_limit=1)
    assert b"Anna" not in completion.SerializeToString()
    (sealed,) = await keys.payload_codec.encode([PLAIN])
    activation.jobs[0].initialize_workflow.arguments[0].CopyFrom(sealed)
    await visiting.decode_activation(activation, keys, decode_headers=False, storage_concurrency_limit=1)
    assert activation.jobs[0].initialize_workflow.arguments[0] == PLAIN


def test_it_may_be_said_twice() -> None:
    for _ in range(2):
        visiting.visit_what_may_change()
        assert sdk.decode_activation is visiting.decode_activation
        assert sdk.encode_completion is visiting.encode_completion
        assert visiting._decode is not visiting.decode_activation
