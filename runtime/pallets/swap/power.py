"""`power`: a fraction to the power of a fraction, as the chain's big-integer library rounds it.

The library has two ways: exact roots for small exponents, and logarithm and exponential series with hundreds of
bits for all others. `power_by_series` does the latter step by step. That costs up to 1.6 ms, so `power` first
computes the same number with a bound on its error: where no integer lies within that bound, rounding down gives the
library's own result, and otherwise, once in 2^100 swaps, the library's steps are taken.

Source: safe-bigmath 0.4.1, SafeInt::pow_ratio_scaled; economics 7.5
"""

from __future__ import annotations

from functools import cache
from math import gcd

MAX_EXACT_EXPONENT = 1024
"""Up to this numerator and denominator the exponent is taken exactly."""
GUARD_BITS = 24
MAX_TERMS = 4096

WORKING_BITS = 256
"""Fraction bits of the quick way."""
ONE = 1 << WORKING_BITS
HALVINGS = 8
"""How often the quick exponential halves its argument before the series."""
MAX_QUICK_LOG = 16 << WORKING_BITS
"""Past e^16 and e^-16 the library's series lose digits, and with them the quick way's licence."""
MIN_QUICK_PRECISION = 256
MAX_QUICK_SCALE_BITS = 64
MAX_QUICK_EXPONENT = 128
MAX_QUICK_BASE_BITS = 128
ERROR_BITS = 100
"""Both ways are closer than 2^-100 to the true product of power and scale.

The library's way: each logarithm is off by at most 2^-254 for its series and 128 * 2^-254 for its multiple of ln 2,
thus the power's by 2^-238, e^16 times that after the exponential, 2^64 times that after the scale: below 2^-150. The
quick way: 2^-240 for the logarithm, 2^-233 for the power's, 2^-208 after the squarings, 2^-120 after e^16 and scale.
"""


def power(
    base_numerator: int,
    base_denominator: int,
    exponent_numerator: int,
    exponent_denominator: int,
    precision: int,
    scale: int,
) -> int | None:
    """`floor((bn / bd)^(en / ed) * scale)`, rounded as the library does; None for a denominator of 0.

    Source: SafeInt::pow_ratio_scaled
    """
    if base_denominator == 0 or exponent_denominator == 0:
        return None
    if base_numerator == 0:
        return 0
    if exponent_numerator == 0:
        return scale
    common = gcd(exponent_numerator, exponent_denominator)
    en, ed = exponent_numerator // common, exponent_denominator // common
    if en == 1 == ed:  # equal weights: the exact way, whose root is the number itself
        return base_numerator * scale // base_denominator
    found = power_quickly(base_numerator, base_denominator, en, ed, precision, scale)
    if found is not None:
        return found
    if en <= MAX_EXACT_EXPONENT and ed <= MAX_EXACT_EXPONENT:
        return integer_root(base_numerator**en * scale**ed // base_denominator**en, ed)
    return power_by_series(base_numerator, base_denominator, en, ed, precision, scale)


def integer_root(value: int, degree: int) -> int:
    """The largest integer whose `degree`-th power is at most `value`."""
    if degree == 1 or value < 2:
        return value
    root = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * root + value // root ** (degree - 1)) // degree
        if better >= root:
            return root
        root = better


# -- the library's way


def power_by_series(bn: int, bd: int, en: int, ed: int, precision: int, scale: int) -> int:
    """What the library gives for an exponent in lowest terms that is past the exact way."""
    precision = max(precision, 32, scale.bit_length() + 8)
    bits = precision + GUARD_BITS
    log = (ln_by_series(bn, bits) - ln_by_series(bd, bits)) * en // ed
    return round_guard(exp_by_series(log, bits)) * scale >> precision


def round_guard(value: int) -> int:
    """A number without its guard bits, rounded to the nearest, halves away from zero."""
    half = 1 << GUARD_BITS - 1
    return value + half >> GUARD_BITS if value >= 0 else -(half - value >> GUARD_BITS)


def count_terms(bits: int) -> int:
    """After how many terms a series ends at the latest."""
    return min(MAX_TERMS, bits + 128)


def ln1p_by_series(x: int, bits: int) -> int:
    """`ln(1 + x)`, by its Taylor series, until its rounded digits stand still. Source: ln1p_fixed"""
    term = result = x
    previous = round_guard(result)
    for n in range(2, count_terms(bits) + 1):
        term = term * x >> bits
        step = term // n
        if step == 0:
            break
        result += step if n & 1 else -step
        rounded = round_guard(result)
        if -(1 << GUARD_BITS) < step < 1 << GUARD_BITS or rounded == previous:
            break
        previous = rounded
    return result


@cache
def ln2_by_series(bits: int) -> int:
    """`ln 2`, as the library finds it."""
    return -ln1p_by_series(-(1 << bits - 1), bits)


def ln_by_series(value: int, bits: int) -> int:
    """The logarithm of a whole number: of its leading digits, and ln 2 for each binary place. Source: ln_biguint"""
    places = value.bit_length() - 1
    mantissa = (value << bits) >> places
    if mantissa >= 3 << bits - 1:
        mantissa >>= 1
        places += 1
    return ln1p_by_series(mantissa - (1 << bits), bits) + ln2_by_series(bits) * places


def exp_by_series(x: int, bits: int) -> int:
    """`e^x`, by its Taylor series, until its rounded digits stand still. Source: exp_fixed"""
    term = result = 1 << bits
    previous = round_guard(result)
    for n in range(1, count_terms(bits) + 1):
        term = (term * x >> bits) // n
        if term == 0:
            break
        result += term
        rounded = round_guard(result)
        if -(1 << GUARD_BITS) < term < 1 << GUARD_BITS or rounded == previous:
            break
        previous = rounded
    return result


# -- the quick way


def power_quickly(bn: int, bd: int, en: int, ed: int, precision: int, scale: int) -> int | None:
    """The library's result, where the bounds on both errors prove it; None elsewhere."""
    if (
        precision < MIN_QUICK_PRECISION
        or scale.bit_length() > MAX_QUICK_SCALE_BITS
        or en > MAX_QUICK_EXPONENT * ed
        or max(bn, bd).bit_length() > MAX_QUICK_BASE_BITS
    ):
        return None
    if bn == bd:
        return scale
    log = ln_ratio(bn, bd) * en // ed
    if not -MAX_QUICK_LOG <= log <= MAX_QUICK_LOG:
        return None
    product = exp_quickly(log) * scale
    error = 1 << WORKING_BITS - ERROR_BITS + 1
    floor = product - error >> WORKING_BITS
    return floor if floor == product + error >> WORKING_BITS else None


def artanh_doubled(numerator: int, denominator: int) -> int:
    """`2 artanh(n / d)`, for a small fraction of either sign."""
    x = (numerator << WORKING_BITS) // denominator
    square = x * x >> WORKING_BITS
    result, n = x, 1
    while x not in (0, -1):
        x = x * square >> WORKING_BITS
        n += 2
        result += x // n
    return result << 1


@cache
def ln2() -> int:
    """`ln 2`, with the quick way's bits."""
    return artanh_doubled(1, 3)


def ln_ratio(numerator: int, denominator: int) -> int:
    """`ln(n / d)`: ln 2 for each binary place, and the rest, which is between about 2/3 and 4/3."""
    places = numerator.bit_length() - denominator.bit_length()
    numerator, denominator = numerator << max(-places, 0), denominator << max(places, 0)
    if 3 * numerator > denominator << 2:
        denominator, places = denominator << 1, places + 1
    elif 3 * numerator < denominator << 1:
        numerator, places = numerator << 1, places - 1
    return artanh_doubled(numerator - denominator, numerator + denominator) + places * ln2()


def exp_quickly(x: int) -> int:
    """`e^x`: a power of two times the exponential of a remainder, which is halved, developed and squared back."""
    places = x // ln2()
    x = x - places * ln2() >> HALVINGS
    term = result = ONE
    n = 0
    while term:
        n += 1
        term = (term * x >> WORKING_BITS) // n
        result += term
    for _ in range(HALVINGS):
        result = result * result >> WORKING_BITS
    return result << places if places >= 0 else result >> -places
