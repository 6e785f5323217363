"""A live chain crosses the first halvings in exactly the right block, and never passes the cap."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.process import NodeProcess, running

from chain.hashing import twox_128
from runtime.units import MAX_SUPPLY, RAO_PER_TAO

ISSUANCES = [twox_128(pallet) + twox_128(b"TotalIssuance") for pallet in (b"Balances", b"SubtensorModule")]
EMITTING = {
    "FirstEmissionBlockNumber": [[[1], 1]],
    "SubtokenEnabled": [[[1], True]],
    "SubnetMovingPrice": [[[1], 1 << 32]],
}
"""Makes netuid 1 take all TAO that is minted."""


def issuances(node: NodeProcess) -> tuple[int, ...]:
    """What Balances and SubtensorModule count, in rao."""
    raws = [node.call("state_getStorage", "0x" + key.hex()) for key in ISSUANCES]
    return tuple(int.from_bytes(bytes.fromhex(raw[2:]), "little") for raw in raws)


def set_issuances(node: NodeProcess, of_balances: int, of_module: int) -> None:
    pairs = zip(ISSUANCES, (of_balances, of_module), strict=True)
    rows = [["0x" + key.hex(), "0x" + amount.to_bytes(8, "little").hex()] for key, amount in pairs]
    node.call("dev_setStorage", rows)


def minted(node: NodeProcess, blocks: int) -> list[int]:
    """What each of the next blocks adds to the issuance, in rao."""
    amounts = []
    for _ in range(blocks):
        before = issuances(node)
        node.call("dev_newBlock")
        after = issuances(node)
        assert after[0] - before[0] == after[1] - before[1]
        amounts.append(after[0] - before[0])
    return amounts


@pytest.mark.parametrize("halving", [1, 2, 3])
def test_a_halving_comes_in_the_block_after_its_threshold(tmp_path: Path, halving: int) -> None:
    threshold = MAX_SUPPLY - (MAX_SUPPLY >> halving)
    old, new = RAO_PER_TAO >> halving - 1, RAO_PER_TAO >> halving
    with running(tmp_path, "--sealing", "manual") as node:
        node.call("dev_setStorage", {"SubtensorModule": EMITTING})
        below = threshold - 2 * old - 1
        set_issuances(node, below, below)

        amounts = minted(node, 5)

        assert amounts == [old, old, old, new, new]


def test_the_last_rao_is_minted_at_the_cap_and_never_more(tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "manual") as node:
        node.call("dev_setStorage", {"SubtensorModule": EMITTING})
        set_issuances(node, MAX_SUPPLY - 3, 0)

        assert minted(node, 3) == [3, 0, 0]
        assert issuances(node)[0] == MAX_SUPPLY


def test_at_the_cap_nothing_is_emitted(tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "manual") as node:
        node.call("dev_setStorage", {"SubtensorModule": EMITTING})
        set_issuances(node, MAX_SUPPLY, MAX_SUPPLY)

        assert minted(node, 2) == [0, 0]
