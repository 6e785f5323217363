"""When a limit order is executed, and how a batch shares what it traded."""

from __future__ import annotations

import pytest

from chain.scale.hints import encode
from runtime.fixed import U64_MAX, u64f64
from runtime.pallets.limit_orders.rules import (
    OrderSide,
    OrderType,
    calculate_alpha_share,
    calculate_alpha_total,
    calculate_batch_limit,
    calculate_filled,
    calculate_net_trade,
    calculate_order_fee,
    calculate_swap_limit,
    calculate_tao_share,
    calculate_tao_total,
    ensure_fill,
    ensure_price,
    to_alpha,
)
from runtime.perthings import Perbill
from runtime.refusal import Refused

HALF = u64f64.from_decimal("0.5")
HALF_LIMIT = 500_000_000
PERCENT = Perbill(10_000_000)


@pytest.mark.parametrize(
    ("order_type", "limit", "comes"),
    [
        (OrderType.LimitBuy, HALF_LIMIT, True),
        (OrderType.LimitBuy, HALF_LIMIT - 1, False),
        (OrderType.StopLoss, HALF_LIMIT, True),
        (OrderType.StopLoss, HALF_LIMIT - 1, False),
        (OrderType.TakeProfit, HALF_LIMIT, True),
        (OrderType.TakeProfit, HALF_LIMIT + 1, False),
    ],
)
def test_an_order_waits_for_its_price(order_type: OrderType, limit: int, comes: bool) -> None:
    if comes:
        ensure_price(order_type, HALF, limit)
    else:
        with pytest.raises(Refused, match="PriceConditionNotMet"):
            ensure_price(order_type, HALF, limit)


@pytest.mark.parametrize(
    ("fill", "filled", "has_relayers", "is_enabled", "reason"),
    [
        (None, 1, True, True, "IncorrectPartialFillAmount"),
        (5, 0, False, True, "RelayerRequiredForPartialFill"),
        (5, 0, True, False, "PartialFillsNotEnabled"),
        (0, 0, True, True, "IncorrectPartialFillAmount"),
        (6, 95, True, True, "IncorrectPartialFillAmount"),
    ],
)
def test_a_fill_that_the_order_does_not_allow_is_refused(
    fill: int | None, filled: int, has_relayers: bool, is_enabled: bool, reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        ensure_fill(100, fill, filled, has_relayers, is_enabled)


def test_the_rest_of_an_order_can_be_filled() -> None:
    ensure_fill(100, None, 0, False, False)
    ensure_fill(100, 5, 95, True, True)

    assert (calculate_filled(100, 5, 95), calculate_filled(100, 5, 90)) == (None, 95)
    assert calculate_filled(100, None, 0) is None


def test_slippage_widens_the_limit() -> None:
    assert calculate_swap_limit(True, HALF_LIMIT, PERCENT) == 505_000_000
    assert calculate_swap_limit(False, HALF_LIMIT, PERCENT) == 495_000_000
    assert calculate_swap_limit(True, U64_MAX, PERCENT) == U64_MAX
    assert (calculate_swap_limit(True, 1, None), calculate_swap_limit(False, 1, None)) == (U64_MAX, 0)


def test_a_fee_is_rounded_down() -> None:
    assert calculate_order_fee(199, PERCENT) == 1


def test_only_the_difference_of_a_batch_is_traded() -> None:
    assert calculate_net_trade(100, 60, HALF) == (OrderSide.Buy, 70)
    assert calculate_net_trade(10, 60, HALF) == (OrderSide.Sell, 40)
    assert calculate_net_trade(30, 60, HALF) == (OrderSide.Buy, 0)


def test_the_strictest_limit_counts() -> None:
    assert calculate_batch_limit(OrderSide.Buy, [5, 3]) == 3
    assert calculate_batch_limit(OrderSide.Sell, [5, 3]) == 5
    assert (calculate_batch_limit(OrderSide.Buy, []), calculate_batch_limit(OrderSide.Sell, [])) == (U64_MAX, 0)


def test_the_two_sides_meet_at_the_price() -> None:
    assert calculate_alpha_total(OrderSide.Buy, 130, 100, 60, HALF) == 190
    assert calculate_alpha_total(OrderSide.Sell, 20, 10, 60, HALF) == 20
    assert calculate_tao_total(OrderSide.Buy, 130, 100, 60, HALF) == 30
    assert calculate_tao_total(OrderSide.Sell, 20, 10, 60, HALF) == 30


def test_shares_are_rounded_down_and_never_zero() -> None:
    assert [calculate_alpha_share(10, net, 3) for net in (1, 2)] == [3, 6]
    assert calculate_tao_share(1000, 10, 30, Perbill(0), HALF) == (333, 0)
    assert calculate_tao_share(1000, 20, 30, PERCENT, HALF) == (660, 6)
    with pytest.raises(Refused, match="ZeroShareInBatch"):
        calculate_alpha_share(10, 1, 101)
    with pytest.raises(Refused, match="ZeroShareInBatch"):
        calculate_alpha_share(10, 0, 0)


def test_a_seller_whose_alpha_is_worth_nothing_or_whose_fee_is_all_of_it_has_no_share() -> None:
    for net, rate in ((1, Perbill(0)), (20, Perbill(10**9))):
        with pytest.raises(Refused, match="ZeroShareInBatch"):
            calculate_tao_share(1000, net, 30, rate, HALF)


def test_nothing_can_be_bought_at_a_price_of_zero_and_too_much_overflows() -> None:
    assert to_alpha(5, u64f64.zero) == 0
    with pytest.raises(Refused, match="ArithmeticOverflow"):
        to_alpha(U64_MAX, u64f64.from_bits(1))


def test_only_a_limit_buy_spends_tao() -> None:
    assert [kind for kind in OrderType if kind.is_buy] == [OrderType.LimitBuy]


def test_an_order_type_is_one_byte_on_the_wire() -> None:
    assert [encode(OrderType, kind) for kind in OrderType] == [b"\0", b"\1", b"\2"]
