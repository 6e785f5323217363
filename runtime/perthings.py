"""Parts per something: numbers from 0 to 1 as a count of equal parts.

Source: sp_arithmetic::per_things; economics section 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Generic, NewType, TypeVar, cast

from chain.scale.hints import Named, u32, u64

if TYPE_CHECKING:

    class Perquintill(int):
        """Parts of 10^18."""

    class Perbill(int):
        """Parts of 10^9."""
else:
    Perquintill = NewType("Perquintill", Annotated[u64, Named("sp_arithmetic::per_things::Perquintill")])
    Perbill = NewType("Perbill", Annotated[u32, Named("sp_arithmetic::per_things::Perbill")])

P = TypeVar("P", bound=int)


@dataclass(frozen=True)
class PerThing(Generic[P]):
    """The arithmetic of parts per `accuracy`."""

    accuracy: int

    def from_parts(self, parts: int) -> P:
        """So many parts, at most all of them."""
        return cast(P, min(parts, self.accuracy))

    def from_rational(self, numerator: int, denominator: int) -> P:
        """The part of `denominator` that `numerator` is, rounded down; all of it where that is no part."""
        if denominator == 0 or numerator > denominator:
            return cast(P, self.accuracy)
        return cast(P, numerator * self.accuracy // denominator)

    def left_from_one(self, parts: P) -> P:
        """What the parts lack of the whole."""
        return cast(P, max(self.accuracy - parts, 0))

    def mul_floor(self, parts: P, value: int) -> int:
        """That part of `value`, rounded down."""
        return value * parts // self.accuracy

    def mul_ceil(self, parts: P, value: int) -> int:
        """That part of `value`, rounded up."""
        return -(-value * parts // self.accuracy)

    def mul_round(self, parts: P, value: int) -> int:
        """That part of `value`, rounded to the nearest, halves up."""
        return (value * parts + (self.accuracy >> 1)) // self.accuracy


perquintill: PerThing[Perquintill] = PerThing(10**18)
perbill: PerThing[Perbill] = PerThing(10**9)
percent: PerThing[int] = PerThing(100)
