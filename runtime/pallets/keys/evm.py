"""Ethereum addresses of neurons."""

from __future__ import annotations

from typing import Any

from chain.hashing import keccak_256
from chain.keys import recover
from chain.scale.hints import u16, u64
from chain.types import AccountId, Bytes65
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Setting, StorageMap, Twox64Concat
from runtime.frame.weight import Pays, weigh
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import H160, Events
from runtime.units import NetUid

PREFIX = b"\x19Ethereum Signed Message:\n"
"""What wallets put before a message and its length. Source: EIP-191"""


def message_digest(hotkey: AccountId, block: int) -> bytes:
    """What the Ethereum key signs to be associated with a hotkey."""
    message = hotkey + keccak_256(block.to_bytes(8, "little"))
    return keccak_256(PREFIX + str(len(message)).encode() + message)


class EvmKeys(Pallet):
    """Which Ethereum address a neuron has. A section of SubtensorModule."""

    registry: Registry
    neurons: Neurons
    ownership: Ownership

    EvmKeyAssociateRateLimit = Setting[u64](7200)
    """How many blocks an association lasts before it can change."""

    AssociatedEvmAddress = StorageMap[tuple[NetUid, u16], tuple[H160, u64]](Twox64Concat, Twox64Concat)
    """The Ethereum address of a neuron, and the block in which it was associated."""

    @call(93, weight=weigh(684_242_000, 4415, reads=3, writes=1), pays=Pays.No)
    def associate_evm_key(
        self, origin: Origin, netuid: NetUid, evm_key: H160, block_number: u64, signature: Bytes65
    ) -> None:
        """Give the caller's neuron an Ethereum address, which signed the hotkey and a block's number.

        Origin: signed, by the hotkey.  Emits: EvmKeyAssociated.
        Raises: NonAssociatedColdKey, HotKeyNotRegisteredInSubNet, EvmKeyAssociateRateLimitExceeded, InvalidIdentity,
        InvalidRecoveredPublicKey.
        Source: SubtensorModule::associate_evm_key
        """
        hotkey = ensure_signed(origin)
        if hotkey not in self.ownership.Owner:
            raise Errors.NonAssociatedColdKey
        self.ensure_rate(hotkey, netuid)
        public = recover(signature, message_digest(hotkey, block_number))
        if public is None:
            raise Errors.InvalidIdentity
        if keccak_256(public[1][1:])[12:] != evm_key:
            raise Errors.InvalidRecoveredPublicKey
        block = self.registry.block()
        self.AssociatedEvmAddress[netuid, self.neurons.Uids[netuid, hotkey]] = (evm_key, block)
        self.deposit(Events.EvmKeyAssociated(netuid, hotkey, evm_key, block))

    def ensure_rate(self, hotkey: AccountId, netuid: NetUid) -> None:
        """Raises: HotKeyNotRegisteredInSubNet, EvmKeyAssociateRateLimitExceeded."""
        uid = self.neurons.Uids.get((netuid, hotkey))
        if uid is None:
            raise Errors.HotKeyNotRegisteredInSubNet
        before = self.AssociatedEvmAddress.get((netuid, uid))
        if self.registry.block() - (0 if before is None else before[1]) < self.EvmKeyAssociateRateLimit:
            raise Errors.EvmKeyAssociateRateLimitExceeded

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet. Source: SubtensorModule::remove_network"""
        self.AssociatedEvmAddress.clear(netuid)


def forget_evm_key(runtime: Any, netuid: NetUid, uid: int, hotkey: AccountId) -> None:
    """Called when a neuron goes."""
    keys: EvmKeys = runtime.evm_keys
    del keys.AssociatedEvmAddress[netuid, uid]


def forget_evm_keys(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    keys: EvmKeys = runtime.evm_keys
    keys.forget(netuid)
