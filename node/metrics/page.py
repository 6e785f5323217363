"""`GET /metrics`, on the RPC server's own port."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from node.metrics.calls import RpcCounts
from node.node import Node

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def route(node: Node, rpc: RpcCounts) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler that tells what a node and its server have counted."""
    started_at = int(time.time())
    registry: CollectorRegistry | None = None

    async def handle(request: web.Request) -> web.StreamResponse:
        # on the first scrape: the library takes longer to import than a node needs for a block
        from node.metrics.collector import registry_of, text_of

        nonlocal registry
        if registry is None:
            registry = registry_of(node, rpc, started_at)
        return web.Response(body=text_of(registry), headers={"Content-Type": CONTENT_TYPE})

    return handle
