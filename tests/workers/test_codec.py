"""Encryption of payloads: what can be read with which keys, and what is refused."""

import base64
import os
from datetime import date, time

import pytest
from pydantic import SecretStr, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter

from schemas.keys import read_keys
from workers.codec import AesGcmCodec, Pydantic, converter
from workers.settings import WorkerSettings
from workflows.ports import Slot

OLD, NEW = os.urandom(32), os.urandom(32)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"name": "Anna"}')


async def test_what_is_encrypted_says_nothing_and_opens_again() -> None:
    codec = AesGcmCodec({"new": NEW})
    (sealed,) = await codec.encode([PLAIN])
    assert b"Anna" not in sealed.SerializeToString()
    assert sealed.metadata["encryption-key-id"] == b"new"
    assert await codec.decode([sealed]) == [PLAIN]
    (again,) = await codec.encode([PLAIN])
    assert again.data != sealed.data


async def test_keys_change_while_the_old_one_still_opens() -> None:
    (sealed,) = await AesGcmCodec({"old": OLD}).encode([PLAIN])
    rotated = AesGcmCodec({"new": NEW, "old": OLD})
    assert await rotated.decode([sealed]) == [PLAIN]
    (fresh,) = await rotated.encode([PLAIN])
    assert fresh.metadata["encryption-key-id"] == b"new"
    with pytest.raises(ValueError, match="encrypted with the key 'old': add it to TRUNKLINE_PAYLOAD_KEYS"):
        await AesGcmCodec({"new": NEW}).decode([sealed])


async def test_what_was_changed_or_moved_to_another_key_does_not_open() -> None:
    codec = AesGcmCodec({"new": NEW, "old": OLD})
    (sealed,) = await codec.encode([PLAIN])
    bent = Payload(metadata=sealed.metadata, data=sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    relabelled = Payload(metadata={**sealed.metadata, "encryption-key-id": b"old"}, data=sealed.data)
    for payload in (bent, relabelled, Payload(metadata=sealed.metadata, data=b"")):
        with pytest.raises(ValueError, match="does not open"):
            await codec.decode([payload])


async def test_what_was_never_encrypted_is_read_as_it_is() -> None:
    assert await AesGcmCodec({"new": NEW}).decode([PLAIN]) == [PLAIN]


def test_keys_are_read_in_order() -> None:
    text = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in (("new", NEW), ("old", OLD)))
    assert list(read_keys(text).items()) == [("new", NEW), ("old", OLD)]
    assert read_keys("") == {}


@pytest.mark.parametrize("text", ["key", "a:short", f":{base64.b64encode(bytes(32)).decode()}", "a:%%%"])
def test_what_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WorkerSettings(payload_keys=SecretStr(text))
    assert "openssl rand" in str(refused.value)
    assert base64.b64encode(NEW).decode() not in str(refused.value)


@pytest.mark.parametrize("keys", [{}, {"new": NEW}])
async def test_models_come_back_whatever_the_keys(keys: dict[str, bytes]) -> None:
    slot = Slot(service="tap repair", day=date(2027, 1, 4), time=time(10))
    payloads = await converter(keys).encode([slot])
    assert (b"tap repair" in payloads[0].data) == (not keys)
    assert await converter(keys).decode(payloads, [Slot]) == [slot]


def test_what_is_made_for_each_step_has_its_parts_from_the_one_before() -> None:
    one, other = Pydantic(), Pydantic()
    assert one.converters is other.converters
    assert one.converters.keys() == PydanticPayloadConverter().converters.keys()
