"""What a coldkey has, when another takes its place."""

from __future__ import annotations

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.keys.identities import Identities
from runtime.pallets.staking.lock_swaps import LockSwaps
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.subtensor.types import ROOT, LastTxBlock
from runtime.units import NetUid


class ColdkeyMoves(Pallet):
    """One coldkey in the place of another. A section of SubtensorModule."""

    tao: Tao
    registry: Registry
    ownership: Ownership
    stakes: Stakes
    claims: RootClaims
    lock_swaps: LockSwaps
    identities: Identities

    def move(self, old: AccountId, new: AccountId) -> None:
        """Give all that a coldkey has to another, which has staked to nobody and is no hotkey.

        Emits: ColdkeySwapped.
        Raises: ColdKeyAlreadyAssociated, NewColdKeyIsHotkey, CannotUseSystemAccount, ActiveLockExists.
        Source: SubtensorModule::do_swap_coldkey
        """
        if self.ownership.StakingHotkeys[new]:
            raise Errors.ColdKeyAlreadyAssociated
        if new in self.ownership.Owner:
            raise Errors.NewColdKeyIsHotkey
        self._move_identity(old, new)
        for netuid in self.registry.netuids():
            if self.registry.SubnetOwner[netuid] == old:
                self.registry.SubnetOwner[netuid] = new
            self._move_incentives(old, new, netuid)
            self._move_stake(old, new, netuid)
        self._move_hotkeys(old, new)
        self.lock_swaps.swap_coldkey(old, new)
        amount = self.tao.balance(old)
        if amount:
            self.tao.transfer(old, new, amount)
        self.registry.LastRateLimitedBlock[LastTxBlock(new)] = self.registry.block()
        self.deposit(Events.ColdkeySwapped(old, new))

    def _move_identity(self, old: AccountId, new: AccountId) -> None:
        """The new coldkey keeps what it told of itself."""
        known = self.identities.IdentitiesV2
        found = known.get(old)
        if new not in known and found is not None:
            del known[old]
            known[new] = found

    def _move_incentives(self, old: AccountId, new: AccountId, netuid: NetUid) -> None:
        """Stake the new coldkey's incentives to the hotkey that the old one chose."""
        chosen, by_hotkey = self.stakes.AutoStakeDestination, self.stakes.AutoStakeDestinationColdkeys
        hotkey = chosen.get((old, netuid))
        if hotkey is not None:
            del chosen[old, netuid]
            chosen[new, netuid] = hotkey
            others = (coldkey for coldkey in by_hotkey[hotkey, netuid] if coldkey not in (old, new))
            by_hotkey[hotkey, netuid] = (*others, new)

    def _move_stake(self, old: AccountId, new: AccountId, netuid: NetUid) -> None:
        """Give the new coldkey the old one's stake on a subnet, and what that stake counts as claimed there.

        The chain's: what the coldkey claimed of a subnet's root dividends stays behind if it has no stake there.

        Source: SubtensorModule::transfer_coldkey_stake
        """
        stakes = self.stakes
        for hotkey in self.ownership.StakingHotkeys[old]:
            amount = stakes.of(hotkey, old, netuid)
            stakes.remove(hotkey, old, netuid, amount)
            stakes.add(hotkey, new, netuid, amount)
            if stakes.of(hotkey, new, netuid):
                self.claims.swap_claimed(netuid, (hotkey, old), (hotkey, new))
                if netuid == ROOT:
                    self.claims.add_coldkey(new)
        if netuid == ROOT:
            self.claims.remove_coldkey(old)

    def _move_hotkeys(self, old: AccountId, new: AccountId) -> None:
        """Let the new coldkey own, and stake to, the hotkeys of the old one. Raises: CannotUseSystemAccount."""
        owned, staking = self.ownership.OwnedHotkeys, self.ownership.StakingHotkeys
        for hotkey in owned[old]:
            self.ownership.give(new, hotkey)
        for hotkeys in (staking, owned):
            found = tuple(dict.fromkeys((*hotkeys[new], *hotkeys[old])))
            del hotkeys[old]
            hotkeys[new] = found
