"""The stored weights and bonds of a subnet's neurons."""

from __future__ import annotations

from collections.abc import Mapping

from chain.scale.hints import u16
from runtime.frame.pallet import Pallet
from runtime.frame.storage import BoundMap, Identity, StorageMap
from runtime.pallets.weights.rows import EMPTY, Row, pack, unpack, with_zero
from runtime.units import NetUid

Rows = BoundMap[tuple[NetUid, int], Row]


class Matrix(Pallet):
    """What each neuron says of the others. A section of SubtensorModule."""

    Weights = StorageMap[tuple[NetUid, u16], Row](Identity, Identity, default=EMPTY)
    """The weights that a neuron set for a mechanism, by storage index and uid; the largest is 65,535."""

    Bonds = StorageMap[tuple[NetUid, u16], Row](Identity, Identity, default=EMPTY)
    """The bonds of a neuron in a mechanism, by storage index and uid, over 65,535."""

    def forget_neuron(self, index: NetUid, uid: int) -> None:
        """Remove what a neuron says, and let what others' weights say of it be 0.

        Source: SubtensorModule::clear_neuron
        """
        del self.Bonds[index, uid]
        del self.Weights[index, uid]
        for other in list(self.Weights.keys(index)):
            row = self.Weights[index, other]
            changed = with_zero(row, uid)
            if changed is not row:
                self.Weights[index, other] = changed

    def reset_bonds_to(self, index: NetUid, uid: int) -> None:
        """Remove all bonds to a neuron."""
        for other in list(self.Bonds.keys(index)):
            pairs = unpack(self.Bonds[index, other])
            left = [pair for pair in pairs if pair[0] != uid]
            if len(left) != len(pairs):
                self.Bonds[index, other] = pack(left)

    def renumber(self, index: NetUid, new_uids: Mapping[int, int]) -> None:
        """Give neurons other uids, and forget those that have none."""
        for rows in (self.Weights, self.Bonds):
            _renumber(rows, index, new_uids)

    def forget(self, index: NetUid) -> None:
        """Remove everything that is said in a mechanism."""
        self.Weights.clear(index)
        self.Bonds.clear(index)


def _renumber(rows: Rows, index: NetUid, new_uids: Mapping[int, int]) -> None:
    before = {uid: unpack(row) for uid, row in rows.items(index)}
    rows.clear(index)
    for uid, new_uid in new_uids.items():
        pairs = before.get(uid, [])
        rows[index, new_uid] = pack((new_uids[target], value) for target, value in pairs if target in new_uids)
