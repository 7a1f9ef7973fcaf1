"""Where this benchmark keeps what it fetched and computed: a folder of the user's cache, safe to delete."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """``$TRUNKLINE_CACHE``, else ``trunkline`` in the user's cache; with a folder of our own in it, made if missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("TRUNKLINE_CACHE") or Path(base) / "trunkline") / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
