"""Who sits in the seats of this process: the providers the settings name, each with its spare."""

import contextlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from edge.metrics import Metrics
from edge.ports import Bus, LanguageModel, SpeechToText, TextToSpeech
from edge.providers import find
from edge.settings import EdgeSettings
from edge.spare import Pair, SpareEars, SpareMind, SpareVoice, Takeover
from schemas.calls import ProviderReplaced

REMEMBERED = 4096
"""Calls and seats that are remembered, so that a takeover is told once a call."""


@dataclass(frozen=True, slots=True)
class Seats:
    """The providers, warm and ready."""

    ears: SpeechToText
    mind: LanguageModel
    voice: TextToSpeech
    local_ears: SpeechToText | None = None
    """Those of the ears, first or spare, that hear on this machine; None where neither does."""


class Takeovers:
    """Tells of takeovers: by an event of the call, and by a metric; once for each call and seat."""

    def __init__(self, bus: Bus, region: str, metrics: Metrics) -> None:
        self._bus = bus
        self._region = region
        self._metrics = metrics
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    def tell(self, takeover: Takeover) -> None:
        """A spare took over."""
        key = (takeover.call_id, takeover.seat)
        if not takeover.call_id or takeover.seat == "vad" or key in self._told:
            return
        self._told[key] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        self._metrics.takeovers.labels(takeover.seat, takeover.provider, takeover.error.code).inc()
        self._bus.publish(
            ProviderReplaced(
                call_id=takeover.call_id,
                region=self._region,
                at=takeover.at,
                seat=takeover.seat,
                provider=takeover.provider,
                spare=takeover.spare,
                code=takeover.error.code,
                detail=takeover.error.message,
            )
        )


async def fill(settings: EdgeSettings, takeovers: Takeovers, stack: contextlib.AsyncExitStack) -> Seats:
    """Open the providers and their spares; ``stack`` closes them.

    Raises:
        ProviderError: one of them is not usable as it is set; a vendor that is away for now is.
    """
    ears, voice, mind = settings.ears, settings.voice, settings.mind_name()
    sat = Seats(
        ears=await _open(stack, find("ears", ears), settings),
        voice=await _open(stack, find("voice", voice), settings),
        mind=await _open(stack, find("mind", mind), settings),
    )
    if find("ears", ears).local:
        sat = replace(sat, local_ears=sat.ears)
    tell = takeovers.tell
    if settings.spare_ears not in ("", ears):
        spare_ears = await _open(stack, find("ears", settings.spare_ears), settings)
        pair = Pair("ears", sat.ears, spare_ears, (ears, settings.spare_ears), tell)
        sat = replace(sat, ears=SpareEars(pair))
        if sat.local_ears is None and find("ears", settings.spare_ears).local:
            sat = replace(sat, local_ears=spare_ears)
    if settings.spare_voice not in ("", voice):
        spare_voice = await _open(stack, find("voice", settings.spare_voice), settings)
        voices = Pair("voice", sat.voice, spare_voice, (voice, settings.spare_voice), tell)
        sat = replace(sat, voice=SpareVoice(voices))
    if settings.spare_mind not in ("", mind):
        spare_mind = await _open(stack, find("mind", settings.spare_mind), settings)
        minds = Pair("mind", sat.mind, spare_mind, (mind, settings.spare_mind), tell)
        sat = replace(sat, mind=SpareMind(minds))
    return sat


async def _open(stack: contextlib.AsyncExitStack, provider: Any, settings: EdgeSettings) -> Any:
    opened = await provider.open(settings)
    stack.push_async_callback(opened.close)
    return opened
