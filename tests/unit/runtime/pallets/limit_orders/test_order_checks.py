"""Which orders are good: whose signature, on which chain, how long, by whom; and which refusal comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.chain import reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, EVE, SUBNET
from support.orders import (
    BUY,
    SELL,
    bytes_of,
    execute,
    execute_batch,
    executed,
    id_of,
    make_market,
    order_of,
    placed,
    signed,
)

from chain.errors import DecodeError
from chain.keys import Keypair
from chain.scale.hints import decode, encode
from chain.types import Bytes64, Ed25519, Sr25519
from runtime.pallets.limit_orders.book import OrderBook
from runtime.pallets.limit_orders.types import (
    V1,
    Cancelled,
    Fulfilled,
    Order,
    OrderStatus,
    PartiallyFilled,
    SignedOrder,
    VersionedOrder,
)
from runtime.pallets.subtensor.types import ROOT
from runtime.perthings import Perbill
from runtime.taonet import Taonet
from runtime.units import TAO

TEN = TAO(10)
EXECUTIONS = [execute, execute_batch]


@pytest.fixture
def runtime() -> Taonet:
    return make_market()


@pytest.fixture(params=EXECUTIONS, ids=["alone", "batch"])
def run(request: pytest.FixtureRequest) -> Any:
    """Both ways to execute an order."""
    return request.param


# -- bytes


def test_an_order_is_signed_as_its_bytes_in_scale() -> None:
    order = order_of(
        BOB, SELL, 5, limit_price=7, relayer=(ALICE.account, EVE.account), max_slippage=Perbill(9), chain_id=42
    )

    assert encode(VersionedOrder, V1(order)) == bytes_of(order)
    assert decode(VersionedOrder, bytes_of(order)) == V1(order)
    assert encode(VersionedOrder, V1(order_of(BOB, BUY, 5))) == bytes_of(order_of(BOB, BUY, 5))


def test_a_status_is_one_byte_or_has_an_amount() -> None:
    assert [encode(OrderStatus, status) for status in (Fulfilled(), PartiallyFilled(5), Cancelled())] == [
        b"\0",
        b"\1" + (5).to_bytes(8, "little"),
        b"\2",
    ]


def test_eleven_relayers_cannot_be_read() -> None:
    good = order_of(BOB, BUY, 5, relayer=(ALICE.account,) * 10)

    assert decode(VersionedOrder, bytes_of(good)) == V1(good)
    with pytest.raises(DecodeError):
        decode(VersionedOrder, bytes_of(replace(good, relayer=(ALICE.account,) * 11)))


@pytest.mark.parametrize("field", ["fee_rate", "max_slippage"])
def test_a_part_of_more_than_the_whole_cannot_be_read(field: str) -> None:
    changed: dict[str, Any] = {field: Perbill(10**9)}
    good = replace(order_of(BOB, BUY, 5), **changed)

    assert decode(VersionedOrder, bytes_of(good)) == V1(good)
    with pytest.raises(DecodeError):
        decode(VersionedOrder, bytes_of(replace(good, **{field: Perbill(10**9 + 1)})))


# -- signatures


def test_a_signature_of_somebody_else_is_refused(runtime: Taonet, run: Any) -> None:
    with unchanged(runtime), reverts(OrderBook.InvalidSignature):
        run(runtime, EVE, signed(CHARLIE, order_of(BOB, BUY, TEN)))


@pytest.mark.parametrize(
    "change",
    [
        {"amount": TAO(11)},
        {"limit_price": 1},
        {"expiry": 10**15},
        {"fee_rate": Perbill(1)},
        {"hotkey": EVE.account},
        {"fee_recipient": EVE.account},
        {"relayer": (EVE.account,)},
        {"max_slippage": Perbill(1)},
        {"partial_fills_enabled": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_signature_of_another_order_is_refused(runtime: Taonet, change: dict[str, Any]) -> None:
    order = order_of(BOB, BUY, TEN)
    forged = SignedOrder(V1(replace(order, **change)), BOB.sign(bytes_of(order)), None)

    with unchanged(runtime), reverts(OrderBook.InvalidSignature):
        execute(runtime, EVE, forged)


@pytest.mark.parametrize("scheme", ["ed25519", "ecdsa"])
def test_only_sr25519_signatures_count(runtime: Taonet, run: Any, scheme: Any) -> None:
    other = Keypair.from_uri("//Bob", scheme)
    order = replace(order_of(BOB, BUY, TEN), signer=other.account)

    with unchanged(runtime), reverts(OrderBook.InvalidSignature):
        run(runtime, EVE, signed(other, order))


def test_the_bytes_of_a_good_signature_under_another_scheme_are_refused(runtime: Taonet) -> None:
    order = placed(BOB, BUY, TEN)
    assert isinstance(order.signature, Sr25519)

    with unchanged(runtime), reverts(OrderBook.InvalidSignature):
        execute(runtime, EVE, replace(order, signature=Ed25519(Bytes64(order.signature.value))))


def test_a_wrapped_message_is_not_the_order(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN)
    wrapped = BOB.sign(b"<Bytes>" + bytes_of(order) + b"</Bytes>")

    with unchanged(runtime), reverts(OrderBook.InvalidSignature):
        execute(runtime, EVE, SignedOrder(V1(order), wrapped, None))


# -- chain, time, relayers


@pytest.mark.parametrize("number", [0, 41, 964])
def test_an_order_for_another_chain_is_refused(runtime: Taonet, run: Any, number: int) -> None:
    with unchanged(runtime), reverts(OrderBook.ChainIdMismatch):
        run(runtime, EVE, placed(BOB, BUY, TEN, chain_id=number))


def test_an_order_holds_to_its_last_millisecond(runtime: Taonet, run: Any) -> None:
    now = runtime.timestamp.Now

    with unchanged(runtime), reverts(OrderBook.OrderExpired):
        run(runtime, EVE, placed(BOB, BUY, TEN, expiry=now - 1))
    run(runtime, EVE, placed(BOB, BUY, TEN, expiry=now))


def test_only_named_relayers_execute_an_order(runtime: Taonet, run: Any) -> None:
    order = placed(BOB, BUY, TEN, relayer=(CHARLIE.account, EVE.account))

    with unchanged(runtime), reverts(OrderBook.RelayerMissMatch):
        run(runtime, ALICE, order)
    run(runtime, EVE, order)


def test_not_even_the_signer_executes_an_order_that_names_others(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.RelayerMissMatch):
        execute(runtime, BOB, placed(BOB, BUY, TEN, relayer=(CHARLIE.account,)))


def test_an_order_with_an_empty_list_of_relayers_is_executed_by_nobody(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.RelayerMissMatch):
        execute(runtime, BOB, placed(BOB, BUY, TEN, relayer=()))


@pytest.mark.parametrize(
    ("fill", "changes", "error"),
    [
        (TAO(1), {}, OrderBook.RelayerRequiredForPartialFill),
        (TAO(1), {"partial_fills_enabled": True}, OrderBook.RelayerRequiredForPartialFill),
        (TAO(1), {"relayer": (EVE.account,)}, OrderBook.PartialFillsNotEnabled),
        (0, {"relayer": (EVE.account,), "partial_fills_enabled": True}, OrderBook.IncorrectPartialFillAmount),
        (TEN + 1, {"relayer": (EVE.account,), "partial_fills_enabled": True}, OrderBook.IncorrectPartialFillAmount),
    ],
)
def test_a_part_that_the_order_does_not_allow_is_refused(
    runtime: Taonet, run: Any, fill: int, changes: dict[str, Any], error: Any
) -> None:
    with unchanged(runtime), reverts(error):
        run(runtime, EVE, placed(BOB, BUY, TEN, fill, **changes))


# -- which refusal comes first


def test_refusals_come_in_the_chains_order(runtime: Taonet) -> None:
    orders = runtime.order_book.Orders
    bad = order_of(BOB, BUY, TEN, netuid=ROOT, chain_id=1, expiry=0, limit_price=0, relayer=(CHARLIE.account,))
    steps: list[tuple[dict[str, Any], Any]] = [
        ({}, OrderBook.RootNetUidNotAllowed),
        ({"netuid": SUBNET}, OrderBook.ChainIdMismatch),
        ({"chain_id": 42}, OrderBook.InvalidSignature),
    ]
    for change, error in steps:
        bad = replace(bad, **change)
        refuse(runtime, signed(EVE, bad, 0), error)
    orders[id_of(bad)] = Fulfilled()
    refuse(runtime, signed(BOB, bad, 0), OrderBook.OrderAlreadyProcessed)
    orders[id_of(bad)] = Cancelled()
    refuse(runtime, signed(BOB, bad, 0), OrderBook.OrderCancelled_)
    del orders[id_of(bad)]
    rest: list[tuple[dict[str, Any], Any]] = [
        ({}, OrderBook.OrderExpired),
        ({"expiry": 10**18}, OrderBook.PriceConditionNotMet),
        ({"limit_price": 10**12}, OrderBook.RelayerMissMatch),
        ({"relayer": None}, OrderBook.RelayerRequiredForPartialFill),
        ({"relayer": (EVE.account,)}, OrderBook.PartialFillsNotEnabled),
        ({"partial_fills_enabled": True}, OrderBook.IncorrectPartialFillAmount),
    ]
    for change, error in rest:
        bad = replace(bad, **change)
        refuse(runtime, signed(BOB, bad, 0), error)
    execute(runtime, EVE, signed(BOB, bad, 1_999_999 + 1))
    assert executed(runtime)[-1].amount_in == 2_000_000


def refuse(runtime: Taonet, order: SignedOrder, error: Any) -> None:
    with unchanged(runtime), reverts(error):
        execute(runtime, EVE, order)


def test_an_order_is_known_by_its_hash_whoever_signs_it() -> None:
    order: Order = order_of(BOB, BUY, TEN)

    assert id_of(order) == id_of(replace(order))
    assert id_of(order) != id_of(replace(order, amount=1))
