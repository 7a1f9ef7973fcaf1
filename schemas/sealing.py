"""Values that only some may read: sealed at the edge with AES-256-GCM, and opened by the activity that needs them.

A token, ``sealed:KEY:BASE64``, is another each time, whatever it holds. ``schemas.marking`` says which fields have one.
"""

import base64
import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.marking import MARK, MAYBE, TOKEN, replaced

NONCE = 12
"""Bytes, random for each value. NIST SP 800-38D bounds random nonces to 2^32 uses of a key: change it before."""
BLOCK = 32
"""Bytes. A value is filled up to a multiple of this, so that its length does not tell a short code from another."""


class Seals:
    """Seals with the first of ``keys`` (id → 32 bytes), opens with whichever a token names. False where there are none.

    ``naming`` is what ids of tool calls with such fields are made with: by the ids alone nobody can try what a short
    code may have been. It comes of the last key, so that a new one which is put first changes no id.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._current = next(iter(keys), "")
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        last = next(reversed(list(keys.values())), None)
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"trunkline tool call ids")
        self.naming = b"" if last is None else derived.derive(last)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def seal(self, value: Any) -> str:
        """The token for a value of JSON.

        Raises:
            LookupError: there is no key.
        """
        if not self._keys:
            raise LookupError("There is no key to seal with: set TRUNKLINE_SEALING_KEYS.")
        plain = json.dumps(value, ensure_ascii=False).encode()
        plain += b" " * (-len(plain) % BLOCK)
        nonce = os.urandom(NONCE)
        sealed = self._keys[self._current].encrypt(nonce, plain, self._current.encode())
        return f"sealed:{self._current}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def alike(self, value: Any) -> str:
        """A word that is the same for the same value; without the key nobody can try what the value may have been."""
        plain = json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
        return hmac.new(self.naming, b"alike\n" + plain, "sha256").hexdigest()[:32]

    def open(self, token: str) -> Any:
        """The value.

        Raises:
            ValueError: it is no token, its key is not here, or it was changed since.
        """
        found = TOKEN.fullmatch(token)
        if found is None:
            raise ValueError("This is not a sealed value.")
        key = self._keys.get(found[1])
        if key is None:
            raise ValueError(f"A value is sealed with the key {found[1]!r}: add it to TRUNKLINE_SEALING_KEYS.")
        try:
            body = base64.urlsafe_b64decode(found[2])
            return json.loads(key.decrypt(body[:NONCE], body[NONCE:], found[1].encode()))
        except (InvalidTag, ValueError):
            raise ValueError(
                f"A value does not open with the key {found[1]!r}: another key, or it was changed."
            ) from None


def seal_marked(schema: Mapping[str, Any], value: Any, seals: Seals) -> Any:
    """The value with a token in place of whatever its schema marks.

    Raises:
        LookupError: something is marked, and there is no key.
    """
    return replaced(_sealed(schema, value, seals, schema), str)


class _Token(str):
    """One that was made just now: what only looks like a token is plain."""

    __slots__ = ()


def _sealed(schema: Any, value: Any, seals: Seals, root: Mapping[str, Any]) -> Any:
    if not isinstance(schema, Mapping) or value is None or isinstance(value, _Token):
        return value
    if schema.get(MARK) is True:
        return _Token(seals.seal(value))
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    parts = [root.get("$defs", {}).get(name)] if name else []
    for part in [*parts, *(part for kind in MAYBE for part in schema.get(kind, ()))]:
        value = _sealed(part, value, seals, root)
    if isinstance(value, Mapping):
        return {key: _by_all(_of_key(schema, key), item, seals, root) for key, item in value.items()}
    if isinstance(value, list):
        first, rest = schema.get("prefixItems", ()), schema.get("items")
        return [
            _sealed(first[place] if place < len(first) else rest, item, seals, root) for place, item in enumerate(value)
        ]
    return value


def _by_all(schemas: Iterator[Any], value: Any, seals: Seals, root: Mapping[str, Any]) -> Any:
    for schema in schemas:
        value = _sealed(schema, value, seals, root)
    return value


def _of_key(schema: Mapping[str, Any], key: str) -> Iterator[Any]:
    """The schemas of a key: its own, those of the patterns that fit, or else that of all others."""
    fields = schema.get("properties", {})
    found = [fields[key]] if key in fields else []
    found += [part for pattern, part in schema.get("patternProperties", {}).items() if _fits(pattern, key)]
    yield from found or [schema.get("additionalProperties")]


def _fits(pattern: str, key: str) -> bool:
    """Whether it may: of a pattern that Python does not know nothing stays plain."""
    try:
        return re.search(pattern, key) is not None
    except re.error:
        return True


def open_all(value: Any, seals: Seals) -> Any:
    """The value with every token in it opened; one that does not open stays."""

    def opened(token: str) -> Any:
        try:
            return seals.open(token)
        except ValueError:
            return token

    return replaced(value, opened)
