"""Staking and unstaking up to a price: how much fits, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, events, free, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    SUBNET,
    held,
    last,
    sound_economy,
    stake,
    staked,
)

from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

ONE_TAO = 10**9


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def buy(
    runtime: Taonet, amount: int, limit: int, *, partial: bool, netuid: NetUid = SUBNET, hotkey: Keypair = DAVE
) -> None:
    dispatch(
        runtime,
        BOB,
        "SubtensorModule.add_stake_limit",
        hotkey=hotkey.account,
        netuid=netuid,
        amount_staked=amount,
        limit_price=limit,
        allow_partial=partial,
    )


def sell(
    runtime: Taonet, amount: int, limit: int, *, partial: bool, netuid: NetUid = SUBNET, hotkey: Keypair = DAVE
) -> None:
    dispatch(
        runtime,
        BOB,
        "SubtensorModule.remove_stake_limit",
        hotkey=hotkey.account,
        netuid=netuid,
        amount_unstaked=amount,
        limit_price=limit,
        allow_partial=partial,
    )


def price_rao(runtime: Taonet, netuid: NetUid = SUBNET) -> int:
    return runtime.swap.price(netuid) * ONE_TAO >> 64


# -- buying


def test_below_the_limit_all_is_staked_as_without_one(runtime: Taonet) -> None:
    buy(runtime, TAO(100), 2 * ONE_TAO, partial=False)

    assert staked(runtime, BOB, DAVE) == 90_867_473_489


def test_a_purchase_stops_where_the_price_reaches_the_limit(runtime: Taonet) -> None:
    before = free(runtime, BOB)

    buy(runtime, TAO(1000), 1_210_000_000, partial=True)

    added = last(runtime, Events.StakeAdded)
    assert isinstance(added, Events.StakeAdded)
    # from 1 to 1.21 the pool of 1000 and 1000 grows to 1100 TAO, and the fee comes on top
    net = added.tao - added.fee
    assert abs(net - TAO(100)) <= 2
    assert abs(price_rao(runtime) - 1_210_000_000) <= 1
    assert before - free(runtime, BOB) == added.tao
    assert abs(added.alpha - 90_909_090_909) <= 2


def test_a_purchase_past_the_limit_is_refused_unless_a_part_is_allowed(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        buy(runtime, TAO(1000), 1_210_000_000, partial=False)


@pytest.mark.parametrize("limit", [0, 1, ONE_TAO])
@pytest.mark.parametrize("partial", [False, True])
def test_a_price_at_or_past_the_limit_sells_nothing(runtime: Taonet, limit: int, partial: bool) -> None:
    with unchanged(runtime), reverts(Swap.PriceLimitExceeded):
        buy(runtime, TAO(100), limit, partial=partial)


def test_a_limit_that_leaves_too_little_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        buy(runtime, TAO(100), ONE_TAO + 1, partial=True)


def test_an_unlimited_limit_is_none(runtime: Taonet) -> None:
    buy(runtime, TAO(100), U64_MAX, partial=False)

    assert staked(runtime, BOB, DAVE) == 90_867_473_489


def test_a_nominator_makes_a_hotkey_a_delegate_and_the_owner_does_not(runtime: Taonet) -> None:
    dispatch(
        runtime,
        ALICE,
        "SubtensorModule.add_stake_limit",
        hotkey=DAVE.account,
        netuid=SUBNET,
        amount_staked=TAO(1),
        limit_price=2 * ONE_TAO,
        allow_partial=False,
    )
    assert DAVE.account not in runtime.ownership.Delegates

    buy(runtime, TAO(1), 2 * ONE_TAO, partial=False)

    assert runtime.ownership.Delegates.get(DAVE.account) == 11_796


@pytest.mark.parametrize(
    ("amount", "netuid", "hotkey", "error"),
    [
        (0, SUBNET, DAVE, Errors.AmountTooLow),
        (U64_MAX, SUBNET, DAVE, Errors.InsufficientLiquidity),
        (TAO(999_999), SUBNET, DAVE, Errors.NotEnoughBalanceToStake),
        (TAO(1), NetUid(77), DAVE, Errors.SubnetNotExists),
        (TAO(1), FIRST, DAVE, Errors.SubtokenDisabled),
        (TAO(1), SUBNET, EVE, Errors.HotKeyAccountNotExists),
    ],
)
def test_limited_purchases_that_cannot_be_change_nothing(
    runtime: Taonet, amount: int, netuid: NetUid, hotkey: Keypair, error: type[Errors.AmountTooLow]
) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))

    with unchanged(runtime), reverts(error):
        buy(runtime, amount, U64_MAX, partial=False, netuid=netuid, hotkey=hotkey)


# -- selling


def test_above_the_limit_all_is_unstaked_as_without_one(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    sell(runtime, ALPHA(50), ONE_TAO // 2, partial=False)

    assert staked(runtime, BOB, DAVE) == 90_867_473_489 - ALPHA(50)


def test_a_sale_stops_where_the_price_reaches_the_limit(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(210))

    sell(runtime, staked(runtime, BOB, DAVE), 1_210_000_000, partial=True)

    assert staked(runtime, BOB, DAVE) > ALPHA(80)
    # the fee is sold after the sale, without a limit
    assert 1_209_800_000 < price_rao(runtime) <= 1_210_000_000
    removed = last(runtime, Events.StakeRemoved)
    assert isinstance(removed, Events.StakeRemoved)
    assert held(runtime, DAVE) + removed.alpha + removed.fee == _bought_for_210(runtime)


def _bought_for_210(runtime: Taonet) -> int:
    added = last(runtime, Events.StakeAdded)
    assert isinstance(added, Events.StakeAdded)
    return added.alpha


def test_a_sale_past_the_limit_is_refused_unless_a_part_is_allowed(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(210))

    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        sell(runtime, staked(runtime, BOB, DAVE), 1_210_000_000, partial=False)


@pytest.mark.parametrize("limit", [ONE_TAO * 2, U64_MAX])
@pytest.mark.parametrize("partial", [False, True])
def test_a_price_below_the_limit_buys_nothing(runtime: Taonet, limit: int, partial: bool) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(Swap.PriceLimitExceeded):
        sell(runtime, ALPHA(50), limit, partial=partial)


def test_a_limited_sale_of_more_than_is_staked_is_refused(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(Errors.NotEnoughStakeToWithdraw):
        sell(runtime, ALPHA(91), 0, partial=True)


@pytest.mark.parametrize(
    ("amount", "netuid", "error"),
    [
        (0, SUBNET, Errors.AmountTooLow),
        (1, SUBNET, Errors.AmountTooLow),
        (U64_MAX, SUBNET, Errors.InsufficientLiquidity),
        (ALPHA(1), NetUid(77), Errors.SubnetNotExists),
        (ALPHA(1), FIRST, Errors.NotEnoughStakeToWithdraw),
    ],
)
def test_limited_sales_that_cannot_be_change_nothing(
    runtime: Taonet, amount: int, netuid: NetUid, error: type[Errors.AmountTooLow]
) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(error):
        sell(runtime, amount, 0, partial=False, netuid=netuid)


def test_what_was_staked_can_be_sold_after_trading_was_disabled_by_a_limited_sale_only(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    runtime.registry.SubtokenEnabled[SUBNET] = False

    with unchanged(runtime), reverts(Errors.SubtokenDisabled):
        dispatch(
            runtime,
            BOB,
            "SubtensorModule.remove_stake",
            hotkey=DAVE.account,
            netuid=SUBNET,
            amount_unstaked=ALPHA(50),
        )

    sell(runtime, ALPHA(50), 0, partial=False)
    assert staked(runtime, BOB, DAVE) == 90_867_473_489 - ALPHA(50)


# -- the whole stake


def sell_all(runtime: Taonet, limit: int | None, who: Keypair = BOB) -> None:
    dispatch(
        runtime,
        who,
        "SubtensorModule.remove_stake_full_limit",
        hotkey=DAVE.account,
        netuid=SUBNET,
        limit_price=limit,
    )


@pytest.mark.parametrize("limit", [None, 0, ONE_TAO - 1_000_000])
def test_the_whole_stake_is_sold_at_a_good_price_or_any(runtime: Taonet, limit: int | None) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    sell_all(runtime, limit)

    assert staked(runtime, BOB, DAVE) == 0


@pytest.mark.parametrize(
    ("limit", "error"), [(1_100_000_000, Errors.SlippageTooHigh), (1_300_000_000, Swap.PriceLimitExceeded)]
)
def test_the_whole_stake_is_not_sold_below_the_limit(
    runtime: Taonet, limit: int, error: type[Errors.SlippageTooHigh]
) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    with unchanged(runtime), reverts(error):
        sell_all(runtime, limit)


@pytest.mark.parametrize("limit", [None, 0])
def test_the_whole_of_nothing_is_too_little(runtime: Taonet, limit: int | None) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        sell_all(runtime, limit, CHARLIE)


# -- root


@pytest.mark.parametrize("limit", [ONE_TAO, U64_MAX])
def test_root_sells_to_whoever_pays_one(runtime: Taonet, limit: int) -> None:
    buy(runtime, TAO(5), limit, partial=False, netuid=ROOT)

    assert staked(runtime, BOB, DAVE, ROOT) == TAO(5)


def test_root_has_nothing_below_one(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        buy(runtime, TAO(5), ONE_TAO - 1, partial=False, netuid=ROOT)
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        buy(runtime, TAO(5), ONE_TAO - 1, partial=True, netuid=ROOT)


def test_root_pays_one_and_no_more(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, ROOT, TAO(5))

    sell(runtime, ALPHA(2), ONE_TAO, partial=False, netuid=ROOT)
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        sell(runtime, ALPHA(2), ONE_TAO + 1, partial=False, netuid=ROOT)

    assert staked(runtime, BOB, DAVE, ROOT) == TAO(3)


# -- purchases that are burned at once


def add_and_burn(runtime: Taonet, amount: int, limit: int | None, netuid: NetUid = SUBNET) -> None:
    dispatch(
        runtime,
        BOB,
        "SubtensorModule.add_stake_burn",
        hotkey=DAVE.account,
        netuid=netuid,
        amount=amount,
        limit=limit,
    )


@pytest.mark.parametrize("limit", [None, 2 * ONE_TAO])
def test_what_is_bought_to_burn_is_gone_and_still_counts_as_outside(runtime: Taonet, limit: int | None) -> None:
    add_and_burn(runtime, TAO(100), limit)

    assert staked(runtime, BOB, DAVE) == held(runtime, DAVE) == 0
    assert runtime.pools.SubnetAlphaOut[SUBNET] == runtime.assets.AlphaBurned[SUBNET] == 90_867_473_489
    assert events(runtime)[-2:] == [
        Events.AlphaBurned(BOB.account, DAVE.account, AlphaBalance(90_867_473_489), SUBNET),
        Events.AddStakeBurn(SUBNET, DAVE.account, TaoBalance(TAO(100)), AlphaBalance(90_867_473_489)),
    ]


def test_buying_to_burn_past_the_limit_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        add_and_burn(runtime, TAO(1000), 1_210_000_000)
