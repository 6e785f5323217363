"""Snapshots of a whole node: its chain, its pool and its clock. Going back uses one up, and those taken after it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from chain.block import Header
from chain.blockchain import ChainSnapshot
from chain.errors import ChainError
from chain.types import H256
from node.pool.pool import PoolSnapshot

if TYPE_CHECKING:
    from node.node import Node


REMEMBERED = 1024
"""Of how many used snapshots it is known that they were."""


class SnapshotError(ChainError):
    """A snapshot that is not there; the message says which are."""


@dataclass(frozen=True, slots=True)
class NodeSnapshot:
    """What a node was at one moment."""

    chain: ChainSnapshot
    pool: PoolSnapshot
    now_ms: int
    """What its clock showed."""
    unfinalized: dict[H256, Header]


class Snapshots:
    """The snapshots of one node by id, the oldest first."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._taken: dict[str, NodeSnapshot] = {}
        self._used: dict[str, str] = {}
        """What became of those that are gone."""
        self._numbers = count(1)

    def list(self) -> list[tuple[str, int]]:
        """The snapshots: id, and the number of the block that it goes back to."""
        return [(name, snapshot.chain.best.number) for name, snapshot in self._taken.items()]

    def take(self, name: str | None = None) -> str:
        """Remember what the node is now, under a name or else a number; the id. Raises: SnapshotError."""
        if name is None:
            name = next(free for free in (str(number) for number in self._numbers) if free not in self._taken)
        elif not name:
            raise SnapshotError("the name of a snapshot is empty")
        elif name in self._taken:
            raise SnapshotError(f"there is a snapshot {name} already: of block {self._taken[name].chain.best.number}")
        self._taken[name] = self._node.snapshot()
        self._used.pop(name, None)
        return name

    def revert(self, name: str) -> H256:
        """Go back to a snapshot, which is used up, and with it those that were taken later; the head.

        Raises: SnapshotError, StateDiscarded where its state was pruned.
        """
        snapshot = self._taken.get(name)
        if snapshot is None:
            there = ", ".join(self._taken) or "none"
            raise SnapshotError(f"{self._used.get(name, f'there is no snapshot {name}')}; there are: {there}")
        self._node.restore(snapshot)
        names = list(self._taken)
        for later in names[names.index(name) :]:
            del self._taken[later]
            self._used[later] = f"snapshot {later} was used" if later == name else f"snapshot {later} went with {name}"
        while len(self._used) > REMEMBERED:
            del self._used[next(iter(self._used))]
        return self._node.chain.best.hash
