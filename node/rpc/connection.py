"""One caller of the JSON-RPC server: a WebSocket with its subscriptions, or the sender of an HTTP request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from node.metrics.calls import Transport
from node.rpc import errors
from node.rpc.errors import RpcError
from node.rpc.methods import Closable, Method, Methods, error_answer, parse
from node.rpc.subscriptions import Subscription, Subscriptions

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 0.3
_READ_TURN = 32
"""Messages of one connection that are answered before others get their turn."""


class HttpCaller:
    """Who sent an HTTP request: there is nowhere to send notifications to."""

    transport: Transport = "http"
    streams: Mapping[str, AsyncIterator[Any]] = MappingProxyType({})

    def __init__(self, may_call_unsafe: bool) -> None:
        self.may_call_unsafe = may_call_unsafe
        self.kept: dict[str, Closable] = {}

    def close(self) -> None:
        """Let go what methods kept: there is no later request of this caller."""
        _let_go(self.kept)

    def ensure_may_subscribe(self) -> None:
        raise errors.internal_error("subscriptions need a WebSocket")

    def subscribe(self, method: Method, stream: AsyncIterator[Any]) -> str:
        raise errors.internal_error("subscriptions need a WebSocket")

    def unsubscribe(self, method: Method, identifier: Any) -> bool:
        return False


class Connection:
    """One WebSocket: reads requests, answers them, sends its subscriptions."""

    def __init__(
        self, methods: Methods, websocket: web.WebSocketResponse, request: web.Request, may_call_unsafe: bool
    ) -> None:
        self.may_call_unsafe = may_call_unsafe
        self.subscriptions = Subscriptions(methods.limits.subscriptions, self.send, self.drop)
        self.kept: dict[str, Closable] = {}
        self._methods = methods
        self._limits = methods.limits
        self._websocket = websocket
        self._request = request
        self._lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(self._limits.calls)
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard_at = self._pinged_at = self._progress_at = asyncio.get_running_loop().time()
        self._waiting_bytes = 0

    async def serve(self) -> None:
        """Answer until the client goes; then end what runs for it."""
        try:
            with suppress(ConnectionError):
                await self._read()
        finally:
            # calls that still run are not cancelled: who has gone must not leave the node halfway through one
            await self.subscriptions.close_all()
            _let_go(self.kept)

    async def send(self, message: bytes) -> None:
        """Send one message; waits while the client does not read. Raises: ConnectionError when it has gone."""
        # one at a time, in order: so no more waits in the socket's buffer than its limit and one message
        async with self._lock:
            await self._websocket.send_str(message.decode())

    def drop(self, reason: str) -> None:
        """End the connection without waiting for the client."""
        transport = self._request.transport
        if transport is not None:
            logger.warning("closing the connection of %s: %s", transport.get_extra_info("peername"), reason)
            transport.abort()

    async def close(self) -> None:
        """Cancel what runs, say good-bye with code 1001, and wait a moment for the client to do so."""
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._websocket.close(code=WSCloseCode.GOING_AWAY, message=b"the node is shutting down")
        except (TimeoutError, ConnectionError):
            self.drop("it does not answer while the node is shutting down")

    def check(self) -> None:
        """Drop a client that reads nothing or says nothing for too long; ping the others."""
        transport = self._request.transport
        if transport is None:
            return
        now = asyncio.get_running_loop().time()
        waiting, before = transport.get_write_buffer_size(), self._waiting_bytes
        self._waiting_bytes = waiting
        if waiting == 0 or waiting < before:
            self._progress_at = now
        if now - self._progress_at > self._limits.stall_seconds:
            self.drop(f"it has read nothing for {self._limits.stall_seconds} s")
        elif now - self._heard_at > self._limits.silence_seconds:
            self.drop(f"it has sent nothing for {self._limits.silence_seconds} s")
        elif now - self._pinged_at > self._limits.ping_seconds and waiting == 0:
            self._pinged_at = now
            self._spawn(self._websocket.ping)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        read = 0
        while True:
            message = await self._websocket.receive()
            self._heard_at = loop.time()
            if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                await self._handle(message.data)
            elif message.type is WSMsgType.PING:
                await self._websocket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return
            read += 1
            if read % _READ_TURN == 0:
                await asyncio.sleep(0)

    async def _handle(self, data: str | bytes) -> None:
        size = len(data) if isinstance(data, bytes) or data.isascii() else len(data.encode())
        if size > self._limits.request_bytes:
            await self.send(error_answer(None, errors.request_too_big(self._limits.request_bytes)))
            return
        try:
            payload = parse(data)
        except RpcError as error:
            await self.send(error_answer(None, error))
            return
        if self._methods.is_immediate(payload):
            await self._exchange(payload)
        else:
            await self._slots.acquire()
            self._spawn(self._exchange, payload).add_done_callback(lambda _: self._slots.release())

    async def _exchange(self, payload: Any) -> None:
        exchange = Exchange(self)
        answer = await self._methods.respond(payload, exchange)
        try:
            if answer:
                await self.send(answer)
        except ConnectionError:
            await self.subscriptions.close_all()
            raise
        for subscription in exchange.opened:
            self.subscriptions.start(subscription)

    def _spawn(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(_unless_gone(work, *arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class Exchange:
    """One message of a WebSocket and its answer; the subscriptions that it opens start after the answer."""

    __slots__ = ("_connection", "kept", "may_call_unsafe", "opened")
    transport: Transport = "ws"

    def __init__(self, connection: Connection) -> None:
        self._connection, self.kept = connection, connection.kept
        self.may_call_unsafe = connection.may_call_unsafe
        self.opened: list[Subscription] = []

    def ensure_may_subscribe(self) -> None:
        self._connection.subscriptions.ensure_room()

    def subscribe(self, method: Method, stream: AsyncIterator[Any]) -> str:
        opened = self._connection.subscriptions.open(method, stream)
        self.opened.append(opened)
        return opened.identifier

    def unsubscribe(self, method: Method, identifier: Any) -> bool:
        return self._connection.subscriptions.close(method, identifier)

    @property
    def streams(self) -> Mapping[str, AsyncIterator[Any]]:
        return self._connection.subscriptions.streams()


def _let_go(kept: dict[str, Closable]) -> None:
    for each in kept.values():
        each.close()
    kept.clear()


async def _unless_gone(work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
    with suppress(ConnectionError):
        await work(*arguments)
