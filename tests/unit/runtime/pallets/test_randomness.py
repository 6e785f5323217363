"""The ring of the last block hashes, and what else a block reads without walking for it."""

from __future__ import annotations

from node.devnet import Devnet
from runtime.pallets.randomness import RANDOM_MATERIAL_LENGTH
from runtime.units import NetUid


def test_the_ring_holds_the_hashes_of_the_last_81_blocks_each_in_its_place() -> None:
    with Devnet() as chain:
        for number in (1, 2, RANDOM_MATERIAL_LENGTH, RANDOM_MATERIAL_LENGTH + 1, 2 * RANDOM_MATERIAL_LENGTH + 5):
            chain.advance_to(number)

            parents = [chain.node.chain.hash_of(n) for n in range(number)]
            ring: list[object] = [None] * min(number, RANDOM_MATERIAL_LENGTH)
            for n, parent in enumerate(parents):
                ring[n % RANDOM_MATERIAL_LENGTH] = parent
            assert list(chain.query("RandomnessCollectiveFlip.RandomMaterial")) == ring


def test_the_subnets_are_those_of_now_whatever_was_asked_before() -> None:
    with Devnet() as chain:
        registry = chain.runtime.registry
        assert registry.netuids() == [0, 1]

        registry.NetworksAdded[NetUid(5)] = True
        assert sorted(registry.netuids()) == [0, 1, 5]
        del registry.NetworksAdded[NetUid(1)]
        assert sorted(registry.netuids()) == [0, 5]

        registry.netuids().clear()
        assert sorted(registry.netuids()) == [0, 5]
