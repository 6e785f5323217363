"""A coldkey lets another hotkey take the place of one that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chain.scale.hints import u64
from chain.types import AccountId, BlockNumber
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap
from runtime.frame.weight import PostInfo, Weight, weigh
from runtime.pallets.keys.hotkey_moves import HotkeyMoves, move_row
from runtime.pallets.staking.lock_swaps import LockSwaps
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.tally import Tally
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import (
    ROOT,
    LastTxBlock,
    LastTxBlockChildKeyTake,
    LastTxBlockDelegateTake,
    RateLimitKey,
    is_subnet_account,
)
from runtime.units import NetUid, TaoBalance

LIMITED: tuple[Callable[[AccountId], RateLimitKey], ...] = (
    LastTxBlock,
    LastTxBlockDelegateTake,
    LastTxBlockChildKeyTake,
)
"""What is limited for a hotkey; its successor goes on waiting."""


class HotkeySwap(Pallet):
    """Hotkeys that others replace. A section of SubtensorModule."""

    parameters: Parameters
    tao: Tao
    registry: Registry
    neurons: Neurons
    ownership: Ownership
    stakes: Stakes
    claims: RootClaims
    lock_swaps: LockSwaps
    moves: HotkeyMoves

    LastHotkeySwapOnNetuid = StorageMap[tuple[NetUid, AccountId], u64](Identity, Blake2_128Concat, default=0)
    """The block in which a coldkey last swapped a hotkey on a subnet."""

    @call(70, weight=weigh(1_242_038_000, 28_912, reads=182, writes=99))
    def swap_hotkey(self, origin: Origin, hotkey: AccountId, new_hotkey: AccountId, netuid: NetUid | None) -> PostInfo:
        """Replace one of the caller's hotkeys by another of his or by a new one, on a subnet or, for none, on all.

        Origin: signed.  Emits: HotkeySwapped, HotkeySwappedOnSubnet.  Source: SubtensorModule::swap_hotkey
        """
        return self.swap(ensure_signed(origin), hotkey, new_hotkey, netuid, keep_stake=False)

    @call(72, weight=weigh(275_300_000, reads=52, writes=35))
    def swap_hotkey_v2(
        self, origin: Origin, hotkey: AccountId, new_hotkey: AccountId, netuid: NetUid | None, keep_stake: bool
    ) -> PostInfo:
        """Replace a hotkey as `swap_hotkey` does; what is staked to it may stay with it.

        Origin: signed.  Emits: HotkeySwapped, HotkeySwappedOnSubnet.  Source: SubtensorModule::swap_hotkey_v2
        """
        return self.swap(ensure_signed(origin), hotkey, new_hotkey, netuid, keep_stake=keep_stake)

    def swap(
        self, coldkey: AccountId, old: AccountId, new: AccountId, netuid: NetUid | None, *, keep_stake: bool
    ) -> PostInfo:
        """Let a hotkey take the place of another, and tell what that weighed.

        Emits: HotkeySwapped, HotkeySwappedOnSubnet, SubnetOwnerHotkeySet.
        Raises: NonAssociatedColdKey, NewHotKeyIsSameWithOld, HotKeySetTxRateLimitExceeded,
        HotKeyAlreadyRegisteredInSubNet, NewHotKeyNotCleanForRootSwap, HotKeySwapOnSubnetIntervalNotPassed,
        CannotUseSystemAccount, NotEnoughBalanceToPaySwapHotKey, InsufficientBalance.
        Source: SubtensorModule::do_swap_hotkey
        """
        self._ensure_may_swap(coldkey, old, new, netuid)
        tally, last = Tally(reads=4), self.registry.LastRateLimitedBlock
        for limited in LIMITED:
            last[limited(new)] = last[limited(old)]
            tally.count(reads=1, writes=1)
        if netuid is None:
            self._swap_everywhere(coldkey, old, new, tally, keep_stake=keep_stake)
        else:
            self._swap_on(coldkey, old, new, netuid, tally, keep_stake=keep_stake)
        last[LastTxBlock(coldkey)] = self.registry.block()
        tally.count(writes=1)
        return PostInfo(tally.weight())

    def _ensure_may_swap(self, coldkey: AccountId, old: AccountId, new: AccountId, netuid: NetUid | None) -> None:
        if not self.ownership.owns(coldkey, old):
            raise Errors.NonAssociatedColdKey
        if new in self.ownership.Owner and not self.ownership.owns(coldkey, new):
            raise Errors.NonAssociatedColdKey
        if old == new:
            raise Errors.NewHotKeyIsSameWithOld
        last, limit = self.registry.LastRateLimitedBlock[LastTxBlock(coldkey)], self.parameters.TxRateLimit
        if limit and last and self.registry.block() - last <= limit:
            raise Errors.HotKeySetTxRateLimitExceeded
        # on one subnet any row counts, even one that says that the hotkey is no member
        members = self.neurons.IsNetworkMember
        if self.neurons.is_anywhere(new) if netuid is None else (new, netuid) in members:
            raise Errors.HotKeyAlreadyRegisteredInSubNet
        if netuid in (None, ROOT) and not self._is_clean_on_root(new):
            raise Errors.NewHotKeyNotCleanForRootSwap

    def _is_clean_on_root(self, hotkey: AccountId) -> bool:
        """Whether nobody has, or is owed, anything for a hotkey's root stake."""
        return (
            not self.claims.RootClaimable[hotkey]
            and not self.stakes.TotalHotkeyAlpha[hotkey, ROOT]
            and next(self.claims.RootClaimed.keys(ROOT, hotkey), None) is None
        )

    # -- on one subnet

    def _swap_on(
        self, coldkey: AccountId, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally, *, keep_stake: bool
    ) -> None:
        """The coldkey has both hotkeys then. Even the first swap has to wait for as many blocks as one interval.

        Source: SubtensorModule::swap_hotkey_on_subnet
        """
        block = self.registry.block()
        if self.LastHotkeySwapOnNetuid[netuid, coldkey] + self.parameters.HotkeySwapOnSubnetInterval >= block:
            raise Errors.HotKeySwapOnSubnetIntervalNotPassed
        if is_subnet_account(new):
            raise Errors.CannotUseSystemAccount
        self._pay(coldkey, self.parameters.KeySwapOnSubnetCost)
        tally.count(reads=6, writes=1)
        self.ownership.give(coldkey, new)
        tally.count(reads=1, writes=1)
        owned = self.ownership.OwnedHotkeys[coldkey]
        if new not in owned:
            self.ownership.OwnedHotkeys[coldkey] = (*owned, new)
            tally.count(reads=1, writes=1)
        self.lock_swaps.swap_hotkey(old, new, (netuid,), tally)
        self.moves.move(old, new, netuid, tally, keep_stake=keep_stake)
        self.LastHotkeySwapOnNetuid[netuid, coldkey] = block
        tally.count(writes=1)
        self.deposit(Events.HotkeySwappedOnSubnet(coldkey, old, new, netuid))

    # -- on all subnets

    def _swap_everywhere(
        self, coldkey: AccountId, old: AccountId, new: AccountId, tally: Tally, *, keep_stake: bool
    ) -> None:
        """The coldkey no longer has the old hotkey then."""
        netuids, block = self.registry.netuids(), self.registry.block()
        affected = [netuid for netuid in netuids if self._is_at_work(old, netuid)]
        tally.count(reads=1 + 2 * len(netuids) + len(affected))
        for netuid in affected:
            last = self.LastHotkeySwapOnNetuid[netuid, coldkey]
            if last and last + self.parameters.HotkeySwapOnSubnetInterval >= block:
                raise Errors.HotKeySwapOnSubnetIntervalNotPassed
        self._pay(coldkey, self.parameters.KeySwapCost)
        tally.count(reads=3, writes=2)
        shares = self.stakes.shares(old)
        tally.count(reads=len(shares))
        self.lock_swaps.swap_hotkey(old, new, netuids, tally)
        self._give(coldkey, old, new, tally)
        for netuid in netuids:
            self.moves.move(old, new, netuid, tally, keep_stake=keep_stake)
        for limited in LIMITED:
            del self.registry.LastRateLimitedBlock[limited(old)]
            tally.count(reads=1, writes=2)
        if old in self.ownership.Delegates:
            move_row(self.ownership.Delegates, old, new, tally)
            tally.count(reads=1)
        if not keep_stake:
            for staker, _ in (key for key, share in shares.items() if share):
                self._follow(staker, old, new, tally)
        for netuid in affected:
            self.LastHotkeySwapOnNetuid[netuid, coldkey] = block
        tally.count(writes=len(affected))
        self.deposit(Events.HotkeySwapped(coldkey, old, new))

    def _is_at_work(self, hotkey: AccountId, netuid: NetUid) -> bool:
        """Whether a hotkey has a neuron in a subnet, or children there."""
        return self.neurons.IsNetworkMember[hotkey, netuid] or bool(self.stakes.ChildKeys[hotkey, netuid])

    def _give(self, coldkey: AccountId, old: AccountId, new: AccountId, tally: Tally) -> None:
        """Let the coldkey own the new hotkey rather than the old one."""
        del self.ownership.Owner[old]
        self.ownership.give(coldkey, new)
        owned = self.ownership.OwnedHotkeys[coldkey]
        owned = owned if new in owned else (*owned, new)
        self.ownership.OwnedHotkeys[coldkey] = tuple(hotkey for hotkey in owned if hotkey != old)
        tally.count(reads=2, writes=2)

    def _follow(self, staker: AccountId, old: AccountId, new: AccountId, tally: Tally) -> None:
        """Note that a coldkey stakes to the new hotkey rather than to the old one."""
        hotkeys = self.ownership.StakingHotkeys[staker]
        tally.count(reads=1)
        if old in hotkeys:
            self.ownership.StakingHotkeys[staker] = (*(h for h in hotkeys if h not in (old, new)), new)
            tally.count(writes=1)

    def _pay(self, coldkey: AccountId, cost: TaoBalance) -> None:
        """Recycle what a swap costs. Raises: NotEnoughBalanceToPaySwapHotKey, InsufficientBalance."""
        if self.tao.balance(coldkey) < cost:
            raise Errors.NotEnoughBalanceToPaySwapHotKey
        self.tao.recycle(coldkey, cost)

    # -- what is noted

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Forget the swaps that no longer keep anybody from another, each block on a few subnets.

        Source: SubtensorModule::clean_up_hotkey_swap_records
        """
        interval, netuids = self.parameters.HotkeySwapOnSubnetInterval, self.registry.netuids()
        tally = Tally(reads=2 + len(netuids))
        for netuid in netuids:
            if interval and netuid % interval == block % interval:
                for coldkey, last in list(self.LastHotkeySwapOnNetuid.items(netuid)):
                    tally.count(reads=1)
                    if last + interval < block:
                        del self.LastHotkeySwapOnNetuid[netuid, coldkey]
                        tally.count(writes=1)
        return tally.weight()


def forget_hotkey_swaps(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    swaps: HotkeySwap = runtime.hotkey_swap
    swaps.LastHotkeySwapOnNetuid.clear(netuid)
