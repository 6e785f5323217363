"""The calls of the swap pallet: the fee rate, and those that are no more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, reverts, unchanged
from support.economy import ALICE, BOB, DAVE, FIRST, SUBNET, reserves, sound_economy, stake

from runtime.fixed import u64f64
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def set_rate(runtime: Taonet, rate: int, netuid: NetUid = SUBNET) -> None:
    dispatch(runtime, Origin.root(), "Swap.set_fee_rate", netuid=netuid, rate=rate)


@pytest.mark.parametrize("rate", [0, 1, 10_000])
def test_root_sets_the_fee_rate(runtime: Taonet, rate: int) -> None:
    with emits(runtime, Swap.FeeRateSet(SUBNET, rate)):
        set_rate(runtime, rate)

    assert runtime.swap.FeeRate[SUBNET] == rate


def test_the_rate_is_33_of_65535_to_begin_with(runtime: Taonet) -> None:
    assert runtime.swap.FeeRate[SUBNET] == 33


@pytest.mark.parametrize("rate", [10_001, 65_535])
def test_a_rate_above_the_greatest_is_refused(runtime: Taonet, rate: int) -> None:
    with unchanged(runtime), reverts(Swap.FeeRateTooHigh):
        set_rate(runtime, rate)


def test_a_rate_of_no_subnet_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Swap.MechanismDoesNotExist):
        set_rate(runtime, 1, NetUid(77))


@pytest.mark.parametrize("who", [None, ALICE, BOB])
def test_only_root_sets_a_rate(runtime: Taonet, who: Origin | None) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, who, "Swap.set_fee_rate", netuid=SUBNET, rate=1)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("toggle_user_liquidity", {"netuid": SUBNET, "enable": True}),
        (
            "add_liquidity",
            {"hotkey": DAVE.account, "netuid": SUBNET, "tick_low": -5, "tick_high": 5, "liquidity": 1000},
        ),
        ("remove_liquidity", {"hotkey": DAVE.account, "netuid": SUBNET, "position_id": 1}),
        ("modify_position", {"hotkey": DAVE.account, "netuid": SUBNET, "position_id": 1, "liquidity_delta": -1}),
        ("disable_lp", {}),
    ],
)
@pytest.mark.parametrize("who", [None, ALICE, Origin.root()])
def test_calls_of_the_older_liquidity_always_fail(
    runtime: Taonet, who: Origin | None, name: str, arguments: dict[str, object]
) -> None:
    with unchanged(runtime), reverts(Swap.Deprecated):
        dispatch(runtime, who, f"Swap.{name}", **arguments)


# -- what the economy asks of pools


@pytest.mark.parametrize("netuid", [ROOT, NetUid(77)])
def test_without_a_pool_alpha_is_worth_one_tao(runtime: Taonet, netuid: NetUid) -> None:
    assert runtime.swap.price(netuid) == u64f64.one
    assert runtime.swap.quote_buy(netuid, TaoBalance(5)).paid_out == 5
    assert runtime.swap.quote_sell(netuid, AlphaBalance(5)).paid_out == 5


def test_a_quote_changes_nothing(runtime: Taonet) -> None:
    with unchanged(runtime):
        runtime.swap.quote_buy(SUBNET, TAO(5))
        runtime.swap.quote_sell(SUBNET, AlphaBalance(5_000_000))


def test_the_price_rises_with_purchases(runtime: Taonet) -> None:
    assert runtime.swap.price(SUBNET) == u64f64.one

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    tao, alpha, _ = reserves(runtime)
    assert runtime.swap.price(SUBNET) == (tao << 64) // alpha


def test_room_is_made_by_other_weights_at_the_same_price(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    before = runtime.swap.price(SUBNET)

    assert runtime.swap.make_room(SUBNET, TAO(50), AlphaBalance(0))

    runtime.pools.SubnetTAO[SUBNET] = runtime.pools.SubnetTAO[SUBNET] + TAO(50)
    assert runtime.swap.SwapBalancer[SUBNET].quote > 500_000_000_000_000_000
    assert abs(runtime.swap.price(SUBNET) - before) < 1 << 32
    runtime.pools.SubnetTAO[SUBNET] = runtime.pools.SubnetTAO[SUBNET] - TAO(50)


def test_room_that_would_take_the_weights_out_of_range_is_not_made(runtime: Taonet) -> None:
    with unchanged(runtime):
        assert not runtime.swap.make_room(FIRST, TAO(1001), AlphaBalance(0))


@pytest.mark.parametrize(
    ("tao", "alpha", "amount", "error"),
    [
        (1_000_000, 1_000_000, 1_000_000_001, Swap.SwapInputTooLarge),
        (1_000_000, 999_999, 1000, Swap.ReservesTooLow),
        (10**18, 1_000_000, 5, Swap.PriceLimitExceeded),
        (10**14, 1_000_000_000, 1000, Swap.ReservesTooLow),
    ],
)
def test_a_swap_is_refused_for_the_first_reason(
    runtime: Taonet, tao: int, alpha: int, amount: int, error: type[Swap.ReservesTooLow]
) -> None:
    before = reserves(runtime)
    dispatch(runtime, Origin.root(), "Swap.set_fee_rate", netuid=SUBNET, rate=0)
    runtime.pools.SubnetTAO[SUBNET], runtime.pools.SubnetAlphaIn[SUBNET] = TaoBalance(tao), AlphaBalance(alpha)

    with unchanged(runtime), reverts(error):
        runtime.exchanges.buy(SUBNET, TaoBalance(amount))

    runtime.pools.SubnetTAO[SUBNET], runtime.pools.SubnetAlphaIn[SUBNET] = (
        TaoBalance(before[0]),
        AlphaBalance(before[1]),
    )
