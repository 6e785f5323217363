"""What a neuron's registration costs: it falls every block, and rises with each registration.

Source: SubtensorModule::update_registration_prices_for_networks; economics 5.4
"""

from __future__ import annotations

from functools import cache

from runtime.fixed import U64_MAX, U64F64, u64f64
from runtime.units import TaoBalance

Q32 = 32
"""Fraction bits of the decay factor."""
DEFAULT_BURN_INCREASE = u64f64.from_decimal("1.26")
"""Source: BurnIncreaseMult"""
DEFAULT_HALF_LIFE = 360
"""Blocks in which the price halves. Source: BurnHalfLife"""


def multiply_q32(value: int, factor: int) -> int:
    """A product with a factor of 32 fraction bits, rounded down. Source: SubtensorModule::mul_by_q32"""
    return min(value * factor >> Q32, U64_MAX)


def power_q32(base: int, exponent: int) -> int:
    """`base^exponent` by squaring, rounded down at every product. Source: SubtensorModule::pow_q32"""
    result = 1 << Q32
    while exponent:
        if exponent & 1:
            result = multiply_q32(result, base)
        exponent >>= 1
        if exponent:
            base = multiply_q32(base, base)
    return result


@cache
def calculate_decay_factor(half_life_blocks: int) -> int:
    """What a block leaves of the price, with 32 fraction bits: its `half_life`-th power is a half, by bisection.

    Source: SubtensorModule::decay_factor_q32
    """
    if half_life_blocks == 0:
        return 1 << Q32
    low, high = 0, 1 << Q32
    while low + 1 < high:
        middle = low + (high - low >> 1)
        if power_q32(middle, half_life_blocks) > 1 << Q32 - 1:
            high = middle
        else:
            low = middle
    return low


def clamp(burn: int, minimum: TaoBalance, maximum: TaoBalance) -> TaoBalance:
    """A price within its bounds, in rao; the maximum wins."""
    return TaoBalance(min(max(burn, minimum), maximum))


def calculate_decayed_burn(
    burn: TaoBalance, half_life_blocks: int, block: int, minimum: TaoBalance, maximum: TaoBalance
) -> TaoBalance:
    """The price in the next block, in rao; it does not fall in block 1 or with a half-life of 0."""
    decays = half_life_blocks > 0 and block > 1
    return clamp(multiply_q32(burn, calculate_decay_factor(half_life_blocks)) if decays else burn, minimum, maximum)


def calculate_bumped_burn(burn: TaoBalance, increase: U64F64, minimum: TaoBalance, maximum: TaoBalance) -> TaoBalance:
    """The price after a registration, in rao; `increase` counts as at least 1.

    Source: SubtensorModule::bump_registration_price_after_registration
    """
    bumped = u64f64.mul(u64f64.from_int(burn), max(increase, u64f64.one))
    return clamp(u64f64.to_u64(bumped), minimum, maximum)
