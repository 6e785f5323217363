from __future__ import annotations

import asyncio
import base64
import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from node.rpc.errors import RpcError
from node.rpc.methods import Limits, Methods, method, subscription
from node.rpc.server import RpcServer
from node.rpc.subscriptions import Subscriber, Topic


@dataclass
class Node:
    topic: Topic[Any] = field(default_factory=Topic)
    closed: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)


@method()
def demo_echo(node: Node, value: Any = None) -> Any:
    return value


@method()
async def demo_wait(node: Node) -> str:
    await node.gate.wait()
    return "done"


@method()
def demo_big(node: Node) -> str:
    return "x" * 1_000_000


@subscription(notification="demo_count", unsubscribe="demo_unsubscribeCount", aliases=("demo_subscribeAlias",))
async def demo_subscribeCount(node: Node, to: int = 3) -> AsyncIterator[int]:
    for number in range(to):
        yield number


@subscription(notification="demo_topic", unsubscribe="demo_unsubscribeTopic", unsubscribe_aliases=("demo_unwatch",))
async def demo_subscribeTopic(node: Node) -> AsyncIterator[Any]:
    values = node.topic.subscribe()
    try:
        yield "first"
        async for value in values:
            yield value
    finally:
        values.close()
        node.closed.append("topic")


@subscription(notification="demo_checked", unsubscribe="demo_unsubscribeChecked")
async def demo_subscribeChecked(node: Node, is_valid: bool) -> Subscriber[Any]:
    await asyncio.sleep(0)
    if not is_valid:
        raise RpcError(1010, "Invalid Transaction", "Transaction is outdated")
    return node.topic.subscribe()


@subscription(notification="demo_broken", unsubscribe="demo_unsubscribeBroken")
async def demo_subscribeBroken(node: Node) -> AsyncIterator[int]:
    yield 1
    raise ZeroDivisionError


Scenario = Callable[["Client", Node, RpcServer], Awaitable[None]]


class Client:
    """A WebSocket that counts its ids."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse) -> None:
        self.websocket = websocket
        self.last = 0

    async def send(self, name: str, *params: Any) -> int:
        self.last += 1
        await self.websocket.send_json({"jsonrpc": "2.0", "id": self.last, "method": name, "params": list(params)})
        return self.last

    async def next(self) -> Any:
        return await self.websocket.receive_json(timeout=5)

    async def call(self, name: str, *params: Any) -> Any:
        id_ = await self.send(name, *params)
        answer = await self.next()
        assert answer["id"] == id_
        return answer.get("result", answer.get("error"))


def talk(
    scenario: Scenario, *, limits: Limits | None = None, compress: bool | None = None, offer: int = 0, **options: Any
) -> None:
    async def run() -> None:
        node = Node()
        methods = Methods.of(node, [sys.modules[__name__]], limits=limits)
        async with (
            RpcServer(methods, ports=(0,), compress=compress) as server,
            aiohttp.ClientSession() as session,
            session.ws_connect(server.url, max_msg_size=0, compress=offer, **options) as websocket,
        ):
            async with asyncio.timeout(20):
                await scenario(Client(websocket), node, server)

    asyncio.run(run())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def test_requests_are_answered_on_one_socket() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        assert await client.call("demo_echo", [1, {"a": None}]) == [1, {"a": None}]
        await client.websocket.send_bytes(b'{"jsonrpc":"2.0","id":"b","method":"demo_echo"}')
        assert await client.next() == {"jsonrpc": "2.0", "id": "b", "result": None}
        await client.websocket.send_str("[" * 5000)
        assert (await client.next())["error"]["code"] == -32700
        await client.websocket.send_str("[]")
        assert (await client.next())["error"]["code"] == -32600

    talk(scenario)


def test_a_call_that_waits_does_not_delay_the_others() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        waiting = await client.send("demo_wait")
        assert await client.call("demo_echo", 1) == 1
        node.gate.set()
        assert await client.next() == {"jsonrpc": "2.0", "id": waiting, "result": "done"}

    talk(scenario)


def test_a_subscriptions_id_comes_before_its_notifications() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        identifier = await client.call("demo_subscribeCount")
        assert len(identifier) == 16
        assert identifier.isalnum()
        for number in range(3):
            params = {"subscription": identifier, "result": number}
            assert await client.next() == {"jsonrpc": "2.0", "method": "demo_count", "params": params}
        assert await client.call("demo_unsubscribeCount", identifier) is False

    talk(scenario)


def test_a_subscription_in_a_batch_starts_after_the_answers() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        request = {"jsonrpc": "2.0", "id": 1, "method": "demo_subscribeAlias", "params": [1]}
        await client.websocket.send_json([request, {**request, "id": 2}])
        answers = await client.next()
        identifiers = {answer["result"] for answer in answers}
        assert {(await client.next())["params"]["subscription"] for _ in range(2)} == identifiers

    talk(scenario)


@pytest.mark.parametrize("name", ["demo_unsubscribeTopic", "demo_unwatch"])
def test_unsubscribing_closes_the_stream_and_says_true_once(name: str) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        identifier = await client.call("demo_subscribeTopic")
        await client.next()
        assert await client.call("demo_unsubscribeCount", identifier) is False
        assert await client.call(name, identifier) is True
        await until(lambda: node.closed == ["topic"])
        assert len(node.topic) == 0
        assert [await client.call(name, wrong) for wrong in (identifier, 7, None)] == [False] * 3
        assert await client.call(name) is False

    talk(scenario)


def test_leaving_closes_the_streams() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        for _ in range(2):
            await client.call("demo_subscribeTopic")
            await client.next()
        await client.websocket.close()
        await until(lambda: node.closed == ["topic"] * 2)
        await until(lambda: server.connections == 0)

    talk(scenario)


def test_a_subscription_may_be_refused_before_it_begins() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        refused = {"code": 1010, "message": "Invalid Transaction", "data": "Transaction is outdated"}
        assert await client.call("demo_subscribeChecked", False) == refused
        identifier = await client.call("demo_subscribeChecked", True)
        node.topic.publish("news")
        assert (await client.next())["params"] == {"subscription": identifier, "result": "news"}

    talk(scenario)


def test_a_stream_that_breaks_ends_alone_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        identifier = await client.call("demo_subscribeBroken")
        await client.next()
        assert await client.call("demo_echo", 1) == 1
        assert await client.call("demo_unsubscribeBroken", identifier) is False

    talk(scenario)
    assert "demo_subscribeBroken failed" in caplog.text


def test_a_connection_has_a_limit_of_subscriptions() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        for _ in range(2):
            identifier = await client.call("demo_subscribeChecked", True)
        expected = {
            "code": -32006,
            "message": "Too many subscriptions on the connection",
            "data": "Exceeded max limit of 2",
        }
        assert await client.call("demo_subscribeChecked", True) == expected
        await client.call("demo_unsubscribeChecked", identifier)
        assert len(await client.call("demo_subscribeChecked", True)) == 16

    talk(scenario, limits=Limits(subscriptions=2))


def test_a_request_over_the_limit_is_refused_and_the_connection_goes_on() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        for text in (" " * 1001, "é" * 501):
            await client.websocket.send_str(text)
            expected = {"code": -32007, "message": "Request is too big", "data": "Exceeded max limit of 1000"}
            assert await client.next() == {"jsonrpc": "2.0", "id": None, "error": expected}
        assert await client.call("demo_echo", 1) == 1

    talk(scenario, limits=Limits(request_bytes=1000))


@pytest.mark.parametrize("compress", [None, True])
def test_a_client_that_offers_deflate_gets_its_megabyte_in_one_frame(compress: bool | None) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        assert bool(client.websocket.compress) is bool(compress)
        assert len(await client.call("demo_big")) == 1_000_000

    talk(scenario, compress=compress, offer=15)


def test_pings_are_sent_and_answered() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        await client.websocket.ping(b"hello")
        pong = await client.websocket.receive(timeout=5)
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"hello")
        ping = await client.websocket.receive(timeout=5)
        assert ping.type is aiohttp.WSMsgType.PING

    talk(scenario, limits=Limits(ping_seconds=0.05), autoping=False)


def test_a_client_that_says_nothing_for_too_long_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        await until(lambda: server.connections == 0)

    talk(scenario, limits=Limits(ping_seconds=0.05, silence_seconds=0.1))
    assert "has sent nothing" in caplog.text


def test_stopping_says_going_away() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        await client.call("demo_subscribeTopic")
        await client.next()
        await client.send("demo_wait")
        stopping = asyncio.create_task(server.stop())
        message = await client.websocket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert client.websocket.close_code == 1001
        await stopping
        assert node.closed == ["topic"]
        assert server.connections == 0

    talk(scenario)


async def stalled_reader(server: RpcServer, name: str) -> asyncio.StreamWriter:
    """Subscribe on a raw socket with a small window, and never read again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0], limit=1024)
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13"
    writer.write(f"GET / HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    text = f'{{"jsonrpc":"2.0","id":1,"method":"{name}"}}'.encode()
    writer.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    await writer.drain()
    return writer


def test_a_reader_that_stalls_is_dropped_and_the_others_are_not_delayed(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        await client.call("demo_subscribeTopic")
        await client.next()
        stalled = await stalled_reader(server, "demo_subscribeTopic")
        await until(lambda: len(node.topic) == 2)
        longest = 0.0
        for number in range(300):
            node.topic.publish([number, "x" * 100_000])
            before = asyncio.get_running_loop().time()
            assert (await client.next())["params"]["result"][0] == number
            longest = max(longest, asyncio.get_running_loop().time() - before)
        assert longest < 0.5
        await until(lambda: server.connections == 1)
        assert node.closed == ["topic"]
        stalled.close()

    with caplog.at_level(logging.WARNING):
        talk(scenario, limits=Limits(stall_seconds=0.3))
    assert "has read nothing" in caplog.text


def test_a_client_that_asks_and_does_not_read_is_dropped() -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        stalled = await stalled_reader(server, "demo_big")
        text = b'{"jsonrpc":"2.0","id":1,"method":"demo_big"}'
        frame = bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text
        stalled.write(frame * 200)
        await until(lambda: server.connections == 2)
        await until(lambda: server.connections == 1)
        stalled.close()

    talk(scenario, limits=Limits(stall_seconds=0.3))


def test_a_subscriber_too_far_behind_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client, node: Node, server: RpcServer) -> None:
        await client.call("demo_subscribeTopic")
        await client.next()
        for number in range(5000):
            node.topic.publish(number)
        await until(lambda: server.connections == 0)

    talk(scenario)
    assert "values behind" in caplog.text
