"""Parts per something: numbers from 0 to 1 as a count of equal parts.

Source: sp_arithmetic::per_things; economics section 0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Generic, NewType, TypeVar, cast

from chain.scale.hints import Parts, u8, u32, u64

PATH = "sp_arithmetic::per_things"

if TYPE_CHECKING:

    class Perquintill(int):
        """Parts of 10^18."""

    class Perbill(int):
        """Parts of 10^9."""

    class Percent(int):
        """Parts of 100."""
else:
    Perquintill = NewType("Perquintill", Annotated[u64, Parts(f"{PATH}::Perquintill", 10**18)])
    Perbill = NewType("Perbill", Annotated[u32, Parts(f"{PATH}::Perbill", 10**9)])
    Percent = NewType("Percent", Annotated[u8, Parts(f"{PATH}::Percent", 100)])

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
