"""Coldkeys own hotkeys, and stake to them."""

from __future__ import annotations

from chain.scale.hints import u16
from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, StorageMap
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.types import ZERO_ACCOUNT, is_subnet_account


class Ownership(Pallet):
    """Who owns which hotkey. A section of SubtensorModule."""

    Owner = StorageMap[AccountId, AccountId](Blake2_128Concat, default=ZERO_ACCOUNT)
    """The coldkey that owns a hotkey."""

    OwnedHotkeys = StorageMap[AccountId, tuple[AccountId, ...]](Blake2_128Concat, default=())
    """The hotkeys of a coldkey."""

    StakingHotkeys = StorageMap[AccountId, tuple[AccountId, ...]](Blake2_128Concat, default=())
    """The hotkeys that a coldkey has staked to."""

    Delegates = StorageMap[AccountId, u16](Blake2_128Concat, default=11_796)
    """What a hotkey takes of its nominators' dividends, over 65,535."""

    def create_account(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """Make a hotkey that nobody owns the coldkey's. Raises: CannotUseSystemAccount.

        Source: SubtensorModule::create_account_if_non_existent
        """
        if is_subnet_account(hotkey):
            raise Errors.CannotUseSystemAccount
        if hotkey not in self.Owner:
            self.Owner[hotkey] = coldkey
            if hotkey not in self.OwnedHotkeys[coldkey]:
                self.OwnedHotkeys[coldkey] = (*self.OwnedHotkeys[coldkey], hotkey)
            self.add_staking_hotkey(coldkey, hotkey)

    def give(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """Make a hotkey the coldkey's. Raises: CannotUseSystemAccount. Source: SubtensorModule::set_hotkey_owner"""
        if is_subnet_account(hotkey):
            raise Errors.CannotUseSystemAccount
        self.Owner[hotkey] = coldkey

    def owns(self, coldkey: AccountId, hotkey: AccountId) -> bool:
        """Whether the hotkey exists and is the coldkey's."""
        return hotkey in self.Owner and self.Owner[hotkey] == coldkey

    def ensure_hotkey_exists(self, hotkey: AccountId) -> None:
        """Raises: HotKeyAccountNotExists."""
        if hotkey not in self.Owner:
            raise Errors.HotKeyAccountNotExists

    def add_staking_hotkey(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """Note that a coldkey stakes to a hotkey."""
        if hotkey not in self.StakingHotkeys[coldkey]:
            self.StakingHotkeys[coldkey] = (*self.StakingHotkeys[coldkey], hotkey)

    def become_delegate(self, hotkey: AccountId) -> None:
        """Write down the take of a hotkey that has none yet. Source: SubtensorModule::maybe_become_delegate"""
        if hotkey not in self.Delegates:
            self.Delegates[hotkey] = self.Delegates[hotkey]
