"""`pool`: what becomes of a subnet's pool, its price and its moving price while the chain injects and traders trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from node.lab.columns import (
    ALPHA,
    AVERAGE_BITS,
    BLOCK,
    BLOCKS,
    NUMBER,
    PART,
    PRICE,
    PRICE_BITS,
    TAO,
    U16,
    WEIGHT,
    Column,
    Figure,
    Row,
)
from node.lab.errors import LabError
from node.lab.experiment import BLOCKS_PER_DAY, BLOCKS_PER_YEAR, Chart, Experiment, Line, Outcome, tick
from node.lab.flows import KINDS, RANDOM, SHOCK, Shock, Trade, ensure_shock, make_flow
from node.lab.market import Market, read_tao_weight, to_moving_bits, to_price_bits
from node.lab.parameters import choice, number, parameters_of
from runtime.pallets.swap.balancer import calculate_tao_worth
from runtime.units import RAO_PER_TAO, AlphaBalance, TaoBalance

TICK_BLOCKS = 360
SUPPLY = "21000000"


@dataclass(frozen=True, slots=True)
class Settings:
    """The pool, the chain around it, and what traders do."""

    start_tao: int = number("10000", TAO, "TAO in the pool at first.", least="0.001", most=SUPPLY)
    start_alpha: int = number("1000000", ALPHA, "Alpha in the pool at first.", least="1", most=SUPPLY)
    start_outside: int = number("1000000", ALPHA, "Alpha outside of the pool at first.", most=SUPPLY)
    start_moving: int = number("0.01", PRICE, "The moving price at first.", most="1")
    others: int = number("1", PRICE, "The sum of the moving prices of all other subnets, which stays.", most="1000")
    issued: int = number("10500000", TAO, "All TAO that is issued at first.", most="20999999.999999999")
    root: int = number("6000000", TAO, "TAO that is staked on the root network.", most=SUPPLY)
    age: int = number("0", BLOCKS, "For how long the subnet has emitted at first.", most="100000000")
    average: int = number("201600", BLOCKS, "When the moving price follows half as fast as at last.", most="100000000")
    fee: int = number("33", U16, "The fee of a swap.", most="10000")
    flow: str = choice("constant", "How traders trade.", KINDS)
    buy: int = number("10", TAO, "What a purchase spends; its mean if it is random.", most=SUPPLY)
    sell: int = number("1000", ALPHA, "What a sale sells; its mean if it is random.", most=SUPPLY)
    interval: int = number(
        "300", BLOCKS, "After how many blocks a purchase and a sale come again.", least="1", most="100000000"
    )
    shock_at: int = number("7200", BLOCKS, "The block of the shock.", least="1", most="100000000")
    shock_buy: int = number("0", TAO, "What the shock spends.", most=SUPPLY)
    shock_sell: int = number("100000", ALPHA, "What the shock sells.", most=SUPPLY)
    every: int = number("360", BLOCKS, "How many blocks there are between two rows.", least="1", most="100000000")

    @property
    def shock(self) -> Shock:
        """The one large trade."""
        return Shock(self.shock_at, Trade(self.shock_buy, self.shock_sell))


COLUMNS = (
    Column("block", BLOCK, "The block after which this holds."),
    Column("price_rao", PRICE, "What one alpha costs at the margin, rounded down."),
    Column("price_bits", PRICE_BITS, "The same to the last bit.", is_wide=True, in_table=False),
    Column("moving_price_rao", PRICE, "The moving price, rounded down."),
    Column("moving_price_bits", AVERAGE_BITS, "The same to the last bit.", in_table=False),
    Column("tao_rao", TAO, "TAO in the pool."),
    Column("alpha_rao", ALPHA, "Alpha in the pool."),
    Column("alpha_out_rao", ALPHA, "Alpha outside of the pool."),
    Column("tao_weight", WEIGHT, "The weight of the pool's TAO.", in_table=False),
    Column("volume_rao", TAO, "All TAO that was traded since the start, the chain's own included.", is_wide=True),
    Column("injected_rao", TAO, "TAO that the chain has put into the pool.", in_table=False),
    Column("chain_bought_rao", TAO, "TAO that the chain has bought alpha with.", in_table=False),
    Column("bought_rao", TAO, "TAO that traders have spent, fees included.", is_wide=True, in_table=False),
    Column("sold_rao", TAO, "TAO that traders have got.", is_wide=True, in_table=False),
    Column("fees_rao", TAO, "TAO that authors of blocks have got of it.", is_wide=True, in_table=False),
    Column("trades", NUMBER, "How many trades were made.", in_table=False),
    Column("refused", NUMBER, "How many were not, for want of TAO, of alpha, or of a reserve.", in_table=False),
    Column("slippage_ppb", PART, "The greatest slippage of a trade since the row before, the fee not counted."),
)


def open_market(settings: Settings) -> Market:
    """The pool before its first block."""
    return Market(
        tao=TaoBalance(settings.start_tao),
        alpha=AlphaBalance(settings.start_alpha),
        alpha_out=AlphaBalance(settings.start_outside),
        issuance=TaoBalance(settings.issued),
        root_tao=TaoBalance(settings.root),
        moving_price=to_moving_bits(settings.start_moving),
        other_prices=to_price_bits(settings.others),
        fee_rate=settings.fee,
        tao_weight=read_tao_weight(),
        halving_blocks=settings.average,
        block=settings.age,
    )


def simulate(settings: Settings, length: int, seed: int) -> Outcome:
    """Trade for `length` blocks."""
    market, rows, worst = open_market(settings), [], 0
    usual = Trade(settings.buy, settings.sell)
    flow = make_flow(settings.flow, usual, settings.interval, settings.shock, seed)
    for block in range(1, length + 1):
        market.begin_block()
        trade = flow(block)
        if trade.tao:
            market.buy(TaoBalance(trade.tao))
        if trade.alpha:
            market.sell(AlphaBalance(trade.alpha))
        if block % settings.every == 0 or block == length:
            rows.append(make_row(block, market))
            worst, market.worst_slippage = max(worst, market.worst_slippage), 0
        if block % TICK_BLOCKS == 0:
            tick(TICK_BLOCKS)
    tick(length % TICK_BLOCKS)
    return Outcome(rows, sum_up(market, worst))


def price_in_rao(market: Market) -> int:
    """What one alpha costs, in rao, rounded down."""
    return calculate_tao_worth(AlphaBalance(RAO_PER_TAO), market.price)


def moving_in_rao(market: Market) -> int:
    """The moving price in rao per alpha, rounded down."""
    return market.moving_price * RAO_PER_TAO >> 32


def make_row(block: int, market: Market) -> Row:
    """What holds after a block."""
    return (
        block,
        price_in_rao(market),
        market.price,
        moving_in_rao(market),
        market.moving_price,
        market.tao,
        market.alpha,
        market.alpha_out,
        market.quote,
        market.volume,
        market.injected,
        market.chain_bought,
        market.bought,
        market.sold,
        market.fees,
        market.trades,
        market.refused,
        market.worst_slippage,
    )


def sum_up(market: Market, worst_slippage: int) -> list[Figure]:
    """What a run comes to."""
    return [
        Figure("price_rao", price_in_rao(market), PRICE),
        Figure("moving_price_rao", moving_in_rao(market), PRICE),
        Figure("tao_rao", market.tao, TAO),
        Figure("alpha_rao", market.alpha, ALPHA),
        Figure("alpha_out_rao", market.alpha_out, ALPHA),
        Figure("volume_rao", market.volume, TAO),
        Figure("injected_rao", market.injected, TAO),
        Figure("chain_bought_rao", market.chain_bought, TAO),
        Figure("bought_rao", market.bought, TAO),
        Figure("sold_rao", market.sold, TAO),
        Figure("fees_rao", market.fees, TAO),
        Figure("trades", market.trades, NUMBER),
        Figure("refused", market.refused, NUMBER),
        Figure("slippage_ppb", worst_slippage, PART),
    ]


def check(settings: Settings, length: int) -> None:
    """Refuse more TAO than there is, and shocks that do not come. Raises: LabError"""
    if settings.start_tao + settings.root > settings.issued:
        raise LabError("start_tao: with root it is more than issued")
    if settings.flow == SHOCK:
        ensure_shock(settings.shock, length)
        return
    for name, parameter in parameters_of(Settings).items():
        if name.startswith("shock_") and getattr(settings, name) != parameter.default:
            raise LabError(f"{name}: only flow=shock has a shock")


def count_rows(settings: Settings, length: int) -> int:
    """How many rows there are: one every so many blocks, and the last."""
    return -(-length // settings.every)


def draw(rows: Sequence[Row]) -> list[Chart]:
    """Prices, reserves, and where the TAO came from."""
    days = [int(row[0]) / BLOCKS_PER_DAY for row in rows]

    def line(label: str, name: str) -> Line:
        place = EXPERIMENT.place(name)
        return Line(label, days, [COLUMNS[place].unit.scale(row[place]) for row in rows])

    sources = (line("put in", "injected_rao"), line("spent on alpha", "chain_bought_rao"))
    alphas = (line("in the pool", "alpha_rao"), line("outside", "alpha_out_rao"))
    return [
        Chart("Price", "days", "TAO per alpha", (line("price", "price_rao"), line("moving price", "moving_price_rao"))),
        Chart("TAO in the pool", "days", "TAO", (line("TAO", "tao_rao"),)),
        Chart("Alpha", "days", "alpha", alphas),
        Chart("TAO that the chain brought", "days", "TAO", sources),
        Chart("Greatest slippage between rows", "days", "part of a trade", (line("slippage", "slippage_ppb"),)),
    ]


EXPERIMENT = Experiment(
    name="pool",
    question="What becomes of a subnet's pool and its price under these trades?",
    settings=Settings,
    columns=COLUMNS,
    default_length=7 * BLOCKS_PER_DAY,
    most_length=30 * BLOCKS_PER_YEAR,
    simulate=simulate,
    check=check,
    draw=draw,
    headlines=("price_rao", "moving_price_rao", "tao_rao", "slippage_ppb"),
    count_rows=count_rows,
    has_chance=lambda settings: settings.flow == RANDOM,
)
