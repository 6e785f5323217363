"""The neurons of a subnet: a row of vectors by uid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from chain.scale.hints import u16, u64
from chain.types import AccountId
from runtime.fixed import U16_MAX
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, BoundMap, Identity, StorageMap
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.types import ZERO_ACCOUNT
from runtime.pallets.weights.matrix import Matrix
from runtime.units import AlphaBalance, NetUid, TaoBalance

MAX_SUBNETS = 4096
"""How far apart the storage indices of a subnet's mechanisms are. Source: GLOBAL_MAX_SUBNET_COUNT"""

T = TypeVar("T")


def storage_index(netuid: NetUid, mechanism: int) -> NetUid:
    """Under which netuid a mechanism stores what is its own. Source: get_mechanism_storage_index"""
    return NetUid(min(min(mechanism * MAX_SUBNETS, U16_MAX) + netuid, U16_MAX))


class Neurons(Pallet):
    """Who mines and validates where. A section of SubtensorModule."""

    registry: Registry
    matrix: Matrix

    SubnetworkN = StorageMap[NetUid, u16](Identity, default=0)
    """How many neurons a subnet has."""

    IsNetworkMember = StorageMap[tuple[AccountId, NetUid], bool](Blake2_128Concat, Identity, default=False)
    """Whether a hotkey has a neuron in a subnet."""

    Keys = StorageMap[tuple[NetUid, u16], AccountId](Identity, Identity, default=ZERO_ACCOUNT)
    """The hotkey of a uid."""

    Uids = StorageMap[tuple[NetUid, AccountId], u16](Identity, Blake2_128Concat)
    """The uid of a hotkey."""

    BlockAtRegistration = StorageMap[tuple[NetUid, u16], u64](Identity, Identity, default=0)
    """The block in which a neuron was registered."""

    Active = StorageMap[NetUid, tuple[bool, ...]](Identity, default=())
    """Which validators are active, by uid."""

    Emission = StorageMap[NetUid, tuple[AlphaBalance, ...]](Identity, default=())
    """What the last epoch paid, by uid, in rao of alpha."""

    Consensus = StorageMap[NetUid, tuple[u16, ...]](Identity, default=())
    """The consensus weight of each neuron, over 65,535."""

    Incentive = StorageMap[NetUid, tuple[u16, ...]](Identity, default=())
    """The incentive of each neuron, over 65,535."""

    Dividends = StorageMap[NetUid, tuple[u16, ...]](Identity, default=())
    """The dividends of each neuron, over 65,535."""

    LastUpdate = StorageMap[NetUid, tuple[u64, ...]](Identity, default=())
    """The block in which each neuron last set weights."""

    ValidatorTrust = StorageMap[NetUid, tuple[u16, ...]](Identity, default=())
    """How far each validator agrees with consensus, over 65,535."""

    ValidatorPermit = StorageMap[NetUid, tuple[bool, ...]](Identity, default=())
    """Which neurons may validate, by uid."""

    StakeWeight = StorageMap[NetUid, tuple[u16, ...]](Identity, default=())
    """The stake of each neuron as the last epoch weighed it, over 65,535."""

    Burn = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(100_000_000))
    """The price of a registration, in rao."""

    RegistrationsThisBlock = StorageMap[NetUid, u16](Identity, default=0)
    """How many neurons were registered in this block."""

    RegistrationsThisInterval = StorageMap[NetUid, u16](Identity, default=0)
    """How many neurons were registered in this interval."""

    BurnRegistrationsThisInterval = StorageMap[NetUid, u16](Identity, default=0)
    """How many neurons were registered by burning in this interval; unused."""

    POWRegistrationsThisInterval = StorageMap[NetUid, u16](Identity, default=0)
    """How many neurons were registered by work in this interval; unused."""

    RAORecycledForRegistration = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """What was paid for registrations, in rao."""

    LastAdjustmentBlock = StorageMap[NetUid, u64](Identity, default=0)
    """The block of the last adjustment; unused."""

    on_neuron_removed: ClassVar[list[Callable[[Any, NetUid, int, AccountId], None]]] = []
    """Who else keeps something of a neuron, and forgets it when the neuron goes: runtime, subnet, uid, hotkey."""

    def mechanisms(self, netuid: NetUid) -> list[NetUid]:
        """The storage indices of a subnet's mechanisms."""
        return [storage_index(netuid, mechanism) for mechanism in range(self.registry.MechanismCountCurrent[netuid])]

    def owner_uid(self, netuid: NetUid) -> int | None:
        """The uid of the owner's own hotkey. Source: SubtensorModule::get_owner_uid"""
        hotkey = self.registry.SubnetOwnerHotkey.get(netuid)
        return None if hotkey is None else self.Uids.get((netuid, hotkey))

    def append(self, netuid: NetUid, hotkey: AccountId, block: int) -> int:
        """Give a hotkey the next uid of a subnet. Source: SubtensorModule::append_neuron"""
        uid = self.SubnetworkN[netuid]
        self.SubnetworkN[netuid] = uid + 1
        _extend(self.Active, netuid, True)
        _extend(self.Emission, netuid, AlphaBalance(0))
        _extend(self.Consensus, netuid, 0)
        for index in self.mechanisms(netuid):
            _extend(self.Incentive, index, 0)
            self.set_last_update(index, uid, block)
        _extend(self.Dividends, netuid, 0)
        _extend(self.ValidatorTrust, netuid, 0)
        _extend(self.ValidatorPermit, netuid, False)
        self.Keys[netuid, uid] = hotkey
        self.Uids[netuid, hotkey] = uid
        self.BlockAtRegistration[netuid, uid] = block
        self.IsNetworkMember[hotkey, netuid] = True
        return uid

    def replace(self, netuid: NetUid, uid: int, hotkey: AccountId, block: int) -> None:
        """Give a uid to another hotkey, whose neuron begins anew; not that of the owner's own hotkey.

        Source: SubtensorModule::replace_neuron
        """
        before = self.Keys[netuid, uid]
        if before == self.registry.SubnetOwnerHotkey.get(netuid):
            return
        del self.Uids[netuid, before]
        del self.IsNetworkMember[before, netuid]
        self.tell_removed(netuid, uid, before)
        _put(self.Active, netuid, uid, True)
        self.Keys[netuid, uid] = hotkey
        self.Uids[netuid, hotkey] = uid
        self.BlockAtRegistration[netuid, uid] = block
        self.IsNetworkMember[hotkey, netuid] = True
        _put(self.Emission, netuid, uid, AlphaBalance(0))
        for index in self.mechanisms(netuid):
            _put(self.Incentive, index, uid, 0)
            self.matrix.forget_neuron(index, uid)
            self.set_last_update(index, uid, block)
        for values in (self.Consensus, self.Dividends, self.StakeWeight, self.ValidatorTrust):
            _put(values, netuid, uid, 0)
        _put(self.ValidatorPermit, netuid, uid, False)

    def tell_removed(self, netuid: NetUid, uid: int, hotkey: AccountId) -> None:
        """Let all forget a neuron."""
        for tell in self.on_neuron_removed:
            tell(self.runtime, netuid, uid, hotkey)

    def set_last_update(self, index: NetUid, uid: int, block: int) -> None:
        """Note when a neuron last set weights."""
        updates = self.last_updates(index)
        updates[uid] = block
        self.LastUpdate[index] = tuple(updates)

    def last_updates(self, index: NetUid) -> list[int]:
        """When each neuron last set weights in a mechanism; 0 behind what is stored. Source: get_last_update"""
        updates = list(self.LastUpdate[index])
        return updates + [0] * (self.SubnetworkN[NetUid(index % MAX_SUBNETS)] - len(updates))

    def is_anywhere(self, hotkey: AccountId) -> bool:
        """Whether a hotkey has a neuron in any subnet. Source: is_hotkey_registered_on_any_network"""
        return any(self.IsNetworkMember.values(hotkey))

    def has_unique_hotkeys(self, netuid: NetUid) -> bool:
        """Whether no hotkey has two uids. Source: SubtensorModule::is_epoch_input_state_consistent"""
        hotkeys = list(self.Keys.values(netuid))
        return len(hotkeys) == len(frozenset(hotkeys))

    def remove_all(self, netuid: NetUid) -> None:
        """Forget every neuron of a subnet. Source: SubtensorModule::remove_network"""
        for hotkey in list(self.Keys.values(netuid)):
            del self.IsNetworkMember[hotkey, netuid]
        for by_uid in (self.Uids, self.Keys, self.BlockAtRegistration):
            by_uid.clear(netuid)
        for index in self.mechanisms(netuid):
            del self.LastUpdate[index]
            del self.Incentive[index]
            self.matrix.forget(index)
        for of_subnet in (
            self.SubnetworkN,
            self.Active,
            self.Emission,
            self.Consensus,
            self.Dividends,
            self.ValidatorPermit,
            self.ValidatorTrust,
            self.StakeWeight,
            self.Burn,
            self.RegistrationsThisBlock,
            self.RegistrationsThisInterval,
            self.BurnRegistrationsThisInterval,
            self.POWRegistrationsThisInterval,
            self.RAORecycledForRegistration,
            self.LastAdjustmentBlock,
        ):
            del of_subnet[netuid]


def _put(vectors: BoundMap[NetUid, tuple[T, ...]], netuid: NetUid, uid: int, item: T) -> None:
    """Write one place of a vector, if it is as long as that. Source: SubtensorModule::set_element_at"""
    values = list(vectors[netuid])
    values[uid : uid + 1] = [item] if uid < len(values) else []
    vectors[netuid] = tuple(values)


def _extend(vectors: BoundMap[NetUid, tuple[T, ...]], netuid: NetUid, item: T) -> None:
    vectors[netuid] = (*vectors[netuid], item)
