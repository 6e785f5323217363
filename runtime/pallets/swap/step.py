"""One swap: how much goes in, how much comes out and what it costs, up to a price limit.

Source: pallet_subtensor_swap do_swap and swap_step; economics 6.10 and 7.4
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Generic, TypeVar

from runtime.fixed import U64_MAX, U64F64, u64f64
from runtime.pallets.swap.balancer import (
    Pool,
    calculate_alpha_out,
    calculate_alpha_to_price,
    calculate_fee,
    calculate_fee_on_top,
    calculate_price,
    calculate_tao_out,
    calculate_tao_to_price,
)
from runtime.refusal import Refused
from runtime.units import RAO_PER_TAO, AlphaBalance, TaoBalance

In = TypeVar("In", bound=int)
Out = TypeVar("Out", bound=int)

MAX_INPUT_PER_RESERVE = 1000
"""How many times its reserve an input may be. Source: MAX_SWAP_INPUT_RESERVE_MULTIPLIER"""
MINIMUM_RESERVE = 1_000_000
"""The least reserve, in rao, that still pays out. Source: pallet_subtensor_swap MinimumReserve"""
DEFAULT_FEE_RATE = 33
"""Parts of 65535. Source: pallet_subtensor_swap DefaultFeeRate"""
MAX_BUY_PRICE = TaoBalance(10**15)
MIN_SELL_PRICE = TaoBalance(1000)
"""The limits of a swap that has none of its own, in rao per alpha."""


class SwapRefusal(Enum):
    """Why a swap does not happen."""

    SwapInputTooLarge = auto()
    ReservesTooLow = auto()
    PriceLimitExceeded = auto()
    InsufficientLiquidity = auto()


@dataclass(frozen=True, slots=True)
class Swap(Generic[In, Out]):
    """What a swap takes and gives; moving the reserves is the caller's."""

    paid_in: In
    """What enters the pool, without the fee."""
    paid_out: Out
    fee: In

    @property
    def cost(self) -> int:
        """What the payer gives: what enters the pool, and the fee."""
        return min(self.paid_in + self.fee, U64_MAX)


def to_price(limit_rao: int) -> U64F64:
    """A limit in rao per alpha as a price."""
    return u64f64.ratio(limit_rao, RAO_PER_TAO)


def buy(
    pool: Pool, tao: TaoBalance, limit_rao: int, fee_rate: int, minimum_reserve: int = MINIMUM_RESERVE
) -> Swap[TaoBalance, AlphaBalance]:
    """Buy alpha with `tao` rao, fee included, while the price is at most the limit. A fee rate of 0 is no fee.

    Raises: Refused (SwapRefusal)
    """
    return _buy(pool, tao, limit_rao, fee_rate, minimum_reserve)


@lru_cache(maxsize=64)  # who trades has asked for the same numbers just before
def _buy(
    pool: Pool, tao: TaoBalance, limit_rao: int, fee_rate: int, minimum_reserve: int
) -> Swap[TaoBalance, AlphaBalance]:
    limit, fee = to_price(limit_rao), calculate_fee(tao, fee_rate)
    net = TaoBalance(tao - fee)
    ensure_input(net, pool.tao, pool.alpha, minimum_reserve)
    price = calculate_price(pool)
    if price >= limit:
        raise Refused(SwapRefusal.PriceLimitExceeded)
    out = calculate_alpha_out(pool, net)
    target = Pool(AlphaBalance(pool.alpha - out), TaoBalance(min(pool.tao + net, U64_MAX)), pool.quote)
    if calculate_price(target) > limit:
        net = calculate_tao_to_price(pool, price, limit)
        fee = calculate_fee_on_top(net, fee_rate)
        out = calculate_alpha_out(pool, net)
    ensure_output(net, out, pool.alpha)
    return Swap(net, out, TaoBalance(fee))


def sell(
    pool: Pool, alpha: AlphaBalance, limit_rao: int, fee_rate: int, minimum_reserve: int = MINIMUM_RESERVE
) -> Swap[AlphaBalance, TaoBalance]:
    """Sell `alpha` rao, fee included, while the price is at least the limit. A fee rate of 0 is no fee.

    Raises: Refused (SwapRefusal)
    """
    return _sell(pool, alpha, limit_rao, fee_rate, minimum_reserve)


@lru_cache(maxsize=64)  # who trades has asked for the same numbers just before
def _sell(
    pool: Pool, alpha: AlphaBalance, limit_rao: int, fee_rate: int, minimum_reserve: int
) -> Swap[AlphaBalance, TaoBalance]:
    limit, fee = to_price(limit_rao), calculate_fee(alpha, fee_rate)
    net = AlphaBalance(alpha - fee)
    ensure_input(net, pool.alpha, pool.tao, minimum_reserve)
    price = calculate_price(pool)
    if price <= limit:
        raise Refused(SwapRefusal.PriceLimitExceeded)
    out = calculate_tao_out(pool, net)
    target = Pool(AlphaBalance(min(pool.alpha + net, U64_MAX)), TaoBalance(pool.tao - out), pool.quote)
    if calculate_price(target) < limit:
        net = calculate_alpha_to_price(pool, price, limit)
        fee = calculate_fee_on_top(net, fee_rate)
        out = calculate_tao_out(pool, net)
    ensure_output(net, out, pool.tao)
    return Swap(net, out, AlphaBalance(fee))


def ensure_input(net: int, reserve_in: int, reserve_out: int, minimum_reserve: int) -> None:
    """Refuse an input that is too large for its reserve, then a reserve that is too small to pay out."""
    if net > min(reserve_in * MAX_INPUT_PER_RESERVE, U64_MAX):
        raise Refused(SwapRefusal.SwapInputTooLarge)
    if reserve_out < minimum_reserve:
        raise Refused(SwapRefusal.ReservesTooLow)


def ensure_output(net: int, out: int, reserve_out: int) -> None:
    """Refuse to take something for nothing, and to pay more than there is."""
    if net and not out:
        raise Refused(SwapRefusal.ReservesTooLow)
    if out > reserve_out:
        raise Refused(SwapRefusal.InsufficientLiquidity)
