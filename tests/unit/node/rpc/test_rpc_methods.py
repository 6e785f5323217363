from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import orjson
import pytest

from chain.errors import StateDiscarded
from node.rpc.connection import HttpCaller
from node.rpc.errors import RpcError, invalid_params
from node.rpc.methods import Limits, Methods, method, parse, subscription

NODE = object()


@method(aliases=("demo_sum",))
def demo_add(node: Any, a: int, b: int = 1) -> int:
    return a + b


@method()
async def demo_later(node: Any, value: Any = None) -> Any:
    await asyncio.sleep(0)
    return value


@method()
def demo_node(node: Any) -> bool:
    return node is NODE


@method()
def demo_bytes(node: Any, length: int) -> dict[str, bytes]:
    return {"data": bytes(length)}


@method()
def demo_break(node: Any) -> None:
    raise ZeroDivisionError


@method()
def demo_discarded(node: Any) -> None:
    raise StateDiscarded("gone")


@method()
def demo_refuse(node: Any) -> None:
    raise RpcError(4242, "No", {"why": "because"})


@method(unsafe=True)
def demo_danger(node: Any) -> str:
    return "done"


@subscription(notification="demo_item", unsubscribe="demo_unsubscribe")
async def demo_subscribe(node: Any) -> AsyncIterator[int]:
    yield 1


THIS = sys.modules[__name__]
HERE = HttpCaller(may_call_unsafe=True)


def ask(payload: Any, *, methods: Methods | None = None, caller: HttpCaller = HERE, **limits: int) -> Any:
    methods = methods or Methods.of(NODE, [THIS], limits=Limits(**limits))
    answer = asyncio.run(methods.respond(payload, caller))
    return orjson.loads(answer) if answer else None


def request(name: str, *params: Any, id_: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "method": name, "params": list(params)}


def error(code: int, message: str, data: Any = None, id_: Any = 1) -> dict[str, Any]:
    body = {"code": code, "message": message} | ({"data": data} if data is not None else {})
    return {"jsonrpc": "2.0", "id": id_, "error": body}


def result(value: Any, id_: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "result": value}


def test_the_functions_name_and_its_aliases_are_the_method() -> None:
    assert ask(request("demo_add", 2, 3)) == result(5)
    assert ask(request("demo_sum", 2)) == result(3)
    assert ask(request("demo_node")) == result(True)
    assert ask(request("demo_later", [1])) == result([1])


def test_rpc_methods_lists_every_name_sorted() -> None:
    names = ask(request("rpc_methods"))["result"]["methods"]

    assert names == sorted(names)
    assert {"rpc_methods", "demo_add", "demo_sum", "demo_danger", "demo_subscribe", "demo_unsubscribe"} <= set(names)


@pytest.mark.parametrize("id_", [0, 7, "cM38", None])
def test_the_id_is_echoed_unchanged(id_: Any) -> None:
    assert ask(request("demo_add", 1, id_=id_)) == result(2, id_)


def test_a_notification_is_executed_and_not_answered() -> None:
    assert ask({"jsonrpc": "2.0", "method": "demo_add", "params": [1]}) is None
    assert ask({"jsonrpc": "2.0", "method": "demo_refuse"}) is None


def test_missing_null_and_named_params_are_accepted() -> None:
    assert ask({"jsonrpc": "2.0", "id": 1, "method": "demo_node"}) == result(True)
    assert ask({"jsonrpc": "2.0", "id": 1, "method": "demo_node", "params": None}) == result(True)
    assert ask({"jsonrpc": "2.0", "id": 1, "method": "demo_add", "params": {"b": 4, "a": 1}}) == result(5)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (request("demo_nothing"), error(-32601, "Method not found")),
        (request("demo_add", "x"), error(-32602, "Invalid params", "`a`: expected a whole number, not negative")),
        (request("demo_break"), error(-32603, "Internal error")),
        (request("demo_discarded"), error(-32603, "Internal error")),
        (request("demo_refuse"), error(4242, "No", {"why": "because"})),
        (request("demo_subscribe"), error(-32603, "Internal error", "subscriptions need a WebSocket")),
        (1, error(-32600, "Invalid request", id_=None)),
        ({}, error(-32600, "Invalid request", id_=None)),
        ({"id": 5}, error(-32600, "Invalid request", id_=5)),
        ({"jsonrpc": "1.0", "id": 5, "method": "demo_node"}, error(-32600, "Invalid request", id_=5)),
        ({"jsonrpc": "2.0", "id": [], "method": "demo_node"}, error(-32600, "Invalid request", id_=None)),
        ({"jsonrpc": "2.0", "id": 5, "method": 3}, error(-32600, "Invalid request", id_=5)),
        ([], error(-32600, "Invalid request", id_=None)),
    ],
)
def test_what_cannot_be_answered_gets_jsonrpsees_error(payload: Any, expected: Any) -> None:
    assert ask(payload) == expected


def test_a_broken_method_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        ask(request("demo_break"))

    assert "demo_break failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_errors_of_the_chain_can_be_translated_in_one_place() -> None:
    methods = Methods.of(NODE, [THIS], translate=lambda error: RpcError(4003, f"Client error: {error}"))

    assert ask(request("demo_discarded"), methods=methods) == error(4003, "Client error: gone")


def test_a_batch_is_answered_in_its_order_without_the_notifications() -> None:
    batch = [request("demo_later", 1), {"jsonrpc": "2.0", "method": "demo_node"}, 7, request("demo_add", 1, id_="b")]

    assert ask(batch) == [result(1), error(-32600, "Invalid request", id_=None), result(2, "b")]


def test_a_batch_of_notifications_is_not_answered() -> None:
    assert ask([{"jsonrpc": "2.0", "method": "demo_node"}]) is None


def test_batches_and_answers_have_limits() -> None:
    big, node = request("demo_bytes", 1000), request("demo_node")

    assert ask([node] * 3, batch_requests=2) == error(
        -32010, "The batch request was too large", "Exceeded max limit of 2", None
    )
    assert ask(big, response_bytes=500) == error(-32008, "Response is too big", "Exceeded max limit of 500")
    assert ask([node] * 30, response_bytes=500) == error(
        -32011, "The batch response was too large", "Exceeded max limit of 500", None
    )


def test_bytes_in_a_result_become_hexadecimal() -> None:
    assert ask(request("demo_bytes", 2)) == result({"data": "0x0000"})


def test_unsafe_methods_are_for_those_who_may() -> None:
    assert ask(request("demo_danger")) == result("done")
    assert ask(request("demo_danger"), caller=HttpCaller(may_call_unsafe=False)) == error(
        -32601, "RPC call is unsafe to be called externally"
    )


@pytest.mark.parametrize("text", ["", "{", '{"a":}', "[" * 100_000, '{"a":' * 50_000, b"\xff"])
def test_what_is_not_json_is_a_parse_error(text: str | bytes) -> None:
    with pytest.raises(RpcError) as refused:
        parse(text)

    assert refused.value.to_json() == {"code": -32700, "message": "Parse error"}


def test_a_name_may_be_taken_once() -> None:
    twin = ModuleType("twin")

    @method(aliases=("demo_add",))
    def other(node: Any) -> None: ...

    other.__module__ = "twin"
    twin.other = other  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match="demo_add is defined twice"):
        Methods.of(NODE, [THIS, twin])


def test_an_imported_function_belongs_to_its_own_module() -> None:
    borrower = ModuleType("borrower")
    borrower.demo_add = demo_add  # type: ignore[attr-defined]

    assert Methods.of(NODE, [borrower]).names == ["rpc_methods"]


def test_an_error_without_data_has_no_data_key() -> None:
    assert invalid_params("x").to_json()["data"] == "x"
    assert "data" not in RpcError(1, "x").to_json()
