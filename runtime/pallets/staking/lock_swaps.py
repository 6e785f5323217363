"""Locks when a key takes the place of another: they keep their mass and their conviction."""

from __future__ import annotations

from collections.abc import Iterable

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.staking.locking import ACCEPTS_LOCKED_ALPHA, Locks, Role
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.tally import Tally
from runtime.units import NetUid


class LockSwaps(Pallet):
    """Locks of coldkeys and to hotkeys that are swapped. A section of SubtensorModule."""

    registry: Registry
    locks: Locks

    def swap_coldkey(self, old: AccountId, new: AccountId) -> None:
        """Let the locks of a coldkey, and what it chose about locks, be another's, which has none.

        The new one takes the locks whatever it chose itself.

        Raises: ActiveLockExists.  Source: SubtensorModule::swap_coldkey_locks
        """
        self._ensure_no_locks(new)
        locks = self.locks
        locks.AccountFlags[new] = locks.AccountFlags[new] | ACCEPTS_LOCKED_ALPHA  # stays if the two are the same
        moved = [
            (hotkey, netuid, locks.rolled(lock, locks.role(old, hotkey, netuid)))
            for (netuid, hotkey), lock in locks.Lock.items(old)
        ]
        for hotkey, netuid, lock in moved:
            locks.remove(old, hotkey, netuid)
            locks.take_from_sum(old, hotkey, netuid, lock)
        for netuid, decays in list(locks.DecayingLock.items(old)):
            del locks.DecayingLock[old, netuid]
            locks.DecayingLock[new, netuid] = decays
        flags = locks.AccountFlags[old]
        del locks.AccountFlags[old]
        if flags:
            locks.AccountFlags[new] = flags
        else:
            del locks.AccountFlags[new]
        for hotkey, netuid, lock in moved:
            locks.put(new, hotkey, netuid, lock)
            locks.add_to_sum(new, hotkey, netuid, lock)

    def swap_hotkey(self, old: AccountId, new: AccountId, netuids: Iterable[NetUid], tally: Tally) -> None:
        """Turn the locks to a hotkey on some subnets, and the sums of them, to another hotkey of its owner.

        A sum that stood at the new place is overwritten.

        Source: SubtensorModule::swap_hotkey_locks_for_netuids
        """
        locks = self.locks
        for netuid in netuids:
            tally.count(reads=5)
            owner = self.registry.SubnetOwnerHotkey[netuid]
            has_sums = (netuid, old) in locks.HotkeyLock or (netuid, old) in locks.DecayingHotkeyLock
            if has_sums or owner in (old, new):
                self._turn_locks(old, new, netuid, tally, was_owner=owner == old, is_owner=owner in (old, new))
                self._turn_sums(old, new, netuid, was_owner=owner == old, is_owner=owner in (old, new))
                tally.count(writes=6)

    def _ensure_no_locks(self, coldkey: AccountId) -> None:
        """Raises: ActiveLockExists.  Source: SubtensorModule::ensure_no_active_locks"""
        locks = self.locks
        for (netuid, hotkey), lock in locks.Lock.items(coldkey):
            if locks.rolled(lock, locks.role(coldkey, hotkey, netuid)).locked_mass:
                raise Errors.ActiveLockExists

    def _turn_locks(
        self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally, *, was_owner: bool, is_owner: bool
    ) -> None:
        locks = self.locks
        for coldkey in list(locks.LockingColdkeys.keys(netuid, old)):
            lock = locks.Lock.get((coldkey, netuid, old))
            locks.remove(coldkey, old, netuid)
            tally.count(reads=1, writes=1)
            if lock is not None:
                is_perpetual = locks.is_perpetual(coldkey, netuid)
                lock = locks.rolled(lock, Role(was_owner, is_perpetual))
                locks.put(coldkey, new, netuid, locks.rolled(lock, Role(is_owner, is_perpetual)))
                tally.count(writes=1)

    def _turn_sums(self, old: AccountId, new: AccountId, netuid: NetUid, *, was_owner: bool, is_owner: bool) -> None:
        locks = self.locks
        for is_perpetual in (True, False):
            before, after = Role(was_owner, is_perpetual), Role(is_owner, is_perpetual)
            sums, key = locks.sum_place(old, netuid, before)
            total = sums.get(key)
            if total is not None:
                del sums[key]
                locks.put_sum(new, netuid, after, locks.rolled(locks.rolled(total, before), after))
