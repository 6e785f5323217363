"""Locked stake and the conviction that it earns: mass fades, or stays, and conviction grows toward it.

Source: pallet_subtensor::staking::lock::ConvictionModel; economics section 8
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from chain.scale.hints import struct, u64
from chain.types import AccountId
from runtime.fixed import I64F64, U64_MAX, U64F64, i64f64, u64f64
from runtime.units import AlphaBalance

DUST = 100
"""A lock whose mass, in rao, and conviction are both below this is none. Source: LOCK_STATE_ZERO_THRESHOLD"""
ONE_YEAR = 7200 * 365 + 1800
"""The age in blocks from which conviction can take a subnet over."""
MOST_DECAY = i64f64.from_int(-40)
NO_CONVICTION = u64f64.zero


@struct("pallet_subtensor::staking::lock::LockState")
class LockState:
    """A lock, or the sum of some, as it was at `last_update`."""

    locked_mass: AlphaBalance
    conviction: U64F64
    last_update: u64


def empty_lock(block: int) -> LockState:
    """Where nothing is locked."""
    return LockState(AlphaBalance(0), NO_CONVICTION, block)


def is_dust(lock: LockState) -> bool:
    """Whether a lock is too small to exist. Source: LockState::is_zero"""
    return lock.locked_mass < DUST and lock.conviction < DUST << 64


# -- time


@lru_cache(maxsize=4096)
def calculate_decay(blocks: int, rate_blocks: int) -> U64F64:
    """`e^(-blocks / rate)`, at the least e^-40; 0 for a rate of 0. Source: ConvictionModel::exp_decay"""
    if blocks == 0:
        return u64f64.one
    if rate_blocks == 0:
        return u64f64.zero
    exponent = i64f64.div(i64f64.from_int(-blocks), i64f64.from_int(rate_blocks))
    decay = i64f64.exp(MOST_DECAY if exponent is None else max(exponent, MOST_DECAY))
    return u64f64.zero if decay is None else u64f64.convert(decay, i64f64)


def calculate_conviction_gain(
    mass: AlphaBalance, blocks: int, unlock_rate: int, maturity_rate: int, is_perpetual: bool
) -> U64F64:
    """The conviction that mass earned in some blocks, decay of it included."""
    unlock, maturity = calculate_decay(blocks, unlock_rate), calculate_decay(blocks, maturity_rate)
    if is_perpetual:
        part = u64f64.sub(u64f64.one, maturity)
    elif unlock_rate == maturity_rate:
        part = u64f64.mul(u64f64.ratio(blocks, maturity_rate), maturity)
    elif unlock_rate == 0 or maturity_rate == 0:
        return NO_CONVICTION
    else:
        difference = i64f64.sub(i64f64.convert(unlock, u64f64), i64f64.convert(maturity, u64f64))
        weighted: I64F64 = i64f64.mul(i64f64.from_int(unlock_rate), difference)
        part = u64f64.convert(i64f64.safe_div(weighted, i64f64.from_int(unlock_rate - maturity_rate)), i64f64)
    return u64f64.mul(u64f64.from_int(mass), part)


def roll(
    lock: LockState, block: int, unlock_rate: int, maturity_rate: int, is_owner: bool, is_perpetual: bool
) -> LockState:
    """A lock as it is at `block`. On the subnet owner's hotkey conviction is the mass; dust becomes nothing.

    Source: ConvictionModel::roll_forward_lock
    """
    mass, conviction, updated = lock.locked_mass, lock.conviction, lock.last_update
    if block > updated:
        blocks = block - updated
        gain = calculate_conviction_gain(mass, blocks, unlock_rate, maturity_rate, is_perpetual)
        conviction = u64f64.add(u64f64.mul(calculate_decay(blocks, maturity_rate), conviction), gain)
        if not is_perpetual:
            left = u64f64.mul(calculate_decay(blocks, unlock_rate), u64f64.from_int(mass))
            mass = AlphaBalance(u64f64.to_u64(left))
        updated = block
    rolled = LockState(mass, u64f64.from_int(mass) if is_owner else conviction, updated)
    return empty_lock(updated) if is_dust(rolled) else rolled


def roll_with_aggregate(
    lock: LockState,
    aggregate: LockState,
    block: int,
    unlock_rate: int,
    maturity_rate: int,
    is_owner: bool,
    is_perpetual: bool,
) -> tuple[LockState, LockState]:
    """A lock, and the sum that it is part of, at `block`.

    What the lock loses is taken from the sum, which is then taken for rolled; only a lock that loses nothing has
    its sum rolled as well. The chain's: the other locks of the sum do not age in the first case.

    Source: ConvictionModel::roll_forward
    """
    rolled = roll(lock, block, unlock_rate, maturity_rate, is_owner, is_perpetual)
    lost_mass = AlphaBalance(max(lock.locked_mass - rolled.locked_mass, 0))
    lost_conviction = u64f64.sub(lock.conviction, rolled.conviction)
    if lost_mass or lost_conviction:
        return rolled, replace(reduce(aggregate, lost_mass, lost_conviction), last_update=block)
    return rolled, roll(aggregate, block, unlock_rate, maturity_rate, is_owner, is_perpetual)


# -- sums and parts


def merge(a: LockState, b: LockState) -> LockState:
    """Two locks as one. Source: ConvictionModel::merge_lock"""
    mass = AlphaBalance(min(a.locked_mass + b.locked_mass, U64_MAX))
    return LockState(mass, u64f64.add(a.conviction, b.conviction), max(a.last_update, b.last_update))


def reduce(lock: LockState, mass: AlphaBalance, conviction: U64F64) -> LockState:
    """A lock with so much less. Source: ConvictionModel::reduce_lock"""
    left = AlphaBalance(max(lock.locked_mass - mass, 0))
    return LockState(left, u64f64.sub(lock.conviction, conviction), lock.last_update)


def force_reduce(lock: LockState, amount: AlphaBalance, block: int) -> LockState:
    """A rolled lock after `amount` rao of its mass were unstaked by force; conviction falls in proportion.

    What it lost has to be taken from its sum as well.

    Source: ConvictionModel::force_reduce_individual
    """
    left = AlphaBalance(max(lock.locked_mass - amount, 0))
    if left == 0:
        return empty_lock(block)
    kept = u64f64.sub(u64f64.one, u64f64.ratio(amount, lock.locked_mass))
    return LockState(left, u64f64.mul(lock.conviction, kept), block)


def calculate_available(total: AlphaBalance, locked_mass: AlphaBalance) -> AlphaBalance:
    """What a coldkey can unstake on a subnet, in rao. Source: SubtensorModule::available_to_unstake"""
    return AlphaBalance(max(total - locked_mass, 0))


def calculate_moved_lock(lock: LockState, amount: AlphaBalance, total: AlphaBalance) -> LockState:
    """The part of a rolled lock that goes along with `amount` rao of stake: what free stake does not cover.

    Source: SubtensorModule::transfer_lock
    """
    uncovered = max(amount - calculate_available(total, lock.locked_mass), 0)
    mass = AlphaBalance(min(uncovered, lock.locked_mass))
    conviction = u64f64.mul(lock.conviction, u64f64.ratio(mass, lock.locked_mass))
    return LockState(mass, conviction if mass else NO_CONVICTION, lock.last_update)


# -- taking a subnet over


def is_conviction_enough(total_conviction: U64F64, alpha_out: AlphaBalance) -> bool:
    """Whether the conviction on a subnet is a tenth of its alpha. Source: change_subnet_owner_if_needed"""
    return alpha_out > 0 and u64f64.mul(total_conviction, u64f64.from_int(10)) >= u64f64.from_int(alpha_out)


def find_king(convictions: Iterable[tuple[AccountId, U64F64]]) -> AccountId | None:
    """The hotkey with the most conviction, the last by its bytes of equals. Source: SubtensorModule::subnet_king"""
    king = max(convictions, key=lambda entry: (entry[1], entry[0]), default=None)
    return None if king is None else king[0]
