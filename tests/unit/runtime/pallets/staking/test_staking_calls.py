"""TAO into subnets at any price: what is bought, for whom, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import Chain, dispatch, events, free, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    ONE,
    SUBNET,
    fee_of,
    held,
    last,
    reserves,
    sound_economy,
    stake,
    staked,
    swapped,
)

from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.balances import Balances
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

POOL = TAO(1000)
FEE = 50_354_772
"""Of 100 TAO at the default rate, 33 of 65,535."""
BOUGHT = 90_867_473_489
"""Alpha for 100 TAO less the fee, from a pool of 1000 and 1000."""
UNKNOWN = NetUid(77)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


# -- add_stake


def test_a_purchase_gives_what_the_pool_of_even_weights_gives(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert (fee_of(TAO(100)), swapped(POOL, POOL, TAO(100) - FEE)) == (FEE, BOUGHT)
    assert staked(runtime, BOB, DAVE) == held(runtime, DAVE) == BOUGHT
    assert reserves(runtime) == (POOL + TAO(100) - FEE, POOL - BOUGHT, BOUGHT)


def test_staking_tells_the_tao_paid_the_alpha_bought_and_the_fee(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert events(runtime)[-1] == Events.StakeAdded(
        BOB.account, DAVE.account, TAO(100), AlphaBalance(BOUGHT), SUBNET, FEE
    )


def test_the_tao_goes_to_the_subnets_account_and_the_fee_to_the_author(runtime: Taonet) -> None:
    author, account, staker = free(runtime, ONE), free(runtime, subnet_account(SUBNET)), free(runtime, BOB)

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert free(runtime, ONE) - author == FEE
    assert free(runtime, subnet_account(SUBNET)) - account == TAO(100) - FEE
    assert staker - free(runtime, BOB) == TAO(100)


def test_without_an_author_the_fee_is_burned(runtime: Taonet) -> None:
    runtime.aura.Authorities = ()

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert free(runtime, b"modlburntnsr".ljust(32, b"\0")) == FEE


def test_total_stake_and_volume_count_the_fee_and_the_flow_does_not(runtime: Taonet) -> None:
    before = runtime.pools.TotalStake

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert runtime.pools.TotalStake - before == TAO(100)
    assert runtime.pools.SubnetVolume[SUBNET] == TAO(100)
    assert runtime.pools.SubnetTaoFlow[SUBNET] == TAO(100) - FEE


def test_a_staker_is_remembered_with_the_block_of_his_stake(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert runtime.ownership.StakingHotkeys[BOB.account] == (DAVE.account,)
    assert runtime.stakes.LastColdkeyHotkeyStakeBlock[BOB.account, DAVE.account] == runtime.system.Number


def test_the_second_purchase_is_dearer(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    tao, alpha, _ = reserves(runtime)

    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(100))

    assert staked(runtime, CHARLIE, DAVE) == swapped(tao, alpha, TAO(100) - FEE) < BOUGHT
    assert staked(runtime, BOB, DAVE) == BOUGHT
    assert held(runtime, DAVE) == BOUGHT + staked(runtime, CHARLIE, DAVE)


def test_the_first_swap_gives_the_pool_its_weights(runtime: Taonet) -> None:
    assert not runtime.swap.PalSwapInitialized[SUBNET]

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert runtime.swap.PalSwapInitialized[SUBNET]


@pytest.mark.parametrize("rate", [0, 1, 33, 10_000])
def test_the_fee_follows_the_rate_of_the_subnet(runtime: Taonet, rate: int) -> None:
    dispatch(runtime, ROOT_ORIGIN, "Swap.set_fee_rate", netuid=SUBNET, rate=rate)
    author = free(runtime, ONE)

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    fee = fee_of(TAO(100), rate)
    assert free(runtime, ONE) - author == fee
    assert staked(runtime, BOB, DAVE) == swapped(POOL, POOL, TAO(100) - fee)


def test_a_staker_keeps_the_existential_deposit(runtime: Taonet) -> None:
    two = key_of("Two")
    all_of_it = free(runtime, two)

    stake(runtime, two, DAVE, SUBNET, all_of_it)

    assert free(runtime, two) == 500
    added = last(runtime, Events.StakeAdded)
    assert isinstance(added, Events.StakeAdded)
    assert added.tao == all_of_it - 500


LEAST = 2_000_000
LEAST_FEE = 1007


def test_the_least_stake_is_two_million_rao_and_its_fee(runtime: Taonet) -> None:
    assert fee_of(LEAST) == LEAST_FEE

    with unchanged(runtime), reverts(Errors.AmountTooLow):
        stake(runtime, BOB, DAVE, SUBNET, LEAST + LEAST_FEE - 1)

    stake(runtime, BOB, DAVE, SUBNET, LEAST + LEAST_FEE)
    assert staked(runtime, BOB, DAVE) == swapped(POOL, POOL, LEAST)


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        (0, Errors.AmountTooLow),
        (1, Errors.AmountTooLow),
        (TAO(999_999), Errors.NotEnoughBalanceToStake),
        (1010 * POOL, Errors.InsufficientLiquidity),
        (U64_MAX, Errors.InsufficientLiquidity),
    ],
)
def test_amounts_that_cannot_be_staked_change_nothing(
    runtime: Taonet, amount: int, error: type[Errors.AmountTooLow]
) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))

    with unchanged(runtime), reverts(error):
        stake(runtime, BOB, DAVE, SUBNET, amount)


def test_a_subnet_that_does_not_exist_takes_no_stake(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        stake(runtime, BOB, DAVE, UNKNOWN, TAO(1))


def test_a_subnet_that_has_not_started_takes_no_stake(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SubtokenDisabled):
        stake(runtime, BOB, DAVE, FIRST, TAO(1))


def test_a_hotkey_that_nobody_owns_takes_no_stake(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        stake(runtime, BOB, EVE, SUBNET, TAO(1))


@pytest.mark.parametrize("origin", [None, ROOT_ORIGIN])
def test_only_a_signer_stakes_and_unstakes(runtime: Taonet, origin: Origin | None) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(
            runtime,
            origin,
            "SubtensorModule.add_stake",
            hotkey=DAVE.account,
            netuid=SUBNET,
            amount_staked=TAO(1),
        )
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(
            runtime,
            origin,
            "SubtensorModule.remove_stake",
            hotkey=DAVE.account,
            netuid=SUBNET,
            amount_unstaked=ALPHA(1),
        )


def test_a_drained_reserve_of_alpha_sells_nothing(runtime: Taonet) -> None:
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(999_999)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        stake(runtime, BOB, DAVE, SUBNET, TAO(1))

    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(POOL)


def test_an_empty_pool_sells_nothing(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(0)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        stake(runtime, BOB, DAVE, SUBNET, TAO(1))


# -- in whole blocks


def test_stake_and_its_fees_survive_the_import_of_the_blocks(chain: Chain) -> None:
    chain.advance(chain.sign(ALICE, "SubtensorModule.register_network", hotkey=DAVE.account))
    chain.advance(chain.sign(ALICE, "SubtensorModule.start_call", netuid=SUBNET))
    author = free(chain.at_head(), ONE)

    built = chain.advance(
        chain.sign(BOB, "SubtensorModule.add_stake", hotkey=DAVE.account, netuid=SUBNET, amount_staked=TAO(100))
    )

    runtime = chain.at_head()
    assert staked(runtime, BOB, DAVE) == BOUGHT
    fees = [e.event.actual_fee for e in built.events if hasattr(e.event, "actual_fee")]
    assert free(runtime, ONE) - author == FEE + sum(fees)
    assert sum(isinstance(e.event, Balances.Transfer) for e in built.events) == 2
