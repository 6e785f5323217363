"""What the owner of a subnet sets, or root: who may join, at which price, and what the owner gets."""

from __future__ import annotations

from chain.scale.hints import u16, u64
from chain.types import AccountId
from runtime.fixed import U64F64, u64f64
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.weight import DispatchClass, weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import Hyperparameter, RecycleOrBurnEnum, SetSNOwnerHotkey
from runtime.units import NetUid, TaoBalance

OPERATIONAL = weigh(25_000_000, reads=4, writes=1)
LONGEST_HALF_LIFE = 36_100
"""The longest half life of a registration price, in blocks. Source: MaxBurnHalfLife"""
MOST_INCREASE = 3
"""The greatest factor from one registration to the next."""
IMMUNE_OWNER_UIDS = range(1, 11)
"""How many of an owner's neurons may be immune. Source: MinImmuneOwnerUidsLimit, MaxImmuneOwnerUidsLimit"""
OWNER_HOTKEY_LIMIT = 50_400
"""How many blocks lie between two changes of an owner's hotkey. Source: DefaultSetSNOwnerHotkeyRateLimit"""


class AdminOwners(Pallet):
    """Parameters of a subnet for its owner and root. A section of AdminUtils."""

    admin: Admin
    limits: OwnerLimits
    registry: Registry
    neurons: Neurons
    parameters: Parameters

    # -- the price of a registration

    @call(22, weight=weigh(37_780_000, 4385, reads=6, writes=1))
    def sudo_set_min_burn(self, origin: Origin, netuid: NetUid, min_burn: TaoBalance) -> None:
        """Set the least price of a registration, in rao; below the greatest one, and below 1 TAO.

        Origin: the subnet's owner, or root.  Emits: MinBurnSet.  Raises: ValueNotInBounds.
        Source: AdminUtils::sudo_set_min_burn
        """
        with self.limits.change(origin, netuid, Hyperparameter.MinBurn):
            self.admin.ensure_exists(netuid)
            if min_burn >= self.parameters.MinBurnUpperBound or min_burn >= self.parameters.MaxBurn[netuid]:
                raise Admin.ValueNotInBounds
            self.parameters.MinBurn[netuid] = min_burn
            self.deposit(Events.MinBurnSet(netuid, min_burn))

    @call(23, weight=weigh(36_949_000, 4410, reads=6, writes=1))
    def sudo_set_max_burn(self, origin: Origin, netuid: NetUid, max_burn: TaoBalance) -> None:
        """Set the greatest price of a registration, in rao; above the least one, and above 0.1 TAO.

        Origin: the subnet's owner, or root.  Emits: MaxBurnSet.  Raises: ValueNotInBounds.
        Source: AdminUtils::sudo_set_max_burn
        """
        with self.limits.change(origin, netuid, Hyperparameter.MaxBurn):
            self.admin.ensure_exists(netuid)
            if max_burn <= self.parameters.MaxBurnLowerBound or max_burn <= self.parameters.MinBurn[netuid]:
                raise Admin.ValueNotInBounds
            self.parameters.MaxBurn[netuid] = max_burn
            self.deposit(Events.MaxBurnSet(netuid, max_burn))

    @call(89, weight=OPERATIONAL, class_=DispatchClass.Operational)
    def sudo_set_burn_half_life(self, origin: Origin, netuid: NetUid, burn_half_life: u16) -> None:
        """Set in how many blocks the price of a registration halves, 1 to 36,100.

        Origin: the subnet's owner, or root.  Emits: BurnHalfLifeSet.  Raises: InvalidValue.
        Source: AdminUtils::sudo_set_burn_half_life
        """
        with self.limits.change(origin, netuid, Hyperparameter.BurnHalfLife):
            self.admin.ensure_exists_beside_root(netuid)
            if not 1 <= burn_half_life <= LONGEST_HALF_LIFE:
                raise Admin.InvalidValue
            self.parameters.BurnHalfLife[netuid] = burn_half_life
            self.deposit(Admin.BurnHalfLifeSet(netuid=netuid, burn_half_life=burn_half_life))

    @call(90, weight=OPERATIONAL, class_=DispatchClass.Operational)
    def sudo_set_burn_increase_mult(self, origin: Origin, netuid: NetUid, burn_increase_mult: U64F64) -> None:
        """Set by what a registration multiplies the price of the next, 1 to 3.

        Origin: the subnet's owner, or root.  Emits: BurnIncreaseMultSet.  Raises: InvalidValue.
        Source: AdminUtils::sudo_set_burn_increase_mult
        """
        with self.limits.change(origin, netuid, Hyperparameter.BurnIncreaseMult):
            self.admin.ensure_exists_beside_root(netuid)
            if not u64f64.one <= burn_increase_mult <= MOST_INCREASE * u64f64.one:
                raise Admin.InvalidValue
            self.parameters.BurnIncreaseMult[netuid] = burn_increase_mult
            self.deposit(Admin.BurnIncreaseMultSet(netuid=netuid, burn_increase_mult=burn_increase_mult))

    # -- neurons

    @call(13, weight=weigh(34_414_000, 4383, reads=5, writes=1))
    def sudo_set_immunity_period(self, origin: Origin, netuid: NetUid, immunity_period: u16) -> None:
        """Set how many blocks a new neuron may not be replaced.

        Origin: the subnet's owner, or root.  Emits: ImmunityPeriodSet.  Source: AdminUtils::sudo_set_immunity_period
        """
        with self.limits.change(origin, netuid, Hyperparameter.ImmunityPeriod):
            self.admin.ensure_exists(netuid)
            self.parameters.ImmunityPeriod[netuid] = immunity_period
            self.deposit(Events.ImmunityPeriodSet(netuid, immunity_period))

    @call(15, weight=weigh(43_381_000, 4433, reads=8, writes=1))
    def sudo_set_max_allowed_uids(self, origin: Origin, netuid: NetUid, max_allowed_uids: u16) -> None:
        """Set how many neurons a subnet may have; in all of its mechanisms together not more than 256.

        Origin: the subnet's owner, or root.  Emits: MaxAllowedUidsSet.
        Raises: MaxAllowedUidsLessThanMinAllowedUids, MaxAllowedUIdsLessThanCurrentUIds,
        MaxAllowedUidsGreaterThanDefaultMaxAllowedUids, TooManyUIDsPerMechanism.
        Source: AdminUtils::sudo_set_max_allowed_uids
        """
        with self.limits.change(origin, netuid, Hyperparameter.MaxAllowedUids):
            self.admin.ensure_exists(netuid)
            if max_allowed_uids < self.parameters.MinAllowedUids[netuid]:
                raise Admin.MaxAllowedUidsLessThanMinAllowedUids
            if max_allowed_uids < self.neurons.SubnetworkN[netuid]:
                raise Admin.MaxAllowedUIdsLessThanCurrentUIds
            if max_allowed_uids > self.parameters.InitialMaxAllowedUids:
                raise Admin.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids
            if max_allowed_uids * self.registry.MechanismCountCurrent[netuid] > self.parameters.InitialMaxAllowedUids:
                raise Errors.TooManyUIDsPerMechanism
            self.parameters.MaxAllowedUids[netuid] = max_allowed_uids
            self.deposit(Events.MaxAllowedUidsSet(netuid, max_allowed_uids))

    @call(72, weight=weigh(25_107_000, 4280, reads=4, writes=1))
    def sudo_set_owner_immune_neuron_limit(self, origin: Origin, netuid: NetUid, immune_neurons: u16) -> None:
        """Set how many of the owner's neurons are never replaced, 1 to 10.

        Origin: the subnet's owner, or root.  Raises: InvalidValue.
        Source: AdminUtils::sudo_set_owner_immune_neuron_limit
        """
        with self.limits.change(origin, netuid, Hyperparameter.ImmuneNeuronLimit):
            if immune_neurons not in IMMUNE_OWNER_UIDS:
                raise Errors.InvalidValue
            self.parameters.ImmuneOwnerUidsLimit[netuid] = immune_neurons

    @call(3, weight=weigh(28_633_000, 4212, reads=4, writes=1))
    def sudo_set_serving_rate_limit(self, origin: Origin, netuid: NetUid, serving_rate_limit: u64) -> None:
        """Set how many blocks lie between two changes of a serving endpoint.

        Origin: the subnet's owner, or root.  Emits: ServingRateLimitSet.
        Source: AdminUtils::sudo_set_serving_rate_limit
        """
        with self.limits.change(origin, netuid, Hyperparameter.ServingRateLimit):
            self.parameters.ServingRateLimit[netuid] = serving_rate_limit
            self.deposit(Events.ServingRateLimitSet(netuid, serving_rate_limit))

    @call(5, weight=weigh(34_704_000, 4383, reads=5, writes=1))
    def sudo_set_max_difficulty(self, origin: Origin, netuid: NetUid, max_difficulty: u64) -> None:
        """Set the greatest difficulty; it is left of registration by work.

        Origin: the subnet's owner, or root.  Emits: MaxDifficultySet.  Source: AdminUtils::sudo_set_max_difficulty
        """
        with self.limits.change(origin, netuid, Hyperparameter.MaxDifficulty):
            self.admin.ensure_exists(netuid)
            self.parameters.MaxDifficulty[netuid] = max_difficulty
            self.deposit(Events.MaxDifficultySet(netuid, max_difficulty))

    @call(9, weight=weigh(14_000_000, reads=1, writes=1))
    def sudo_set_adjustment_alpha(self, origin: Origin, netuid: NetUid, adjustment_alpha: u64) -> None:
        """Set how slowly the difficulty was adjusted; it is left of registration by work.

        Origin: the subnet's owner, or root.  Emits: AdjustmentAlphaSet.  Source: AdminUtils::sudo_set_adjustment_alpha
        """
        with self.limits.change(origin, netuid, Hyperparameter.AdjustmentAlpha):
            self.admin.ensure_exists(netuid)
            self.parameters.AdjustmentAlpha[netuid] = adjustment_alpha
            self.deposit(Events.AdjustmentAlphaSet(netuid, adjustment_alpha))

    # -- stake and emission

    @call(61, weight=weigh(28_343_000, 4280, reads=4, writes=1))
    def sudo_set_toggle_transfer(self, origin: Origin, netuid: NetUid, toggle: bool) -> None:
        """Set whether stake on a subnet may be given to another coldkey.

        Origin: the subnet's owner, or root.  Emits: TransferToggle.  Source: AdminUtils::sudo_set_toggle_transfer
        """
        with self.limits.change(origin, netuid, Hyperparameter.TransferEnabled):
            self.parameters.TransferToggle[netuid] = toggle
            self.deposit(Events.TransferToggle(netuid, toggle))

    @call(80, weight=weigh(20_000_000, reads=2, writes=2))
    def sudo_set_recycle_or_burn(self, origin: Origin, netuid: NetUid, recycle_or_burn: RecycleOrBurnEnum) -> None:
        """Set what becomes of the incentive of the owner's own miners.

        Origin: the subnet's owner, or root.  Source: AdminUtils::sudo_set_recycle_or_burn
        """
        with self.limits.change(origin, netuid, Hyperparameter.RecycleOrBurn):
            self.parameters.RecycleOrBurn[netuid] = recycle_or_burn

    @call(93, weight=weigh(38_100_000, 4419, reads=7, writes=1))
    def sudo_set_min_childkey_take_per_subnet(self, origin: Origin, netuid: NetUid, take: u16) -> None:
        """Set the least a child takes in a subnet, over 65,535; within the bounds of the whole chain.

        Origin: the subnet's owner, or root.  Emits: MinChildKeyTakePerSubnetSet.  Raises: InvalidValue.
        Source: AdminUtils::sudo_set_min_childkey_take_per_subnet
        """
        with self.limits.change(origin, netuid, Hyperparameter.MinChildkeyTake):
            self.admin.ensure_exists(netuid)
            if not self.parameters.MinChildkeyTake <= take <= self.parameters.MaxChildkeyTake:
                raise Admin.InvalidValue
            self.parameters.MinChildkeyTakePerSubnet[netuid] = take
            self.deposit(Events.MinChildKeyTakePerSubnetSet(netuid, take))

    @call(92, weight=OPERATIONAL, class_=DispatchClass.Operational)
    def sudo_set_owner_cut_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether the owner of a subnet gets its part of the emission; as often as one likes.

        Origin: the subnet's owner, or root.  Source: AdminUtils::sudo_set_owner_cut_enabled
        """
        self.limits.ensure_owner_or_root_in_window(origin, netuid)
        self.admin.ensure_exists_beside_root(netuid)
        self.parameters.OwnerCutEnabled[netuid] = enabled

    @call(95, weight=OPERATIONAL, class_=DispatchClass.Operational)
    def sudo_set_owner_cut_auto_lock_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether the owner's part is locked; as often as one likes.

        Origin: the subnet's owner, or root.  Source: AdminUtils::sudo_set_owner_cut_auto_lock_enabled
        """
        self.limits.ensure_owner_or_root_in_window(origin, netuid)
        self.admin.ensure_exists_beside_root(netuid)
        self.parameters.OwnerCutAutoLockEnabled[netuid] = enabled

    # -- the owner's hotkey

    @call(64, weight=weigh(3_918_000, writes=1))
    def sudo_set_subnet_owner_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Name another hotkey of the owner, once in 50,400 blocks; that holds for root too.

        Origin: the subnet's owner, or root.  Emits: SubnetOwnerHotkeySet.
        Raises: SubnetNotExists, TxRateLimitExceeded, CannotUseSystemAccount.
        Source: AdminUtils::sudo_set_subnet_owner_hotkey
        """
        self._set_owner_hotkey(origin, netuid, hotkey)

    @call(67, weight=weigh(25_687_000, 4177, reads=2, writes=2))
    def sudo_set_sn_owner_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Name another hotkey of the owner, as `sudo_set_subnet_owner_hotkey` does.

        Origin: the subnet's owner, or root.  Emits: SubnetOwnerHotkeySet.
        Raises: SubnetNotExists, TxRateLimitExceeded, CannotUseSystemAccount.
        Source: AdminUtils::sudo_set_sn_owner_hotkey
        """
        self._set_owner_hotkey(origin, netuid, hotkey)

    def _set_owner_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Source: SubtensorModule::do_set_sn_owner_hotkey"""
        self.registry.ensure_owner_or_root(origin, netuid)
        self.registry.ensure_exists(netuid)
        key = SetSNOwnerHotkey(netuid)
        self.limits.ensure_passed(self.registry.LastRateLimitedBlock[key], OWNER_HOTKEY_LIMIT)
        self.registry.LastRateLimitedBlock[key] = self.registry.block()
        self.registry.set_owner_hotkey(netuid, hotkey)
