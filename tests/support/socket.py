"""A WebSocket to a node, for tests that follow what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp

from node.rpc.errors import RpcError

QUIET_SECONDS = 0.2
ANSWER_SECONDS = 10.0


class Socket:
    """Requests and their answers; what comes in between is kept for `told`."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse, loop: asyncio.AbstractEventLoop) -> None:
        self._websocket, self._loop = websocket, loop
        self._requests = 0
        self._told: list[tuple[str, Any]] = []

    def call(self, method: str, *params: Any) -> Any:
        """The result of a method. Raises: RpcError."""
        return self._loop.run_until_complete(self._call(method, params))

    def told(self, subscription: str) -> list[Any]:
        """What a subscription has told since the last time, a moment later."""
        self._loop.run_until_complete(self._drain())
        found = [result for identifier, result in self._told if identifier == subscription]
        self._told = [each for each in self._told if each[0] != subscription]
        return found

    async def _call(self, method: str, params: tuple[Any, ...]) -> Any:
        self._requests += 1
        request = {"jsonrpc": "2.0", "id": self._requests, "method": method, "params": params}
        await self._websocket.send_json(request)
        async with asyncio.timeout(ANSWER_SECONDS):
            while (message := await self._websocket.receive_json()).get("id") != self._requests:
                self._keep(message)
        if "error" in message:
            error = message["error"]
            raise RpcError(error["code"], error["message"], error.get("data"))
        return message["result"]

    async def _drain(self) -> None:
        # whatever was sent before an answer arrives before it, and events of an operation within a moment
        await asyncio.sleep(QUIET_SECONDS)
        await self._call("system_name", ())

    def _keep(self, message: dict[str, Any]) -> None:
        self._told.append((message["params"]["subscription"], message["params"]["result"]))


@contextmanager
def connected(url: str) -> Iterator[Socket]:
    """A connection that is open while the block runs."""
    loop = asyncio.new_event_loop()

    async def open_() -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
        session = aiohttp.ClientSession()
        return session, await session.ws_connect(url, max_msg_size=0)

    session, websocket = loop.run_until_complete(open_())
    try:
        yield Socket(websocket, loop)
    finally:
        loop.run_until_complete(websocket.close())
        loop.run_until_complete(session.close())
        loop.close()
