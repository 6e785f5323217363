"""Which coldkeys have their root dividends claimed in a block: a walk through the index, led by the parent's hash.

Source: SubtensorModule::block_hash_to_indices; economics 4.10
"""

from __future__ import annotations

from runtime.fixed import U64_MAX

STEP_SIZE = 8
"""Bytes of the hash that a step takes."""


def calculate_claim_indices(parent_hash: bytes, claims: int, coldkeys: int) -> list[int]:
    """At most `claims` different indices below `coldkeys`, ascending; the index 0, which nobody has, without any.

    Each step adds the next 8 bytes of the hash, big-endian, to the last index; after 32 bytes it begins again.
    """
    steps = [int.from_bytes(parent_hash[at : at + STEP_SIZE], "big") for at in range(0, 32, STEP_SIZE)]
    last, indices = steps[0], []
    for i in range(claims):
        last = min(last + steps[i % len(steps)], U64_MAX) % coldkeys if coldkeys else 0
        indices.append(last)
    return sorted(dict.fromkeys(indices))
