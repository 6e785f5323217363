"""Edges of swaps, weights and powers."""

from __future__ import annotations

import pytest

from chain.scale.hints import encode
from runtime.fixed import u64f64
from runtime.pallets.swap.balancer import (
    ACCURACY,
    Balancer,
    Pool,
    calculate_alpha_worth,
    calculate_fee,
    calculate_fee_on_top,
    calculate_initial_weight,
    calculate_price,
    calculate_weight_after,
    power_of_change,
)
from runtime.pallets.swap.power import power, power_by_series, power_quickly
from runtime.pallets.swap.step import MAX_BUY_PRICE, MIN_SELL_PRICE, buy, sell
from runtime.perthings import Perquintill
from runtime.refusal import Refused
from runtime.units import AlphaBalance, TaoBalance

HALF = Perquintill(ACCURACY // 2)


def pool(tao: int, alpha: int, quote: int = ACCURACY // 2) -> Pool:
    return Pool(AlphaBalance(alpha), TaoBalance(tao), Perquintill(quote))


def test_a_balancer_is_its_quote_weight_on_the_wire() -> None:
    assert encode(Balancer, Balancer()).hex() == "0000b2d3595bf006"


def test_too_large_an_input_is_refused_before_too_small_a_reserve() -> None:
    with pytest.raises(Refused, match="SwapInputTooLarge"):
        buy(pool(1000, 10), TaoBalance(1_000_001), MAX_BUY_PRICE, 0)
    with pytest.raises(Refused, match="ReservesTooLow"):
        buy(pool(1000, 10), TaoBalance(1_000_000), MAX_BUY_PRICE, 0)


def test_a_limit_at_the_price_itself_is_passed_already() -> None:
    with pytest.raises(Refused, match="PriceLimitExceeded"):
        buy(pool(10**9, 10**9), TaoBalance(5), 10**9, 0)
    with pytest.raises(Refused, match="PriceLimitExceeded"):
        sell(pool(10**9, 10**9), AlphaBalance(5), 10**9, 0)


def test_something_for_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="ReservesTooLow"):
        sell(pool(10**9, 10**12), AlphaBalance(5), MIN_SELL_PRICE, 0)


def test_a_swap_of_nothing_gives_nothing() -> None:
    assert buy(pool(10**9, 10**9), TaoBalance(0), MAX_BUY_PRICE, 33).cost == 0


def test_a_limit_stops_a_swap_at_17_reserves() -> None:
    stopped = sell(pool(10**9, 10**9), AlphaBalance(10**12), MIN_SELL_PRICE, 0)

    assert stopped.paid_in == 17_446_744_073


def test_a_fee_taken_off_and_one_on_top_agree() -> None:
    assert (calculate_fee(1_000_000, 33), calculate_fee_on_top(999_497, 33)) == (503, 503)
    assert calculate_fee_on_top(5, 65_535) == 0


def test_a_pool_without_alpha_has_no_price() -> None:
    assert calculate_price(pool(5, 0)) == 0
    assert calculate_alpha_worth(TaoBalance(7), u64f64.zero) == 0
    assert calculate_alpha_worth(TaoBalance(7), u64f64.one >> 1) == 14  # type: ignore[arg-type]


def test_weights_that_leave_their_range_are_refused() -> None:
    assert calculate_weight_after(pool(10**9, 10**9), TaoBalance(10**12), AlphaBalance(0)) is None
    assert calculate_weight_after(pool(0, 0), TaoBalance(5), AlphaBalance(0)) == HALF


def test_an_initial_weight_needs_reserves_and_a_price_in_range() -> None:
    nothing, some = (AlphaBalance(0), TaoBalance(0)), (AlphaBalance(10**6), TaoBalance(10**6))

    assert calculate_initial_weight(*nothing, None) == HALF
    assert calculate_initial_weight(*nothing, u64f64.one) is None
    assert calculate_initial_weight(*some, u64f64.one) == HALF
    assert calculate_initial_weight(*some, u64f64.from_int(100)) is None


# -- power


def test_powers_without_a_denominator_do_not_exist() -> None:
    assert power(1, 0, 1, 2, 256, 10) is None
    assert power(1, 2, 1, 0, 256, 10) is None


def test_trivial_powers() -> None:
    assert power(0, 2, 1, 2, 256, 10) == 0
    assert power(1, 2, 0, 2, 256, 10) == 10
    assert power(3, 4, 7, 7, 256, 10) == 7
    assert power(5, 5, 123_456_789, 987_654_321, 256, ACCURACY) == ACCURACY
    assert power(2, 3, 1, 2, 0, 1000) == 816


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        ((21 * 10**15, 21 * 10**15 + 1), (499_999_999_500_000_000, 500_000_000_500_000_000), 999_999_999_999_999_952),
        ((4, 9), (5 * 10**17, 10**18), 666_666_666_666_666_666),
        ((1, 4), (5 * 10**17, 10**18), 5 * 10**17),
    ],
)
def test_powers_next_to_whole_numbers_are_exact(
    base: tuple[int, int], exponent: tuple[int, int], expected: int
) -> None:
    """The first is from pow_ratio_scaled_converges_on_boundary_weights of safe-bigmath."""
    assert power(*base, *exponent, 256, ACCURACY) == expected


def test_a_power_next_to_a_whole_number_is_left_to_the_exact_way() -> None:
    assert power_quickly(1, 4, 1, 2, 256, ACCURACY) is None


def test_an_extremely_small_power_is_what_the_library_s_series_makes_of_it() -> None:
    """A thousand times the reserve at weights of 99 to 1: e^-683 is lost in the series, and its ruins are bounded."""
    arguments = (10**9, 10**9 + 10**12, 99 * 10**16 + 1, 10**16 - 1)
    ruin = power_by_series(*arguments, 256, ACCURACY)

    assert power(*arguments, 256, ACCURACY) == ruin
    assert not 0 <= ruin < 2
    kept = power_of_change(10**9, 10**12, Perquintill(arguments[2]), Perquintill(arguments[3]))
    assert kept in (u64f64.zero, u64f64.one)
