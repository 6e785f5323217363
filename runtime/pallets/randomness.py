"""The hashes of the last blocks, once used as a source of randomness."""

from __future__ import annotations

from typing import Annotated

from chain.scale.compact import decode_compact
from chain.scale.hints import Bounded
from chain.types import H256, BlockNumber
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageValue
from runtime.frame.weight import ZERO_WEIGHT, Weight
from runtime.pallets.system import System

RANDOM_MATERIAL_LENGTH = 81


class RandomnessCollectiveFlip(Pallet):
    """Keeps the hashes of the last 81 blocks."""

    system: System

    RandomMaterial = StorageValue[Annotated[tuple[H256, ...], Bounded(RANDOM_MATERIAL_LENGTH)]](default=())
    """The last 81 parent hashes, in a ring that begins at block 1."""

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Put the parent's hash into its place in the ring."""
        key, parent = self.accessors["RandomMaterial"].prefix, self.system.ParentHash
        # as bytes: to decode and encode 81 hashes would be a twentieth of an idle block
        ring = self.state.get(key) or b"\0"
        count, start = decode_compact(ring, 0)
        if count < RANDOM_MATERIAL_LENGTH:
            self.state.append(key, parent)
        else:
            at = start + (block - 1) % RANDOM_MATERIAL_LENGTH * len(parent)
            self.state.set(key, ring[:at] + parent + ring[at + len(parent) :])
        return ZERO_WEIGHT
