"""The book of orders: which are good, what became of them, and what clients are told."""

from __future__ import annotations

from typing import Annotated, Any

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.keys import verify
from chain.scale.hints import Bounded, encode, u32, u64
from chain.types import H256, AccountId, Sr25519
from runtime.fixed import U64F64
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, Identity, StorageMap, StorageValue
from runtime.pallets.evm_chain_id import EVMChainId
from runtime.pallets.limit_orders.order_swap import Holder
from runtime.pallets.limit_orders.rules import (
    MAX_ORDERS_PER_BATCH,
    OrderSide,
    OrderType,
    calculate_filled,
    ensure_fill,
    ensure_price,
)
from runtime.pallets.limit_orders.types import (
    Cancelled,
    Fulfilled,
    Order,
    OrderStatus,
    PartiallyFilled,
    SignedOrder,
    VersionedOrder,
)
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subtensor.types import ROOT, PalletId
from runtime.pallets.timestamp import Timestamp
from runtime.units import NetUid


def pallet_account(name: PalletId) -> AccountId:
    """The account of a pallet: `modl` ++ its id, zeros behind."""
    return AccountId((b"modl" + name).ljust(32, b"\0"))


ACCOUNT_ID = PalletId(b"bt/limit")
HOTKEY = pallet_account(PalletId(b"bt/lmhky"))


class OrderBook(Pallet):
    """What became of orders, and which ones are good. A section of LimitOrders."""

    timestamp: Timestamp
    chain_id: EVMChainId
    ownership: Ownership

    MaxOrdersPerBatch = Constant[u32](MAX_ORDERS_PER_BATCH)
    """How many orders one call executes at most."""

    PalletId = Constant[PalletId](ACCOUNT_ID)
    """What the account is derived from that holds a batch's TAO and alpha while it is executed."""

    PalletHotkey = Constant[AccountId](HOTKEY)
    """The hotkey to which a batch's alpha is staked while it is executed."""

    Orders = StorageMap[H256, OrderStatus](Blake2_128Concat)
    """What became of an order, by the hash of the order."""

    LimitOrdersEnabled = StorageValue[bool](default=False)
    """Whether orders are executed."""

    HasMigrationRun = StorageMap[Annotated[bytes, Bounded(128)], bool](Identity, default=False)
    """The migrations that were made."""

    class OrderExecuted(Event, index=0):
        """An order was executed, or a part of it; amounts are rao of what it gives and of what it gets."""

        order_id: H256
        signer: AccountId
        netuid: NetUid
        order_type: OrderType
        amount_in: u64
        amount_out: u64

    class OrderSkipped(Event, index=1):
        """An order could not be executed, and the others went on."""

        order_id: H256
        reason: DispatchError

    class OrderCancelled(Event, index=2):
        """A signer took an order back."""

        order_id: H256
        signer: AccountId

    class GroupExecutionSummary(Event, index=3):
        """A batch was executed: the pool took `net_amount` rao of what the larger side gives, and gave `actual_out`."""

        netuid: NetUid
        net_side: OrderSide
        net_amount: u64
        actual_out: u64
        executed_count: u32

    class LimitOrdersPalletStatusChanged(Event, index=4):
        """Orders are executed from now on, or no longer."""

        enabled: bool

    class InvalidSignature(PalletError, index=0):
        """The signature is not the signer's, or no sr25519 signature."""

    class OrderAlreadyProcessed(PalletError, index=1):
        """The order was executed, or begun, or taken back."""

    class OrderCancelled_(PalletError, index=2, name="OrderCancelled"):
        """The order was taken back."""

    class OrderExpired(PalletError, index=3):
        """The order's time is over."""

    class PriceConditionNotMet(PalletError, index=4):
        """The order's price has not come."""

    class Unauthorized(PalletError, index=5):
        """Only its signer takes an order back."""

    class SwapReturnedZero(PalletError, index=6):
        """The pool gave nothing."""

    class RootNetUidNotAllowed(PalletError, index=7):
        """There are no orders on the root network."""

    class OrderNetUidMismatch(PalletError, index=8):
        """The order is for another subnet than the batch."""

    class LimitOrdersDisabled(PalletError, index=9):
        """Orders are not executed."""

    class RelayerMissMatch(PalletError, index=10):
        """The order names others who may execute it."""

    class PartialFillsNotEnabled(PalletError, index=11):
        """The order is executed all at once."""

    class IncorrectPartialFillAmount(PalletError, index=12):
        """The order has not so much left, or was begun and has to be completed in parts."""

    class RelayerRequiredForPartialFill(PalletError, index=13):
        """Only orders that name who may execute them are executed in parts."""

    class ChainIdMismatch(PalletError, index=14):
        """The order is for another chain."""

    class PalletHotkeyNotRegistered(PalletError, index=15):
        """The pallet's account does not own the pallet's hotkey."""

    class ArithmeticOverflow(PalletError, index=16):
        """TAO is worth more alpha than a number holds."""

    class DuplicateOrderInBatch(PalletError, index=17):
        """The batch has the order twice."""

    class ZeroShareInBatch(PalletError, index=18):
        """Somebody would give and get nothing."""

    # -- whether an order may be executed

    @property
    def place(self) -> Holder:
        """The account that holds a batch's TAO and alpha while it is executed, and its hotkey."""
        return self.account, self.PalletHotkey

    @property
    def account(self) -> AccountId:
        """The account that holds a batch's TAO and alpha while it is executed."""
        return pallet_account(self.PalletId)

    def ensure_good(self, signed: SignedOrder, order_id: H256, price: U64F64, relayer: AccountId) -> None:
        """Raises: RootNetUidNotAllowed, ChainIdMismatch, InvalidSignature, OrderAlreadyProcessed, OrderCancelled, ...

        Source: pallet_limit_orders::is_order_valid
        """
        order: Order = signed.order.value
        if order.netuid == ROOT:
            raise self.RootNetUidNotAllowed
        if order.chain_id != self.chain_id.ChainId:
            raise self.ChainIdMismatch
        if not is_signed(signed):
            raise self.InvalidSignature
        status = self.Orders.get(order_id)
        if isinstance(status, Fulfilled):
            raise self.OrderAlreadyProcessed
        if isinstance(status, Cancelled):
            raise self.OrderCancelled_
        if self.timestamp.Now > order.expiry:
            raise self.OrderExpired
        with self.refusals():
            ensure_price(order.order_type, price, order.limit_price)
        if order.relayer is not None and relayer not in order.relayer:
            raise self.RelayerMissMatch
        with self.refusals():
            ensure_fill(
                order.amount,
                signed.partial_fill,
                self.filled(order_id),
                order.relayer is not None,
                order.partial_fills_enabled,
            )

    def filled(self, order_id: H256) -> int:
        """How much of an order was executed in parts, in rao of what it gives."""
        status = self.Orders.get(order_id)
        return status.value if isinstance(status, PartiallyFilled) else 0

    def note(self, order_id: H256, order: Order, fill: int | None, amount_in: int, amount_out: int) -> None:
        """Remember how far an order is executed now. Emits: OrderExecuted.  Source: compute_order_status"""
        filled = calculate_filled(order.amount, fill, self.filled(order_id))
        self.Orders[order_id] = Fulfilled() if filled is None else PartiallyFilled(filled)
        executed = self.OrderExecuted(
            order_id=order_id,
            signer=order.signer,
            netuid=order.netuid,
            order_type=order.order_type,
            amount_in=amount_in,
            amount_out=amount_out,
        )
        self.deposit(executed)

    def build_genesis(self, config: Any) -> None:
        """Own the hotkey, and let orders be executed."""
        self.ownership.create_account(self.account, self.PalletHotkey)
        self.LimitOrdersEnabled = True


def id_of(order: VersionedOrder) -> H256:
    """The hash by which an order is known. Source: pallet_limit_orders::derive_order_id"""
    return H256(blake2_256(encode(VersionedOrder, order)))


def is_signed(signed: SignedOrder) -> bool:
    """Whether the order's signer signed its bytes with an sr25519 key; other schemes do not count."""
    message = encode(VersionedOrder, signed.order)
    return isinstance(signed.signature, Sr25519) and verify(signed.signature, message, signed.order.value.signer)
