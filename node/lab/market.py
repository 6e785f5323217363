"""A subnet's pool, stepped block by block by the chain's rules, without the chain's storage around it.

The order is that of `Emission.on_initialize`, narrowed to one subnet beside all others, and of `Trading`; a test runs
both side by side. Left out is what moves no reserve: who holds the alpha, and which epoch pays it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from runtime.fixed import I96F32, U64F64, U96F32, u64f64, u96f32
from runtime.pallets.emission.injection import (
    Terms,
    calculate_root_proportion,
    calculate_tao_weight,
    calculate_terms,
)
from runtime.pallets.emission.issuance import calculate_block_emission, calculate_mint
from runtime.pallets.emission.price_ema import DEFAULT_MOVING_ALPHA, calculate_moving_price, to_moving_price
from runtime.pallets.emission.shares import calculate_shares, calculate_tao_emissions, is_root_sold
from runtime.pallets.emission.split import calculate_split
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.swap.balancer import (
    DEFAULT_WEIGHT,
    Pool,
    calculate_price,
    calculate_tao_worth,
    calculate_weight_after,
)
from runtime.pallets.swap.step import MAX_BUY_PRICE, MIN_SELL_PRICE, buy, sell
from runtime.perthings import Perquintill
from runtime.refusal import Refused
from runtime.units import AlphaBalance, TaoBalance

NOTHING_BURNED = U96F32(0)
PARTS = 10**9


@dataclass(slots=True)
class Market:
    """A pool, what is around it, and what has happened in it. Amounts are rao."""

    tao: TaoBalance
    alpha: AlphaBalance
    alpha_out: AlphaBalance
    """Alpha outside of the pool."""
    issuance: TaoBalance
    """All TAO there is."""
    root_tao: TaoBalance
    moving_price: I96F32
    other_prices: U64F64
    """The sum of all other subnets' moving prices, which stays."""
    fee_rate: int
    tao_weight: U96F32
    halving_blocks: int
    block: int = 0
    first_emission_block: int = 1
    quote: Perquintill = DEFAULT_WEIGHT
    is_weighted: bool = False
    """Whether a swap has given the pool its weights."""
    volume: int = 0
    fees: int = 0
    """TAO that traders paid to authors; the fees of sellers are sold for it."""
    injected: int = 0
    """TAO that came into the pool at an unchanged price."""
    chain_bought: int = 0
    """TAO that the chain bought alpha with."""
    bought: int = 0
    """TAO that traders spent."""
    sold: int = 0
    """TAO that traders got."""
    trades: int = 0
    refused: int = 0
    worst_slippage: int = 0
    """The greatest slippage since it was last looked at, in parts of 10^9."""

    @property
    def pool(self) -> Pool:
        """The reserves and weights."""
        return Pool(self.alpha, self.tao, self.quote)

    @property
    def trade_pool(self) -> Pool:
        """The same as a swap finds it: the first one gives the pool even weights."""
        return self.pool if self.is_weighted else Pool(self.alpha, self.tao)

    @property
    def price(self) -> U64F64:
        """What one alpha costs at the margin."""
        return calculate_price(self.pool)

    @property
    def alpha_issuance(self) -> AlphaBalance:
        """Alpha inside and outside of the pool."""
        return AlphaBalance(self.alpha + self.alpha_out)

    def root_proportion(self) -> U96F32:
        """The root network's part in the subnet's emission, as of now."""
        return calculate_root_proportion(self.root_tao, self.tao_weight, self.alpha_issuance)

    # -- the start of a block

    def begin_block(self) -> None:
        """Mint, inject, make alpha, let the moving price follow."""
        self.block += 1
        minted = calculate_mint(calculate_block_emission(self.issuance), self.issuance)
        moving_price = to_moving_price(self.moving_price, True)
        division = divide_emission(minted, moving_price, self.other_prices)
        emission = calculate_block_emission(TaoBalance(self.alpha_issuance))
        terms = calculate_terms(division.tao, emission, self.price, self.root_proportion())
        taken = self.inject(terms) + u96f32.to_u64(division.others_tao)
        self.issuance = TaoBalance(self.issuance + taken)  # what nobody took is recycled
        self.make_alpha(terms.alpha_out, is_root_paid=division.is_root_paid)
        self.moving_price = calculate_moving_price(
            moving_price, self.price, DEFAULT_MOVING_ALPHA, self.block, self.first_emission_block, self.halving_blocks
        )

    def inject(self, terms: Terms) -> int:
        """Put TAO and alpha into the pool at an unchanged price, buy alpha with the excess; how much TAO was taken."""
        tao, alpha, excess = terms.whole_tao_in, terms.whole_alpha_in, terms.whole_excess_tao
        weight = calculate_weight_after(self.pool, tao, alpha)
        if weight is not None:
            self.quote = weight
        if excess:
            self.buy_for_the_chain(excess)
        if weight is None:
            return excess
        self.alpha = AlphaBalance(self.alpha + alpha)
        self.tao = TaoBalance(self.tao + tao)
        self.injected += tao
        return excess + tao

    def buy_for_the_chain(self, tao: TaoBalance) -> None:
        """Buy alpha without a fee; a purchase that fails leaves its TAO on the subnet's account."""
        try:
            made = buy(self.trade_pool, tao, MAX_BUY_PRICE, 0)
        except Refused:
            return
        self.enter(made.paid_in, made.paid_out, tao)
        self.chain_bought += made.paid_in

    def make_alpha(self, alpha: U96F32, *, is_root_paid: bool) -> None:
        """Make a block's alpha for participants; root's part of it is recycled where it is not paid."""
        self.alpha_out = AlphaBalance(self.alpha_out + u96f32.to_u64(alpha))
        split = calculate_split(alpha, Parameters.InitialSubnetOwnerCut, self.root_proportion())
        if not is_root_paid:
            self.alpha_out = AlphaBalance(max(self.alpha_out - split.root, 0))

    # -- trades

    def buy(self, tao: TaoBalance) -> bool:
        """Spend `tao` rao, the fee included, on alpha; whether that was possible."""
        price = self.price
        try:
            if tao > self.issuance - self.tao - self.root_tao:
                raise Shortage
            made = buy(self.trade_pool, tao, MAX_BUY_PRICE, self.fee_rate)
        except (Refused, Shortage):
            self.refused += 1
            return False
        self.enter(made.paid_in, made.paid_out, tao)
        self.note_slippage(made.paid_in, calculate_tao_worth(made.paid_out, price))
        self.fees += made.fee
        self.bought += tao
        self.trades += 1
        return True

    def sell(self, alpha: AlphaBalance) -> bool:
        """Sell `alpha` rao, and its fee for the block's author; whether that was possible."""
        price, pool = self.price, self.trade_pool
        try:
            if alpha > self.alpha_out:
                raise Shortage
            made = sell(pool, alpha, MIN_SELL_PRICE, self.fee_rate)
            after = Pool(AlphaBalance(pool.alpha + made.paid_in), TaoBalance(pool.tao - made.paid_out), pool.quote)
            fee = sell(after, made.fee, MIN_SELL_PRICE, 0)
        except (Refused, Shortage):
            self.refused += 1
            return False
        self.leave(made.paid_in, made.paid_out)
        self.leave(fee.paid_in, fee.paid_out)
        self.note_slippage(calculate_tao_worth(made.paid_in, price), made.paid_out)
        self.fees += fee.paid_out
        self.sold += made.paid_out
        self.trades += 1
        return True

    def enter(self, paid_in: TaoBalance, paid_out: AlphaBalance, tao: TaoBalance) -> None:
        """TAO came into the reserve, and alpha went out of it; the volume grows by all that was spent."""
        self.give_weights()
        self.alpha = AlphaBalance(max(self.alpha - paid_out, 0))
        self.alpha_out = AlphaBalance(self.alpha_out + paid_out)
        self.tao = TaoBalance(self.tao + paid_in)
        self.volume += tao

    def leave(self, paid_in: AlphaBalance, paid_out: TaoBalance) -> None:
        """Alpha came into the reserve, and TAO went out of it."""
        self.give_weights()
        self.alpha = AlphaBalance(self.alpha + paid_in)
        self.alpha_out = AlphaBalance(max(self.alpha_out - paid_in, 0))
        self.tao = TaoBalance(max(self.tao - paid_out, 0))
        self.volume += paid_out

    def give_weights(self) -> None:
        """The first swap gives the pool even weights."""
        if not self.is_weighted:
            self.quote, self.is_weighted = DEFAULT_WEIGHT, True

    def note_slippage(self, ideal: int, real: int) -> None:
        """Remember how much less than at the price before a trade its maker got."""
        if ideal:
            self.worst_slippage = max(self.worst_slippage, (ideal - real) * PARTS // ideal)


@dataclass(frozen=True, slots=True)
class Division:
    """How the TAO of a block is divided, in rao with fractions, and whether root is paid."""

    tao: U96F32
    others_tao: U96F32
    is_root_paid: bool


@lru_cache(maxsize=64)  # the moving price has 32 fraction bits, and stands still for many blocks
def divide_emission(minted: TaoBalance, moving_price: U64F64, other_prices: U64F64) -> Division:
    """What one subnet and all others get of what a block minted."""
    prices = [moving_price, other_prices]
    shares = calculate_shares(prices, [NOTHING_BURNED, NOTHING_BURNED])
    tao, others_tao = calculate_tao_emissions(minted, shares)
    return Division(tao, others_tao, is_root_sold(prices))


class Shortage(Exception):
    """There is not as much outside of the pool as somebody would trade."""


def read_tao_weight() -> U96F32:
    """What a rao of root stake counts at first."""
    return calculate_tao_weight(Parameters.InitialTaoWeight)


def to_moving_bits(price: int) -> I96F32:
    """A moving price in rao per alpha as the state keeps it."""
    return I96F32((price << 32) // PARTS)


def to_price_bits(price: int) -> U64F64:
    """A sum of prices in rao per alpha as the rules read it."""
    return u64f64.ratio(price, PARTS)
