"""The hashes of the last blocks, once used as a source of randomness."""

from __future__ import annotations

from typing import Annotated

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
        parent, material = self.system.ParentHash, self.RandomMaterial
        if len(material) < RANDOM_MATERIAL_LENGTH:
            self.RandomMaterial = (*material, parent)
        else:
            place = (block - 1) % RANDOM_MATERIAL_LENGTH
            self.RandomMaterial = (*material[:place], parent, *material[place + 1 :])
        return ZERO_WEIGHT
