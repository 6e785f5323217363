"""How much can be staked, unstaked or moved before a price limit, in rao per alpha, is reached.

Subnets without a pool, root and stable ones, have the price 1 and no slippage: their pool is None.

Source: SubtensorModule::get_max_amount_add, get_max_amount_remove, get_max_amount_move; economics 6.6
"""

from __future__ import annotations

from runtime.fixed import U64_MAX, u64f64
from runtime.pallets.swap.balancer import Pool, calculate_price
from runtime.pallets.swap.step import MAX_INPUT_PER_RESERVE, MINIMUM_RESERVE, buy, sell
from runtime.units import RAO_PER_TAO, AlphaBalance, TaoBalance

MIN_STAKE = TaoBalance(2_000_000)
"""The least that is worth staking, in rao. Source: DefaultMinStake"""
UNLIMITED = U64_MAX


def calculate_max_input(reserve: int) -> int:
    """The most that a pool takes at once, in rao of what it takes."""
    return min(reserve * MAX_INPUT_PER_RESERVE, U64_MAX)


def calculate_max_add(
    pool: Pool | None, limit_rao: int, fee_rate: int, minimum_reserve: int = MINIMUM_RESERVE
) -> TaoBalance:
    """How much TAO can be staked, fee included.

    Raises: Refused (SwapRefusal)
    Source: SubtensorModule::get_max_amount_add
    """
    if pool is None:
        return TaoBalance(UNLIMITED if limit_rao >= RAO_PER_TAO else 0)
    most = TaoBalance(calculate_max_input(pool.tao))
    return TaoBalance(buy(pool, most, limit_rao, fee_rate, minimum_reserve).cost)


def calculate_max_remove(
    pool: Pool | None, limit_rao: int, fee_rate: int, minimum_reserve: int = MINIMUM_RESERVE
) -> AlphaBalance:
    """How much alpha can be unstaked, fee included.

    Raises: Refused (SwapRefusal)
    Source: SubtensorModule::get_max_amount_remove
    """
    if pool is None:
        return AlphaBalance(UNLIMITED if limit_rao <= RAO_PER_TAO else 0)
    most = AlphaBalance(calculate_max_input(pool.alpha))
    return AlphaBalance(sell(pool, most, limit_rao, fee_rate, minimum_reserve).cost)


def calculate_max_move(
    origin: Pool | None,
    destination: Pool | None,
    limit_rao: int,
    origin_fee_rate: int,
    destination_fee_rate: int,
    minimum_reserve: int = MINIMUM_RESERVE,
) -> AlphaBalance:
    """How much alpha can move; the limit is origin's price over destination's, 10^9 for 1.

    Raises: Refused (SwapRefusal)
    Source: SubtensorModule::get_max_amount_move
    """
    if origin is None and destination is None:
        return AlphaBalance(0 if limit_rao > RAO_PER_TAO else UNLIMITED)
    if destination is None:
        return calculate_max_remove(origin, limit_rao, origin_fee_rate, minimum_reserve)
    if origin is None:
        if limit_rao == 0:
            return AlphaBalance(UNLIMITED)
        limit = invert_limit(limit_rao)
        return AlphaBalance(calculate_max_add(destination, limit, destination_fee_rate, minimum_reserve))
    return calculate_max_move_between(origin, destination, limit_rao)


def invert_limit(limit_rao: int) -> int:
    """The inverse of a limit, in the same scale; rounded twice, as the chain does. Zero for a limit of 0."""
    tao = u64f64.from_int(RAO_PER_TAO)
    return u64f64.to_u64(u64f64.mul(u64f64.safe_div(tao, u64f64.from_int(limit_rao)), tao))


def calculate_max_move_between(origin: Pool, destination: Pool, limit_rao: int) -> AlphaBalance:
    """How much alpha can move between two pools, as if both had equal weights."""
    if not (origin.tao and destination.tao and origin.alpha and destination.alpha):
        return AlphaBalance(0)
    limit = u64f64.ratio(limit_rao, RAO_PER_TAO)
    if limit > u64f64.safe_div(calculate_price(origin), calculate_price(destination)):
        return AlphaBalance(0)
    if limit_rao == 0:
        return AlphaBalance(UNLIMITED)
    origin_tao, destination_tao = u64f64.from_int(origin.tao), u64f64.from_int(destination.tao)
    total = u64f64.add(destination_tao, origin_tao)
    reach = u64f64.mul(u64f64.from_int(destination.alpha), u64f64.safe_div(origin_tao, total))
    held = u64f64.mul(u64f64.from_int(origin.alpha), u64f64.safe_div(destination_tao, total))
    return AlphaBalance(u64f64.to_u64(u64f64.sub(u64f64.safe_div(reach, limit), held)))


def calculate_min_nomination(pool: Pool | None, factor: int) -> AlphaBalance:
    """Below so much alpha a nomination is unstaked; `factor` is parts of a million of the least stake.

    Source: SubtensorModule::clear_small_nomination_if_required
    """
    least = min(MIN_STAKE * factor, U64_MAX) // 1_000_000
    price = u64f64.one if pool is None else calculate_price(pool)
    return AlphaBalance(u64f64.to_u64(u64f64.safe_div(u64f64.from_int(least), price)))
