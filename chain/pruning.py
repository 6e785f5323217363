"""Old states: which nodes a block replaced, and when they can go.

Each block leaves a journal of the nodes it added and of those it left behind. A state is dropped by deleting what the
next block left behind, unless a later kept block added the very same node again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chain.database import Database
from chain.scale.hints import decode, encode
from chain.types import H256

if TYPE_CHECKING:
    from chain.block import Header
    from chain.blockchain import Blockchain
    from chain.trie.tree import Commit

JOURNAL, PRUNED = b"r", b"mpruned"
Journal = tuple[tuple[bytes, ...], tuple[bytes, ...]]
Batch = dict[bytes, bytes | None]


class Pruning:
    """Keeps the states of the last `keep` finalized blocks; None keeps all."""

    def __init__(self, database: Database, keep: int | None) -> None:
        self._database, self.keep = database, keep
        self.first_kept = 0
        """The lowest number whose state is there."""
        self._added: dict[bytes, int] = {}
        self._next: tuple[int, dict[bytes, int]] | None = None
        raw = database.get(PRUNED)
        if raw is not None:
            self.first_kept = int.from_bytes(raw, "little")
        self._pending_first = self.first_kept

    def load(self, hash_of: Callable[[int], H256 | None], best: int) -> None:
        """Read which nodes the kept blocks added."""
        self._added = {}
        if self.keep is not None:
            for number in range(self.first_kept, best + 1):
                for key in self._journal(number, hash_of)[0]:
                    self._added[key] = number

    def discarded(self, block: H256, header: Header, chain: Blockchain) -> bool:
        """Whether the state after a block is gone. Off the best chain it goes with the block it branched from."""
        if not self.first_kept:
            return False
        number = header.number
        while number >= self.first_kept and not chain.is_canonical(block):
            block = header.parent_hash
            header = chain.expect_header(block)
            number = header.number
        return number < self.first_kept

    def record(self, number: int, block: H256, commit: Commit) -> Batch:
        """The journal of a block, if states are to be dropped."""
        if self.keep is None:
            return {}
        self._next = (number, dict.fromkeys(commit.inserted, number))
        return {JOURNAL + block: encode(Journal, (tuple(commit.inserted), tuple(commit.removed)))}

    def prune(self, finalized: int, hash_of: Callable[[int], H256 | None]) -> Batch:
        """What goes once block `finalized` is final."""
        batch: Batch = {}
        if self.keep is None:
            return batch
        first = self.first_kept
        fresh = {} if self._next is None else self._next[1]
        # the journal of a block in the making is not stored yet; it is never needed, as at least one state is kept
        while first <= finalized - max(self.keep, 1):
            for key in self._journal(first + 1, hash_of)[1]:
                if self._added.get(key, -1) <= first + 1 and key not in fresh:
                    batch[b"s" + key] = None
            block = hash_of(first)
            if block is not None:
                batch[JOURNAL + block] = None
            first += 1
        if first != self.first_kept:
            batch[PRUNED] = first.to_bytes(8, "little")
        self._pending_first = first
        return batch

    def written(self) -> None:
        """Take over what `record` and `prune` said, now that it is in the database."""
        if self.keep is None:
            return
        if self._next is not None:
            self._added |= self._next[1]
            self._next = None
        if self._pending_first != self.first_kept:
            self.first_kept = self._pending_first
            self._added = {key: n for key, n in self._added.items() if n > self.first_kept}

    def _journal(self, number: int, hash_of: Callable[[int], H256 | None]) -> Journal:
        block = hash_of(number)
        raw = None if block is None else self._database.get(JOURNAL + block)
        found: Journal = ((), ()) if raw is None else decode(Journal, raw)
        return found
