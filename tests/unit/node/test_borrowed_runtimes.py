"""One runtime executes block after block: nothing of a block may be left when the next one begins."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from support.chain import key_of
from support.copies import execute_again

from chain.blockchain import Blockchain
from chain.errors import InvalidTransaction, UnknownBlock
from chain.types import H256
from node.devnet import Devnet
from node.node import Node
from runtime.code import RuntimeCode
from runtime.taonet import Taonet
from runtime.units import TAO

BOB = key_of("Bob").account


@pytest.fixture
def devnet() -> Iterator[Devnet]:
    with Devnet("two-subnets") as made:
        yield made


@pytest.fixture
def node(devnet: Devnet) -> Node:
    return devnet.node


def borrowed(node: Node, block: H256 | None = None) -> Taonet:
    runtime = node.chain.borrow(block or node.chain.best.hash)
    assert isinstance(runtime, Taonet)
    return runtime


def test_a_runtime_that_was_given_back_is_borrowed_again(node: Node) -> None:
    first = borrowed(node)
    node.chain.give_back(first)

    assert borrowed(node) is first
    assert borrowed(node) is not first


def test_a_borrowed_runtime_stands_over_the_block_asked_for(devnet: Devnet, node: Node) -> None:
    before = node.chain.best.hash
    devnet.submit("Balances.transfer_keep_alive", "//Alice", dest="//Bob", value=TAO(5))
    now = borrowed(node)
    bob = now.system.Account[BOB].data.free
    now.system.Number = now.system.Number + 1
    node.chain.give_back(now)

    then = borrowed(node, before)

    assert then is now
    assert then.system.Number == node.header(before).number
    assert then.system.Account[BOB].data.free == bob - TAO(5)
    assert then.state.changes() == {}


def test_a_state_that_is_not_there_is_not_lent(node: Node) -> None:
    with pytest.raises(UnknownBlock):
        node.chain.borrow(H256(bytes(32)))


def test_blocks_made_by_one_runtime_are_those_that_many_make(devnet: Devnet, monkeypatch: pytest.MonkeyPatch) -> None:
    devnet.advance_epoch(1)
    monkeypatch.setattr(Blockchain, "borrow", Blockchain.runtime)

    assert execute_again(devnet.node).best == devnet.node.chain.best


def test_a_block_that_fails_leaves_nothing_to_the_next(devnet: Devnet, node: Node) -> None:
    with pytest.raises(InvalidTransaction):
        node.make_block(extrinsics=[b"\4\0"])
    devnet.submit("Balances.transfer_keep_alive", "//Alice", dest="//Bob", value=TAO(5))

    assert node.runtime().system.Number == node.chain.best.number


def test_other_constants_are_another_runtime(devnet: Devnet, node: Node) -> None:
    before, lent = node.chain.best.hash, borrowed(node)
    described = lent.code()
    node.chain.give_back(lent)
    changed = {**described.constants, "Balances.ExistentialDeposit": 10**9}
    code = RuntimeCode(described.spec_name, described.spec_version + 1, changed)
    devnet.sudo("System.set_code", code=code.encode())

    assert borrowed(node).balances.ExistentialDeposit == 10**9
    assert borrowed(node, before).balances.ExistentialDeposit == lent.balances.ExistentialDeposit


def test_blocks_leave_little_for_the_search_for_cycles(node: Node) -> None:
    node.make_block()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            node.make_block()
        found = gc.collect()
    finally:
        gc.enable()

    assert found < 20 * 20, "an idle block made hundreds when each had a runtime of its own"
