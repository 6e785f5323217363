"""The pool of the lab moves as the runtime's own does, to the last rao and bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.chain import Chain, key_of
from support.economy import (
    ALPHA,
    BOB,
    DAVE,
    MODULE,
    OTHER,
    SUBNET,
    add_other,
    enable_emission,
    make_economy,
    stake,
    step,
    unstake,
)

from node.lab.market import Market, read_tao_weight
from node.lab.pool import EXPERIMENT, Settings, open_market, simulate
from runtime.fixed import U64F64, u64f64
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.balancer import MIN_WEIGHT, Balancer
from runtime.perthings import Perquintill
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

HALF = 1 << 31
"""A moving price of half a TAO."""


def market_of(runtime: Taonet, netuid: NetUid = SUBNET, others: U64F64 = u64f64.zero) -> Market:
    """The market that a subnet of a runtime is."""
    return Market(
        tao=runtime.pools.SubnetTAO[netuid],
        alpha=runtime.pools.SubnetAlphaIn[netuid],
        alpha_out=runtime.pools.SubnetAlphaOut[netuid],
        issuance=runtime.tao.TotalIssuance,
        root_tao=runtime.pools.SubnetTAO[ROOT],
        moving_price=runtime.pools.SubnetMovingPrice[netuid],
        other_prices=others,
        fee_rate=runtime.swap.FeeRate[netuid],
        tao_weight=read_tao_weight(),
        halving_blocks=runtime.parameters.EMAPriceHalvingBlocks[netuid],
        block=runtime.registry.block(),
        first_emission_block=runtime.registry.FirstEmissionBlockNumber[netuid],
        quote=runtime.swap.SwapBalancer[netuid].quote,
        is_weighted=runtime.swap.PalSwapInitialized[netuid],
        volume=runtime.pools.SubnetVolume[netuid],
    )


def state_of(market: Market) -> dict[str, Any]:
    """What a market and a runtime have in common."""
    names = ("tao", "alpha", "alpha_out", "issuance", "moving_price", "quote", "is_weighted", "volume", "block")
    return {name: getattr(market, name) for name in names}


def economy_with_root_stake() -> Taonet:
    """Alice's subnet emits at a moving price of a half, and the root network has some TAO."""
    runtime = make_economy()
    enable_emission(runtime, SUBNET, HALF)
    stake(runtime, BOB, DAVE, ROOT, TAO(500_000))
    return runtime


def test_idle_blocks_and_an_epoch_move_the_pool_as_the_runtime_does() -> None:
    runtime = economy_with_root_stake()
    market = market_of(runtime)

    for _ in range(25):
        step(runtime)
        market.begin_block()

        assert state_of(market) == state_of(market_of(runtime))
    assert market.chain_bought > 0
    assert market.injected > 0


def test_the_first_swap_gives_the_pool_even_weights_as_in_the_runtime() -> None:
    runtime = economy_with_root_stake()
    runtime.pools.SubnetAlphaIn[SUBNET] = AlphaBalance(ALPHA(1777) + 123_456_789)
    runtime.swap.SwapBalancer[SUBNET] = Balancer(Perquintill(4 * 10**17))
    market = market_of(runtime)

    step(runtime)
    market.begin_block()

    assert market.is_weighted
    assert state_of(market) == state_of(market_of(runtime))


def test_a_pool_whose_weights_leave_their_range_gets_nothing_as_in_the_runtime() -> None:
    runtime = economy_with_root_stake()
    runtime.swap.SwapBalancer[SUBNET] = Balancer(Perquintill(MIN_WEIGHT // 2))
    runtime.swap.PalSwapInitialized[SUBNET] = True
    market = market_of(runtime)

    for _ in range(3):
        step(runtime)
        market.begin_block()

        assert state_of(market) == state_of(market_of(runtime))
    assert market.injected == 0


def test_purchases_and_sales_move_the_pool_as_the_runtime_does() -> None:
    runtime = economy_with_root_stake()
    market = market_of(runtime)

    for number in range(1, 9):
        step(runtime)
        market.begin_block()
        stake(runtime, BOB, DAVE, SUBNET, TAO(7 * number))
        assert market.buy(TAO(7 * number))
        unstake(runtime, BOB, DAVE, SUBNET, ALPHA(number))
        assert market.sell(ALPHA(number))

        assert state_of(market) == state_of(market_of(runtime))
    assert (market.trades, market.refused) == (16, 0)


def test_a_subnet_beside_others_gets_its_part_as_in_the_runtime() -> None:
    runtime = economy_with_root_stake()
    add_other(runtime)
    enable_emission(runtime, OTHER)
    market = market_of(runtime, others=U64F64(3 << 62))

    for _ in range(5):  # before the epoch, after which root's stakers sell what they claim
        runtime.pools.SubnetMovingPrice[OTHER] = 3 << 30  # type: ignore[assignment]
        step(runtime)
        market.begin_block()

        assert state_of(market) == state_of(market_of(runtime))


def test_trades_in_real_blocks_move_the_pool_as_in_the_lab() -> None:
    chain, alice = Chain(), key_of("Alice")
    chain.advance(chain.sign(alice, f"{MODULE}.register_network", hotkey=DAVE.account))
    chain.advance(chain.sign(alice, f"{MODULE}.start_call", netuid=SUBNET))
    market = market_of(chain.at_head())

    for amount in (TAO(3), TAO(40)):
        call = {"hotkey": DAVE.account, "netuid": SUBNET}
        bought = chain.advance(chain.sign(BOB, f"{MODULE}.add_stake", amount_staked=amount, **call))
        market.begin_block()
        market.buy(amount)
        assert bought.outcomes[0].error is None
        sold = chain.advance(chain.sign(BOB, f"{MODULE}.remove_stake", amount_unstaked=ALPHA(1), **call))
        market.begin_block()
        market.sell(ALPHA(1))
        assert sold.outcomes[0].error is None

        assert state_of(market) == state_of(market_of(chain.at_head()))


def test_a_trade_for_which_there_is_too_little_is_refused_and_moves_nothing() -> None:
    market = market_of(make_economy())
    before = state_of(market)

    assert not market.sell(ALPHA(1))  # nothing is outside of the pool yet
    assert not market.buy(TAO(20_000_000))

    assert state_of(market) == before
    assert (market.trades, market.refused) == (0, 2)


def test_a_sale_whose_fee_brings_nothing_is_refused_as_a_whole() -> None:
    market = replace(market_of(make_economy()), alpha=ALPHA(100_000))  # one alpha costs a hundredth of a TAO
    market.buy(TAO(10))
    before = state_of(market)

    assert not market.sell(AlphaBalance(5000))  # its fee is 2 rao of alpha, less than a rao of TAO

    assert state_of(market) == before


def test_slippage_is_what_a_trader_loses_to_the_price_that_he_moves() -> None:
    market = market_of(make_economy())

    market.buy(TAO(100))

    paid = TAO(100) - market.fees
    assert abs(market.worst_slippage - paid * 10**9 // (TAO(1000) + paid)) < 10


def last_row(**settings: Any) -> dict[str, Any]:
    """The last row of a thousand blocks."""
    outcome = simulate(Settings(**settings), 1000, 7)
    return dict(zip((column.name for column in EXPERIMENT.columns), outcome.rows[-1], strict=True))


def test_a_shock_of_sales_lowers_the_price_in_its_block() -> None:
    settings = Settings(flow="shock", shock_at=500, shock_sell=ALPHA(300_000), buy=0, sell=0, every=1)
    prices = [row[EXPERIMENT.place("price_rao")] for row in simulate(settings, 1000, 0).rows]

    assert prices[499] < prices[498] * 6 // 10
    assert prices[498] in range(prices[497] - 100, prices[497] + 1000)


def test_random_trades_follow_the_seed() -> None:
    settings = Settings(flow="random", interval=50)

    assert simulate(settings, 1000, 7) == simulate(settings, 1000, 7)
    assert simulate(settings, 1000, 7).rows != simulate(settings, 1000, 8).rows


def test_an_amount_of_nothing_is_no_trade() -> None:
    assert last_row(buy=0, sell=0)["trades"] == 0
    assert last_row(buy=0, interval=100)["trades"] == 10
    assert last_row(interval=100)["trades"] == 20


def test_what_is_traded_adds_up() -> None:
    row = last_row(interval=10, fee=0)

    began = Settings()
    moved = row["injected_rao"] + row["chain_bought_rao"] + row["bought_rao"] - row["sold_rao"]
    assert row["tao_rao"] == began.start_tao + moved
    assert row["volume_rao"] == row["chain_bought_rao"] + row["bought_rao"] + row["sold_rao"]
    assert row["fees_rao"] == 0


def test_a_subnet_without_a_moving_price_gets_nothing_beside_others() -> None:
    assert last_row(start_moving=0)["injected_rao"] == 0


def test_a_market_opens_with_what_was_set() -> None:
    market = open_market(
        Settings(
            start_tao=1, start_alpha=2, start_outside=3, start_moving=250_000_000, others=1_500_000_000,
            issued=4, root=5, age=6, average=7, fee=8,
        )
    )  # fmt: skip

    assert (market.tao, market.alpha, market.alpha_out, market.issuance, market.root_tao) == (1, 2, 3, 4, 5)
    assert (market.block, market.halving_blocks, market.fee_rate, market.is_weighted) == (6, 7, 8, False)
    assert (market.moving_price, market.other_prices) == (1 << 30, 3 << 63)


def test_slippage_is_told_of_the_row_and_of_the_run() -> None:
    settings = Settings(flow="shock", shock_at=5, shock_sell=ALPHA(300_000), buy=0, sell=0, every=1)
    outcome = simulate(settings, 8, 0)

    slippages = [row[EXPERIMENT.place("slippage_ppb")] for row in outcome.rows]
    assert [bool(slippage) for slippage in slippages] == [False] * 4 + [True] + [False] * 3
    assert outcome.figures[-1].value == slippages[4]
