"""A caller's address under another name, for places that are not encrypted: the same caller has the same one.

Made with the operator's own key (``TRUNKLINE_PSEUDONYM_KEY``); without one, whoever tries all numbers finds the right.
"""

import hashlib
import hmac
import re

NUMBER = re.compile(r"\+[1-9]\d{6,14}|sips?:\S+@\S+")
WITHHELD = {"+266696687", "+7378742833", "+2562533", "+86282452253"}
"""What carriers put where the caller withheld their number: ANONYMOUS, RESTRICTED, BLOCKED, UNAVAILABLE on a keypad."""


def pseudonym(address: str | None, key: str) -> str | None:
    """32 hexadecimal digits; None for an address that does not tell one caller from another."""
    if address is None or address in WITHHELD or not NUMBER.fullmatch(address):
        return None
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
