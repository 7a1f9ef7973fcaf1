"""Keys that the local stack makes for itself, once, and keeps in its data folder for its user alone."""

import base64
import os
from pathlib import Path

SEALING = "TRUNKLINE_SEALING_KEYS"
_FILE = "sealing.keys"


def sealing_keys(data: Path) -> str:
    """As ``schemas.keys`` reads them; made where there are none.

    Raises:
        OSError: the folder cannot be written to.
    """
    file = data / _FILE
    if not file.exists():
        unborn = file.with_suffix(f".{os.getpid()}")
        with open(os.open(unborn, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as made:
            made.write(f"local:{base64.b64encode(os.urandom(32)).decode()}\n")
        unborn.replace(file)
    return file.read_text().strip()
