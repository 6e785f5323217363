"""Subnets: their figures, hyperparameters and markets, their neurons, and what a new one costs.

Source: pallet_subtensor::rpc_info::{subnet_info, dynamic_info, show_subnet}, subtensor_custom_rpc_runtime_api
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chain.errors import DispatchError
from chain.scale.hints import Some, u8, u16, u64
from chain.types import AccountId
from runtime.apis.metagraph_structs import Metagraph, SelectiveMetagraph
from runtime.apis.subnet_structs import (
    DynamicInfo,
    HyperparamEntry,
    HyperparamValue,
    IsBool,
    IsI32F32,
    IsTao,
    IsU16,
    IsU32,
    IsU64,
    IsU64F64,
    SubnetHyperparams,
    SubnetHyperparamsV2,
    SubnetInfo,
    SubnetInfov2,
    SubnetState,
)
from runtime.apis.view import SubnetView, fill
from runtime.frame.apis import RuntimeApi
from runtime.pallets.subnets.neurons import storage_index
from runtime.pallets.subtensor.types import ROOT
from runtime.units import NetUid, TaoBalance

T = TypeVar("T")

HYPERPARAMETERS: dict[str, Callable[..., HyperparamValue]] = {
    "kappa": IsU16,
    "immunity_period": IsU16,
    "min_allowed_weights": IsU16,
    "max_weights_limit": IsU16,
    "tempo": IsU16,
    "weights_version": IsU64,
    "weights_rate_limit": IsU64,
    "activity_cutoff": IsU64,
    "activity_cutoff_factor": IsU32,
    "registration_allowed": IsBool,
    "target_regs_per_interval": IsU16,
    "min_burn": IsTao,
    "max_burn": IsTao,
    "burn_half_life": IsU16,
    "burn_increase_mult": IsU64F64,
    "bonds_moving_avg": IsU64,
    "max_regs_per_block": IsU16,
    "serving_rate_limit": IsU64,
    "max_validators": IsU16,
    "commit_reveal_period": IsU64,
    "commit_reveal_weights_enabled": IsBool,
    "alpha_high": IsU16,
    "alpha_low": IsU16,
    "liquid_alpha_enabled": IsBool,
    "alpha_sigmoid_steepness": IsI32F32,
    "yuma_version": IsU16,
    "subnet_is_active": IsBool,
    "transfers_enabled": IsBool,
    "bonds_reset_enabled": IsBool,
    "user_liquidity_enabled": IsBool,
    "owner_cut_enabled": IsBool,
    "owner_cut_auto_lock_enabled": IsBool,
    "min_childkey_take": IsU16,
}
"""What the third form of the hyperparameters lists, in its order."""

FIELDS = tuple(SelectiveMetagraph.__dataclass_fields__)
"""The names of a selective metagraph's fields: a client asks for them by their places here."""


class SubnetInfoRuntimeApi(RuntimeApi, version=2):
    """What there is to know of subnets; nothing of one that does not exist."""

    def get_subnet_info(self, netuid: NetUid) -> SubnetInfo | None:
        """The figures of a subnet."""
        return self._figures(SubnetInfo, netuid)

    def get_subnets_info(self) -> tuple[SubnetInfo | None, ...]:
        """The figures of all subnets, by netuid."""
        return tuple(self.get_subnet_info(netuid) for netuid in self._by_number())

    def get_subnet_info_v2(self, netuid: NetUid) -> SubnetInfov2 | None:
        """The figures of a subnet, and what its owner tells of it."""
        return self._figures(SubnetInfov2, netuid)

    def get_subnets_info_v2(self) -> tuple[SubnetInfov2 | None, ...]:
        """The figures of all subnets, and what their owners tell of them, by netuid."""
        return tuple(self.get_subnet_info_v2(netuid) for netuid in self._by_number())

    def get_subnet_hyperparams(self, netuid: NetUid) -> SubnetHyperparams | None:
        """The hyperparameters of a subnet, in their first form."""
        view = self._view(netuid)
        return None if view is None else fill(SubnetHyperparams, view)

    def get_subnet_hyperparams_v2(self, netuid: NetUid) -> SubnetHyperparamsV2 | None:
        """The hyperparameters of a subnet, in their second form."""
        view = self._view(netuid)
        return None if view is None else fill(SubnetHyperparamsV2, view)

    def get_subnet_hyperparams_v3(self, netuid: NetUid) -> tuple[HyperparamEntry, ...] | None:
        """The hyperparameters of a subnet, by name."""
        view = self._view(netuid)
        if view is None:
            return None
        return tuple(
            HyperparamEntry(name.encode(), kind(getattr(view, name))) for name, kind in HYPERPARAMETERS.items()
        )

    def get_all_dynamic_info(self) -> tuple[DynamicInfo | None, ...]:
        """The markets of all subnets, in storage order."""
        return tuple(self.get_dynamic_info(netuid) for netuid in self.runtime.registry.netuids())

    def get_all_metagraphs(self) -> tuple[Metagraph | None, ...]:
        """The metagraphs of all subnets, in storage order."""
        return tuple(self.get_metagraph(netuid) for netuid in self.runtime.registry.netuids())

    def get_metagraph(self, netuid: NetUid) -> Metagraph | None:
        """A subnet and all its neurons."""
        view = self._view(netuid)
        return None if view is None else fill(Metagraph, view)

    def get_all_mechagraphs(self) -> tuple[Metagraph | None, ...]:
        """The metagraphs of all mechanisms of all subnets."""
        counts = self.runtime.registry.MechanismCountCurrent
        netuids = self.runtime.registry.netuids()
        return tuple(self.get_mechagraph(netuid, mecid) for netuid in netuids for mecid in range(counts[netuid]))

    def get_mechagraph(self, netuid: NetUid, mecid: u8) -> Metagraph | None:
        """The metagraph of one mechanism of a subnet; its `netuid` is the mechanism's storage index."""
        try:
            self.runtime.validators.ensure_mechanism(netuid, mecid)
        except DispatchError:
            return None
        index = storage_index(netuid, mecid)
        return fill(Metagraph, SubnetView(self.runtime, netuid, index), netuid=index)

    def get_dynamic_info(self, netuid: NetUid) -> DynamicInfo | None:
        """The market of a subnet."""
        view = self._view(netuid)
        return None if view is None else fill(DynamicInfo, view, emission=0)

    def get_subnet_state(self, netuid: NetUid) -> SubnetState | None:
        """The neurons of a subnet."""
        view = self._view(netuid)
        return None if view is None else fill(SubnetState, view)

    def get_selective_metagraph(self, netuid: NetUid, metagraph_indexes: tuple[u16, ...]) -> SelectiveMetagraph | None:
        """The asked fields of a subnet's metagraph; unless it is asked for, `netuid` is 0."""
        view = self._view(netuid)
        return None if view is None else _select(view, metagraph_indexes, netuid if 0 in metagraph_indexes else ROOT)

    def get_coldkey_auto_stake_hotkey(self, coldkey: AccountId, netuid: NetUid) -> AccountId | None:
        """The hotkey that a coldkey's incentives on a subnet are staked to."""
        found: AccountId | None = self.runtime.stakes.AutoStakeDestination.get((coldkey, netuid))
        return found

    def get_selective_mechagraph(
        self, netuid: NetUid, subid: u8, metagraph_indexes: tuple[u16, ...]
    ) -> SelectiveMetagraph | None:
        """The asked fields of a mechanism's metagraph; a mechanism that is not there has no updates and incentives."""
        if self._view(netuid) is None:
            return None
        return _select(SubnetView(self.runtime, netuid, storage_index(netuid, subid)), metagraph_indexes, netuid)

    def get_subnet_to_prune(self) -> NetUid | None:
        """The subnet that would make room for another; None while all are immune."""
        found: NetUid | None = self.runtime.subnets.next_to_prune()
        return found

    def get_subnet_account_id(self, netuid: NetUid) -> AccountId | None:
        """The account that holds a subnet's TAO."""
        if netuid != ROOT and netuid not in self.runtime.registry.NetworksAdded:
            return None
        account: AccountId = self.runtime.registry.account(netuid)
        return account

    def get_next_epoch_start_block(self, netuid: NetUid) -> u64 | None:
        """The block in which a subnet's next epoch is expected; None where epochs never run."""
        block: int | None = self.runtime.clock.next_epoch(netuid)
        return block

    def _by_number(self) -> list[NetUid]:
        return sorted(netuid for netuid, is_added in self.runtime.registry.NetworksAdded.items() if is_added)

    def _view(self, netuid: NetUid) -> SubnetView | None:
        return SubnetView(self.runtime, netuid) if self.runtime.registry.NetworksAdded[netuid] else None

    def _figures(self, cls: type[T], netuid: NetUid) -> T | None:
        view = self._view(netuid)
        since = self.runtime.clock.BlocksSinceLastStep[netuid]
        return None if view is None else fill(cls, view, blocks_since_last_step=since)


def _select(view: SubnetView, places: tuple[int, ...], netuid: NetUid) -> SelectiveMetagraph:
    """A metagraph with the fields at these places, and this netuid; places behind the last field mean nothing."""
    asked = dict.fromkeys(FIELDS[place] for place in places if place < len(FIELDS))
    told: dict[str, Any] = {name: getattr(view, name) for name in asked}
    if "identity" in told:
        told["identity"] = Some(told["identity"])
    told["netuid"] = netuid
    values: list[Any] = [told.get(name) for name in FIELDS]
    return SelectiveMetagraph(*values)


class SubnetRegistrationRuntimeApi(RuntimeApi, version=1):
    """What a new subnet costs."""

    def get_network_registration_cost(self) -> TaoBalance:
        """The price of a subnet in this block, in rao."""
        cost: TaoBalance = self.runtime.subnets.lock_cost()
        return cost
