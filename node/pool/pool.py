"""What the node holds: the queues, validation, bans, limits, and the watchers of extrinsics.

Source: sc_transaction_pool::graph (pool, validated_pool, rotator, listener)
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from chain.errors import ChainError, InvalidTransaction, UnknownTransaction
from chain.hashing import blake2_256
from chain.transaction import ValidTransaction
from node.pool.errors import (
    AlreadyImported,
    ImmediatelyDropped,
    NoTagsProvided,
    PoolError,
    RejectedFutureTransaction,
    TemporarilyBanned,
)
from node.pool.queues import SLACK, Imported, Queues, ReadyTransactions
from node.pool.transaction import PoolTransaction, Source, Status
from node.rpc.subscriptions import Subscriber, Topic

_TERMINAL = frozenset({"finalized", "finalityTimeout", "usurped", "dropped", "invalid"})
_FOR_EVER = (1 << 64) - 1
"""The block number at which an immortal extrinsic ends."""
_BLOCKS_AWAITING_FINALITY = 512


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
class PoolSnapshot:
    """All that the pool held at one moment, but its watchers."""

    queues: Queues = field(repr=False)
    banned: dict[bytes, float] = field(repr=False)
    number: int


@dataclass(slots=True)
class PoolCounts:
    """What came and went so far, in extrinsics."""

    submitted: int = 0
    invalid: int = 0
    """Taken out as invalid, or because they depended on such."""
    pruned: int = 0
    """In blocks, whether they were in the pool or not."""
    resubmitted: int = 0
    """In blocks that are no more on the best chain."""


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
        self.counts = PoolCounts()
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
        self.counts.submitted += 1
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
        self.counts.invalid += len(removed)
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
        self.counts.pruned += len(extrinsics)
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
                self.counts.resubmitted += 1
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
        if len(self._expiring) > 4 * len(self) + SLACK:
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
