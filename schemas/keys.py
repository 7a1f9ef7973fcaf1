"""Keys as settings give them: named, the current one first, so that they can be changed while things run."""

import base64

from pydantic import SecretStr


def read_keys(text: str) -> dict[str, bytes]:
    """The keys in ``ID:BASE64,ID:BASE64``, in order; the first is the one that encrypts.

    Raises:
        ValueError: a key is not 32 bytes of Base64, or an id comes twice; without the key's own text.
    """
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or len(key) != 32 or key_id in keys:
            raise ValueError(
                "must be ID:KEY,ID:KEY: each id once, keys of 32 bytes in Base64 (openssl rand -base64 32)"
            )
        keys[key_id] = key
    return keys


def checked_keys(value: SecretStr) -> SecretStr:
    """For settings: the same, where it can be read.

    Raises:
        ValueError: it cannot.
    """
    read_keys(value.get_secret_value())
    return value
