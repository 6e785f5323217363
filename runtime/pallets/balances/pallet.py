"""Accounts hold TAO; transfers move it."""

from __future__ import annotations

from typing import Any

from chain.scale.hints import Compact
from chain.types import AccountId, MultiAddress
from runtime.frame.call import call
from runtime.frame.errors import ArithmeticFault, TokenError
from runtime.frame.origin import Origin, ensure_root, ensure_signed, lookup
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, StorageMap, StorageValue
from runtime.frame.weight import Pays, PostInfo, Weight, weigh
from runtime.pallets.balances.types import AdjustmentDirection, BalanceStatus, Preservation
from runtime.pallets.system import NEW_LOGIC, AccountData, AccountInfo, System
from runtime.units import TaoBalance, saturating_sub

U64_MAX = (1 << 64) - 1


class Balances(Pallet):
    """Accounts hold TAO; transfers move it. All amounts are rao."""

    storage_version = 1

    system: System

    ExistentialDeposit = Constant[TaoBalance](TaoBalance(500))
    """The least an account may hold and stay alive, in rao."""

    TotalIssuance = StorageValue[TaoBalance](default=TaoBalance(0))
    """All TAO that exists, in rao. Invariant: the sum of every account's free and reserved."""

    InactiveIssuance = StorageValue[TaoBalance](default=TaoBalance(0))
    """The part of the issuance that counts as out of use, in rao."""

    Account = StorageMap[AccountId, AccountData](Blake2_128Concat, default=AccountData())
    """Unused: what an account owns stands in System.Account."""

    class Endowed(Event, index=0):
        """An account was created with some free balance."""

        account: AccountId
        free_balance: TaoBalance

    class DustLost(Event, index=1):
        """An account was removed whose balance was below the existential deposit; what it had is gone."""

        account: AccountId
        amount: TaoBalance

    class Transfer(Event, index=2):
        """Some TAO moved between two accounts."""

        from_: AccountId
        to: AccountId
        amount: TaoBalance

    class BalanceSet(Event, index=3):
        """A balance was set by root."""

        who: AccountId
        free: TaoBalance

    class Reserved(Event, index=4):
        """Some balance was set aside."""

        who: AccountId
        amount: TaoBalance

    class Unreserved(Event, index=5):
        """Some balance that was set aside is free again."""

        who: AccountId
        amount: TaoBalance

    class ReserveRepatriated(Event, index=6):
        """Some balance that was set aside moved to another account."""

        from_: AccountId
        to: AccountId
        amount: TaoBalance
        destination_status: BalanceStatus

    class Deposit(Event, index=7):
        """Some amount was deposited."""

        who: AccountId
        amount: TaoBalance

    class Withdraw(Event, index=8):
        """Some amount was withdrawn."""

        who: AccountId
        amount: TaoBalance

    class Slashed(Event, index=9):
        """Some amount was taken away as a punishment."""

        who: AccountId
        amount: TaoBalance

    class Minted(Event, index=10):
        """Some amount was minted into an account."""

        who: AccountId
        amount: TaoBalance

    class Burned(Event, index=11):
        """Some amount of an account was burned."""

        who: AccountId
        amount: TaoBalance

    class Suspended(Event, index=12):
        """Some amount of an account was suspended; it can be restored."""

        who: AccountId
        amount: TaoBalance

    class Restored(Event, index=13):
        """Some amount was restored into an account."""

        who: AccountId
        amount: TaoBalance

    class Upgraded(Event, index=14):
        """An account was upgraded to the present logic of reserves and freezes."""

        who: AccountId

    class Issued(Event, index=15):
        """The total issuance was increased, creating a credit to be spent."""

        amount: TaoBalance

    class Rescinded(Event, index=16):
        """The total issuance was decreased, creating a debt to be balanced."""

        amount: TaoBalance

    class Locked(Event, index=17):
        """Some balance was locked."""

        who: AccountId
        amount: TaoBalance

    class Unlocked(Event, index=18):
        """Some balance was unlocked."""

        who: AccountId
        amount: TaoBalance

    class Frozen(Event, index=19):
        """Some balance was frozen."""

        who: AccountId
        amount: TaoBalance

    class Thawed(Event, index=20):
        """Some balance was thawed."""

        who: AccountId
        amount: TaoBalance

    class TotalIssuanceForced(Event, index=21):
        """The total issuance was forced by root."""

        old: TaoBalance
        new: TaoBalance

    class VestingBalance(PalletError, index=0):
        """Vesting balance too high to send value."""

    class LiquidityRestrictions(PalletError, index=1):
        """Account liquidity restrictions prevent withdrawal."""

    class InsufficientBalance(PalletError, index=2):
        """Balance too low to send value."""

    class ExistentialDeposit_(PalletError, index=3, name="ExistentialDeposit"):
        """Value too low to create account due to existential deposit."""

    class Expendability(PalletError, index=4):
        """Transfer/payment would kill account."""

    class ExistingVestingSchedule(PalletError, index=5):
        """A vesting schedule already exists for this account."""

    class DeadAccount(PalletError, index=6):
        """Beneficiary account must pre-exist."""

    class TooManyReserves(PalletError, index=7):
        """Number of named reserves exceed `MaxReserves`."""

    class TooManyHolds(PalletError, index=8):
        """Number of holds exceed the number of reasons."""

    class TooManyFreezes(PalletError, index=9):
        """Number of freezes exceed `MaxFreezes`."""

    class IssuanceDeactivated(PalletError, index=10):
        """The issuance cannot be modified since it is already deactivated."""

    class DeltaZero(PalletError, index=11):
        """The delta cannot be zero."""

    # -- calls --------------------------------------------------------------------------------------------------

    @call(0, weight=weigh(48_363_000, 3593, reads=1, writes=1))
    def transfer_allow_death(self, origin: Origin, dest: MultiAddress, value: Compact[TaoBalance]) -> None:
        """Move `value` rao from the caller to `dest`; the caller may cease to exist.

        Origin: signed.  Emits: Transfer.
        Source: pallet_balances::transfer_allow_death
        """
        self.transfer(ensure_signed(origin), lookup(dest), value, Preservation.Expendable)

    @call(2, weight=weigh(49_944_000, 6196, reads=2, writes=2))
    def force_transfer(
        self, origin: Origin, source: MultiAddress, dest: MultiAddress, value: Compact[TaoBalance]
    ) -> None:
        """Move `value` rao from `source` to `dest`, whoever `source` is.

        Origin: root.  Emits: Transfer.  Source: pallet_balances::force_transfer
        """
        ensure_root(origin)
        self.transfer(lookup(source), lookup(dest), value, Preservation.Expendable)

    # the reference time is what the receipts of spec 419 show, less one read, one write and the guard's two reads
    @call(3, weight=weigh(39_051_000, 3593, reads=1, writes=1))
    def transfer_keep_alive(self, origin: Origin, dest: MultiAddress, value: Compact[TaoBalance]) -> None:
        """Move `value` rao from the caller to `dest`; the caller must stay alive.

        Origin: signed.  Emits: Transfer.  Source: pallet_balances::transfer_keep_alive
        """
        self.transfer(ensure_signed(origin), lookup(dest), value, Preservation.Preserve)

    @call(4, weight=weigh(47_385_000, 3593, reads=1, writes=1))
    def transfer_all(self, origin: Origin, dest: MultiAddress, keep_alive: bool) -> None:
        """Move all that the caller can give to `dest`, down to the existential deposit if `keep_alive`.

        Origin: signed.  Emits: Transfer.  Source: pallet_balances::transfer_all
        """
        who = ensure_signed(origin)
        preservation = Preservation.Preserve if keep_alive else Preservation.Expendable
        amount = self.reducible_balance(who, preservation)
        self.transfer(who, lookup(dest), amount, preservation)

    @call(5, weight=weigh(17_233_000, 3593, reads=1, writes=1))
    def force_unreserve(self, origin: Origin, who: MultiAddress, amount: TaoBalance) -> None:
        """Free up to `amount` rao that `who` has set aside.

        Origin: root.  Emits: Unreserved.  Source: pallet_balances::force_unreserve
        """
        ensure_root(origin)
        self.unreserve(lookup(who), amount)

    @call(
        6,
        weight=lambda self, who: weigh(
            16_588_000 + 13_973_659 * len(who), 990 + 2603 * len(who), reads=len(who), writes=len(who)
        ),
    )
    def upgrade_accounts(self, origin: Origin, who: tuple[AccountId, ...]) -> PostInfo:
        """Upgrade accounts to the present logic; free of charge if nine in ten needed it.

        Origin: signed.  Emits: Upgraded.  Source: pallet_balances::upgrade_accounts
        """
        ensure_signed(origin)
        upgraded = sum(1 for account in who if self.ensure_upgraded(account))
        free = bool(who) and upgraded * 10 >= len(who) * 9
        return PostInfo(pays=Pays.No if free else Pays.Yes)

    @call(8, weight=weigh(19_929_000, 3593, reads=1, writes=1))
    def force_set_balance(self, origin: Origin, who: MultiAddress, new_free: Compact[TaoBalance]) -> None:
        """Set the free balance of `who`; below the existential deposit it becomes 0.

        Origin: root.  Emits: Issued, Rescinded, BalanceSet.  Source: pallet_balances::force_set_balance
        """
        ensure_root(origin)
        account = lookup(who)
        free = new_free if new_free >= self.ExistentialDeposit else TaoBalance(0)
        info = self.system.Account[account]
        old = info.data.free
        self.put(account, info, AccountData(free, info.data.reserved, info.data.frozen, info.data.flags))
        self.change_issuance(free - old)
        if free > old:
            self.deposit(self.Issued(amount=free - old))
        elif free < old:
            self.deposit(self.Rescinded(amount=old - free))
        self.deposit(self.BalanceSet(who=account, free=free))

    @call(9, weight=Weight(6_594_000))
    def force_adjust_total_issuance(
        self, origin: Origin, direction: AdjustmentDirection, delta: Compact[TaoBalance]
    ) -> None:
        """Adjust the total issuance in case it drifted from the sum of the balances; within 0 and 2^64 - 1.

        Origin: root.  Emits: TotalIssuanceForced.  Raises: DeltaZero, IssuanceDeactivated.
        Source: pallet_balances::force_adjust_total_issuance
        """
        ensure_root(origin)
        if delta == 0:
            raise self.DeltaZero
        old = self.TotalIssuance
        if direction is AdjustmentDirection.Increase:
            new = min(old + delta, TaoBalance(U64_MAX))
        else:
            new = saturating_sub(old, delta)
        if self.InactiveIssuance > new:
            raise self.IssuanceDeactivated
        self.TotalIssuance = new
        self.deposit(self.TotalIssuanceForced(old=old, new=new))

    # the chain takes the two weights the other way round too
    @call(10, weight=lambda self, value, keep_alive: Weight(30_968_000 if keep_alive else 20_711_000))
    def burn(self, origin: Origin, value: Compact[TaoBalance], keep_alive: bool) -> None:
        """Burn `value` rao of the caller; the issuance falls by it.

        Origin: signed.  Emits: Burned.  Source: pallet_balances::burn
        """
        who = ensure_signed(origin)
        preservation = Preservation.Preserve if keep_alive else Preservation.Expendable
        if self.reducible_balance(who, preservation) < value:
            raise TokenError("FundsUnavailable")
        self.decrease(who, value, preservation)
        self.change_issuance(-value)
        self.deposit(self.Burned(who=who, amount=value))

    # -- what other pallets do with balances --------------------------------------------------------------------

    def transfer(self, source: AccountId, dest: AccountId, amount: TaoBalance, preservation: Preservation) -> None:
        """Move `amount` rao; to oneself it does nothing, if it could be done. Raises: TokenError, ArithmeticFault.

        Emits: Transfer.  Source: frame_support::traits::fungible::Mutate::transfer
        """
        if amount:
            self.ensure_can_withdraw(source, amount, keep_nonzero=preservation is not Preservation.Expendable)
            self.ensure_can_deposit(dest, amount)
        if source == dest:
            return
        if amount:
            self.decrease(source, amount, preservation)
            self.increase(dest, amount)
        self.deposit(self.Transfer(from_=source, to=dest, amount=amount))

    def reducible_balance(
        self, who: AccountId, preservation: Preservation, *, force: bool = False, info: AccountInfo | None = None
    ) -> TaoBalance:
        """How many rao `who` can give; `force` looks past freezes and locks.

        Source: pallet_balances::fungible::Inspect::reducible_balance
        """
        account = info or self.system.Account[who]
        data = account.data
        untouchable = TaoBalance(0) if force else saturating_sub(data.frozen, data.reserved)
        keep = preservation is Preservation.Preserve or (
            data.free
            and (
                account.providers == 1
                if preservation is Preservation.Protect
                else not (account.consumers == 0 or account.providers > 1)
            )
        )
        if keep:
            untouchable = max(untouchable, self.ExistentialDeposit)
        return saturating_sub(data.free, untouchable)

    def ensure_can_withdraw(self, who: AccountId, amount: TaoBalance, *, keep_nonzero: bool) -> None:
        """Raises: TokenError, ArithmeticFault unless `amount` rao can leave `who`.

        Source: pallet_balances::fungible::Inspect::can_withdraw
        """
        if self.TotalIssuance < amount:
            raise ArithmeticFault("Underflow")
        info = self.system.Account[who]
        if info.data.free < amount:
            raise TokenError("FundsUnavailable")
        if amount > self.reducible_balance(who, Preservation.Expendable, info=info):
            raise TokenError("Frozen")
        if info.data.free - amount < self.ExistentialDeposit:
            if not (info.consumers == 0 or info.providers > 1):
                raise TokenError("OnlyProvider")
            if keep_nonzero:
                raise TokenError("NotExpendable")

    def ensure_can_deposit(self, who: AccountId, amount: TaoBalance) -> None:
        """Raises: TokenError, ArithmeticFault unless `who` can receive `amount` rao.

        Source: pallet_balances::fungible::Inspect::can_deposit
        """
        data = self.system.Account[who].data
        if data.free + amount + data.reserved > U64_MAX:
            raise ArithmeticFault("Overflow")
        if data.free + amount < self.ExistentialDeposit:
            raise TokenError("BelowMinimum")

    def decrease(self, who: AccountId, amount: TaoBalance, preservation: Preservation, *, force: bool = False) -> None:
        """Take `amount` rao from `who`. The issuance does not change. Raises: TokenError."""
        info = self.system.Account[who]
        if self.reducible_balance(who, preservation, force=force, info=info) < amount:
            raise TokenError("FundsUnavailable")
        data = info.data
        self.put(who, info, AccountData(data.free - amount, data.reserved, data.frozen, data.flags))

    def increase(self, who: AccountId, amount: TaoBalance) -> None:
        """Give `who` `amount` rao. The issuance does not change. Raises: ArithmeticFault, TokenError."""
        info = self.system.Account[who]
        data = info.data
        free = data.free + amount
        if free > U64_MAX:
            raise ArithmeticFault("Overflow")
        if free < self.ExistentialDeposit:
            raise TokenError("BelowMinimum")
        self.put(who, info, AccountData(free, data.reserved, data.frozen, data.flags))

    def withdraw(self, who: AccountId, amount: TaoBalance) -> None:
        """Take `amount` rao that somebody else is given in the same breath; `who` stays alive.

        Emits: Withdraw.  Raises: TokenError.  Source: fungible::Balanced::withdraw
        """
        self.decrease(who, amount, Preservation.Preserve)
        self.deposit(self.Withdraw(who=who, amount=amount))

    def resolve(self, who: AccountId, amount: TaoBalance) -> bool:
        """Give `who` `amount` rao that were withdrawn before, and say whether he could take it.

        Emits: Deposit.  Source: fungible::Balanced::resolve
        """
        try:
            self.increase(who, amount)
        except (ArithmeticFault, TokenError):
            return False
        self.deposit(self.Deposit(who=who, amount=amount))
        return True

    def change_issuance(self, delta: int) -> None:
        """Move the total issuance by `delta` rao, within 0 and 2^64 - 1."""
        if delta:
            self.TotalIssuance = TaoBalance(min(max(self.TotalIssuance + delta, 0), U64_MAX))

    def put(self, who: AccountId, info: AccountInfo, data: AccountData) -> None:
        """Store what `who` owns; whether the account exists, and whether it may go, follows from it.

        Emits: Upgraded, Endowed, DustLost.  Raises: ConsumerRemaining, NoProviders, TooManyConsumers.
        Source: pallet_balances::try_mutate_account
        """
        if not info.data.flags & NEW_LOGIC and self.ensure_upgraded(who):
            info = self.system.Account[who]
            data = AccountData(data.free, data.reserved, data.frozen, info.data.flags)
        old, endowed = info.data, data.free
        minimum = self.ExistentialDeposit
        did_provide = old.free >= minimum and info.providers > 0
        did_consume = bool(old.reserved or old.frozen)
        does_provide = data.free >= minimum
        does_consume = bool(data.reserved or data.frozen)
        if did_provide and does_provide and did_consume == does_consume and (info.consumers or not does_consume):
            self.system.Account[who] = AccountInfo(info.nonce, info.consumers, info.providers, info.sufficients, data)
            return
        dust = TaoBalance(0)
        if not does_provide and not data.reserved:
            dust, data = data.free, AccountData(flags=data.flags)
        if does_provide and not did_provide:
            self.system.inc_providers(who)
        if did_consume and not does_consume:
            self.system.dec_consumers(who)
        if does_consume and (not did_consume or not self.system.Account[who].consumers):
            self.system.inc_consumers(who)
        now = self.system.Account[who]
        self.system.Account[who] = AccountInfo(now.nonce, now.consumers, now.providers, now.sufficients, data)
        if did_provide and not does_provide:
            self.system.dec_providers(who)
        elif now.providers == 0 and now.sufficients == 0 and now.nonce == 0 and data == AccountData(flags=data.flags):
            del self.system.Account[who]
        if old == AccountData():
            self.deposit(self.Endowed(account=who, free_balance=endowed))
        if dust:
            self.deposit(self.DustLost(account=who, amount=dust))
            self.change_issuance(-dust)

    def reserve(self, who: AccountId, amount: TaoBalance) -> None:
        """Set `amount` rao of `who` aside; the existential deposit must stay free.

        Emits: Reserved.  Raises: InsufficientBalance, LiquidityRestrictions, ConsumerRemaining.
        Source: pallet_balances::ReservableCurrency::reserve
        """
        if not amount:
            return
        info = self.system.Account[who]
        data = info.data
        if data.free < amount:
            raise self.InsufficientBalance
        if data.free - amount < data.frozen:
            raise self.LiquidityRestrictions
        self.put(who, info, AccountData(data.free - amount, data.reserved + amount, data.frozen, data.flags))
        self.deposit(self.Reserved(who=who, amount=amount))

    def unreserve(self, who: AccountId, amount: TaoBalance) -> TaoBalance:
        """Free up to `amount` rao that `who` has set aside, and give what could not be. Emits: Unreserved."""
        info = self.system.Account[who]
        data = info.data
        actual = min(data.reserved, amount)
        if amount and data.free + data.reserved:
            self.put(who, info, AccountData(data.free + actual, data.reserved - actual, data.frozen, data.flags))
            self.deposit(self.Unreserved(who=who, amount=actual))
        return amount - actual

    def repatriate_reserved(
        self, slashed: AccountId, beneficiary: AccountId, amount: TaoBalance, status: BalanceStatus
    ) -> TaoBalance:
        """Move up to `amount` rao that `slashed` has set aside and no freeze needs; give what could not be moved.

        Emits: ReserveRepatriated, Unreserved.  Raises: DeadAccount.
        Source: pallet_balances::do_transfer_reserved, polite and with best effort
        """
        if not amount:
            return TaoBalance(0)
        source, target = self.system.Account[slashed], self.system.Account[beneficiary]
        s, t = source.data, target.data
        actual = min(amount, saturating_sub(s.reserved, saturating_sub(s.frozen, s.free)))
        if slashed == beneficiary:
            left = self.unreserve(slashed, actual) if status is BalanceStatus.Free else TaoBalance(0)
            return amount - actual + left
        if t == AccountData():
            raise self.DeadAccount
        free, reserved = (actual, TaoBalance(0)) if status is BalanceStatus.Free else (TaoBalance(0), actual)
        self.put(beneficiary, target, AccountData(t.free + free, t.reserved + reserved, t.frozen, t.flags))
        self.put(slashed, source, AccountData(s.free, s.reserved - actual, s.frozen, s.flags))
        self.deposit(self.ReserveRepatriated(from_=slashed, to=beneficiary, amount=actual, destination_status=status))
        return amount - actual

    def slash_reserved(self, who: AccountId, amount: TaoBalance) -> TaoBalance:
        """Destroy up to `amount` rao that `who` has set aside, and give what was not there. Emits: Slashed."""
        info = self.system.Account[who]
        data = info.data
        actual = min(data.reserved, amount)
        if amount and data.free + data.reserved:
            self.put(who, info, AccountData(data.free, data.reserved - actual, data.frozen, data.flags))
            self.change_issuance(-actual)
            self.deposit(self.Slashed(who=who, amount=actual))
        return amount - actual

    def ensure_upgraded(self, who: AccountId) -> bool:
        """Bring an account to the present logic, and say whether that was needed. Emits: Upgraded.

        Reserves count as a consumer then; freezes always did. Source: pallet_balances::ensure_upgraded
        """
        info = self.system.Account[who]
        data = info.data
        if data.flags & NEW_LOGIC:
            return False
        free = data.free
        if data.reserved and not data.frozen:
            if not info.providers:
                # no account has a reserve and no provider; one that has all the same is given the least to live
                self.change_issuance(max(self.ExistentialDeposit - free, 0))
                free = max(free, self.ExistentialDeposit)
                self.system.inc_providers(who)
            self.system.inc_consumers(who, limited=False)
        now = self.system.Account[who]
        upgraded = AccountData(free, data.reserved, data.frozen, data.flags | NEW_LOGIC)
        self.system.Account[who] = AccountInfo(now.nonce, now.consumers, now.providers, now.sufficients, upgraded)
        self.deposit(self.Upgraded(who=who))
        return True

    def integrity_test(self) -> None:
        """An account has to hold something. Raises: TypeError."""
        if self.ExistentialDeposit == 0:
            raise TypeError("Balances.ExistentialDeposit cannot be 0")

    def build_genesis(self, config: Any) -> None:
        """Fund the accounts of `config`: address bytes -> rao. The issuance is their sum."""
        for who, amount in config.items():
            self.system.inc_providers(who)
            info = self.system.Account[who]
            self.system.Account[who] = AccountInfo(0, info.consumers, info.providers, 0, AccountData(free=amount))
        self.TotalIssuance = TaoBalance(sum(config.values()))
