"""Swaps that really happen: reserves, volume and total stake follow."""

from __future__ import annotations

from runtime.frame.pallet import Pallet
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.swap.pallet import Swap
from runtime.pallets.swap.step import MAX_BUY_PRICE, MIN_SELL_PRICE
from runtime.pallets.swap.step import Swap as Exchange
from runtime.units import AlphaBalance, NetUid, TaoBalance


class Exchanges(Pallet):
    """TAO for alpha and alpha for TAO; accounts and stakes are the caller's. A section of SubtensorModule."""

    pools: Pools
    swap: Swap

    def buy(
        self, netuid: NetUid, tao: TaoBalance, limit_rao: int = MAX_BUY_PRICE, *, is_free: bool = False
    ) -> Exchange[TaoBalance, AlphaBalance]:
        """Buy alpha with `tao` rao. `TotalStake` and `SubnetVolume` grow by all of them, fee and rest included.

        Source: SubtensorModule::swap_tao_for_alpha
        """
        made = self.swap.quote_buy(netuid, tao, limit_rao, is_free=is_free)
        self.swap.initialize_weights(netuid)
        self.pools.enter(netuid, made.paid_in, made.paid_out)
        self.pools.change_total_stake(tao)
        self.pools.SubnetVolume[netuid] = self.pools.SubnetVolume[netuid] + tao
        return made

    def sell(
        self, netuid: NetUid, alpha: AlphaBalance, limit_rao: int = MIN_SELL_PRICE, *, is_free: bool = False
    ) -> Exchange[AlphaBalance, TaoBalance]:
        """Sell `alpha` rao. Source: SubtensorModule::swap_alpha_for_tao"""
        made = self.swap.quote_sell(netuid, alpha, limit_rao, is_free=is_free)
        self.swap.initialize_weights(netuid)
        self.pools.leave(netuid, made.paid_in, made.paid_out)
        self.pools.change_total_stake(-made.paid_out)
        self.pools.SubnetVolume[netuid] = self.pools.SubnetVolume[netuid] + made.paid_out
        return made
