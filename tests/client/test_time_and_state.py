"""`dev_*` over RPC: epochs, leaps, snapshots, TAO for accounts, mock signatures, sealing, dry runs."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of
from support.loopback import beyond_loopback
from support.process import NodeProcess, RpcFailure, running
from support.wallet import CONSTRUCT, transfer

from node.values.given import dev_key

TAO = 10**9
ALICE, BOB = key_of("Alice"), key_of("Bob")
DEV = (
    "advanceEpoch",
    "dryRun",
    "fund",
    "impersonate",
    "newBlock",
    "revert",
    "setHead",
    "setSealing",
    "setStorage",
    "snapshot",
    "snapshots",
    "timeTravel",
)
"""Every method that moves a devnet about."""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    folder = tmp_path_factory.mktemp("node")
    with running(folder, "--scenario", "two-subnets", "--sealing", "manual") as started:
        yield started


@pytest.fixture(autouse=True)
def undone(node: NodeProcess) -> Iterator[None]:
    snapshot = node.call("dev_snapshot")
    yield
    node.call("dev_revert", snapshot)
    node.call("dev_setSealing", "manual")


def height(node: NodeProcess) -> int:
    return int(node.call("chain_getHeader")["number"], 16)


def stored(node: NodeProcess, pallet: str, item: str, *keys: Any) -> int:
    """A stored number, 0 where nothing is stored."""
    raw = node.call("state_getStorage", "0x" + CONSTRUCT.accessor(pallet, item).key(*keys).hex())
    return 0 if raw is None else int.from_bytes(bytes.fromhex(raw[2:]), "little")


def free(node: NodeProcess, uri: str) -> int:
    raw = node.call("state_getStorage", "0x" + CONSTRUCT.accessor("System", "Account").key(dev_key(uri).account).hex())
    return 0 if raw is None else int.from_bytes(bytes.fromhex(raw[2:])[16:24], "little")


def economy(node: NodeProcess) -> list[int]:
    """What epochs and blocks change, and the clock does not."""
    items = ("SubnetEpochIndex", "SubnetTAO", "SubnetAlphaIn", "SubnetAlphaOut", "PendingServerEmission")
    of_subnets = [stored(node, "SubtensorModule", item, netuid) for item in items for netuid in (1, 2)]
    return [stored(node, "Balances", "TotalIssuance"), *of_subnets]


# -- time


def test_epochs_are_gone_on_to(node: NodeProcess) -> None:
    before = stored(node, "SubtensorModule", "SubnetEpochIndex", 1)

    assert node.call("dev_advanceEpoch", 1) == node.call("chain_getBlockHash")
    assert stored(node, "SubtensorModule", "SubnetEpochIndex", 1) == before + 1

    node.call("dev_advanceEpoch", 1, 3)
    assert stored(node, "SubtensorModule", "SubnetEpochIndex", 1) == before + 4


def test_a_leap_stops_for_what_is_due_and_leaves_nothing_out(node: NodeProcess) -> None:
    target = height(node) + 40
    snapshot = node.call("dev_snapshot")
    node.call("dev_newBlock", {"to": target})
    walked = economy(node)
    node.call("dev_revert", snapshot)
    assert economy(node) != walked

    node.call("dev_newBlock", {"to": target, "jump": True})

    assert economy(node) == walked


def test_years_without_anything_due_are_leapt_over(folder: Path) -> None:
    with running(folder, "--scenario", "bare", "--sealing", "manual") as bare:
        bare.call("dev_newBlock")
        before = stored(bare, "Timestamp", "Now")

        bare.call("dev_newBlock", {"to": 1 + 2_628_000, "jump": True})

        assert height(bare) == 1 + 2_628_000
        assert 0 <= stored(bare, "Timestamp", "Now") - (before + 2_627_999 * 250) < 60_000
        bare.call("dev_newBlock")


# -- snapshots


def test_going_back_takes_chain_pool_and_clock_along(node: NodeProcess) -> None:
    node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, TAO))
    head, waiting = node.call("chain_getBlockHash"), node.call("author_pendingExtrinsics")
    snapshot = node.call("dev_snapshot", "mine")

    node.call("dev_timeTravel", "2099-01-01")
    node.call("dev_newBlock", {"count": 3})
    assert node.call("author_pendingExtrinsics") == []
    assert node.call("dev_revert", snapshot) == head

    assert node.call("chain_getBlockHash") == head
    assert node.call("author_pendingExtrinsics") == waiting
    node.call("dev_newBlock")
    assert stored(node, "Timestamp", "Now") < 4_000_000_000_000


def test_snapshots_are_listed_and_those_taken_later_go_too(node: NodeProcess) -> None:
    first = [snapshot["id"] for snapshot in node.call("dev_snapshots")]
    node.call("dev_snapshot", "outer")
    number = height(node)
    node.call("dev_newBlock")
    node.call("dev_snapshot", "inner")
    assert node.call("dev_snapshots")[len(first) :] == [
        {"id": "outer", "number": number},
        {"id": "inner", "number": number + 1},
    ]

    node.call("dev_revert", "outer")

    assert [snapshot["id"] for snapshot in node.call("dev_snapshots")] == first
    with pytest.raises(RpcFailure, match="snapshot outer was used"):
        node.call("dev_revert", "outer")
    with pytest.raises(RpcFailure, match="snapshot inner went with outer"):
        node.call("dev_revert", "inner")


def test_a_snapshot_outlives_a_thousand_blocks_and_subscribers_hear_of_going_back(node: NodeProcess) -> None:
    head = node.call("chain_getBlockHash")
    snapshot = node.call("dev_snapshot")
    node.call("dev_newBlock", {"count": 1000})

    node.call("dev_revert", snapshot)

    assert node.call("chain_getFinalizedHead") == node.call("chain_getBlockHash") == head


def test_a_snapshot_whose_state_was_pruned_is_refused_and_nothing_changes(folder: Path) -> None:
    base = str(folder / "chain")
    with running(folder, "--sealing", "manual", "--base-path", base, "--state-pruning", "4") as pruned:
        pruned.call("dev_newBlock")
        snapshot = pruned.call("dev_snapshot")
        pruned.call("dev_newBlock", {"count": 20})
        head = pruned.call("chain_getBlockHash")

        with pytest.raises(RpcFailure, match="discarded"):
            pruned.call("dev_revert", snapshot)

        assert pruned.call("chain_getBlockHash") == head
        pruned.call("dev_newBlock")
        assert pruned.process.poll() is None


# -- accounts


def test_an_account_is_funded_within_the_cap(node: NodeProcess) -> None:
    issued = stored(node, "Balances", "TotalIssuance")

    node.call("dev_fund", "//Zoe", 5 * TAO)

    assert free(node, "//Zoe") == 5 * TAO
    assert stored(node, "Balances", "TotalIssuance") == issued + 5 * TAO + TAO  # a block pays one
    height_before = height(node)
    with pytest.raises(RpcFailure, match="pass the cap of 21000000000000000"):
        node.call("dev_fund", "//Zoe", 21 * 10**15)
    assert height(node) == height_before


def test_a_mock_signature_counts_only_while_its_account_is_impersonated(node: NodeProcess) -> None:
    def send(amount: int) -> None:
        node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, amount, mock=True))
        node.call("dev_newBlock")

    with pytest.raises(RpcFailure, match="bad signature"):
        send(1)

    node.call("dev_impersonate", dev_key("//Bob").address)
    before = free(node, "//Bob")
    send(TAO)
    assert free(node, "//Bob") < before - TAO

    node.call("dev_impersonate", dev_key("//Bob").address, False)
    with pytest.raises(RpcFailure, match="bad signature"):
        send(2)
    node.call("dev_impersonate")
    send(3 * TAO)
    assert free(node, "//Bob") < before - 4 * TAO


# -- sealing


def test_sealing_is_changed_while_it_runs(node: NodeProcess) -> None:
    assert node.call("dev_setSealing", "instant") == "manual"
    number = height(node)
    node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, TAO))
    node.wait_for_block(number + 1)

    assert node.call("dev_setSealing", 20) == "instant"
    node.wait_for_block(number + 4)

    assert node.call("dev_setSealing", "manual") == "20"
    stopped = height(node)
    node.call("dev_newBlock")
    assert height(node) == stopped + 1


# -- dry runs


def test_a_dry_run_tells_outcome_fee_events_and_changes(node: NodeProcess) -> None:
    head, before = node.call("chain_getBlockHash"), free(node, "//Bob")
    asked = transfer(node, BOB, ALICE, 7 * TAO)

    told = node.call("dev_dryRun", asked)

    assert (told["outcome"], told["error"]) == ("success", None)
    rows = {row["key"][0]: row for row in told["storage"]["System"]["Account"]}
    after = int(rows[dev_key("//Bob").address]["after"]["data"]["free"])
    assert after == before - 7 * TAO - int(told["fee"])
    assert [event["name"] for event in told["events"]].count("Transfer") == 1
    assert node.call("chain_getBlockHash") == head

    node.call("dev_newBlock", {"transactions": [asked]})
    assert free(node, "//Bob") == after


def test_a_dry_run_that_fails_tells_the_error_its_doc_and_the_line(node: NodeProcess) -> None:
    args = {"hotkey": dev_key("//Validator1_hk").address, "netuid": 1, "amount_staked": 1}
    call = {"pallet": "SubtensorModule", "name": "add_stake", "args": args}

    told = node.call("dev_dryRun", {"call": call, "address": "//Bob"})

    assert told["outcome"] == "failed"
    error = told["error"]
    assert (error["pallet"], error["name"]) == ("SubtensorModule", "AmountTooLow")
    assert len(error["doc"]) > 10
    path, line = error["raised_at"]["file"], error["raised_at"]["line"]
    source = (Path(__file__).parents[2] / path).read_text().splitlines()
    assert "AmountTooLow" in "".join(source[line - 3 : line + 2])
    assert {row["key"][0] for row in told["storage"]["System"]["Account"]} >= {dev_key("//Bob").address}


def test_a_dry_run_tells_what_the_pool_would_refuse(node: NodeProcess) -> None:
    told = node.call("dev_dryRun", transfer(node, BOB, ALICE, TAO, damage=True))

    assert told["outcome"] == "refused"
    assert told["error"]["name"] == "BadProof"
    assert told["storage"] == {}


# -- bad input


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("dev_advanceEpoch", [9], "there is no subnet 9; there are 0, 1, 2"),
        ("dev_advanceEpoch", ["one"], "netuid"),
        ("dev_advanceEpoch", [], "netuid"),
        ("dev_newBlock", [{"jump": True}], "`jump` goes with `to`"),
        ("dev_newBlock", [{"to": 1, "jump": True}], "behind the present"),
        ("dev_newBlock", [{"cuont": 1}], "unknown field `cuont`"),
        ("dev_revert", ["nowhere"], "there is no snapshot nowhere; there are: "),
        ("dev_revert", [], "id"),
        ("dev_snapshot", [""], "the name of a snapshot is empty"),
        ("dev_fund", ["//Zoe", 1], "an account holds at least 500"),
        ("dev_fund", ["Zoe", TAO], "address: 'Zoe' names no account"),
        ("dev_fund", ["//Zoe", "much"], "rao"),
        ("dev_fund", ["//Zoe", -TAO], "`rao`: expected a whole number, not negative"),
        ("dev_impersonate", ["Zoe"], "address: 'Zoe' names no account"),
        ("dev_setSealing", ["sometimes"], "sealing"),
        ("dev_setSealing", [0], "sealing"),
        ("dev_timeTravel", ["tomorrow"], "neither milliseconds nor an ISO date"),
        ("dev_timeTravel", [1], "not after the last block's time"),
        ("dev_dryRun", ["nonsense"], "not hexadecimal"),
        ("dev_dryRun", [{"call": 5}], "neither hexadecimal nor"),
        ("dev_dryRun", [{"call": {"pallet": "Balance", "name": "burn"}, "address": "//Bob"}], "did you mean Balances"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_changes_nothing(
    node: NodeProcess, method: str, params: list[Any], message: str
) -> None:
    head = node.call("chain_getBlockHash")

    with pytest.raises(RpcFailure) as refused:
        node.call(method, *params)

    assert message in str(refused.value)
    assert node.call("chain_getBlockHash") == head


def test_a_snapshot_of_a_name_that_is_taken_is_refused(node: NodeProcess) -> None:
    node.call("dev_snapshot", "mine")

    with pytest.raises(RpcFailure, match="there is a snapshot mine already: of block"):
        node.call("dev_snapshot", "mine")


def test_none_of_them_answers_beyond_this_machine(folder: Path) -> None:
    address = beyond_loopback()
    if address is None:
        pytest.skip("this machine has no address beyond loopback")

    with running(folder, "--sealing", "manual", "--rpc-external", "--rpc-methods", "unsafe") as node:
        methods = [name for name in node.call("rpc_methods")["methods"] if name.startswith("dev_")]
        body = [{"jsonrpc": "2.0", "id": name, "method": name, "params": []} for name in methods]
        request = urllib.request.Request(
            f"http://{address}:{node.port}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answers = json.loads(response.read())

        assert sorted(methods) == [f"dev_{name}" for name in DEV]
        assert {answer["id"]: answer["error"]["message"] for answer in answers} == dict.fromkeys(
            methods, "RPC call is unsafe to be called externally"
        )
        assert height(node) == 0
