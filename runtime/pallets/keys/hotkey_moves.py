"""What a hotkey has on a subnet, when another takes its place there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from chain.types import AccountId
from runtime.fixed import U64_MAX
from runtime.frame.pallet import Pallet
from runtime.frame.storage import BoundMap
from runtime.pallets.emission.ledger import Ledger
from runtime.pallets.emission.voting_power import VotingPowers
from runtime.pallets.staking.delegation import Delegation
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.root_claims import RootClaims
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.serving import Serving
from runtime.pallets.subtensor.remnants import Remnants
from runtime.pallets.subtensor.tally import Tally
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.weights.commits import HashCommits
from runtime.units import AlphaBalance, NetUid

K = TypeVar("K")
V = TypeVar("V")


class HotkeyMoves(Pallet):
    """One hotkey in the place of another. A section of SubtensorModule."""

    registry: Registry
    neurons: Neurons
    commits: HashCommits
    ownership: Ownership
    stakes: Stakes
    claims: RootClaims
    serving: Serving
    delegation: Delegation
    ledger: Ledger
    voting_powers: VotingPowers
    remnants: Remnants

    def move(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally, *, keep_stake: bool) -> None:
        """Give all that a hotkey has on a subnet to another; what was staked to it stays where that is asked for.

        Emits: SubnetOwnerHotkeySet.
        Raises: InvalidChild, TooManyChildren, ProportionOverflow, ChildParentInconsistency, CannotUseSystemAccount.
        Source: SubtensorModule::perform_hotkey_swap_on_one_subnet
        """
        self._move_neuron(old, new, netuid, tally)
        move_row(self.stakes.ChildkeyTake, (old, netuid), (new, netuid), tally)
        self.delegation.swap_hotkey(old, new, netuid, tally)
        self.delegation.swap_pending_child(old, new, netuid, tally)
        self._move_incentives(old, new, netuid)
        owner = self.registry.SubnetOwnerHotkey.get(netuid)
        if owner is not None:
            tally.count(reads=1)
            if owner == old:
                self.registry.set_owner_hotkey(netuid, new)
                tally.count(writes=1)
        if not keep_stake:
            self._move_dividends(old, new, netuid, tally)
            self._move_stake(old, new, netuid, tally)
            if netuid == ROOT:
                self._move_root_claims(old, new, tally)

    def _move_neuron(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally) -> None:
        """The new hotkey gets a row that says whether it is a member, even if the old one was none."""
        neurons, serving = self.neurons, self.serving
        is_member = neurons.IsNetworkMember[old, netuid]
        del neurons.IsNetworkMember[old, netuid]
        neurons.IsNetworkMember[new, netuid] = is_member
        tally.count(reads=1, writes=2)
        if not is_member:
            return
        uid = neurons.Uids.get((netuid, old))
        if uid is not None:
            move_row(neurons.Uids, (netuid, old), (netuid, new), tally)
            neurons.Keys[netuid, uid] = new
            tally.count(writes=1)
        move_row(serving.Prometheus, (netuid, old), (netuid, new), tally)
        move_row(serving.Axons, (netuid, old), (netuid, new), tally)
        move_row(serving.NeuronCertificates, (netuid, old), (netuid, new), tally)
        for index in neurons.mechanisms(netuid):
            move_row(self.commits.WeightCommits, (index, old), (index, new), tally)
        loaded = self.remnants.LoadedEmission.get(netuid)
        if loaded is not None:
            self.remnants.LoadedEmission[netuid] = tuple(
                (new if hotkey == old else hotkey, mining, validating) for hotkey, mining, validating in loaded
            )
            tally.count(reads=1, writes=2)

    def _move_incentives(self, old: AccountId, new: AccountId, netuid: NetUid) -> None:
        """Have the incentives that are staked to the old hotkey staked to the new one.

        The chain's: those that were staked to the new one still are, and it no longer knows of them.
        """
        coldkeys = self.stakes.AutoStakeDestinationColdkeys.get((old, netuid))
        if coldkeys is None:
            return
        for coldkey in coldkeys:
            self.stakes.AutoStakeDestination[coldkey, netuid] = new
        del self.stakes.AutoStakeDestinationColdkeys[old, netuid]
        self.stakes.AutoStakeDestinationColdkeys[new, netuid] = coldkeys

    def _move_dividends(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally) -> None:
        add_row(self.stakes.TotalHotkeyAlphaLastEpoch, (old, netuid), (new, netuid))
        add_row(self.ledger.AlphaDividendsPerSubnet, (netuid, old), (netuid, new))
        self.voting_powers.swap_hotkey(netuid, old, new)
        tally.count(reads=6, writes=6)

    def _move_stake(self, old: AccountId, new: AccountId, netuid: NetUid, tally: Tally) -> None:
        """Give the new hotkey what each coldkey has staked; what division left in the old pool stays there."""
        stakes, staking = self.stakes, self.ownership.StakingHotkeys
        rows = sum(1 for _ in self._share_rows(old))
        tally.count(reads=rows, writes=rows)
        for coldkey in [coldkey for coldkey, _ in stakes.coldkeys(old, netuid)]:
            amount = stakes.of(old, coldkey, netuid)
            stakes.remove(old, coldkey, netuid, amount)
            stakes.add(new, coldkey, netuid, amount)
            tally.count(reads=3, writes=2)
            hotkeys = staking[coldkey]
            if old in hotkeys and new not in hotkeys:
                staking[coldkey] = (*hotkeys, new)
                tally.count(writes=1)

    def _share_rows(self, hotkey: AccountId) -> Iterator[tuple[AccountId, NetUid]]:
        """Whose shares of a hotkey's pools there are, on which subnets, in the old form and in the new."""
        yield from self.stakes.Alpha.keys(hotkey)
        yield from self.stakes.AlphaV2.keys(hotkey)

    def _move_root_claims(self, old: AccountId, new: AccountId, tally: Tally) -> None:
        claims = self.claims
        claims.swap_rates(old, new)
        tally.count(reads=3, writes=2)
        for netuid in claims.RootClaimable[new]:
            for coldkey in list(claims.RootClaimed.keys(netuid, old)):
                claims.swap_claimed(netuid, (old, coldkey), (new, coldkey))
                tally.count(reads=3, writes=2)
        move_row(self.delegation.AutoParentDelegationEnabled, old, new, tally)


def move_row(rows: BoundMap[K, V], before: K, after: K, tally: Tally) -> None:
    """Put what stands in one place of a map into another, if there is anything."""
    found = rows.get(before)
    if found is not None:
        del rows[before]
        rows[after] = found
        tally.count(reads=1, writes=2)


def add_row(rows: BoundMap[K, AlphaBalance], before: K, after: K) -> None:
    """Add what stands in one place of a map to another, where there is a row then."""
    total = AlphaBalance(min(rows[before] + rows[after], U64_MAX))
    del rows[before]
    rows[after] = total
