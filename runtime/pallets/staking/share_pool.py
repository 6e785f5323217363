"""The share pool: a hotkey's alpha on a subnet, and the shares of it that coldkeys have.

A position is worth `V * s / D`. What is added for everybody raises V only; what is added for one coldkey
raises V, and D and s by the same number of shares.

Source: share_pool::SharePool; economics 6.1
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from runtime.fixed import U64_MAX
from runtime.pallets.staking.safe_float import ZERO, SafeFloat, from_u64
from runtime.units import AlphaBalance


@dataclass(frozen=True, slots=True)
class Position:
    """A pool as one coldkey sees it."""

    value: AlphaBalance
    """V, all alpha of the pool, in rao: `TotalHotkeyAlpha`."""
    denominator: SafeFloat = ZERO
    """D, all shares: `TotalHotkeySharesV2`."""
    share: SafeFloat = ZERO
    """s, this coldkey's shares: `AlphaV2`. Zero where there is no entry."""


def value_of(position: Position) -> AlphaBalance:
    """What the coldkey's shares are worth, in rao, rounded down; 0 while the pool has no shares.

    Source: share_pool::SharePool::get_value
    """
    worth = from_u64(position.value).mul_div(position.share, position.denominator)
    return AlphaBalance(0 if worth is None else worth.to_u64())


def add_for_all(value: AlphaBalance, amount: AlphaBalance) -> AlphaBalance:
    """V after `amount` rao more for everybody. Source: share_pool::SharePool::update_value_for_all"""
    return AlphaBalance(min(value + amount, U64_MAX))


def remove_for_all(value: AlphaBalance, amount: AlphaBalance) -> AlphaBalance:
    """V after `amount` rao less for everybody. Source: share_pool::SharePool::update_value_for_all"""
    return AlphaBalance(max(value - amount, 0))


def calculate_shares(position: Position, amount: AlphaBalance) -> SafeFloat:
    """How many shares `amount` rao are: `amount * D / V`, none while V is 0.

    Source: share_pool::SharePool::get_shares_per_update
    """
    return from_u64(amount).mul_div(position.denominator, from_u64(position.value)) or ZERO


def is_precise_enough(position: Position, amount: AlphaBalance) -> bool:
    """Whether adding `amount` rao for one coldkey would give it any shares.

    Source: share_pool::SharePool::sim_update_value_for_one
    """
    return not position.denominator or bool(calculate_shares(position, amount))


def add_for_one(position: Position, amount: AlphaBalance) -> Position:
    """The position after `amount` rao more for this coldkey; the first of a pool gets all of it.

    Source: share_pool::SharePool::update_value_for_one
    """
    value = add_for_all(position.value, amount)
    if not position.denominator:
        shares = from_u64(amount)
        return Position(value, shares, shares)
    shares = calculate_shares(position, amount)
    return Position(
        value,
        position.denominator.add(shares) or position.denominator,
        position.share.add(shares) or position.share,
    )


def remove_for_one(position: Position, amount: AlphaBalance) -> Position:
    """The position after `amount` rao less for this coldkey; unchanged if it is not worth as much.

    A difference that does not exist is skipped, so that a share of zero stays zero.

    Source: SubtensorModule::decrease_stake_for_hotkey_and_coldkey_on_subnet
    """
    if amount == 0 or value_of(position) < amount:
        return position
    shares = calculate_shares(position, amount)
    denominator, share = position.denominator.sub(shares), position.share.sub(shares)
    return replace(
        position,
        value=remove_for_all(position.value, amount),
        denominator=position.denominator if denominator is None else denominator,
        share=position.share if share is None else share,
    )
