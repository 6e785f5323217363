"""TAO out of subnets at any price: what is paid, to whom, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import events, free, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    FIRST,
    ONE,
    SUBNET,
    fee_of,
    held,
    reserves,
    sound_economy,
    stake,
    staked,
    swapped,
    unstake,
)

from runtime.fixed import U64_MAX, u64f64
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
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


# -- remove_stake


def test_a_sale_pays_what_the_pool_of_even_weights_pays(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    tao, alpha, outside = reserves(runtime)
    before, author = free(runtime, BOB), free(runtime, ONE)

    unstake(runtime, BOB, DAVE, SUBNET, ALPHA(50))

    fee = fee_of(ALPHA(50))
    net = ALPHA(50) - fee
    paid = swapped(alpha, tao, net)
    fee_in_tao = swapped(alpha + net, tao - paid, fee)
    assert free(runtime, BOB) - before == paid
    assert free(runtime, ONE) - author == fee_in_tao > 0
    assert reserves(runtime) == (tao - paid - fee_in_tao, alpha + ALPHA(50), outside - ALPHA(50))
    assert events(runtime)[-1] == Events.StakeRemoved(
        BOB.account, DAVE.account, TaoBalance(paid), AlphaBalance(net), SUBNET, fee
    )
    assert staked(runtime, BOB, DAVE) == BOUGHT - ALPHA(50)


def test_what_is_paid_out_leaves_total_stake_and_flow_and_adds_to_the_volume(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    pools, tao = runtime.pools, reserves(runtime)[0]
    total, volume, flow = pools.TotalStake, pools.SubnetVolume[SUBNET], pools.SubnetTaoFlow[SUBNET]

    unstake(runtime, BOB, DAVE, SUBNET, ALPHA(50))

    out = tao - reserves(runtime)[0]
    assert (total - pools.TotalStake, pools.SubnetVolume[SUBNET] - volume, flow - pools.SubnetTaoFlow[SUBNET]) == (
        out,
        out,
        out,
    )


def test_without_an_author_the_fee_of_a_sale_is_burned_as_alpha(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    runtime.aura.Authorities = ()

    unstake(runtime, BOB, DAVE, SUBNET, ALPHA(50))

    assert runtime.assets.AlphaBurned[SUBNET] == fee_of(ALPHA(50))


def test_more_than_is_staked_takes_all(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    unstake(runtime, BOB, DAVE, SUBNET, BOUGHT + 1)

    assert staked(runtime, BOB, DAVE) == held(runtime, DAVE) == 0
    assert (DAVE.account, BOB.account, SUBNET) not in runtime.stakes.AlphaV2


def test_a_round_trip_costs_about_two_fees_and_mints_nothing(runtime: Taonet) -> None:
    before = free(runtime, BOB)

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    unstake(runtime, BOB, DAVE, SUBNET, BOUGHT)

    lost = before - free(runtime, BOB)
    assert FEE < lost < 3 * FEE


def test_a_part_must_be_worth_two_million_rao(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(Errors.AmountTooLow):
        unstake(runtime, BOB, DAVE, SUBNET, 1_000_000)


def test_all_may_be_less_than_that(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    unstake(runtime, BOB, DAVE, SUBNET, BOUGHT - 1000)

    unstake(runtime, BOB, DAVE, SUBNET, 1000)

    assert staked(runtime, BOB, DAVE) == 0


@pytest.mark.parametrize("amount", [0, 5, U64_MAX])
def test_nothing_staked_is_nothing_to_unstake(runtime: Taonet, amount: int) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        unstake(runtime, CHARLIE, DAVE, SUBNET, amount)


def test_nothing_is_unstaked_for_zero(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(Errors.AmountTooLow):
        unstake(runtime, BOB, DAVE, SUBNET, 0)


@pytest.mark.parametrize("netuid", [UNKNOWN, FIRST])
def test_unstaking_where_alpha_is_not_traded_is_refused(runtime: Taonet, netuid: NetUid) -> None:
    with unchanged(runtime), reverts(Errors.SubtokenDisabled):
        unstake(runtime, BOB, DAVE, netuid, ALPHA(1))


def test_a_drained_reserve_of_tao_pays_nothing(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(999_999)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        unstake(runtime, BOB, DAVE, SUBNET, ALPHA(50))


def test_more_than_a_thousand_times_the_reserve_is_not_sold(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(40_000_000)

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        unstake(runtime, BOB, DAVE, SUBNET, BOUGHT)

    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(POOL)


# -- small nominations


def test_what_is_left_of_a_nomination_goes_if_it_is_too_small(runtime: Taonet) -> None:
    runtime.parameters.NominatorMinRequiredStake = 500_000_000
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    unstake(runtime, BOB, DAVE, SUBNET, BOUGHT - 900_000_000)

    least = u64f64.to_u64(u64f64.safe_div(u64f64.from_int(1_000_000_000), runtime.swap.price(SUBNET)))
    assert least > 900_000_000
    assert staked(runtime, BOB, DAVE) == 0
    assert [type(e) for e in events(runtime)].count(Events.StakeRemoved) == 2


def test_the_owner_of_a_hotkey_may_keep_as_little_as_he_likes(runtime: Taonet) -> None:
    runtime.parameters.NominatorMinRequiredStake = 500_000_000
    stake(runtime, ALICE, DAVE, SUBNET, TAO(100))

    unstake(runtime, ALICE, DAVE, SUBNET, BOUGHT - 900_000_000)

    assert staked(runtime, ALICE, DAVE) == 900_000_000
