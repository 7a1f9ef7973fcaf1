"""Payment gateways that take a caller's card, one file each.

A module of this folder is a gateway when it has a module-level ``GATEWAY`` whose ``name`` is the file's. It is the only
code that sees a card's digits besides their capture: it logs, traces and keeps nothing of them.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from edge.errors import GatewayError
from edge.ports import CardGateway


class GatewaySettings(Protocol):
    """What of the edge's settings a gateway may need."""

    @property
    def gateway_url(self) -> str | None: ...
    @property
    def gateway_card_key(self) -> SecretStr | None: ...


@dataclass(frozen=True)
class Gateway:
    """``open`` returns when cards can be taken; raises GatewayError where it is set up wrongly."""

    name: str
    open: Callable[[GatewaySettings], Awaitable[CardGateway]]


def find(name: str) -> Gateway:
    """The gateway of this name.

    Raises:
        GatewayError: there is none (``unknown_gateway``).
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = getattr(importlib.import_module(f"{__name__}.{name}"), "GATEWAY", None) if name in names else None
    if not isinstance(found, Gateway):
        raise GatewayError("unknown_gateway", f"There is no payment gateway {name!r}. Known: {', '.join(names)}.")
    return found
