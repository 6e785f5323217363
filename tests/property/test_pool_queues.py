"""Whatever happens to the pool, its queues stay a graph that can be put into blocks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import ChainError, InvalidTransaction
from chain.hashing import blake2_256
from chain.transaction import ValidTransaction
from node.pool import Pool, PoolLimits

LIMITS = PoolLimits(ready=12, ready_bytes=150, future=6, future_bytes=60)

Step = tuple[str, object, object]

# few tags, so that extrinsics meet: replace, wait for, lose and follow one another
tag = st.integers(0, 4).map(lambda n: bytes([n]))
tags = st.lists(tag, max_size=3, unique=True).map(tuple)
transaction = st.builds(
    ValidTransaction,
    priority=st.integers(0, 5),
    requires=tags,
    provides=tags.filter(bool),
    longevity=st.sampled_from([1, 3, 5, (1 << 64) - 1]),
    propagate=st.just(True),
)
submit = st.tuples(st.just("submit"), transaction, st.integers(0, 2))
step = st.one_of(
    *[submit] * 5,
    st.tuples(st.just("block"), st.lists(st.integers(0, 30), max_size=3), st.booleans()),
    st.tuples(st.just("remove"), st.integers(0, 30), st.none()),
    st.tuples(st.just("revalidate"), st.integers(0, 30), transaction),
    st.tuples(st.just("rewind"), st.booleans(), st.none()),
)


class World:
    """A pool, the extrinsics made so far, and what the runtime would say of each."""

    def __init__(self) -> None:
        self.validity: dict[bytes, tuple[ValidTransaction | None, int]] = {}
        self.extrinsics: list[bytes] = []
        self.granted: dict[bytes, set[bytes]] = {}
        """The tags that the chain provided while an extrinsic was in the pool."""
        self.number = 0
        self.pool = Pool(self.validate, tip=lambda x: self.validity[x][1], limits=LIMITS, clock=lambda: 0.0)
        self.saved = self.pool.snapshot()

    def validate(self, extrinsic: bytes, source: str) -> ValidTransaction:
        validity = self.validity[extrinsic][0]
        if validity is None:
            raise InvalidTransaction("Stale")
        return validity

    def submit(self, validity: ValidTransaction, tip: int) -> None:
        extrinsic = len(self.extrinsics).to_bytes(2, "big") * (1 + tip * 3)
        self.extrinsics.append(extrinsic)
        self.validity[extrinsic] = (validity, tip)
        self.attempt(lambda: self.pool.submit(extrinsic))

    def block(self, at: list[int], is_finalized: bool) -> None:
        included = [self.extrinsics[n % len(self.extrinsics)] for n in at if self.extrinsics]
        for each in included:
            self.validity[each] = (None, self.validity[each][1])
        self.number += 1
        before = {each.hash: each for each in (*self.pool.ready(), *self.pool.futures())}
        hashes = {blake2_256(each) for each in included}
        self.pool.on_block(included, bytes([self.number]) * 32, self.number, is_finalized)
        tags = {tag for hash_ in hashes if hash_ in before for tag in before[hash_].provides}
        for hash_ in before:
            self.granted.setdefault(hash_, set()).update(tags)

    def remove(self, at: int, _: None) -> None:
        if self.extrinsics:
            self.pool.remove([blake2_256(self.extrinsics[at % len(self.extrinsics)])])

    def revalidate(self, at: int, validity: ValidTransaction) -> None:
        if self.extrinsics:
            extrinsic = self.extrinsics[at % len(self.extrinsics)]
            if self.validity[extrinsic][0] is not None:
                self.validity[extrinsic] = (validity, self.validity[extrinsic][1])
        self.pool.revalidate(at)

    def rewind(self, is_save: bool, _: None) -> None:
        if is_save:
            self.saved = self.pool.snapshot()
        else:
            self.pool.restore(self.saved)

    @staticmethod
    def attempt(action: Callable[[], object]) -> None:
        with suppress(ChainError):
            action()

    def check(self) -> None:
        pool, order = self.pool, list(self.pool.ready())
        provided = [tag for each in order for tag in each.provides]
        assert len(order) == pool.ready_count, "every ready one is yielded, once"
        assert len({each.hash for each in order}) == len(order)
        assert len(provided) == len(set(provided)), "no tag twice"
        before: set[bytes] = set()
        for each in order:
            granted = self.granted.get(each.hash, set())
            assert before.issuperset(set(each.requires) - granted), "what it requires is there, and comes first"
            before.update(each.provides)
        for each in pool.futures():
            assert any(tag not in provided for tag in each.requires), "a future one misses something"
        assert pool.ready_count <= LIMITS.ready
        assert pool.future_count <= LIMITS.future
        assert sum(len(each.extrinsic) for each in order) <= LIMITS.ready_bytes
        assert sum(len(each.extrinsic) for each in pool.futures()) <= LIMITS.future_bytes
        queues = pool._queues
        assert queues.ready_bytes == sum(len(each.extrinsic) for each in order)
        assert queues.future_bytes == sum(len(each.extrinsic) for each in pool.futures())
        assert queues.provided.keys() == set(provided)
        assert queues.roots == sorted(e.transaction.place for e in queues.ready.values() if not e.parents)


@settings(deadline=None, max_examples=300)
@given(st.lists(step, min_size=15, max_size=40))
def test_whatever_happens_the_ready_queue_can_go_into_a_block(steps: list[Step]) -> None:
    world = World()

    for name, first, second in steps:
        getattr(world, name)(first, second)
        world.check()


@settings(deadline=None, max_examples=100)
@given(st.lists(step, min_size=8, max_size=20), st.lists(step, min_size=8, max_size=20))
def test_a_restored_pool_is_the_pool_that_was_saved(before: list[Step], after: list[Step]) -> None:
    world = World()
    for name, first, second in before:
        getattr(world, name)(first, second)
    saved, ready, future = world.pool.snapshot(), list(world.pool.ready()), world.pool.futures()

    for name, first, second in after:
        if name != "rewind":
            getattr(world, name)(first, second)
    world.pool.restore(saved)

    assert list(world.pool.ready()) == ready
    assert world.pool.futures() == future
    world.check()
