"""Weights and bonds as matrices, with what a matrix alone would not keep: which entries there are, in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runtime.pallets.emission.exact import Array, to_u16, zeros
from runtime.pallets.weights.rows import EMPTY, Row


@dataclass(frozen=True, slots=True)
class Links:
    """What some neurons say of all: a row for each uid of `uids`, a column for each uid of the subnet."""

    uids: list[int]
    values: Array
    is_there: Array
    """Which entries exist; one of 0 may exist. What does not exist is 0."""
    order: Mapping[int, list[int]]
    """The columns of each row that is not stored in ascending order, as it is stored, beyond the last uid as well."""

    def without(self, gone: Array, *, beyond: bool = False) -> Links:
        """The same without some entries, and without all of columns that no neuron has if `beyond`."""
        is_there = self.is_there & ~gone
        n = self.values.shape[1]
        order = {
            row: [c for c in columns if (is_there[row, c] if c < n else not beyond)]
            for row, columns in self.order.items()
        }
        return Links(self.uids, np.where(is_there, self.values, np.uint64(0)), is_there, order)

    def with_values(self, values: Array) -> Links:
        """The same entries with other values."""
        return replace(self, values=values)

    def row_by_row(self) -> Array:
        """The values that one finds who goes through each row as stored, and along the columns, once.

        An entry behind one of a higher column is passed over.
        """
        if not self.order:
            return self.values
        found = self.values.copy()
        for row, columns in self.order.items():
            highest = -1
            for column in columns:
                if column > highest:
                    highest = column
                elif column < found.shape[1]:
                    found[row, column] = 0
        return found

    def at(self, uids: list[int]) -> Links:
        """The same with these rows, which are all that it has and perhaps more."""
        if uids == self.uids:
            return self
        place = {uid: row for row, uid in enumerate(uids)}
        rows = [place[uid] for uid in self.uids]
        shape = len(uids), self.values.shape[1]
        values, is_there = zeros(*shape), np.zeros(shape, dtype=bool)
        values[rows], is_there[rows] = self.values, self.is_there
        return Links(uids, values, is_there, {rows[row]: columns for row, columns in self.order.items()})


def read_links(rows: Sequence[Row], uids: list[int], n: int) -> Links:
    """The stored rows of some uids, their values as whole numbers."""
    values, is_there, order = zeros(len(uids), n), np.zeros((len(uids), n), dtype=bool), {}
    for row, uid in enumerate(uids):
        pairs = np.frombuffer(rows[uid], dtype="<u2").reshape(-1, 2)
        columns = pairs[:, 0]
        if (columns[1:] <= columns[:-1]).any():
            order[row] = columns.tolist()
        if columns.max(initial=0) >= n:
            pairs = pairs[columns < n]
            columns = pairs[:, 0]
        values[row, columns] = pairs[:, 1]
        is_there[row, columns] = True
    return Links(uids, values, is_there, order)


def write_rows(links: Links, permits: Sequence[bool]) -> tuple[Row, ...]:
    """The rows to store, over 65,535: empty for those without permit."""
    counts = to_u16(links.values).astype("<u2")
    rows = [EMPTY] * len(permits)
    for row, uid in enumerate(links.uids):
        if permits[uid]:
            columns = links.order[row] if row in links.order else np.nonzero(links.is_there[row])[0]
            pairs = np.empty((len(columns), 2), dtype="<u2")
            pairs[:, 0], pairs[:, 1] = columns, counts[row, columns]
            rows[uid] = Row(pairs.tobytes())
    return tuple(rows)
