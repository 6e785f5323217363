"""What our rules give for the inputs of the chain's own tests of swaps, stake limits and share pools."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from support.economics_rules import decimal, gives

from runtime.fixed import U128_MAX
from runtime.pallets.staking.limits import calculate_max_add, calculate_max_move, calculate_max_remove
from runtime.pallets.swap.balancer import (
    Pool,
    calculate_alpha_needed,
    calculate_alpha_to_price,
    calculate_initial_weight,
    calculate_price,
    calculate_tao_to_price,
    calculate_weight_after,
    power_of_change,
    weigh_product,
)
from runtime.pallets.swap.power import power
from runtime.pallets.swap.step import DEFAULT_FEE_RATE, MAX_BUY_PRICE, MIN_SELL_PRICE, buy, sell
from runtime.perthings import Perquintill, perquintill
from runtime.refusal import Refused
from runtime.units import AlphaBalance, TaoBalance

MOCK_RESERVE = 100
"""The minimum reserve of the chain's tests, in rao."""


def pool_of(tao: int, alpha: int, quote: Perquintill | None = None) -> Pool:
    return Pool(AlphaBalance(alpha), TaoBalance(tao), quote or perquintill.from_rational(1, 2))


def reason_or(result: Callable[[], Any]) -> Any:
    """A result, or the name of the error."""
    try:
        return result()
    except Refused as refused:
        return refused.reason.name


# -- power and pool


@gives(1, 2, 3, 4)
def power_scaled(given: dict[str, Any]) -> Any:
    return power(*given["base"], *given["exponent"], given["precision"], given["scale"])


@gives(7, 8, 9, 10, 11)
def change(given: dict[str, Any]) -> Any:
    quote = perquintill.from_rational(*given["quote_weight"])
    weights = (perquintill.left_from_one(quote), quote)
    weights = weights if given["base_quote"] else weights[::-1]
    return power_of_change(given["reserve"], given["delta"], *weights) / 2**64


QUARTER = perquintill.from_rational(1, 4)


@gives(12, 14)
def tao_to_price(given: dict[str, Any]) -> Any:
    pool = pool_of(given["tao_reserve"], 1, QUARTER)
    return calculate_tao_to_price(pool, decimal(given["price"]), decimal(given["target"]))


@gives(13, 15)
def alpha_to_price(given: dict[str, Any]) -> Any:
    pool = pool_of(1, given["alpha_reserve"], QUARTER)
    return calculate_alpha_to_price(pool, decimal(given["price"]), decimal(given["target"]))


@gives(16)
def alpha_needed(given: dict[str, Any]) -> Any:
    pool = pool_of(given["tao_reserve"], given["alpha_reserve"], QUARTER)
    return calculate_alpha_needed(pool, TaoBalance(given["tao_delta"]))


@gives(19)
def largest_product(given: dict[str, Any]) -> Any:
    assert int(given["value"]) == U128_MAX
    return str(weigh_product(Perquintill(perquintill.accuracy), U128_MAX, 1))


@gives(22, 23, 24)
def price(given: dict[str, Any]) -> Any:
    quote = perquintill.from_rational(*given["quote_weight"])
    return calculate_price(pool_of(given["tao_reserve"], given["alpha_reserve"], quote)) / 2**64


@gives(26)
def initial_price(given: dict[str, Any]) -> Any:
    tao, alpha = TaoBalance(given["tao"]), AlphaBalance(given["alpha"])
    weight = calculate_initial_weight(alpha, tao, decimal(given["price"]))
    return {"price_after": round(calculate_price(pool_of(tao, alpha, weight)) / 2**64, 11)}


@gives(29, 30, 31, 32, 33)
def swap(given: dict[str, Any]) -> Any:
    pool, limit = pool_of(given["tao_reserve"], given["alpha_reserve"]), round(given["limit_price"] * 1e9)
    if given["side"] == "buy":
        bought = buy(pool, TaoBalance(given["amount"]), limit, given["fee_rate_u16"])
        return {"amount_paid_in": bought.paid_in, "fee": bought.fee, "amount_paid_out": bought.paid_out}
    sold = sell(pool, AlphaBalance(given["amount"]), limit, given["fee_rate_u16"])
    return {"amount_paid_in": sold.paid_in, "fee": sold.fee, "amount_paid_out": sold.paid_out}


@gives(35, 37, 38, 39, 40)
def extreme_swap(given: dict[str, Any]) -> Any:
    pool, rate = pool_of(given["tao"], given["alpha"]), 0 if given.get("drop_fees") else DEFAULT_FEE_RATE

    def swap_it() -> Any:
        if given["side"] == "buy":
            return buy(pool, TaoBalance(given["amount"]), MAX_BUY_PRICE, rate, MOCK_RESERVE)
        found = sell(pool, AlphaBalance(given["amount"]), MIN_SELL_PRICE, rate, MOCK_RESERVE)
        return [found.paid_in, found.paid_out, found.fee]

    return reason_or(swap_it)


@gives(42)
def injection(given: dict[str, Any]) -> Any:
    pool = pool_of(given["tao"], given["alpha"])
    before = calculate_price(pool)
    for tao, alpha in given["deltas"]:
        quote = calculate_weight_after(pool, TaoBalance(tao), AlphaBalance(alpha))
        assert quote is not None
        after = calculate_price(pool_of(pool.tao + tao, pool.alpha + alpha, quote))
        assert abs(Fraction(after, before) - 1) <= Fraction(1, 10**12)
    return "price preserved"


# -- stake limits


@gives(44, 46, 47, 48, 49, 50, 51, 53)
def max_add(given: dict[str, Any]) -> Any:
    pool = pool_of(given["tao_reserve"], given["alpha_reserve"])
    return reason_or(
        lambda: calculate_max_add(pool, given["limit_price_rao"], DEFAULT_FEE_RATE, given["minimum_reserve"])
    )


@gives(54, 56, 57, 58, 61, 65, 66, 67, 68, 69, 71, 72, 74)
def max_remove(given: dict[str, Any]) -> Any:
    pool = pool_of(given["tao_reserve"], given["alpha_reserve"])
    return reason_or(
        lambda: calculate_max_remove(pool, given["limit_price_rao"], DEFAULT_FEE_RATE, given["minimum_reserve"])
    )


@gives(75)
def max_add_stable(given: dict[str, Any]) -> Any:
    return [calculate_max_add(None, limit, DEFAULT_FEE_RATE) for limit in given["limits"]]


@gives(76)
def max_remove_stable(given: dict[str, Any]) -> Any:
    return [calculate_max_remove(None, limit, DEFAULT_FEE_RATE) for limit in given["limits"]]


@gives(77)
def max_move(given: dict[str, Any]) -> Any:
    origin = pool_of(given["origin_tao"], given["origin_alpha"])
    return calculate_max_move(origin, None, given["limit_rao"], DEFAULT_FEE_RATE, 0)


@gives(119)
def stake(given: dict[str, Any]) -> Any:
    bought = buy(
        pool_of(given["tao_reserve"], given["alpha_reserve"]), TaoBalance(given["tao"]), MAX_BUY_PRICE, DEFAULT_FEE_RATE
    )
    return {
        "subnet_tao": given["tao_reserve"] + bought.paid_in,
        "alpha_in": given["alpha_reserve"] - bought.paid_out,
        "alpha_out": given["alpha_out_before"] + bought.paid_out,
        "total_stake_delta": bought.cost,
    }
