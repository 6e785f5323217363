"""A devnet with something to see on each page of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.chain import key_of
from support.process import NodeProcess, running
from support.wallet import encode_call, sign, transfer

ALICE, BOB, DAVE = key_of("Alice"), key_of("Bob"), key_of("Dave")
SUBNET = 2
TAO = 10**9
PAGES = {
    "blocks": "Blocks",
    "block/3": "Block 3",
    "extrinsic/3/2": "Extrinsic 2 of block 3",
    "accounts": "Accounts",
    f"account/{ALICE.address}": "Account Alice",
    "subnets": "Subnets",
    f"subnet/{SUBNET}": "Subnet 2: omron",
    "supply": "Supply",
    "find/2": "Search for 2",
    "nowhere": "No such page",
}
"""Every page, and its heading."""


def put(node: NodeProcess, *extrinsics: str) -> int:
    """Make a block of these extrinsics, and give its number."""
    node.call("dev_newBlock", {"transactions": list(extrinsics)})
    return height(node)


def height(node: NodeProcess) -> int:
    return int(node.call("chain_getHeader")["number"], 16)


@contextmanager
def devnet(folder: Path) -> Iterator[NodeProcess]:
    """A node that makes blocks on request, with a transfer in block 3, a subnet of Alice's, and stake of Bob's."""
    with running(folder, "--sealing", "manual") as started:
        started.call("dev_newBlock", {"count": 2})
        put(started, transfer(started, ALICE, BOB, 5 * TAO))
        put(started, sign(started, ALICE, encode_call("SubtensorModule.register_network", hotkey=DAVE.account)))
        put(started, sign(started, ALICE, encode_call("SubtensorModule.start_call", netuid=SUBNET)))
        stake = encode_call("SubtensorModule.add_stake", hotkey=DAVE.account, netuid=SUBNET, amount_staked=100 * TAO)
        started.call("dev_newBlock")
        put(started, sign(started, BOB, stake))
        started.call("dev_newBlock", {"count": 30})
        yield started
