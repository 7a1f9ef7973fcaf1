"""Where this benchmark keeps environments and results: a folder of the user's cache, safe to delete."""

import os
from pathlib import Path


def cache_folder(*parts: str) -> Path:
    """``$TRUNKLINE_CACHE``, else ``trunkline`` in the user's cache; in it this folder, which may not be there."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("TRUNKLINE_CACHE") or Path(base) / "trunkline", *parts)
