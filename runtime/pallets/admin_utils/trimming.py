"""What the owner of a subnet does, or root: make it smaller."""

from __future__ import annotations

from typing import TypeVar

from chain.scale.hints import u16
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.storage import BoundMap
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.emission.ledger import Ledger
from runtime.pallets.keys.evm import EvmKeys
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registration import Registration
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subnets.trimming import find_kept, has_too_many_immune, pick
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.remnants import Remnants
from runtime.units import AlphaBalance, NetUid

V = TypeVar("V")

MAX_UIDS_TRIMMING = 9
"""The kind of call under which trims are noted. Source: TransactionType"""


class AdminTrimming(Pallet):
    """Neurons that leave so that a subnet becomes smaller. A section of AdminUtils."""

    admin: Admin
    parameters: Parameters
    registry: Registry
    neurons: Neurons
    registration: Registration
    evm_keys: EvmKeys
    ledger: Ledger
    remnants: Remnants

    @call(78, weight=weigh(38_302_000, 4398, reads=8, writes=1))
    def sudo_trim_to_max_allowed_uids(self, origin: Origin, netuid: NetUid, max_n: u16) -> None:
        """Let a subnet have `max_n` neurons at most: who earns least leaves; an owner once in 30 days.

        The owner's neurons and those that are still immune stay; they must be less than 80 percent of the rest.

        Origin: the subnet's owner, or root.
        Raises: SubnetNotExists, InvalidValue, TrimmingWouldExceedMaxImmunePercentage.
        Source: AdminUtils::sudo_trim_to_max_allowed_uids
        """
        limit = self.parameters.MaxUidsTrimmingRateLimit
        with self.admin.change_rarely(origin, netuid, MAX_UIDS_TRIMMING, limit):
            self.registry.ensure_exists(netuid)
            if not self.parameters.MinAllowedUids[netuid] <= max_n <= self.parameters.MaxAllowedUids[netuid]:
                raise Errors.InvalidValue
            self.parameters.MaxAllowedUids[netuid] = max_n
            if self.neurons.SubnetworkN[netuid] > max_n:
                self._trim(netuid, max_n)

    def _trim(self, netuid: NetUid, most: int) -> None:
        """Raises: TrimmingWouldExceedMaxImmunePercentage."""
        neurons = self.neurons
        count, immune = neurons.SubnetworkN[netuid], self.immune(netuid)
        if has_too_many_immune(len(immune), most, self.parameters.MaxImmuneUidsPercentage):
            raise Errors.TrimmingWouldExceedMaxImmunePercentage
        emission = neurons.Emission[netuid]
        kept = find_kept(emission, count, most, immune)
        for uid in range(len(emission)):
            if uid not in kept:
                self._remove(netuid, uid)
        self._shorten_vectors(netuid, kept)
        for place, uid in enumerate(kept):
            _move(neurons.Keys, netuid, uid, place)
            _move(neurons.BlockAtRegistration, netuid, uid, place)
            _move(self.evm_keys.AssociatedEvmAddress, netuid, uid, place)
        for index in neurons.mechanisms(netuid):
            neurons.matrix.renumber(index, {uid: place for place, uid in enumerate(kept)})
        neurons.Uids.clear(netuid)
        for place in range(len(kept)):
            neurons.Uids[netuid, neurons.Keys[netuid, place]] = place
        neurons.SubnetworkN[netuid] = most

    def immune(self, netuid: NetUid) -> frozenset[int]:
        """The uids that may not leave: the owner's, as far as they are protected, and those registered lately."""
        block, period = self.registry.block(), self.parameters.ImmunityPeriod[netuid]
        registered = self.neurons.BlockAtRegistration
        young = (
            uid for uid in range(self.neurons.SubnetworkN[netuid]) if max(block - registered[netuid, uid], 0) < period
        )
        return frozenset((*self.registration.owner_uids(netuid), *young))

    def _remove(self, netuid: NetUid, uid: int) -> None:
        hotkey = self.neurons.Keys.get((netuid, uid))
        if hotkey is not None:
            del self.neurons.Uids[netuid, hotkey]
            del self.neurons.IsNetworkMember[hotkey, netuid]
            del self.remnants.LastHotkeyEmissionOnNetuid[hotkey, netuid]
            del self.ledger.AlphaDividendsPerSubnet[netuid, hotkey]
            self.neurons.tell_removed(netuid, uid, hotkey)
        del self.neurons.Keys[netuid, uid]
        del self.neurons.BlockAtRegistration[netuid, uid]

    def _shorten_vectors(self, netuid: NetUid, kept: list[int]) -> None:
        neurons = self.neurons
        neurons.Emission[netuid] = pick(neurons.Emission[netuid], kept, AlphaBalance(0))
        for flags in (neurons.Active, neurons.ValidatorPermit):
            flags[netuid] = pick(flags[netuid], kept, default=False)
        for vector in (neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust, neurons.StakeWeight):
            vector[netuid] = pick(vector[netuid], kept, 0)
        for index in neurons.mechanisms(netuid):
            neurons.Incentive[index] = pick(neurons.Incentive[index], kept, 0)
            neurons.LastUpdate[index] = pick(neurons.LastUpdate[index], kept, 0)


def _move(by_uid: BoundMap[tuple[NetUid, int], V], netuid: NetUid, uid: int, place: int) -> None:
    """Give a uid's value to another uid, which has none, or to the same."""
    value = by_uid.get((netuid, uid))
    if value is not None and place != uid:
        by_uid[netuid, place] = value
        del by_uid[netuid, uid]
