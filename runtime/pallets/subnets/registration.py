"""Neurons come into subnets: into a free place, or into that of the neuron that earns least."""

from __future__ import annotations

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.replacement import Candidate, find_owner_uids, find_replaced
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import AlphaBalance, NetUid


class Registration(Pallet):
    """Who becomes a neuron. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    neurons: Neurons
    ownership: Ownership

    def register_neuron(self, netuid: NetUid, hotkey: AccountId) -> int:
        """Give a hotkey a uid of a subnet, the next one or another's.

        Raises: NoNeuronIdAvailable.  Source: SubtensorModule::register_neuron
        """
        block = self.registry.block()
        if self.neurons.SubnetworkN[netuid] < self.parameters.MaxAllowedUids[netuid]:
            return self.neurons.append(netuid, hotkey, block)
        uid = self.replaced(netuid)
        if uid is None:
            raise Errors.NoNeuronIdAvailable
        self.neurons.replace(netuid, uid, hotkey, block)
        return uid

    def replaced(self, netuid: NetUid) -> int | None:
        """The uid whose neuron makes room for the next. Source: SubtensorModule::get_neuron_to_prune"""
        neurons, kept, block = self.neurons, self.owner_uids(netuid), self.registry.block()
        emission, period = neurons.Emission[netuid], self.parameters.ImmunityPeriod[netuid]
        candidates = []
        for uid in neurons.Keys.keys(netuid):
            if uid not in kept:
                earned = emission[uid] if uid < len(emission) else AlphaBalance(0)
                registered = neurons.BlockAtRegistration[netuid, uid]
                candidates.append(Candidate(uid, earned, registered, max(block - registered, 0) < period))
        return find_replaced(candidates, self.parameters.MinNonImmuneUids[netuid])

    def owner_uids(self, netuid: NetUid) -> list[int]:
        """The neurons of a subnet's owner that are never replaced. Source: SubtensorModule::get_immune_owner_uids"""
        uids = self.neurons.Uids
        owned = self.ownership.OwnedHotkeys[self.registry.SubnetOwner[netuid]]
        found = [uid for uid in (uids.get((netuid, hotkey)) for hotkey in owned) if uid is not None]
        return find_owner_uids(
            ((self.neurons.BlockAtRegistration[netuid, uid], uid) for uid in found),
            self.parameters.ImmuneOwnerUidsLimit[netuid],
            uids.get((netuid, self.registry.SubnetOwnerHotkey[netuid])),
        )
