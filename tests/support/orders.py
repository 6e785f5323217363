"""Limit orders for tests: signed as a client signs them, with bytes written from the facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.chain import dispatch, events
from support.economy import BOB, CHARLIE, DAVE, SUBNET, make_economy, stake

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256, AccountId
from runtime.fixed import U64_MAX
from runtime.frame.pallet import Event
from runtime.pallets.limit_orders.book import HOTKEY, OrderBook
from runtime.pallets.limit_orders.rules import OrderType
from runtime.pallets.limit_orders.types import V1, Order, SignedOrder
from runtime.perthings import Perbill
from runtime.taonet import Taonet
from runtime.units import TAO

CHAIN = 42
ACCOUNT = AccountId(b"modlbt/limit".ljust(32, b"\0"))
"""Where a batch's TAO and alpha are while it is executed."""
PERCENT = Perbill(10_000_000)
BUY, SELL, STOP = OrderType.LimitBuy, OrderType.TakeProfit, OrderType.StopLoss
ANY_LIMIT = {BUY: U64_MAX, SELL: 0, STOP: U64_MAX}
"""A limit price at which an order is always executed."""


def make_market() -> Taonet:
    """An economy in which Bob and Charlie have staked 100 TAO each to Dave's key, and the chain's number is 42."""
    runtime = make_economy()
    runtime.chain_id.ChainId = CHAIN
    for who in (BOB, CHARLIE):
        stake(runtime, who, DAVE, SUBNET, TAO(100))
    return runtime


def order_of(who: Keypair, kind: OrderType, amount: int, **changes: Any) -> Order:
    """An order on Alice's subnet to Dave's key: at any price, for ever, without a fee, for everybody to execute."""
    order = Order(
        signer=who.account,
        hotkey=DAVE.account,
        netuid=SUBNET,
        order_type=kind,
        amount=amount,
        limit_price=ANY_LIMIT[kind],
        expiry=U64_MAX,
        fee_rate=Perbill(0),
        fee_recipient=who.account,
        relayer=None,
        max_slippage=None,
        chain_id=CHAIN,
        partial_fills_enabled=False,
    )
    return replace(order, **changes)


def bytes_of(order: Order) -> bytes:
    """What is signed: version 0, then the fields one after the other."""
    relayer = b"\0"
    if order.relayer is not None:
        relayer = b"\1" + bytes([len(order.relayer) << 2]) + b"".join(order.relayer)
    slippage = b"\0" if order.max_slippage is None else b"\1" + order.max_slippage.to_bytes(4, "little")
    return b"".join(
        (
            b"\0",
            order.signer,
            order.hotkey,
            order.netuid.to_bytes(2, "little"),
            bytes([order.order_type.value]),
            order.amount.to_bytes(8, "little"),
            order.limit_price.to_bytes(8, "little"),
            order.expiry.to_bytes(8, "little"),
            order.fee_rate.to_bytes(4, "little"),
            order.fee_recipient,
            relayer,
            slippage,
            order.chain_id.to_bytes(8, "little"),
            bytes([order.partial_fills_enabled]),
        )
    )


def id_of(order: Order) -> H256:
    """The hash by which an order is known."""
    return H256(blake2_256(bytes_of(order)))


def signed(who: Keypair, order: Order, fill: int | None = None) -> SignedOrder:
    """An order with somebody's signature."""
    return SignedOrder(V1(order), who.sign(bytes_of(order)), fill)


def placed(who: Keypair, kind: OrderType, amount: int, fill: int | None = None, **changes: Any) -> SignedOrder:
    """An order as `order_of` makes it, with its signature."""
    return signed(who, order_of(who, kind, amount, **changes), fill)


def execute(runtime: Taonet, relayer: Keypair, *orders: SignedOrder, should_fail: bool = True) -> None:
    """Execute orders one by one; the first that fails undoes all unless `should_fail` says otherwise."""
    dispatch(runtime, relayer, "LimitOrders.execute_orders", orders=orders, should_fail=should_fail)


def execute_batch(runtime: Taonet, relayer: Keypair, *orders: SignedOrder) -> None:
    """Execute orders against each other."""
    dispatch(runtime, relayer, "LimitOrders.execute_batched_orders", netuid=SUBNET, orders=orders)


def executed(runtime: Taonet) -> list[OrderBook.OrderExecuted]:
    """What was told of each order that was executed."""
    return [e for e in events(runtime) if isinstance(e, OrderBook.OrderExecuted)]


def last_of(runtime: Taonet, kind: type[Event]) -> Any:
    """The newest event of a class."""
    return next(e for e in reversed(events(runtime)) if isinstance(e, kind))


def left_over(runtime: Taonet) -> tuple[int, int]:
    """What the pallet's account has: TAO and alpha, in rao."""
    return (
        runtime.system.Account[ACCOUNT].data.free,
        runtime.stakes.of(HOTKEY, ACCOUNT, SUBNET),
    )
