"""Funds that stay where they are but may not be spent: named reserves, holds, locks, freezes."""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Bounded, u32
from chain.types import AccountId
from runtime.frame.errors import ArithmeticFault, TokenError
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Constant, StorageMap
from runtime.pallets.balances.pallet import U64_MAX, Balances
from runtime.pallets.balances.types import (
    BalanceLock,
    FreezeAmount,
    HoldAmount,
    LockIdentifier,
    Preservation,
    Reasons,
    ReserveData,
    RuntimeFreezeReason,
    RuntimeHoldReason,
)
from runtime.pallets.system import AccountData, System
from runtime.units import TaoBalance, saturating_sub

WEAK = "bounded_collections::weak_bounded_vec::WeakBoundedVec"


class Holding(Pallet):
    """Reserves under a name, holds for a reason, locks and freezes that overlay each other. A section of Balances."""

    system: System
    balances: Balances

    MaxLocks = Constant[u32](50)
    """How many locks an account may have."""

    MaxReserves = Constant[u32](50)
    """How many named reserves an account may have."""

    MaxFreezes = Constant[u32](50)
    """How many freezes an account may have."""

    Locks = StorageMap[AccountId, Annotated[tuple[BalanceLock, ...], Bounded(50, WEAK)]](Blake2_128Concat, default=())
    """Locks of an account. They overlay: the greatest counts."""

    Reserves = StorageMap[AccountId, Annotated[tuple[ReserveData, ...], Bounded(50)]](Blake2_128Concat, default=())
    """Named reserves of an account, in the order of their names."""

    Holds = StorageMap[AccountId, Annotated[tuple[HoldAmount, ...], Bounded(4)]](Blake2_128Concat, default=())
    """Holds of an account. They add up."""

    Freezes = StorageMap[AccountId, Annotated[tuple[FreezeAmount, ...], Bounded(50)]](Blake2_128Concat, default=())
    """Freezes of an account. They overlay: the greatest counts."""

    # -- named reserves -----------------------------------------------------------------------------------------

    def reserve_named(self, name: LockIdentifier, who: AccountId, amount: TaoBalance) -> None:
        """Set `amount` rao aside under `name`. Raises: TooManyReserves, ArithmeticFault, InsufficientBalance, ..."""
        if not amount:
            return
        known = {r.id: r.amount for r in self.Reserves[who]}
        if name not in known and len(known) >= self.MaxReserves:
            raise self.balances.TooManyReserves
        known[name] = known.get(name, TaoBalance(0)) + amount
        if known[name] > U64_MAX:
            raise ArithmeticFault("Overflow")
        self.Reserves[who] = tuple(ReserveData(n, known[n]) for n in sorted(known))
        self.balances.reserve(who, amount)

    def unreserve_named(self, name: LockIdentifier, who: AccountId, amount: TaoBalance) -> TaoBalance:
        """Free up to `amount` rao under `name`, and give what could not be."""
        known = {r.id: r.amount for r in self.Reserves[who]}
        asked = min(known.get(name, TaoBalance(0)), amount)
        if not asked:
            return amount
        freed = asked - self.balances.unreserve(who, asked)
        known[name] = known[name] - freed
        kept = tuple(ReserveData(n, known[n]) for n in sorted(known) if known[n])
        if kept:
            self.Reserves[who] = kept
        else:
            del self.Reserves[who]
        return amount - freed

    def reserved_named(self, name: LockIdentifier, who: AccountId) -> TaoBalance:
        """How many rao `who` has set aside under `name`."""
        return next((r.amount for r in self.Reserves[who] if r.id == name), TaoBalance(0))

    # -- holds --------------------------------------------------------------------------------------------------

    def hold(self, reason: RuntimeHoldReason, who: AccountId, amount: TaoBalance) -> None:
        """Hold `amount` rao for `reason`, frozen ones too. Raises: TokenError.

        Source: fungible::MutateHold::hold
        """
        info = self.system.Account[who]
        data = info.data
        if not info.providers:
            raise TokenError("CannotCreateHold")
        if self.balances.reducible_balance(who, Preservation.Protect, force=True, info=info) < amount:
            raise TokenError("FundsUnavailable")
        self._set_hold(who, reason, self.held(reason, who) + amount)
        self.balances.put(who, info, AccountData(data.free - amount, data.reserved + amount, data.frozen, data.flags))

    def release(self, reason: RuntimeHoldReason, who: AccountId, amount: TaoBalance) -> None:
        """Release `amount` rao held for `reason`. Raises: TokenError.  Source: fungible::MutateHold::release"""
        held = self.held(reason, who)
        info = self.system.Account[who]
        data = info.data
        if amount and data.free + amount < self.balances.ExistentialDeposit:
            raise TokenError("CannotCreate")
        if held < amount:
            raise TokenError("FundsUnavailable")
        self._set_hold(who, reason, held - amount)
        self.balances.put(who, info, AccountData(data.free + amount, data.reserved - amount, data.frozen, data.flags))

    def burn_held(self, reason: RuntimeHoldReason, who: AccountId, amount: TaoBalance) -> TaoBalance:
        """Destroy up to `amount` rao held for `reason`, and give how many they were.

        Source: fungible::MutateHold::burn_held, with best effort
        """
        held = self.held(reason, who)
        burned, info = min(amount, held), self.system.Account[who]
        data = info.data
        self._set_hold(who, reason, held - burned)
        self.balances.put(who, info, AccountData(data.free, data.reserved - burned, data.frozen, data.flags))
        self.balances.TotalIssuance = self.balances.TotalIssuance - burned
        return burned

    def held(self, reason: RuntimeHoldReason, who: AccountId) -> TaoBalance:
        """How many rao of `who` are held for `reason`."""
        return next((h.amount for h in self.Holds[who] if h.id == reason), TaoBalance(0))

    def _set_hold(self, who: AccountId, reason: RuntimeHoldReason, amount: TaoBalance) -> None:
        if amount > U64_MAX:
            raise ArithmeticFault("Overflow")
        rest = [h for h in self.Holds[who] if h.id != reason]
        held = tuple(rest if not amount else [*rest, HoldAmount(reason, amount)])
        if held:
            self.Holds[who] = held
        else:
            del self.Holds[who]

    # -- locks and freezes --------------------------------------------------------------------------------------

    def set_lock(self, name: LockIdentifier, who: AccountId, amount: TaoBalance, reasons: Reasons) -> None:
        """Lock `amount` rao under `name` in place of what that name locked; 0 removes it. Emits: Locked, Unlocked."""
        if not amount:
            return self.remove_lock(name, who)
        new, locks = BalanceLock(name, amount, reasons), self.Locks[who]
        if any(lock.id == name for lock in locks):
            return self._set_locks(who, [new if lock.id == name else lock for lock in locks])
        return self._set_locks(who, [*locks, new])

    def remove_lock(self, name: LockIdentifier, who: AccountId) -> None:
        """Unlock what `name` locks. Emits: Unlocked."""
        self._set_locks(who, [lock for lock in self.Locks[who] if lock.id != name])

    def set_freeze(self, reason: RuntimeFreezeReason, who: AccountId, amount: TaoBalance) -> None:
        """Freeze `amount` rao for `reason` in place of what it froze; 0 thaws. Emits: Frozen, Thawed."""
        rest = [f for f in self.Freezes[who] if f.id != reason]
        freezes = tuple([*rest, FreezeAmount(reason, amount)] if amount else rest)
        if len(freezes) > self.MaxFreezes:
            raise self.balances.TooManyFreezes
        before = self.system.Account[who].data.frozen
        if freezes:
            self.Freezes[who] = freezes
        else:
            del self.Freezes[who]
        after = self._update_frozen(who)
        if after > before:
            self.deposit(self.balances.Frozen(who=who, amount=after - before))
        elif after < before:
            self.deposit(self.balances.Thawed(who=who, amount=before - after))

    def _set_locks(self, who: AccountId, locks: list[BalanceLock]) -> None:
        before = self.system.Account[who].data.frozen
        if locks:
            self.Locks[who] = tuple(locks)
        else:
            del self.Locks[who]
        after = self._update_frozen(who)
        if after > before:
            self.deposit(self.balances.Locked(who=who, amount=after - before))
        elif after < before:
            self.deposit(self.balances.Unlocked(who=who, amount=saturating_sub(before, after)))

    def _update_frozen(self, who: AccountId) -> TaoBalance:
        """Bring the account's frozen amount to the greatest lock or freeze, and give it."""
        amounts = [lock.amount for lock in self.Locks[who]] + [f.amount for f in self.Freezes[who]]
        frozen = max(amounts, default=TaoBalance(0))
        info = self.system.Account[who]
        data = info.data
        self.balances.put(who, info, AccountData(data.free, data.reserved, frozen, data.flags))
        return frozen
