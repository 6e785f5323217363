"""Limit orders: when one may be executed, at what limit, and how a batch shares what it traded.

Source: pallet_limit_orders; economics section 9
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from chain.scale.codec import split_path
from runtime.fixed import U64_MAX, U64F64, u64f64
from runtime.perthings import Perbill, perbill
from runtime.refusal import Refused
from runtime.units import RAO_PER_TAO

MAX_RELAYERS = 10
MAX_ORDERS_PER_BATCH = 100


class OrderType(enum.Enum):
    """What an order does, and on which side of its limit price."""

    LimitBuy = 0
    TakeProfit = 1
    StopLoss = 2

    @property
    def is_buy(self) -> bool:
        """Whether TAO is spent; otherwise alpha is sold."""
        return self is OrderType.LimitBuy

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_limit_orders::OrderType")


class OrderSide(enum.Enum):
    """In which direction a batch trades with the pool."""

    Buy = 0
    Sell = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_limit_orders::OrderSide")


class OrderRefusal(enum.Enum):
    """Why an order is not executed."""

    PriceConditionNotMet = enum.auto()
    RelayerRequiredForPartialFill = enum.auto()
    PartialFillsNotEnabled = enum.auto()
    IncorrectPartialFillAmount = enum.auto()
    ArithmeticOverflow = enum.auto()
    ZeroShareInBatch = enum.auto()


# -- one order


def to_scaled_price(price: U64F64) -> int:
    """A price in the scale of limits, 10^9 for 1."""
    return u64f64.to_u64(u64f64.mul(price, u64f64.from_int(RAO_PER_TAO)))


def ensure_price(order_type: OrderType, price: U64F64, limit: int) -> None:
    """Refuse an order whose price has not come: at least the limit to take profit, at most it for the others."""
    scaled = to_scaled_price(price)
    if scaled < limit if order_type is OrderType.TakeProfit else scaled > limit:
        raise Refused(OrderRefusal.PriceConditionNotMet)


def ensure_fill(amount: int, fill: int | None, filled: int, has_relayers: bool, is_partial_enabled: bool) -> None:
    """Refuse a fill that the order does not allow: what is filled already has to be completed in parts.

    Source: pallet_limit_orders::is_order_valid
    """
    if fill is None:
        if filled:
            raise Refused(OrderRefusal.IncorrectPartialFillAmount)
        return
    if not has_relayers:
        raise Refused(OrderRefusal.RelayerRequiredForPartialFill)
    if not is_partial_enabled:
        raise Refused(OrderRefusal.PartialFillsNotEnabled)
    if not 0 < fill <= max(amount - filled, 0):
        raise Refused(OrderRefusal.IncorrectPartialFillAmount)


def calculate_filled(amount: int, fill: int | None, filled: int) -> int | None:
    """How much of an order is filled after this; None once it is fulfilled. Source: compute_order_status"""
    total = amount if fill is None else min(filled + fill, U64_MAX)
    return None if total >= amount else total


def calculate_swap_limit(is_buy: bool, limit: int, max_slippage: Perbill | None) -> int:
    """The worst price that the pool may give; none at all where the order has no slippage.

    Source: pallet_limit_orders::compute_effective_swap_limit
    """
    if max_slippage is None:
        return U64_MAX if is_buy else 0
    slippage = perbill.mul_floor(max_slippage, limit)
    return min(limit + slippage, U64_MAX) if is_buy else max(limit - slippage, 0)


def calculate_order_fee(tao: int, rate: Perbill) -> int:
    """The fee in rao: of what a purchase pays, before its swap, or of what a sale gives."""
    return perbill.mul_floor(rate, tao)


# -- a batch


def to_tao(alpha: int, price: U64F64) -> int:
    """What alpha is worth in rao of TAO, slippage aside. Source: pallet_limit_orders::alpha_to_tao"""
    return u64f64.to_u128(u64f64.mul(price, u64f64.from_int(alpha)))


def to_alpha(tao: int, price: U64F64) -> int:
    """What TAO is worth in rao of alpha, slippage aside; nothing at a price of 0.

    Raises: Refused (ArithmeticOverflow)
    Source: pallet_limit_orders::tao_to_alpha
    """
    if price == 0:
        return 0
    alpha = u64f64.div(u64f64.from_int(tao), price)
    if alpha is None:
        raise Refused(OrderRefusal.ArithmeticOverflow)
    return u64f64.to_u128(alpha)


def calculate_net_trade(buy_tao: int, sell_alpha: int, price: U64F64) -> tuple[OrderSide, int]:
    """What a batch trades with the pool after its two sides met at the price: the side, and TAO or alpha in rao.

    Source: pallet_limit_orders::net_pool_swap
    """
    sell_tao = to_tao(sell_alpha, price)
    if buy_tao >= sell_tao:
        return OrderSide.Buy, (buy_tao - sell_tao) & U64_MAX
    return OrderSide.Sell, max(sell_alpha - to_alpha(buy_tao, price), 0) & U64_MAX


def calculate_batch_limit(side: OrderSide, limits: Iterable[int]) -> int:
    """The limit of a batch's trade: the strictest of the orders on the side that trades."""
    if side is OrderSide.Buy:
        return min(limits, default=U64_MAX)
    return max(limits, default=0)


def calculate_alpha_total(side: OrderSide, traded: int, buy_tao: int, sell_alpha: int, price: U64F64) -> int:
    """The alpha that buyers share, in rao: the pool's and the sellers', or what their TAO is worth."""
    return traded + sell_alpha if side is OrderSide.Buy else to_alpha(buy_tao, price)


def calculate_tao_total(side: OrderSide, traded: int, buy_tao: int, sell_alpha: int, price: U64F64) -> int:
    """The TAO that sellers share, in rao: the pool's and the buyers', or what their alpha is worth."""
    return traded + buy_tao if side is OrderSide.Sell else to_tao(sell_alpha, price)


def calculate_alpha_share(total_alpha: int, net: int, total_net: int) -> int:
    """What a buyer gets, in rao: in proportion to its TAO after the fee, rounded down.

    Raises: Refused (ZeroShareInBatch)
    Source: pallet_limit_orders::distribute_alpha_pro_rata
    """
    return ensure_share(total_alpha * net // total_net & U64_MAX if total_net else 0)


def calculate_tao_share(total_tao: int, net: int, total_net: int, fee_rate: Perbill, price: U64F64) -> tuple[int, int]:
    """What a seller gets, and the fee taken off it, in rao: in proportion to what its alpha is worth.

    Raises: Refused (ZeroShareInBatch)
    Source: pallet_limit_orders::distribute_tao_pro_rata
    """
    total = to_tao(total_net, price)
    gross = total_tao * to_tao(net, price) // total & U64_MAX if total else 0
    fee = calculate_order_fee(gross, fee_rate)
    return ensure_share(gross - fee), fee


def ensure_share(share: int) -> int:
    """Refuse a batch in which somebody would pay and get nothing."""
    if not share:
        raise Refused(OrderRefusal.ZeroShareInBatch)
    return share
