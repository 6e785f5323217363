"""What the pools do for stakers: TAO becomes alpha of a subnet, and alpha TAO."""

from __future__ import annotations

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.aura import Aura
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.exchange import Exchanges
from runtime.pallets.swap.step import MAX_BUY_PRICE, MIN_SELL_PRICE
from runtime.units import AlphaBalance, NetUid, TaoBalance


class Trading(Pallet):
    """Stake enters subnets and leaves them. A section of SubtensorModule."""

    aura: Aura
    tao: Tao
    registry: Registry
    pools: Pools
    exchanges: Exchanges
    ownership: Ownership
    stakes: Stakes
    claims: RootClaims
    locks: Locks

    def transfer_in(self, netuid: NetUid, coldkey: AccountId, tao: TaoBalance) -> TaoBalance:
        """Move up to `tao` rao onto a subnet's account, and say how much that was; the coldkey stays alive.

        Raises: SubnetNotExists, InsufficientBalance.  Source: SubtensorModule::transfer_tao_to_subnet
        """
        if not tao:
            return tao
        account = self.registry.account(netuid)
        moved = min(tao, self.tao.keep_alive_balance(coldkey))
        if not moved:
            raise Errors.InsufficientBalance
        self.tao.transfer_alive(coldkey, account, moved)
        return moved

    def transfer_out(self, netuid: NetUid, who: AccountId, tao: TaoBalance) -> None:
        """Move `tao` rao from a subnet's account. Source: SubtensorModule::transfer_tao_from_subnet"""
        self.tao.transfer(self.registry.account(netuid), who, tao)

    def stake_into(
        self,
        hotkey: AccountId,
        coldkey: AccountId,
        netuid: NetUid,
        tao: TaoBalance,
        limit_rao: int = MAX_BUY_PRICE,
        *,
        is_free: bool = False,
    ) -> AlphaBalance:
        """Buy alpha with `tao` rao and stake it; the block's author gets the fee. Gives the alpha.

        Emits: StakeAdded.  Raises: AmountTooLow, InsufficientLiquidity.  Source: SubtensorModule::stake_into_subnet
        """
        staked = self.transfer_in(netuid, coldkey, tao)
        swap = self.exchanges.buy(netuid, staked, limit_rao, is_free=is_free)
        alpha = swap.paid_out
        if not alpha:
            raise Errors.AmountTooLow
        if not self.stakes.can_add(hotkey, coldkey, netuid, alpha):
            raise Errors.InsufficientLiquidity
        self.stakes.add(hotkey, coldkey, netuid, alpha)
        author = self.aura.author()
        if author is not None:
            self.transfer_out(netuid, author, swap.fee)
        elif swap.fee:
            self.tao.burn(self.registry.account(netuid), swap.fee)
        self.pools.record_flow(netuid, swap.paid_in)
        self.locks.refresh(coldkey, netuid)
        self.stakes.LastColdkeyHotkeyStakeBlock[coldkey, hotkey] = self.registry.block()
        if netuid == ROOT:
            self.claims.follow_added_stake(hotkey, coldkey, alpha)
            self.claims.add_coldkey(coldkey)
        self.deposit(Events.StakeAdded(coldkey, hotkey, staked, alpha, netuid, swap.fee))
        return alpha

    def unstake_from(
        self,
        hotkey: AccountId,
        coldkey: AccountId,
        netuid: NetUid,
        alpha: AlphaBalance,
        limit_rao: int = MIN_SELL_PRICE,
        *,
        is_free: bool = False,
        beneficiary: AccountId | None = None,
    ) -> TaoBalance:
        """Sell staked alpha and give the coldkey, or somebody else, its TAO; the author gets the fee, sold.

        Emits: StakeRemoved.  Source: SubtensorModule::unstake_from_subnet
        """
        self.stakes.remove(hotkey, coldkey, netuid, alpha)
        swap = self.exchanges.sell(netuid, alpha, limit_rao, is_free=is_free)
        refund = AlphaBalance(max(alpha - swap.cost, 0))
        if refund:
            self.stakes.add(hotkey, coldkey, netuid, refund)
        self.transfer_out(netuid, beneficiary or coldkey, swap.paid_out)
        author, outflow = self.aura.author(), swap.paid_out
        if author is not None:
            sold = self.exchanges.sell(netuid, swap.fee, is_free=True)
            self.transfer_out(netuid, author, sold.paid_out)
            outflow = outflow + sold.paid_out
        else:
            self.pools.assets.burn(netuid, swap.fee)
        if netuid == ROOT:
            self.claims.follow_removed_stake(hotkey, coldkey, alpha)
            if not self.has_root_stake(coldkey):
                self.claims.remove_coldkey(coldkey)
        self.pools.record_flow(netuid, -outflow)
        self.locks.refresh(coldkey, netuid)
        self.stakes.LastColdkeyHotkeyStakeBlock[coldkey, hotkey] = self.registry.block()
        self.deposit(Events.StakeRemoved(coldkey, hotkey, swap.paid_out, swap.paid_in, netuid, swap.fee))
        return swap.paid_out

    def has_root_stake(self, coldkey: AccountId) -> bool:
        """Whether a coldkey has staked anything on the root network."""
        return any(self.stakes.of(hotkey, coldkey, ROOT) for hotkey in self.ownership.StakingHotkeys[coldkey])
