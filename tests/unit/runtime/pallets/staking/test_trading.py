"""Swaps on behalf of stakers that do not go all the way, and share pools in their old form or without value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, free, key_of, reverts, unchanged
from support.economy import (
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    SUBNET,
    held,
    last,
    make_economy,
    reserves,
    sound_economy,
    stake,
    staked,
    unstake,
)

from runtime.fixed import u64f64
from runtime.frame.errors import TokenError
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, subnet_account
from runtime.pallets.swap.pallet import Swap
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

BOUGHT = 90_867_473_489
KEY = (DAVE.account, BOB.account, SUBNET)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


# -- swaps that stop at a limit


def test_tao_that_a_limit_leaves_unspent_stays_on_the_subnets_account(runtime: Taonet) -> None:
    total, account = runtime.pools.TotalStake, free(runtime, subnet_account(SUBNET))

    runtime.trading.stake_into(DAVE.account, BOB.account, SUBNET, TAO(1000), 1_210_000_000)

    added = last(runtime, Events.StakeAdded)
    assert isinstance(added, Events.StakeAdded)
    assert added.tao == TAO(1000)
    assert free(runtime, subnet_account(SUBNET)) - account == TAO(1000) - added.fee
    assert abs(reserves(runtime)[0] - TAO(1100)) <= 2
    assert runtime.pools.TotalStake - total == runtime.pools.SubnetVolume[SUBNET] == TAO(1000)


def test_alpha_that_a_limit_leaves_unsold_is_staked_again(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(210))
    before = staked(runtime, BOB, DAVE)

    runtime.trading.unstake_from(DAVE.account, BOB.account, SUBNET, AlphaBalance(before), 1_210_000_000)

    removed = last(runtime, Events.StakeRemoved)
    assert isinstance(removed, Events.StakeRemoved)
    assert staked(runtime, BOB, DAVE) == before - removed.alpha - removed.fee > ALPHA(80)


def test_a_purchase_for_nothing_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow), runtime.state.transaction():
        runtime.trading.stake_into(DAVE.account, BOB.account, SUBNET, TaoBalance(0))


def test_who_would_not_stay_alive_has_nothing_to_stake(runtime: Taonet) -> None:
    runtime.tao.transfer(CHARLIE.account, BOB.account, TaoBalance(free(runtime, CHARLIE) - 500))

    with unchanged(runtime), reverts(Errors.InsufficientBalance):
        runtime.trading.transfer_in(SUBNET, CHARLIE.account, TAO(1))


def test_there_is_no_account_of_a_subnet_that_is_not_there(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        runtime.trading.transfer_in(NetUid(77), BOB.account, TAO(1))
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        runtime.trading.transfer_out(NetUid(77), BOB.account, TAO(1))


@pytest.mark.parametrize("tao", [1, 100])
def test_what_buys_nothing_is_refused(runtime: Taonet, tao: int) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TaoBalance(10**14)
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(10**9)

    with unchanged(runtime), reverts(Swap.ReservesTooLow), runtime.state.transaction():
        runtime.trading.stake_into(DAVE.account, BOB.account, SUBNET, TaoBalance(tao))

    runtime.pools.SubnetTAO[SUBNET], runtime.pools.SubnetAlphaIn[SUBNET] = TAO(1000), ALPHA(1000)


# -- share pools


def test_shares_in_their_old_form_count_and_are_converted_when_they_change(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    stakes = runtime.stakes
    del stakes.AlphaV2[KEY]
    del stakes.TotalHotkeySharesV2[DAVE.account, SUBNET]
    stakes.Alpha[KEY] = stakes.TotalHotkeyShares[DAVE.account, SUBNET] = u64f64.from_int(7)
    assert staked(runtime, BOB, DAVE) == BOUGHT
    assert [coldkey for coldkey, _ in stakes.coldkeys(DAVE.account, SUBNET)] == [BOB.account]

    unstake(runtime, BOB, DAVE, SUBNET, ALPHA(50))

    assert abs(staked(runtime, BOB, DAVE) - (BOUGHT - ALPHA(50))) <= 1
    assert KEY not in stakes.Alpha
    assert KEY in stakes.AlphaV2
    assert (DAVE.account, SUBNET) not in stakes.TotalHotkeyShares


def test_what_is_added_for_all_raises_every_stake_and_no_shares(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    shares = runtime.stakes.AlphaV2[KEY]
    runtime.pools.mint_out(SUBNET, ALPHA(9))

    runtime.stakes.add_for_all(DAVE.account, SUBNET, ALPHA(9))

    assert staked(runtime, BOB, DAVE) == held(runtime, DAVE) == BOUGHT + ALPHA(9)
    assert runtime.stakes.AlphaV2[KEY] == shares


def test_more_than_a_stake_is_not_taken_from_it(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime):
        runtime.stakes.remove(DAVE.account, BOB.account, SUBNET, AlphaBalance(BOUGHT + 1))
        runtime.stakes.remove(DAVE.account, CHARLIE.account, SUBNET, AlphaBalance(1))


def test_a_pool_with_shares_but_no_value_takes_no_stake(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    del runtime.stakes.TotalHotkeyAlpha[DAVE.account, SUBNET]

    with unchanged(runtime), reverts(Errors.InsufficientLiquidity):
        stake(runtime, CHARLIE, DAVE, SUBNET, TAO(1))


def test_the_last_stake_leaves_no_entries(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    unstake(runtime, BOB, DAVE, SUBNET, BOUGHT)

    stakes = runtime.stakes
    for item in (stakes.TotalHotkeyAlpha, stakes.TotalHotkeySharesV2):
        assert (DAVE.account, SUBNET) not in item
    assert KEY not in stakes.AlphaV2


def test_a_small_nomination_that_cannot_be_sold_is_void(runtime: Taonet) -> None:
    runtime.parameters.NominatorMinRequiredStake = 500_000_000
    runtime.pools.mint_out(SUBNET, AlphaBalance(1000))
    runtime.stakes.add(DAVE.account, BOB.account, SUBNET, AlphaBalance(1000))
    kept, runtime.pools.SubnetTAO[SUBNET] = runtime.pools.SubnetTAO[SUBNET], TaoBalance(999_999)
    before = free(runtime, BOB)

    runtime.staking.clear_small_nomination(DAVE.account, BOB.account, SUBNET)

    assert (staked(runtime, BOB, DAVE), free(runtime, BOB)) == (0, before)
    runtime.pools.SubnetTAO[SUBNET] = kept


# -- accounts that are not there


def test_an_author_without_an_account_gets_one_with_the_first_fee(runtime: Taonet) -> None:
    author = key_of("Nobody")
    runtime.aura.Authorities = (author.public,)

    stake(runtime, BOB, DAVE, ROOT, TAO(1))
    assert free(runtime, author) == 0

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    assert free(runtime, author) == 50_354_772


def test_a_fee_too_small_for_a_new_account_undoes_the_sale(runtime: Taonet) -> None:
    runtime.parameters.NetworkRateLimit = 0
    dispatch(runtime, Origin.root(), "Swap.set_fee_rate", netuid=SUBNET, rate=1)
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    runtime.aura.Authorities = (key_of("Nobody").public,)

    with unchanged(runtime), reverts(TokenError), runtime.state.transaction():
        unstake(runtime, BOB, DAVE, SUBNET, 10_000_000)


def test_what_would_be_less_than_a_deposit_on_roots_account_is_lost_as_dust() -> None:
    runtime = make_economy()
    runtime.tao.transfer(subnet_account(ROOT), BOB.account, TaoBalance(500))  # what the genesis gave it against this
    stake(runtime, BOB, DAVE, ROOT, TAO(1))
    before = runtime.tao.TotalIssuance

    unstake(runtime, BOB, DAVE, ROOT, TAO(1) - 499)

    # the chain's: the stake is still counted, and no longer backed
    assert (staked(runtime, BOB, DAVE, ROOT), runtime.pools.SubnetTAO[ROOT]) == (499, 499)
    assert free(runtime, subnet_account(ROOT)) == 0
    assert before - runtime.tao.TotalIssuance == before - runtime.balances.TotalIssuance == 499
    with unchanged(runtime), reverts(Errors.InsufficientBalance), runtime.state.transaction():
        unstake(runtime, BOB, DAVE, ROOT, 499)


def test_roots_account_has_a_deposit_of_its_own_so_that_no_stake_is_lost() -> None:
    runtime = make_economy()
    stake(runtime, BOB, DAVE, ROOT, TAO(1))

    unstake(runtime, BOB, DAVE, ROOT, TAO(1) - 499)

    assert runtime.pools.SubnetTAO[ROOT] == 499
    assert free(runtime, subnet_account(ROOT)) == 499 + 500
    runtime.invariants()
