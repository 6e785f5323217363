"""Who may set weights, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from chain.types import AccountId
from runtime.fixed import i64f64
from runtime.frame.pallet import Pallet
from runtime.pallets.staking.inheritance import Inheritance
from runtime.pallets.subnets.neurons import MAX_SUBNETS, Neurons, storage_index
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid


def is_self_weight(uid: int, uids: Sequence[int], weights: Sequence[int]) -> bool:
    """Whether a neuron sets one weight, to itself."""
    return len(weights) == 1 and len(uids) > 0 and uids[0] == uid


class Validators(Pallet):
    """What is asked of those who set weights. A section of SubtensorModule."""

    registry: Registry
    parameters: Parameters
    neurons: Neurons
    inheritance: Inheritance

    def ensure_mechanism(self, netuid: NetUid, mechanism: int) -> None:
        """Raises: MechanismDoesNotExist."""
        if not self.registry.NetworksAdded[netuid] or mechanism >= self.registry.MechanismCountCurrent[netuid]:
            raise Errors.MechanismDoesNotExist

    def ensure_neuron(self, netuid: NetUid, hotkey: AccountId) -> int:
        """The uid of a hotkey. Raises: HotKeyNotRegisteredInSubNet."""
        uid = self.neurons.Uids.get((netuid, hotkey))
        if uid is None:
            raise Errors.HotKeyNotRegisteredInSubNet
        return uid

    def ensure_min_stake(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Raises: NotEnoughStakeToSetWeights, but not for the owner's neuron.

        Source: SubtensorModule::check_weights_min_stake
        """
        owner = self.neurons.owner_uid(netuid)
        if owner is not None and self.neurons.Uids.get((netuid, hotkey)) == owner:
            return
        if self.inheritance.whole_stake_weight(hotkey, netuid) < self.parameters.StakeThreshold:
            raise Errors.NotEnoughStakeToSetWeights

    def has_permit(self, netuid: NetUid, uid: int) -> bool:
        """Whether a neuron may set weights to others: with a permit, or as the owner's."""
        permits = self.neurons.ValidatorPermit[netuid]
        return uid == self.neurons.owner_uid(netuid) or (uid < len(permits) and permits[uid])

    def with_enough_stake(self, netuid: NetUid) -> tuple[int, ...]:
        """The uids of neurons with a permit and more than the stake that weights need, the least stake first.

        Source: SubtensorModule::get_validators
        """
        permits, threshold = self.neurons.ValidatorPermit[netuid], i64f64.from_int(self.parameters.StakeThreshold)
        permitted = {uid: key for uid, key in self.neurons.Keys.items(netuid) if uid < len(permits) and permits[uid]}
        stakes = zip(self.inheritance.stake_weights(permitted.values(), netuid), permitted, strict=True)
        return tuple(uid for stake, uid in sorted(stakes, key=lambda entry: entry[0]) if stake > threshold)

    def is_within_rate_limit(self, netuid: NetUid, mechanism: int, uid: int) -> bool:
        """Whether a neuron has not set or committed weights too lately; a mechanism that is not there has no room.

        Source: SubtensorModule::check_rate_limit
        """
        index = storage_index(netuid, mechanism)
        place, mechanism = NetUid(index % MAX_SUBNETS), index // MAX_SUBNETS
        registry = self.registry
        if not registry.NetworksAdded[place] or mechanism >= registry.MechanismCountCurrent[place]:
            return False
        if (place, uid) not in self.neurons.Keys:
            return False
        updates = self.neurons.LastUpdate[index]
        last = updates[uid] if uid < len(updates) else 0
        return last == 0 or max(registry.block() - last, 0) >= self.parameters.WeightsSetRateLimit[place]
