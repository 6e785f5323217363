"""What clients are told of a subnet and of all its neurons at once: the metagraph.

Source: pallet_subtensor::rpc_info::metagraph
"""

from __future__ import annotations

from chain.scale.hints import Compact, Some, struct, u8, u16, u64, u128
from chain.types import AccountId
from runtime.fixed import I96F32
from runtime.pallets.keys.identities import ChainIdentity
from runtime.pallets.subnets.serving import AxonInfo
from runtime.pallets.subtensor.types import SubnetIdentity
from runtime.units import AlphaBalance, NetUid, TaoBalance

Text = tuple[Compact[u8], ...]
"""Text as the chain gives it here: each byte as a compact number."""


@struct("pallet_subtensor::rpc_info::metagraph::Metagraph", params={"AccountId": AccountId})
class Metagraph:
    """A subnet and all its neurons; vectors are by uid."""

    netuid: Compact[NetUid]
    name: Text
    symbol: Text
    identity: SubnetIdentity | None
    network_registered_at: Compact[u64]
    owner_hotkey: AccountId
    owner_coldkey: AccountId
    block: Compact[u64]
    tempo: Compact[u16]
    last_step: Compact[u64]
    blocks_since_last_step: Compact[u64]
    subnet_emission: Compact[u64]
    alpha_in: Compact[AlphaBalance]
    alpha_out: Compact[AlphaBalance]
    tao_in: Compact[TaoBalance]
    alpha_out_emission: Compact[AlphaBalance]
    alpha_in_emission: Compact[AlphaBalance]
    tao_in_emission: Compact[TaoBalance]
    pending_alpha_emission: Compact[AlphaBalance]
    pending_root_emission: Compact[TaoBalance]
    subnet_volume: Compact[u128]
    moving_price: I96F32
    rho: Compact[u16]
    kappa: Compact[u16]
    min_allowed_weights: Compact[u16]
    max_weights_limit: Compact[u16]
    weights_version: Compact[u64]
    weights_rate_limit: Compact[u64]
    activity_cutoff: Compact[u64]
    max_validators: Compact[u16]
    num_uids: Compact[u16]
    max_uids: Compact[u16]
    burn: Compact[TaoBalance]
    difficulty: Compact[u64]
    registration_allowed: bool
    pow_registration_allowed: bool
    immunity_period: Compact[u16]
    min_difficulty: Compact[u64]
    max_difficulty: Compact[u64]
    min_burn: Compact[TaoBalance]
    max_burn: Compact[TaoBalance]
    adjustment_alpha: Compact[u64]
    adjustment_interval: Compact[u16]
    target_regs_per_interval: Compact[u16]
    max_regs_per_block: Compact[u16]
    serving_rate_limit: Compact[u64]
    commit_reveal_weights_enabled: bool
    commit_reveal_period: Compact[u64]
    liquid_alpha_enabled: bool
    alpha_high: Compact[u16]
    alpha_low: Compact[u16]
    bonds_moving_avg: Compact[u64]
    hotkeys: tuple[AccountId, ...]
    coldkeys: tuple[AccountId, ...]
    identities: tuple[ChainIdentity | None, ...]
    axons: tuple[AxonInfo, ...]
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
    tao_dividends_per_hotkey: tuple[tuple[AccountId, Compact[TaoBalance]], ...]
    alpha_dividends_per_hotkey: tuple[tuple[AccountId, Compact[AlphaBalance]], ...]


@struct("pallet_subtensor::rpc_info::metagraph::SelectiveMetagraph", params={"AccountId": AccountId})
class SelectiveMetagraph:
    """The fields of a metagraph that a client asked for, by their places in this class."""

    netuid: Compact[NetUid]
    name: Text | None
    symbol: Text | None
    identity: Some[SubnetIdentity | None] | None
    network_registered_at: Compact[u64] | None
    owner_hotkey: AccountId | None
    owner_coldkey: AccountId | None
    block: Compact[u64] | None
    tempo: Compact[u16] | None
    last_step: Compact[u64] | None
    blocks_since_last_step: Compact[u64] | None
    subnet_emission: Compact[u64] | None
    alpha_in: Compact[AlphaBalance] | None
    alpha_out: Compact[AlphaBalance] | None
    tao_in: Compact[TaoBalance] | None
    alpha_out_emission: Compact[AlphaBalance] | None
    alpha_in_emission: Compact[AlphaBalance] | None
    tao_in_emission: Compact[TaoBalance] | None
    pending_alpha_emission: Compact[AlphaBalance] | None
    pending_root_emission: Compact[TaoBalance] | None
    subnet_volume: Compact[u128] | None
    moving_price: I96F32 | None
    rho: Compact[u16] | None
    kappa: Compact[u16] | None
    min_allowed_weights: Compact[u16] | None
    max_weights_limit: Compact[u16] | None
    weights_version: Compact[u64] | None
    weights_rate_limit: Compact[u64] | None
    activity_cutoff: Compact[u64] | None
    max_validators: Compact[u16] | None
    num_uids: Compact[u16] | None
    max_uids: Compact[u16] | None
    burn: Compact[TaoBalance] | None
    difficulty: Compact[u64] | None
    registration_allowed: bool | None
    pow_registration_allowed: bool | None
    immunity_period: Compact[u16] | None
    min_difficulty: Compact[u64] | None
    max_difficulty: Compact[u64] | None
    min_burn: Compact[TaoBalance] | None
    max_burn: Compact[TaoBalance] | None
    adjustment_alpha: Compact[u64] | None
    adjustment_interval: Compact[u16] | None
    target_regs_per_interval: Compact[u16] | None
    max_regs_per_block: Compact[u16] | None
    serving_rate_limit: Compact[u64] | None
    commit_reveal_weights_enabled: bool | None
    commit_reveal_period: Compact[u64] | None
    liquid_alpha_enabled: bool | None
    alpha_high: Compact[u16] | None
    alpha_low: Compact[u16] | None
    bonds_moving_avg: Compact[u64] | None
    hotkeys: tuple[AccountId, ...] | None
    coldkeys: tuple[AccountId, ...] | None
    identities: tuple[ChainIdentity | None, ...] | None
    axons: tuple[AxonInfo, ...] | None
    active: tuple[bool, ...] | None
    validator_permit: tuple[bool, ...] | None
    pruning_score: tuple[Compact[u16], ...] | None
    last_update: tuple[Compact[u64], ...] | None
    emission: tuple[Compact[AlphaBalance], ...] | None
    dividends: tuple[Compact[u16], ...] | None
    incentives: tuple[Compact[u16], ...] | None
    consensus: tuple[Compact[u16], ...] | None
    trust: tuple[Compact[u16], ...] | None
    rank: tuple[Compact[u16], ...] | None
    block_at_registration: tuple[Compact[u64], ...] | None
    alpha_stake: tuple[Compact[AlphaBalance], ...] | None
    tao_stake: tuple[Compact[TaoBalance], ...] | None
    total_stake: tuple[Compact[TaoBalance], ...] | None
    tao_dividends_per_hotkey: tuple[tuple[AccountId, Compact[TaoBalance]], ...] | None
    alpha_dividends_per_hotkey: tuple[tuple[AccountId, Compact[AlphaBalance]], ...] | None
    validators: tuple[Compact[u16], ...] | None
    commitments: tuple[tuple[AccountId, Text], ...] | None
