"""The calls of AdminUtils as a table: with which value each is made, which item it sets, which events it deposits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from support.chain import dispatch
from support.economy import SUBNET, make_economy, skip_blocks

from chain.keys import Keypair
from chain.types import BlockNumber
from runtime.fixed import U64F64, u64f64
from runtime.frame.origin import Origin
from runtime.frame.pallet import Event
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import Hyperparameter, RecycleOrBurnEnum
from runtime.taonet import Taonet
from runtime.units import TaoBalance

TWICE = U64F64(2 * u64f64.one)


@dataclass(frozen=True)
class Row:
    """One call with a value that its item does not have before."""

    call: str
    argument: str
    value: Any
    item: str
    events: tuple[Event, ...] = ()
    section: str = "parameters"
    limit: Hyperparameter | None = None

    def set(self, runtime: Taonet, who: Keypair | Origin | None) -> None:
        """Make the call."""
        on = {"netuid": SUBNET} if self.is_map(runtime) else {}
        dispatch(runtime, who, f"AdminUtils.{self.call}", **on, **{self.argument: self.value})

    def is_map(self, runtime: Taonet) -> bool:
        """Whether the item has a value for each subnet."""
        return bool(type(getattr(runtime, self.section)).storage[self.item].hashers)

    def read(self, runtime: Taonet) -> Any:
        """What the item says."""
        item = getattr(getattr(runtime, self.section), self.item)
        return item[SUBNET] if self.is_map(runtime) else item


H = Hyperparameter
BURN = RecycleOrBurnEnum.Recycle
CHAIN_WIDE = [
    Row("sudo_set_default_take", "default_take", 7, "MaxDelegateTake", (Events.MaxDelegateTakeSet(7),)),
    Row("sudo_set_min_delegate_take", "take", 7, "MinDelegateTake", (Events.MinDelegateTakeSet(7),)),
    Row("sudo_set_stake_threshold", "min_stake", 7, "StakeThreshold", (Events.StakeThresholdSet(7),)),
    Row("sudo_set_nominator_min_required_stake", "min_stake", 7, "NominatorMinRequiredStake"),
    Row("sudo_set_ck_burn", "burn", 7, "CKBurn"),
    Row("sudo_set_tx_rate_limit", "tx_rate_limit", 7, "TxRateLimit", (Events.TxRateLimitSet(7),)),
    Row(
        "sudo_set_tx_delegate_take_rate_limit",
        "tx_rate_limit",
        7,
        "TxDelegateTakeRateLimit",
        (Events.TxDelegateTakeRateLimitSet(7),),
    ),
    Row("sudo_set_admin_freeze_window", "window", 7, "AdminFreezeWindow", (Events.AdminFreezeWindowSet(7),)),
    Row(
        "sudo_set_owner_hparam_rate_limit",
        "epochs",
        7,
        "OwnerHyperparamRateLimit",
        (Events.OwnerHyperparamRateLimitSet(7),),
    ),
    Row("sudo_set_network_rate_limit", "rate_limit", 7, "NetworkRateLimit", (Events.NetworkRateLimitSet(7),)),
    Row(
        "sudo_set_network_immunity_period",
        "immunity_period",
        7,
        "NetworkImmunityPeriod",
        (Events.NetworkImmunityPeriodSet(7),),
    ),
    Row(
        "sudo_set_network_min_lock_cost",
        "lock_cost",
        7,
        "NetworkMinLockCost",
        (Events.NetworkMinLockCostSet(TaoBalance(7)),),
    ),
    Row("sudo_set_subnet_limit", "max_subnets", 7, "SubnetLimit", (Events.SubnetLimitSet(7),)),
    Row(
        "sudo_set_lock_reduction_interval",
        "interval",
        7,
        "NetworkLockReductionInterval",
        (Events.NetworkLockCostReductionIntervalSet(7),),
    ),
    Row(
        "sudo_set_dissolve_network_schedule_duration",
        "duration",
        7,
        "DissolveNetworkScheduleDuration",
        (Events.DissolveNetworkScheduleDurationSet(BlockNumber(7)),),
    ),
    Row(
        "sudo_set_coldkey_swap_announcement_delay",
        "duration",
        7,
        "ColdkeySwapAnnouncementDelay",
        (Events.ColdkeySwapAnnouncementDelaySet(BlockNumber(7)),),
    ),
    Row(
        "sudo_set_coldkey_swap_reannouncement_delay",
        "duration",
        7,
        "ColdkeySwapReannouncementDelay",
        (Events.ColdkeySwapReannouncementDelaySet(BlockNumber(7)),),
    ),
    Row("sudo_set_tao_flow_cutoff", "flow_cutoff", -7, "TaoFlowCutoff"),
    Row("sudo_set_tao_flow_normalization_exponent", "exponent", TWICE, "FlowNormExponent"),
    Row("sudo_set_tao_flow_smoothing_factor", "smoothing_factor", 7, "FlowEmaSmoothingFactor"),
    Row("sudo_set_net_tao_flow_enabled", "enabled", False, "NetTaoFlowEnabled"),
    Row("sudo_set_evm_chain_id", "chain_id", 964, "ChainId", section="chain_id"),
    Row("sudo_set_start_call_delay", "delay", 7, "StartCallDelay", (Events.StartCallDelaySet(7),)),
    Row("sudo_set_max_mechanism_count", "max_mechanism_count", 16, "MaxMechanismCount"),
    Row("sudo_set_subnet_owner_cut", "subnet_owner_cut", 7, "SubnetOwnerCut", (Events.SubnetOwnerCutSet(7),)),
    Row("sudo_set_subnet_moving_alpha", "alpha", 7, "SubnetMovingAlpha"),
    Row(
        "sudo_set_commit_reveal_version",
        "version",
        7,
        "CommitRevealWeightsVersion",
        (Events.CommitRevealVersionSet(7),),
    ),
    Row(
        "sudo_set_max_epochs_per_block",
        "max_epochs_per_block",
        1,
        "MaxEpochsPerBlock",
        (Events.MaxEpochsPerBlockSet(1),),
    ),
]
ROOT_ONLY = [
    Row("sudo_set_tempo", "tempo", 77, "Tempo", (Events.TempoSet(SUBNET, 77),)),
    Row("sudo_set_kappa", "kappa", 7, "Kappa", (Events.KappaSet(SUBNET, 7),)),
    Row("sudo_set_ema_price_halving_period", "ema_halving", 7, "EMAPriceHalvingBlocks"),
    Row("sudo_set_subtoken_enabled", "subtoken_enabled", False, "SubtokenEnabled", section="registry"),
    Row(
        "sudo_set_subnet_emission_enabled",
        "enabled",
        True,
        "SubnetEmissionEnabled",
        (Admin.SubnetEmissionEnabledSet(SUBNET, True),),
    ),
    Row(
        "sudo_set_max_allowed_validators",
        "max_allowed_validators",
        256,
        "MaxAllowedValidators",
        (Events.MaxAllowedValidatorsSet(SUBNET, 256),),
    ),
    Row("sudo_set_min_allowed_uids", "min_allowed_uids", 0, "MinAllowedUids", (Events.MinAllowedUidsSet(SUBNET, 0),)),
    Row("sudo_set_min_non_immune_uids", "min", 7, "MinNonImmuneUids", (Events.MinNonImmuneUidsSet(SUBNET, 7),)),
    Row(
        "sudo_set_network_registration_allowed",
        "registration_allowed",
        False,
        "NetworkRegistrationAllowed",
        (Events.RegistrationAllowed(SUBNET, False),),
    ),
    Row(
        "sudo_set_target_registrations_per_interval",
        "target_registrations_per_interval",
        7,
        "TargetRegistrationsPerInterval",
        (Events.RegistrationPerIntervalSet(SUBNET, 7),),
    ),
    Row(
        "sudo_set_max_registrations_per_block",
        "max_registrations_per_block",
        7,
        "MaxRegistrationsPerBlock",
        (Events.MaxRegistrationsPerBlockSet(SUBNET, 7),),
    ),
    Row(
        "sudo_set_rao_recycled",
        "rao_recycled",
        7,
        "RAORecycledForRegistration",
        (Events.RAORecycledForRegistrationSet(SUBNET, TaoBalance(7)),),
        section="neurons",
    ),
    Row(
        "sudo_set_weights_set_rate_limit",
        "weights_set_rate_limit",
        7,
        "WeightsSetRateLimit",
        (Events.WeightsSetRateLimitSet(SUBNET, 7),),
    ),
    Row(
        "sudo_set_adjustment_interval",
        "adjustment_interval",
        7,
        "AdjustmentInterval",
        (Events.AdjustmentIntervalSet(SUBNET, 7),),
    ),
    Row("sudo_set_min_difficulty", "min_difficulty", 7, "MinDifficulty", (Events.MinDifficultySet(SUBNET, 7),)),
    Row("sudo_set_difficulty", "difficulty", 7, "Difficulty", (Events.DifficultySet(SUBNET, 7),)),
]
LIMITED = [
    Row("sudo_set_min_burn", "min_burn", 7, "MinBurn", (Events.MinBurnSet(SUBNET, TaoBalance(7)),), limit=H.MinBurn),
    Row(
        "sudo_set_max_burn",
        "max_burn",
        10**9,
        "MaxBurn",
        (Events.MaxBurnSet(SUBNET, TaoBalance(10**9)),),
        limit=H.MaxBurn,
    ),
    Row(
        "sudo_set_burn_half_life",
        "burn_half_life",
        7,
        "BurnHalfLife",
        (Admin.BurnHalfLifeSet(SUBNET, 7),),
        limit=H.BurnHalfLife,
    ),
    Row(
        "sudo_set_burn_increase_mult",
        "burn_increase_mult",
        TWICE,
        "BurnIncreaseMult",
        (Admin.BurnIncreaseMultSet(SUBNET, TWICE),),
        limit=H.BurnIncreaseMult,
    ),
    Row(
        "sudo_set_immunity_period",
        "immunity_period",
        7,
        "ImmunityPeriod",
        (Events.ImmunityPeriodSet(SUBNET, 7),),
        limit=H.ImmunityPeriod,
    ),
    Row(
        "sudo_set_max_allowed_uids",
        "max_allowed_uids",
        64,
        "MaxAllowedUids",
        (Events.MaxAllowedUidsSet(SUBNET, 64),),
        limit=H.MaxAllowedUids,
    ),
    Row("sudo_set_owner_immune_neuron_limit", "immune_neurons", 10, "ImmuneOwnerUidsLimit", limit=H.ImmuneNeuronLimit),
    Row(
        "sudo_set_serving_rate_limit",
        "serving_rate_limit",
        7,
        "ServingRateLimit",
        (Events.ServingRateLimitSet(SUBNET, 7),),
        limit=H.ServingRateLimit,
    ),
    Row(
        "sudo_set_max_difficulty",
        "max_difficulty",
        7,
        "MaxDifficulty",
        (Events.MaxDifficultySet(SUBNET, 7),),
        limit=H.MaxDifficulty,
    ),
    Row(
        "sudo_set_adjustment_alpha",
        "adjustment_alpha",
        7,
        "AdjustmentAlpha",
        (Events.AdjustmentAlphaSet(SUBNET, 7),),
        limit=H.AdjustmentAlpha,
    ),
    Row(
        "sudo_set_toggle_transfer",
        "toggle",
        False,
        "TransferToggle",
        (Events.TransferToggle(SUBNET, False),),
        limit=H.TransferEnabled,
    ),
    Row("sudo_set_recycle_or_burn", "recycle_or_burn", BURN, "RecycleOrBurn", limit=H.RecycleOrBurn),
    Row(
        "sudo_set_min_childkey_take_per_subnet",
        "take",
        7,
        "MinChildkeyTakePerSubnet",
        (Events.MinChildKeyTakePerSubnetSet(SUBNET, 7),),
        limit=H.MinChildkeyTake,
    ),
    Row(
        "sudo_set_min_allowed_weights",
        "min_allowed_weights",
        7,
        "MinAllowedWeights",
        (Events.MinAllowedWeightSet(SUBNET, 7),),
        limit=H.MinAllowedWeights,
    ),
    Row(
        "sudo_set_commit_reveal_weights_enabled",
        "enabled",
        False,
        "CommitRevealWeightsEnabled",
        (Events.CommitRevealEnabled(SUBNET, False),),
        limit=H.CommitRevealEnabled,
    ),
    Row(
        "sudo_set_commit_reveal_weights_interval",
        "interval",
        100,
        "RevealPeriodEpochs",
        (Events.CommitRevealPeriodsSet(SUBNET, 100),),
        limit=H.WeightCommitInterval,
    ),
    Row(
        "sudo_set_activity_cutoff",
        "activity_cutoff",
        360,
        "ActivityCutoff",
        (Events.ActivityCutoffSet(SUBNET, 360),),
        limit=H.ActivityCutoff,
    ),
    Row(
        "sudo_set_bonds_moving_average",
        "bonds_moving_average",
        975_000,
        "BondsMovingAverage",
        (Events.BondsMovingAverageSet(SUBNET, 975_000),),
        limit=H.BondsMovingAverage,
    ),
    Row(
        "sudo_set_bonds_penalty",
        "bonds_penalty",
        7,
        "BondsPenalty",
        (Events.BondsPenaltySet(SUBNET, 7),),
        limit=H.BondsPenalty,
    ),
    Row(
        "sudo_set_bonds_reset_enabled",
        "enabled",
        True,
        "BondsResetOn",
        (Events.BondsResetOnSet(SUBNET, True), Admin.BondsResetToggled(SUBNET, True)),
        limit=H.BondsResetEnabled,
    ),
    Row("sudo_set_rho", "rho", 7, "Rho", limit=H.Rho),
    Row(
        "sudo_set_yuma3_enabled",
        "enabled",
        False,
        "Yuma3On",
        (Admin.Yuma3EnableToggled(SUBNET, False),),
        limit=H.Yuma3Enabled,
    ),
    Row("sudo_set_liquid_alpha_enabled", "enabled", True, "LiquidAlphaOn", limit=H.LiquidAlphaEnabled),
    Row("sudo_set_alpha_sigmoid_steepness", "steepness", 7, "AlphaSigmoidSteepness", limit=H.AlphaSigmoidSteepness),
]
"""What owners set as well, each parameter once in some tempos."""
UNLIMITED = [
    Row("sudo_set_owner_cut_enabled", "enabled", False, "OwnerCutEnabled"),
    Row("sudo_set_owner_cut_auto_lock_enabled", "enabled", True, "OwnerCutAutoLockEnabled"),
]
"""What owners set as often as they like."""
OF_KEYS = [
    Row(
        "sudo_set_weights_version_key",
        "weights_version_key",
        7,
        "WeightsVersionKey",
        (Events.WeightsVersionKeySet(SUBNET, 7),),
    ),
]
"""What has a limit of its own, which is noted by coldkey."""
EVERY = [*CHAIN_WIDE, *ROOT_ONLY, *LIMITED, *UNLIMITED, *OF_KEYS]
NOT_IN_TABLE = {
    "swap_authorities",
    "schedule_grandpa_change",
    "sudo_set_alpha_values",
    "sudo_set_subnet_owner_hotkey",
    "sudo_set_sn_owner_hotkey",
    "sudo_set_total_issuance",
    "sudo_set_network_pow_registration_allowed",
    "sudo_toggle_evm_precompile",
    "sudo_set_mechanism_count",
    "sudo_set_mechanism_emission_split",
    "sudo_trim_to_max_allowed_uids",
}
"""Calls that do not set one item to one value."""
UNGUARDED = {
    "sudo_set_kappa",
    "sudo_set_ema_price_halving_period",
    "sudo_set_subnet_emission_enabled",
    "sudo_set_min_non_immune_uids",
    "sudo_set_network_registration_allowed",
    "sudo_set_rao_recycled",
    "sudo_set_weights_set_rate_limit",
    "sudo_set_adjustment_interval",
}
"""Calls for a subnet that root may make just before an epoch, too."""
OF_ANY_SUBNET = {
    "sudo_set_ema_price_halving_period",
    "sudo_set_subtoken_enabled",
    "sudo_set_min_non_immune_uids",
    "sudo_set_network_registration_allowed",
    "sudo_set_owner_immune_neuron_limit",
    "sudo_set_serving_rate_limit",
    "sudo_set_toggle_transfer",
    "sudo_set_recycle_or_burn",
    "sudo_set_bonds_reset_enabled",
    "sudo_set_yuma3_enabled",
    "sudo_set_liquid_alpha_enabled",
}
"""Calls by which root sets an item of a subnet that does not exist."""


def name_of(row: Row) -> str:
    """The name of a row's test."""
    return row.call


def make_administration() -> Taonet:
    """An economy outside of the freeze window, an hour old."""
    runtime = make_economy()
    runtime.parameters.AdminFreezeWindow = 0
    skip_blocks(runtime, 300)
    return runtime
