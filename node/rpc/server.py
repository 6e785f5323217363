"""The JSON-RPC server: HTTP POST and WebSocket on the same port, as Substrate's (jsonrpsee) server answers.

Who may connect is decided here, once a connection: its Origin, its Host, and whether it comes from this machine.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal

from aiohttp import web

from node.rpc import errors
from node.rpc.connection import CLOSE_SECONDS, Connection, HttpCaller
from node.rpc.errors import ListenError, RpcError
from node.rpc.methods import Methods, error_answer, parse, to_json
from node.rpc.origins import DEFAULT_CORS, Origins, is_loopback, is_loopback_name

logger = logging.getLogger(__name__)

Policy = Literal["auto", "safe", "unsafe"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class RpcServer:
    """One set of methods on any number of ports.

    `rpc_methods` says where unsafe methods answer. `auto`: where the server listens on loopback only. `safe`: never.
    `unsafe`: wherever it listens. Whatever it says, they answer no peer beyond loopback, nor one behind a proxy.
    """

    def __init__(
        self,
        methods: Methods,
        *,
        host: str = "127.0.0.1",
        ports: Sequence[int] = (9944,),
        cors: Sequence[str] | Literal["all"] = DEFAULT_CORS,
        rpc_methods: Policy = "auto",
        health: Callable[[], Mapping[str, Any]] | None = None,
        extra_routes: Mapping[str, Handler] | None = None,
        compress: bool | None = None,
    ) -> None:
        """`health` is what system_health answers. `extra_routes` answer GET on their paths, "/" included. `compress`
        offers permessage-deflate: None, to peers beyond loopback only, since on loopback it costs more time than it
        saves. Port 0 is any free port.
        """
        self._methods = methods
        self._limits = methods.limits
        self._host = host
        self._asked_ports = tuple(ports)
        self._origins = None if cors == "all" else Origins(cors)
        self._policy = rpc_methods
        self._health = health
        self._routes = dict(extra_routes or {})
        self._compress = compress
        self._connections: set[Connection] = set()
        self._active = 0
        self._runner: web.AppRunner | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._ports: tuple[int, ...] = ()

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports that it listens on, in the order asked for."""
        return self._ports

    @property
    def url(self) -> str:
        """The WebSocket address of the first port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"ws://{host}:{self._ports[0]}"

    @property
    def connections(self) -> int:
        """The WebSockets that are open."""
        return len(self._connections)

    async def __aenter__(self) -> RpcServer:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on every port. Raises: ListenError that names the port; then it listens on none."""
        sockets = self._open_sockets()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=CLOSE_SECONDS)
        await self._runner.setup()
        for opened in sockets:
            await web.SockSite(self._runner, opened, backlog=1024).start()
        self._ports = tuple(opened.getsockname()[1] for opened in sockets)
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop listening, and close every WebSocket with code 1001 (going away). Takes at most a second."""
        if self._runner is None or self._sweeper is None:
            return
        runner, self._runner = self._runner, None
        self._sweeper.cancel()
        for site in tuple(runner.sites):
            await site.stop()
        await asyncio.gather(*(connection.close() for connection in tuple(self._connections)))
        await runner.cleanup()

    def _open_sockets(self) -> list[socket.socket]:
        sockets: list[socket.socket] = []
        for port in self._asked_ports:
            try:
                family, _, _, _, address = socket.getaddrinfo(self._host, port, type=socket.SOCK_STREAM)[0]
                # on POSIX this sets SO_REUSEADDR, so that a restart finds the port free
                opened = socket.create_server(address[:2], family=family, backlog=1024)
            except OSError as error:
                for each in sockets:
                    each.close()
                raise _listen_error(self._host, port, error) from None
            opened.setblocking(False)
            sockets.append(opened)
        return sockets

    def _application(self) -> web.Application:
        # one byte more, so that a request of exactly the limit is accepted
        application = web.Application(client_max_size=self._limits.request_bytes + 1)
        if self._health is not None:
            application.router.add_get("/health", self._or_websocket(self._get_health))
            application.router.add_get("/health/readiness", self._or_websocket(self._get_readiness))
        for path, handler in self._routes.items():
            application.router.add_get(path, self._or_websocket(handler))
        application.router.add_route("*", "/{path:.*}", self._or_websocket(self._http))
        return application

    def _or_websocket(self, handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            refused = self._refuse(request)
            if refused is not None:
                return refused
            return await (self._websocket if _is_upgrade(request) else handler)(request)

        return handle

    def _refuse(self, request: web.Request) -> web.Response | None:
        """A page of another site must not reach the node, neither directly nor through a name that it controls."""
        if self._origins is None:
            return None
        if is_loopback(self._host) and not is_loopback_name(request.headers.get("Host")):
            return web.Response(status=403, text="Provided Host header is not whitelisted.\n")
        origin = request.headers.get("Origin")
        if origin is not None and not self._origins.allow(origin, request.headers.get("Host", "")):
            return web.Response(status=403, text="Origin of the request is not whitelisted.\n")
        return None

    def _may_call_unsafe(self, request: web.Request) -> bool:
        if self._policy == "safe" or (self._policy == "auto" and not is_loopback(self._host)):
            return False
        if any(header in request.headers for header in _FORWARDED):
            return False
        return _is_from_loopback(request)

    def _cors_headers(self, request: web.Request) -> dict[str, str]:
        origin = request.headers.get("Origin")
        if origin is None:
            return {}
        return {"Access-Control-Allow-Origin": "*" if self._origins is None else origin, "Vary": "Origin"}

    async def _get_health(self, request: web.Request) -> web.Response:
        assert self._health is not None
        return web.Response(body=to_json(self._health()), content_type="application/json")

    async def _get_readiness(self, request: web.Request) -> web.Response:
        assert self._health is not None
        health = self._health()
        # Substrate asks for a peer of every node, which a chain of one node never has
        is_ready = not health["isSyncing"] and (health["peers"] > 0 or not health["shouldHavePeers"])
        return web.Response(status=200 if is_ready else 500)

    async def _http(self, request: web.Request) -> web.StreamResponse:
        headers = self._cors_headers(request)
        if request.method == "OPTIONS":
            headers |= {"Access-Control-Allow-Methods": "GET, POST, OPTIONS", "Access-Control-Allow-Headers": "*"}
            return web.Response(headers=headers)
        if request.method != "POST":
            text = "Used HTTP Method is not allowed. POST is required\n"
            return web.Response(status=405, text=text, headers={"Allow": "POST", **headers})
        if request.content_type != "application/json":
            text = "Supplied content type is not allowed. Content-Type: application/json is required\n"
            return web.Response(status=415, text=text, headers=headers)
        if self._active >= self._limits.connections:
            return _too_many_connections()
        self._active += 1
        try:
            status, body = await self._post(request)
        finally:
            self._active -= 1
        return web.Response(status=status, body=body, content_type="application/json", headers=headers)

    async def _post(self, request: web.Request) -> tuple[int, bytes]:
        limit = self._limits.request_bytes
        too_big = 413, error_answer(None, errors.request_too_big(limit))
        if (request.content_length or 0) > limit:
            return too_big
        try:
            data = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return too_big
        try:
            payload = parse(data)
        except RpcError as error:
            return 200, error_answer(None, error)
        caller = HttpCaller(self._may_call_unsafe(request))
        try:
            return 200, await self._methods.respond(payload, caller)
        finally:
            caller.close()

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self._active >= self._limits.connections:
            return _too_many_connections()
        self._active += 1
        connection = None
        try:
            compress = not _is_from_loopback(request) if self._compress is None else self._compress
            # a message up to twice the limit is read, to be answered with an error; a longer one ends the connection
            size = 2 * self._limits.request_bytes
            answer = web.WebSocketResponse(timeout=CLOSE_SECONDS, autoping=False, max_msg_size=size, compress=compress)
            await answer.prepare(request)
            connection = Connection(self._methods, answer, request, self._may_call_unsafe(request))
            self._connections.add(connection)
            self._methods.counts.sessions_opened += 1
            await connection.serve()
        finally:
            self._active -= 1
            if connection is not None:
                self._connections.discard(connection)
                self._methods.counts.sessions_closed += 1
        return answer

    async def _sweep(self) -> None:
        """Look after the connections: ping them, and drop those that do not read or answer."""
        pause = min(1.0, self._limits.stall_seconds / 4, self._limits.ping_seconds)
        while True:
            await asyncio.sleep(pause)
            for connection in tuple(self._connections):
                connection.check()


def _is_from_loopback(request: web.Request) -> bool:
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    return isinstance(peer, tuple) and is_loopback(str(peer[0]))


def _is_upgrade(request: web.Request) -> bool:
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Upgrade", "").lower() == "websocket"
        and "upgrade" in headers.get("Connection", "").lower()
    )


def _too_many_connections() -> web.Response:
    return web.Response(status=429, text="Too many connections. Please try again later.")


def _listen_error(host: str, port: int, error: OSError) -> ListenError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(f"port {port} of {host} is in use: stop the program that listens there, or choose another")
    return ListenError(f"port {port} of {host} cannot be opened: {error.strerror or error}")
