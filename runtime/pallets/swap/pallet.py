"""What clients see of the pools: fee rates, weights, and the calls of a liquidity that is no more."""

from __future__ import annotations

from typing import Annotated, NewType

from chain.scale.hints import Bounded, Named, i32, i64, u16, u64, u128
from chain.types import AccountId
from runtime.fixed import U64F64, u64f64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, Identity, StorageMap, Twox64Concat
from runtime.frame.weight import weigh
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.types import PalletId
from runtime.pallets.swap.balancer import (
    Balancer,
    Pool,
    calculate_fee,
    calculate_price,
    calculate_sqrt_price,
    calculate_weight_after,
)
from runtime.pallets.swap.step import DEFAULT_FEE_RATE, MAX_BUY_PRICE, MIN_SELL_PRICE, buy, sell
from runtime.pallets.swap.step import Swap as Exchange
from runtime.units import AlphaBalance, NetUid, TaoBalance

TickIndex = NewType("TickIndex", Annotated[i32, Named("pallet_subtensor_swap::pallet::TickIndex")])
PositionId = NewType("PositionId", Annotated[u128, Named("pallet_subtensor_swap::pallet::PositionId")])
NonZeroU64 = NewType("NonZeroU64", Annotated[u64, Named("NonZeroU64")])
REMOVED = weigh(15_000_000)


class Swap(Pallet):
    """TAO and alpha are exchanged in weighted pools."""

    registry: Registry
    pools: Pools

    ProtocolId = Constant[PalletId](PalletId(b"ten/swap"))
    """The account of the chain's own liquidity; unused."""

    MaxFeeRate = Constant[u16](10_000)
    """The greatest fee rate, over 65,535."""

    MinimumLiquidity = Constant[u64](1_000)
    """The least liquidity of a position; unused."""

    MinimumReserve = Constant[NonZeroU64](NonZeroU64(1_000_000))
    """The least reserve that still pays out, in rao."""

    FeeRate = StorageMap[NetUid, u16](Twox64Concat, default=DEFAULT_FEE_RATE)
    """The fee of a swap, over 65,535."""

    SwapBalancer = StorageMap[NetUid, Balancer](Twox64Concat, default=Balancer())
    """The weights of a pool."""

    PalSwapInitialized = StorageMap[NetUid, bool](Twox64Concat, default=False)
    """Whether a pool has its weights."""

    HasMigrationRun = StorageMap[Annotated[bytes, Bounded(128)], bool](Identity, default=False)
    """The migrations that were made."""

    ScrapReservoirAlpha = StorageMap[NetUid, AlphaBalance](Twox64Concat, default=AlphaBalance(0))
    """Alpha that an older pool left over, in rao."""

    AlphaSqrtPrice = StorageMap[NetUid, U64F64](Twox64Concat, default=U64F64(0))
    """The square root of the price of a subnet's alpha, for clients that read it; the chain keeps it no more."""

    class FeeRateSet(Event, index=0):
        """The fee rate of a subnet was set."""

        netuid: NetUid
        rate: u16

    class FeeRateTooHigh(PalletError, index=0):
        """The fee rate is above its maximum."""

    class InsufficientInputAmount(PalletError, index=1):
        """The amount is too small for a swap."""

    class InsufficientLiquidity(PalletError, index=2):
        """The pool has less than the swap would pay out."""

    class PriceLimitExceeded(PalletError, index=3):
        """The price is past the limit already."""

    class InsufficientBalance(PalletError, index=4):
        """The caller has less than the call needs."""

    class InvalidTickRange(PalletError, index=5):
        """The range of ticks is not one."""

    class InvalidLiquidityValue(PalletError, index=6):
        """The liquidity is too small."""

    class ReservesTooLow(PalletError, index=7):
        """The reserve is too small to pay out."""

    class MechanismDoesNotExist(PalletError, index=8):
        """There is no such subnet."""

    class SubtokenDisabled(PalletError, index=9):
        """The subnet's alpha is not traded yet."""

    class ReservesOutOfBalance(PalletError, index=10):
        """The weights that the reserves would need are out of range."""

    class SwapInputTooLarge(PalletError, index=11):
        """The amount is more than a thousand times the reserve."""

    class Deprecated(PalletError, index=12):
        """The call is no more."""

    # -- calls

    @call(0, weight=weigh(15_063_000, 3994, reads=1, writes=1))
    def set_fee_rate(self, origin: Origin, netuid: NetUid, rate: u16) -> None:
        """Set the fee of swaps in a subnet, over 65,535.

        Origin: root.  Emits: FeeRateSet.  Raises: MechanismDoesNotExist, FeeRateTooHigh.
        Source: pallet_subtensor_swap::set_fee_rate
        """
        ensure_root(origin)
        if not self.registry.NetworksAdded[netuid]:
            raise self.MechanismDoesNotExist
        if rate > self.MaxFeeRate:
            raise self.FeeRateTooHigh
        self.FeeRate[netuid] = rate
        self.deposit(self.FeeRateSet(netuid, rate))

    @call(4, weight=REMOVED)
    def toggle_user_liquidity(self, origin: Origin, netuid: NetUid, enable: bool) -> None:
        """No more: there are no positions of users.  Raises: Deprecated."""
        raise self.Deprecated

    @call(1, weight=REMOVED)
    def add_liquidity(
        self,
        origin: Origin,
        hotkey: AccountId,
        netuid: NetUid,
        tick_low: TickIndex,
        tick_high: TickIndex,
        liquidity: u64,
    ) -> None:
        """No more: there are no positions of users.  Raises: Deprecated."""
        raise self.Deprecated

    @call(2, weight=REMOVED)
    def remove_liquidity(self, origin: Origin, hotkey: AccountId, netuid: NetUid, position_id: PositionId) -> None:
        """No more: there are no positions of users.  Raises: Deprecated."""
        raise self.Deprecated

    @call(3, weight=REMOVED)
    def modify_position(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, position_id: PositionId, liquidity_delta: i64
    ) -> None:
        """No more: there are no positions of users.  Raises: Deprecated."""
        raise self.Deprecated

    @call(5, weight=REMOVED)
    def disable_lp(self, origin: Origin) -> None:
        """No more: there are no positions of users.  Raises: Deprecated."""
        raise self.Deprecated

    # -- what the economy does with pools

    def pool(self, netuid: NetUid) -> Pool:
        """The reserves and weights of a subnet."""
        return Pool(self.pools.SubnetAlphaIn[netuid], self.pools.SubnetTAO[netuid], self.SwapBalancer[netuid].quote)

    def trade_pool(self, netuid: NetUid) -> Pool | None:
        """The same as a swap finds it: the first one gives the pool even weights. None where there is no pool."""
        if not self.registry.is_dynamic(netuid):
            return None
        pool = self.pool(netuid)
        return pool if self.PalSwapInitialized[netuid] else Pool(pool.alpha, pool.tao)

    def pool_or_none(self, netuid: NetUid) -> Pool | None:
        """The same; None for root and stable subnets, whose alpha is worth one TAO."""
        return self.pool(netuid) if self.registry.is_dynamic(netuid) else None

    def price(self, netuid: NetUid) -> U64F64:
        """What one alpha costs at the margin, in TAO. Source: pallet_subtensor_swap::current_price"""
        pool = self.pool_or_none(netuid)
        return u64f64.one if pool is None else calculate_price(pool)

    def fee(self, netuid: NetUid, amount: int) -> int:
        """The fee that a swap takes out of an amount, in its own rao. Source: SwapHandler::approx_fee_amount"""
        return calculate_fee(amount, self.FeeRate[netuid]) if self.registry.is_dynamic(netuid) else 0

    def quote_buy(
        self, netuid: NetUid, tao: TaoBalance, limit_rao: int = MAX_BUY_PRICE, *, is_free: bool = False
    ) -> Exchange[TaoBalance, AlphaBalance]:
        """What `tao` rao would buy; nothing changes. Raises: SwapInputTooLarge, ReservesTooLow, PriceLimitExceeded"""
        pool = self.trade_pool(netuid)
        if pool is None:
            return Exchange(tao, AlphaBalance(tao), TaoBalance(0))
        with self.refusals():
            return buy(pool, tao, limit_rao, 0 if is_free else self.FeeRate[netuid], self.MinimumReserve)

    def quote_sell(
        self, netuid: NetUid, alpha: AlphaBalance, limit_rao: int = MIN_SELL_PRICE, *, is_free: bool = False
    ) -> Exchange[AlphaBalance, TaoBalance]:
        """What `alpha` rao would bring; nothing changes. Raises: SwapInputTooLarge, ReservesTooLow, ..."""
        pool = self.trade_pool(netuid)
        if pool is None:
            return Exchange(alpha, TaoBalance(alpha), AlphaBalance(0))
        with self.refusals():
            return sell(pool, alpha, limit_rao, 0 if is_free else self.FeeRate[netuid], self.MinimumReserve)

    def initialize_weights(self, netuid: NetUid) -> None:
        """Give a pool even weights, unless it has some. Source: maybe_initialize_palswap without a price"""
        if self.registry.is_dynamic(netuid) and not self.PalSwapInitialized[netuid]:
            self.SwapBalancer[netuid] = Balancer()
            self.PalSwapInitialized[netuid] = True

    def make_room(self, netuid: NetUid, tao: TaoBalance, alpha: AlphaBalance) -> bool:
        """Set the weights so that adding these to the reserves keeps the price; whether that was possible.

        Source: pallet_subtensor_swap::adjust_protocol_liquidity
        """
        weight = calculate_weight_after(self.pool(netuid), tao, alpha)
        if weight is not None:
            self.SwapBalancer[netuid] = Balancer(weight)
        return weight is not None

    def keep_sqrt_prices(self) -> None:
        """Write the square roots of the prices that moved; a subnet without a pool has none."""
        pools, registry = self.pools, self.registry
        made_of = (pools.SubnetTAO, pools.SubnetAlphaIn, self.SwapBalancer, registry.SubnetMechanism)
        written = self.state.written(tuple(item.prefix for item in made_of))
        moved = sorted(frozenset(NetUid(int.from_bytes(key[-2:], "little")) for key in written))
        for netuid in moved:
            pool = self.pool_or_none(netuid)
            root = u64f64.zero if pool is None else calculate_sqrt_price(pool)
            if root:
                self.AlphaSqrtPrice[netuid] = root
            elif netuid in self.AlphaSqrtPrice:
                del self.AlphaSqrtPrice[netuid]

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a pool. Source: pallet_subtensor_swap::do_clear_protocol_liquidity"""
        del self.PalSwapInitialized[netuid]
        del self.FeeRate[netuid]
        del self.SwapBalancer[netuid]
