from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from support.loopback import beyond_loopback

from node.rpc.errors import ListenError
from node.rpc.methods import Limits, Methods, method
from node.rpc.origins import Origins, is_loopback
from node.rpc.server import RpcServer


@method()
def demo_echo(node: Any, value: Any = None) -> Any:
    return value


@method()
async def demo_wait(node: asyncio.Event) -> str:
    await node.wait()
    return "done"


@method(unsafe=True)
def demo_danger(node: Any) -> str:
    return "done"


ECHO = {"jsonrpc": "2.0", "id": 1, "method": "demo_echo", "params": ["x"]}
DANGER = {"jsonrpc": "2.0", "id": 1, "method": "demo_danger"}

Scenario = Callable[[RpcServer, aiohttp.ClientSession, str], Awaitable[None]]


def serve(scenario: Scenario, *, node: Any = None, limits: Limits | None = None, **options: Any) -> None:
    async def run() -> None:
        methods = Methods.of(node, [sys.modules[__name__]], limits=limits)
        async with (
            RpcServer(methods, ports=options.pop("ports", (0,)), **options) as server,
            aiohttp.ClientSession() as client,
        ):
            await scenario(server, client, f"http://127.0.0.1:{server.ports[0]}/")

    asyncio.run(run())


def test_a_post_is_answered() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, json=ECHO) as answer:
            assert await answer.json() == {"jsonrpc": "2.0", "id": 1, "result": "x"}
        async with client.post(url, json=[ECHO, ECHO]) as answer:
            assert len(await answer.json()) == 2
        async with client.post(url, data=b"{", headers={"Content-Type": "application/json; charset=utf-8"}) as answer:
            assert await answer.json() == {
                "jsonrpc": "2.0",
                "id": None,
                "error": {"code": -32700, "message": "Parse error"},
            }

    serve(scenario)


def test_a_notification_gets_an_empty_answer() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, json={"jsonrpc": "2.0", "method": "demo_echo"}) as answer:
            assert (answer.status, await answer.read()) == (200, b"")

    serve(scenario)


def test_other_content_types_and_methods_are_refused() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, data=b"{}", headers={"Content-Type": "text/plain"}) as answer:
            assert answer.status == 415
        for verb in ("GET", "PUT", "DELETE"):
            async with client.request(verb, url) as answer:
                assert (answer.status, answer.headers["Allow"]) == (405, "POST")

    serve(scenario)


def test_health_and_the_callers_routes_are_served_beside_the_rpc() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="the explorer")

    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "health") as answer:
            assert await answer.json() == health
        async with client.get(url) as answer:
            assert await answer.text() == "the explorer"
        async with client.post(url, json=ECHO) as answer:
            assert (await answer.json())["result"] == "x"
        async with client.ws_connect(url) as websocket:
            await websocket.send_json(ECHO)
            assert (await websocket.receive_json())["result"] == "x"

    health = {"peers": 0, "isSyncing": False, "shouldHavePeers": False}
    serve(scenario, health=lambda: health, extra_routes={"/": page})


@pytest.mark.parametrize(
    ("peers", "is_syncing", "should_have_peers", "status"),
    [(0, False, False, 200), (0, False, True, 500), (1, False, True, 200), (0, True, False, 500)],
)
def test_a_node_is_ready_when_it_is_up_to_date_and_has_the_peers_it_should_have(
    peers: int, is_syncing: bool, should_have_peers: bool, status: int
) -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "health/readiness") as answer:
            assert (answer.status, await answer.read()) == (status, b"")

    health = {"peers": peers, "isSyncing": is_syncing, "shouldHavePeers": should_have_peers}
    serve(scenario, health=lambda: health)


def test_a_request_over_the_limit_is_413() -> None:
    async def chunks() -> Any:
        for _ in range(3):
            yield b" " * 500

    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        expected = {"code": -32007, "message": "Request is too big", "data": "Exceeded max limit of 1000"}
        for data in (b" " * 1001, chunks()):
            async with client.post(url, data=data, headers={"Content-Type": "application/json"}) as answer:
                assert answer.status == 413
                assert (await answer.json())["error"] == expected

    serve(scenario, limits=Limits(request_bytes=1000))


def test_a_request_of_exactly_the_limit_is_answered() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        body = b'{"jsonrpc":"2.0","id":1,"method":"demo_echo"}'.ljust(1000)
        async with client.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
            assert (await answer.json())["result"] is None

    serve(scenario, limits=Limits(request_bytes=1000))


def test_one_connection_more_than_the_limit_is_429() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        opened = [await client.ws_connect(url) for _ in range(3)]

        async with client.post(url, json=ECHO) as answer:
            assert answer.status == 429
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(url)
        assert refused.value.status == 429

        await opened[0].close()
        async with client.post(url, json=ECHO) as answer:
            assert answer.status == 200
        for each in opened:
            await each.close()

    serve(scenario, limits=Limits(connections=3))


def test_pages_of_other_sites_are_refused() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        for origin, status in (
            ("http://localhost:3000", 200),
            ("https://polkadot.js.org", 200),
            ("http://evil.com", 403),
        ):
            async with client.post(url, json=ECHO, headers={"Origin": origin}) as answer:
                assert answer.status == status
                assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)
        async with client.options(url, headers={"Origin": "http://localhost:3000"}) as answer:
            assert answer.status == 200
            assert "POST" in answer.headers["Access-Control-Allow-Methods"]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(url, origin="http://evil.com")
        assert refused.value.status == 403
        async with client.ws_connect(url, origin="http://127.0.0.1:8080") as websocket:
            assert not websocket.closed

    serve(scenario)


def test_a_name_that_was_pointed_at_this_machine_is_refused() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, json=ECHO, headers={"Host": f"evil.com:{server.ports[0]}"}) as answer:
            assert answer.status == 403
        async with client.post(url, json=ECHO, headers={"Host": f"localhost:{server.ports[0]}"}) as answer:
            assert answer.status == 200

    serve(scenario)


def test_cors_all_lets_every_page_in() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, json=ECHO, headers={"Origin": "http://evil.com"}) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"

    serve(scenario, cors="all")


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        ("http://localhost", "", True),
        ("http://localhost:9", "", True),
        ("https://localhost:9", "", False),
        ("http://localhost.evil.com", "", False),
        ("http://localhost:9.evil.com", "", False),
        ("http://localhost:9@evil.com", "", False),
        ("null", "", False),
        ("http://10.0.0.7:9944", "10.0.0.7:9944", True),
        ("http://evil.com:9944", "evil.com:9944", False),
    ],
)
def test_an_origin_is_compared_whole(origin: str, host: str, is_allowed: bool) -> None:
    assert Origins(["http://localhost:*"]).allow(origin, host) is is_allowed


@pytest.mark.parametrize(
    ("options", "headers", "is_allowed"),
    [
        ({}, {}, True),
        ({"rpc_methods": "safe"}, {}, False),
        ({"rpc_methods": "unsafe"}, {}, True),
        ({"host": "0.0.0.0"}, {}, False),
        ({"host": "0.0.0.0", "rpc_methods": "unsafe"}, {}, True),
        ({"rpc_methods": "unsafe"}, {"X-Forwarded-For": "8.8.8.8"}, False),
    ],
)
def test_unsafe_methods_answer_where_the_policy_allows(
    options: dict[str, Any], headers: dict[str, str], is_allowed: bool
) -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(url, json=DANGER, headers=headers) as answer:
            assert ("result" in await answer.json()) is is_allowed
        async with client.ws_connect(url, headers=headers) as websocket:
            await websocket.send_json(DANGER)
            assert ("result" in await websocket.receive_json()) is is_allowed

    serve(scenario, **options)


def test_unsafe_methods_never_answer_a_peer_beyond_loopback() -> None:
    address = beyond_loopback()
    if address is None:
        pytest.skip("this machine has no address beyond loopback")

    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        async with client.post(f"http://{address}:{server.ports[0]}/", json=DANGER) as answer:
            assert (await answer.json())["error"]["message"] == "RPC call is unsafe to be called externally"

    serve(scenario, host="0.0.0.0", rpc_methods="unsafe")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


def test_it_listens_on_several_ports_at_once() -> None:
    async def scenario(server: RpcServer, client: aiohttp.ClientSession, url: str) -> None:
        assert len(set(server.ports)) == 2
        for port in server.ports:
            async with client.post(f"http://127.0.0.1:{port}/", json=ECHO) as answer:
                assert (await answer.json())["result"] == "x"

    serve(scenario, ports=(0, 0))


def test_a_busy_port_is_named_and_no_other_stays_open() -> None:
    async def run() -> None:
        methods = Methods.of(None, [])
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            with pytest.raises(ListenError, match=f"port {port} of 127.0.0.1 is in use"):
                await RpcServer(methods, ports=(0, port)).start()

    asyncio.run(run())


def test_a_port_is_free_again_at_once() -> None:
    async def run() -> None:
        port = 0
        for _ in range(3):
            async with RpcServer(Methods.of(None, []), ports=(port,)) as server, aiohttp.ClientSession() as client:
                port = server.ports[0]
                async with client.ws_connect(server.url) as websocket:
                    await websocket.send_json(ECHO)
                    await websocket.receive_json()

    asyncio.run(run())


def test_stopping_does_not_wait_for_a_request_that_hangs() -> None:
    async def run() -> None:
        methods = Methods.of(asyncio.Event(), [sys.modules[__name__]])
        server = RpcServer(methods, ports=(0,))
        await server.start()
        async with aiohttp.ClientSession() as client:
            wait = {"jsonrpc": "2.0", "id": 1, "method": "demo_wait"}
            post = asyncio.create_task(client.post(f"http://127.0.0.1:{server.ports[0]}/", json=wait))
            await asyncio.sleep(0.05)
            async with asyncio.timeout(2):
                await server.stop()
            with pytest.raises(aiohttp.ClientError):
                await post

    asyncio.run(run())
