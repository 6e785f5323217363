"""What validators take of their nominators' dividends."""

from __future__ import annotations

from chain.scale.hints import u16
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import Pays, weigh
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import LastTxBlockDelegateTake


class Takes(Pallet):
    """The takes of delegates. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    ownership: Ownership

    @call(65, weight=weigh(29_895_000, 4295, reads=3, writes=2), pays=Pays.No)
    def decrease_take(self, origin: Origin, hotkey: AccountId, take: u16) -> None:
        """Take less of the nominators' dividends, over 65,535.

        Origin: signed by the hotkey's owner.  Emits: TakeDecreased.  Raises: DelegateTakeTooLow.
        Source: SubtensorModule::decrease_take
        """
        coldkey = ensure_signed(origin)
        self.ensure_owner(coldkey, hotkey)
        current = self.ownership.Delegates.get(hotkey)
        if (current is not None and take >= current) or take < self.parameters.MinDelegateTake:
            raise Errors.DelegateTakeTooLow
        self.ownership.Delegates[hotkey] = take
        self.registry.LastRateLimitedBlock[LastTxBlockDelegateTake(hotkey)] = self.registry.block()
        self.deposit(Events.TakeDecreased(coldkey, hotkey, take))

    @call(66, weight=weigh(37_710_000, 4388, reads=5, writes=2), pays=Pays.No)
    def increase_take(self, origin: Origin, hotkey: AccountId, take: u16) -> None:
        """Take more of the nominators' dividends, over 65,535; not often.

        Origin: signed by the hotkey's owner.  Emits: TakeIncreased.
        Raises: DelegateTakeTooLow, DelegateTakeTooHigh, DelegateTxRateLimitExceeded.
        Source: SubtensorModule::increase_take
        """
        coldkey = ensure_signed(origin)
        self.ensure_owner(coldkey, hotkey)
        current = self.ownership.Delegates.get(hotkey)
        if current is not None and take <= current:
            raise Errors.DelegateTakeTooLow
        if take > self.parameters.MaxDelegateTake:
            raise Errors.DelegateTakeTooHigh
        key, block = LastTxBlockDelegateTake(hotkey), self.registry.block()
        last, limit = self.registry.LastRateLimitedBlock[key], self.parameters.TxDelegateTakeRateLimit
        if limit and last and block - last <= limit:
            raise Errors.DelegateTxRateLimitExceeded
        self.registry.LastRateLimitedBlock[key] = block
        self.ownership.Delegates[hotkey] = take
        self.deposit(Events.TakeIncreased(coldkey, hotkey, take))

    def ensure_within_bounds(self, take: int) -> None:
        """Raises: DelegateTakeTooLow, DelegateTakeTooHigh."""
        if take < self.parameters.MinDelegateTake:
            raise Errors.DelegateTakeTooLow
        if take > self.parameters.MaxDelegateTake:
            raise Errors.DelegateTakeTooHigh

    def ensure_owner(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """Raises: HotKeyAccountNotExists, NonAssociatedColdKey. Source: SubtensorModule::do_take_checks"""
        self.ownership.ensure_hotkey_exists(hotkey)
        if not self.ownership.owns(coldkey, hotkey):
            raise Errors.NonAssociatedColdKey
