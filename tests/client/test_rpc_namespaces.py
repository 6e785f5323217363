"""Every method of the node over HTTP, on a chain with something in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure
from support.wallet import CONSTRUCT, encode_call, sign, transfer

from chain.block import Header
from chain.hashing import blake2_256
from chain.scale.hints import decode
from chain.trie.proof import verify_proof
from chain.types import Digest, DigestItem

ALICE, BOB = key_of("Alice"), key_of("Bob")
ACCOUNTS = CONSTRUCT.accessor("System", "Account")
ACCOUNT_PREFIX = "0x" + ACCOUNTS.prefix.hex()
ALICE_KEY = "0x" + ACCOUNTS.key(ALICE.account).hex()
NUMBER_KEY = "0x" + CONSTRUCT.accessor("System", "Number").prefix.hex()
UNKNOWN = "0x" + "12" * 32


@pytest.fixture(autouse=True, scope="module")
def history(node: NodeProcess) -> None:
    """Six blocks, the third with a transfer."""
    node.call("dev_newBlock", {"count": 2})
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 10**9))
    node.call("dev_newBlock", {"count": 4})


def test_a_header_hashes_to_the_blocks_hash(node: NodeProcess) -> None:
    block = node.call("chain_getBlockHash", 3)
    told = node.call("chain_getHeader", block)

    logs = tuple(decode(DigestItem, bytes.fromhex(log[2:])) for log in told["digest"]["logs"])
    roots = [bytes.fromhex(told[name][2:]) for name in ("parentHash", "stateRoot", "extrinsicsRoot")]
    header = Header(roots[0], int(told["number"], 16), roots[1], roots[2], Digest(logs))  # type: ignore[arg-type]

    assert told["number"] == "0x3"
    assert header.hash().hex() == block[2:]


def test_a_block_has_the_extrinsics_that_were_submitted(node: NodeProcess) -> None:
    block = node.call("chain_getBlock", node.call("chain_getBlockHash", 3))

    assert block["justifications"] is None
    time, key, _ = block["block"]["extrinsics"]
    assert time.startswith("0x280502000b")
    assert key.startswith("0x9912051e00018112")


def test_hashes_are_given_by_number_by_list_and_for_the_head(node: NodeProcess) -> None:
    best = node.call("chain_getBlockHash")

    assert node.call("chain_getHead") == best == node.call("chain_getBlockHash", None)
    assert node.call("chain_getBlockHash", "0x6") == best
    assert node.call("chain_getBlockHash", [0, 6, 99]) == [node.call("chain_getBlockHash", 0), best, None]
    assert node.call("chain_getFinalizedHead") == best == node.call("chain_getFinalisedHead")


def test_unknown_blocks_are_null_where_there_may_be_none(node: NodeProcess) -> None:
    assert node.call("chain_getHeader", UNKNOWN) is None
    assert node.call("chain_getBlock", UNKNOWN) is None
    assert node.call("chain_getBlockHash", 10**15) is None


@pytest.mark.parametrize("method", ["state_getStorage", "state_getKeys", "state_getPairs", "state_getStorageSize"])
def test_the_state_of_an_unknown_block_is_an_error(node: NodeProcess, method: str) -> None:
    with pytest.raises(RpcFailure, match="UnknownBlock") as failure:
        node.call(method, NUMBER_KEY, UNKNOWN)

    assert failure.value.code == 4003


def test_storage_is_read_at_any_block(node: NodeProcess) -> None:
    assert node.call("state_getStorage", NUMBER_KEY) == "0x06000000"
    assert node.call("state_getStorageAt", NUMBER_KEY, node.call("chain_getBlockHash", 2)) == "0x02000000"
    assert node.call("state_getStorage", "0x00") is None


def test_a_value_has_a_hash_and_a_size_and_a_prefix_has_a_size(node: NodeProcess) -> None:
    value = bytes.fromhex(node.call("state_getStorage", ALICE_KEY)[2:])

    assert node.call("state_getStorageHash", ALICE_KEY) == "0x" + blake2_256(value).hex()
    assert node.call("state_getStorageSize", ALICE_KEY) == 56
    assert node.call("state_getStorageSize", ACCOUNT_PREFIX) == 56 * 13
    assert node.call("state_getStorageHash", "0x00") is None
    assert node.call("state_getStorageSize", "0x00ff") is None


def test_keys_come_in_order_and_by_pages(node: NodeProcess) -> None:
    keys = node.call("state_getKeys", ACCOUNT_PREFIX)
    pages, last = [], ACCOUNT_PREFIX
    while page := node.call("state_getKeysPaged", ACCOUNT_PREFIX, 4, last, None):
        pages.append(page)
        last = page[-1]

    assert keys == sorted(keys)
    assert [key for page in pages for key in page] == keys
    assert [len(page) for page in pages] == [4, 4, 4, 1]
    assert [key for key, _ in node.call("state_getPairs", ACCOUNT_PREFIX)] == keys


def test_a_page_of_too_many_keys_is_refused(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure, match="count exceeds maximum value") as failure:
        node.call("state_getKeysPaged", ACCOUNT_PREFIX, 1001)

    assert failure.value.code == 4002


def test_values_are_queried_at_a_block_and_over_a_range(node: NodeProcess) -> None:
    first, last = node.call("chain_getBlockHash", 2), node.call("chain_getBlockHash", 4)

    at = node.call("state_queryStorageAt", [NUMBER_KEY, "0x00"], first)
    over = node.call("state_queryStorage", [ALICE_KEY, NUMBER_KEY], first, last)

    assert at == [{"block": first, "changes": [[NUMBER_KEY, "0x02000000"], ["0x00", None]]}]
    assert [len(row["changes"]) for row in over] == [2, 2, 1]
    with pytest.raises(RpcFailure, match="Cannot resolve a block range"):
        node.call("state_queryStorage", [ALICE_KEY], last, first)


def test_a_proof_convinces_a_stranger_who_knows_the_state_root(node: NodeProcess) -> None:
    block = node.call("chain_getBlockHash", 3)
    root = bytes.fromhex(node.call("chain_getHeader", block)["stateRoot"][2:])

    answer = node.call("state_getReadProof", [ALICE_KEY, "0x00"], block)
    proof = [bytes.fromhex(entry[2:]) for entry in answer["proof"]]

    assert answer["at"] == block
    assert (
        verify_proof(root, proof, bytes.fromhex(ALICE_KEY[2:])).hex()
        == (  # type: ignore[union-attr]
            node.call("state_getStorage", ALICE_KEY, block)[2:]
        )
    )
    assert verify_proof(root, proof, b"\0") is None


def test_runtime_calls_take_data_with_and_without_prefix(node: NodeProcess) -> None:
    with_prefix = node.call("state_call", "AccountNonceApi_account_nonce", "0x" + ALICE.account.hex())

    assert with_prefix == node.call("state_call", "AccountNonceApi_account_nonce", ALICE.account.hex()) == "0x01000000"
    assert node.call("state_call", "Metadata_metadata_versions", "") == "0x080e0000000f000000"
    assert node.call("state_call", "Metadata_metadata_at_version", "63000000", None) == "0x00"


def test_an_unknown_runtime_call_has_the_text_that_clients_look_for(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure) as failure:
        node.call("state_call", "Metadata_metadata_at_versions", "0x0f000000")

    assert failure.value.message == (
        "Client error: Execution failed: Other: Exported method Metadata_metadata_at_versions is not found"
    )


def test_arguments_of_a_runtime_call_that_do_not_fit_are_named(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure, match="account: 32 bytes needed, 1 remain"):
        node.call("state_call", "AccountNonceApi_account_nonce", "0x00")


def test_metadata_and_version_are_there_at_any_block(node: NodeProcess) -> None:
    genesis = node.call("chain_getBlockHash", 0)

    version = node.call("state_getRuntimeVersion", genesis)

    assert node.call("state_getMetadata", genesis).startswith("0x6d6574610e")
    assert (version["specName"], version["specVersion"], version["stateVersion"]) == ("node-subtensor", 425, 1)
    assert ["0xdf6acb689907609b", 5] in version["apis"]
    assert node.call("chain_getRuntimeVersion") == version


def test_an_estimated_fee_is_the_fee_that_is_paid(node: NodeProcess) -> None:
    extrinsic = transfer(node, BOB, ALICE, 5)
    before = int.from_bytes(
        bytes.fromhex(node.call("state_getStorage", "0x" + ACCOUNTS.key(BOB.account).hex())[2:])[16:24], "little"
    )

    info = node.call("payment_queryInfo", extrinsic)
    details = node.call("payment_queryFeeDetails", extrinsic)["inclusionFee"]
    node.call("author_submitExtrinsic", extrinsic)
    node.call("dev_newBlock")
    after = int.from_bytes(
        bytes.fromhex(node.call("state_getStorage", "0x" + ACCOUNTS.key(BOB.account).hex())[2:])[16:24], "little"
    )

    assert before - after - 5 == int(info["partialFee"]) == sum(int(part, 16) for part in details.values())
    assert info["class"] == "normal"


def test_the_fee_of_bytes_that_are_no_extrinsic_is_an_error(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure, match=r"Unable to query dispatch info\.") as failure:
        node.call("payment_queryInfo", "0x1234")

    assert "extrinsic" in failure.value.data


def test_a_nonce_counts_what_waits_in_the_pool(node: NodeProcess) -> None:
    nonce = node.call("system_accountNextIndex", ALICE.address)

    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1, nonce=nonce))
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1, nonce=nonce + 1))

    assert node.call("account_nextIndex", ALICE.address) == nonce + 2
    assert len(node.call("author_pendingExtrinsics")) == 2
    node.call("dev_newBlock")
    with pytest.raises(RpcFailure, match="not a base58 digit"):
        node.call("system_accountNextIndex", "5Alice0")


def test_a_dry_run_tells_the_outcome_and_changes_nothing(node: NodeProcess) -> None:
    before = node.call("chain_getHeader")["stateRoot"]
    too_much = sign(node, ALICE, encode_call("Balances.transfer_keep_alive", dest=BOB, value=2 * 10**15))

    assert node.call("system_dryRun", transfer(node, ALICE, BOB, 1)) == "0x0000"
    assert node.call("system_dryRun", too_much) == "0x00010700"
    assert node.call("system_dryRun", transfer(node, ALICE, BOB, 1, damage=True)) == "0x010004"
    assert node.call("chain_getHeader")["stateRoot"] == before


def test_an_extrinsic_can_be_taken_out_of_the_pool(node: NodeProcess) -> None:
    waiting = node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 42))

    assert node.call("author_removeExtrinsic", [{"hash": waiting}]) == [waiting]
    assert node.call("author_pendingExtrinsics") == []


def test_keys_are_made_inserted_and_found(node: NodeProcess) -> None:
    made = node.call("author_rotateKeys")
    carol = key_of("Carol")

    node.call("author_insertKey", "aura", "//Carol", "0x" + carol.public.hex())

    assert node.call("author_hasSessionKeys", made) is True
    assert node.call("author_hasKey", "0x" + carol.public.hex(), "aura") is True
    assert node.call("author_hasKey", "0x" + BOB.public.hex(), "aura") is False
    with pytest.raises(RpcFailure, match="does not give that public key"):
        node.call("author_insertKey", "aura", "//Dave", "0x" + carol.public.hex())
    with pytest.raises(RpcFailure, match="Key type unknown"):
        node.call("author_insertKey", "babe", "//Dave", "0x" + carol.public.hex())


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("system_name", "taonet"),
        ("system_version", "0.1.0"),
        ("system_chain", "Bittensor"),
        ("system_chainType", "Local"),
        ("system_properties", {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}),
        ("system_health", {"peers": 0, "isSyncing": False, "shouldHavePeers": False}),
        ("system_peers", []),
        ("system_reservedPeers", []),
        ("system_localListenAddresses", []),
        ("system_nodeRoles", ["Authority"]),
    ],
)
def test_the_node_tells_who_it_is(node: NodeProcess, method: str, expected: Any) -> None:
    assert node.call(method) == expected


def test_the_node_has_a_peer_id_and_a_sync_state(node: NodeProcess) -> None:
    best = int(node.call("chain_getHeader")["number"], 16)

    assert node.call("system_localPeerId").startswith("12D3KooW")
    assert node.call("system_syncState") == {"startingBlock": 0, "currentBlock": best, "highestBlock": best}


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("childstate_getKeys", ["0x00", "0x"], []),
        ("childstate_getKeysPaged", ["0x00", "0x", 10], []),
        ("childstate_getStorage", ["0x00", "0x00"], None),
        ("childstate_getStorageEntries", ["0x00", ["0x00", "0x01"]], [None, None]),
        ("childstate_getStorageHash", ["0x00", "0x00"], None),
        ("childstate_getStorageSize", ["0x00", "0x00"], None),
    ],
)
def test_child_tries_are_empty(node: NodeProcess, method: str, params: list[Any], expected: Any) -> None:
    assert node.call(method, *params) == expected


def test_every_method_is_listed_and_every_listed_method_exists(node: NodeProcess) -> None:
    methods = node.call("rpc_methods")["methods"]

    for name in ("chain_subscribeNewHead", "account_nextIndex", "state_getKeysPaged", "author_unwatchExtrinsic"):
        assert name in methods
    for name in methods:
        if "ubscribe" not in name and name != "author_rotateKeys":
            answer = node.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": name, "params": [None] * 40}).encode())
            assert answer.get("error", {}).get("code") != -32601, name


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b"7", -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"no_such","params":[]}', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":["0x12"]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":[null,null]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":[]}', -32602),
    ],
    ids=["not JSON", "deep", "empty batch", "number", "unknown", "short hash", "too many", "too few"],
)
def test_requests_that_cannot_be_answered_have_their_codes(node: NodeProcess, body: bytes, code: int) -> None:
    assert node.post(body)["error"]["code"] == code
    assert node.call("system_chain") == "Bittensor"
