"""What stakers call: TAO in, TAO out."""

from __future__ import annotations

from chain.errors import DispatchError
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.limits import (
    MIN_STAKE,
    calculate_max_add,
    calculate_max_input,
    calculate_max_remove,
    calculate_min_nomination,
)
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.balancer import calculate_fee
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance


class Staking(Pallet):
    """Stake on subnets and on the root network. A section of SubtensorModule."""

    parameters: Parameters
    tao: Tao
    registry: Registry
    neurons: Neurons
    pools: Pools
    swap: Swap
    ownership: Ownership
    stakes: Stakes
    locks: Locks
    delegation: Delegation
    trading: Trading

    # -- TAO in

    @call(2, weight=weigh(664_064_000, 8727, reads=32, writes=16))
    def add_stake(self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount_staked: TaoBalance) -> None:
        """Stake `amount_staked` rao to a hotkey on a subnet, at any price.

        Origin: signed.  Emits: StakeAdded.  Source: SubtensorModule::add_stake
        """
        coldkey = ensure_signed(origin)
        self.stake(coldkey, hotkey, netuid, amount_staked)

    @call(88, weight=weigh(853_005_000, 8727, reads=32, writes=16))
    def add_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        netuid: NetUid,
        amount_staked: TaoBalance,
        limit_price: TaoBalance,
        allow_partial: bool,
    ) -> None:
        """Stake to a hotkey while alpha costs at most `limit_price` rao; all of it, or what fits if that is allowed.

        Origin: signed.  Emits: StakeAdded.  Source: SubtensorModule::add_stake_limit
        """
        self.stake_within(ensure_signed(origin), hotkey, netuid, amount_staked, limit_price, allow_partial)

    @call(132, weight=weigh(967_308_000, 8727, reads=33, writes=17))
    def add_stake_burn(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount: TaoBalance, limit: TaoBalance | None
    ) -> None:
        """Stake, and burn the alpha that was bought.

        Origin: signed.  Emits: AddStakeBurn.  Source: SubtensorModule::add_stake_burn
        """
        coldkey = ensure_signed(origin)
        if limit is None:
            alpha = self.stake(coldkey, hotkey, netuid, amount)
        else:
            alpha = self.stake_within(coldkey, hotkey, netuid, amount, limit, allow_partial=False)
        self.burn(coldkey, hotkey, netuid, alpha)
        self.deposit(Events.AddStakeBurn(netuid, hotkey, amount, alpha))

    def stake(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, tao: TaoBalance) -> AlphaBalance:
        """Stake at any price, and give the alpha. Source: SubtensorModule::do_add_stake"""
        self.ensure_buyable(netuid, tao)
        self.ensure_can_stake(coldkey, hotkey, netuid, tao, tao, allow_partial=False)
        return self.trading.stake_into(hotkey, coldkey, netuid, tao)

    def stake_within(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        tao: TaoBalance,
        limit: TaoBalance,
        allow_partial: bool,
    ) -> AlphaBalance:
        """Stake up to a price, and give the alpha. Source: SubtensorModule::do_add_stake_limit"""
        self.ensure_buyable(netuid, tao)
        most = self.max_add(netuid, limit)
        self.ensure_can_stake(coldkey, hotkey, netuid, tao, most, allow_partial=allow_partial)
        if self.ownership.Owner[hotkey] != coldkey:
            self.ownership.become_delegate(hotkey)
        return self.trading.stake_into(hotkey, coldkey, netuid, min(tao, most), limit)

    def max_add(self, netuid: NetUid, limit: TaoBalance) -> TaoBalance:
        """How much TAO can be staked before the price passes a limit, in rao."""
        with self.swap.refusals():
            return calculate_max_add(
                self.swap.trade_pool(netuid), limit, self.swap.FeeRate[netuid], self.swap.MinimumReserve
            )

    def ensure_buyable(self, netuid: NetUid, tao: TaoBalance) -> None:
        """Raises: InsufficientLiquidity for more than the pool takes at once."""
        pool = self.swap.pool_or_none(netuid)
        if pool is not None and tao > calculate_max_input(pool.tao):
            raise Errors.InsufficientLiquidity

    def ensure_can_stake(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        tao: TaoBalance,
        most: TaoBalance,
        *,
        allow_partial: bool,
    ) -> None:
        """Raises: SubnetNotExists, AmountTooLow, SlippageTooHigh, NotEnoughBalanceToStake, InsufficientLiquidity.

        Source: SubtensorModule::validate_add_stake
        """
        self.registry.ensure_exists(netuid)
        self.registry.ensure_subtoken_enabled(netuid)
        # a swap is simulated only near the border: where a price limit stops it, its fee is smaller than estimated
        if tao < MIN_STAKE + self.estimate_fee(netuid, MIN_STAKE) and tao < MIN_STAKE + self.fee_of(netuid, MIN_STAKE):
            raise Errors.AmountTooLow
        if allow_partial:
            tao = min(tao, most)
        elif tao > most:
            raise Errors.SlippageTooHigh
        if tao > self.tao.balance(coldkey):
            raise Errors.NotEnoughBalanceToStake
        self.ownership.ensure_hotkey_exists(hotkey)
        try:
            swap = self.swap.quote_buy(netuid, tao)
        except DispatchError:
            raise Errors.InsufficientLiquidity from None
        if swap.paid_in < MIN_STAKE:
            raise Errors.AmountTooLow
        if not swap.paid_out or not self.stakes.can_add(hotkey, coldkey, netuid, swap.paid_out):
            raise Errors.InsufficientLiquidity

    def fee_of(self, netuid: NetUid, tao: TaoBalance) -> TaoBalance:
        """What a purchase costs beside what enters the pool, in rao; estimated where the pool does not sell."""
        try:
            return self.swap.quote_buy(netuid, tao).fee
        except DispatchError:
            return self.estimate_fee(netuid, tao)

    def estimate_fee(self, netuid: NetUid, tao: TaoBalance) -> TaoBalance:
        """What a purchase costs that no price limit stops, in rao. Source: SwapHandler::approx_fee_amount"""
        return TaoBalance(calculate_fee(tao, self.swap.FeeRate[netuid]) if self.registry.is_dynamic(netuid) else 0)

    # -- TAO out

    @call(3, weight=weigh(569_198_000, 10557, reads=28, writes=13))
    def remove_stake(self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount_unstaked: AlphaBalance) -> None:
        """Unstake up to `amount_unstaked` rao of alpha, at any price.

        Origin: signed.  Emits: StakeRemoved.  Source: SubtensorModule::remove_stake
        """
        self.unstake(ensure_signed(origin), hotkey, netuid, amount_unstaked)

    @call(89, weight=weigh(740_696_000, 10591, reads=27, writes=13))
    def remove_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        netuid: NetUid,
        amount_unstaked: AlphaBalance,
        limit_price: TaoBalance,
        allow_partial: bool,
    ) -> None:
        """Unstake while alpha costs at least `limit_price` rao; all of it, or what fits if that is allowed.

        Origin: signed.  Emits: StakeRemoved.  Source: SubtensorModule::remove_stake_limit
        """
        self.unstake_within(ensure_signed(origin), hotkey, netuid, amount_unstaked, limit_price, allow_partial)

    @call(103, weight=weigh(754_292_000, 10591, reads=27, writes=13))
    def remove_stake_full_limit(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, limit_price: TaoBalance | None
    ) -> None:
        """Unstake everything from a hotkey on a subnet, if a price is given not below it.

        Origin: signed.  Emits: StakeRemoved.  Source: SubtensorModule::remove_stake_full_limit
        """
        coldkey = ensure_signed(origin)
        alpha = self.stakes.of(hotkey, coldkey, netuid)
        if limit_price is None:
            self.unstake(coldkey, hotkey, netuid, alpha)
        else:
            self.unstake_within(coldkey, hotkey, netuid, alpha, limit_price, allow_partial=False)

    @call(83, weight=weigh(26_830_000, 9189, reads=6))
    def unstake_all(self, origin: Origin, hotkey: AccountId) -> None:
        """Unstake everything from a hotkey, on every subnet where that is possible.

        Origin: signed.  Emits: StakeRemoved.  Source: SubtensorModule::unstake_all
        """
        coldkey = ensure_signed(origin)
        self.ownership.ensure_hotkey_exists(hotkey)
        for netuid in self.registry.netuids():
            self._unstake_all_of(coldkey, hotkey, netuid)

    @call(84, weight=weigh(700_873_000, 11306, reads=43, writes=25))
    def unstake_all_alpha(self, origin: Origin, hotkey: AccountId) -> None:
        """Unstake everything from a hotkey on the subnets, and stake it on the root network.

        Origin: signed.  Emits: StakeRemoved, StakeAdded.  Source: SubtensorModule::unstake_all_alpha
        """
        coldkey = ensure_signed(origin)
        self.ownership.ensure_hotkey_exists(hotkey)
        tao = TaoBalance(0)
        for netuid in self.registry.netuids():
            if netuid != ROOT:
                tao = tao + self._unstake_all_of(coldkey, hotkey, netuid)
        self.trading.stake_into(hotkey, coldkey, ROOT, tao)

    def unstake(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, alpha: AlphaBalance) -> None:
        """Unstake at any price. Source: SubtensorModule::do_remove_stake"""
        self.registry.ensure_subtoken_enabled(netuid)
        alpha = min(alpha, self.stakes.of(hotkey, coldkey, netuid))
        self.ensure_sellable(netuid, alpha)
        self.ensure_can_unstake(coldkey, hotkey, netuid, alpha, alpha, allow_partial=False)
        self.trading.unstake_from(hotkey, coldkey, netuid, alpha)
        self.clear_small_nomination(hotkey, coldkey, netuid)
        self.delegation.drop_pending(hotkey)

    def unstake_within(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        alpha: AlphaBalance,
        limit: TaoBalance,
        allow_partial: bool,
    ) -> None:
        """Unstake down to a price. Source: SubtensorModule::do_remove_stake_limit"""
        self.ensure_sellable(netuid, alpha)
        most = self.max_remove(netuid, limit)
        self.ensure_can_unstake(coldkey, hotkey, netuid, alpha, most, allow_partial=allow_partial)
        self.trading.unstake_from(hotkey, coldkey, netuid, min(alpha, most), limit)
        self.clear_small_nomination(hotkey, coldkey, netuid)
        self.delegation.drop_pending(hotkey)

    def _unstake_all_of(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid) -> TaoBalance:
        alpha = self.stakes.of(hotkey, coldkey, netuid)
        if not self.registry.SubtokenEnabled[netuid]:
            return TaoBalance(0)
        try:
            self.ensure_can_unstake(coldkey, hotkey, netuid, alpha, alpha, allow_partial=False)
        except DispatchError:
            return TaoBalance(0)
        tao = self.trading.unstake_from(hotkey, coldkey, netuid, alpha)
        self.clear_small_nomination(hotkey, coldkey, netuid)
        return tao

    def max_remove(self, netuid: NetUid, limit: TaoBalance) -> AlphaBalance:
        """How much alpha can be unstaked before the price passes a limit, in rao."""
        with self.swap.refusals():
            return calculate_max_remove(
                self.swap.trade_pool(netuid), limit, self.swap.FeeRate[netuid], self.swap.MinimumReserve
            )

    def ensure_sellable(self, netuid: NetUid, alpha: AlphaBalance) -> None:
        """Raises: InsufficientLiquidity for more than the pool takes at once."""
        pool = self.swap.pool_or_none(netuid)
        if pool is not None and alpha > calculate_max_input(pool.alpha):
            raise Errors.InsufficientLiquidity

    def ensure_can_unstake(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        alpha: AlphaBalance,
        most: AlphaBalance,
        *,
        allow_partial: bool,
    ) -> None:
        """Raises: SubnetNotExists, AmountTooLow, NotEnoughStakeToWithdraw, SlippageTooHigh, StakeUnavailable, ...

        Source: SubtensorModule::validate_remove_stake
        """
        self.registry.ensure_exists(netuid)
        if not alpha:
            raise Errors.AmountTooLow
        held = self.stakes.of(hotkey, coldkey, netuid)
        if held < alpha:
            raise Errors.NotEnoughStakeToWithdraw
        try:
            swap = self.swap.quote_sell(netuid, alpha)
        except DispatchError:
            raise Errors.InsufficientLiquidity from None
        if held > alpha and swap.paid_out < MIN_STAKE:
            raise Errors.AmountTooLow
        if not allow_partial and alpha > most:
            raise Errors.SlippageTooHigh
        self.ownership.ensure_hotkey_exists(hotkey)
        self.locks.ensure_available(coldkey, netuid, alpha)

    def clear_small_nomination(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> None:
        """Unstake what is left where that is less than a nomination must be; where it cannot be sold it is void.

        Source: SubtensorModule::clear_small_nomination_if_required
        """
        if self.ownership.owns(coldkey, hotkey):
            return
        alpha = self.stakes.of(hotkey, coldkey, netuid)
        least = calculate_min_nomination(self.swap.pool_or_none(netuid), self.parameters.NominatorMinRequiredStake)
        if not 0 < alpha < least:
            return
        try:
            with self.state.transaction():
                self.trading.unstake_from(hotkey, coldkey, netuid, alpha)
        except DispatchError:
            self.stakes.remove(hotkey, coldkey, netuid, alpha)
        self.locks.force_reduce(coldkey, netuid, alpha)

    # -- alpha out

    @call(101, weight=weigh(172_139_000, 5219, reads=13, writes=6))
    def recycle_alpha(self, origin: Origin, hotkey: AccountId, amount: AlphaBalance, netuid: NetUid) -> None:
        """Take up to `amount` rao of staked alpha out of the world, so that more may be emitted.

        Origin: signed.  Emits: AlphaRecycled.  Raises: CannotBurnOrRecycleOnRootSubnet, InsufficientLiquidity.
        Source: SubtensorModule::recycle_alpha
        """
        coldkey = ensure_signed(origin)
        amount = self._give_up(coldkey, hotkey, netuid, amount)
        self.pools.recycle_out(netuid, amount)
        self.deposit(Events.AlphaRecycled(coldkey, hotkey, amount, netuid))

    @call(102, weight=weigh(168_964_000, 5219, reads=12, writes=4))
    def burn_alpha(self, origin: Origin, hotkey: AccountId, amount: AlphaBalance, netuid: NetUid) -> None:
        """Destroy up to `amount` rao of staked alpha; it still counts as issued.

        Origin: signed.  Emits: AlphaBurned.  Source: SubtensorModule::burn_alpha
        """
        self.burn(ensure_signed(origin), hotkey, netuid, amount)

    def burn(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Destroy staked alpha. Emits: AlphaBurned."""
        amount = self._give_up(coldkey, hotkey, netuid, amount)
        self.pools.assets.burn(netuid, amount)
        self.deposit(Events.AlphaBurned(coldkey, hotkey, amount, netuid))

    def _give_up(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> AlphaBalance:
        """Take up to `amount` rao from a stake, and say how much that was.

        Raises: SubnetNotExists, CannotBurnOrRecycleOnRootSubnet, InsufficientLiquidity, StakeUnavailable.
        """
        self.registry.ensure_exists(netuid)
        if netuid == ROOT:
            raise Errors.CannotBurnOrRecycleOnRootSubnet
        self.registry.ensure_subtoken_enabled(netuid)
        self.ownership.ensure_hotkey_exists(hotkey)
        amount = min(amount, self.stakes.of(hotkey, coldkey, netuid))
        if self.pools.SubnetAlphaOut[netuid] < amount:
            raise Errors.InsufficientLiquidity
        self.locks.ensure_available(coldkey, netuid, amount)
        self.stakes.remove(hotkey, coldkey, netuid, amount)
        return amount

    # -- keys

    @call(91, weight=weigh(25_337_000, 4283, reads=3, writes=3))
    def try_associate_hotkey(self, origin: Origin, hotkey: AccountId) -> None:
        """Make a hotkey that nobody owns the caller's.

        Origin: signed.  Source: SubtensorModule::try_associate_hotkey
        """
        self.ownership.create_account(ensure_signed(origin), hotkey)

    @call(114, weight=weigh(33_853_000, 4274, reads=4, writes=2))
    def set_coldkey_auto_stake_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Have the caller's incentives on a subnet staked to another hotkey.

        Origin: signed.  Emits: AutoStakeDestinationSet.
        Raises: HotKeyNotRegisteredInSubNet, SameAutoStakeHotkeyAlreadySet.
        Source: SubtensorModule::set_coldkey_auto_stake_hotkey
        """
        coldkey = ensure_signed(origin)
        self.registry.ensure_exists(netuid)
        if (netuid, hotkey) not in self.neurons.Uids:
            raise Errors.HotKeyNotRegisteredInSubNet
        by_hotkey = self.stakes.AutoStakeDestinationColdkeys
        before = self.stakes.AutoStakeDestination.get((coldkey, netuid))
        if before == hotkey:
            raise Errors.SameAutoStakeHotkeyAlreadySet
        if before is not None:
            by_hotkey[before, netuid] = tuple(c for c in by_hotkey[before, netuid] if c != coldkey)
        self.stakes.AutoStakeDestination[coldkey, netuid] = hotkey
        if coldkey not in by_hotkey[hotkey, netuid]:
            by_hotkey[hotkey, netuid] = (*by_hotkey[hotkey, netuid], coldkey)
        self.deposit(Events.AutoStakeDestinationSet(coldkey, netuid, hotkey))
