"""Units that the type checker keeps apart and the interpreter does not see: all are plain ints."""

from __future__ import annotations

from typing import TYPE_CHECKING, NewType, Self

from chain.scale.hints import u16, u64

if TYPE_CHECKING:

    class Amount(int):
        """An int that adds to its own kind only."""

        def __add__(self, other: Self) -> Self: ...  # type: ignore[override]
        def __sub__(self, other: Self) -> Self: ...  # type: ignore[override]
        def __mul__(self, other: int) -> Self: ...
        def __floordiv__(self, other: int) -> Self: ...

    class TaoBalance(Amount):
        """An amount of TAO in rao, 10^-9 TAO."""

    class AlphaBalance(Amount):
        """An amount of a subnet's alpha in rao, 10^-9 alpha."""
else:
    TaoBalance = NewType("TaoBalance", u64)
    AlphaBalance = NewType("AlphaBalance", u64)

NetUid = NewType("NetUid", u16)

RAO_PER_TAO = 1_000_000_000
MAX_SUPPLY = TaoBalance(21_000_000 * RAO_PER_TAO)
"""The most TAO that can ever exist, in rao."""


def TAO(amount: int) -> TaoBalance:
    """Whole TAO as rao."""
    return TaoBalance(amount * RAO_PER_TAO)


def saturating_sub(a: TaoBalance, b: TaoBalance) -> TaoBalance:
    """`a - b`, not below zero."""
    return TaoBalance(max(a - b, 0))
