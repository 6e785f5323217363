"""The two queues: what may go now, in its order, and what waits for a tag that nobody provides.

Source: sc_transaction_pool::graph (base_pool, ready, future)
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from node.pool.errors import CycleDetected, TooLowPriority
from node.pool.transaction import PoolTransaction

SLACK = 64
"""By how many entries a heap may outgrow what it is for before it is made anew."""


@dataclass(slots=True)
class _Ready:
    transaction: PoolTransaction
    parents: set[bytes]
    """Those in the queue that provide what it requires."""
    unlocks: dict[bytes, None]


@dataclass(slots=True)
class _Future:
    transaction: PoolTransaction
    missing: set[bytes]


@dataclass(slots=True)
class Imported:
    """What an import did to others.

    `promoted` left the future queue, `failed` can never go, `usurped` lost their tag (with the hash that took it).
    """

    is_ready: bool
    promoted: list[PoolTransaction] = field(default_factory=list)
    usurped: list[tuple[PoolTransaction, bytes]] = field(default_factory=list)
    failed: list[PoolTransaction] = field(default_factory=list)


class _Worst:
    """The order in which a full queue gives up what it holds: the least worth, and of these the newest, first."""

    def __init__(self, entries: dict[bytes, _Ready] | dict[bytes, _Future]) -> None:
        self._entries = entries
        self._heap: list[tuple[int, int, int, bytes]] = []
        self._rebuild()

    def add(self, transaction: PoolTransaction) -> None:
        """Rank an extrinsic of the queue, for the first time or anew; one that has gone is forgotten some time."""
        heappush(self._heap, self._rank(transaction))
        if len(self._heap) > 4 * len(self._entries) + SLACK:
            self._rebuild()

    def first(self) -> PoolTransaction:
        """The first to go, of a queue that is not empty."""
        while True:
            entry = self._entries.get(self._heap[0][-1])
            if entry is not None and self._rank(entry.transaction) == self._heap[0]:
                return entry.transaction
            heappop(self._heap)

    def _rebuild(self) -> None:
        self._heap = [self._rank(entry.transaction) for entry in self._entries.values()]
        heapify(self._heap)

    @staticmethod
    def _rank(transaction: PoolTransaction) -> tuple[int, int, int, bytes]:
        return (transaction.priority, transaction.tip, -transaction.order, transaction.hash)


class Queues:
    """The ready and the future queue, and the tags between them.

    Invariant: what a ready extrinsic requires is provided by another ready one, or was pruned since the chain has
    it; no two ready ones provide the same tag. (tests/property/test_pool.py)
    """

    def __init__(self) -> None:
        self.ready: dict[bytes, _Ready] = {}
        self.future: dict[bytes, _Future] = {}
        self.ready_bytes = 0
        self.future_bytes = 0
        self.provided: dict[bytes, bytes] = {}
        """Tag -> hash of the ready extrinsic that provides it."""
        self.roots: list[tuple[int, int, int, bytes]] = []
        """The places of the ready ones without parents, sorted."""
        self._requiring: dict[bytes, dict[bytes, None]] = {}
        """Tag -> hashes of the future ones that require it, whether it is missing or not."""
        self._promising: dict[bytes, dict[bytes, None]] = {}
        """Tag -> hashes of the future ones that will provide it."""
        self._order = 0
        self._worst_ready = _Worst(self.ready)
        self._worst_future = _Worst(self.future)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self.ready or hash_ in self.future

    def get(self, hash_: bytes) -> PoolTransaction | None:
        """The extrinsic, of either queue."""
        entry = self.ready.get(hash_) or self.future.get(hash_)
        return entry.transaction if entry else None

    def all(self) -> Iterator[PoolTransaction]:
        """Every extrinsic, the ready ones first."""
        yield from (entry.transaction for entry in self.ready.values())
        yield from (entry.transaction for entry in self.future.values())

    def copy(self) -> Queues:
        """An independent copy; the extrinsics themselves are shared."""
        copied = Queues()
        copied.ready = {h: _Ready(r.transaction, set(r.parents), dict(r.unlocks)) for h, r in self.ready.items()}
        copied.future = {h: _Future(f.transaction, set(f.missing)) for h, f in self.future.items()}
        copied.ready_bytes, copied.future_bytes = self.ready_bytes, self.future_bytes
        copied.provided, copied.roots = dict(self.provided), list(self.roots)
        copied._requiring = {tag: dict(hashes) for tag, hashes in self._requiring.items()}
        copied._promising = {tag: dict(hashes) for tag, hashes in self._promising.items()}
        copied._order = self._order
        copied._worst_ready, copied._worst_future = _Worst(copied.ready), _Worst(copied.future)
        return copied

    def missing(self, transaction: PoolTransaction) -> set[bytes]:
        """The tags that it requires and no ready one provides."""
        return {tag for tag in transaction.requires if tag not in self.provided}

    def add(self, transaction: PoolTransaction) -> Imported:
        """Put an extrinsic where it belongs, and promote those that waited for it.

        Raises: TooLowPriority if a ready one keeps the tag, CycleDetected; then nothing has changed.
        """
        missing = self.missing(transaction)
        outcome = Imported(is_ready=not missing)
        if missing:
            self._add_future(transaction, missing)
        else:
            self._add_ready(transaction, outcome)
            self._promote(self._satisfy(transaction.provides), outcome)
        return outcome

    def remove(self, hashes: Iterable[bytes]) -> list[PoolTransaction]:
        """Take these out, and the ready ones that depend on them."""
        removed, stack = [], list(hashes)
        while stack:
            hash_ = stack.pop()
            if hash_ in self.future:
                removed.append(self._take_future(hash_))
            elif hash_ in self.ready:
                stack.extend(self.ready[hash_].unlocks)
                transaction = self._take_ready(hash_)
                self._withdraw(transaction.provides)
                removed.append(transaction)
        return removed

    def prune(self, tags: Iterable[bytes]) -> tuple[list[PoolTransaction], Imported]:
        """The chain now has these tags: take out those that provide them, unlock those that wait for them.

        A ready one that led to nothing but a pruned one goes too, and so do those that depend on a tag which a
        pruned one provided and the chain has not. Returns the pruned, and what became of others.
        """
        tags = dict.fromkeys(tags)
        outcome = Imported(is_ready=True)
        pruned: list[PoolTransaction] = []
        for tag in tags:
            outcome.failed += [self._take_future(hash_) for hash_ in tuple(self._promising.get(tag, ()))]
            stack = [self.provided[tag]] if tag in self.provided else []
            while stack:
                hash_ = stack.pop()
                if hash_ in self.ready:
                    parents, children = tuple(self.ready[hash_].parents), tuple(self.ready[hash_].unlocks)
                    transaction = self._take_ready(hash_)
                    lost = set(transaction.provides).difference(tags)
                    self._withdraw(lost)
                    pruned += [transaction, *self.remove(self._requiring_any(children, lost))]
                    stack += [parent for parent in parents if not self.ready[parent].unlocks]
            self._promote(self._satisfy((tag,)), outcome)
        return pruned, outcome

    def relink(self, fresh: PoolTransaction) -> bool:
        """Renew a ready extrinsic that provides what it did, and leave those that depend on it alone.

        False if that cannot be: it is not ready, or would not be with what it requires now.
        """
        entry = self.ready.get(fresh.hash)
        if entry is None or entry.transaction.provides != fresh.provides or self.missing(fresh):
            return False
        parents = {self.provided[tag] for tag in fresh.requires}
        if not parents <= entry.parents and parents & self._family((fresh.hash,)):
            return False
        self._unlink(entry)
        entry.transaction = replace(fresh, order=entry.transaction.order)
        self._link(entry, parents)
        return True

    def worst_ready(self) -> PoolTransaction:
        """The first to go when the queue is full: the least worth, and of these the newest."""
        return self._worst_ready.first()

    def worst_future(self) -> PoolTransaction:
        """As `worst_ready`, of the future queue."""
        return self._worst_future.first()

    def _add_ready(self, transaction: PoolTransaction, outcome: Imported) -> None:
        adopted = self._replace_previous(transaction, outcome)
        self._order += 1
        transaction = replace(transaction, order=self._order)
        entry = _Ready(transaction, set(), {})
        self.ready[transaction.hash] = entry
        self.ready_bytes += len(transaction.extrinsic)
        self._link(entry, {self.provided[tag] for tag in transaction.requires if tag in self.provided})
        self.provided.update(dict.fromkeys(transaction.provides, transaction.hash))
        for hash_ in adopted:
            child = self.ready[hash_]
            parents = child.parents | {transaction.hash}
            self._unlink(child)
            self._link(child, parents)

    def _replace_previous(self, transaction: PoolTransaction, outcome: Imported) -> list[bytes]:
        """Take out those with the same tags; returns the hashes of those that now depend on the new one."""
        replaced = {self.provided[tag]: None for tag in transaction.provides if tag in self.provided}
        if not replaced:
            return []
        previous = [self.ready[hash_].transaction for hash_ in replaced]
        old = (sum(each.priority for each in previous), sum(each.tip for each in previous))
        if transaction.worth <= old:
            raise TooLowPriority(f"Priority is too low: ({old[0]} vs {transaction.priority})")
        family = self._family(replaced)
        if any(self.provided.get(tag) in family for tag in transaction.requires):
            raise CycleDetected
        lost = {tag for each in previous for tag in each.provides}.difference(transaction.provides)
        children = [hash_ for each in replaced for hash_ in self.ready[each].unlocks]
        gone = self.remove(self._requiring_any(children, lost))
        for hash_ in replaced:
            if hash_ in self.ready:
                gone.append(self._take_ready(hash_))
                self._withdraw(gone[-1].provides)
        outcome.usurped += [(each, transaction.hash) for each in gone]
        return [hash_ for hash_ in dict.fromkeys(children) if hash_ in self.ready]

    def _promote(self, hashes: Iterable[bytes], outcome: Imported) -> None:
        waiting = deque(hashes)
        while waiting:
            entry = self.future.get(waiting.popleft())
            if entry is None or entry.missing:
                continue  # one promoted before it took away what it waited for
            transaction = self._take_future(entry.transaction.hash)
            try:
                self._add_ready(transaction, outcome)
            except TooLowPriority:
                taker = next(self.provided[tag] for tag in transaction.provides if tag in self.provided)
                outcome.usurped.append((transaction, taker))
            except CycleDetected:
                outcome.failed.append(transaction)
            else:
                outcome.promoted.append(transaction)
                waiting.extend(self._satisfy(transaction.provides))

    def _take_ready(self, hash_: bytes) -> PoolTransaction:
        """Take one out; those that depend on it lose a parent, and stay."""
        entry = self.ready.pop(hash_)
        self.ready_bytes -= len(entry.transaction.extrinsic)
        for tag in entry.transaction.provides:
            if self.provided.get(tag) == hash_:
                del self.provided[tag]
        self._unlink(entry)
        for child in entry.unlocks:
            parents = self.ready[child].parents - {hash_}
            self._unlink(self.ready[child])
            self._link(self.ready[child], parents)
        return entry.transaction

    def _link(self, entry: _Ready, parents: set[bytes]) -> None:
        """Enter an extrinsic that is in no order: behind its parents, or among the roots."""
        entry.parents = parents
        for parent in parents:
            self.ready[parent].unlocks[entry.transaction.hash] = None
        if not parents:
            insort(self.roots, entry.transaction.place)
        self._worst_ready.add(entry.transaction)

    def _unlink(self, entry: _Ready) -> None:
        if not entry.parents:
            del self.roots[bisect_left(self.roots, entry.transaction.place)]
        for parent in entry.parents:
            if parent in self.ready:
                del self.ready[parent].unlocks[entry.transaction.hash]

    def _add_future(self, transaction: PoolTransaction, missing: set[bytes]) -> None:
        self._order += 1
        transaction = replace(transaction, order=self._order)
        self.future[transaction.hash] = _Future(transaction, missing)
        self._worst_future.add(transaction)
        self.future_bytes += len(transaction.extrinsic)
        for table, tags in ((self._requiring, transaction.requires), (self._promising, transaction.provides)):
            for tag in tags:
                table.setdefault(tag, {})[transaction.hash] = None

    def _take_future(self, hash_: bytes) -> PoolTransaction:
        transaction = self.future.pop(hash_).transaction
        self.future_bytes -= len(transaction.extrinsic)
        for table, tags in ((self._requiring, transaction.requires), (self._promising, transaction.provides)):
            for tag in set(tags):
                del table[tag][hash_]
                if not table[tag]:
                    del table[tag]
        return transaction

    def _satisfy(self, tags: Iterable[bytes]) -> list[bytes]:
        """These tags are provided now; returns the hashes of the future ones that miss nothing more."""
        satisfied: dict[bytes, None] = {}
        for tag in tags:
            for hash_ in self._requiring.get(tag, ()):
                self.future[hash_].missing.discard(tag)
                if not self.future[hash_].missing:
                    satisfied[hash_] = None
        return list(satisfied)

    def _requiring_any(self, hashes: Iterable[bytes], tags: set[bytes]) -> list[bytes]:
        return [hash_ for hash_ in hashes if not tags.isdisjoint(self.ready[hash_].transaction.requires)]

    def _withdraw(self, tags: Iterable[bytes]) -> None:
        """These tags are no more provided: who waits for others too must wait for these again."""
        for tag in tags:
            for hash_ in self._requiring.get(tag, ()):
                self.future[hash_].missing.add(tag)

    def _family(self, hashes: Iterable[bytes]) -> set[bytes]:
        """These ready ones, and all that depend on them."""
        family, stack = set(hashes), list(hashes)
        while stack:
            unknown = self.ready[stack.pop()].unlocks.keys() - family
            family |= unknown
            stack.extend(unknown)
        return family


class ReadyTransactions(Iterator[PoolTransaction]):
    """The ready extrinsics as they were, in the order of inclusion; those removed meanwhile are left out."""

    def __init__(self, queues: Queues) -> None:
        self._ready = queues.ready
        self._roots = iter(list(queues.roots))
        self._root = next(self._roots, None)
        self._unlocked: list[tuple[int, int, int, bytes]] = []
        self._awaited: dict[bytes, int] = {}
        self._last: bytes | None = None

    def __next__(self) -> PoolTransaction:
        self._unlock()
        while self._root is not None or self._unlocked:
            if self._root is None or (self._unlocked and self._unlocked[0] < self._root):
                place = heappop(self._unlocked)
            else:
                place, self._root = self._root, next(self._roots, None)
            entry = self._ready.get(place[-1])
            if entry is not None and entry.transaction.order == place[2]:
                self._last = place[-1]
                return entry.transaction
        raise StopIteration

    def skip(self) -> None:
        """The last one did not go into the block: leave out those that depend on it, this time."""
        self._last = None

    def _unlock(self) -> None:
        entry = self._ready.get(self._last) if self._last is not None else None
        for hash_ in entry.unlocks if entry is not None else ():
            child = self._ready[hash_]
            awaited = self._awaited.get(hash_, len(child.parents)) - 1
            self._awaited[hash_] = awaited
            if awaited == 0:
                heappush(self._unlocked, child.transaction.place)
