"""What the owner of a subnet sets, or root: weights, bonds and consensus."""

from __future__ import annotations

from chain.scale.hints import i16, u16, u64
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import Hyperparameter
from runtime.units import NetUid

SLOWEST_BONDS = 975_000
"""The slowest bonds that an owner may choose, in millionths."""
LEAST_ALPHA = 65_535 // 40
"""The least speed of liquid alpha, over 65,535."""
REVEAL_PERIODS = range(1, 101)
"""After how many epochs a commit may be revealed. Source: MIN_COMMIT_REVEAL_PEROIDS, MAX_COMMIT_REVEAL_PEROIDS"""


class AdminConsensus(Pallet):
    """Parameters of a subnet's consensus for its owner and root. A section of AdminUtils."""

    admin: Admin
    limits: OwnerLimits
    parameters: Parameters

    # -- weights

    @call(6, weight=weigh(34_204_000, 4383, reads=5, writes=1))
    def sudo_set_weights_version_key(self, origin: Origin, netuid: NetUid, weights_version_key: u64) -> None:
        """Set the least version of a validator that may set weights; an owner once in 5 tempos.

        Origin: the subnet's owner, or root.  Emits: WeightsVersionKeySet.
        Source: AdminUtils::sudo_set_weights_version_key
        """
        with self.limits.change_version_key(origin, netuid):
            self.admin.ensure_exists(netuid)
            self.parameters.WeightsVersionKey[netuid] = weights_version_key
            self.deposit(Events.WeightsVersionKeySet(netuid, weights_version_key))

    @call(14, weight=weigh(34_664_000, 4383, reads=5, writes=1))
    def sudo_set_min_allowed_weights(self, origin: Origin, netuid: NetUid, min_allowed_weights: u16) -> None:
        """Set how many weights a validator must set at least.

        Origin: the subnet's owner, or root.  Emits: MinAllowedWeightSet.
        Source: AdminUtils::sudo_set_min_allowed_weights
        """
        with self.limits.change(origin, netuid, Hyperparameter.MinAllowedWeights):
            self.admin.ensure_exists(netuid)
            self.parameters.MinAllowedWeights[netuid] = min_allowed_weights
            self.deposit(Events.MinAllowedWeightSet(netuid, min_allowed_weights))

    @call(49, weight=weigh(34_544_000, 4383, reads=5, writes=1))
    def sudo_set_commit_reveal_weights_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether weights are committed before they are revealed.

        Origin: the subnet's owner, or root.  Emits: CommitRevealEnabled.
        Source: AdminUtils::sudo_set_commit_reveal_weights_enabled
        """
        with self.limits.change(origin, netuid, Hyperparameter.CommitRevealEnabled):
            self.admin.ensure_exists(netuid)
            self.parameters.CommitRevealWeightsEnabled[netuid] = enabled
            self.deposit(Events.CommitRevealEnabled(netuid, enabled))

    @call(57, weight=weigh(34_654_000, 4383, reads=5, writes=1))
    def sudo_set_commit_reveal_weights_interval(self, origin: Origin, netuid: NetUid, interval: u64) -> None:
        """Set after how many epochs a commit is revealed, 1 to 100.

        Origin: the subnet's owner, or root.  Emits: CommitRevealPeriodsSet.
        Raises: RevealPeriodTooLarge, RevealPeriodTooSmall.
        Source: AdminUtils::sudo_set_commit_reveal_weights_interval
        """
        with self.limits.change(origin, netuid, Hyperparameter.WeightCommitInterval):
            self.admin.ensure_exists(netuid)
            if interval >= REVEAL_PERIODS.stop:
                raise Errors.RevealPeriodTooLarge
            if interval < REVEAL_PERIODS.start:
                raise Errors.RevealPeriodTooSmall
            self.parameters.RevealPeriodEpochs[netuid] = interval
            self.deposit(Events.CommitRevealPeriodsSet(netuid, interval))

    @call(18, weight=weigh(35_165_000, 4383, reads=6, writes=1))
    def sudo_set_activity_cutoff(self, origin: Origin, netuid: NetUid, activity_cutoff: u16) -> None:
        """Set after how many blocks a validator counts as inactive.

        Origin: the subnet's owner, or root.  Emits: ActivityCutoffSet.  Raises: ActivityCutoffTooLow.
        Source: AdminUtils::sudo_set_activity_cutoff
        """
        with self.limits.change(origin, netuid, Hyperparameter.ActivityCutoff):
            self.admin.ensure_exists(netuid)
            if activity_cutoff < self.parameters.MinActivityCutoff:
                raise Errors.ActivityCutoffTooLow
            self.parameters.ActivityCutoff[netuid] = activity_cutoff
            self.deposit(Events.ActivityCutoffSet(netuid, activity_cutoff))

    # -- bonds

    @call(26, weight=weigh(34_495_000, 4383, reads=5, writes=1))
    def sudo_set_bonds_moving_average(self, origin: Origin, netuid: NetUid, bonds_moving_average: u64) -> None:
        """Set how slowly bonds follow weights, in millionths; for an owner up to 975,000.

        Origin: the subnet's owner, or root.  Emits: BondsMovingAverageSet.  Raises: BondsMovingAverageMaxReached.
        Source: AdminUtils::sudo_set_bonds_moving_average
        """
        with self.limits.change(origin, netuid, Hyperparameter.BondsMovingAverage) as owner:
            if owner is not None and bonds_moving_average > SLOWEST_BONDS:
                raise Admin.BondsMovingAverageMaxReached
            self.admin.ensure_exists(netuid)
            self.parameters.BondsMovingAverage[netuid] = bonds_moving_average
            self.deposit(Events.BondsMovingAverageSet(netuid, bonds_moving_average))

    @call(60, weight=weigh(34_354_000, 4383, reads=5, writes=1))
    def sudo_set_bonds_penalty(self, origin: Origin, netuid: NetUid, bonds_penalty: u16) -> None:
        """Set how much bonds suffer from weights above consensus, over 65,535.

        Origin: the subnet's owner, or root.  Emits: BondsPenaltySet.  Source: AdminUtils::sudo_set_bonds_penalty
        """
        with self.limits.change(origin, netuid, Hyperparameter.BondsPenalty):
            self.admin.ensure_exists(netuid)
            self.parameters.BondsPenalty[netuid] = bonds_penalty
            self.deposit(Events.BondsPenaltySet(netuid, bonds_penalty))

    @call(70, weight=weigh(30_507_000, 4280, reads=4, writes=1))
    def sudo_set_bonds_reset_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether a miner may have its bonds reset.

        Origin: the subnet's owner, or root.  Emits: BondsResetOnSet, BondsResetToggled.
        Source: AdminUtils::sudo_set_bonds_reset_enabled
        """
        with self.limits.change(origin, netuid, Hyperparameter.BondsResetEnabled):
            self.parameters.BondsResetOn[netuid] = enabled
            self.deposit(Events.BondsResetOnSet(netuid, enabled))
            self.deposit(Admin.BondsResetToggled(netuid=netuid, enabled=enabled))

    # -- consensus

    @call(17, weight=weigh(31_268_000, 4383, reads=5, writes=1))
    def sudo_set_rho(self, origin: Origin, netuid: NetUid, rho: u16) -> None:
        """Set a parameter of an older consensus.

        Origin: the subnet's owner, or root.  Source: AdminUtils::sudo_set_rho
        """
        with self.limits.change(origin, netuid, Hyperparameter.Rho):
            self.admin.ensure_exists(netuid)
            self.parameters.Rho[netuid] = rho

    @call(69, weight=weigh(28_583_000, 4280, reads=4, writes=1))
    def sudo_set_yuma3_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether a subnet runs the third form of the consensus.

        Origin: the subnet's owner, or root.  Emits: Yuma3EnableToggled.  Source: AdminUtils::sudo_set_yuma3_enabled
        """
        with self.limits.change(origin, netuid, Hyperparameter.Yuma3Enabled):
            self.parameters.Yuma3On[netuid] = enabled
            self.deposit(Admin.Yuma3EnableToggled(netuid=netuid, enabled=enabled))

    @call(50, weight=weigh(25_538_000, 4280, reads=4, writes=1))
    def sudo_set_liquid_alpha_enabled(self, origin: Origin, netuid: NetUid, enabled: bool) -> None:
        """Set whether bonds follow weights at a speed of their own.

        Origin: the subnet's owner, or root.  Source: AdminUtils::sudo_set_liquid_alpha_enabled
        """
        with self.limits.change(origin, netuid, Hyperparameter.LiquidAlphaEnabled):
            self.parameters.LiquidAlphaOn[netuid] = enabled

    @call(51, weight=weigh(34_224_000, 4427, reads=5, writes=1))
    def sudo_set_alpha_values(self, origin: Origin, netuid: NetUid, alpha_low: u16, alpha_high: u16) -> None:
        """Set the least and the greatest speed of liquid alpha, over 65,535; a fortieth at least.

        Origin: the subnet's owner, or root.  Raises: LiquidAlphaDisabled, AlphaHighTooLow, AlphaLowOutOfRange.
        Source: AdminUtils::sudo_set_alpha_values
        """
        with self.limits.change(origin, netuid, Hyperparameter.AlphaValues):
            if not self.parameters.LiquidAlphaOn[netuid]:
                raise Errors.LiquidAlphaDisabled
            if alpha_high < LEAST_ALPHA:
                raise Errors.AlphaHighTooLow
            if not LEAST_ALPHA <= alpha_low <= alpha_high:
                raise Errors.AlphaLowOutOfRange
            self.parameters.AlphaValues[netuid] = (alpha_low, alpha_high)

    @call(68, weight=weigh(31_438_000, 4383, reads=5, writes=1))
    def sudo_set_alpha_sigmoid_steepness(self, origin: Origin, netuid: NetUid, steepness: i16) -> None:
        """Set how steep the sigmoid of liquid alpha is; below 0 only as root.

        Origin: the subnet's owner, or root.  Raises: NegativeSigmoidSteepness.
        Source: AdminUtils::sudo_set_alpha_sigmoid_steepness
        """
        with self.limits.change(origin, netuid, Hyperparameter.AlphaSigmoidSteepness) as owner:
            self.admin.ensure_exists(netuid)
            if owner is not None and steepness < 0:
                raise Admin.NegativeSigmoidSteepness
            self.parameters.AlphaSigmoidSteepness[netuid] = steepness
