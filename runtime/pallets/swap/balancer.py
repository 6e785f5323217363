"""The weighted pool of a subnet: price, purchases, sales, and the weights that keep the price.

`x` is the pool's alpha (base), `y` its TAO (quote), `w1` and `w2` their weights, `w1 + w2 = 1`. Then

    price = (w1 * y) / (w2 * x)
    a purchase with dy gives  x * (1 - (y / (y + dy))^(w2 / w1))
    a sale of dx gives        y * (1 - (x / (x + dx))^(w1 / w2))

Source: pallet_subtensor_swap::pallet::balancer, economics section 7
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from chain.scale.hints import struct
from runtime.fixed import U16_MAX, U64_MAX, U64F64, U128_MAX, u64f64
from runtime.pallets.swap.power import power
from runtime.perthings import Perquintill, perquintill
from runtime.units import AlphaBalance, TaoBalance

ACCURACY = perquintill.accuracy
MIN_WEIGHT = Perquintill(ACCURACY // 100)
"""Neither weight is below 1 %."""
DEFAULT_WEIGHT = Perquintill(ACCURACY // 2)
POWER_BITS = 256
LIMIT_POWER_BITS = 1024
"""How precise the powers of amounts, and of price limits, are."""


@struct("pallet_subtensor_swap::pallet::balancer::Balancer")
class Balancer:
    """What the state keeps of a pool's weights."""

    quote: Perquintill = DEFAULT_WEIGHT


@dataclass(frozen=True, slots=True)
class Pool:
    """The reserves of a subnet, in rao, and the weight of its TAO."""

    alpha: AlphaBalance
    tao: TaoBalance
    quote: Perquintill = DEFAULT_WEIGHT

    @property
    def base(self) -> Perquintill:
        """The weight of the alpha."""
        return perquintill.left_from_one(self.quote)


# -- price and amounts


def calculate_price(pool: Pool) -> U64F64:
    """What one alpha costs at the margin, in TAO; 0 without alpha.

    Source: Balancer::calculate_price
    """
    return u64f64.mul(u64f64.ratio(pool.base, pool.quote), u64f64.ratio(pool.tao, pool.alpha))


def calculate_sqrt_price(pool: Pool) -> U64F64:
    """The square root of the price, rounded down. Clients of older pools square it."""
    return U64F64(math.isqrt(calculate_price(pool) << u64f64.frac))


def calculate_alpha_out(pool: Pool, tao: TaoBalance) -> AlphaBalance:
    """How much alpha a purchase with `tao` rao, fee taken off, gives."""
    return AlphaBalance(calculate_out(pool.alpha, power_of_change(pool.tao, tao, pool.quote, pool.base)))


def calculate_tao_out(pool: Pool, alpha: AlphaBalance) -> TaoBalance:
    """How much TAO a sale of `alpha` rao, fee taken off, gives."""
    return TaoBalance(calculate_out(pool.tao, power_of_change(pool.alpha, alpha, pool.base, pool.quote)))


def calculate_out(reserve: int, kept: U64F64) -> int:
    """What leaves a reserve of which the part `kept` stays, in rao."""
    return u64f64.to_u64(u64f64.mul(u64f64.from_int(reserve), u64f64.sub(u64f64.one, kept)))


def power_of_change(reserve: int, change: int, numerator: Perquintill, denominator: Perquintill) -> U64F64:
    """`(reserve / (reserve + change))^(numerator / denominator)`, at most 1 where the reserve grows.

    A power that its series cannot find, because it is extremely small, counts as 0.

    Source: Balancer::exp_scaled
    """
    after = min(max(reserve + change, 0), U64_MAX)
    if after == 0:
        return u64f64.zero
    found = power(reserve, after, numerator, denominator, POWER_BITS, ACCURACY)
    if found is None or not 0 <= found <= U64_MAX:
        return u64f64.zero
    result = u64f64.ratio(found, ACCURACY)
    return min(result, u64f64.one) if change >= 0 else result


def calculate_alpha_needed(pool: Pool, tao: TaoBalance) -> AlphaBalance:
    """How much alpha has to be sold to get `tao` rao, slippage included.

    Source: Balancer::get_base_needed_for_quote
    """
    grown = power_of_change(pool.tao, -tao, pool.quote, pool.base)
    return AlphaBalance(multiply_growth(pool.alpha, grown))


def calculate_alpha_worth(tao: TaoBalance, price: U64F64) -> AlphaBalance:
    """How much alpha `tao` rao are worth at a price, slippage aside; 0 at a price of 0.

    Source: SwapHandler::get_alpha_amount_for_tao
    """
    return AlphaBalance(u64f64.to_u64(u64f64.safe_div(u64f64.from_int(tao), price)))


def calculate_tao_worth(alpha: AlphaBalance, price: U64F64) -> TaoBalance:
    """How much TAO `alpha` rao are worth at a price, slippage aside."""
    return TaoBalance(u64f64.to_u64(u64f64.mul(price, u64f64.from_int(alpha))))


# -- what moves a price as far as its limit


def calculate_tao_to_price(pool: Pool, price: U64F64, target: U64F64) -> TaoBalance:
    """How much TAO raises the price to `target`: `y * ((target / price)^w1 - 1)`; 0 for a lower one.

    Source: Balancer::calculate_quote_delta_in
    """
    return TaoBalance(multiply_growth(pool.tao, power_of_prices(target, price, pool.base)))


def calculate_alpha_to_price(pool: Pool, price: U64F64, target: U64F64) -> AlphaBalance:
    """How much alpha lowers the price to `target`: `x * ((price / target)^w2 - 1)`; 0 for a higher one.

    Source: Balancer::calculate_base_delta_in
    """
    return AlphaBalance(multiply_growth(pool.alpha, power_of_prices(price, target, pool.quote)))


def power_of_prices(numerator: U64F64, denominator: U64F64, weight: Perquintill) -> U64F64:
    """A quotient of prices to the power of a weight, at most 2^64 / 10^18: 18.4467.

    The bound is the chain's: a swap that a limit stops takes at most 17.4467 times the reserve.
    """
    found = power(numerator, denominator, weight, ACCURACY, LIMIT_POWER_BITS, ACCURACY)
    return u64f64.zero if found is None or found < 0 else u64f64.ratio(min(found, U64_MAX), ACCURACY)


def multiply_growth(reserve: int, grown: U64F64) -> int:
    """`reserve * (grown - 1)`, at least 0, in rao."""
    return u64f64.to_u64(u64f64.mul(u64f64.from_int(reserve), u64f64.sub(grown, u64f64.one)))


# -- weights


def is_weight(quote: Perquintill) -> bool:
    """Whether both weights are at least 1 %. Source: Balancer::check_constraints"""
    return quote >= MIN_WEIGHT and perquintill.left_from_one(quote) >= MIN_WEIGHT


def calculate_weight_after(pool: Pool, tao: TaoBalance, alpha: AlphaBalance) -> Perquintill | None:
    """The weight that keeps the price when `tao` and `alpha` rao are added; None where it leaves its range.

    Source: Balancer::update_weights_for_added_liquidity
    """
    base = weigh_product(pool.base, pool.tao, pool.alpha + alpha)
    quote = weigh_product(pool.quote, pool.alpha, pool.tao + tao)
    total = min(base + quote, U128_MAX)
    weight = perquintill.from_rational(quote, total) if total else DEFAULT_WEIGHT
    return weight if is_weight(weight) else None


def weigh_product(weight: Perquintill, reserve: int, other: int) -> int:
    """A weight's part of a product of two reserves, rounded to the nearest. Source: Balancer::mul_perquintill_round"""
    return min(perquintill.mul_round(weight, min(reserve * other, U128_MAX)), U128_MAX)


def calculate_initial_weight(alpha: AlphaBalance, tao: TaoBalance, price: U64F64 | None) -> Perquintill | None:
    """The weight at which reserves have a price, 1/2 without one; None for empty reserves or out of its range.

    Source: pallet_subtensor_swap::maybe_initialize_palswap
    """
    if price is None:
        return DEFAULT_WEIGHT
    fraction = U64F64(price & U64_MAX)
    worth = u64f64.to_u64(price) * alpha + u64f64.to_u128(u64f64.mul(u64f64.from_int(alpha), fraction))
    total = min(worth + tao, U128_MAX)
    if total == 0:
        return None
    weight = perquintill.from_rational(tao, total)
    return weight if is_weight(weight) else None


# -- fees


def calculate_fee(amount: int, rate: int) -> int:
    """The fee that an amount contains, in its own rao; `rate` is parts of 65535. Source: calculate_fee_amount"""
    return u64f64.to_u64(u64f64.mul(u64f64.from_int(amount), u64f64.ratio(rate, U16_MAX)))


def calculate_fee_on_top(net: int, rate: int) -> int:
    """The fee of an amount that does not contain it yet. Source: BasicSwapStep::determine_action"""
    return u64f64.to_u64(u64f64.mul(u64f64.from_int(net), u64f64.ratio(rate, U16_MAX - rate)))
