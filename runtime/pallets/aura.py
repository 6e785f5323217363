"""Whose turn it is: authorities take slots in turn.

Source: pallet_aura
"""

from __future__ import annotations

from typing import Annotated, Any, NewType

from chain.errors import InvalidBlock
from chain.scale.hints import Bounded, Fixed, Named, encode, u64
from chain.types import AccountId, BlockNumber, Consensus, FourBytes, Slot
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Constant, StorageValue
from runtime.frame.weight import Weight, weigh
from runtime.pallets.system import System
from runtime.pallets.timestamp import Timestamp

ENGINE = b"aura"
AuraId = NewType("AuraId", Annotated[bytes, Fixed(32), Named("sp_consensus_aura::sr25519::app_sr25519::Public")])
AuraIds = Annotated[tuple[AuraId, ...], Bounded(32)]
AUTHORITIES_CHANGE = 1
"""What in the digest says that the authorities are others from now on. Source: sp_consensus_aura::ConsensusLog"""


class Aura(Pallet):
    """The authorities and the slot of the block."""

    system: System

    SlotDuration = Constant[u64](12_000)
    """How long a slot is, in milliseconds; a block can be made in each."""

    Authorities = StorageValue[AuraIds](default=())
    """The sr25519 keys that take slots in turn."""

    CurrentSlot = StorageValue[Slot](default=Slot(0))
    """The slot of the block."""

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Take the slot from the block's digest; it must be later than the parent's. Raises: InvalidBlock."""
        slot = self.slot_of_digest()
        if slot is None:
            return weigh(0, reads=1)
        if slot <= self.CurrentSlot:
            raise InvalidBlock(f"slot {slot} is not later than the parent's {self.CurrentSlot}")
        self.CurrentSlot = slot
        return weigh(0, reads=2, writes=1)

    def slot_of_digest(self) -> Slot | None:
        """The slot in the pre-runtime entry of the block's digest."""
        for item in self.system.Digest.logs:
            if getattr(item, "engine", None) == ENGINE and len(item.data) == 8:  # type: ignore[attr-defined]
                return Slot(int.from_bytes(item.data, "little"))  # type: ignore[attr-defined]
        return None

    def author(self) -> AccountId | None:
        """The account of the block's author; None where there are no authorities."""
        slot = self.slot_of_digest()
        key = None if slot is None else self.authority_of(slot)
        return None if key is None else AccountId(key)

    def authority_of(self, slot: int) -> AuraId | None:
        """The key whose turn a slot is; None where there are no authorities."""
        authorities = self.Authorities
        return authorities[slot % len(authorities)] if authorities else None

    def change_authorities(self, new: AuraIds) -> None:
        """Let these keys take slots from the next block on, and tell so in the digest; no keys change nothing.

        Source: pallet_aura::change_authorities
        """
        if new:
            self.Authorities = new
            self.system.deposit_log(Consensus(FourBytes(ENGINE), bytes([AUTHORITIES_CHANGE]) + encode(AuraIds, new)))

    def check_timestamp(self, now: int) -> None:
        """The time of the block must lie in its slot. Raises: InvalidBlock."""
        if self.slot_of_digest() is not None and now // self.SlotDuration != self.CurrentSlot:
            raise InvalidBlock(f"time {now} does not lie in slot {self.CurrentSlot}")

    def integrity_test(self) -> None:
        """A slot takes some time. Raises: TypeError."""
        if self.SlotDuration == 0:
            raise TypeError("Aura.SlotDuration cannot be 0")

    def build_genesis(self, config: Any) -> None:
        """Begin with these authorities."""
        self.Authorities = tuple(config)


def check_slot(timestamp: Timestamp, now: int) -> None:
    """The listener that Timestamp tells the time of each block."""
    timestamp.runtime.sections[Aura].check_timestamp(now)  # type: ignore[attr-defined]
