"""An edge that carries calls: its node, paced, and its web server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from edge.app import application
from edge.core.lateness import Limits
from edge.node import Node
from edge.services import Services
from edge.settings import EdgeSettings
from tests.serving import serving


@contextlib.asynccontextmanager
async def carrying(services: Services, settings: EdgeSettings) -> AsyncIterator[tuple[Node, str]]:
    """A node that carries at most three calls, however slow the machine, and its address."""
    node = Node(services, max_calls=3, limits=Limits(late=1.0))
    ticker = asyncio.create_task(node.run())
    async with serving(application(node, settings), patience=1.0) as url:
        yield node, url
        await node.drain(0.0)
    ticker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await ticker
