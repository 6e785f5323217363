"""A subnet goes to whom the locks on it are."""

from __future__ import annotations

from chain.errors import DispatchError
from runtime.fixed import u64f64
from runtime.frame.pallet import Pallet
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.locks import ONE_YEAR, find_king, is_conviction_enough
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.pools import Pools
from runtime.pallets.subnets.registration import Registration
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ZERO_ACCOUNT
from runtime.units import NetUid


class Takeover(Pallet):
    """Conviction makes somebody else the owner of a subnet. A section of SubtensorModule."""

    registry: Registry
    neurons: Neurons
    pools: Pools
    ownership: Ownership
    locks: Locks
    registration: Registration

    def change_owner_if_due(self, netuid: NetUid) -> None:
        """Give a subnet that is a year old to the owner of the hotkey with the most conviction.

        That takes conviction of a tenth of the subnet's alpha. The hotkey becomes a neuron.

        Emits: SubnetOwnerChanged.  Source: SubtensorModule::change_subnet_owner_if_needed
        """
        registry, alpha = self.registry, self.pools.SubnetAlphaOut[netuid]
        if not alpha or registry.block() < registry.NetworkRegisteredAt[netuid] + ONE_YEAR:
            return
        convictions = self.locks.convictions(netuid)
        king = find_king(convictions.items())
        if king is None or not is_conviction_enough(u64f64.saturate(sum(convictions.values())), alpha):
            return
        before, owner = registry.SubnetOwner[netuid], self.ownership.Owner[king]
        if owner in (before, ZERO_ACCOUNT):
            return
        if (netuid, king) not in self.neurons.Uids:
            try:
                self.registration.register_neuron(netuid, king)
            except DispatchError:
                return
        self.locks.change_owner(netuid, king)
        registry.SubnetOwner[netuid], registry.SubnetOwnerHotkey[netuid] = owner, king
        self.deposit(Events.SubnetOwnerChanged(netuid, before, owner))
