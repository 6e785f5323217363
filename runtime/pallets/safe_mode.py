"""A mode in which only a few calls may be made, for when something is wrong with the chain.

Source: pallet_safe_mode. On this chain only root enters it; accounts could for a deposit, if that were configured.
"""

from __future__ import annotations

import enum

from chain.errors import DispatchError
from chain.scale.codec import split_path
from chain.types import AccountId, BlockNumber
from runtime.frame.call import RuntimeCall, call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, Setting, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import Weight, weigh
from runtime.pallets.balances.holding import Holding
from runtime.pallets.balances.types import SafeMode as SafeModeHold
from runtime.pallets.balances.types import SafeModeHoldReason
from runtime.pallets.system import System
from runtime.units import TaoBalance

HOLD = SafeModeHold(SafeModeHoldReason.EnterOrExtend)
U32_MAX = (1 << 32) - 1

ALLOWED: dict[str, tuple[str, ...]] = {
    "Sudo": (),
    "Multisig": (),
    "System": (),
    "SafeMode": (),
    "Timestamp": (),
    "SubtensorModule": ("set_weights", "serve_axon"),
    "Commitments": ("set_commitment",),
}
"""What may be called in safe mode, by pallet; without names all of it. Source: SafeModeWhitelistedCalls"""

NOTHING_TO_DO = weigh(733_000, 1489, reads=1)
LEFT = weigh(4_926_000, 1489, reads=1, writes=1)


class ExitReason(enum.Enum):
    """Why safe mode ended."""

    Timeout = 0
    Force = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_safe_mode::pallet::ExitReason")


class SafeMode(Pallet):
    """Safe mode, until a block or until root ends it. Amounts are rao, durations are blocks."""

    system: System
    holding: Holding

    EnterDuration = Constant[BlockNumber](BlockNumber(0))
    """For how many blocks an account enters safe mode."""

    ExtendDuration = Constant[BlockNumber](BlockNumber(0))
    """By how many blocks an account extends it."""

    EnterDepositAmount = Constant[TaoBalance | None](None)
    """What an account deposits to enter it, in rao; without an amount no account can."""

    ExtendDepositAmount = Constant[TaoBalance | None](None)
    """What an account deposits to extend it, in rao; without an amount no account can."""

    ReleaseDelay = Constant[BlockNumber | None](None)
    """After how many blocks a deposit is given back on request; without a number it is not."""

    RootEnterDuration = Setting[BlockNumber](BlockNumber(7200))
    """For how many blocks root enters safe mode."""

    RootExtendDuration = Setting[BlockNumber](BlockNumber(3600))
    """By how many blocks root extends it."""

    EnteredUntil = StorageValue[BlockNumber | None]()
    """The last block of safe mode; absent outside of it."""

    Deposits = StorageMap[tuple[AccountId, BlockNumber], TaoBalance](Twox64Concat, Twox64Concat)
    """What an account deposited in a block, in rao."""

    class Entered(Event, index=0):
        """Safe mode began."""

        until: BlockNumber

    class Extended(Event, index=1):
        """Safe mode goes on for longer."""

        until: BlockNumber

    class Exited(Event, index=2):
        """Safe mode ended."""

        reason: ExitReason

    class DepositPlaced(Event, index=3):
        """An account made a deposit."""

        account: AccountId
        amount: TaoBalance

    class DepositReleased(Event, index=4):
        """An account has its deposit back."""

        account: AccountId
        amount: TaoBalance

    class DepositSlashed(Event, index=5):
        """An account lost its deposit."""

        account: AccountId
        amount: TaoBalance

    class CannotDeposit(Event, index=6):
        """A deposit could not be taken; nothing deposits this event."""

    class CannotRelease(Event, index=7):
        """A deposit could not be given back; nothing deposits this event."""

    class Entered_(PalletError, index=0, name="Entered"):
        """The chain is in safe mode."""

    class Exited_(PalletError, index=1, name="Exited"):
        """The chain is not in safe mode."""

    class NotConfigured(PalletError, index=2):
        """This chain does not offer that."""

    class NoDeposit(PalletError, index=3):
        """The account made no deposit in that block."""

    class AlreadyDeposited(PalletError, index=4):
        """The account has a deposit already."""

    class CannotReleaseYet(PalletError, index=5):
        """The deposit is not given back so early."""

    class CurrencyError(PalletError, index=6):
        """The deposit could not be moved."""

    # -- calls

    @call(0, weight=weigh(44_471_000, 3892, reads=2, writes=3))
    def enter(self, origin: Origin) -> None:
        """Enter safe mode for a deposit.

        Origin: signed.  Emits: DepositPlaced, Entered.
        Raises: Entered_, NotConfigured, AlreadyDeposited, CurrencyError.  Source: pallet_safe_mode::enter
        """
        who = ensure_signed(origin)
        self._ensure_outside()
        self._place(who, self.EnterDepositAmount)
        self._enter(self.EnterDuration)

    @call(1, weight=weigh(5_200_000, 1489, reads=1, writes=1))
    def force_enter(self, origin: Origin) -> None:
        """Enter safe mode.

        Origin: root.  Emits: Entered.  Raises: Entered_.  Source: pallet_safe_mode::force_enter
        """
        ensure_root(origin)
        self._ensure_outside()
        self._enter(self.RootEnterDuration)

    @call(2, weight=weigh(46_411_000, 3892, reads=2, writes=3))
    def extend(self, origin: Origin) -> None:
        """Let safe mode go on for longer, for a deposit.

        Origin: signed.  Emits: DepositPlaced, Extended.
        Raises: Exited_, NotConfigured, AlreadyDeposited, CurrencyError.  Source: pallet_safe_mode::extend
        """
        who, until = ensure_signed(origin), self._last_block()
        self._place(who, self.ExtendDepositAmount)
        self._extend(until, self.ExtendDuration)

    @call(3, weight=weigh(7_011_000, 1489, reads=1, writes=1))
    def force_extend(self, origin: Origin) -> None:
        """Let safe mode go on for longer.

        Origin: root.  Emits: Extended.  Raises: Exited_.  Source: pallet_safe_mode::force_extend
        """
        ensure_root(origin)
        self._extend(self._last_block(), self.RootExtendDuration)

    @call(4, weight=weigh(6_180_000, 1489, reads=1, writes=1))
    def force_exit(self, origin: Origin) -> None:
        """End safe mode.

        Origin: root.  Emits: Exited.  Raises: Exited_.  Source: pallet_safe_mode::force_exit
        """
        ensure_root(origin)
        self._last_block()
        self._exit(ExitReason.Force)

    @call(5, weight=weigh(28_905_000, 3892, reads=2, writes=2))
    def force_slash_deposit(self, origin: Origin, account: AccountId, block: BlockNumber) -> None:
        """Burn what an account deposited in a block.

        Origin: root.  Emits: DepositSlashed.  Raises: NoDeposit.
        Source: pallet_safe_mode::force_slash_deposit
        """
        ensure_root(origin)
        amount = self._take(account, block)
        self.holding.burn_held(HOLD, account, amount)
        self.deposit(self.DepositSlashed(account, amount))

    @call(6, weight=weigh(37_735_000, 3892, reads=3, writes=2))
    def release_deposit(self, origin: Origin, account: AccountId, block: BlockNumber) -> None:
        """Give back what an account deposited in a block, some time later and outside of safe mode.

        Origin: signed.  Emits: DepositReleased.
        Raises: NoDeposit, Entered_, NotConfigured, CannotReleaseYet, CurrencyError.
        Source: pallet_safe_mode::release_deposit
        """
        ensure_signed(origin)
        amount = self._take(account, block)
        self._ensure_outside()
        if self.ReleaseDelay is None:
            raise self.NotConfigured
        if self.system.Number <= block + self.ReleaseDelay:
            raise self.CannotReleaseYet
        self._release(account, amount)

    @call(7, weight=weigh(36_454_000, 3892, reads=2, writes=2))
    def force_release_deposit(self, origin: Origin, account: AccountId, block: BlockNumber) -> None:
        """Give back what an account deposited in a block.

        Origin: root.  Emits: DepositReleased.  Raises: NoDeposit, CurrencyError.
        Source: pallet_safe_mode::force_release_deposit
        """
        ensure_root(origin)
        self._release(account, self._take(account, block))

    # -- the mode

    def allows(self, call: RuntimeCall) -> bool:
        """Whether a call may be made now. Source: pallet_safe_mode::is_allowed"""
        if self.EnteredUntil is None:
            return True
        names = ALLOWED.get(call.bound.pallet)
        return names is not None and (not names or call.bound.name in names)

    def on_initialize(self, block: BlockNumber) -> Weight:
        """End safe mode after its last block. Emits: Exited."""
        until = self.EnteredUntil
        if until is None or block <= until:
            return NOTHING_TO_DO
        self._exit(ExitReason.Timeout)
        return LEFT

    def next_due(self, after: int) -> int | None:
        """The block in which safe mode ends."""
        until = self.EnteredUntil
        return None if until is None else max(int(until), after) + 1

    def _ensure_outside(self) -> None:
        """Raises: Entered_ in safe mode."""
        if self.EnteredUntil is not None:
            raise self.Entered_

    def _last_block(self) -> BlockNumber:
        """The last block of safe mode. Raises: Exited_ outside of it."""
        until = self.EnteredUntil
        if until is None:
            raise self.Exited_
        return until

    def _enter(self, duration: int) -> None:
        """Emits: Entered."""
        self.EnteredUntil = until = BlockNumber(min(self.system.Number + duration, U32_MAX))
        self.deposit(self.Entered(until))

    def _extend(self, until: BlockNumber, duration: int) -> None:
        """Emits: Extended."""
        self.EnteredUntil = until = BlockNumber(min(until + duration, U32_MAX))
        self.deposit(self.Extended(until))

    def _exit(self, reason: ExitReason) -> None:
        """Emits: Exited."""
        self.EnteredUntil = None
        self.deposit(self.Exited(reason))

    # -- deposits

    def _place(self, who: AccountId, amount: TaoBalance | None) -> None:
        """Take a deposit. Emits: DepositPlaced.  Raises: NotConfigured, AlreadyDeposited, CurrencyError."""
        if amount is None:
            raise self.NotConfigured
        if self.holding.held(HOLD, who):
            raise self.AlreadyDeposited
        try:
            self.holding.hold(HOLD, who, amount)
        except DispatchError:
            raise self.CurrencyError from None
        self.Deposits[who, self.system.Number] = amount
        self.deposit(self.DepositPlaced(who, amount))

    def _take(self, account: AccountId, block: BlockNumber) -> TaoBalance:
        """Forget a deposit, and say how much it was, in rao. Raises: NoDeposit."""
        amount = self.Deposits.get((account, block))
        if amount is None:
            raise self.NoDeposit
        del self.Deposits[account, block]
        return amount

    def _release(self, account: AccountId, amount: TaoBalance) -> None:
        """Give back a deposit, or what is left of it. Emits: DepositReleased.  Raises: CurrencyError."""
        amount = min(amount, self.holding.held(HOLD, account))
        try:
            self.holding.release(HOLD, account, amount)
        except DispatchError:
            raise self.CurrencyError from None
        self.deposit(self.DepositReleased(account, amount))
