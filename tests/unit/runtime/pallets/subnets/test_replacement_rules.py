"""Which neuron makes room, and which of an owner's never do."""

from __future__ import annotations

import pytest

from runtime.pallets.subnets.replacement import Candidate, find_owner_uids, find_replaced
from runtime.units import AlphaBalance


def neuron(uid: int, emission: int = 0, registered_at: int = 0, *, immune: bool = False) -> Candidate:
    return Candidate(uid, AlphaBalance(emission), registered_at, immune)


@pytest.mark.parametrize(
    ("candidates", "least", "replaced"),
    [
        ([], 0, None),
        ([neuron(0, 5), neuron(1, 3), neuron(2, 4)], 0, 1),
        ([neuron(0, 5, 9), neuron(1, 5, 7), neuron(2, 5, 8)], 0, 1),
        ([neuron(2, 5, 7), neuron(1, 5, 7)], 0, 1),
        ([neuron(0, 9), neuron(1, 1, immune=True)], 0, 0),
        ([neuron(0, 9), neuron(1, 1, immune=True)], 1, 1),
        ([neuron(0, 9), neuron(1, 8)], 2, None),
        ([neuron(0, 2, immune=True), neuron(1, 1, immune=True)], 0, 1),
    ],
)
def test_the_neuron_that_earns_least_makes_room(candidates: list[Candidate], least: int, replaced: int | None) -> None:
    assert find_replaced(candidates, least) == replaced


@pytest.mark.parametrize(
    ("registered", "limit", "own", "kept"),
    [
        ([], 1, None, []),
        ([(9, 4), (7, 6), (7, 5)], 2, None, [5, 6]),
        ([(9, 4), (7, 6)], 1, 4, [4]),
        ([(9, 4), (7, 6)], 2, 4, [6, 4]),
        ([(7, 6)], 1, 6, [6]),
        ([(7, 6)], 0, 6, []),
    ],
)
def test_an_owner_keeps_his_own_hotkey_and_his_oldest(
    registered: list[tuple[int, int]], limit: int, own: int | None, kept: list[int]
) -> None:
    assert find_owner_uids(registered, limit, own) == kept
