"""Which neuron of a full subnet makes room for a new one.

Source: pallet_subtensor::subnets::registration; consensus section 8
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runtime.units import AlphaBalance


@dataclass(frozen=True, slots=True)
class Candidate:
    """A neuron that may be replaced: what it last earned, in rao of alpha, and since when it is there."""

    uid: int
    emission: AlphaBalance
    registered_at: int
    is_immune: bool


def find_replaced(candidates: Iterable[Candidate], least_replaceable: int) -> int | None:
    """The uid that earns least, the oldest of equals; those still immune only where too few others are there.

    Source: SubtensorModule::get_neuron_to_prune
    """
    ordered = sorted(candidates, key=lambda c: (c.emission, c.registered_at, c.uid))
    replaceable = [c.uid for c in ordered if not c.is_immune]
    if len(replaceable) > least_replaceable:
        return replaceable[0]
    return next((c.uid for c in ordered if c.is_immune), None)


def find_owner_uids(registered: Iterable[tuple[int, int]], limit: int, own_uid: int | None) -> list[int]:
    """The uids of a subnet's owner that are never replaced: his own hotkey's, then his oldest.

    `registered` has the block of registration and the uid of each of his neurons.

    Source: SubtensorModule::get_immune_owner_tuples
    """
    uids = [uid for _, uid in sorted(registered)][:limit]
    if own_uid is None or own_uid in uids:
        return uids
    return [own_uid, *uids][:limit]
