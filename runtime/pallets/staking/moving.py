"""Stake that goes elsewhere: to another hotkey, another coldkey, another subnet."""

from __future__ import annotations

from dataclasses import dataclass

from chain.errors import DispatchError
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.staking.limits import MIN_STAKE, calculate_max_move
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.balancer import calculate_tao_worth
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance


@dataclass(frozen=True, slots=True)
class Place:
    """Whose stake, to whom, where."""

    coldkey: AccountId
    hotkey: AccountId
    netuid: NetUid


class Moving(Pallet):
    """Stake that changes its place. A section of SubtensorModule."""

    parameters: Parameters
    tao: Tao
    registry: Registry
    swap: Swap
    ownership: Ownership
    stakes: Stakes
    claims: RootClaims
    locks: Locks
    trading: Trading

    @call(85, weight=weigh(216_061_000, 7919, reads=19, writes=7))
    def move_stake(
        self,
        origin: Origin,
        origin_hotkey: AccountId,
        destination_hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: AlphaBalance,
    ) -> None:
        """Move the caller's stake to another hotkey, on the same subnet or another.

        Origin: signed.  Emits: StakeMoved.  Source: SubtensorModule::move_stake
        """
        coldkey = ensure_signed(origin)
        source = Place(coldkey, origin_hotkey, origin_netuid)
        tao = self.move(source, Place(coldkey, destination_hotkey, destination_netuid), alpha_amount)
        moved = Events.StakeMoved(coldkey, origin_hotkey, origin_netuid, destination_hotkey, destination_netuid, tao)
        self.deposit(moved)

    @call(86, weight=weigh(258_541_000, 7994, reads=19, writes=6))
    def transfer_stake(
        self,
        origin: Origin,
        destination_coldkey: AccountId,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: AlphaBalance,
    ) -> None:
        """Give the caller's stake to another coldkey.

        Origin: signed.  Emits: StakeTransferred.  Source: SubtensorModule::transfer_stake
        """
        coldkey = ensure_signed(origin)
        source = Place(coldkey, hotkey, origin_netuid)
        dest = Place(destination_coldkey, hotkey, destination_netuid)
        tao = self.move(source, dest, alpha_amount, is_transfer=True)
        given = Events.StakeTransferred(coldkey, destination_coldkey, hotkey, origin_netuid, destination_netuid, tao)
        self.deposit(given)

    @call(87, weight=weigh(742_019_000, 10920, reads=47, writes=24))
    def swap_stake(
        self,
        origin: Origin,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: AlphaBalance,
    ) -> None:
        """Move the caller's stake to another subnet, at any price.

        Origin: signed.  Emits: StakeSwapped.  Source: SubtensorModule::swap_stake
        """
        coldkey = ensure_signed(origin)
        source, dest = Place(coldkey, hotkey, origin_netuid), Place(coldkey, hotkey, destination_netuid)
        tao = self.move(source, dest, alpha_amount)
        self.deposit(Events.StakeSwapped(coldkey, hotkey, origin_netuid, destination_netuid, tao))

    @call(90, weight=weigh(944_515_000, 11077, reads=47, writes=24))
    def swap_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: AlphaBalance,
        limit_price: TaoBalance,
        allow_partial: bool,
    ) -> None:
        """Move the caller's stake to another subnet while the quotient of prices is at least `limit_price` * 10^-9.

        Origin: signed.  Emits: StakeSwapped.  Source: SubtensorModule::swap_stake_limit
        """
        coldkey = ensure_signed(origin)
        source, dest = Place(coldkey, hotkey, origin_netuid), Place(coldkey, hotkey, destination_netuid)
        tao = self.move(source, dest, alpha_amount, limit_price, allow_partial=allow_partial)
        self.deposit(Events.StakeSwapped(coldkey, hotkey, origin_netuid, destination_netuid, tao))

    def move(
        self,
        source: Place,
        dest: Place,
        alpha: AlphaBalance,
        limit: TaoBalance | None = None,
        *,
        allow_partial: bool = True,
        is_transfer: bool = False,
    ) -> TaoBalance:
        """Move up to `alpha` rao of stake, and say what it was worth in TAO.

        Between subnets it is sold and bought; one of the two swaps is free of fees.

        Source: SubtensorModule::transition_stake_internal
        """
        alpha = most = min(alpha, self.stakes.of(source.hotkey, source.coldkey, source.netuid))
        if limit is not None and source.netuid != dest.netuid:
            most = self.max_move(source.netuid, dest.netuid, limit)
        self.ensure_can_move(source, dest, alpha, most, allow_partial=allow_partial, is_transfer=is_transfer)
        alpha = min(alpha, most)
        if source.netuid == dest.netuid:
            return self.move_within(source, dest, alpha)
        is_from_root = source.netuid == ROOT
        tao = self.trading.unstake_from(source.hotkey, source.coldkey, source.netuid, alpha, is_free=is_from_root)
        if source.coldkey != dest.coldkey:
            self.tao.transfer(source.coldkey, dest.coldkey, tao)
        if tao >= MIN_STAKE:
            if self.ownership.Owner[dest.hotkey] != dest.coldkey:
                self.ownership.become_delegate(dest.hotkey)
            self.trading.stake_into(dest.hotkey, dest.coldkey, dest.netuid, tao, is_free=not is_from_root)
        return tao

    def move_within(self, source: Place, dest: Place, alpha: AlphaBalance) -> TaoBalance:
        """Emits: StakeRemoved, StakeAdded.
        Raises: AmountTooLow, LockHotkeyMismatch, AccountRejectsLockedAlpha.
        Source: SubtensorModule::transfer_stake_within_subnet
        """
        netuid = source.netuid
        self.locks.transfer(source.coldkey, dest.coldkey, netuid, alpha)
        self.stakes.remove(source.hotkey, source.coldkey, netuid, alpha)
        if netuid == ROOT:
            self.claims.follow_removed_stake(source.hotkey, source.coldkey, alpha)
        self.stakes.add(dest.hotkey, dest.coldkey, netuid, alpha)
        if netuid == ROOT:
            self.claims.follow_added_stake(dest.hotkey, dest.coldkey, alpha)
        tao = calculate_tao_worth(alpha, self.swap.price(netuid))
        if tao < MIN_STAKE:
            raise Errors.AmountTooLow
        self.stakes.LastColdkeyHotkeyStakeBlock[dest.coldkey, dest.hotkey] = self.registry.block()
        self.deposit(Events.StakeRemoved(source.coldkey, source.hotkey, tao, alpha, netuid, 0))
        self.deposit(Events.StakeAdded(dest.coldkey, dest.hotkey, tao, alpha, netuid, 0))
        return tao

    def max_move(self, origin: NetUid, destination: NetUid, limit: TaoBalance) -> AlphaBalance:
        """How much alpha can move before the quotient of prices passes a limit, in rao."""
        rates, pools = self.swap.FeeRate, self.swap.trade_pool
        with self.swap.refusals():
            return calculate_max_move(
                pools(origin), pools(destination), limit, rates[origin], rates[destination], self.swap.MinimumReserve
            )

    def ensure_can_move(
        self,
        source: Place,
        dest: Place,
        alpha: AlphaBalance,
        most: AlphaBalance,
        *,
        allow_partial: bool,
        is_transfer: bool,
    ) -> None:
        """Raises: SameNetuid, NotEnoughStakeToWithdraw, AmountTooLow, SlippageTooHigh, StakeUnavailable, ...

        Source: SubtensorModule::validate_stake_transition
        """
        if source == dest:
            raise Errors.SameNetuid
        self.registry.ensure_exists(source.netuid)
        self.registry.ensure_exists(dest.netuid)
        self.registry.ensure_subtoken_enabled(source.netuid)
        self.registry.ensure_subtoken_enabled(dest.netuid)
        self.ownership.ensure_hotkey_exists(source.hotkey)
        self.ownership.ensure_hotkey_exists(dest.hotkey)
        if alpha > self.stakes.of(source.hotkey, source.coldkey, source.netuid):
            raise Errors.NotEnoughStakeToWithdraw
        if source.netuid != dest.netuid:
            try:
                tao = self.swap.quote_sell(source.netuid, alpha).paid_out
            except DispatchError:
                raise Errors.InsufficientLiquidity from None
            if tao <= MIN_STAKE:
                raise Errors.AmountTooLow
            if not allow_partial and alpha > most:
                raise Errors.SlippageTooHigh
        if is_transfer and not all(self.parameters.TransferToggle[n] for n in (source.netuid, dest.netuid)):
            raise Errors.TransferDisallowed
        if source.netuid != dest.netuid:
            self.locks.ensure_available(source.coldkey, source.netuid, alpha)
