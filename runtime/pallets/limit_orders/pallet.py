"""Orders that are signed off chain: anybody executes them, one by one or a batch against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from chain.errors import DispatchError
from chain.scale.hints import Bounded
from chain.types import H256, AccountId
from runtime.fixed import U64F64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import Weight, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.balances.types import Preservation
from runtime.pallets.limit_orders.book import OrderBook, id_of
from runtime.pallets.limit_orders.order_swap import OrderSwap
from runtime.pallets.limit_orders.rules import (
    MAX_ORDERS_PER_BATCH,
    OrderSide,
    calculate_alpha_share,
    calculate_alpha_total,
    calculate_batch_limit,
    calculate_net_trade,
    calculate_order_fee,
    calculate_swap_limit,
    calculate_tao_share,
    calculate_tao_total,
)
from runtime.pallets.limit_orders.types import Cancelled, Order, SignedOrder, VersionedOrder
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance

SignedOrders = Annotated[tuple[SignedOrder, ...], Bounded(MAX_ORDERS_PER_BATCH)]


def execute_weight(orders: int) -> Weight:
    """The weight of executing orders one by one."""
    each = weigh(520_180_782, 5158, reads=11, writes=7)
    return weigh(61_768_457, 6148, reads=17, writes=10) + each * orders


def batch_weight(orders: int) -> Weight:
    """The weight of executing orders against each other."""
    each = weigh(259_134_004, 5158, reads=10, writes=7)
    return weigh(499_718_496, 8727, reads=25, writes=15) + each * orders


@dataclass(frozen=True, slots=True)
class Entry:
    """An order of a batch, found good."""

    id: H256
    order: Order
    fill: int | None
    gross: int
    """What the order gives, in rao of TAO or alpha."""
    net: int
    """The same without the fee of a purchase."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a batch was worth and what its difference brought."""

    side: OrderSide
    out: int
    """What the pool gave, in rao of alpha or TAO."""
    buy_tao: int
    sell_alpha: int
    price: U64F64


class LimitOrders(Pallet):
    """Orders to buy or sell alpha when its price has come."""

    balances: Balances
    swap: Swap
    ownership: Ownership
    order_swap: OrderSwap
    book: OrderBook

    # -- calls

    @call(0, weight=lambda self, orders, should_fail: execute_weight(len(orders)))
    def execute_orders(self, origin: Origin, orders: SignedOrders, should_fail: bool) -> None:
        """Execute orders one by one; one that fails is passed over, or undoes all if `should_fail`.

        Origin: signed.  Emits: OrderExecuted, OrderSkipped.  Raises: LimitOrdersDisabled.
        Source: pallet_limit_orders::execute_orders
        """
        relayer = self._ensure_may_execute(origin)
        for signed in orders:
            order_id = id_of(signed.order)
            try:
                with self.state.transaction():
                    self.execute(signed, order_id, relayer)
            except DispatchError as error:
                if should_fail:
                    raise
                self.deposit(OrderBook.OrderSkipped(order_id=order_id, reason=error))

    @call(1, weight=lambda self, netuid, orders: batch_weight(len(orders)))
    def execute_batched_orders(self, origin: Origin, netuid: NetUid, orders: SignedOrders) -> None:
        """Execute orders of a subnet against each other; only the difference of the two sides is traded.

        Origin: signed.  Emits: OrderExecuted, GroupExecutionSummary.
        Raises: LimitOrdersDisabled, RootNetUidNotAllowed, DuplicateOrderInBatch, OrderNetUidMismatch.
        Source: pallet_limit_orders::execute_batched_orders
        """
        relayer = self._ensure_may_execute(origin)
        if netuid == ROOT:
            raise OrderBook.RootNetUidNotAllowed
        price = self.swap.price(netuid)
        entries: dict[H256, Entry] = {}
        for signed in orders:
            order_id = id_of(signed.order)
            if order_id in entries:
                raise OrderBook.DuplicateOrderInBatch
            if signed.order.value.netuid != netuid:
                raise OrderBook.OrderNetUidMismatch
            entries[order_id] = self.enter(signed, order_id, price, relayer)
        if entries:
            with self.book.refusals():
                self.execute_batch(netuid, list(entries.values()), price)

    @call(2, weight=weigh(14_822_000, 3522, reads=1, writes=1))
    def cancel_order(self, origin: Origin, order: VersionedOrder) -> None:
        """Take back an order of the caller's that nobody has begun to execute.

        Origin: signed.  Emits: OrderCancelled.  Raises: Unauthorized, OrderAlreadyProcessed.
        Source: pallet_limit_orders::cancel_order
        """
        who = ensure_signed(origin)
        if order.value.signer != who:
            raise OrderBook.Unauthorized
        order_id = id_of(order)
        if order_id in self.book.Orders:
            raise OrderBook.OrderAlreadyProcessed
        self.book.Orders[order_id] = Cancelled()
        self.deposit(OrderBook.OrderCancelled(order_id=order_id, signer=who))

    @call(3, weight=weigh(4_266_000, writes=1))
    def set_pallet_status(self, origin: Origin, enabled: bool) -> None:
        """Set whether orders are executed.

        Origin: root.  Emits: LimitOrdersPalletStatusChanged.  Raises: PalletHotkeyNotRegistered.
        Source: pallet_limit_orders::set_pallet_status
        """
        ensure_root(origin)
        if enabled and not self.ownership.owns(*self.book.place):
            raise OrderBook.PalletHotkeyNotRegistered
        self.book.LimitOrdersEnabled = enabled
        self.deposit(OrderBook.LimitOrdersPalletStatusChanged(enabled=enabled))

    def _ensure_may_execute(self, origin: Origin) -> AccountId:
        """Raises: LimitOrdersDisabled."""
        relayer = ensure_signed(origin)
        if not self.book.LimitOrdersEnabled:
            raise OrderBook.LimitOrdersDisabled
        return relayer

    # -- one order

    def execute(self, signed: SignedOrder, order_id: H256, relayer: AccountId) -> None:
        """Execute one order at the pool; its fee comes off the TAO. Source: pallet_limit_orders::try_execute_order"""
        order: Order = signed.order.value
        self.book.ensure_good(signed, order_id, self.swap.price(order.netuid), relayer)
        amount = order.amount if signed.partial_fill is None else signed.partial_fill
        limit = limit_of(order)
        signer, hotkey, netuid = order.signer, order.hotkey, order.netuid
        if order.order_type.is_buy:
            fee = calculate_order_fee(amount, order.fee_rate)
            given = amount - fee
            got: int = self.order_swap.buy(signer, hotkey, netuid, TaoBalance(given), limit, is_checked=True)
        else:
            given = amount
            tao = self.order_swap.sell(signer, hotkey, netuid, AlphaBalance(given), limit, is_checked=True)
            fee = calculate_order_fee(tao, order.fee_rate)
            got = tao - fee
        self._pay_fee(signer, order.fee_recipient, fee)
        self.book.note(order_id, order, signed.partial_fill, given, got)

    def _pay_fee(self, source: AccountId, recipient: AccountId, fee: int) -> None:
        if fee:
            self._pay(source, recipient, fee)

    def _pay(self, source: AccountId, dest: AccountId, tao: int) -> None:
        self.balances.transfer(source, dest, TaoBalance(tao), Preservation.Expendable)

    # -- a batch

    def enter(self, signed: SignedOrder, order_id: H256, price: U64F64, relayer: AccountId) -> Entry:
        """One order of a batch, if it may be executed. Source: pallet_limit_orders::validate_and_classify"""
        self.book.ensure_good(signed, order_id, price, relayer)
        order: Order = signed.order.value
        gross = order.amount if signed.partial_fill is None else signed.partial_fill
        fee = calculate_order_fee(gross, order.fee_rate) if order.order_type.is_buy else 0
        return Entry(order_id, order, signed.partial_fill, gross, gross - fee)

    def execute_batch(self, netuid: NetUid, entries: Sequence[Entry], price: U64F64) -> None:
        """Collect what the orders give, trade the difference, and divide what there is.

        Emits: OrderExecuted, GroupExecutionSummary.  Source: pallet_limit_orders::do_execute_batched_orders
        """
        buys = [entry for entry in entries if entry.order.order_type.is_buy]
        sells = [entry for entry in entries if not entry.order.order_type.is_buy]
        self.collect(netuid, buys, sells)
        buy_tao, sell_alpha = sum(entry.net for entry in buys), sum(entry.net for entry in sells)
        side, net = calculate_net_trade(buy_tao, sell_alpha, price)
        limit = calculate_batch_limit(side, [limit_of(e.order) for e in (buys if side is OrderSide.Buy else sells)])
        trade = Trade(side, self.trade(netuid, side, net, limit), buy_tao, sell_alpha, price)
        self.pay_buyers(netuid, buys, trade)
        fees = self.pay_sellers(sells, trade)
        for entry in buys:
            add_fee(fees, entry.order, entry.gross - entry.net)
        for recipient, fee in fees.items():
            self._pay_fee(self.book.account, recipient, fee)
        summary = OrderBook.GroupExecutionSummary(
            netuid=netuid, net_side=side, net_amount=net, actual_out=trade.out, executed_count=len(entries)
        )
        self.deposit(summary)

    def collect(self, netuid: NetUid, buys: Sequence[Entry], sells: Sequence[Entry]) -> None:
        """Take the buyers' TAO and the sellers' alpha. Source: pallet_limit_orders::collect_assets"""
        for entry in buys:
            self._pay(entry.order.signer, self.book.account, entry.gross)
        for entry in sells:
            seller = entry.order.signer, entry.order.hotkey
            self.order_swap.collect(seller, self.book.place, netuid, AlphaBalance(entry.gross))

    def trade(self, netuid: NetUid, side: OrderSide, net: int, limit: int) -> int:
        """Trade the difference of a batch with the pool, and say what that gave. Raises: SwapReturnedZero, ...

        Source: pallet_limit_orders::net_pool_swap
        """
        if not net:
            return 0
        out: int
        if side is OrderSide.Buy:
            out = self.order_swap.buy(*self.book.place, netuid, TaoBalance(net), limit, is_checked=False)
        else:
            out = self.order_swap.sell(*self.book.place, netuid, AlphaBalance(net), limit, is_checked=False)
        if not out:
            raise OrderBook.SwapReturnedZero
        return out

    def pay_buyers(self, netuid: NetUid, buys: Sequence[Entry], trade: Trade) -> None:
        """Divide the alpha by what each paid. Emits: OrderExecuted.  Source: distribute_alpha_pro_rata"""
        total = calculate_alpha_total(trade.side, trade.out, trade.buy_tao, trade.sell_alpha, trade.price)
        for entry in buys:
            share = calculate_alpha_share(total, entry.net, trade.buy_tao)
            buyer = entry.order.signer, entry.order.hotkey
            self.order_swap.deliver(self.book.place, buyer, netuid, AlphaBalance(share))
            self.book.note(entry.id, entry.order, entry.fill, entry.gross, share)

    def pay_sellers(self, sells: Sequence[Entry], trade: Trade) -> dict[AccountId, int]:
        """Divide the TAO by what each sold, and give the fees by recipient. Emits: OrderExecuted.

        Source: pallet_limit_orders::distribute_tao_pro_rata
        """
        total = calculate_tao_total(trade.side, trade.out, trade.buy_tao, trade.sell_alpha, trade.price)
        fees: dict[AccountId, int] = {}
        for entry in sells:
            share, fee = calculate_tao_share(total, entry.net, trade.sell_alpha, entry.order.fee_rate, trade.price)
            add_fee(fees, entry.order, fee)
            self._pay(self.book.account, entry.order.signer, share)
            self.book.note(entry.id, entry.order, entry.fill, entry.gross, share)
        return fees


def limit_of(order: Order) -> int:
    """The worst price that the pool may give for an order, in rao per alpha."""
    return calculate_swap_limit(order.order_type.is_buy, order.limit_price, order.max_slippage)


def add_fee(fees: dict[AccountId, int], order: Order, fee: int) -> None:
    """Count a fee with the others of its recipient, in the order in which they come."""
    if fee:
        fees[order.fee_recipient] = fees.get(order.fee_recipient, 0) + fee
