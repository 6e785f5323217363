"""What clients are told of a subnet: its figures, its hyperparameters, its market.

Source: pallet_subtensor::rpc_info::{subnet_info, dynamic_info, show_subnet}
"""

from __future__ import annotations

from typing import Annotated

from chain.scale.hints import Compact, Fixed, ScaleEnum, struct, u16, u32, u64, u128
from chain.types import AccountId
from runtime.apis.metagraph_structs import Text
from runtime.fixed import I32F32, I96F32, U64F64
from runtime.pallets.subtensor.types import SubnetIdentity
from runtime.units import AlphaBalance, NetUid, TaoBalance


@struct("pallet_subtensor::rpc_info::subnet_info::SubnetInfo", params={"AccountId": AccountId})
class SubnetInfo:
    """The figures of a subnet."""

    netuid: Compact[NetUid]
    rho: Compact[u16]
    kappa: Compact[u16]
    difficulty: Compact[u64]
    immunity_period: Compact[u16]
    max_allowed_validators: Compact[u16]
    min_allowed_weights: Compact[u16]
    max_weights_limit: Compact[u16]
    scaling_law_power: Compact[u16]
    subnetwork_n: Compact[u16]
    max_allowed_uids: Compact[u16]
    blocks_since_last_step: Compact[u64]
    tempo: Compact[u16]
    network_modality: Compact[u16]
    network_connect: tuple[Annotated[tuple[u16, ...], Fixed(2)], ...]
    emission_values: Compact[u64]
    burn: Compact[TaoBalance]
    owner: AccountId


@struct("pallet_subtensor::rpc_info::subnet_info::SubnetInfov2", params={"AccountId": AccountId})
class SubnetInfov2:
    """The figures of a subnet, and what its owner tells of it."""

    netuid: Compact[NetUid]
    rho: Compact[u16]
    kappa: Compact[u16]
    difficulty: Compact[u64]
    immunity_period: Compact[u16]
    max_allowed_validators: Compact[u16]
    min_allowed_weights: Compact[u16]
    max_weights_limit: Compact[u16]
    scaling_law_power: Compact[u16]
    subnetwork_n: Compact[u16]
    max_allowed_uids: Compact[u16]
    blocks_since_last_step: Compact[u64]
    tempo: Compact[u16]
    network_modality: Compact[u16]
    network_connect: tuple[Annotated[tuple[u16, ...], Fixed(2)], ...]
    emission_value: Compact[u64]
    burn: Compact[TaoBalance]
    owner: AccountId
    identity: SubnetIdentity | None


@struct("pallet_subtensor::rpc_info::subnet_info::SubnetHyperparams")
class SubnetHyperparams:
    """The hyperparameters of a subnet."""

    rho: Compact[u16]
    kappa: Compact[u16]
    immunity_period: Compact[u16]
    min_allowed_weights: Compact[u16]
    max_weights_limit: Compact[u16]
    tempo: Compact[u16]
    min_difficulty: Compact[u64]
    max_difficulty: Compact[u64]
    weights_version: Compact[u64]
    weights_rate_limit: Compact[u64]
    adjustment_interval: Compact[u16]
    activity_cutoff: Compact[u64]
    registration_allowed: bool
    target_regs_per_interval: Compact[u16]
    min_burn: Compact[TaoBalance]
    max_burn: Compact[TaoBalance]
    bonds_moving_avg: Compact[u64]
    max_regs_per_block: Compact[u16]
    serving_rate_limit: Compact[u64]
    max_validators: Compact[u16]
    adjustment_alpha: Compact[u64]
    difficulty: Compact[u64]
    commit_reveal_period: Compact[u64]
    commit_reveal_weights_enabled: bool
    alpha_high: Compact[u16]
    alpha_low: Compact[u16]
    liquid_alpha_enabled: bool


@struct("pallet_subtensor::rpc_info::subnet_info::SubnetHyperparamsV2")
class SubnetHyperparamsV2(SubnetHyperparams):
    """The same, with those that came later."""

    alpha_sigmoid_steepness: I32F32
    yuma_version: Compact[u16]
    subnet_is_active: bool
    transfers_enabled: bool
    bonds_reset_enabled: bool
    user_liquidity_enabled: bool


class HyperparamValue(ScaleEnum, path="pallet_subtensor::rpc_info::subnet_info::HyperparamValue"):
    """The value of a hyperparameter, by its type."""


class IsBool(HyperparamValue, index=0, name="Bool"):
    value: bool


class IsU16(HyperparamValue, index=1, name="U16"):
    value: Compact[u16]


class IsU32(HyperparamValue, index=2, name="U32"):
    value: Compact[u32]


class IsU64(HyperparamValue, index=3, name="U64"):
    value: Compact[u64]


class IsU128(HyperparamValue, index=4, name="U128"):
    value: Compact[u128]


class IsTao(HyperparamValue, index=5, name="TaoBalance"):
    value: Compact[TaoBalance]


class IsI32F32(HyperparamValue, index=6, name="I32F32"):
    value: I32F32


class IsU64F64(HyperparamValue, index=7, name="U64F64"):
    value: U64F64


@struct("pallet_subtensor::rpc_info::subnet_info::HyperparamEntry")
class HyperparamEntry:
    """A hyperparameter by its name, so that new ones break no client."""

    name: bytes
    value: HyperparamValue


@struct("pallet_subtensor::rpc_info::dynamic_info::DynamicInfo", params={"AccountId": AccountId})
class DynamicInfo:
    """The market of a subnet."""

    netuid: Compact[NetUid]
    owner_hotkey: AccountId
    owner_coldkey: AccountId
    subnet_name: Text
    token_symbol: Text
    tempo: Compact[u16]
    last_step: Compact[u64]
    blocks_since_last_step: Compact[u64]
    emission: Compact[u64]
    alpha_in: Compact[AlphaBalance]
    alpha_out: Compact[AlphaBalance]
    tao_in: Compact[TaoBalance]
    alpha_out_emission: Compact[AlphaBalance]
    alpha_in_emission: Compact[AlphaBalance]
    tao_in_emission: Compact[TaoBalance]
    pending_alpha_emission: Compact[AlphaBalance]
    pending_root_emission: Compact[TaoBalance]
    subnet_volume: Compact[u128]
    network_registered_at: Compact[u64]
    subnet_identity: SubnetIdentity | None
    moving_price: I96F32


@struct("pallet_subtensor::rpc_info::show_subnet::SubnetState", params={"AccountId": AccountId})
class SubnetState:
    """The neurons of a subnet; vectors are by uid."""

    netuid: Compact[NetUid]
    hotkeys: tuple[AccountId, ...]
    coldkeys: tuple[AccountId, ...]
    active: tuple[bool, ...]
    validator_permit: tuple[bool, ...]
    pruning_score: tuple[Compact[u16], ...]
    last_update: tuple[Compact[u64], ...]
    emission: tuple[Compact[AlphaBalance], ...]
    dividends: tuple[Compact[u16], ...]
    incentives: tuple[Compact[u16], ...]
    consensus: tuple[Compact[u16], ...]
    trust: tuple[Compact[u16], ...]
    rank: tuple[Compact[u16], ...]
    block_at_registration: tuple[Compact[u64], ...]
    alpha_stake: tuple[Compact[AlphaBalance], ...]
    tao_stake: tuple[Compact[TaoBalance], ...]
    total_stake: tuple[Compact[TaoBalance], ...]
    emission_history: tuple[tuple[Compact[AlphaBalance], ...], ...]
