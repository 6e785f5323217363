"""What only root sets for a subnet."""

from __future__ import annotations

from chain.scale.hints import u16, u64
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid, TaoBalance


class AdminSubnets(Pallet):
    """Parameters of a subnet that are not its owner's. A section of AdminUtils."""

    admin: Admin
    limits: OwnerLimits
    registry: Registry
    clock: Clock
    neurons: Neurons
    parameters: Parameters

    # -- epochs and emission

    @call(30, weight=weigh(36_298_000, 4383, reads=5, writes=2))
    def sudo_set_tempo(self, origin: Origin, netuid: NetUid, tempo: u16) -> None:
        """Set how many blocks lie between two epochs; the next one is so far from now.

        Origin: root.  Emits: TempoSet.  Source: AdminUtils::sudo_set_tempo
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        self.parameters.Tempo[netuid] = tempo
        self.deposit(Events.TempoSet(netuid, tempo))
        self.clock.LastEpochBlock[netuid] = self.registry.block()

    @call(16, weight=weigh(16_301_000, 4084, reads=1, writes=1))
    def sudo_set_kappa(self, origin: Origin, netuid: NetUid, kappa: u16) -> None:
        """Set the part of stake that must agree in consensus, over 65,535.

        Origin: root.  Emits: KappaSet.  Source: AdminUtils::sudo_set_kappa
        """
        ensure_root(origin)
        self.admin.ensure_exists(netuid)
        self.parameters.Kappa[netuid] = kappa
        self.deposit(Events.KappaSet(netuid, kappa))

    @call(65, weight=weigh(4_198_000, writes=1))
    def sudo_set_ema_price_halving_period(self, origin: Origin, netuid: NetUid, ema_halving: u64) -> None:
        """Set after how many blocks of trading the moving price follows at half its speed.

        Origin: root.  Source: AdminUtils::sudo_set_ema_price_halving_period
        """
        ensure_root(origin)
        self.parameters.EMAPriceHalvingBlocks[netuid] = ema_halving

    @call(66, weight=weigh(25_467_000, 4280, reads=4, writes=1))
    def sudo_set_subtoken_enabled(self, origin: Origin, netuid: NetUid, subtoken_enabled: bool) -> None:
        """Set whether a subnet's alpha is traded.

        Origin: root.  Source: AdminUtils::sudo_set_subtoken_enabled
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.registry.SubtokenEnabled[netuid] = subtoken_enabled

    @call(94, weight=weigh(16_351_000, 4084, reads=1, writes=1))
    def sudo_set_subnet_emission_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether a subnet's pool takes part in the TAO emission.

        Origin: root.  Emits: SubnetEmissionEnabledSet.  Source: AdminUtils::sudo_set_subnet_emission_enabled
        """
        ensure_root(origin)
        self.admin.ensure_exists_beside_root(netuid)
        self.parameters.SubnetEmissionEnabled[netuid] = enabled
        self.deposit(Admin.SubnetEmissionEnabledSet(netuid=netuid, enabled=enabled))

    # -- neurons

    @call(25, weight=weigh(35_896_000, 4383, reads=6, writes=1))
    def sudo_set_max_allowed_validators(self, origin: Origin, netuid: NetUid, max_allowed_validators: u16) -> None:
        """Set how many validators have a permit; not more than there may be neurons.

        Origin: root.  Emits: MaxAllowedValidatorsSet.  Raises: MaxValidatorsLargerThanMaxUIds.
        Source: AdminUtils::sudo_set_max_allowed_validators
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        if max_allowed_validators > self.parameters.MaxAllowedUids[netuid]:
            raise Admin.MaxValidatorsLargerThanMaxUIds
        self.parameters.MaxAllowedValidators[netuid] = max_allowed_validators
        self.deposit(Events.MaxAllowedValidatorsSet(netuid, max_allowed_validators))

    @call(79, weight=weigh(37_890_000, 4383, reads=7, writes=1))
    def sudo_set_min_allowed_uids(self, origin: Origin, netuid: NetUid, min_allowed_uids: u16) -> None:
        """Set the least number of neurons a subnet may be trimmed to; it has and may have more.

        Origin: root.  Emits: MinAllowedUidsSet.
        Raises: MinAllowedUidsGreaterThanMaxAllowedUids, MinAllowedUidsGreaterThanCurrentUids.
        Source: AdminUtils::sudo_set_min_allowed_uids
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        if min_allowed_uids >= self.parameters.MaxAllowedUids[netuid]:
            raise Admin.MinAllowedUidsGreaterThanMaxAllowedUids
        if min_allowed_uids >= self.neurons.SubnetworkN[netuid]:
            raise Admin.MinAllowedUidsGreaterThanCurrentUids
        self.parameters.MinAllowedUids[netuid] = min_allowed_uids
        self.deposit(Events.MinAllowedUidsSet(netuid, min_allowed_uids))

    @call(84, weight=weigh(6_783_000, writes=1))
    def sudo_set_min_non_immune_uids(self, origin: Origin, netuid: NetUid, min: u16) -> None:
        """Set how many neurons of a subnet must be replaceable.

        Origin: root.  Emits: MinNonImmuneUidsSet.  Source: AdminUtils::sudo_set_min_non_immune_uids
        """
        ensure_root(origin)
        self.parameters.MinNonImmuneUids[netuid] = min
        self.deposit(Events.MinNonImmuneUidsSet(netuid, min))

    # -- registration

    @call(19, weight=weigh(7_113_000, writes=1))
    def sudo_set_network_registration_allowed(self, origin: Origin, netuid: NetUid, registration_allowed: bool) -> None:
        """Set whether a subnet takes registrations, which it must to take part in emission.

        Origin: root.  Emits: RegistrationAllowed.  Source: AdminUtils::sudo_set_network_registration_allowed
        """
        ensure_root(origin)
        self.parameters.NetworkRegistrationAllowed[netuid] = registration_allowed
        self.deposit(Events.RegistrationAllowed(netuid, registration_allowed))

    @call(20, weight=weigh(14_000_000, writes=1))
    def sudo_set_network_pow_registration_allowed(
        self, origin: Origin, netuid: NetUid, registration_allowed: bool
    ) -> None:
        """Refuse: there is no registration by work any more.

        Origin: any.  Raises: POWRegistrationDisabled.  Source: AdminUtils::sudo_set_network_pow_registration_allowed
        """
        raise Admin.POWRegistrationDisabled

    @call(21, weight=weigh(34_103_000, 4383, reads=5, writes=1))
    def sudo_set_target_registrations_per_interval(
        self, origin: Origin, netuid: NetUid, target_registrations_per_interval: u16
    ) -> None:
        """Set how many registrations an interval aims at.

        Origin: root.  Emits: RegistrationPerIntervalSet.
        Source: AdminUtils::sudo_set_target_registrations_per_interval
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        self.parameters.TargetRegistrationsPerInterval[netuid] = target_registrations_per_interval
        self.deposit(Events.RegistrationPerIntervalSet(netuid, target_registrations_per_interval))

    @call(27, weight=weigh(34_604_000, 4383, reads=5, writes=1))
    def sudo_set_max_registrations_per_block(
        self, origin: Origin, netuid: NetUid, max_registrations_per_block: u16
    ) -> None:
        """Set how many registrations a block may have.

        Origin: root.  Emits: MaxRegistrationsPerBlockSet.  Source: AdminUtils::sudo_set_max_registrations_per_block
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        self.parameters.MaxRegistrationsPerBlock[netuid] = max_registrations_per_block
        self.deposit(Events.MaxRegistrationsPerBlockSet(netuid, max_registrations_per_block))

    @call(39, weight=weigh(16_541_000, 4084, reads=1, writes=1))
    def sudo_set_rao_recycled(self, origin: Origin, netuid: NetUid, rao_recycled: TaoBalance) -> None:
        """Set what counts as paid for registrations, in rao.

        Origin: root.  Emits: RAORecycledForRegistrationSet.  Source: AdminUtils::sudo_set_rao_recycled
        """
        ensure_root(origin)
        self.admin.ensure_exists(netuid)
        self.neurons.RAORecycledForRegistration[netuid] = rao_recycled
        self.deposit(Events.RAORecycledForRegistrationSet(netuid, rao_recycled))

    # -- weights, and what registration by work left

    @call(7, weight=weigh(16_420_000, 4084, reads=1, writes=1))
    def sudo_set_weights_set_rate_limit(self, origin: Origin, netuid: NetUid, weights_set_rate_limit: u64) -> None:
        """Set how many blocks lie between two settings of weights.

        Origin: root.  Emits: WeightsSetRateLimitSet.  Source: AdminUtils::sudo_set_weights_set_rate_limit
        """
        ensure_root(origin)
        self.admin.ensure_exists(netuid)
        self.parameters.WeightsSetRateLimit[netuid] = weights_set_rate_limit
        self.deposit(Events.WeightsSetRateLimitSet(netuid, weights_set_rate_limit))

    @call(8, weight=weigh(16_320_000, 4084, reads=1, writes=1))
    def sudo_set_adjustment_interval(self, origin: Origin, netuid: NetUid, adjustment_interval: u16) -> None:
        """Set in how many blocks the difficulty was adjusted.

        Origin: root.  Emits: AdjustmentIntervalSet.  Source: AdminUtils::sudo_set_adjustment_interval
        """
        ensure_root(origin)
        self.admin.ensure_exists(netuid)
        self.parameters.AdjustmentInterval[netuid] = adjustment_interval
        self.deposit(Events.AdjustmentIntervalSet(netuid, adjustment_interval))

    @call(4, weight=weigh(34_554_000, 4383, reads=5, writes=1))
    def sudo_set_min_difficulty(self, origin: Origin, netuid: NetUid, min_difficulty: u64) -> None:
        """Set the least difficulty.

        Origin: root.  Emits: MinDifficultySet.  Source: AdminUtils::sudo_set_min_difficulty
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        self.parameters.MinDifficulty[netuid] = min_difficulty
        self.deposit(Events.MinDifficultySet(netuid, min_difficulty))

    @call(24, weight=weigh(34_434_000, 4383, reads=5, writes=1))
    def sudo_set_difficulty(self, origin: Origin, netuid: NetUid, difficulty: u64) -> None:
        """Set the difficulty.

        Origin: root.  Emits: DifficultySet.  Source: AdminUtils::sudo_set_difficulty
        """
        self.limits.ensure_root_in_window(origin, netuid)
        self.admin.ensure_exists(netuid)
        self.parameters.Difficulty[netuid] = difficulty
        self.deposit(Events.DifficultySet(netuid, difficulty))
