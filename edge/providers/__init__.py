"""Vendors and local models, one file each: speech to text, language model, text to speech, voice detection.

A module of this folder is a provider when it has a module-level ``PROVIDER`` whose ``name`` is the file's. Adding one
is adding a file. Modules are imported when they are asked for, and import what is heavy when they are opened.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar, overload

from pydantic import SecretStr

from edge.errors import ProviderError
from edge.ports import LanguageModel, SpeechToText, TextToSpeech, VoiceDetector

Seat = Literal["ears", "mind", "voice", "vad"]
"""What a provider does in a call."""

T_co = TypeVar("T_co", covariant=True)


class ProviderSettings(Protocol):
    """What of the edge's settings a provider may need."""

    @property
    def openai_base_url(self) -> str | None: ...
    @property
    def openai_model(self) -> str: ...
    @property
    def openai_api_key(self) -> SecretStr | None: ...
    @property
    def deepgram_url(self) -> str: ...
    @property
    def deepgram_model(self) -> str: ...
    @property
    def deepgram_api_key(self) -> SecretStr | None: ...
    @property
    def assemblyai_url(self) -> str: ...
    @property
    def assemblyai_model(self) -> str: ...
    @property
    def assemblyai_api_key(self) -> SecretStr | None: ...
    @property
    def cartesia_url(self) -> str: ...
    @property
    def cartesia_model(self) -> str: ...
    @property
    def cartesia_voice(self) -> str: ...
    @property
    def cartesia_api_key(self) -> SecretStr | None: ...
    @property
    def speech_threads(self) -> int:
        """Threads that one local model may use."""

    @property
    def speech_hub(self) -> Path | None:
        """Where local models are that this process shares with others."""


@dataclass(frozen=True)
class Provider(Generic[T_co]):
    """How one seat is filled. ``open`` returns when the instance is warm and ready; raises ProviderError.

    ``local``: it works on this machine, so that its work counts in what the machine can carry, and
    nothing that it is given leaves it.
    """

    seat: Seat
    name: str
    open: Callable[[ProviderSettings], Awaitable[T_co]]
    local: bool = False


@overload
def find(seat: Literal["ears"], name: str) -> Provider[SpeechToText]: ...
@overload
def find(seat: Literal["mind"], name: str) -> Provider[LanguageModel]: ...
@overload
def find(seat: Literal["voice"], name: str) -> Provider[TextToSpeech]: ...
@overload
def find(seat: Literal["vad"], name: str) -> Provider[VoiceDetector]: ...
def find(seat: Seat, name: str) -> Provider[Any]:
    """The provider of this name. Imports its module only.

    Raises:
        ProviderError: there is none, or it fills another seat (``unknown_provider``).
    """
    provider = _load(name) if name in _names() else None
    if provider is None or provider.seat != seat:
        known = ", ".join(available()[seat]) or "none"
        raise ProviderError("unknown_provider", f"There is no provider {name!r} for the {seat} seat. Known: {known}.")
    return provider


def available() -> dict[Seat, dict[str, Provider[Any]]]:
    """Every provider of the folder, by seat and name. Imports all modules."""
    found: dict[Seat, dict[str, Provider[Any]]] = {"ears": {}, "mind": {}, "voice": {}, "vad": {}}
    for name in _names():
        if (provider := _load(name)) is not None:
            found[provider.seat][provider.name] = provider
    return found


def _names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def _load(name: str) -> Provider[Any] | None:
    provider = getattr(importlib.import_module(f"{__name__}.{name}"), "PROVIDER", None)
    return provider if isinstance(provider, Provider) else None
