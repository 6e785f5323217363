"""What a new subnet costs, and the pool that it starts with.

Source: pallet_subtensor::coinbase::root, subnets::subnet; economics 5.1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.fixed import U64_MAX, U64F64, i64f64, u64f64
from runtime.units import RAO_PER_TAO, AlphaBalance, TaoBalance


def calculate_reduction_interval(interval: int, block_emission: TaoBalance) -> int:
    """In how many blocks the price falls by one lock; shorter by each halving of TAO's emission.

    Source: SubtensorModule::get_lock_reduction_interval
    """
    halving = i64f64.ratio(block_emission, RAO_PER_TAO)
    return i64f64.to_u64(i64f64.mul(i64f64.from_int(interval), halving))


def calculate_lock_cost(
    last_lock: TaoBalance, minimum: TaoBalance, last_block: int, block: int, reduction_interval: int
) -> TaoBalance:
    """The price of a subnet in rao: twice the last one, falling since, never below the minimum.

    The first subnet, while `last_block` is 0, pays the last price once.

    Source: SubtensorModule::get_network_lock_cost
    """
    doubled = min(last_lock * (1 if last_block == 0 else 2), U64_MAX)
    step = last_lock // reduction_interval if reduction_interval else 0
    fallen = min(step * max(block - last_block, 0), U64_MAX)
    return max(TaoBalance(max(doubled - fallen, 0)), minimum)


def calculate_median_price(prices: Sequence[U64F64]) -> U64F64:
    """The median of the prices above 0, the mean of the two middle ones if they are even; 1 where there is none.

    Source: SubtensorModule::get_median_subnet_alpha_price
    """
    known = sorted(price for price in prices if price > 0)
    if not known:
        return u64f64.one
    lower, upper = known[(len(known) - 1) // 2], known[len(known) // 2]
    return upper if len(known) & 1 else u64f64.saturate(u64f64.add(lower, upper) >> 1)


@dataclass(frozen=True, slots=True)
class InitialPool:
    """The reserves of a new subnet, in rao, and what is recycled of its lock."""

    tao: TaoBalance
    alpha: AlphaBalance
    recycled: TaoBalance


def calculate_initial_pool(lock: TaoBalance, minimum: TaoBalance, median: U64F64) -> InitialPool:
    """The whole lock becomes the pool, at the median price. Source: SubtensorModule::do_register_network"""
    tao = max(lock, minimum)
    alpha = u64f64.to_u64(u64f64.safe_div(u64f64.from_int(tao), median))
    return InitialPool(tao, AlphaBalance(alpha), TaoBalance(max(lock - tao, 0)))
