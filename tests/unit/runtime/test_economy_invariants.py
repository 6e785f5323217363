"""What must hold of pools and shares after every block."""

from __future__ import annotations

import pytest
from support.chain import key_of, make_runtime

from chain.errors import BrokenInvariant
from runtime.pallets.staking.safe_float import from_u64
from runtime.pallets.subnets.genesis import FIRST, FIRST_POOL
from runtime.pallets.subtensor.types import ZERO_ACCOUNT
from runtime.taonet import Taonet
from runtime.units import AlphaBalance, TaoBalance


@pytest.fixture
def runtime() -> Taonet:
    return make_runtime()


def test_a_pool_that_counts_more_than_its_account_has_names_itself(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[FIRST] = FIRST_POOL + TaoBalance(501)

    with pytest.raises(BrokenInvariant, match=r"pools are backed: subnet 1 counts 10000000501 rao"):
        runtime.invariants()


def test_a_pool_may_be_short_by_the_existential_deposit(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[FIRST] = FIRST_POOL + TaoBalance(500)

    runtime.invariants()


def test_shares_that_are_no_part_of_their_pool_name_it(runtime: Taonet) -> None:
    runtime.stakes.AlphaV2[ZERO_ACCOUNT, key_of("Bob").account, FIRST] = from_u64(2)

    with pytest.raises(BrokenInvariant, match=f"shares = pool: of hotkey 0x{ZERO_ACCOUNT.hex()} on subnet 1"):
        runtime.invariants()


def test_stake_that_comes_and_goes_keeps_the_sum_of_shares(runtime: Taonet) -> None:
    for name, amount in (("Bob", 3), ("Charlie", 10**15), ("Bob", 7 * 10**9 + 1)):
        runtime.stakes.add(ZERO_ACCOUNT, key_of(name).account, FIRST, AlphaBalance(amount))
    runtime.stakes.remove(ZERO_ACCOUNT, key_of("Charlie").account, FIRST, AlphaBalance(10**15 - 1))

    runtime.invariants()
