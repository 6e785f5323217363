"""TAO for accounts, and acting in their name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.copies import execute_again

from chain.errors import InvalidBlock, InvalidTransaction
from node.chain_spec import load
from node.dev.accounts import FundingError, fund, impersonate, unsigned_by
from node.devnet import Devnet
from node.node import Node
from node.service import Settings, make_node, open_database
from node.values.given import call_of, dev_key
from runtime.units import MAX_SUPPLY

BOB = dev_key("//Bob").account
ZOE = dev_key("//Zoe").account


@pytest.fixture
def chain() -> Iterator[Devnet]:
    with Devnet() as made:
        yield made


@pytest.fixture
def node() -> Node:
    spec = load("dev")
    return make_node(Settings(spec), open_database(None, spec))


def remark_of_bob(node: Node) -> bytes:
    runtime = node.runtime()
    return unsigned_by(runtime, BOB, call_of(runtime.construct.call, "System", "remark", {"remark": "hello"}))


def test_new_tao_counts_as_issued(chain: Devnet) -> None:
    chain.advance(2)
    before = chain.query("Balances.TotalIssuance")

    chain.fund("//Zoe", "5 TAO")

    issued = chain.query("Balances.TotalIssuance")
    accounts = chain.items("System.Account").values()
    assert chain.balance("//Zoe") == 5 * 10**9
    assert issued - before == 5 * 10**9
    assert issued == chain.query("SubtensorModule.TotalIssuance")
    assert issued == sum(account.data.free + account.data.reserved for account in accounts)


def test_funds_add_up_on_a_chain_that_mints_in_the_same_block() -> None:
    with Devnet("two-subnets") as chain:
        before = chain.query("Balances.TotalIssuance")

        chain.fund("//Zoe", "7 TAO")
        chain.advance(3)

        issued = chain.query("Balances.TotalIssuance")
        assert issued == before + 7 * 10**9 + 4 * 10**9
        accounts = chain.items("System.Account").values()
        assert issued == sum(account.data.free + account.data.reserved for account in accounts)


@pytest.mark.parametrize(
    ("amount", "message"),
    [(499, "an account holds at least 500"), (-1, "an account holds at least 500"), (MAX_SUPPLY, "pass the cap")],
)
def test_what_no_account_can_hold_is_refused(node: Node, amount: int, message: str) -> None:
    with pytest.raises(FundingError, match=message):
        fund(node, ZOE, amount)

    assert node.chain.best.number == 0


def test_nobody_acts_without_a_key_unless_it_was_asked_for(node: Node) -> None:
    with pytest.raises(InvalidTransaction, match="BadProof"):
        node.make_block(extrinsics=[remark_of_bob(node)])

    impersonate(node, ZOE, enabled=True)
    with pytest.raises(InvalidTransaction, match="BadProof"):
        node.make_block(extrinsics=[remark_of_bob(node)])

    impersonate(node, BOB, enabled=True)
    node.make_block(extrinsics=[remark_of_bob(node)])
    assert node.runtime().system.Account[BOB].nonce == 1

    impersonate(node, BOB, enabled=False)
    with pytest.raises(InvalidTransaction, match="BadProof"):
        node.make_block(extrinsics=[remark_of_bob(node)])


def test_blocks_of_impersonated_accounts_execute_again_alike(node: Node) -> None:
    impersonate(node, None, enabled=True)
    node.make_block(extrinsics=[remark_of_bob(node)])
    fund(node, ZOE, 10**9)

    assert execute_again(node).best == node.chain.best


def test_a_chain_whose_state_is_not_to_be_written_has_no_mock_signatures() -> None:
    from dataclasses import replace

    spec = replace(load("dev"), chain_type="Live")
    node = make_node(Settings(spec), open_database(None, spec))

    with pytest.raises(InvalidBlock, match="may not be written by hand"):
        impersonate(node, BOB, enabled=True)
    with pytest.raises(InvalidTransaction, match="BadProof"):
        node.make_block(extrinsics=[remark_of_bob(node)])
