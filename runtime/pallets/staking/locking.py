"""Locked stake: a coldkey's lock on a subnet, and the sums of locks by hotkey from which conviction is read."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any

from chain.errors import DispatchError
from chain.scale.hints import u64, u128
from chain.types import AccountId
from runtime.fixed import U64_MAX, U64F64, u64f64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, BoundMap, Identity, StorageMap
from runtime.frame.weight import weigh
from runtime.pallets.staking.locks import (
    NO_CONVICTION,
    LockState,
    calculate_available,
    calculate_moved_lock,
    empty_lock,
    force_reduce,
    is_dust,
    merge,
    reduce,
    roll,
    roll_with_aggregate,
)
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import AlphaBalance, NetUid

ACCEPTS_LOCKED_ALPHA = 1
"""The flag of an account that takes locked alpha from others."""


@dataclass(frozen=True, slots=True)
class Role:
    """To whom a lock is, the subnet owner's hotkey or another, and whether its mass stays."""

    is_owner: bool
    is_perpetual: bool


class Locks(Pallet):
    """Who has locked alpha, to whom, and what conviction that gives. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    ownership: Ownership
    stakes: Stakes

    AccountFlags = StorageMap[AccountId, u128](Blake2_128Concat, default=0)
    """What an account has chosen; bit 0: it takes locked alpha."""

    Lock = StorageMap[tuple[AccountId, NetUid, AccountId], LockState](Blake2_128Concat, Identity, Blake2_128Concat)
    """A coldkey's lock on a subnet to a hotkey."""

    LockingColdkeys = StorageMap[tuple[NetUid, AccountId, AccountId], tuple[()]](
        Identity, Blake2_128Concat, Blake2_128Concat
    )
    """The coldkeys that have a lock on a subnet to a hotkey."""

    HotkeyLock = StorageMap[tuple[NetUid, AccountId], LockState](Identity, Blake2_128Concat)
    """The sum of the perpetual locks to a hotkey that is not the subnet owner's."""

    DecayingHotkeyLock = StorageMap[tuple[NetUid, AccountId], LockState](Identity, Blake2_128Concat)
    """The sum of the decaying locks to a hotkey that is not the subnet owner's."""

    OwnerLock = StorageMap[NetUid, LockState](Identity)
    """The sum of the perpetual locks to the subnet owner's hotkey."""

    DecayingOwnerLock = StorageMap[NetUid, LockState](Identity)
    """The sum of the decaying locks to the subnet owner's hotkey."""

    DecayingLock = StorageMap[tuple[AccountId, NetUid], bool](Blake2_128Concat, Identity)
    """False where a coldkey's lock on a subnet is perpetual; locks without a row decay."""

    LargestLocked = StorageMap[NetUid, u64](Identity, default=0)
    """The largest lock of a subnet; unused."""

    # -- calls

    @call(136, weight=weigh(115_995_000, 7655, reads=17, writes=3))
    def lock_stake(self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Lock `amount` rao of the caller's stake on a subnet to a hotkey, beside what is locked to it already.

        Origin: signed.  Emits: StakeLocked.  Source: SubtensorModule::lock_stake
        """
        self.lock(ensure_signed(origin), netuid, hotkey, amount)

    @call(137, weight=weigh(149_819_000, 7339, reads=14, writes=6))
    def move_lock(self, origin: Origin, destination_hotkey: AccountId, netuid: NetUid) -> None:
        """Turn the caller's lock on a subnet to another hotkey; conviction is lost where its owner is another.

        Origin: signed.  Emits: LockMoved.  Raises: HotKeyAccountNotExists, NoExistingLock.
        Source: SubtensorModule::move_lock
        """
        coldkey = ensure_signed(origin)
        self.ownership.ensure_hotkey_exists(destination_hotkey)
        found = self.lock_of(coldkey, netuid)
        if found is None:
            raise Errors.NoExistingLock
        hotkey, before = found
        owners = self.ownership.Owner
        keeps = owners[hotkey] == owners[destination_hotkey]
        lock = before if keeps else replace(before, conviction=NO_CONVICTION)
        lock = self.rolled(lock, self.role(coldkey, destination_hotkey, netuid))
        self.remove(coldkey, hotkey, netuid)
        self.put(coldkey, destination_hotkey, netuid, lock)
        self.take_from_sum(coldkey, hotkey, netuid, before)
        self.add_to_sum(coldkey, destination_hotkey, netuid, lock)
        self.deposit(Events.LockMoved(coldkey, hotkey, destination_hotkey, netuid))

    @call(138, weight=weigh(0, reads=4, writes=3))
    def set_perpetual_lock(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Choose whether the mass of the caller's lock on a subnet stays, rather than decays.

        Origin: signed.  Emits: PerpetualLockUpdated.  Source: SubtensorModule::set_perpetual_lock
        """
        coldkey = ensure_signed(origin)
        is_change = self.is_perpetual(coldkey, netuid) != enabled
        rolled = self.refresh(coldkey, netuid)
        if rolled is not None and is_change:
            self.take_from_sum(coldkey, rolled[0], netuid, rolled[1])
        if enabled:
            self.DecayingLock[coldkey, netuid] = False
        else:
            del self.DecayingLock[coldkey, netuid]
        found = self._find(coldkey, netuid)
        if found is not None and is_change:
            self.add_to_sum(coldkey, found[0], netuid, found[1])
        self.deposit(Events.PerpetualLockUpdated(coldkey, netuid, enabled))

    @call(142, weight=weigh(0, reads=1, writes=1))
    def set_reject_locked_alpha(self, origin: Origin, enabled: bool) -> None:
        """Choose whether the caller refuses locked alpha from others, as everybody does at first.

        Origin: signed.  Emits: RejectLockedAlphaUpdated.  Source: SubtensorModule::set_reject_locked_alpha
        """
        coldkey = ensure_signed(origin)
        flags = self.AccountFlags[coldkey]
        flags = flags & ~ACCEPTS_LOCKED_ALPHA if enabled else flags | ACCEPTS_LOCKED_ALPHA
        if flags:
            self.AccountFlags[coldkey] = flags
        else:
            del self.AccountFlags[coldkey]
        self.deposit(Events.RejectLockedAlphaUpdated(coldkey, enabled))

    # -- reading

    def is_perpetual(self, coldkey: AccountId, netuid: NetUid) -> bool:
        """Whether the mass of a coldkey's lock stays."""
        return self.DecayingLock.get((coldkey, netuid)) is False

    def role(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid) -> Role:
        """What a lock of a coldkey to a hotkey is."""
        return Role(hotkey == self.registry.SubnetOwnerHotkey[netuid], self.is_perpetual(coldkey, netuid))

    def lock_of(self, coldkey: AccountId, netuid: NetUid) -> tuple[AccountId, LockState] | None:
        """A coldkey's lock as of now and the hotkey that it is to. Source: SubtensorModule::get_coldkey_lock"""
        found = self._find(coldkey, netuid)
        if found is None:
            return None
        hotkey, lock = found
        return hotkey, self.rolled(lock, self.role(coldkey, hotkey, netuid))

    def locked(self, coldkey: AccountId, netuid: NetUid) -> AlphaBalance:
        """How much of a coldkey's stake on a subnet is locked, in rao. Source: SubtensorModule::get_current_locked"""
        found = self.lock_of(coldkey, netuid)
        return AlphaBalance(0) if found is None else found[1].locked_mass

    def total_stake(self, coldkey: AccountId, netuid: NetUid) -> AlphaBalance:
        """All stake of a coldkey on a subnet, in rao. Source: SubtensorModule::total_coldkey_alpha_on_subnet"""
        hotkeys = self.ownership.StakingHotkeys[coldkey]
        return AlphaBalance(min(sum(self.stakes.of(hotkey, coldkey, netuid) for hotkey in hotkeys), U64_MAX))

    def available(self, coldkey: AccountId, netuid: NetUid) -> AlphaBalance:
        """How much of a coldkey's stake on a subnet is free, in rao, whatever hotkeys it is with.

        Source: SubtensorModule::available_to_unstake
        """
        return self.availability(coldkey, netuid)[2]

    def availability(self, coldkey: AccountId, netuid: NetUid) -> tuple[AlphaBalance, AlphaBalance, AlphaBalance]:
        """All stake of a coldkey on a subnet, what of it is locked, what is free, in rao. Source: stake_availability"""
        total, locked = self.total_stake(coldkey, netuid), self.locked(coldkey, netuid)
        return total, locked, calculate_available(total, locked)

    def ensure_available(self, coldkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Raises: StakeUnavailable.  Source: SubtensorModule::ensure_available_to_unstake"""
        if self._find(coldkey, netuid) is not None and self.available(coldkey, netuid) < amount:
            raise Errors.StakeUnavailable

    def convictions(self, netuid: NetUid) -> dict[AccountId, U64F64]:
        """The conviction of all locks on a subnet as of now, by the hotkey that they are to."""
        found: dict[AccountId, U64F64] = {}

        def count(hotkey: AccountId, lock: LockState | None, role: Role) -> None:
            if lock is not None:
                before = found.get(hotkey, NO_CONVICTION)
                found[hotkey] = u64f64.add(before, self.rolled(lock, role).conviction)

        for is_perpetual, by_hotkey in ((True, self.HotkeyLock), (False, self.DecayingHotkeyLock)):
            for hotkey, lock in by_hotkey.items(netuid):
                count(hotkey, lock, Role(False, is_perpetual))
        owner = self.registry.SubnetOwnerHotkey[netuid]
        count(owner, self.OwnerLock.get(netuid), Role(True, True))
        count(owner, self.DecayingOwnerLock.get(netuid), Role(True, False))
        return found

    # -- what becomes of locks

    def lock(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId, amount: AlphaBalance) -> None:
        """Lock `amount` rao more of a coldkey's stake.

        Emits: StakeLocked.
        Raises: AmountTooLow, HotKeyAccountNotExists, LockHotkeyMismatch, InsufficientStakeForLock.
        Source: SubtensorModule::do_lock_stake
        """
        if not amount:
            raise Errors.AmountTooLow
        self.ownership.ensure_hotkey_exists(hotkey)
        found = self._find(coldkey, netuid)
        if found is not None and found[0] != hotkey:
            raise Errors.LockHotkeyMismatch
        role, block = self.role(coldkey, hotkey, netuid), self.registry.block()
        before = empty_lock(block) if found is None else found[1]
        lock, total = self._rolled_with_sum(before, self._sum(hotkey, netuid, role), role)
        lock = replace(lock, locked_mass=AlphaBalance(min(lock.locked_mass + amount, U64_MAX)))
        if self.total_stake(coldkey, netuid) < lock.locked_mass:
            raise Errors.InsufficientStakeForLock
        total = merge(self.rolled(total, role), LockState(amount, NO_CONVICTION, block))
        self.put(coldkey, hotkey, netuid, self.rolled(lock, role))
        self.put_sum(hotkey, netuid, role, self.rolled(total, role))
        self.deposit(Events.StakeLocked(coldkey, hotkey, netuid, amount))

    def lock_owner_cut(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Lock what a subnet's owner was just paid, where that is chosen, to the hotkey that he has a lock to.

        What cannot be locked is paid all the same.

        Source: SubtensorModule::auto_lock_owner_cut
        """
        if not self.parameters.OwnerCutAutoLockEnabled[netuid]:
            return
        owner = self.registry.SubnetOwner[netuid]
        found = self._find(owner, netuid)
        with contextlib.suppress(DispatchError):
            self.lock(owner, netuid, self.registry.SubnetOwnerHotkey[netuid] if found is None else found[0], amount)

    def refresh(self, coldkey: AccountId, netuid: NetUid) -> tuple[AccountId, LockState] | None:
        """Write down a coldkey's lock as it is now, and give it; one that has faded away is removed.

        Source: SubtensorModule::cleanup_lock_if_zero
        """
        found = self._find(coldkey, netuid)
        if found is None:
            return None
        hotkey, before = found
        role = self.role(coldkey, hotkey, netuid)
        lock, total = self._rolled_with_sum(before, self._sum(hotkey, netuid, role), role)
        self.put(coldkey, hotkey, netuid, lock)
        self.put_sum(hotkey, netuid, role, total)
        return hotkey, lock

    def force_reduce(self, coldkey: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Take `amount` rao out of a coldkey's lock, since its stake was taken away.

        Source: SubtensorModule::force_reduce_lock
        """
        found = self._find(coldkey, netuid)
        if found is None:
            return
        hotkey, before = found
        role = self.role(coldkey, hotkey, netuid)
        rolled, total = self._rolled_with_sum(before, self._sum(hotkey, netuid, role), role)
        lock = force_reduce(rolled, amount, self.registry.block())
        lost = AlphaBalance(rolled.locked_mass - lock.locked_mass)
        total = reduce(self.rolled(total, role), lost, u64f64.sub(rolled.conviction, lock.conviction))
        self.put(coldkey, hotkey, netuid, lock)
        self.put_sum(hotkey, netuid, role, total)

    def transfer(self, origin: AccountId, destination: AccountId, netuid: NetUid, amount: AlphaBalance) -> None:
        """Let the lock of one coldkey follow `amount` rao of stake to another, so far as free stake does not cover it.

        Raises: LockHotkeyMismatch, AccountRejectsLockedAlpha.  Source: SubtensorModule::transfer_lock
        """
        if origin == destination or not amount:
            return
        found = self.lock_of(origin, netuid)
        if found is None:
            return
        hotkey, lock = found
        moved = calculate_moved_lock(lock, amount, self.total_stake(origin, netuid))
        to, received = self.lock_of(destination, netuid) or (hotkey, empty_lock(self.registry.block()))
        if moved.locked_mass:
            if to != hotkey:
                raise Errors.LockHotkeyMismatch
            if not self.AccountFlags[destination] & ACCEPTS_LOCKED_ALPHA:
                raise Errors.AccountRejectsLockedAlpha
            lock, received = reduce(lock, moved.locked_mass, moved.conviction), merge(received, moved)
        self.put(origin, hotkey, netuid, self.rolled(lock, self.role(origin, hotkey, netuid)))
        self.put(destination, to, netuid, self.rolled(received, self.role(destination, to, netuid)))
        if moved.locked_mass:
            self.take_from_sum(origin, hotkey, netuid, moved)
            self.add_to_sum(destination, to, netuid, moved)

    def change_owner(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Let the locks to a subnet owner's hotkey count as any, and those to `hotkey` as locks to the owner's.

        Source: SubtensorModule::change_subnet_owner_if_needed
        """
        before = self.registry.SubnetOwnerHotkey[netuid]
        for is_perpetual in (True, False):
            self._move_sum(netuid, before, Role(True, is_perpetual), Role(False, is_perpetual))
        for is_perpetual in (True, False):
            self._move_sum(netuid, hotkey, Role(False, is_perpetual), Role(True, is_perpetual))

    def forget_subnet(self, netuid: NetUid) -> None:
        """Remove all locks on a subnet. Source: SubtensorModule::destroy_lock_maps"""
        for hotkey, coldkey in list(self.LockingColdkeys.keys(netuid)):
            del self.Lock[coldkey, netuid, hotkey]
        for by_hotkey in (self.LockingColdkeys, self.HotkeyLock, self.DecayingHotkeyLock):
            by_hotkey.clear(netuid)
        for of_owner in (self.OwnerLock, self.DecayingOwnerLock):
            del of_owner[netuid]
        for coldkey in [coldkey for coldkey, n in self.DecayingLock if n == netuid]:
            del self.DecayingLock[coldkey, netuid]

    # -- one coldkey's lock

    def _find(self, coldkey: AccountId, netuid: NetUid) -> tuple[AccountId, LockState] | None:
        """A coldkey's lock as it is stored."""
        return next(self.Lock.items(coldkey, netuid), None)

    def put(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, lock: LockState) -> None:
        """Store a coldkey's lock; dust is none. Source: SubtensorModule::insert_lock_state"""
        if is_dust(lock):
            self.remove(coldkey, hotkey, netuid)
        else:
            self.LockingColdkeys[netuid, hotkey, coldkey] = ()
            self.Lock[coldkey, netuid, hotkey] = lock

    def remove(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid) -> None:
        """Remove a coldkey's lock."""
        del self.LockingColdkeys[netuid, hotkey, coldkey]
        del self.Lock[coldkey, netuid, hotkey]

    def rolled(self, lock: LockState, role: Role) -> LockState:
        """A lock or a sum as of now."""
        block = self.registry.block()
        unlock, maturity = self.parameters.UnlockRate, self.parameters.MaturityRate
        return roll(lock, block, unlock, maturity, role.is_owner, role.is_perpetual)

    # -- the sums

    def sum_place(self, hotkey: AccountId, netuid: NetUid, role: Role) -> tuple[BoundMap[Any, LockState], Any]:
        """The map, and the key in it, of the sum that a lock is part of."""
        if role.is_owner:
            return (self.OwnerLock if role.is_perpetual else self.DecayingOwnerLock), netuid
        return (self.HotkeyLock if role.is_perpetual else self.DecayingHotkeyLock), (netuid, hotkey)

    def _sum(self, hotkey: AccountId, netuid: NetUid, role: Role) -> LockState:
        sums, key = self.sum_place(hotkey, netuid, role)
        return sums.get(key) or empty_lock(self.registry.block())

    def put_sum(self, hotkey: AccountId, netuid: NetUid, role: Role, total: LockState) -> None:
        """Store a sum; one of nothing leaves no row."""
        sums, key = self.sum_place(hotkey, netuid, role)
        if total.locked_mass or total.conviction:
            sums[key] = total
        else:
            del sums[key]

    def _rolled_with_sum(self, lock: LockState, total: LockState, role: Role) -> tuple[LockState, LockState]:
        block = self.registry.block()
        unlock, maturity = self.parameters.UnlockRate, self.parameters.MaturityRate
        return roll_with_aggregate(lock, total, block, unlock, maturity, role.is_owner, role.is_perpetual)

    def add_to_sum(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, lock: LockState) -> None:
        """Add a rolled lock to the sum that it belongs to. Source: SubtensorModule::add_aggregate_lock"""
        role = self.role(coldkey, hotkey, netuid)
        total = merge(self.rolled(self._sum(hotkey, netuid, role), role), lock)
        self.put_sum(hotkey, netuid, role, self.rolled(total, role))

    def take_from_sum(self, coldkey: AccountId, hotkey: AccountId, netuid: NetUid, lock: LockState) -> None:
        """Take a rolled lock out of the sum that it belongs to. Source: SubtensorModule::reduce_aggregate_lock"""
        role = self.role(coldkey, hotkey, netuid)
        total = self.rolled(self._sum(hotkey, netuid, role), role)
        self.put_sum(hotkey, netuid, role, reduce(total, lock.locked_mass, lock.conviction))

    def _move_sum(self, netuid: NetUid, hotkey: AccountId, origin: Role, destination: Role) -> None:
        """Add one sum of locks to a hotkey to another of them."""
        sums, key = self.sum_place(hotkey, netuid, origin)
        found = sums.get(key)
        if found is None:
            return
        del sums[key]
        total = self.rolled(self._sum(hotkey, netuid, destination), destination)
        total = merge(total, self.rolled(found, origin))
        self.put_sum(hotkey, netuid, destination, self.rolled(total, destination) if destination.is_owner else total)
