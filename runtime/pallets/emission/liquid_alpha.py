"""Liquid alpha: how fast a bond follows its weight depends on how far they, and consensus, are apart.

Source: SubtensorModule::alpha_sigmoid, exp_safe; consensus section 3.9b
"""

from __future__ import annotations

import numpy as np

from runtime.fixed import i32f32
from runtime.pallets.emission.exact import FRAC, ONE, Array, multiply

HALF = ONE >> 1
LOW_BITS = ONE - 1
MOST_EXPONENT = 20 << FRAC
CHUNK = 8192
"""How many entries are worked on at once, so that they stay in the processor's cache."""
E_BITS = i32f32.exp(i32f32.one)


def calculate_alphas(weights: Array, bonds: Array, consensus: Array, low: int, high: int, steepness: int) -> Array:
    """The rate of each bond's moving average.

    A weight of at least the bond counts by how far it is above consensus, a lower one by how far below the bond.
    """
    above = np.maximum(weights, consensus) - consensus
    below = np.maximum(bonds, weights) - weights
    distance = np.where(weights >= bonds, above, below).reshape(-1)
    rates = np.empty_like(distance)
    for start in range(0, len(distance), CHUNK):
        rates[start : start + CHUNK] = calculate_rates(distance[start : start + CHUNK], low, high, steepness)
    return rates.reshape(weights.shape)


def calculate_rates(distance: Array, low: int, high: int, steepness: int) -> Array:
    """The rates for some distances: `low + (high - low) / (1 + e^(-steepness / 100 * (distance - 1/2)))`."""
    slope = i32f32.saturating_div(i32f32.from_int(steepness), i32f32.from_int(-100))
    is_low, size = distance < HALF, np.where(distance < HALF, HALF - distance, distance - HALF)
    exponent, is_cut = multiply(np.full_like(size, abs(slope)), size), size * np.uint64(abs(slope)) & LOW_BITS != 0
    is_negative = is_low if slope > 0 else ~is_low
    exponent = exponent + (is_negative & is_cut)  # rounded down, so away from 0 below it
    sigmoid = divide_square(exponential(np.minimum(exponent, MOST_EXPONENT), is_negative) + ONE)
    rates: Array = np.clip(multiply(sigmoid, np.uint64(high - low)) + low, low, high)
    return rates


def exponential(size: Array, is_negative: Array) -> Array:
    """`e^size`, or `e^-size` where negative, for sizes to 20: the series that `Fixed.exp` sums up."""
    whole, part = size >> FRAC, size & LOW_BITS
    term, total = size.copy(), size + ONE
    for i in range(2, FRAC):
        high, low = term >> FRAC, term & LOW_BITS
        term = (term * whole + high * part + (low * part >> FRAC)) // i
        if not term.any():
            break
        total = total + term
    result = np.where(is_negative, divide_square(total), total)
    result[(size == ONE) & ~is_negative] = E_BITS
    return result


def divide_square(values: Array) -> Array:
    """`1 / values` rounded down; values of at least 1."""
    most = np.uint64((1 << 64) - 1)
    quotient: Array = most // values + (values & (values - 1) == 0)  # 2^64 is one more, which only its divisors show
    return quotient
