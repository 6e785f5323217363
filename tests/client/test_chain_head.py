"""The newer JSON-RPC, over WebSocket: following the head, its pins, operations and limits; archive; broadcasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.chain import key_of
from support.process import NodeProcess
from support.socket import Socket, connected
from support.wallet import CONSTRUCT, transfer

from chain.block import Header
from chain.hashing import blake2_256
from chain.scale.hints import decode
from node.rpc.errors import RpcError

ALICE, BOB = key_of("Alice"), key_of("Bob")
CODE = "0x3a636f6465"
SYSTEM = "0x" + CONSTRUCT.accessor("System", "Number").prefix[:16].hex()
NUMBER = "0x" + CONSTRUCT.accessor("System", "Number").prefix.hex()
ACCOUNTS = "0x" + CONSTRUCT.accessor("System", "Account").prefix.hex()
UNKNOWN = "0x" + "12" * 32
LIMIT_REACHED = {"result": "limitReached"}


@pytest.fixture(scope="module")
def node(node: NodeProcess) -> NodeProcess:
    """The devnet with its first block: the genesis has no number in its state."""
    node.call("dev_newBlock")
    return node


@pytest.fixture
def socket(node: NodeProcess) -> Iterator[Socket]:
    with connected(node.url) as opened:
        yield opened


@contextmanager
def answers(code: int) -> Iterator[None]:
    with pytest.raises(RpcError) as caught:
        yield
    assert caught.value.code == code


def follow(socket: Socket, with_runtime: bool = True) -> tuple[str, str]:
    """A subscription whose first events are read, and the finalized block."""
    identifier = socket.call("chainHead_v1_follow", with_runtime)
    return identifier, socket.told(identifier)[0]["finalizedBlockHashes"][-1]


def outcome(socket: Socket, identifier: str, method: str, *params: Any) -> list[Any]:
    """The events of an operation, without its id."""
    started = socket.call(method, identifier, *params)
    assert started["result"] == "started"
    told = socket.told(identifier)
    assert {event.pop("operationId") for event in told} == {started["operationId"]}
    return told


def storage(socket: Socket, identifier: str, block: str, *items: tuple[str, str]) -> list[Any]:
    queries = [{"key": key, "type": kind} for key, kind in items]
    events = outcome(socket, identifier, "chainHead_v1_storage", block, queries, None)
    assert events[-1] == {"event": "operationStorageDone"}
    return [item for event in events[:-1] for item in event["items"]]


def test_it_begins_with_the_finalized_blocks_and_their_runtime(node: NodeProcess, socket: Socket) -> None:
    node.call("dev_newBlock", {"count": 20})
    identifier = socket.call("chainHead_v1_follow", True)

    first, best = socket.told(identifier)

    numbers = [int(node.call("chain_getHeader", block)["number"], 16) for block in first["finalizedBlockHashes"]]
    assert numbers == list(range(numbers[-1] - 15, numbers[-1] + 1))
    assert first["event"] == "initialized"
    assert first["finalizedBlockRuntime"]["type"] == "valid"
    spec = first["finalizedBlockRuntime"]["spec"]
    assert (spec["specName"], spec["apis"]["0xdf6acb689907609b"]) == ("node-subtensor", 5)
    assert best == {"event": "bestBlockChanged", "bestBlockHash": first["finalizedBlockHashes"][-1]}


def test_a_new_block_is_told_then_best_then_final(node: NodeProcess, socket: Socket) -> None:
    identifier, parent = follow(socket)

    made = node.call("dev_newBlock")

    assert socket.told(identifier) == [
        {"event": "newBlock", "blockHash": made, "parentBlockHash": parent, "newRuntime": None},
        {"event": "bestBlockChanged", "bestBlockHash": made},
        {"event": "finalized", "finalizedBlockHashes": [made], "prunedBlockHashes": []},
    ]


def test_blocks_of_a_fork_are_told_and_pruned(node: NodeProcess, socket: Socket) -> None:
    identifier, parent = follow(socket, with_runtime=False)
    left = node.call("engine_createBlock", True, False, parent)["hash"]
    right = node.call("engine_createBlock", True, False, parent)["hash"]
    later = node.call("engine_createBlock", True, False, left)["hash"]
    second = socket.call("chainHead_v1_follow", False)
    begun = socket.told(second)

    node.call("engine_finalizeBlock", later)

    events = socket.told(identifier)
    assert [e["blockHash"] for e in events if e["event"] == "newBlock"] == [left, right, later]
    assert all("newRuntime" not in event for event in events)
    assert events[-1] == {"event": "finalized", "finalizedBlockHashes": [left, later], "prunedBlockHashes": [right]}
    assert [e["blockHash"] for e in begun if e["event"] == "newBlock"] == [left, right, later]
    assert begun[-1] == {"event": "bestBlockChanged", "bestBlockHash": later}
    assert node.call("archive_v1_hashByHeight", int(node.call("chain_getHeader", later)["number"], 16)) == [later]


def test_a_header_a_body_and_a_call_of_a_pinned_block(node: NodeProcess, socket: Socket) -> None:
    node.call("dev_newBlock")
    identifier, block = follow(socket)

    raw = bytes.fromhex(socket.call("chainHead_v1_header", identifier, block)[2:])

    assert decode(Header, raw).hash().hex() == block[2:]
    body = node.call("chain_getBlock", block)["block"]["extrinsics"]
    assert outcome(socket, identifier, "chainHead_v1_body", block) == [{"event": "operationBodyDone", "value": body}]
    called = outcome(socket, identifier, "chainHead_v1_call", block, "Metadata_metadata_versions", "")
    assert called == [{"event": "operationCallDone", "output": "0x080e0000000f000000"}]


def test_a_call_that_fails_is_an_error_of_the_operation(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket)

    (event,) = outcome(socket, identifier, "chainHead_v1_call", block, "Nobody_knows", "0x")

    assert event == {"event": "operationError", "error": "Exported method Nobody_knows is not found"}


def test_storage_has_values_hashes_descendants_and_merkle_values(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket)
    number, code = node.call("state_getStorage", NUMBER, block), node.call("state_getStorage", CODE, block)
    pairs = node.call("state_getPairs", ACCOUNTS, block)
    root = node.call("chain_getHeader", block)["stateRoot"]

    found = storage(
        socket, identifier, block, (NUMBER, "value"), (CODE, "hash"), ("0x", "closestDescendantMerkleValue")
    )

    hashed = "0x" + blake2_256(bytes.fromhex(code[2:])).hex()
    assert found == [
        {"key": NUMBER, "value": number},
        {"key": CODE, "hash": hashed},
        {"key": "0x", "closestDescendantMerkleValue": root},
    ]
    assert storage(socket, identifier, block, (ACCOUNTS, "descendantsValues")) == [
        {"key": key, "value": value} for key, value in pairs
    ]
    hashes = storage(socket, identifier, block, (ACCOUNTS, "descendantsHashes"))
    assert [item["hash"] for item in hashes] == ["0x" + blake2_256(bytes.fromhex(v[2:])).hex() for _, v in pairs]
    assert storage(socket, identifier, block, (UNKNOWN, "value"), (UNKNOWN, "closestDescendantMerkleValue")) == []


def test_many_descendants_wait_for_the_client(node: NodeProcess, socket: Socket) -> None:
    prefix = bytes.fromhex(ACCOUNTS[2:])
    rows = [["0x" + (prefix + n.to_bytes(48, "big")).hex(), "0x" + bytes(80).hex()] for n in range(5000)]
    node.call("dev_setStorage", rows)
    identifier, block = follow(socket)
    query = [{"key": ACCOUNTS + "00" * 40, "type": "descendantsHashes"}]
    started = socket.call("chainHead_v1_storage", identifier, block, query, None)
    first = socket.told(identifier)

    assert first[-1]["event"] == "operationWaitingForContinue"
    assert socket.call("chainHead_v1_continue", identifier, started["operationId"]) is None
    rest = socket.told(identifier)

    assert sum(len(event["items"]) for event in [*first[:-1], *rest[:-1]]) == 5000
    assert rest[-1]["event"] == "operationStorageDone"
    node.call("dev_setStorage", [[key, None] for key, _ in rows])


def test_only_who_was_asked_may_continue(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket)
    assert socket.call("chainHead_v1_continue", identifier, "unknown") is None
    assert socket.call("chainHead_v1_stopOperation", identifier, "unknown") is None
    outcome(socket, identifier, "chainHead_v1_body", block)


def test_an_unpinned_block_is_gone_for_this_subscription_only(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket)
    second, _ = follow(socket)

    assert socket.call("chainHead_v1_unpin", identifier, [block]) is None

    for method, params in (("header", ()), ("body", ()), ("call", ("Core_version", "")), ("storage", ([], None))):
        with answers(-32801):
            socket.call(f"chainHead_v1_{method}", identifier, block, *params)
    with answers(-32801):
        socket.call("chainHead_v1_unpin", identifier, block)
    assert socket.call("chainHead_v1_header", second, block) is not None


def test_unpinning_is_all_or_nothing(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket)

    with answers(-32804):
        socket.call("chainHead_v1_unpin", identifier, [block, block])
    with answers(-32801):
        socket.call("chainHead_v1_unpin", identifier, [block, UNKNOWN])

    assert socket.call("chainHead_v1_header", identifier, block) is not None


def test_a_call_needs_a_subscription_with_runtimes(node: NodeProcess, socket: Socket) -> None:
    identifier, block = follow(socket, with_runtime=False)

    with answers(-32802):
        socket.call("chainHead_v1_call", identifier, block, "Core_version", "")


def test_two_subscriptions_a_connection_and_sixteen_operations_a_subscription(
    node: NodeProcess, socket: Socket
) -> None:
    identifier, block = follow(socket)
    follow(socket)
    with answers(-32800):
        socket.call("chainHead_v1_follow", False)

    items = [{"key": NUMBER, "type": "value"}] * 20
    started = socket.call("chainHead_v1_storage", identifier, block, items, None)

    assert started["discardedItems"] == 4


def test_an_unknown_subscription_is_not_an_error(node: NodeProcess, socket: Socket) -> None:
    best = node.call("chain_getBlockHash")

    assert socket.call("chainHead_v1_header", "nobody", best) is None
    assert socket.call("chainHead_v1_body", "nobody", best) == LIMIT_REACHED
    assert socket.call("chainHead_v1_call", "nobody", best, "Core_version", "") == LIMIT_REACHED
    assert socket.call("chainHead_v1_storage", "nobody", best, [], None) == LIMIT_REACHED
    assert socket.call("chainHead_v1_unpin", "nobody", best) is None
    assert socket.call("chainHead_v1_unfollow", "nobody") is None
    assert node.call("chainHead_v1_header", "over HTTP", best) is None


def test_a_head_set_back_stops_the_subscription(node: NodeProcess, socket: Socket) -> None:
    before = node.call("chain_getBlockHash")
    node.call("dev_newBlock")
    identifier, block = follow(socket)

    node.call("dev_setHead", before)

    assert socket.told(identifier) == [{"event": "stop"}]
    assert socket.call("chainHead_v1_header", identifier, block) is None


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ({"key": "0x00", "type": "nothing"}, "items[0].type"),
        ({"key": "xyz", "type": "value"}, "items[0]"),
        ({"key": "0x00", "type": "value", "paginationStartKey": "0x00"}, "paginationStartKey"),
        ({"key": "0x00", "type": "value", "more": 1}, "`more`"),
    ],
)
def test_a_query_that_cannot_be_read_is_named(
    node: NodeProcess, socket: Socket, item: dict[str, Any], what: str
) -> None:
    identifier, block = follow(socket)

    with pytest.raises(RpcError) as caught:
        socket.call("chainHead_v1_storage", identifier, block, [item], None)

    assert caught.value.code == -32602
    assert what in caught.value.data


def test_the_archive_has_every_block(node: NodeProcess) -> None:
    height = node.call("archive_v1_finalizedHeight")
    (block,) = node.call("archive_v1_hashByHeight", height)

    assert block == node.call("chain_getFinalizedHead")
    assert node.call("archive_v1_hashByHeight", height + 1) == []
    assert (
        node.call("archive_v1_genesisHash")
        == node.call("chainSpec_v1_genesisHash")
        == node.call("chain_getBlockHash", 0)
    )
    assert decode(Header, bytes.fromhex(node.call("archive_v1_header", block)[2:])).number == height
    assert node.call("archive_v1_body", block) == node.call("chain_getBlock", block)["block"]["extrinsics"]
    assert [node.call(f"archive_v1_{name}", UNKNOWN) for name in ("header", "body")] == [None, None]
    called = node.call("archive_v1_call", block, "Metadata_metadata_versions", "0x")
    assert called == {"success": True, "value": "0x080e0000000f000000"}
    assert node.call("archive_v1_call", block, "Nobody_knows", "0x")["success"] is False
    assert node.call("archive_v1_call", UNKNOWN, "Core_version", "0x") is None


def test_the_archive_tells_storage_and_its_pages(node: NodeProcess, socket: Socket) -> None:
    block = node.call("chain_getFinalizedHead")
    keys = node.call("state_getKeys", ACCOUNTS, block)
    items = [
        {"key": NUMBER, "type": "value"},
        {"key": ACCOUNTS, "type": "descendantsHashes", "paginationStartKey": keys[1]},
    ]

    events = socket.told(socket.call("archive_v1_storage", block, items, None))

    assert [event["event"] for event in events] == ["storage"] * (len(keys) - 1) + ["storageDone"]
    assert [event["key"] for event in events[1:-1]] == keys[2:]
    failed = socket.told(socket.call("archive_v1_storage", UNKNOWN, items, None))
    assert failed == [{"event": "storageError", "error": f"Unknown block {UNKNOWN}"}]


def test_the_archive_tells_what_a_block_changed(node: NodeProcess, socket: Socket) -> None:
    extra = "0x" + b"test:key".hex()
    before = node.call("chain_getBlockHash")
    added = node.call("dev_setStorage", [[extra, "0x01"]])
    changed = node.call("dev_setStorage", [[extra, "0x02"]])
    deleted = node.call("dev_setStorage", [[extra, None]])
    queries = [{"key": extra, "returnType": "value"}]

    def differences(block: str, *previous: str) -> list[Any]:
        events = socket.told(socket.call("archive_v1_storageDiff", block, queries, *previous))
        assert events[-1] == {"event": "storageDiffDone"}
        return events[:-1]

    base = {"event": "storageDiff", "key": extra}
    assert differences(added) == [{**base, "value": "0x01", "type": "added"}]
    assert differences(changed) == [{**base, "value": "0x02", "type": "modified"}]
    assert differences(deleted) == [{**base, "value": "0x02", "type": "deleted"}]
    assert differences(deleted, before) == []
    everything = socket.told(socket.call("archive_v1_storageDiff", added, [{"returnType": "hash"}]))
    assert {extra, NUMBER} <= {event.get("key") for event in everything}


def test_a_broadcast_extrinsic_gets_into_a_block(node: NodeProcess, socket: Socket) -> None:
    extrinsic = transfer(node, ALICE, BOB, 10**9)

    operation = socket.call("transaction_v1_broadcast", extrinsic)
    block = node.call("dev_newBlock")

    assert extrinsic in node.call("archive_v1_body", block)
    assert socket.call("transaction_v1_stop", operation) is None
    with answers(-32602):
        socket.call("transaction_v1_stop", operation)


def test_a_client_may_broadcast_sixteen_extrinsics_and_bad_ones_count(node: NodeProcess, socket: Socket) -> None:
    operations = [socket.call("transaction_v1_broadcast", "0x00") for _ in range(17)]

    assert all(operations[:16])
    assert operations[16] is None


def test_the_chain_has_a_name_and_properties(node: NodeProcess) -> None:
    assert node.call("chainSpec_v1_chainName") == "Bittensor"
    assert node.call("chainSpec_v1_properties") == {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}
