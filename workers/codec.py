"""Encryption of what Temporal stores: arguments, results, memos, failures and headers, with AES-256-GCM.

Every payload names its key, so keys can be changed while workflows run: put the new one first, keep the old ones for as
long as histories that used them are kept, then take them away.
"""

import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE = 12
"""Bytes, random for each payload. NIST SP 800-38D bounds random nonces to 2^32 uses of a key: change it before."""


class AesGcmCodec(PayloadCodec):
    """Encrypts with the first of ``keys`` (id → 32 bytes), decrypts with whichever a payload names."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._current = next(iter(keys))
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """What is not encrypted, from before there were keys, stays as it is.

        Raises:
            ValueError: it was encrypted with a key that is not here, or was changed since.
        """
        return [self._decrypted(payload) for payload in payloads]

    def _encrypted(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE)
        sealed = self._keys[self._current].encrypt(nonce, payload.SerializeToString(), self._current.encode())
        return Payload(metadata={"encoding": ENCODING, KEY_ID: self._current.encode()}, data=nonce + sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode(errors="replace")
        key = self._keys.get(key_id)
        if key is None:
            raise ValueError(f"A payload is encrypted with the key {key_id!r}: add it to TRUNKLINE_PAYLOAD_KEYS.")
        try:
            plain = key.decrypt(payload.data[:NONCE], payload.data[NONCE:], key_id.encode())
        except (InvalidTag, ValueError):  # ValueError: it is too short to be one.
            raise ValueError(
                f"A payload does not open with the key {key_id!r}: another key, or it was changed."
            ) from None
        return Payload.FromString(plain)


MOST_TYPES = 128
"""Types whose validators are kept. Few, since a workflow's own are of its sandbox, and keep that in memory."""
_PARTS = PydanticPayloadConverter(max_cached_type_adapters=MOST_TYPES).converters


class Pydantic(CompositePayloadConverter):
    """Pydantic models. The SDK makes one anew twice for each step of a workflow: its parts are made once."""

    def __init__(self) -> None:
        self.converters = _PARTS


def converter(keys: Mapping[str, bytes]) -> DataConverter:
    """For clients and workers: pydantic models, encrypted where there are keys."""
    if not keys:
        return DataConverter(payload_converter_class=Pydantic)
    return DataConverter(
        payload_converter_class=Pydantic,
        payload_codec=AesGcmCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
