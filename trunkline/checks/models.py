"""Speech and language models: whether each of the chosen providers opens."""

import asyncio
import contextlib
import time
from typing import Any

from trunkline import sources
from trunkline.checks.finding import Finding

DEADLINE = 120.0
"""Seconds for one model to load."""


async def check() -> list[Finding]:
    """Open each provider as the edge does, one after the other, and close it again."""
    from edge import providers
    from edge.settings import EdgeSettings

    settings = sources.load(EdgeSettings)
    seats = {"ears": settings.ears, "voice": settings.voice, "vad": settings.vad, "mind": settings.mind_name()}
    opening: dict[str, Any] = {
        seat: lambda seat=seat, name=name: providers.find(seat, name) for seat, name in seats.items()
    }
    return [await _opens(seat, seats[seat], find, settings) for seat, find in opening.items()]


async def _opens(seat: str, name: str, find: Any, settings: object) -> Finding:
    since = time.monotonic()
    label = f"{seat}: {name}"
    try:
        async with asyncio.timeout(DEADLINE):
            provider = await find().open(settings)
    except TimeoutError:
        return Finding(
            "models", label, "error", f"did not load in {DEADLINE:g} s", "See what else keeps the machine busy."
        )
    except Exception as error:
        # Whatever is wrong with a vendor's package is what the doctor is here to tell.
        advice = f"Run 'make setup', or choose another provider with TRUNKLINE_{seat.upper()}."
        return Finding(
            "models", label, "error", getattr(error, "message", None) or f"{type(error).__name__}: {error}", advice
        )
    took = time.monotonic() - since
    if hasattr(provider, "close"):
        with contextlib.suppress(Exception):
            await provider.close()
    return Finding("models", label, "ok", f"loads in {took:.1f} s")
