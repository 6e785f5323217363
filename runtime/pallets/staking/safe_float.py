"""SafeFloat: a decimal number of 21 digits, in which the shares of a pool are kept.

Precise enough that one rao more makes a difference, and no more: a tenth of a rao must not.
Operations give None where the exponent, an i64, does not suffice.

Source: share_pool::SafeFloat; economics 6.2
"""

from __future__ import annotations

from bisect import bisect_left

from chain.scale.hints import i64, struct, u128
from runtime.fixed import U64_MAX, U64F64

MANTISSA_DIGITS = 21
"""A mantissa is above 10^20 and at most 10^21."""
MAX_MANTISSA: int = 10**MANTISSA_DIGITS
MIN_MANTISSA: int = 10 ** (MANTISSA_DIGITS - 1)
POWERS: list[int] = [10**digits for digits in range(80)]
"""Powers of ten past any 256-bit number."""
I64_MAX = (1 << 63) - 1
I64_MIN = -(1 << 63)


@struct("share_pool::SafeFloat")
class SafeFloat:
    """`mantissa * 10^exponent`; zero is (0, 0)."""

    mantissa: u128
    exponent: i64

    def __bool__(self) -> bool:
        return self.mantissa != 0

    def add(self, other: SafeFloat) -> SafeFloat | None:
        """The sum; digits of the smaller one that do not fit are dropped. Adding zero changes nothing."""
        if not self.mantissa:
            return other
        if not other.mantissa:
            return self
        mine, others, exponent = align(self, other)
        return normalize(mine + others, exponent)

    def sub(self, other: SafeFloat) -> SafeFloat | None:
        """The difference, at least zero; None for zero minus something."""
        if not other.mantissa:
            return self
        if not self.mantissa:
            return None
        mine, others, exponent = align(self, other)
        return normalize(max(mine - others, 0), exponent)

    def mul_div(self, factor: SafeFloat, divisor: SafeFloat) -> SafeFloat | None:
        """`self * factor / divisor` with nothing lost in between; None for a divisor of zero."""
        if not divisor.mantissa:
            return None
        partial = self.exponent + factor.exponent
        if not I64_MIN <= partial <= I64_MAX:
            return None
        return normalize(self.mantissa * factor.mantissa // divisor.mantissa, partial - divisor.exponent)

    def div(self, divisor: SafeFloat) -> SafeFloat | None:
        """The quotient; None for a divisor of zero."""
        if not divisor.mantissa:
            return None
        exponent = self.exponent - divisor.exponent - MANTISSA_DIGITS
        return normalize(self.mantissa * MAX_MANTISSA // divisor.mantissa, exponent)

    def to_u64(self) -> int:
        """The whole part, as a u64."""
        scale = POWERS[min(abs(self.exponent), MANTISSA_DIGITS + 1)]
        whole = self.mantissa * scale if self.exponent > 0 else self.mantissa // scale
        return min(whole, U64_MAX)


ZERO = SafeFloat(0, 0)


def normalize(mantissa: int, exponent: int) -> SafeFloat | None:
    """The number whose mantissa has all its digits; None where the exponent does not suffice.

    Source: share_pool::SafeFloat::normalize
    """
    if mantissa == 0:
        return ZERO
    excess = bisect_left(POWERS, mantissa) - MANTISSA_DIGITS
    if excess > 0:
        mantissa //= POWERS[excess]
        exponent += excess
        if mantissa == MIN_MANTISSA:  # the digits that made it longer were all dropped
            mantissa, exponent = MAX_MANTISSA, exponent - 1
    elif excess < 0:
        mantissa *= POWERS[-excess]
        exponent += excess
    return SafeFloat(mantissa, exponent) if I64_MIN <= exponent <= I64_MAX else None


def align(a: SafeFloat, b: SafeFloat) -> tuple[int, int, int]:
    """Both mantissas at the larger exponent, and that exponent."""
    distance = a.exponent - b.exponent
    divisor = POWERS[min(abs(distance), MANTISSA_DIGITS + 1)]
    if distance >= 0:
        return a.mantissa, b.mantissa // divisor, a.exponent
    return a.mantissa // divisor, b.mantissa, b.exponent


def safe_float(mantissa: int, exponent: int = 0) -> SafeFloat | None:
    """`mantissa * 10^exponent`; None for a mantissa above 10^21. Source: share_pool::SafeFloat::new"""
    return normalize(mantissa, exponent) if mantissa <= MAX_MANTISSA else None


def from_u64(value: int) -> SafeFloat:
    """A whole number of at most 64 bits, which always has a SafeFloat."""
    return normalize(value, 0) or ZERO


def from_u64f64(value: U64F64) -> SafeFloat:
    """A share of the older kind: the whole part plus the fraction over 2^64.

    Source: From<U64F64> for share_pool::SafeFloat
    """
    whole, fraction = from_u64(value >> 64), from_u64(value & U64_MAX)
    return whole.add(fraction.div(from_u64(U64_MAX + 1)) or ZERO) or ZERO
