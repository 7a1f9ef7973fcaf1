"""Signatures of what we send to web services, so that they can tell that it is from us, whole, and of now.

``Trunkline-Signature: t=1764052800,v1=<hex>``: the hex is HMAC-SHA256, keyed with a shared secret, of the seconds of
Unix time, a full stop, and the body. While a secret is changed, each of both gives a ``v1`` of its own, with a comma
between: a receiver that knows either takes it.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

HEADER = "Trunkline-Signature"
TOLERANCE = 300.0
"""Seconds by which a signature's time may differ from the receiver's, before it is taken for a replay."""
_FORM = re.compile(r"t=(\d{1,12})((?:,v1=[0-9a-f]{64}){1,4})")


def sign(secret: str, body: bytes, at: float) -> str:
    """The header's value for this body, sent at ``at`` seconds of Unix time."""
    return f"t={int(at)},v1={_digest(secret, body, int(at))}"


def sign_with_all(secrets: Sequence[str], body: bytes, at: float) -> str:
    """The same with one signature for each of up to four secrets, the newest first."""
    return ",".join([f"t={int(at)}", *(f"v1={_digest(secret, body, int(at))}" for secret in secrets[:4])])


def verify(secret: str, body: bytes, header: str, now: float, tolerance: float = TOLERANCE) -> bool:
    """Whether the header is this body's, and of no longer than ``tolerance`` seconds ago."""
    found = _FORM.fullmatch(header)
    if found is None or abs(now - int(found[1])) > tolerance:
        return False
    mine = _digest(secret, body, int(found[1]))
    return any(hmac.compare_digest(each, mine) for each in found[2].removeprefix(",v1=").split(",v1="))


def _digest(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
