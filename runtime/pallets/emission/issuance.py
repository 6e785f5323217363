"""The issuance curve: one TAO a block, halved when half of what was left is issued, and on.

Rules of numbers only; all amounts are rao.
"""

from __future__ import annotations

from runtime.units import MAX_SUPPLY, RAO_PER_TAO, TaoBalance

DEFAULT_BLOCK_EMISSION = TaoBalance(RAO_PER_TAO)
"""What a block emits before the first halving, in rao."""


def calculate_halvings(issuance: TaoBalance) -> int:
    """How many halvings an issuance below the cap has passed.

    The k-th comes when `21M * (1 - 2^-k)` TAO are issued: the largest k with `remaining * 2^k <= cap`.

    Source: the chain's floor(log2(1 / (1 - issuance / 21M))), whose steps are exact at these thresholds
    """
    return (MAX_SUPPLY // (MAX_SUPPLY - issuance)).bit_length() - 1


def calculate_block_emission(issuance: TaoBalance) -> TaoBalance:
    """What a block emits at `issuance`: `10^9 >> halvings`, 0 at the cap.

    Source: SubtensorModule::calculate_block_emission; economics section 2
    """
    if issuance >= MAX_SUPPLY:
        return TaoBalance(0)
    return TaoBalance(DEFAULT_BLOCK_EMISSION >> calculate_halvings(issuance))


def calculate_mint(emission: TaoBalance, issuance: TaoBalance) -> TaoBalance:
    """How much of `emission` can be minted at `issuance` without passing the cap."""
    return min(emission, max(TaoBalance(0), MAX_SUPPLY - issuance))
