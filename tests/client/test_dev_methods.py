"""`dev_*` and `engine_*`: what moves a devnet about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure, running
from support.wallet import CONSTRUCT, transfer

ALICE, BOB = key_of("Alice"), key_of("Bob")
NOW_KEY = "0x" + CONSTRUCT.accessor("Timestamp", "Now").prefix.hex()
SUDO_KEY = "0x" + CONSTRUCT.accessor("Sudo", "Key").prefix.hex()


def height(node: NodeProcess) -> int:
    return int(node.call("chain_getHeader")["number"], 16)


def free(node: NodeProcess, who: bytes, block: str | None = None) -> int:
    key = "0x" + CONSTRUCT.accessor("System", "Account").key(who).hex()
    raw = node.call("state_getStorage", key, block)
    return 0 if raw is None else int.from_bytes(bytes.fromhex(raw[2:])[16:24], "little")


def test_new_block_makes_one_or_many(node: NodeProcess) -> None:
    before = height(node)

    node.call("dev_newBlock")
    last = node.call("dev_newBlock", {"count": 3})

    assert height(node) == before + 4
    assert node.call("chain_getBlockHash") == last


def test_new_block_goes_up_to_a_number(node: NodeProcess) -> None:
    node.call("dev_newBlock", {"to": height(node) + 5})

    with pytest.raises(RpcFailure, match="at least 0"):
        node.call("dev_newBlock", {"to": height(node) - 1})


def test_new_block_holds_the_transactions_it_is_given(node: NodeProcess) -> None:
    before = free(node, BOB.account)

    node.call("dev_newBlock", {"transactions": [transfer(node, ALICE, BOB, 7 * 10**9)]})

    assert free(node, BOB.account) == before + 7 * 10**9


def test_new_block_refuses_a_transaction_that_may_not_be_included_and_makes_no_block(node: NodeProcess) -> None:
    before = height(node)

    with pytest.raises(RpcFailure, match="BadProof"):
        node.call("dev_newBlock", {"transactions": [transfer(node, ALICE, BOB, 1, damage=True)]})

    assert height(node) == before


@pytest.mark.parametrize("field", ["count", "to", "unsafeBlockHeight"])
def test_new_block_names_the_field_that_is_no_number(node: NodeProcess, field: str) -> None:
    with pytest.raises(RpcFailure, match=field) as failure:
        node.call("dev_newBlock", {field: "many"})

    assert failure.value.code == -32602


def test_a_block_may_jump_to_a_height(node: NodeProcess) -> None:
    target = height(node) + 1000

    node.call("dev_newBlock", {"unsafeBlockHeight": target})
    node.call("dev_newBlock")

    assert height(node) == target + 1
    assert node.call("chain_getBlockHash", target - 1) is None


def test_time_travel_sets_the_time_of_the_next_block(node: NodeProcess) -> None:
    node.call("dev_timeTravel", "2031-05-05T00:00:00Z")
    node.call("dev_newBlock")
    now = int.from_bytes(bytes.fromhex(node.call("state_getStorage", NOW_KEY)[2:]), "little")

    assert 0 <= now - 1_935_705_600_000 < 60_000
    with pytest.raises(RpcFailure, match="not after the last block's time"):
        node.call("dev_timeTravel", 5)


def test_set_storage_takes_raw_pairs_and_null_removes(node: NodeProcess) -> None:
    node.call("dev_setStorage", [["0x3a66726f67", "0x01"]])
    assert node.call("state_getStorage", "0x3a66726f67") == "0x01"

    node.call("dev_setStorage", [["0x3a66726f67", None]])
    assert node.call("state_getStorage", "0x3a66726f67") is None


def test_set_storage_takes_values_by_pallet_and_item(node: NodeProcess) -> None:
    carol = key_of("Carol")

    node.call(
        "dev_setStorage",
        {
            "System": {"Account": [[[carol.address], {"providers": 1, "data": {"free": 123_000_000_000}}]]},
            "Sudo": {"Key": BOB.address},
        },
    )

    assert free(node, carol.account) == 123_000_000_000
    assert node.call("state_getStorage", SUDO_KEY) == "0x" + BOB.account.hex()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Nope": {"Key": 1}}, "no pallet Nope"),
        ({"Sudo": {"Keys": 1}}, "Sudo has no storage item Keys"),
        ({"System": {"Number": "many"}}, "System.Number: 'many' is not a whole number"),
        ({"System": {"Account": [[["5xyz"], {}]]}}, "System.Account"),
        ({"System": {"Account": [[[ALICE.address], {"nonces": 1}]]}}, "no field 'nonces'"),
        ([["0xzz", "0x00"]], "hexadecimal"),
    ],
)
def test_set_storage_names_what_does_not_fit(node: NodeProcess, values: object, words: str) -> None:
    with pytest.raises(RpcFailure, match=words) as failure:
        node.call("dev_setStorage", values)

    assert failure.value.code == -32602


def test_set_head_goes_back_to_a_block_and_on_from_there(node: NodeProcess) -> None:
    node.call("dev_newBlock", {"count": 3})
    start, old = height(node), node.call("chain_getBlockHash")

    back = node.call("dev_setHead", -2)
    assert (height(node), node.call("chain_getFinalizedHead")) == (start - 2, back)
    node.call("dev_newBlock", {"count": 2})

    assert height(node) == start
    assert node.call("chain_getBlockHash", start) != old
    assert node.call("chain_getBlock", old) is not None
    assert node.call("dev_setHead", old) == old
    assert node.call("chain_getBlockHash", start) == old


def test_engine_makes_a_block_and_finalizes_it_later(node: NodeProcess) -> None:
    made = node.call("engine_createBlock", True, False)

    assert made["aux"]["is_new_best"] is True
    assert node.call("chain_getFinalizedHead") != made["hash"]
    assert node.call("engine_finalizeBlock", made["hash"]) is True
    assert node.call("chain_getFinalizedHead") == made["hash"]


def test_engine_does_not_make_an_empty_block_unless_asked(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure, match="Transaction pool is empty"):
        node.call("engine_createBlock", False, True)


def test_a_chain_that_is_live_is_not_written_by_hand(folder: Path) -> None:
    from support.process import taonet

    spec = json.loads(taonet("build-spec").stdout)
    spec["chainType"] = "Live"
    (folder / "live.json").write_text(json.dumps(spec))

    with running(folder, "--chain", str(folder / "live.json"), "--sealing", "manual") as live:
        live.call("dev_newBlock")
        with pytest.raises(RpcFailure, match="may not be written by hand"):
            live.call("dev_setStorage", [["0x00", "0x00"]])
