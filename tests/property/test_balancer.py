"""Laws of the pool: an injection keeps the price, a round trip gives no more back, reserves stay above zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runtime.fixed import U64_MAX
from runtime.pallets.swap.balancer import (
    ACCURACY,
    MIN_WEIGHT,
    Pool,
    calculate_alpha_out,
    calculate_initial_weight,
    calculate_price,
    calculate_tao_out,
    calculate_weight_after,
    is_weight,
)
from runtime.pallets.swap.power import integer_root, power, power_by_series, power_quickly
from runtime.pallets.swap.step import MAX_BUY_PRICE, MIN_SELL_PRICE, buy, sell, to_price
from runtime.perthings import Perquintill
from runtime.refusal import Refused
from runtime.units import AlphaBalance, TaoBalance

reserves = st.integers(10**7, 21 * 10**15)
weights = st.one_of(
    st.integers(MIN_WEIGHT, ACCURACY - MIN_WEIGHT),
    st.integers(ACCURACY // 2 - 10**9, ACCURACY // 2 + 10**9),
    st.sampled_from([ACCURACY // 2, ACCURACY // 4, 9 * ACCURACY // 10]),
)
pools = st.builds(
    lambda alpha, tao, quote: Pool(AlphaBalance(alpha), TaoBalance(tao), Perquintill(quote)),
    reserves,
    reserves,
    weights,
)
rates = st.sampled_from([0, 33, 10_000])


def trade(swap: Any, *arguments: Any) -> Any:
    """A swap that happens; hypothesis looks for another where it is refused."""
    try:
        return swap(*arguments)
    except Refused:
        assume(False)


@given(pools, st.integers(0, 10**10), st.integers(0, 10**10))
def test_an_injection_keeps_the_price(pool: Pool, tao: int, alpha: int) -> None:
    quote = calculate_weight_after(pool, TaoBalance(tao), AlphaBalance(alpha))
    assume(quote is not None and calculate_price(pool) > 1 << 40)
    assert quote is not None

    after = Pool(AlphaBalance(pool.alpha + alpha), TaoBalance(pool.tao + tao), quote)

    assert is_weight(quote)
    assert abs(Fraction(calculate_price(after), calculate_price(pool)) - 1) < Fraction(1, 10**6)


@given(pools, st.integers(1, 10**17), rates)
def test_buying_and_selling_gives_no_more_back(pool: Pool, tao: int, rate: int) -> None:
    bought = trade(buy, pool, TaoBalance(tao), MAX_BUY_PRICE, rate)
    after = Pool(AlphaBalance(pool.alpha - bought.paid_out), TaoBalance(pool.tao + bought.paid_in), pool.quote)
    assume(after.alpha > 0)
    sold = calculate_tao_out(after, AlphaBalance(bought.paid_out))

    assert sold <= bought.paid_in + 1 + (after.tao >> 58)  # a power has 18 digits, so that a huge pool errs by more


@given(pools, st.integers(0, 10**18))
def test_reserves_never_become_negative(pool: Pool, amount: int) -> None:
    assert 0 <= calculate_alpha_out(pool, TaoBalance(amount)) <= pool.alpha
    assert 0 <= calculate_tao_out(pool, AlphaBalance(amount)) <= pool.tao


@given(pools, st.integers(1, 10**4), rates)
def test_a_purchase_takes_what_it_is_given_and_raises_the_price(pool: Pool, thousandths: int, rate: int) -> None:
    assume(ACCURACY // 4 <= pool.quote <= 3 * ACCURACY // 4 and pool.tao < pool.alpha * 10**6)
    tao = TaoBalance(pool.tao * thousandths // 1000)
    bought = trade(buy, pool, tao, U64_MAX, rate)
    after = Pool(AlphaBalance(pool.alpha - bought.paid_out), TaoBalance(pool.tao + bought.paid_in), pool.quote)

    assert bought.cost == tao
    assert calculate_price(after) > calculate_price(pool)


def test_a_purchase_can_empty_a_pool_because_the_price_of_nothing_is_zero() -> None:
    pool = Pool(AlphaBalance(10**7), TaoBalance(20_290_644), Perquintill(9 * ACCURACY // 10))

    bought = buy(pool, TaoBalance(3_110_774_009), MAX_BUY_PRICE, 0)

    assert bought.paid_out == pool.alpha


@given(pools, st.integers(1, 10**17), st.integers(1, 10**9), rates)
def test_a_limit_is_not_passed_by_more_than_rounding(pool: Pool, alpha: int, below: int, rate: int) -> None:
    limit = max((calculate_price(pool) * 10**9 >> 64) * below // 10**9, MIN_SELL_PRICE)
    sold = trade(sell, pool, AlphaBalance(alpha), limit, rate)
    after = Pool(AlphaBalance(pool.alpha + sold.paid_in), TaoBalance(pool.tao - sold.paid_out), pool.quote)

    assert sold.cost <= alpha + 2
    assert Fraction(calculate_price(after), to_price(limit)) > 1 - Fraction(1, 10**5)


@given(pools)
def test_an_initial_weight_gives_the_price_that_was_asked_for(pool: Pool) -> None:
    wanted = calculate_price(pool)
    quote = calculate_initial_weight(pool.alpha, pool.tao, wanted)
    assume(quote is not None)  # at the bounds rounding may leave them
    assert quote is not None

    found = calculate_price(Pool(pool.alpha, pool.tao, quote))

    assert abs(Fraction(found, wanted) - 1) < Fraction(1, 10**4)


# -- power


@given(st.integers(1, 10**17), st.integers(0, 10**18), weights, st.sampled_from([256, 1024]))
@settings(max_examples=60)
def test_the_quick_power_is_the_library_s(reserve: int, change: int, weight: int, precision: int) -> None:
    arguments = (reserve, reserve + change, weight, ACCURACY - weight)
    quick = power_quickly(*arguments, precision, ACCURACY)
    assume(quick is not None)

    assert quick == power_by_series(*arguments, precision, ACCURACY)


@given(st.integers(1, 10**17), st.integers(0, 10**18), st.integers(1, 40), st.integers(1, 40))
def test_small_exponents_are_exact(base: int, more: int, en: int, ed: int) -> None:
    found = power(base, base + more, en, ed, 256, ACCURACY)

    assert found is not None
    assert found**ed * (base + more) ** en <= base**en * ACCURACY**ed < (found + 1) ** ed * (base + more) ** en


@given(st.integers(0, 10**60), st.integers(1, 60))
def test_an_integer_root_is_the_largest(value: int, degree: int) -> None:
    root = integer_root(value, degree)

    assert root**degree <= value < (root + 1) ** degree
