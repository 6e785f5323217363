"""What the API of swaps tells of prices, and of swaps that nobody makes."""

from __future__ import annotations

from typing import Any

import pytest
from support.apis import question
from support.chain import unchanged
from support.economy import BOB, DAVE, FIRST, SUBNET, fee_of, make_economy, reserves, stake, swapped

from runtime.apis.swap import SimSwapResult, SubnetPrice
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

NOWHERE = NetUid(77)
BUY, SELL = "sim_swap_tao_for_alpha", "sim_swap_alpha_for_tao"


@pytest.fixture
def runtime() -> Taonet:
    return make_economy()


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"SwapRuntimeApi_{method}", *values)


def test_a_price_is_in_rao_per_alpha(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TAO(1500)

    assert ask(runtime, "current_alpha_price", SUBNET) == 1_500_000_000
    assert [ask(runtime, "current_alpha_price", netuid) for netuid in (ROOT, NOWHERE)] == [10**9, 10**9]


def test_a_pool_without_alpha_has_no_price(runtime: Taonet) -> None:
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(0)

    assert ask(runtime, "current_alpha_price", SUBNET) == 0


def test_all_prices_come_in_storage_order(runtime: Taonet) -> None:
    runtime.pools.SubnetTAO[SUBNET] = TAO(2000)

    assert ask(runtime, "current_alpha_price_all") == (
        SubnetPrice(ROOT, 10**9),
        SubnetPrice(FIRST, 10**9),
        SubnetPrice(SUBNET, 2 * 10**9),
    )


def test_a_purchase_that_is_only_thought_of(runtime: Taonet) -> None:
    tao, alpha, _ = reserves(runtime)
    fee = fee_of(TAO(100))
    out = swapped(tao, alpha, TAO(100) - fee)

    with unchanged(runtime):
        found = ask(runtime, BUY, SUBNET, TAO(100))

    assert found == SimSwapResult(
        tao_amount=TaoBalance(TAO(100) - fee),
        alpha_amount=AlphaBalance(out),
        tao_fee=TaoBalance(fee),
        alpha_slippage=AlphaBalance(TAO(100) - out),
    )


def test_a_sale_that_is_only_thought_of(runtime: Taonet) -> None:
    tao, alpha, _ = reserves(runtime)
    fee = fee_of(TAO(100))
    out = swapped(alpha, tao, TAO(100) - fee)

    with unchanged(runtime):
        found = ask(runtime, SELL, SUBNET, TAO(100))

    assert found == SimSwapResult(
        tao_amount=TaoBalance(out),
        alpha_amount=AlphaBalance(TAO(100) - fee),
        alpha_fee=AlphaBalance(fee),
        tao_slippage=TaoBalance(TAO(100) - out),
    )


def test_a_purchase_gives_what_was_told(runtime: Taonet) -> None:
    told = ask(runtime, BUY, SUBNET, TAO(100))

    stake(runtime, BOB, DAVE, SUBNET, TAO(100))

    assert runtime.stakes.TotalHotkeyAlpha[DAVE.account, SUBNET] == told.alpha_amount


@pytest.mark.parametrize("method", [BUY, SELL])
def test_where_there_is_no_pool_one_is_worth_one(runtime: Taonet, method: str) -> None:
    assert ask(runtime, method, ROOT, TAO(5)) == SimSwapResult(TAO(5), AlphaBalance(TAO(5)))


@pytest.mark.parametrize(("method", "slip"), [(BUY, "alpha_slippage"), (SELL, "tao_slippage")])
def test_where_there_is_no_subnet_nothing_is_swapped(runtime: Taonet, method: str, slip: str) -> None:
    assert ask(runtime, method, NOWHERE, TAO(5)) == SimSwapResult(**{slip: TAO(5)})  # type: ignore[arg-type]


@pytest.mark.parametrize("method", [BUY, SELL])
def test_what_cannot_be_swapped_gives_zeros(runtime: Taonet, method: str) -> None:
    assert ask(runtime, method, SUBNET, TAO(1_000_000) * 2) == SimSwapResult()


@pytest.mark.parametrize("method", [BUY, SELL])
def test_nothing_gives_nothing(runtime: Taonet, method: str) -> None:
    assert ask(runtime, method, SUBNET, 0) == SimSwapResult()
