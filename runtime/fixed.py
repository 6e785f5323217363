"""Fixed-point numbers as raw integers, with the chain's rounding: a value is `bits / 2^frac`.

Each format has a type, so that formats do not mix, and an object that knows its arithmetic: `u64f64.mul(a, b)`.
At run time every number is a plain int. Products and conversions round down, quotients of signed numbers toward zero.

Source: substrate_fixed 0.6, safe-math; economics section 0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Generic, NewType, TypeVar, cast

from chain.scale.hints import Named, i64, i128, u128

if TYPE_CHECKING:

    class U96F32(int):
        """128 bits, 32 of them fraction: emission, dividends, proportions."""

    class I96F32(int):
        """128 bits with sign, 32 of them fraction: moving price, root claims."""

    class U64F64(int):
        """128 bits, 64 of them fraction: prices, shares of emission, conviction."""

    class I64F64(int):
        """128 bits with sign, 64 of them fraction: stake weights, decay."""

    class I32F32(int):
        """64 bits with sign, 32 of them fraction: consensus."""
else:
    U96F32 = NewType("U96F32", Annotated[u128, Named("substrate_fixed::FixedU128", "bits")])
    I96F32 = NewType("I96F32", Annotated[i128, Named("substrate_fixed::FixedI128", "bits")])
    U64F64 = NewType("U64F64", Annotated[u128, Named("substrate_fixed::FixedU128", "bits")])
    I64F64 = NewType("I64F64", Annotated[i128, Named("substrate_fixed::FixedI128", "bits")])
    I32F32 = NewType("I32F32", Annotated[i64, Named("substrate_fixed::FixedI64", "bits")])

F = TypeVar("F", bound=int)
G = TypeVar("G", bound=int)

U16_MAX = (1 << 16) - 1
U64_MAX = (1 << 64) - 1
U128_MAX = (1 << 128) - 1

CONSTANT_FRAC = 23
"""How many fraction bits the chain's E and LOG2_E have, in every format."""
E_BITS = 22_802_600
LOG2_E_BITS = 12_102_203


@dataclass(frozen=True)
class Fixed(Generic[F]):
    """The arithmetic of one format. Without `checked` in its name an operation stops at the format's bounds."""

    name: str
    size: int
    frac: int
    signed: bool = False
    least: int = field(init=False)
    most: int = field(init=False)
    one: F = field(init=False)
    zero: F = field(init=False)

    def __post_init__(self) -> None:
        bounds = (-(1 << self.size - 1), (1 << self.size - 1) - 1) if self.signed else (0, (1 << self.size) - 1)
        for name, value in zip(("least", "most", "one", "zero"), (*bounds, 1 << self.frac, 0), strict=True):
            object.__setattr__(self, name, value)

    # -- making numbers

    def saturate(self, bits: int) -> F:
        """`bits`, or the bound that they pass."""
        return cast(F, self.most if bits > self.most else self.least if bits < self.least else bits)

    def check(self, bits: int) -> F | None:
        """`bits`, or None where they do not fit."""
        return cast(F, bits) if self.least <= bits <= self.most else None

    def from_bits(self, bits: int) -> F:
        """The number with these raw bits. Raises: ValueError where they do not fit."""
        if not self.least <= bits <= self.most:
            raise ValueError(f"{bits} is not the bits of a {self.name}")
        return cast(F, bits)

    def from_int(self, value: int) -> F:
        """A whole number."""
        return self.saturate(value << self.frac)

    def from_decimal(self, text: str) -> F:
        """A literal such as "0.000003": the double nearest to it, then the number nearest to that, ties to even.

        The chain's literals are doubles, and their 53 bits are in the state: 1.26 is not the nearest number to 1.26.
        """
        whole, _, part = text.removeprefix("-").partition(".")
        numerator, denominator = int(whole + part), int(10 ** len(part))
        if numerator == 0:
            return self.zero
        exponent = numerator.bit_length() - denominator.bit_length() - 53
        mantissa = round_ratio(numerator << max(-exponent, 0), denominator << max(exponent, 0))
        if mantissa.bit_length() > 53:
            exponent += 1
            mantissa = round_ratio(numerator << max(-exponent, 0), denominator << max(exponent, 0))
        shift = exponent + self.frac
        bits = round_ratio(mantissa << max(shift, 0), 1 << max(-shift, 0))
        return self.saturate(-bits if text.startswith("-") else bits)

    def ratio(self, numerator: int, denominator: int) -> F:
        """The quotient of two whole numbers, 0 where there is none."""
        return self.safe_div(self.from_int(numerator), self.from_int(denominator))

    def convert(self, value: G, source: Fixed[G]) -> F:
        """A number of another format: fraction bits that do not fit are dropped, toward minus infinity."""
        shift = self.frac - source.frac
        return self.saturate(value << shift if shift >= 0 else value >> -shift)

    # -- arithmetic

    def add(self, a: F, b: F) -> F:
        """`a + b`."""
        return self.saturate(a + b)

    def sub(self, a: F, b: F) -> F:
        """`a - b`."""
        return self.saturate(a - b)

    def mul(self, a: F, b: F) -> F:
        """`a * b`, rounded toward minus infinity."""
        return self.saturate(a * b >> self.frac)

    def checked_add(self, a: F, b: F) -> F | None:
        """`a + b`, None where it does not fit."""
        return self.check(a + b)

    def checked_sub(self, a: F, b: F) -> F | None:
        """`a - b`, None where it does not fit."""
        return self.check(a - b)

    def checked_mul(self, a: F, b: F) -> F | None:
        """`a * b` rounded toward minus infinity, None where it does not fit."""
        return self.check(a * b >> self.frac)

    def div(self, a: F, b: F) -> F | None:
        """`a / b` rounded toward zero; None where `b` is 0 or the result does not fit. Source: checked_div"""
        return None if b == 0 else self.check(self._quotient(a, b))

    def safe_div(self, a: F, b: F, default: F | None = None) -> F:
        """`div`, with 0 or `default` instead of None."""
        found = self.div(a, b)
        if found is not None:
            return found
        return self.zero if default is None else default

    def saturating_div(self, a: F, b: F) -> F:
        """`a / b` rounded toward zero, within the format's bounds. Raises: ZeroDivisionError"""
        return self.saturate(self._quotient(a, b))

    def _quotient(self, a: int, b: int) -> int:
        if a >= 0 and b > 0:
            return (a << self.frac) // b
        quotient = (abs(a) << self.frac) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient

    # -- whole numbers

    def to_u64(self, value: F) -> int:
        """The whole part as a u64; a negative number gives 0."""
        return min(max(value >> self.frac, 0), U64_MAX)

    def to_u128(self, value: F) -> int:
        """The whole part as a u128; a negative number gives 0."""
        return min(max(value >> self.frac, 0), U128_MAX)

    def ceil_to_u64(self, value: F) -> int:
        """The least whole number that is not below `value`, as a u64."""
        return min(max(-(-value >> self.frac), 0), U64_MAX)

    # -- transcendental functions, of signed formats

    def log2(self, x: F) -> F | None:
        """The binary logarithm, digit by digit; None where `x` is not positive or its inverse does not fit.

        Halving rounds half up, which is the chain's, and shows in the last digits.
        """
        if x <= 0:
            return None
        if x >= self.one:
            return self.saturate(self._log2_from_one(x))
        inverse = self.div(self.one, x)
        return None if inverse is None else self.saturate(-self._log2_from_one(inverse))

    def _log2_from_one(self, x: int) -> int:
        one, two, digits = 1 << self.frac, 2 << self.frac, 0
        while x >= two:
            digits += 1
            x = (x >> 1) + (x & 1)
        if x == one:
            return digits << self.frac
        for _ in range(self.frac):
            x = x * x >> self.frac
            digits <<= 1
            if x >= two:
                digits |= 1
                x = (x >> 1) + (x & 1)
        return digits

    def ln(self, x: F) -> F | None:
        """The natural logarithm, by a LOG2_E of 23 bits; None where `log2` is None."""
        log = self.log2(x)
        return None if log is None else self.saturate(self._quotient(log, LOG2_E_BITS << self.frac - CONSTANT_FRAC))

    def exp(self, x: F) -> F | None:
        """`e^x` by its series, None where a step does not fit; exp(1) has 23 bits only."""
        if x == 0:
            return self.one
        if x == self.one:
            return cast(F, E_BITS << self.frac - CONSTANT_FRAC)
        size = abs(x)
        term, result = size, size + self.one
        for i in range(2, self.frac):
            term = term * size >> self.frac
            if term > self.most or result > self.most:
                return None
            term //= i
            if term == 0:
                break
            result += term
        if result > self.most:
            return None
        return cast(F, result if x > 0 else (1 << 2 * self.frac) // result)


def round_ratio(numerator: int, denominator: int) -> int:
    """A quotient of whole numbers, rounded to the nearest, ties to even. Both are positive."""
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient & 1))


u96f32: Fixed[U96F32] = Fixed("U96F32", 128, 32)
i96f32: Fixed[I96F32] = Fixed("I96F32", 128, 32, signed=True)
u64f64: Fixed[U64F64] = Fixed("U64F64", 128, 64)
i64f64: Fixed[I64F64] = Fixed("I64F64", 128, 64, signed=True)
i32f32: Fixed[I32F32] = Fixed("I32F32", 64, 32, signed=True)
