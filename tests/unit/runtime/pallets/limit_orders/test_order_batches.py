"""Batches: the two sides meet at the price, the difference is traded, and nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from support.chain import dispatch, emits, events, free, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, DAVE, EVE, FIRST, SUBNET, ensure_sound, held, reserves, stake, staked
from support.orders import (
    ACCOUNT,
    BUY,
    PERCENT,
    SELL,
    STOP,
    execute_batch,
    executed,
    id_of,
    last_of,
    left_over,
    make_market,
    order_of,
    placed,
    signed,
)

from chain.keys import Keypair
from chain.types import AccountId
from runtime.fixed import u64f64
from runtime.frame.errors import TokenError
from runtime.pallets.balances import Balances
from runtime.pallets.limit_orders.book import HOTKEY, OrderBook
from runtime.pallets.limit_orders.order_swap import OrderSwap
from runtime.pallets.limit_orders.rules import OrderSide, OrderType
from runtime.pallets.limit_orders.types import Fulfilled, PartiallyFilled, SignedOrder
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.pallet import Swap
from runtime.perthings import Perbill
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid, TaoBalance

TEN = TAO(10)
PEOPLE = (ALICE, BOB, CHARLIE, DAVE, EVE)
ALIVE = 500
"""What an account needs to live, in rao."""
BATCH = "LimitOrders.execute_batched_orders"


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """A market in which the pallet's account lives already; its books have to be in order in the end."""
    runtime = make_market()
    give(runtime, ACCOUNT, ALIVE)
    yield runtime
    ensure_sound(runtime)
    runtime.invariants()


def worth_in_tao(runtime: Taonet, alpha: int) -> int:
    return u64f64.to_u128(u64f64.mul(runtime.swap.price(SUBNET), u64f64.from_int(alpha)))


def worth_in_alpha(runtime: Taonet, tao: int) -> int:
    quotient = u64f64.div(u64f64.from_int(tao), runtime.swap.price(SUBNET))
    assert quotient is not None
    return u64f64.to_u128(quotient)


def funds(runtime: Taonet) -> int:
    """What all people have together, in rao of TAO."""
    return sum(free(runtime, who) for who in PEOPLE)


def stakes(runtime: Taonet) -> int:
    """What all people have staked to Dave's key, in rao of alpha."""
    return sum(staked(runtime, who, DAVE) for who in PEOPLE)


# -- one side


def test_purchases_alone_are_one_trade_and_shared_by_what_each_paid(runtime: Taonet) -> None:
    orders = [order_of(BOB, BUY, TAO(30)), order_of(CHARLIE, BUY, TEN)]
    alpha = [staked(runtime, who, DAVE) for who in (BOB, CHARLIE)]

    execute_batch(runtime, EVE, *(signed(w, o) for w, o in zip((BOB, CHARLIE), orders, strict=True)))

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    total = summary.actual_out
    assert summary == OrderBook.GroupExecutionSummary(SUBNET, OrderSide.Buy, TAO(40), total, 2)
    got = [staked(runtime, w, DAVE) - before for w, before in zip((BOB, CHARLIE), alpha, strict=True)]
    assert got == [total * 3 // 4, total // 4]
    assert executed(runtime) == [
        OrderBook.OrderExecuted(id_of(o), o.signer, SUBNET, BUY, o.amount, g) for o, g in zip(orders, got, strict=True)
    ]
    assert all(runtime.order_book.Orders[id_of(o)] == Fulfilled() for o in orders)
    assert left_over(runtime) == (ALIVE, total - sum(got))


def test_sales_alone_are_one_trade_and_shared_by_what_each_sold(runtime: Taonet) -> None:
    before = [free(runtime, who) for who in (BOB, CHARLIE)]

    execute_batch(runtime, EVE, placed(BOB, SELL, TAO(30)), placed(CHARLIE, STOP, TEN))

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    total, worth = summary.actual_out, worth_in_tao
    assert summary == OrderBook.GroupExecutionSummary(SUBNET, OrderSide.Sell, TAO(40), total, 2)
    got = [free(runtime, w) - b for w, b in zip((BOB, CHARLIE), before, strict=True)]
    assert [e.amount_out for e in executed(runtime)] == got
    assert total - 2 <= sum(got) <= total
    assert abs(got[0] - total * 3 // 4) <= 2
    assert worth(runtime, TAO(40)) < total


def test_the_first_purchases_keep_the_account_alive_from_then_on() -> None:
    """Who buys stays alive: 500 rao of a batch stay behind where nothing else is on the pallet's account."""
    runtime = make_market()

    execute_batch(runtime, EVE, placed(BOB, BUY, TEN))

    assert last_of(runtime, Events.StakeAdded).tao == TEN - ALIVE
    assert last_of(runtime, OrderBook.GroupExecutionSummary).net_amount == TEN
    assert left_over(runtime) == (ALIVE, 0)
    ensure_sound(runtime)


def test_what_rounding_leaves_on_an_account_that_does_not_live_is_no_longer_issued() -> None:
    runtime = make_market()
    issued = runtime.balances.TotalIssuance

    execute_batch(runtime, EVE, placed(BOB, SELL, TAO(30)), placed(CHARLIE, STOP, TEN))

    paid = sum(e.amount_out for e in executed(runtime))
    dust = last_of(runtime, OrderBook.GroupExecutionSummary).actual_out - paid
    assert 0 < dust < ALIVE
    assert last_of(runtime, Balances.DustLost).amount == dust
    assert runtime.balances.TotalIssuance == issued - dust
    assert left_over(runtime) == (0, 0)


# -- both sides


def test_a_batch_with_both_sides_loses_no_rao(runtime: Taonet) -> None:
    """More is bought: sellers are paid the price, buyers share their alpha and the pool's."""
    price_tao = worth_in_tao(runtime, TEN)
    tao, alpha, pool = funds(runtime), stakes(runtime), reserves(runtime)

    execute_batch(runtime, EVE, placed(BOB, SELL, TEN), placed(CHARLIE, BUY, TAO(40)))

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    bought, sold = executed(runtime)
    assert summary == OrderBook.GroupExecutionSummary(SUBNET, OrderSide.Buy, TAO(40) - price_tao, summary.actual_out, 2)
    assert (bought.amount_in, bought.amount_out) == (TAO(40), TEN + summary.actual_out)
    assert (sold.amount_in, sold.amount_out) == (TEN, price_tao)
    assert left_over(runtime) == (ALIVE, 0)
    added = last_of(runtime, Events.StakeAdded)
    assert tao - funds(runtime) == summary.net_amount
    assert stakes(runtime) - alpha == summary.actual_out == added.alpha
    assert reserves(runtime)[0] - pool[0] == summary.net_amount - added.fee
    assert pool[1] - reserves(runtime)[1] == summary.actual_out
    assert pool[1] + pool[2] == sum(reserves(runtime)[1:])


def test_a_batch_in_which_more_is_sold_loses_no_rao(runtime: Taonet) -> None:
    """More is sold: buyers get the price, sellers share their TAO and the pool's."""
    price_alpha = worth_in_alpha(runtime, TEN)
    tao, alpha = funds(runtime), stakes(runtime)

    execute_batch(runtime, EVE, placed(BOB, SELL, TAO(40)), placed(CHARLIE, BUY, TEN))

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    bought, sold = executed(runtime)
    assert summary == OrderBook.GroupExecutionSummary(
        SUBNET, OrderSide.Sell, TAO(40) - price_alpha, summary.actual_out, 2
    )
    assert (bought.amount_in, bought.amount_out) == (TEN, price_alpha)
    assert (sold.amount_in, sold.amount_out) == (TAO(40), TEN + summary.actual_out)
    assert left_over(runtime) == (ALIVE, 0)
    assert funds(runtime) - tao == summary.actual_out
    assert alpha - stakes(runtime) == summary.net_amount


def test_fees_of_both_sides_reach_each_recipient_at_once(runtime: Taonet) -> None:
    """Fees come off the TAO that buyers give and sellers get; who receives several has them in one transfer."""
    before, dave = free(runtime, EVE), free(runtime, DAVE)
    fee = {"fee_rate": PERCENT, "fee_recipient": EVE.account}

    execute_batch(
        runtime,
        ALICE,
        placed(CHARLIE, BUY, TAO(40), **fee),
        placed(BOB, SELL, TEN, **fee),
        placed(BOB, SELL, TAO(5), fee_rate=PERCENT, fee_recipient=DAVE.account),
        placed(BOB, BUY, TAO(4), **fee),
    )

    sales = [e for e in executed(runtime) if e.order_type is SELL]
    gross = [e.amount_out * 100 // 99 for e in sales]
    earned, to_dave = free(runtime, EVE) - before, free(runtime, DAVE) - dave
    assert earned == 440_000_000 + worth_fee(gross[0])
    assert to_dave == worth_fee(gross[1])
    paid = [e.to for e in events(runtime) if isinstance(e, Balances.Transfer) and e.from_ == ACCOUNT]
    assert paid[-2:] == [EVE.account, DAVE.account]
    assert paid.count(EVE.account) == paid.count(DAVE.account) == 1
    assert left_over(runtime)[0] <= ALIVE + 2
    assert left_over(runtime)[1] <= 2


def worth_fee(gross: int) -> int:
    return gross // 100


def test_sides_that_balance_trade_nothing(runtime: Taonet) -> None:
    worth, pool = worth_in_tao(runtime, TEN), reserves(runtime)

    execute_batch(runtime, EVE, placed(CHARLIE, BUY, worth), placed(BOB, SELL, TEN))

    assert last_of(runtime, OrderBook.GroupExecutionSummary) == OrderBook.GroupExecutionSummary(
        SUBNET, OrderSide.Buy, 0, 0, 2
    )
    assert [e.amount_out for e in executed(runtime)] == [TEN, worth]
    assert reserves(runtime) == pool
    assert left_over(runtime) == (ALIVE, 0)


@pytest.mark.parametrize("seed", range(6))
def test_no_batch_loses_or_makes_a_rao(runtime: Taonet, seed: int) -> None:
    """What people, the pallet, the pool's account and the author have together stays the same."""
    for who in PEOPLE[:3]:
        stake(runtime, who, DAVE, SUBNET, TAO(50))
    issued, outside = runtime.balances.TotalIssuance, reserves(runtime)
    orders: list[SignedOrder] = []
    for n, who in enumerate((ALICE, BOB, CHARLIE) * 2):
        kind = (BUY, SELL, STOP)[(n * (seed + 1) + seed) % 3]
        amount = 3_000_007 + (seed * 7_919_111_317 + n * 1_299_709_771) % TAO(9)
        rate = Perbill((seed * 104_729 + n * 15_485_863) % 20_000_000)
        orders.append(placed(who, kind, amount, fee_rate=rate, fee_recipient=PEOPLE[(n + seed) % 5].account))
    alpha = stakes(runtime)

    execute_batch(runtime, EVE, *orders)

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    assert summary.executed_count == 6
    assert runtime.balances.TotalIssuance == issued
    tao_left, alpha_left = left_over(runtime)
    change = summary.actual_out if summary.net_side is OrderSide.Buy else -summary.net_amount
    assert stakes(runtime) + alpha_left == alpha + change
    assert ALIVE <= tao_left <= ALIVE + 6
    assert alpha_left <= 6
    assert sum(outside[1:]) == sum(reserves(runtime)[1:])


# -- parts


def test_orders_of_a_batch_are_executed_in_parts(runtime: Taonet) -> None:
    parts = {"relayer": (EVE.account,), "partial_fills_enabled": True}
    buy, sell = order_of(CHARLIE, BUY, TAO(20), **parts), order_of(BOB, SELL, TAO(20), **parts)
    status = runtime.order_book.Orders

    execute_batch(runtime, EVE, signed(CHARLIE, buy, TAO(15)), signed(BOB, sell, TAO(5)))
    assert status[id_of(buy)] == PartiallyFilled(TAO(15))
    assert status[id_of(sell)] == PartiallyFilled(TAO(5))
    execute_batch(runtime, EVE, signed(CHARLIE, buy, TAO(5)), signed(BOB, sell, TAO(15)))

    assert status[id_of(buy)] == status[id_of(sell)] == Fulfilled()
    assert [(e.order_type, e.amount_in) for e in executed(runtime)] == [
        (BUY, TAO(15)),
        (SELL, TAO(5)),
        (BUY, TAO(5)),
        (SELL, TAO(15)),
    ]
    with unchanged(runtime), reverts(OrderBook.OrderAlreadyProcessed):
        execute_batch(runtime, EVE, signed(CHARLIE, buy, TAO(1)))


# -- limits


def test_the_strictest_limit_of_the_larger_side_holds_for_the_trade(runtime: Taonet) -> None:
    price = worth_in_tao(runtime, 10**9)
    narrow = placed(BOB, BUY, TEN, limit_price=price, max_slippage=PERCENT)
    wide = placed(CHARLIE, BUY, TAO(30), limit_price=price, max_slippage=Perbill(500_000_000))

    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        execute_batch(runtime, EVE, narrow, wide)
    execute_batch(runtime, EVE, wide)


def test_the_limit_of_the_smaller_side_does_not_matter(runtime: Taonet) -> None:
    price = worth_in_tao(runtime, 10**9)
    seller = placed(BOB, SELL, TEN, limit_price=price, max_slippage=Perbill(0))

    execute_batch(runtime, EVE, seller, placed(CHARLIE, BUY, TAO(60)))

    assert executed(runtime)[-1].amount_out == worth_before(TEN, price)


def worth_before(alpha: int, price_rao: int) -> int:
    """At a price known to the rao, what whole alpha is worth may be off by less than a rao for each."""
    return pytest.approx(alpha * price_rao // 10**9, abs=alpha // 10**9)  # type: ignore[return-value]


def test_the_floors_of_sellers_hold_where_more_is_sold(runtime: Taonet) -> None:
    price = worth_in_tao(runtime, 10**9)
    narrow = placed(BOB, SELL, TAO(20), limit_price=price, max_slippage=PERCENT)

    with unchanged(runtime), reverts(Errors.SlippageTooHigh):
        execute_batch(runtime, EVE, narrow, placed(CHARLIE, STOP, TAO(10)))


# -- batches that fail as a whole


def test_one_bad_order_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.OrderExpired):
        execute_batch(runtime, EVE, placed(BOB, BUY, TEN), placed(CHARLIE, BUY, TEN, expiry=0))


def test_a_batch_has_an_order_once(runtime: Taonet) -> None:
    order = placed(BOB, BUY, TEN)

    with unchanged(runtime), reverts(OrderBook.DuplicateOrderInBatch):
        execute_batch(runtime, EVE, order, placed(CHARLIE, BUY, TEN), order)
    parts = order_of(BOB, SELL, TEN, relayer=(EVE.account,), partial_fills_enabled=True)
    with unchanged(runtime), reverts(OrderBook.DuplicateOrderInBatch):
        execute_batch(runtime, EVE, signed(BOB, parts, TAO(4)), signed(BOB, parts, TAO(6)))


def test_an_order_for_another_subnet_undoes_the_batch(runtime: Taonet) -> None:
    for other in (FIRST, ROOT):
        with unchanged(runtime), reverts(OrderBook.OrderNetUidMismatch):
            execute_batch(runtime, EVE, placed(BOB, BUY, TEN), placed(CHARLIE, BUY, TEN, netuid=other))


def test_there_are_no_batches_on_the_root_network(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.RootNetUidNotAllowed):
        dispatch(runtime, EVE, BATCH, netuid=ROOT, orders=(placed(BOB, BUY, TEN, netuid=ROOT),))


def test_there_are_no_batches_on_a_subnet_that_does_not_exist(runtime: Taonet) -> None:
    nowhere = NetUid(99)
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        dispatch(runtime, EVE, BATCH, netuid=nowhere, orders=(placed(BOB, BUY, TEN, netuid=nowhere),))
    with unchanged(runtime), reverts(Errors.SubtokenDisabled):
        dispatch(runtime, EVE, BATCH, netuid=FIRST, orders=(placed(BOB, SELL, TEN, netuid=FIRST),))


def test_an_empty_batch_does_nothing(runtime: Taonet) -> None:
    with emits(runtime), unchanged(runtime):
        execute_batch(runtime, EVE)


def test_a_buyer_that_would_get_nothing_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.ZeroShareInBatch):
        execute_batch(runtime, EVE, placed(BOB, BUY, 1), placed(CHARLIE, BUY, TEN))
    with unchanged(runtime), reverts(OrderBook.ZeroShareInBatch):
        execute_batch(runtime, EVE, placed(BOB, BUY, 0), placed(CHARLIE, BUY, TEN))
    with unchanged(runtime), reverts(OrderBook.ZeroShareInBatch):
        execute_batch(runtime, EVE, placed(BOB, BUY, TEN, fee_rate=Perbill(10**9)), placed(CHARLIE, BUY, TEN))


@pytest.mark.parametrize(("name", "kind"), [("buy", BUY), ("sell", SELL)])
def test_a_trade_that_gives_nothing_undoes_the_batch(
    runtime: Taonet, monkeypatch: pytest.MonkeyPatch, name: str, kind: OrderType
) -> None:
    """The pool refuses such a trade by itself; the batch does not rely on that."""
    monkeypatch.setattr(OrderSwap, name, lambda *_, **__: 0)

    with unchanged(runtime), reverts(OrderBook.SwapReturnedZero):
        execute_batch(runtime, EVE, placed(BOB, kind, TEN))


def test_a_difference_for_which_the_pool_gives_nothing_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Swap.ReservesTooLow):
        execute_batch(runtime, EVE, placed(BOB, SELL, TEN), placed(CHARLIE, BUY, worth_in_tao(runtime, TEN) + 1))


def test_a_seller_whose_fee_is_everything_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(OrderBook.ZeroShareInBatch):
        execute_batch(runtime, EVE, placed(BOB, SELL, TEN, fee_rate=Perbill(10**9)), placed(CHARLIE, BUY, TEN))


def test_a_buyer_whose_hotkey_nobody_owns_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        execute_batch(runtime, EVE, placed(CHARLIE, BUY, TEN), placed(BOB, BUY, TEN, hotkey=EVE.account))


def test_buyers_are_paid_one_after_the_other_until_one_cannot_be(runtime: Taonet) -> None:
    homeless, tiny = placed(BOB, BUY, TEN, hotkey=EVE.account), placed(CHARLIE, BUY, 1)

    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        execute_batch(runtime, EVE, homeless, tiny)
    with unchanged(runtime), reverts(OrderBook.ZeroShareInBatch):
        execute_batch(runtime, EVE, tiny, homeless)


def test_a_seller_whose_hotkey_nobody_owns_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        execute_batch(runtime, EVE, placed(BOB, SELL, TEN, hotkey=EVE.account))


def test_too_small_a_sale_undoes_the_batch(runtime: Taonet) -> None:
    for amount in (0, 1_000_000):
        with unchanged(runtime), reverts(Errors.AmountTooLow):
            execute_batch(runtime, EVE, placed(BOB, SELL, amount), placed(CHARLIE, BUY, TEN))


def test_a_seller_with_less_than_it_sells_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NotEnoughStakeToWithdraw):
        execute_batch(runtime, EVE, placed(BOB, SELL, staked(runtime, BOB, DAVE) + 1))


def test_a_seller_whose_stake_is_locked_undoes_the_batch(runtime: Taonet) -> None:
    amount = staked(runtime, BOB, DAVE) - 1
    dispatch(runtime, BOB, "SubtensorModule.lock_stake", hotkey=DAVE.account, netuid=SUBNET, amount=amount)

    with unchanged(runtime), reverts(Errors.StakeUnavailable):
        execute_batch(runtime, EVE, placed(BOB, SELL, TEN))


def test_a_buyer_with_less_than_it_spends_undoes_the_batch(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(TokenError("FundsUnavailable")):
        execute_batch(runtime, EVE, placed(CHARLIE, BUY, TEN), placed(BOB, BUY, free(runtime, BOB) + 1))


def test_two_orders_that_together_sell_more_than_there_is_undo_the_batch(runtime: Taonet) -> None:
    half = staked(runtime, BOB, DAVE) // 2 + 1

    with unchanged(runtime), reverts(Errors.NotEnoughStakeToWithdraw):
        execute_batch(runtime, EVE, placed(BOB, SELL, half), placed(BOB, STOP, half))


def test_a_fee_that_cannot_be_paid_undoes_the_batch(runtime: Taonet) -> None:
    poor = AccountId(bytes(range(32)))

    with unchanged(runtime), reverts(TokenError("BelowMinimum")):
        execute_batch(runtime, EVE, placed(BOB, BUY, TEN, fee_rate=Perbill(49), fee_recipient=poor))


# -- alpha on the way


def test_alpha_of_a_batch_passes_through_the_pallets_hotkey(runtime: Taonet) -> None:
    total = held(runtime, DAVE)

    execute_batch(runtime, EVE, placed(BOB, SELL, TEN), placed(CHARLIE, BUY, TAO(40)))

    summary = last_of(runtime, OrderBook.GroupExecutionSummary)
    assert held(runtime, DAVE) == total + summary.actual_out
    assert runtime.stakes.TotalHotkeyAlpha[HOTKEY, SUBNET] == 0
    block = runtime.registry.block()
    assert runtime.stakes.LastColdkeyHotkeyStakeBlock[CHARLIE.account, DAVE.account] == block
    assert runtime.stakes.LastColdkeyHotkeyStakeBlock[ACCOUNT, HOTKEY] == block
    assert HOTKEY in runtime.ownership.StakingHotkeys[ACCOUNT]


def test_orders_of_one_person_on_both_sides_meet(runtime: Taonet) -> None:
    execute_batch(runtime, EVE, placed(BOB, SELL, TEN), placed(BOB, BUY, TAO(30)))

    bought, sold = executed(runtime)
    assert (bought.signer, sold.signer) == (BOB.account, BOB.account)


def test_executed_orders_are_told_buyers_first_in_their_order(runtime: Taonet) -> None:
    amounts = [TAO(3), TAO(4), TAO(5)]
    orders = [
        *(placed(BOB, SELL, amount) for amount in amounts),
        *(placed(CHARLIE, BUY, amount) for amount in amounts),
    ]

    execute_batch(runtime, EVE, *orders)

    told = executed(runtime)
    assert [e.order_type for e in told] == [BUY] * 3 + [SELL] * 3
    for side in (told[:3], told[3:]):
        assert all(a.amount_in < b.amount_in for a, b in pairwise(side))


def give(runtime: Taonet, account: AccountId, rao: int, source: Keypair = ALICE) -> None:
    runtime.tao.transfer(source.account, account, TaoBalance(rao))
