"""A subnet as clients look at it: every figure that the structs of the APIs have, under its name there.

`fill(Metagraph, view)` reads each field of the struct off the view. What many fields need is read once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from chain.scale.hints import encode
from chain.types import AccountId
from runtime.fixed import I32F32, U16_MAX, i32f32
from runtime.pallets.commitments.types import Registration
from runtime.pallets.keys.identities import ChainIdentity
from runtime.pallets.subnets.serving import AxonInfo
from runtime.pallets.subnets.symbols import first_name
from runtime.pallets.subtensor.types import SubnetIdentity
from runtime.units import AlphaBalance, NetUid, TaoBalance

if TYPE_CHECKING:
    from runtime.taonet import Taonet

T = TypeVar("T")
Dividends = tuple[tuple[AccountId, AlphaBalance], ...]

ROWS: Mapping[str, tuple[str, str]] = {
    "network_registered_at": ("registry", "NetworkRegisteredAt"),
    "owner_hotkey": ("registry", "SubnetOwnerHotkey"),
    "owner_coldkey": ("registry", "SubnetOwner"),
    "owner": ("registry", "SubnetOwner"),
    "subnet_is_active": ("registry", "SubtokenEnabled"),
    "last_step": ("clock", "LastMechansimStepBlock"),
    "alpha_in": ("pools", "SubnetAlphaIn"),
    "alpha_out": ("pools", "SubnetAlphaOut"),
    "tao_in": ("pools", "SubnetTAO"),
    "subnet_volume": ("pools", "SubnetVolume"),
    "moving_price": ("pools", "SubnetMovingPrice"),
    "alpha_out_emission": ("ledger", "SubnetAlphaOutEmission"),
    "alpha_in_emission": ("ledger", "SubnetAlphaInEmission"),
    "tao_in_emission": ("ledger", "SubnetTaoInEmission"),
    "num_uids": ("neurons", "SubnetworkN"),
    "subnetwork_n": ("neurons", "SubnetworkN"),
    "burn": ("neurons", "Burn"),
    "active": ("neurons", "Active"),
    "validator_permit": ("neurons", "ValidatorPermit"),
    "validator_trust": ("neurons", "ValidatorTrust"),
    "emission": ("neurons", "Emission"),
    "dividends": ("neurons", "Dividends"),
    "consensus": ("neurons", "Consensus"),
    "tempo": ("parameters", "Tempo"),
    "rho": ("parameters", "Rho"),
    "kappa": ("parameters", "Kappa"),
    "min_allowed_weights": ("parameters", "MinAllowedWeights"),
    "weights_version": ("parameters", "WeightsVersionKey"),
    "weights_rate_limit": ("parameters", "WeightsSetRateLimit"),
    "activity_cutoff_factor": ("parameters", "ActivityCutoffFactorMilli"),
    "max_validators": ("parameters", "MaxAllowedValidators"),
    "max_allowed_validators": ("parameters", "MaxAllowedValidators"),
    "scaling_law_power": ("parameters", "ScalingLawPower"),
    "max_uids": ("parameters", "MaxAllowedUids"),
    "max_allowed_uids": ("parameters", "MaxAllowedUids"),
    "registration_allowed": ("parameters", "NetworkRegistrationAllowed"),
    "pow_registration_allowed": ("parameters", "NetworkPowRegistrationAllowed"),
    "difficulty": ("parameters", "Difficulty"),
    "min_difficulty": ("parameters", "MinDifficulty"),
    "max_difficulty": ("parameters", "MaxDifficulty"),
    "immunity_period": ("parameters", "ImmunityPeriod"),
    "min_burn": ("parameters", "MinBurn"),
    "max_burn": ("parameters", "MaxBurn"),
    "burn_half_life": ("parameters", "BurnHalfLife"),
    "burn_increase_mult": ("parameters", "BurnIncreaseMult"),
    "adjustment_alpha": ("parameters", "AdjustmentAlpha"),
    "adjustment_interval": ("parameters", "AdjustmentInterval"),
    "target_regs_per_interval": ("parameters", "TargetRegistrationsPerInterval"),
    "max_regs_per_block": ("parameters", "MaxRegistrationsPerBlock"),
    "serving_rate_limit": ("parameters", "ServingRateLimit"),
    "commit_reveal_weights_enabled": ("parameters", "CommitRevealWeightsEnabled"),
    "commit_reveal_period": ("parameters", "RevealPeriodEpochs"),
    "liquid_alpha_enabled": ("parameters", "LiquidAlphaOn"),
    "bonds_moving_avg": ("parameters", "BondsMovingAverage"),
    "bonds_reset_enabled": ("parameters", "BondsResetOn"),
    "transfers_enabled": ("parameters", "TransferToggle"),
    "owner_cut_enabled": ("parameters", "OwnerCutEnabled"),
    "owner_cut_auto_lock_enabled": ("parameters", "OwnerCutAutoLockEnabled"),
}
"""Figures that are a subnet's row of one storage map: section of the runtime, and map."""

ALWAYS: Mapping[str, Any] = {
    "max_weights_limit": U16_MAX,
    "subnet_emission": 0,
    "emission_values": 0,
    "emission_value": 0,
    "pending_root_emission": TaoBalance(0),
    "network_modality": 0,
    "network_connect": (),
    "pruning_score": (),
    "trust": (),
    "rank": (),
    "user_liquidity_enabled": False,
}
"""Figures that the chain no longer keeps."""

OTHER_NAMES: Mapping[str, str] = {"subnet_identity": "identity", "subnet_name": "name", "token_symbol": "symbol"}


class SubnetView:
    """One subnet in one state; last updates and incentives are those of one of its mechanisms."""

    def __init__(self, runtime: Taonet, netuid: NetUid, index: NetUid | None = None) -> None:
        self.runtime, self.netuid = runtime, netuid
        self.index = netuid if index is None else index

    def __getattr__(self, name: str) -> Any:
        if name in OTHER_NAMES:
            return getattr(self, OTHER_NAMES[name])
        if name in ALWAYS:
            return ALWAYS[name]
        section, item = ROWS[name]
        return getattr(getattr(self.runtime, section), item)[self.netuid]

    # -- the subnet

    @cached_property
    def identity(self) -> SubnetIdentity | None:
        return self.runtime.registry.SubnetIdentitiesV3.get(self.netuid)

    @property
    def name(self) -> tuple[int, ...]:
        """What the owner calls the subnet, or its first name. Source: SubtensorModule::get_name_for_subnet"""
        given = b"" if self.identity is None else self.identity.subnet_name
        return tuple(given or first_name(self.netuid).encode())

    @property
    def symbol(self) -> tuple[int, ...]:
        return tuple(self.runtime.registry.TokenSymbol[self.netuid])

    @property
    def block(self) -> int:
        return self.runtime.registry.block()

    @property
    def blocks_since_last_step(self) -> int:
        """How many blocks ago the last epoch was paid."""
        return max(self.block - self.runtime.clock.LastMechansimStepBlock[self.netuid], 0)

    @property
    def pending_alpha_emission(self) -> AlphaBalance:
        ledger = self.runtime.ledger
        return ledger.PendingValidatorEmission[self.netuid] + ledger.PendingServerEmission[self.netuid]

    # -- hyperparameters

    @property
    def activity_cutoff(self) -> int:
        return self.runtime.epochs.activity_cutoff(self.netuid)

    @property
    def alpha_low(self) -> int:
        return self.runtime.parameters.AlphaValues[self.netuid][0]

    @property
    def alpha_high(self) -> int:
        return self.runtime.parameters.AlphaValues[self.netuid][1]

    @property
    def alpha_sigmoid_steepness(self) -> I32F32:
        return i32f32.from_int(self.runtime.parameters.AlphaSigmoidSteepness[self.netuid])

    @property
    def yuma_version(self) -> int:
        return 3 if self.runtime.parameters.Yuma3On[self.netuid] else 2

    @property
    def min_childkey_take(self) -> int:
        return self.runtime.delegation.least_childkey_take(self.netuid)

    # -- neurons, by uid

    @cached_property
    def hotkeys(self) -> tuple[AccountId, ...]:
        return tuple(self.runtime.epochs.hotkeys(self.netuid))

    @cached_property
    def coldkeys(self) -> tuple[AccountId, ...]:
        owners = self.runtime.ownership.Owner
        return tuple(owners[hotkey] for hotkey in self.hotkeys)

    @property
    def identities(self) -> tuple[ChainIdentity | None, ...]:
        known = self.runtime.identities.IdentitiesV2
        return tuple(known.get(coldkey) for coldkey in self.coldkeys)

    @property
    def axons(self) -> tuple[AxonInfo, ...]:
        serving = self.runtime.serving
        return tuple(serving.axon(self.netuid, hotkey) for hotkey in self.hotkeys)

    @property
    def last_update(self) -> tuple[int, ...]:
        return self.runtime.neurons.LastUpdate[self.index]

    @property
    def incentives(self) -> tuple[int, ...]:
        return self.runtime.neurons.Incentive[self.index]

    @property
    def block_at_registration(self) -> tuple[int, ...]:
        registered = self.runtime.neurons.BlockAtRegistration
        return tuple(registered[self.netuid, uid] for uid in range(len(self.hotkeys)))

    @cached_property
    def alpha_stake(self) -> tuple[AlphaBalance, ...]:
        inheritance, netuid = self.runtime.inheritance, self.netuid
        return tuple(inheritance.alpha(hotkey, netuid) for hotkey in self.hotkeys)

    @cached_property
    def tao_stake(self) -> tuple[TaoBalance, ...]:
        inheritance, netuid = self.runtime.inheritance, self.netuid
        return tuple(inheritance.root(hotkey, netuid) for hotkey in self.hotkeys)

    @property
    def total_stake(self) -> tuple[int, ...]:
        """Alpha and weighted root stake, in rao. Source: SubtensorModule::get_stake_weights_for_network"""
        return self.runtime.inheritance.weigh(self.alpha_stake, self.tao_stake)

    @property
    def tao_dividends_per_hotkey(self) -> tuple[tuple[AccountId, TaoBalance], ...]:
        return tuple((hotkey, TaoBalance(0)) for hotkey in self.hotkeys)

    @property
    def alpha_dividends_per_hotkey(self) -> Dividends:
        paid = self.runtime.ledger.AlphaDividendsPerSubnet
        return tuple((hotkey, paid[self.netuid, hotkey]) for hotkey in self.hotkeys)

    @property
    def validators(self) -> tuple[int, ...]:
        return self.runtime.validators.with_enough_stake(self.netuid)

    @property
    def commitments(self) -> tuple[tuple[AccountId, tuple[int, ...]], ...]:
        """What hotkeys committed, as the chain encodes it."""
        found = self.runtime.commitments.of_subnet(self.netuid)
        return tuple((hotkey, tuple(encode(Registration, kept))) for hotkey, kept in found)

    @property
    def emission_history(self) -> tuple[tuple[AlphaBalance, ...], ...]:
        """What each subnet last paid to each hotkey, in rao. Source: SubtensorModule::get_emissions_history"""
        return self.runtime.remnants.last_emissions(self.runtime.registry.netuids(), self.hotkeys)


def fill(cls: type[T], view: SubnetView, **known: Any) -> T:
    """A struct whose fields are the view's figures of their names, but for those that are `known`."""
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    return cls(*(known[f.name] if f.name in known else getattr(view, f.name) for f in fields))
