"""What the explorer is told: bounded, in numbers that the chain itself keeps."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from support.chain import call, key_of, sign

from chain.keys import Keypair
from node.chain_spec import load
from node.devnet import Devnet
from node.explorer import finding
from node.node import Node
from node.rpc import explorer
from node.rpc.methods import Methods
from node.rpc.parameters import Hash
from node.service import keystore_of, open_chain, open_database, translate
from runtime.pallets.emission.issuance import calculate_block_emission
from runtime.units import TAO, NetUid, TaoBalance

ALICE, BOB, DAVE = key_of("Alice"), key_of("Bob"), key_of("Dave")
SUBNET = 2


def put(node: Node, who: Keypair, path: str, **arguments: Any) -> None:
    """Make a block of one signed call."""
    runtime = node.runtime()
    node.make_block(extrinsics=[sign(runtime, who, call(runtime, path, **arguments))])


def make_node(pruning: int | None = None) -> Node:
    spec = load("dev")
    made = Node(spec, open_chain(open_database(None, spec), spec, pruning), keystore_of(["//One"]))
    made.make_block()
    return made


@pytest.fixture(scope="module")
def node() -> Node:
    """A transfer in block 2, a subnet of Alice's, Bob's stake on it, a call that fails in block 6."""
    made = make_node()
    put(made, ALICE, "Balances.transfer_keep_alive", dest=BOB, value=TAO(5))
    put(made, ALICE, "SubtensorModule.register_network", hotkey=DAVE.account)
    put(made, ALICE, "SubtensorModule.start_call", netuid=NetUid(SUBNET))
    put(made, BOB, "SubtensorModule.add_stake", hotkey=DAVE.account, netuid=NetUid(SUBNET), amount_staked=TAO(100))
    put(made, BOB, "SubtensorModule.remove_stake", hotkey=DAVE.account, netuid=NetUid(1), amount_unstaked=TAO(1))
    return made


def ask(node: Node, name: str, *params: Any) -> Any:
    """The answer of a method as a caller that may do nothing unsafe gets it."""

    class Stranger:
        transport, may_call_unsafe = "http", False

    async def run() -> Any:
        methods = Methods.of(node, [explorer], translate=translate)
        request = {"jsonrpc": "2.0", "id": 1, "method": name, "params": list(params)}
        return json.loads(await methods.respond(request, Stranger()))  # type: ignore[arg-type]

    answer = asyncio.run(run())
    return answer["result"] if "result" in answer else answer["error"]


def test_lines_of_blocks_come_newest_first_and_within_a_bound(node: Node) -> None:
    lines = ask(node, "explorer_blocks", None, 3)

    assert [line["number"] for line in lines] == [6, 5, 4]
    assert lines[0]["calls"] == [{"index": 2, "name": "SubtensorModule.remove_stake"}]
    assert lines[0]["parent"] == lines[1]["hash"]
    assert [line["number"] for line in ask(node, "explorer_blocks", 1, 10_000)] == [1, 0]
    assert ask(node, "explorer_blocks", 10**9, 1)[0]["number"] == 6


def test_a_block_is_told_by_number_and_by_hash_with_its_extrinsics_decoded(node: Node) -> None:
    told = ask(node, "explorer_block", 2)

    assert told == ask(node, "explorer_block", told["hash"])
    assert told["author"] == key_of("One").address
    assert (told["isBest"], told["isFinal"], told["extrinsicCount"]) == (True, True, 3)
    transfer = told["extrinsics"][2]
    assert transfer["signer"] == ALICE.address
    assert transfer["call"]["args"] == {"dest": BOB.address, "value": TAO(5)}
    assert transfer["isSuccess"] is True
    assert transfer["fee"] > 0
    assert "Transfer" in [event["name"] for event in transfer["events"]]
    assert {event["extrinsic"] for event in transfer["events"]} == {2}


def test_extrinsics_of_a_block_come_in_pages(node: Node) -> None:
    told = ask(node, "explorer_block", 2, 1, 1)

    assert [extrinsic["index"] for extrinsic in told["extrinsics"]] == [1]
    assert ask(node, "explorer_block", 2, 50, 10)["extrinsics"] == []


def test_what_failed_says_why(node: Node) -> None:
    told = ask(node, "explorer_extrinsic", 6, 2)

    assert told["isSuccess"] is False
    assert (told["failure"]["pallet"], told["failure"]["name"]) == ("SubtensorModule", "SubtokenDisabled")


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("explorer_block", [10**6]),
        ("explorer_block", ["0x" + "11" * 32]),
        ("explorer_extrinsic", [2, 99]),
        ("explorer_extrinsic", ["0x" + "11" * 32, 0]),
        ("explorer_subnet", [60_000]),
    ],
)
def test_what_does_not_exist_is_null(node: Node, name: str, params: list[Any]) -> None:
    assert ask(node, name, *params) is None


def test_the_newest_signed_extrinsics_are_listed(node: Node) -> None:
    found = ask(node, "explorer_extrinsics", 3)

    assert [(each["block"], each["call"]["name"]) for each in found] == [
        (6, "remove_stake"),
        (5, "add_stake"),
        (4, "start_call"),
    ]


def test_accounts_come_in_pages_that_hold_each_once(node: Node) -> None:
    found, after = [], None
    while True:
        page = ask(node, "explorer_accounts", 4, after)
        assert len(page["accounts"]) <= 4
        found += [row["address"] for row in page["accounts"]]
        after = page["next"]
        if after is None:
            break

    assert len(found) == len(set(found)) == len(list(node.runtime().system.Account))
    assert ALICE.address in found


def test_an_account_tells_its_stakes_hotkeys_neurons_and_subnets(node: Node) -> None:
    bob, alice = ask(node, "explorer_account", BOB.address), ask(node, "explorer_account", ALICE.address)
    staked = node.runtime().stakes.of(DAVE.account, BOB.account, NetUid(SUBNET))

    assert [(s["netuid"], s["hotkey"], s["alpha"]) for s in bob["stakes"]] == [(SUBNET, DAVE.address, staked)]
    assert alice["hotkeys"] == [DAVE.address]
    assert alice["neurons"] == [{"netuid": SUBNET, "uid": 0, "hotkey": DAVE.address}]
    assert SUBNET in alice["subnets"]
    assert alice["isSudo"] is True
    assert ask(node, "explorer_account", DAVE.address)["coldkey"] == ALICE.address


def test_an_account_that_holds_nothing_is_told_as_such(node: Node) -> None:
    told = ask(node, "explorer_account", key_of("Nobody").address)

    assert (told["exists"], told["free"], told["stakes"]) == (False, 0, [])
    assert ask(node, "explorer_account", "5xyz")["code"] == -32602


def test_amounts_beyond_what_a_double_holds_are_text(node: Node) -> None:
    assert ask(node, "explorer_supply")["cap"] == "21000000000000000"


def test_subnets_are_told_with_their_pools(node: Node) -> None:
    told = ask(node, "explorer_subnets")
    line, pools = told["subnets"][SUBNET], node.runtime().pools

    assert [each["netuid"] for each in told["subnets"]] == [0, 1, SUBNET]
    assert (line["taoIn"], line["alphaIn"]) == (pools.SubnetTAO[NetUid(SUBNET)], pools.SubnetAlphaIn[NetUid(SUBNET)])
    assert line["name"] == "omron"
    assert line["price"] > TAO(1)  # Bob bought


def test_a_subnet_is_told_with_its_neurons_and_its_history(node: Node) -> None:
    told = ask(node, "explorer_subnet", SUBNET)
    history = ask(node, "explorer_history", SUBNET, 100, 50)

    assert [row["hotkey"] for row in told["metagraph"]] == [DAVE.address]
    assert told["metagraph"][0]["stake"] == node.runtime().stakes.TotalHotkeyAlpha[DAVE.account, NetUid(SUBNET)]
    assert told["parameters"]["burn_increase_mult"] == 1.26
    assert [point["number"] for point in history] == [3, 4, 5, 6]
    assert history[-1]["price"] == told["price"]
    assert len(ask(node, "explorer_history", SUBNET, 100, 2)) <= 2
    assert ask(node, "explorer_bonds", SUBNET)["rows"] == []


def test_the_supply_tells_thresholds_at_which_the_emission_halves(node: Node) -> None:
    told = ask(node, "explorer_supply")

    assert int(told["issuance"]) == node.runtime().tao.TotalIssuance
    for threshold in told["thresholds"][:20]:
        at = int(threshold["issuance"])
        assert calculate_block_emission(TaoBalance(at)) == threshold["emission"]
        assert calculate_block_emission(TaoBalance(at - 1)) == TAO(1) >> (threshold["halving"] - 1)
    following = told["nextHalving"]
    assert int(following["missing"]) == TAO(10_500_000) - int(told["issuance"])
    assert following["blockAtFullEmission"] == 6 + -(-int(following["missing"]) // TAO(1))


def test_where_nothing_is_emitted_the_present_rate_never_halves() -> None:
    assert ask(make_node(), "explorer_supply")["nextHalving"]["blockAtPresentRate"] is None


def test_a_text_is_found_as_number_hash_or_address(node: Node) -> None:
    block = ask(node, "explorer_block", 2)

    assert ask(node, "explorer_find", "2") == [{"kind": "block", "block": 2}, {"kind": "subnet", "netuid": 2}]
    assert ask(node, "explorer_find", " #6 ") == [{"kind": "block", "block": 6}]
    assert ask(node, "explorer_find", block["hash"]) == [{"kind": "block", "block": block["hash"]}]
    extrinsic = {"kind": "extrinsic", "block": 2, "index": 2}
    assert ask(node, "explorer_find", block["extrinsics"][2]["hash"]) == [extrinsic]
    account = [{"kind": "account", "address": BOB.address}]
    assert ask(node, "explorer_find", BOB.address) == account
    assert ask(node, "explorer_find", f"0x{BOB.account.hex()}") == account


def test_an_extrinsic_is_found_however_old_it_is_while_others_have_their_turn() -> None:
    made = make_node()
    put(made, ALICE, "Balances.transfer_keep_alive", dest=BOB, value=TAO(5))
    wanted = ask(made, "explorer_block", 2)["extrinsics"][2]["hash"]
    for _ in range(4 * finding.BLOCKS_A_TURN):
        made.make_block()

    async def search() -> tuple[list[dict[str, Any]], int]:
        searching, turns = asyncio.ensure_future(finding.find(made, wanted)), 0
        while not searching.done():
            await asyncio.sleep(0)
            turns += 1
        return await searching, turns

    found, turns = asyncio.run(search())
    assert found == [{"kind": "extrinsic", "block": 2, "index": 2}]
    assert turns >= 4


@pytest.mark.parametrize("text", ["", "nothing", "0x12", "9" * 5000, "-1", "٣", "5Grw", "0x" + "zz" * 32])
def test_what_names_nothing_finds_nothing(node: Node, text: str) -> None:
    assert ask(node, "explorer_find", text) == []


def test_blocks_whose_state_is_gone_are_told_without_events() -> None:
    node = make_node(pruning=2)
    for _ in range(8):
        node.make_block()

    told = ask(node, "explorer_block", 1)

    assert (told["eventCount"], told["author"], told["extrinsics"][0]["events"]) == (None, None, None)
    assert told["extrinsics"][0]["call"]["name"] == "set"
    assert ask(node, "explorer_blocks", 1, 1)[0]["events"] is None
    assert len(ask(node, "explorer_history", 1, 100, 50)) < 8
    assert ask(node, "explorer_supply")["growth"] is None


def test_tao_that_was_made_by_hand_is_no_growth_that_goes_on() -> None:
    with Devnet("two-subnets") as chain:
        before = ask(chain.node, "explorer_supply")["growth"]
        chain.fund("//Zoe", 10**6 * TAO(1))

        after = ask(chain.node, "explorer_supply")

        assert 0 < before["rao"] < after["growth"]["rao"] == after["growth"]["blocks"] * TAO(1)
        assert after["nextHalving"]["blockAtPresentRate"] == after["nextHalving"]["blockAtFullEmission"]


def test_a_block_on_a_fork_says_so() -> None:
    node = make_node()
    left = node.make_block()
    node.set_head(node.chain.hash_of(1))  # type: ignore[arg-type]
    node.make_block(extrinsics=[])

    told = ask(node, "explorer_block", Hash(left).hex())

    assert (told["isBest"], told["isFinal"], told["child"]) == (False, False, None)


def test_development_accounts_have_names_on_a_devnet_only(node: Node) -> None:
    assert ask(node, "explorer_chain")["names"][ALICE.address] == "Alice"
