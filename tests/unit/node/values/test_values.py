"""Values as people read and write them are the chain's values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chain.keys import Keypair
from node.chain_spec import load
from node.node import Node
from node.service import keystore_of, open_chain, open_database
from node.values.given import call_of, from_json
from node.values.names import ValueFault
from node.values.shown import call_json, event_json, extrinsic_json
from node.values.storage import entry_of, find_item, storage_changes, storage_key

BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
EVENTS = ("System", "Events")


@pytest.fixture(scope="module")
def node() -> Node:
    spec = load("dev")
    made = Node(spec, open_chain(open_database(None, spec), spec), keystore_of(["//One"]))
    for _ in range(3):
        made.make_block()
    return made


def test_every_value_of_a_state_can_be_shown_and_written_back(node: Node) -> None:
    runtime, seen = node.runtime(), 0
    for key in runtime.state.keys(b""):
        entry = entry_of(runtime.construct, key)
        shown = json.loads(json.dumps(entry.value(runtime.state.get(key))))
        if entry.codec is None or (entry.pallet, entry.item) == EVENTS:
            continue
        assert entry.pallet is not None
        assert entry.item is not None

        changes = (
            storage_changes(runtime, {entry.pallet: {entry.item: [[list(entry.keys), shown]]}}) if entry.keys else None
        )

        if changes is None:
            assert entry.codec.encode(from_json(entry.codec, shown, "value")) == runtime.state.get(key)
        else:
            assert changes == {key: runtime.state.get(key)}
        seen += 1
    assert seen > 90


def test_blocks_are_told_by_the_names_of_their_calls_and_events(node: Node) -> None:
    runtime = node.runtime()
    block = node.chain.block(node.chain.best.hash)
    assert block is not None

    extrinsic = extrinsic_json(runtime, block.extrinsics[0])
    events = [event_json(runtime, record) for record in runtime.system.Events]

    assert extrinsic["call"] == {"pallet": "Timestamp", "name": "set", "args": {"now": runtime.timestamp.Now}}
    assert extrinsic["signer"] is None
    assert {"extrinsic": 0, "pallet": "System", "name": "ExtrinsicSuccess"}.items() <= events[1].items()


def test_what_is_no_extrinsic_is_told_with_its_fault(node: Node) -> None:
    shown = extrinsic_json(node.runtime(), bytes.fromhex("0c84ff00"))

    assert shown["call"] is None
    assert shown["error"]


@pytest.mark.parametrize(
    "dest", ["//Bob", BOB, Keypair.from_uri("//Bob"), Keypair.from_uri("//Bob").account, {"Id": BOB}]
)
def test_an_account_can_be_named_in_many_ways(node: Node, dest: Any) -> None:
    codec = node.runtime().construct.call

    call = call_of(codec, "Balances", "transfer_keep_alive", {"dest": dest, "value": "0x05"})

    assert call_json(codec, call)["args"] == {"dest": BOB, "value": 5}


def test_calls_within_calls_are_read(node: Node) -> None:
    codec = node.runtime().construct.call
    inner = {"pallet": "System", "name": "remark", "args": {"remark": "hello"}}

    call = call_of(codec, "Utility", "batch", {"calls": [inner, inner]})

    assert call_json(codec, call)["args"] == {"calls": [inner, inner]}


@pytest.mark.parametrize(
    ("pallet", "name", "arguments", "message"),
    [
        ("Balance", "burn", {}, "no pallet Balance has calls; did you mean Balances?"),
        ("Balances", "transfer_keep", {}, "Balances has no call transfer_keep; did you mean transfer_keep_alive?"),
        (
            "Balances",
            "burn",
            {"valu": 1},
            "Balances.burn has no argument valu; did you mean value?; it takes value, keep_alive",
        ),
        ("Balances", "burn", {"value": 1}, "Balances.burn: argument keep_alive is missing; it takes value, keep_alive"),
        ("Balances", "burn", {"value": "x", "keep_alive": True}, "Balances.burn.value: 'x' is not a whole number"),
        (
            "Balances",
            "transfer_all",
            {"dest": "5xx", "keep_alive": True},
            "Balances.transfer_all.dest: '5xx' names no account",
        ),
        (
            "Utility",
            "batch",
            {"calls": [{"pallet": "System"}]},
            "Utility.batch.calls[0]: {'pallet': 'System'} is not {pallet, name, args}",
        ),
    ],
)
def test_a_call_that_does_not_fit_is_refused_by_name(
    node: Node, pallet: str, name: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueFault) as caught:
        call_of(node.runtime().construct.call, pallet, name, arguments)

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("pallet", "item", "message"),
    [
        ("Balance", "TotalIssuance", "no pallet Balance; did you mean Balances?"),
        ("Balances", "TotalIssued", "pallet Balances has no storage item TotalIssued; did you mean TotalIssuance?"),
    ],
)
def test_a_storage_item_that_does_not_exist_suggests_the_nearest(
    node: Node, pallet: str, item: str, message: str
) -> None:
    with pytest.raises(ValueFault) as caught:
        find_item(node.runtime().construct, pallet, item)

    assert str(caught.value) == message


def test_fewer_keys_than_a_map_has_give_the_prefix_of_what_is_under_them(node: Node) -> None:
    accessor = find_item(node.runtime().construct, "SubtensorModule", "Keys")

    under_one = storage_key(accessor, [1], "Keys")

    assert storage_key(accessor, [1, 0], "Keys").startswith(under_one)
    with pytest.raises(ValueFault, match="2 keys are needed, 3 given"):
        storage_key(accessor, [1, 0, 0], "Keys")
