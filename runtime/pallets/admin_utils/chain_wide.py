"""What root sets for the whole chain."""

from __future__ import annotations

from chain.scale.hints import u8, u16, u64
from chain.types import BlockNumber
from runtime.fixed import I96F32, U64_MAX
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.staking.limits import MIN_STAKE
from runtime.pallets.staking.pallet import Staking
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import TaoBalance

UNMEASURED = weigh(14_000_000, writes=1)
MOST_MECHANISMS = 16
"""More mechanisms than that no subnet can have. Source: MAX_MECHANISM_COUNT_PER_SUBNET"""


class AdminChain(Pallet):
    """Parameters of the whole chain, for root. A section of AdminUtils."""

    admin: Admin
    parameters: Parameters
    stakes: Stakes
    staking: Staking

    # -- takes and stakes

    @call(1, weight=weigh(5_400_000, writes=1))
    def sudo_set_default_take(self, origin: Origin, default_take: u16) -> None:
        """Set the most that a delegate may take, over 65,535.

        Origin: root.  Emits: MaxDelegateTakeSet.  Source: AdminUtils::sudo_set_default_take
        """
        ensure_root(origin)
        self.parameters.MaxDelegateTake = default_take
        self.deposit(Events.MaxDelegateTakeSet(default_take))

    @call(46, weight=weigh(5_490_000, writes=1))
    def sudo_set_min_delegate_take(self, origin: Origin, take: u16) -> None:
        """Set the least that a delegate may take, over 65,535.

        Origin: root.  Emits: MinDelegateTakeSet.  Source: AdminUtils::sudo_set_min_delegate_take
        """
        ensure_root(origin)
        self.parameters.MinDelegateTake = take
        self.deposit(Events.MinDelegateTakeSet(take))

    @call(42, weight=weigh(5_500_000, writes=1))
    def sudo_set_stake_threshold(self, origin: Origin, min_stake: u64) -> None:
        """Set the stake that setting weights needs, in rao.

        Origin: root.  Emits: StakeThresholdSet.  Source: AdminUtils::sudo_set_stake_threshold
        """
        ensure_root(origin)
        self.parameters.StakeThreshold = min_stake
        self.deposit(Events.StakeThresholdSet(min_stake))

    @call(43, weight=weigh(30_697_000, 6890, reads=5, writes=1))
    def sudo_set_nominator_min_required_stake(self, origin: Origin, min_stake: u64) -> None:
        """Set how much of the least stake a nominator must keep, in millionths; who keeps less is unstaked.

        Nominations are gone through where the new number is above the old least nomination in rao: the chain compares
        these two although their units differ.

        Origin: root.  Source: AdminUtils::sudo_set_nominator_min_required_stake
        """
        ensure_root(origin)
        before = min(MIN_STAKE * self.parameters.NominatorMinRequiredStake, U64_MAX) // 1_000_000
        self.parameters.NominatorMinRequiredStake = min_stake
        if min_stake > before:
            for hotkey, coldkey, netuid in sorted([*self.stakes.Alpha, *self.stakes.AlphaV2]):
                self.staking.clear_small_nomination(hotkey, coldkey, netuid)

    @call(73, weight=weigh(15_650_000, reads=1, writes=1))
    def sudo_set_ck_burn(self, origin: Origin, burn: u64) -> None:
        """Set the part of a child's dividend that is burned, over 2^64 - 1.

        Origin: root.  Source: AdminUtils::sudo_set_ck_burn
        """
        ensure_root(origin)
        self.parameters.CKBurn = burn

    # -- rate limits

    @call(2, weight=weigh(5_440_000, writes=1))
    def sudo_set_tx_rate_limit(self, origin: Origin, tx_rate_limit: u64) -> None:
        """Set how many blocks lie between two swaps of a coldkey's hotkeys.

        Origin: root.  Emits: TxRateLimitSet.  Source: AdminUtils::sudo_set_tx_rate_limit
        """
        ensure_root(origin)
        self.parameters.TxRateLimit = tx_rate_limit
        self.deposit(Events.TxRateLimitSet(tx_rate_limit))

    @call(45, weight=weigh(5_420_000, writes=1))
    def sudo_set_tx_delegate_take_rate_limit(self, origin: Origin, tx_rate_limit: u64) -> None:
        """Set how many blocks lie between two raises of a delegate's take.

        Origin: root.  Emits: TxDelegateTakeRateLimitSet.  Source: AdminUtils::sudo_set_tx_delegate_take_rate_limit
        """
        ensure_root(origin)
        self.parameters.TxDelegateTakeRateLimit = tx_rate_limit
        self.deposit(Events.TxDelegateTakeRateLimitSet(tx_rate_limit))

    @call(74, weight=weigh(5_450_000, writes=1))
    def sudo_set_admin_freeze_window(self, origin: Origin, window: u16) -> None:
        """Set how many blocks before an epoch a subnet's parameters may not be changed.

        Origin: root.  Emits: AdminFreezeWindowSet.  Source: AdminUtils::sudo_set_admin_freeze_window
        """
        ensure_root(origin)
        self.parameters.AdminFreezeWindow = window
        self.deposit(Events.AdminFreezeWindowSet(window))

    @call(75, weight=weigh(5_471_000, writes=1))
    def sudo_set_owner_hparam_rate_limit(self, origin: Origin, epochs: u16) -> None:
        """Set how many tempos lie between two changes of one parameter by an owner.

        Origin: root.  Emits: OwnerHyperparamRateLimitSet.  Source: AdminUtils::sudo_set_owner_hparam_rate_limit
        """
        ensure_root(origin)
        self.parameters.OwnerHyperparamRateLimit = epochs
        self.deposit(Events.OwnerHyperparamRateLimitSet(epochs))

    # -- how subnets come

    @call(29, weight=UNMEASURED)
    def sudo_set_network_rate_limit(self, origin: Origin, rate_limit: u64) -> None:
        """Set how many blocks lie between two registrations of subnets.

        Origin: root.  Emits: NetworkRateLimitSet.  Source: AdminUtils::sudo_set_network_rate_limit
        """
        ensure_root(origin)
        self.parameters.NetworkRateLimit = rate_limit
        self.deposit(Events.NetworkRateLimitSet(rate_limit))

    @call(35, weight=UNMEASURED)
    def sudo_set_network_immunity_period(self, origin: Origin, immunity_period: u64) -> None:
        """Set how old a subnet must be before it may be pruned, in blocks.

        Origin: root.  Emits: NetworkImmunityPeriodSet.  Source: AdminUtils::sudo_set_network_immunity_period
        """
        ensure_root(origin)
        self.parameters.NetworkImmunityPeriod = immunity_period
        self.deposit(Events.NetworkImmunityPeriodSet(immunity_period))

    @call(36, weight=UNMEASURED)
    def sudo_set_network_min_lock_cost(self, origin: Origin, lock_cost: TaoBalance) -> None:
        """Set the least lock of a subnet, in rao.

        Origin: root.  Emits: NetworkMinLockCostSet.  Source: AdminUtils::sudo_set_network_min_lock_cost
        """
        ensure_root(origin)
        self.parameters.NetworkMinLockCost = lock_cost
        self.deposit(Events.NetworkMinLockCostSet(lock_cost))

    @call(37, weight=UNMEASURED)
    def sudo_set_subnet_limit(self, origin: Origin, max_subnets: u16) -> None:
        """Set how many subnets there may be besides the root network.

        Origin: root.  Emits: SubnetLimitSet.  Source: AdminUtils::sudo_set_subnet_limit
        """
        ensure_root(origin)
        self.parameters.SubnetLimit = max_subnets
        self.deposit(Events.SubnetLimitSet(max_subnets))

    @call(38, weight=UNMEASURED)
    def sudo_set_lock_reduction_interval(self, origin: Origin, interval: u64) -> None:
        """Set in how many blocks the lock of a subnet falls by one minimum.

        Origin: root.  Emits: NetworkLockCostReductionIntervalSet.
        Source: AdminUtils::sudo_set_lock_reduction_interval
        """
        ensure_root(origin)
        self.parameters.NetworkLockReductionInterval = interval
        self.deposit(Events.NetworkLockCostReductionIntervalSet(interval))

    @call(85, weight=UNMEASURED)
    def sudo_set_start_call_delay(self, origin: Origin, delay: u64) -> None:
        """Set how long a subnet waits before it may start, in blocks.

        Origin: root.  Emits: StartCallDelaySet.  Source: AdminUtils::sudo_set_start_call_delay
        """
        ensure_root(origin)
        self.parameters.StartCallDelay = delay
        self.deposit(Events.StartCallDelaySet(delay))

    @call(88, weight=weigh(15_000_000, reads=1, writes=1))
    def sudo_set_max_mechanism_count(self, origin: Origin, max_mechanism_count: u8) -> None:
        """Set how many mechanisms a subnet may have, 1 to 16.

        Origin: root.  Raises: InvalidValue.  Source: AdminUtils::sudo_set_max_mechanism_count
        """
        ensure_root(origin)
        if not 1 <= max_mechanism_count <= MOST_MECHANISMS:
            raise Errors.InvalidValue
        self.parameters.MaxMechanismCount = max_mechanism_count

    @call(55, weight=weigh(5_591_000, writes=1))
    def sudo_set_dissolve_network_schedule_duration(self, origin: Origin, duration: BlockNumber) -> None:
        """Set how many blocks lay between a call for the end of a subnet and the end.

        Origin: root.  Emits: DissolveNetworkScheduleDurationSet.
        Source: AdminUtils::sudo_set_dissolve_network_schedule_duration
        """
        ensure_root(origin)
        self.parameters.DissolveNetworkScheduleDuration = duration
        self.deposit(Events.DissolveNetworkScheduleDurationSet(duration))

    # -- swaps of coldkeys

    @call(86, weight=weigh(5_370_000, writes=1))
    def sudo_set_coldkey_swap_announcement_delay(self, origin: Origin, duration: BlockNumber) -> None:
        """Set how many blocks lie between the announcement of a coldkey's swap and the swap.

        Origin: root.  Emits: ColdkeySwapAnnouncementDelaySet.
        Source: AdminUtils::sudo_set_coldkey_swap_announcement_delay
        """
        ensure_root(origin)
        self.parameters.ColdkeySwapAnnouncementDelay = duration
        self.deposit(Events.ColdkeySwapAnnouncementDelaySet(duration))

    @call(87, weight=weigh(5_360_000, writes=1))
    def sudo_set_coldkey_swap_reannouncement_delay(self, origin: Origin, duration: BlockNumber) -> None:
        """Set how many blocks after that delay a coldkey's swap may be announced again.

        Origin: root.  Emits: ColdkeySwapReannouncementDelaySet.
        Source: AdminUtils::sudo_set_coldkey_swap_reannouncement_delay
        """
        ensure_root(origin)
        self.parameters.ColdkeySwapReannouncementDelay = duration
        self.deposit(Events.ColdkeySwapReannouncementDelaySet(duration))

    # -- emission and consensus

    @call(28, weight=UNMEASURED)
    def sudo_set_subnet_owner_cut(self, origin: Origin, subnet_owner_cut: u16) -> None:
        """Set the owners' part of their subnets' emission, over 65,535.

        Origin: root.  Emits: SubnetOwnerCutSet.  Source: AdminUtils::sudo_set_subnet_owner_cut
        """
        ensure_root(origin)
        self.parameters.SubnetOwnerCut = subnet_owner_cut
        self.deposit(Events.SubnetOwnerCutSet(subnet_owner_cut))

    @call(33, weight=weigh(5_931_000))
    def sudo_set_total_issuance(self, origin: Origin, total_issuance: TaoBalance) -> None:
        """No more: the issuance follows from what was emitted and burned.  Raises: Deprecated."""
        raise Admin.Deprecated

    @call(63, weight=weigh(2_955_000, writes=1))
    def sudo_set_subnet_moving_alpha(self, origin: Origin, alpha: I96F32) -> None:
        """Set how fast moving prices follow prices.

        Origin: root.  Source: AdminUtils::sudo_set_subnet_moving_alpha
        """
        ensure_root(origin)
        self.parameters.SubnetMovingAlpha = alpha

    @call(71, weight=weigh(6_052_000, writes=1))
    def sudo_set_commit_reveal_version(self, origin: Origin, version: u16) -> None:
        """Set the version of timelocked commits that is in force.

        Origin: root.  Emits: CommitRevealVersionSet.  Source: AdminUtils::sudo_set_commit_reveal_version
        """
        ensure_root(origin)
        self.parameters.CommitRevealWeightsVersion = version
        self.deposit(Events.CommitRevealVersionSet(version))

    @call(96, weight=weigh(5_530_000, writes=1))
    def sudo_set_max_epochs_per_block(self, origin: Origin, max_epochs_per_block: u8) -> None:
        """Set how many epochs may run in one block, 1 at least.

        Origin: root.  Emits: MaxEpochsPerBlockSet.  Raises: ValueNotInBounds.
        Source: AdminUtils::sudo_set_max_epochs_per_block
        """
        ensure_root(origin)
        if not max_epochs_per_block:
            raise Admin.ValueNotInBounds
        self.parameters.MaxEpochsPerBlock = max_epochs_per_block
        self.deposit(Events.MaxEpochsPerBlockSet(max_epochs_per_block))
