"""What the owner of a subnet sets, or root: its mechanisms, and how emission is divided among them."""

from __future__ import annotations

from chain.scale.hints import u8, u16
from runtime.fixed import U16_MAX
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.weights.commits import HashCommits
from runtime.pallets.weights.timelocks import Timelocks
from runtime.units import NetUid

COUNT_UPDATE, EMISSION_SPLIT = 7, 8
"""The kinds of call under which changes are noted. Source: TransactionType"""
UNMEASURED = weigh(15_000_000, reads=1, writes=1)


class AdminMechanisms(Pallet):
    """The mechanisms of a subnet. A section of AdminUtils."""

    admin: Admin
    parameters: Parameters
    registry: Registry
    neurons: Neurons
    commits: HashCommits
    timelocks: Timelocks

    @call(76, weight=UNMEASURED)
    def sudo_set_mechanism_count(self, origin: Origin, netuid: NetUid, mechanism_count: u8) -> None:
        """Set how many mechanisms a subnet has, as far as its neurons leave room; an owner once a day.

        Their parts of the emission are even again.

        Origin: the subnet's owner, or root.  Raises: MechanismDoesNotExist, InvalidValue, TooManyUIDsPerMechanism.
        Source: AdminUtils::sudo_set_mechanism_count
        """
        with self.admin.change_rarely(origin, netuid, COUNT_UPDATE, self.parameters.MechanismCountSetRateLimit):
            self._ensure_exists(netuid)
            if not 0 < mechanism_count <= self.parameters.MaxMechanismCount:
                raise Errors.InvalidValue
            if self.parameters.MaxAllowedUids[netuid] * mechanism_count > self.parameters.InitialMaxAllowedUids:
                raise Errors.TooManyUIDsPerMechanism
            if mechanism_count != self.registry.MechanismCountCurrent[netuid]:
                self._change_count(netuid, mechanism_count)

    @call(77, weight=UNMEASURED)
    def sudo_set_mechanism_emission_split(
        self, origin: Origin, netuid: NetUid, maybe_split: tuple[u16, ...] | None
    ) -> None:
        """Set how the emission is divided among the first mechanisms, over 65,535, or evenly; an owner once a day.

        Origin: the subnet's owner, or root.  Raises: MechanismDoesNotExist, InvalidValue.
        Source: AdminUtils::sudo_set_mechanism_emission_split
        """
        with self.admin.change_rarely(origin, netuid, EMISSION_SPLIT, self.parameters.MechanismEmissionRateLimit):
            self._ensure_exists(netuid)
            if maybe_split is None:
                del self.registry.MechanismEmissionSplit[netuid]
            elif len(maybe_split) > self.registry.MechanismCountCurrent[netuid] or sum(maybe_split) != U16_MAX:
                raise Errors.InvalidValue
            else:
                self.registry.MechanismEmissionSplit[netuid] = maybe_split

    def _ensure_exists(self, netuid: NetUid) -> None:
        """Raises: MechanismDoesNotExist."""
        if not self.registry.NetworksAdded[netuid]:
            raise Errors.MechanismDoesNotExist

    def _change_count(self, netuid: NetUid, count: int) -> None:
        """Source: SubtensorModule::update_mechanism_counts_if_needed"""
        for index in self.neurons.mechanisms(netuid)[count:]:
            del self.neurons.Incentive[index]
            del self.neurons.LastUpdate[index]
            self.neurons.matrix.forget(index)
            self.commits.forget(index)
            self.timelocks.forget(index)
        self.registry.MechanismCountCurrent[netuid] = count
        del self.registry.MechanismEmissionSplit[netuid]
