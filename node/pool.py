"""The transaction pool: extrinsics that wait for a block, in the order in which they may go into one.

`Queues` is the graph: what may go now (ready), what waits for a tag that nobody provides (future). `Pool` is what the
node holds: it validates, bans, keeps the limits, and tells watchers what becomes of their extrinsic.

Behaves as Substrate's single-state pool, but for these:
* same-tag replacement compares (priority, tip), since priority is constant on this chain;
* a full pool drops the lowest (priority, tip) and of these the newest (Substrate: the oldest, and with it everything
  that depends on it), and does not ban what it drops: the sender may try again when there is room;
* one that would replace what it depends on is refused (or, when promoted, fails), and nothing else is lost;
* promoted extrinsics enter in the order in which they came;
* tags pruned lately are not remembered: here nothing happens between validation and import.

Source: sc_transaction_pool::graph (base_pool, ready, future, rotator, listener)
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import Literal

from chain.errors import ChainError, DecodeError, InvalidTransaction, UnknownTransaction
from chain.hashing import blake2_256
from chain.transaction import ValidTransaction
from node.rpc.errors import RpcError
from node.rpc.subscriptions import Subscriber, Topic

Source = Literal["InBlock", "Local", "External"]
"""Where an extrinsic comes from. Source: sp_runtime::transaction_validity::TransactionSource"""

Status = str | dict[str, str]
"""What became of an extrinsic, as Substrate's JSON: "ready", {"inBlock": "0x.."}, ..."""

_TERMINAL = frozenset({"finalized", "finalityTimeout", "usurped", "dropped", "invalid"})
_FOR_EVER = (1 << 64) - 1
"""The block number at which an immortal extrinsic ends."""
_BLOCKS_AWAITING_FINALITY = 512
_SLACK = 64


class PoolError(ChainError):
    """The pool does not take the extrinsic. Source: sc_transaction_pool_api::error::Error"""

    code = 1040
    message = "Transaction pool error"
    data: str | None = None

    def __init__(self, message: str | None = None, data: str | None = None) -> None:
        self.message = message or self.message
        self.data = data or self.data
        super().__init__(self.message)


class TemporarilyBanned(PoolError):
    """It was found invalid, or removed, a short while ago."""

    code = 1012
    message = "Transaction is temporarily banned"


class AlreadyImported(PoolError):
    """It is in the pool."""

    code = 1013
    message = "Transaction Already Imported"


class TooLowPriority(PoolError):
    """Another with the same tag is in the pool, and this one does not pay more."""

    code = 1014
    data = "The transaction has too low priority to replace another transaction already in the pool."


class CycleDetected(PoolError):
    """It and those that wait for it replace each other."""

    code = 1015
    message = "Cycle Detected"


class ImmediatelyDropped(PoolError):
    """The pool is full of better ones."""

    code = 1016
    message = "Immediately Dropped"
    data = "The transaction couldn't enter the pool because of the limit"


class NoTagsProvided(PoolError):
    """It provides no tag, so nothing says when it is included."""

    code = 1019
    message = "No tags provided"
    data = "Transaction does not provide any tags, so the pool can't identify it"


class RejectedFutureTransaction(PoolError):
    """It cannot go now, and the pool takes only those that can."""

    code = 1021
    message = "The pool is not accepting future transactions"


INVALID_TEXTS = {
    "Call": "Transaction call is not expected",
    "Payment": "Inability to pay some fees (e.g. account balance too low)",
    "Future": "Transaction will be valid in the future",
    "Stale": "Transaction is outdated",
    "BadProof": "Transaction has a bad signature",
    "AncientBirthBlock": "Transaction has an ancient birth block",
    "ExhaustsResources": "Transaction would exhaust the block limits",
    "BadMandatory": "A call was labelled as mandatory, but resulted in an Error.",
    "MandatoryValidation": "Transaction dispatch is mandatory; transactions must not be validated.",
    "BadSigner": "Invalid signing address",
    "IndeterminateImplicit": "The implicit data was unable to be calculated",
    "UnknownOrigin": "The transaction extension did not authorize any origin",
}
"""Source: sp_runtime::transaction_validity, From<InvalidTransaction> for &str"""


def rpc_error(error: Exception) -> RpcError:
    """The answer of the author RPC to a refused extrinsic. Source: sc_rpc_api::author::error"""
    if isinstance(error, PoolError):
        return RpcError(error.code, error.message, error.data)
    if isinstance(error, InvalidTransaction):
        text = f"Custom error: {error.code}" if error.kind == "Custom" else INVALID_TEXTS[error.kind]
        return RpcError(1010, "Invalid Transaction", text)
    if isinstance(error, UnknownTransaction):
        return RpcError(1011, "Unknown Transaction Validity", str(error))
    if isinstance(error, DecodeError):
        return RpcError(1001, f"Extrinsic has invalid format: {error}")
    return RpcError(1002, f"Verification Error: {error}", str(error))


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How much the pool holds, in extrinsics and bytes; how long it bans, in seconds."""

    ready: int = 8192
    ready_bytes: int = 20 * 1024 * 1024
    future: int = 512
    future_bytes: int = 1024 * 1024
    ban_seconds: float = 30 * 60
    accepts_future: bool = True


@dataclass(frozen=True, slots=True)
class PoolTransaction:
    """An extrinsic in the pool. `valid_till` is a block number, `order` counts what entered a queue."""

    hash: bytes
    extrinsic: bytes = field(repr=False)
    priority: int
    tip: int
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    valid_till: int
    propagate: bool
    source: Source
    order: int = 0

    @property
    def place(self) -> tuple[int, int, int, bytes]:
        """Sorts the ready queue: high priority, then short life, then long wait first."""
        return (-self.priority, self.valid_till, self.order, self.hash)

    @property
    def worth(self) -> tuple[int, int]:
        """What decides which of two extrinsics with the same tag stays."""
        return (self.priority, self.tip)


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
        if len(self._heap) > 4 * len(self._entries) + _SLACK:
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


@dataclass(frozen=True, slots=True)
class PoolSnapshot:
    """All that the pool held at one moment, but its watchers."""

    queues: Queues = field(repr=False)
    banned: dict[bytes, float] = field(repr=False)
    number: int


@dataclass(slots=True)
class _Watched:
    topic: Topic[Status]
    last: Status | None = None


class Pool:
    """The node's transaction pool. For one thread: nothing in it waits."""

    def __init__(
        self,
        validate: Callable[[bytes, Source], ValidTransaction],
        *,
        tip: Callable[[bytes], int] | None = None,
        tags: Callable[[bytes], tuple[bytes, ...]] | None = None,
        limits: PoolLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`validate` judges an extrinsic on the best block's state, and raises TransactionError.

        `tip` is what an extrinsic offers above its fee, in rao. `tags` are what one of an imported block provides,
        if that can be told from its bytes; without it, only those that were in the pool unlock others at once.
        """
        self.limits = limits or PoolLimits()
        self.imported: Topic[PoolTransaction] = Topic()
        """Every extrinsic that was submitted and can go now: what an author waits for."""
        self._validate = validate
        self._tip = tip or (lambda extrinsic: 0)
        self._tags = tags or (lambda extrinsic: ())
        self._clock = clock
        self._queues = Queues()
        self._number = 0
        self._banned: dict[bytes, float] = {}
        self._watched: dict[bytes, _Watched] = {}
        self._in_block: dict[bytes, tuple[int, list[bytes]]] = {}
        self._expiring: list[tuple[int, bytes]] = []
        self._due: deque[bytes] = deque()

    # --- what is in it

    def __len__(self) -> int:
        return len(self._queues.ready) + len(self._queues.future)

    def __contains__(self, hash_: bytes) -> bool:
        return hash_ in self._queues

    @property
    def ready_count(self) -> int:
        """The extrinsics that can go now."""
        return len(self._queues.ready)

    @property
    def future_count(self) -> int:
        """The extrinsics that wait for a tag."""
        return len(self._queues.future)

    def get(self, hash_: bytes) -> PoolTransaction | None:
        """The extrinsic with this hash, ready or not."""
        return self._queues.get(hash_)

    def ready(self) -> ReadyTransactions:
        """What can go into a block, in that order; `skip()` leaves out what depends on the last one."""
        return ReadyTransactions(self._queues)

    def pending(self) -> list[bytes]:
        """The extrinsics that can go now, in order: author_pendingExtrinsics."""
        return [transaction.extrinsic for transaction in self.ready()]

    def futures(self) -> list[PoolTransaction]:
        """The extrinsics that wait for a tag, the oldest first."""
        return [entry.transaction for entry in self._queues.future.values()]

    def next_nonce(self, account: bytes, nonce: int) -> int:
        """The nonce after those that the pool has ready, from the account's `nonce` in the state on."""
        while account + nonce.to_bytes(4, "little") in self._queues.provided:
            nonce += 1
        return nonce

    # --- what comes in

    def submit(self, extrinsic: bytes, source: Source = "External") -> bytes:
        """Take an extrinsic; returns its hash.

        Raises: TransactionError if it is not valid, PoolError if the pool does not take it; see `rpc_error`.
        """
        hash_ = blake2_256(extrinsic)
        if self.is_banned(hash_):
            raise TemporarilyBanned
        if hash_ in self._queues:
            raise AlreadyImported(data=_hex(hash_))
        transaction = self._validated(hash_, extrinsic, source)
        if not self.limits.accepts_future and self._queues.missing(transaction):
            raise RejectedFutureTransaction
        self._import(transaction)
        if hash_ in self._queues.ready:
            self.imported.publish(self._queues.ready[hash_].transaction)
        return hash_

    def submit_and_watch(self, extrinsic: bytes, source: Source = "External") -> Subscriber[Status]:
        """As `submit`; returns an asynchronous iterator over what becomes of it."""
        hash_ = blake2_256(extrinsic)
        subscriber = self._watched.setdefault(hash_, _Watched(Topic())).topic.subscribe()
        try:
            self.submit(extrinsic, source)
        except BaseException:
            subscriber.close()
            if not len(self._watched[hash_].topic):
                del self._watched[hash_]
            raise
        return subscriber

    def watch(self, hash_: bytes) -> Subscriber[Status]:
        """What becomes of an extrinsic, beginning with what it is now; ends at once if the pool does not have it."""
        if hash_ not in self._queues:
            topic: Topic[Status] = Topic()
            subscriber = topic.subscribe()
            topic.close()
            return subscriber
        watched = self._watched.setdefault(hash_, _Watched(Topic()))
        subscriber = watched.topic.subscribe()
        status = "ready" if hash_ in self._queues.ready else "future"
        watched.last = status
        subscriber.put(status)
        return subscriber

    # --- what goes out

    def remove(self, hashes: Iterable[bytes]) -> list[bytes]:
        """Take these out as invalid and ban them, and take out what depends on them: author_removeExtrinsic.

        Returns the hashes of all that were taken out.
        """
        hashes = list(hashes)
        for hash_ in hashes:
            self._ban(hash_)
        removed = self._queues.remove(hashes)
        for transaction in removed:
            self._notify(transaction.hash, "invalid")
        return [transaction.hash for transaction in removed]

    def clear(self) -> None:
        """Drop everything, and forget every ban."""
        dropped = list(self._queues.all())
        self._queues = Queues()
        self._banned.clear()
        for transaction in dropped:
            self._notify(transaction.hash, "dropped")

    def is_banned(self, hash_: bytes) -> bool:
        """Whether it was found invalid, or removed, less than the ban time ago."""
        return self._banned.get(hash_, 0.0) > self._clock()

    # --- what the chain does

    def on_block(self, included: Iterable[bytes], block_hash: bytes, number: int, is_finalized: bool) -> None:
        """A new best block: take out what it includes, unlock what waited for that, remove what is too old.

        Begins a new round of `revalidate`, unless one is under way.
        """
        self._number = number
        extrinsics = {blake2_256(extrinsic): extrinsic for extrinsic in included}
        tags: list[bytes] = []
        for hash_, extrinsic in extrinsics.items():
            known = self._queues.get(hash_)
            tags += known.provides if known is not None else self._tags(extrinsic)
        self._queues.remove(hash_ for hash_ in extrinsics if hash_ in self._queues.future)
        pruned, outcome = self._queues.prune(tags)
        self._tell(outcome, failed="dropped")
        self._mark_included(extrinsics, block_hash, number, is_finalized)
        for transaction in pruned:
            if transaction.hash not in extrinsics:
                self._renew(transaction)
        self._remove_expired()
        self._forget_bans()
        self._enforce_limits()
        if not self._due:
            self._due.extend(transaction.hash for transaction in self._queues.all())

    def on_finalized(self, block_hash: bytes) -> None:
        """The block is final: so are the extrinsics in it."""
        for hash_ in self._in_block.pop(block_hash, (0, []))[1]:
            self._notify(hash_, {"finalized": _hex(block_hash)})

    def on_retracted(self, block_hash: bytes, extrinsics: Iterable[bytes]) -> None:
        """The block is no more on the best chain: take its extrinsics again. Call it before `on_block`."""
        for hash_ in self._in_block.pop(block_hash, (0, []))[1]:
            self._notify(hash_, {"retracted": _hex(block_hash)})
        for extrinsic in extrinsics:
            hash_ = blake2_256(extrinsic)
            if hash_ not in self._queues:
                self._try_import(hash_, extrinsic, "External")

    def revalidate(self, budget: int) -> int:
        """Validate up to `budget` extrinsics again; returns how many of this round are left."""
        while self._due and budget > 0:
            transaction = self._queues.get(self._due.popleft())
            if transaction is not None:
                budget -= 1
                self._revalidate(transaction)
        return len(self._due)

    # --- going back in time

    def snapshot(self) -> PoolSnapshot:
        """What the pool holds now."""
        return PoolSnapshot(self._queues.copy(), dict(self._banned), self._number)

    def restore(self, snapshot: PoolSnapshot) -> None:
        """Hold what the pool held then. Later blocks are retracted, later extrinsics dropped."""
        self._queues = snapshot.queues.copy()
        self._banned = dict(snapshot.banned)
        self._number = snapshot.number
        self._due.clear()
        self._list_expiring()
        for block_hash, (number, hashes) in tuple(self._in_block.items()):
            if number > snapshot.number:
                del self._in_block[block_hash]
                for hash_ in hashes:
                    self._notify(hash_, {"retracted": _hex(block_hash)})
        included = {hash_ for _, hashes in self._in_block.values() for hash_ in hashes}
        for hash_ in tuple(self._watched):
            if hash_ in self._queues:
                self._notify(hash_, "ready" if hash_ in self._queues.ready else "future")
            elif hash_ not in included:
                self._notify(hash_, "dropped")

    # --- how

    def _validated(self, hash_: bytes, extrinsic: bytes, source: Source) -> PoolTransaction:
        try:
            validity = self._validate(extrinsic, source)
            if not validity.provides:
                raise NoTagsProvided
        except (InvalidTransaction, NoTagsProvided):
            self._ban(hash_)
            raise
        return PoolTransaction(
            hash=hash_,
            extrinsic=extrinsic,
            priority=validity.priority,
            tip=self._tip(extrinsic),
            requires=validity.requires,
            provides=validity.provides,
            valid_till=min(self._number + validity.longevity, _FOR_EVER),
            propagate=validity.propagate,
            source=source,
        )

    def _import(self, transaction: PoolTransaction) -> None:
        outcome = self._queues.add(transaction)
        self._expire_later(transaction)
        self._notify(transaction.hash, "ready" if outcome.is_ready else "future")
        self._tell(outcome, failed="invalid")
        if transaction.hash in self._enforce_limits():
            raise ImmediatelyDropped

    def _try_import(self, hash_: bytes, extrinsic: bytes, source: Source) -> None:
        """Take one that was in the pool before: its watchers learn what becomes of it, nobody else does."""
        try:
            self._import(self._validated(hash_, extrinsic, source))
        except PoolError:
            self._notify(hash_, "dropped")
        except ChainError:
            self._notify(hash_, "invalid")

    def _renew(self, transaction: PoolTransaction) -> None:
        self._try_import(transaction.hash, transaction.extrinsic, transaction.source)

    def _revalidate(self, old: PoolTransaction) -> None:
        try:
            fresh = self._validated(old.hash, old.extrinsic, old.source)
        except UnknownTransaction:
            return  # it may be known again later
        except ChainError:
            self.remove((old.hash,))
            return
        if fresh.valid_till != old.valid_till:
            self._expire_later(fresh)
        is_same = replace(fresh, order=old.order) == old
        if is_same or self._queues.relink(fresh):
            return
        for transaction in self._queues.remove((old.hash,)):
            try:
                self._import(fresh if transaction.hash == old.hash else transaction)
            except PoolError:
                self._notify(transaction.hash, "dropped")

    def _enforce_limits(self) -> set[bytes]:
        """Drop the worst until the limits hold; returns the hashes of the dropped."""
        queues, limits = self._queues, self.limits
        dropped: list[PoolTransaction] = []
        while len(queues.ready) > limits.ready or queues.ready_bytes > limits.ready_bytes:
            dropped += queues.remove((queues.worst_ready().hash,))
        while len(queues.future) > limits.future or queues.future_bytes > limits.future_bytes:
            dropped += queues.remove((queues.worst_future().hash,))
        for transaction in dropped:
            self._notify(transaction.hash, "dropped")
        return {transaction.hash for transaction in dropped}

    def _mark_included(self, hashes: Iterable[bytes], block_hash: bytes, number: int, is_finalized: bool) -> None:
        watched = [hash_ for hash_ in hashes if hash_ in self._watched]
        for hash_ in watched:
            self._notify(hash_, {"inBlock": _hex(block_hash)})
            if is_finalized:
                self._notify(hash_, {"finalized": _hex(block_hash)})
        if watched and not is_finalized:
            self._in_block[block_hash] = (number, watched)
        while len(self._in_block) > _BLOCKS_AWAITING_FINALITY:
            oldest = next(iter(self._in_block))
            for hash_ in self._in_block.pop(oldest)[1]:
                self._notify(hash_, {"finalityTimeout": _hex(oldest)})

    def _expire_later(self, transaction: PoolTransaction) -> None:
        if transaction.valid_till < _FOR_EVER:
            heappush(self._expiring, (transaction.valid_till, transaction.hash))
        if len(self._expiring) > 4 * len(self) + _SLACK:
            self._list_expiring()

    def _list_expiring(self) -> None:
        self._expiring = [(each.valid_till, each.hash) for each in self._queues.all() if each.valid_till < _FOR_EVER]
        heapify(self._expiring)

    def _remove_expired(self) -> None:
        expired = []
        while self._expiring and self._expiring[0][0] <= self._number:
            transaction = self._queues.get(heappop(self._expiring)[1])
            if transaction is not None and transaction.valid_till <= self._number:
                expired.append(transaction.hash)
        self.remove(expired)

    def _ban(self, hash_: bytes) -> None:
        self._banned.pop(hash_, None)  # so that the order of the dict is that of the ends
        self._banned[hash_] = self._clock() + self.limits.ban_seconds
        if len(self._banned) > 2 * (self.limits.ready + self.limits.future):
            del self._banned[next(iter(self._banned))]

    def _forget_bans(self) -> None:
        now = self._clock()
        while self._banned and self._banned[first := next(iter(self._banned))] <= now:
            del self._banned[first]

    def _tell(self, outcome: Imported, failed: Status) -> None:
        for transaction in outcome.failed:
            self._notify(transaction.hash, failed)
        for transaction, taker in outcome.usurped:
            self._notify(transaction.hash, {"usurped": _hex(taker)})
        for transaction in outcome.promoted:
            if transaction.hash in self._queues.ready:
                self._notify(transaction.hash, "ready")

    def _notify(self, hash_: bytes, status: Status) -> None:
        watched = self._watched.get(hash_)
        if watched is None or watched.last == status:
            return
        watched.last = status
        watched.topic.publish(status)
        if (status if isinstance(status, str) else next(iter(status))) in _TERMINAL or not len(watched.topic):
            watched.topic.close()
            del self._watched[hash_]


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
