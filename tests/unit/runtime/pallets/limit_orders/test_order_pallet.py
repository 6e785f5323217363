"""The pallet around orders: its genesis, who enables it, who takes an order back, what its calls weigh."""

from __future__ import annotations

import pytest
from support.chain import ROOT, Chain, call, dispatch, emits, key_of, make_runtime, reverts, submit, unchanged
from support.economy import BOB, CHARLIE, EVE, SUBNET
from support.orders import (
    ACCOUNT,
    BUY,
    CHAIN,
    execute,
    execute_batch,
    id_of,
    make_market,
    order_of,
    placed,
    signed,
)

from chain.errors import DecodeError
from chain.scale.hints import decode, encode
from chain.types import AccountId
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import DispatchClass, Pays, weigh
from runtime.pallets.limit_orders.book import HOTKEY, OrderBook
from runtime.pallets.limit_orders.pallet import SignedOrders
from runtime.pallets.limit_orders.types import V1, Cancelled, SignedOrder
from runtime.taonet import Taonet
from runtime.units import TAO

TEN = TAO(10)
SET_STATUS = "LimitOrders.set_pallet_status"
CANCEL = "LimitOrders.cancel_order"


@pytest.fixture
def runtime() -> Taonet:
    return make_market()


def test_at_genesis_orders_are_executed_and_the_pallet_owns_its_hotkey() -> None:
    runtime = make_runtime()

    assert runtime.order_book.LimitOrdersEnabled
    assert AccountId(b"modlbt/lmhky".ljust(32, b"\0")) == HOTKEY == runtime.order_book.PalletHotkey
    assert runtime.order_book.account == ACCOUNT
    assert runtime.ownership.Owner[HOTKEY] == ACCOUNT
    assert runtime.ownership.OwnedHotkeys[ACCOUNT] == (HOTKEY,)
    assert not list(runtime.order_book.Orders)


# -- on and off


def test_root_stops_orders_and_lets_them_go_on(runtime: Taonet) -> None:
    with emits(runtime, OrderBook.LimitOrdersPalletStatusChanged(False)):
        dispatch(runtime, ROOT, SET_STATUS, enabled=False)
    for run in (execute, execute_batch):
        with unchanged(runtime), reverts(OrderBook.LimitOrdersDisabled):
            run(runtime, EVE, placed(BOB, BUY, TEN))

    with emits(runtime, OrderBook.LimitOrdersPalletStatusChanged(True)):
        dispatch(runtime, ROOT, SET_STATUS, enabled=True)
    execute(runtime, EVE, placed(BOB, BUY, TEN))


def test_without_its_hotkey_the_pallet_is_not_enabled(runtime: Taonet) -> None:
    del runtime.ownership.Owner[HOTKEY]

    with unchanged(runtime), reverts(OrderBook.PalletHotkeyNotRegistered):
        dispatch(runtime, ROOT, SET_STATUS, enabled=True)
    dispatch(runtime, ROOT, SET_STATUS, enabled=False)
    runtime.ownership.Owner[HOTKEY] = BOB.account
    with unchanged(runtime), reverts(OrderBook.PalletHotkeyNotRegistered):
        dispatch(runtime, ROOT, SET_STATUS, enabled=True)


def test_only_root_enables_and_only_accounts_execute(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, SET_STATUS, enabled=False)
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, ROOT, "LimitOrders.execute_orders", orders=(), should_fail=True)
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, None, "LimitOrders.execute_batched_orders", netuid=SUBNET, orders=())


# -- taking back


def test_an_order_that_its_signer_took_back_is_never_executed(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN)

    with emits(runtime, OrderBook.OrderCancelled(id_of(order), BOB.account)):
        dispatch(runtime, BOB, CANCEL, order=V1(order))

    assert runtime.order_book.Orders[id_of(order)] == Cancelled()
    for run in (execute, execute_batch):
        with unchanged(runtime), reverts(OrderBook.OrderCancelled_):
            run(runtime, EVE, signed(BOB, order))


def test_nobody_else_takes_an_order_back(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.Unauthorized):
        dispatch(runtime, CHARLIE, CANCEL, order=V1(order_of(BOB, BUY, TEN)))
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, ROOT, CANCEL, order=V1(order_of(BOB, BUY, TEN)))


def test_an_order_that_was_executed_begun_or_taken_back_is_not_taken_back(runtime: Taonet) -> None:
    done = order_of(BOB, BUY, TEN)
    begun = order_of(BOB, BUY, TAO(11), relayer=(EVE.account,), partial_fills_enabled=True)
    gone = order_of(BOB, BUY, TAO(12))
    execute(runtime, EVE, signed(BOB, done), signed(BOB, begun, TAO(1)))
    dispatch(runtime, BOB, CANCEL, order=V1(gone))

    for order in (done, begun, gone):
        with unchanged(runtime), reverts(OrderBook.OrderAlreadyProcessed):
            dispatch(runtime, BOB, CANCEL, order=V1(order))


def test_orders_can_be_taken_back_while_none_are_executed(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, SET_STATUS, enabled=False)

    dispatch(runtime, BOB, CANCEL, order=V1(order_of(BOB, BUY, TEN)))


# -- weights and limits


def test_executing_weighs_by_the_number_of_orders(runtime: Taonet) -> None:
    orders = (placed(BOB, BUY, TEN),) * 3

    alone = runtime.dispatch_info(call(runtime, "LimitOrders.execute_orders", orders=orders, should_fail=True))
    batch = runtime.dispatch_info(call(runtime, "LimitOrders.execute_batched_orders", netuid=SUBNET, orders=orders))

    guards = runtime.dispatch_info(call(runtime, SET_STATUS, enabled=True)).weight.saturating_sub(
        weigh(4_266_000, writes=1)
    )
    assert alone.weight == guards + weigh(61_768_457 + 3 * 520_180_782, 6148 + 3 * 5158, reads=50, writes=31)
    assert batch.weight == guards + weigh(499_718_496 + 3 * 259_134_004, 8727 + 3 * 5158, reads=55, writes=36)
    assert (alone.class_, alone.pays) == (DispatchClass.Normal, Pays.Yes)


def test_a_hundred_orders_at_most_are_in_one_call(runtime: Taonet) -> None:
    order = placed(BOB, BUY, TEN)
    raw = encode(tuple[SignedOrder, ...], (order,) * 101)

    assert decode(SignedOrders, encode(SignedOrders, (order,) * 100)) == (order,) * 100
    with pytest.raises(DecodeError):
        decode(SignedOrders, raw)


def test_an_order_is_executed_in_a_block_and_again_by_an_importer() -> None:
    chain = Chain()
    sudo = chain.at_head().find_call("AdminUtils", "sudo_set_evm_chain_id", chain_id=CHAIN)
    chain.advance(chain.sign(key_of("Alice"), "Sudo.sudo", call=sudo))
    chain.advance(chain.sign(key_of("Alice"), "SubtensorModule.register_network", hotkey=key_of("Dave").account))
    chain.advance(chain.sign(key_of("Alice"), "SubtensorModule.start_call", netuid=SUBNET))

    built = chain.advance(
        chain.sign(EVE, "LimitOrders.execute_orders", orders=(placed(BOB, BUY, TEN),), should_fail=True)
    )

    assert any(isinstance(record.event, OrderBook.OrderExecuted) for record in built.events)


def test_a_relayer_pays_the_fee_of_its_extrinsic_even_where_every_order_fails(runtime: Taonet) -> None:
    before = runtime.system.Account[EVE.account].data.free

    outcome = submit(
        runtime, EVE, "LimitOrders.execute_orders", orders=(placed(BOB, BUY, TEN, expiry=0),), should_fail=False
    )

    assert outcome.error is None
    assert runtime.system.Account[EVE.account].data.free < before
