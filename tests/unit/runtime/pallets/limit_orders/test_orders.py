"""Orders one by one: what each kind does, its fee, its limit, its parts, and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, events, free, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, DAVE, EVE, FIRST, SUBNET, ensure_sound, fee_of, last, staked
from support.orders import (
    BUY,
    PERCENT,
    SELL,
    STOP,
    execute,
    executed,
    id_of,
    make_market,
    order_of,
    placed,
    signed,
)

from runtime.fixed import U64_MAX, u64f64
from runtime.frame.errors import TokenError
from runtime.pallets.limit_orders.book import OrderBook
from runtime.pallets.limit_orders.rules import OrderType
from runtime.pallets.limit_orders.types import Fulfilled, PartiallyFilled
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.perthings import Perbill
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid

TEN = TAO(10)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """A market whose books have to be in order in the end."""
    runtime = make_market()
    yield runtime
    ensure_sound(runtime)
    runtime.invariants()


def price_of(runtime: Taonet) -> int:
    """The price in rao for one alpha."""
    return u64f64.to_u64(u64f64.mul(runtime.swap.price(SUBNET), u64f64.from_int(10**9)))


# -- each kind


def test_a_purchase_spends_its_tao_less_the_fee_and_stakes_what_it_buys(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN, fee_rate=PERCENT, fee_recipient=EVE.account)
    tao, alpha, earned = free(runtime, BOB), staked(runtime, BOB, DAVE), free(runtime, EVE)

    execute(runtime, CHARLIE, signed(BOB, order))

    got = staked(runtime, BOB, DAVE) - alpha
    assert tao - free(runtime, BOB) == TEN
    assert free(runtime, EVE) - earned == 100_000_000
    added = last(runtime, Events.StakeAdded)
    assert isinstance(added, Events.StakeAdded)
    assert (added.tao, added.alpha, added.fee) == (9_900_000_000, got, fee_of(9_900_000_000))
    expected = OrderBook.OrderExecuted(id_of(order), BOB.account, SUBNET, BUY, 9_900_000_000, got)
    assert events(runtime)[-1] == expected
    assert runtime.order_book.Orders[id_of(order)] == Fulfilled()
    assert runtime.stakes.LastColdkeyHotkeyStakeBlock[BOB.account, DAVE.account] == runtime.registry.block()


@pytest.mark.parametrize("kind", [SELL, STOP])
def test_a_sale_gives_all_its_alpha_and_the_fee_comes_off_the_tao(runtime: Taonet, kind: OrderType) -> None:
    order = order_of(BOB, kind, TEN, fee_rate=PERCENT, fee_recipient=EVE.account)
    tao, alpha, earned = free(runtime, BOB), staked(runtime, BOB, DAVE), free(runtime, EVE)

    execute(runtime, CHARLIE, signed(BOB, order))

    removed = last(runtime, Events.StakeRemoved)
    assert isinstance(removed, Events.StakeRemoved)
    fee = removed.tao // 100
    assert alpha - staked(runtime, BOB, DAVE) == TEN
    assert free(runtime, BOB) - tao == removed.tao - fee
    assert free(runtime, EVE) - earned == fee
    expected = OrderBook.OrderExecuted(id_of(order), BOB.account, SUBNET, kind, TEN, removed.tao - fee)
    assert events(runtime)[-1] == expected


def test_an_order_without_a_fee_pays_nobody(runtime: Taonet) -> None:
    before = free(runtime, EVE)

    execute(runtime, CHARLIE, placed(BOB, BUY, TEN, fee_recipient=EVE.account))

    assert free(runtime, EVE) == before
    assert executed(runtime)[-1].amount_in == TEN


def test_orders_are_executed_one_after_the_other_at_moving_prices(runtime: Taonet) -> None:
    execute(runtime, EVE, placed(BOB, BUY, TEN), placed(CHARLIE, BUY, TEN), placed(BOB, SELL, TEN))

    first, second, sale = executed(runtime)
    assert first.amount_out > second.amount_out
    assert sale.amount_out > sale.amount_in


@pytest.mark.parametrize(
    ("kind", "distance", "comes"),
    [(BUY, 0, True), (BUY, -1, False), (STOP, 0, True), (STOP, -1, False), (SELL, 0, True), (SELL, 1, False)],
)
def test_an_order_waits_for_its_price(runtime: Taonet, kind: OrderType, distance: int, comes: bool) -> None:
    order = placed(BOB, kind, TEN, limit_price=price_of(runtime) + distance)

    if comes:
        execute(runtime, CHARLIE, order)
    else:
        with unchanged(runtime), reverts(OrderBook.PriceConditionNotMet):
            execute(runtime, CHARLIE, order)


# -- how far the pool's price may move


def test_a_purchase_that_would_move_the_price_too_far_is_refused_as_a_whole(runtime: Taonet) -> None:
    price = price_of(runtime)
    narrow = placed(BOB, BUY, TEN, limit_price=price, max_slippage=PERCENT)
    wide = placed(BOB, BUY, TEN, limit_price=price, max_slippage=Perbill(20_000_000))

    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        execute(runtime, CHARLIE, narrow)
    execute(runtime, CHARLIE, wide)

    assert price < price_of(runtime) <= price + price // 50


def test_a_sale_that_would_move_the_price_too_far_is_refused_as_a_whole(runtime: Taonet) -> None:
    price = price_of(runtime)
    narrow = placed(BOB, SELL, TEN, limit_price=price, max_slippage=PERCENT)
    wide = placed(BOB, SELL, TEN, limit_price=price, max_slippage=Perbill(30_000_000))

    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        execute(runtime, CHARLIE, narrow)
    execute(runtime, CHARLIE, wide)

    assert price - price * 3 // 100 <= price_of(runtime) < price


def test_a_price_that_has_passed_the_limit_is_refused(runtime: Taonet) -> None:
    stop = placed(BOB, STOP, TEN, limit_price=price_of(runtime), max_slippage=Perbill(1))
    execute(runtime, EVE, placed(CHARLIE, SELL, TEN))

    with unchanged(runtime), reverts(Swap.PriceLimitExceeded):
        execute(runtime, CHARLIE, stop)


# -- parts


def test_an_order_is_executed_in_parts_by_its_relayer(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN, relayer=(EVE.account, CHARLIE.account), partial_fills_enabled=True)
    tao, status = free(runtime, BOB), runtime.order_book.Orders

    execute(runtime, CHARLIE, signed(BOB, order, TAO(3)))
    assert status[id_of(order)] == PartiallyFilled(TAO(3))
    execute(runtime, EVE, signed(BOB, order, TAO(6)))
    assert status[id_of(order)] == PartiallyFilled(TAO(9))
    with unchanged(runtime), reverts(OrderBook.IncorrectPartialFillAmount):
        execute(runtime, EVE, signed(BOB, order, TAO(1) + 1))
    execute(runtime, EVE, signed(BOB, order, TAO(1)))

    assert status[id_of(order)] == Fulfilled()
    assert tao - free(runtime, BOB) == TEN
    assert [e.amount_in for e in executed(runtime)] == [TAO(3), TAO(6), TAO(1)]
    with unchanged(runtime), reverts(OrderBook.OrderAlreadyProcessed):
        execute(runtime, EVE, signed(BOB, order, TAO(1)))


def test_a_sale_is_executed_in_parts_and_each_part_pays_its_fee(runtime: Taonet) -> None:
    order = order_of(
        BOB,
        SELL,
        TEN,
        relayer=(CHARLIE.account,),
        partial_fills_enabled=True,
        fee_rate=PERCENT,
        fee_recipient=EVE.account,
    )
    alpha, earned = staked(runtime, BOB, DAVE), free(runtime, EVE)

    for part in (TAO(4), TAO(6)):
        execute(runtime, CHARLIE, signed(BOB, order, part))

    sold = [e.tao for e in events(runtime) if isinstance(e, Events.StakeRemoved)]
    assert alpha - staked(runtime, BOB, DAVE) == TEN
    assert free(runtime, EVE) - earned == sum(tao // 100 for tao in sold)
    assert runtime.order_book.Orders[id_of(order)] == Fulfilled()


def test_an_order_that_was_begun_is_not_executed_at_once(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN, relayer=(CHARLIE.account,), partial_fills_enabled=True)
    execute(runtime, CHARLIE, signed(BOB, order, TAO(3)))

    with unchanged(runtime), reverts(OrderBook.IncorrectPartialFillAmount):
        execute(runtime, CHARLIE, signed(BOB, order))


def test_the_whole_as_one_part_fulfils_an_order(runtime: Taonet) -> None:
    order = order_of(BOB, BUY, TEN, relayer=(CHARLIE.account,), partial_fills_enabled=True)

    execute(runtime, CHARLIE, signed(BOB, order, TEN))

    assert runtime.order_book.Orders[id_of(order)] == Fulfilled()


# -- orders that fail


def test_an_order_that_fails_is_passed_over_and_leaves_nothing_behind(runtime: Taonet) -> None:
    late, poor = order_of(BOB, BUY, TEN, expiry=0), order_of(BOB, BUY, TAO(10_000_000))
    good, orders = placed(CHARLIE, BUY, TEN), runtime.order_book.Orders

    execute(runtime, EVE, signed(BOB, late), good, signed(BOB, poor), should_fail=False)

    skipped = [e for e in events(runtime) if isinstance(e, OrderBook.OrderSkipped)]
    assert skipped == [
        OrderBook.OrderSkipped(id_of(late), OrderBook.OrderExpired()),
        OrderBook.OrderSkipped(id_of(poor), Errors.NotEnoughBalanceToStake()),
    ]
    assert len(executed(runtime)) == 1
    assert id_of(late) not in orders
    assert id_of(poor) not in orders


def test_an_order_whose_fee_cannot_be_paid_is_undone(runtime: Taonet) -> None:
    # 499 rao are less than an account that does not exist needs
    order = order_of(BOB, BUY, TEN, fee_rate=Perbill(49), fee_recipient=bytes(range(32)))

    with emits(runtime, OrderBook.OrderSkipped(id_of(order), TokenError("BelowMinimum"))):
        execute(runtime, EVE, signed(BOB, order), should_fail=False)

    assert id_of(order) not in runtime.order_book.Orders


def test_one_order_that_fails_undoes_all_where_that_is_asked_for(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.OrderExpired):
        execute(runtime, EVE, placed(CHARLIE, BUY, TEN), placed(BOB, BUY, TEN, expiry=0), should_fail=True)


def test_an_order_is_executed_once(runtime: Taonet) -> None:
    order = placed(BOB, BUY, TEN)
    execute(runtime, EVE, order)

    with unchanged(runtime), reverts(OrderBook.OrderAlreadyProcessed):
        execute(runtime, EVE, order)


def test_the_same_order_twice_in_one_call_is_executed_once(runtime: Taonet) -> None:
    order = placed(BOB, BUY, TEN)

    execute(runtime, EVE, order, order, should_fail=False)

    assert len(executed(runtime)) == 1


def test_an_order_on_the_root_network_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.RootNetUidNotAllowed):
        execute(runtime, EVE, placed(BOB, BUY, TEN, netuid=ROOT))


def test_an_order_on_a_subnet_that_does_not_exist_is_refused(runtime: Taonet) -> None:
    for kind in (BUY, SELL):
        with unchanged(runtime), reverts(Errors.SubnetNotExists):
            execute(runtime, EVE, placed(BOB, kind, TEN, netuid=NetUid(99)))


def test_an_order_on_a_subnet_that_has_not_started_is_refused(runtime: Taonet) -> None:
    for kind in (BUY, SELL):
        with unchanged(runtime), reverts(Errors.SubtokenDisabled):
            execute(runtime, EVE, placed(BOB, kind, TEN, netuid=FIRST))


def test_a_purchase_to_a_hotkey_that_nobody_owns_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        execute(runtime, CHARLIE, placed(BOB, BUY, TEN, hotkey=EVE.account))


def test_too_small_a_purchase_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        execute(runtime, CHARLIE, placed(BOB, BUY, 1_999_999))
    execute(runtime, CHARLIE, placed(BOB, BUY, 2_000_000))


def test_the_fee_counts_when_a_purchase_is_too_small(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        execute(runtime, CHARLIE, placed(BOB, BUY, 2_000_001, fee_rate=PERCENT))


def test_too_small_a_sale_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        execute(runtime, CHARLIE, placed(BOB, SELL, 1_000_000))
    with unchanged(runtime), reverts(Errors.AmountTooLow):
        execute(runtime, CHARLIE, placed(BOB, SELL, 0))


def test_a_sale_of_more_than_is_staked_is_refused(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NotEnoughStakeToWithdraw):
        execute(runtime, CHARLIE, placed(BOB, SELL, staked(runtime, BOB, DAVE) + 1))


def test_a_sale_of_locked_stake_is_refused(runtime: Taonet) -> None:
    amount = staked(runtime, BOB, DAVE) - 1
    dispatch(runtime, BOB, "SubtensorModule.lock_stake", hotkey=DAVE.account, netuid=SUBNET, amount=amount)

    with unchanged(runtime), reverts(Errors.StakeUnavailable):
        execute(runtime, CHARLIE, placed(BOB, SELL, TEN))


def test_more_than_a_pool_takes_at_once_is_refused(runtime: Taonet) -> None:
    runtime.registry.SubtokenEnabled[FIRST] = True

    with unchanged(runtime), reverts(Swap.SwapInputTooLarge):
        execute(runtime, CHARLIE, placed(BOB, BUY, TAO(10_010), netuid=FIRST))


def test_a_stable_subnet_trades_one_to_one(runtime: Taonet) -> None:
    runtime.registry.SubnetMechanism[SUBNET] = 0
    before = staked(runtime, BOB, DAVE)

    execute(runtime, CHARLIE, placed(BOB, BUY, TEN, limit_price=10**9, max_slippage=Perbill(0)))

    assert staked(runtime, BOB, DAVE) - before == TEN
    assert executed(runtime)[-1].amount_out == TEN
    execute(runtime, CHARLIE, placed(BOB, SELL, TEN, limit_price=10**9, max_slippage=Perbill(0)))
    assert executed(runtime)[-1].amount_out == TEN
    runtime.registry.SubnetMechanism[SUBNET] = 1


def test_the_signer_executes_its_own_order(runtime: Taonet) -> None:
    execute(runtime, ALICE, placed(ALICE, BUY, TEN, relayer=(ALICE.account,)))

    assert executed(runtime)[-1].signer == ALICE.account


def test_a_limit_of_all_bits_is_no_limit(runtime: Taonet) -> None:
    execute(runtime, CHARLIE, placed(BOB, BUY, TEN, limit_price=U64_MAX, max_slippage=PERCENT))

    assert executed(runtime)[-1].amount_in == TEN
