"""Neurons, one by one. Source: pallet_subtensor::rpc_info::neuron_info"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from chain.scale.hints import Compact, struct, u16, u64
from chain.types import AccountId
from runtime.apis.view import SubnetView
from runtime.fixed import U16_MAX
from runtime.frame.apis import RuntimeApi
from runtime.pallets.subnets.serving import AxonInfo, PrometheusInfo
from runtime.pallets.weights.rows import Row, unpack
from runtime.units import AlphaBalance, NetUid

T = TypeVar("T")
Pairs = tuple[tuple[Compact[u16], Compact[u16]], ...]


@struct("pallet_subtensor::rpc_info::neuron_info::NeuronInfo", params={"AccountId": AccountId})
class NeuronInfo:
    """A neuron, with what it says of the others."""

    hotkey: AccountId
    coldkey: AccountId
    uid: Compact[u16]
    netuid: Compact[NetUid]
    active: bool
    axon_info: AxonInfo
    prometheus_info: PrometheusInfo
    stake: tuple[tuple[AccountId, Compact[AlphaBalance]], ...]
    rank: Compact[u16]
    emission: Compact[AlphaBalance]
    incentive: Compact[u16]
    consensus: Compact[u16]
    trust: Compact[u16]
    validator_trust: Compact[u16]
    dividends: Compact[u16]
    last_update: Compact[u64]
    validator_permit: bool
    weights: Pairs
    bonds: Pairs
    pruning_score: Compact[u16]


@struct("pallet_subtensor::rpc_info::neuron_info::NeuronInfoLite", params={"AccountId": AccountId})
class NeuronInfoLite:
    """A neuron."""

    hotkey: AccountId
    coldkey: AccountId
    uid: Compact[u16]
    netuid: Compact[NetUid]
    active: bool
    axon_info: AxonInfo
    prometheus_info: PrometheusInfo
    stake: tuple[tuple[AccountId, Compact[AlphaBalance]], ...]
    rank: Compact[u16]
    emission: Compact[AlphaBalance]
    incentive: Compact[u16]
    consensus: Compact[u16]
    trust: Compact[u16]
    validator_trust: Compact[u16]
    dividends: Compact[u16]
    last_update: Compact[u64]
    validator_permit: bool
    pruning_score: Compact[u16]


class NeuronInfoRuntimeApi(RuntimeApi, version=1):
    """What there is to know of neurons; nothing of those of a subnet that does not exist."""

    def get_neurons(self, netuid: NetUid) -> tuple[NeuronInfo, ...]:
        """All neurons of a subnet, by uid."""
        return tuple(self._whole(netuid, self._all(netuid)))

    def get_neuron(self, netuid: NetUid, uid: u16) -> NeuronInfo | None:
        """A neuron."""
        return next(self._whole(netuid, self._one(netuid, uid)), None)

    def get_neurons_lite(self, netuid: NetUid) -> tuple[NeuronInfoLite, ...]:
        """All neurons of a subnet without weights and bonds, by uid."""
        return tuple(NeuronInfoLite(**figures) for figures in self._figures(netuid, self._all(netuid)))

    def get_neuron_lite(self, netuid: NetUid, uid: u16) -> NeuronInfoLite | None:
        """A neuron without weights and bonds."""
        return next((NeuronInfoLite(**figures) for figures in self._figures(netuid, self._one(netuid, uid))), None)

    def _all(self, netuid: NetUid) -> Sequence[int]:
        return range(self.runtime.neurons.SubnetworkN[netuid] if self.runtime.registry.NetworksAdded[netuid] else 0)

    def _one(self, netuid: NetUid, uid: int) -> Sequence[int]:
        neurons, exists = self.runtime.neurons, self.runtime.registry.NetworksAdded[netuid]
        return [uid] if exists and (netuid, uid) in neurons.Keys else []

    def _whole(self, netuid: NetUid, uids: Sequence[int]) -> Iterator[NeuronInfo]:
        matrix = self.runtime.matrix
        for uid, figures in zip(uids, self._figures(netuid, uids), strict=True):
            weights, bonds = _pairs(matrix.Weights[netuid, uid]), _pairs(matrix.Bonds[netuid, uid])
            yield NeuronInfo(weights=weights, bonds=bonds, **figures)

    def _figures(self, netuid: NetUid, uids: Sequence[int]) -> Iterator[dict[str, Any]]:
        """What both structs have of each of these neurons."""
        view, runtime = SubnetView(self.runtime, netuid), self.runtime
        active, permits, emissions = view.active, view.validator_permit, view.emission
        incentives, consensus, trust = view.incentives, view.consensus, view.validator_trust
        dividends, updates = view.dividends, view.last_update
        keys, owners, held = runtime.neurons.Keys, runtime.ownership.Owner, runtime.stakes.TotalHotkeyAlpha
        for uid in uids:
            hotkey = keys[netuid, uid]
            coldkey = owners[hotkey]
            yield {
                "hotkey": hotkey,
                "coldkey": coldkey,
                "uid": uid,
                "netuid": netuid,
                "active": _at(active, uid, False),
                "axon_info": runtime.serving.axon(netuid, hotkey),
                "prometheus_info": runtime.serving.metrics(netuid, hotkey),
                "stake": ((coldkey, held[hotkey, netuid]),),
                "rank": 0,
                "emission": _at(emissions, uid, AlphaBalance(0)),
                "incentive": _at(incentives, uid, 0),
                "consensus": _at(consensus, uid, 0),
                "trust": 0,
                "validator_trust": _at(trust, uid, 0),
                "dividends": _at(dividends, uid, 0),
                "last_update": _at(updates, uid, 0),
                "validator_permit": _at(permits, uid, False),
                "pruning_score": U16_MAX,
            }


def _at(values: Sequence[T], uid: int, default: T) -> T:
    return values[uid] if uid < len(values) else default


def _pairs(row: Row) -> tuple[tuple[int, int], ...]:
    """The pairs of a row whose value is not 0."""
    return tuple(pair for pair in unpack(row) if pair[1])
