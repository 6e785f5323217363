"""Orders as clients sign them, and what the chain keeps of them."""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Bounded, ScaleEnum, struct, u64
from chain.types import AccountId, MultiSignature
from runtime.pallets.limit_orders.rules import MAX_RELAYERS, OrderType
from runtime.perthings import Perbill
from runtime.units import NetUid

Relayers = Annotated[tuple[AccountId, ...], Bounded(MAX_RELAYERS)]


@struct("pallet_limit_orders::Order", params={"AccountId": AccountId})
class Order:
    """What a coldkey wants bought or sold; its hash is the order's id."""

    signer: AccountId
    """The coldkey that pays and receives."""
    hotkey: AccountId
    netuid: NetUid
    order_type: OrderType
    amount: u64
    """TAO to spend or alpha to sell, in rao."""
    limit_price: u64
    """The price in rao per alpha that has to be reached."""
    expiry: u64
    """The last millisecond since 1970 in which the order holds."""
    fee_rate: Perbill
    """What part of the TAO, spent or received, goes to `fee_recipient`."""
    fee_recipient: AccountId
    relayer: Relayers | None
    """Who may execute the order; None for everybody."""
    max_slippage: Perbill | None
    """How far past the limit the pool's price may move; None for any distance."""
    chain_id: u64
    partial_fills_enabled: bool


class VersionedOrder(ScaleEnum, path="pallet_limit_orders::VersionedOrder", params={"AccountId": AccountId}):
    """An order in one of the forms that may be signed."""

    value: Order


class V1(VersionedOrder, index=0):
    value: Order


@struct("pallet_limit_orders::SignedOrder", params={"AccountId": AccountId})
class SignedOrder:
    """An order with its signature, and how much of it to execute now."""

    order: VersionedOrder
    signature: MultiSignature
    partial_fill: u64 | None


class OrderStatus(ScaleEnum, path="pallet_limit_orders::OrderStatus"):
    """What became of an order."""


class Fulfilled(OrderStatus, index=0):
    """It was executed to its end."""


class PartiallyFilled(OrderStatus, index=1):
    """So much of it was executed, in rao of what it gives."""

    value: u64


class Cancelled(OrderStatus, index=2):
    """Its signer took it back."""
