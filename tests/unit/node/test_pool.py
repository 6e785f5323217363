from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from chain.errors import DecodeError, InvalidTransaction, UnknownTransaction
from chain.hashing import blake2_256
from chain.transaction import ValidTransaction
from node.pool import Pool, PoolLimits, PoolTransaction, Queues, ReadyTransactions, rpc_error
from node.pool import errors as pools

FOR_EVER = (1 << 64) - 1
ALICE, BOB = b"a" * 32, b"b" * 32
BLOCK = bytes([7]) * 32


@dataclass
class World:
    """A runtime with nonces: an extrinsic is account ++ nonce ++ tip ++ anything."""

    nonces: dict[bytes, int] = field(default_factory=dict)
    refused: dict[bytes, Exception] = field(default_factory=dict)
    priorities: dict[bytes, int] = field(default_factory=dict)
    longevity: int = FOR_EVER
    now: float = 0.0
    validated: int = 0

    def pool(self, **limits: int) -> Pool:
        return Pool(
            self.validate,
            tip=lambda extrinsic: extrinsic[36],
            tags=lambda extrinsic: (extrinsic[:36],),
            limits=PoolLimits(**limits),
            clock=lambda: self.now,
        )

    def validate(self, extrinsic: bytes, source: str) -> ValidTransaction:
        self.validated += 1
        if extrinsic in self.refused:
            raise self.refused[extrinsic]
        account, nonce, expected = extrinsic[:32], nonce_of(extrinsic), self.nonces.get(extrinsic[:32], 0)
        if nonce < expected:
            raise InvalidTransaction("Stale")
        requires = (tag(account, nonce - 1),) if nonce > expected else ()
        priority = self.priorities.get(extrinsic, 1)
        return ValidTransaction(priority, requires, (tag(account, nonce),), self.longevity, True)

    def include(self, pool: Pool, *extrinsics: bytes, number: int = 1, is_finalized: bool = False) -> None:
        for extrinsic in extrinsics:
            self.nonces[extrinsic[:32]] = nonce_of(extrinsic) + 1
        pool.on_block(extrinsics, BLOCK, number, is_finalized)


def tag(account: bytes, nonce: int) -> bytes:
    return account + nonce.to_bytes(4, "little")


def transfer(account: bytes, nonce: int, tip: int = 0, note: bytes = b"") -> bytes:
    return tag(account, nonce) + bytes([tip]) + note


def nonce_of(extrinsic: bytes) -> int:
    return int.from_bytes(extrinsic[32:36], "little")


def hex_of(extrinsic: bytes) -> str:
    return "0x" + blake2_256(extrinsic).hex()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def pool(world: World) -> Pool:
    return world.pool()


def test_the_ready_are_ordered_by_priority_then_life_then_arrival(world: World, pool: Pool) -> None:
    first, second, urgent, short = (transfer(bytes([n]) * 32, 0) for n in range(4))
    world.priorities[urgent] = 5
    for each in (first, second, urgent):
        pool.submit(each)
    world.longevity = 10
    pool.submit(short)

    assert pool.pending() == [urgent, short, first, second]


def test_an_extrinsic_comes_after_the_one_it_requires_even_with_a_higher_priority(world: World, pool: Pool) -> None:
    zero, one, other = transfer(ALICE, 0), transfer(ALICE, 1), transfer(BOB, 0)
    world.priorities[one] = 9
    for each in (zero, other, one):
        pool.submit(each)

    assert pool.pending() == [zero, one, other]


def test_a_nonce_gap_waits_in_the_future_queue_until_it_is_filled(pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 2))
    pool.submit(transfer(ALICE, 1))
    assert (pool.ready_count, pool.future_count) == (0, 2)

    pool.submit(transfer(ALICE, 0))

    assert pool.pending() == [transfer(ALICE, n) for n in range(3)]
    assert statuses.take_all() == ["future", "ready"]


def test_the_next_nonce_counts_what_is_ready_and_not_what_waits(pool: Pool) -> None:
    for nonce in (5, 6, 8):
        pool.submit(transfer(ALICE, nonce))
    assert pool.next_nonce(ALICE, 5) == 5

    pool = World({ALICE: 5}).pool()
    for nonce in (5, 6, 8):
        pool.submit(transfer(ALICE, nonce))

    assert pool.next_nonce(ALICE, 5) == 7
    assert pool.next_nonce(BOB, 3) == 3


def test_a_higher_tip_replaces_and_keeps_those_that_depend_on_it(pool: Pool) -> None:
    old, child, new = transfer(ALICE, 0, tip=1), transfer(ALICE, 1), transfer(ALICE, 0, tip=2)
    statuses = pool.submit_and_watch(old)
    pool.submit(child)

    pool.submit(new)

    assert pool.pending() == [new, child]
    assert statuses.take_all() == ["ready", {"usurped": hex_of(new)}]


@pytest.mark.parametrize("tip", [0, 1])
def test_the_same_or_a_lower_tip_does_not_replace(pool: Pool, tip: int) -> None:
    pool.submit(transfer(ALICE, 0, tip=1))

    with pytest.raises(pools.TooLowPriority) as refused:
        pool.submit(transfer(ALICE, 0, tip=tip, note=b"another"))

    assert rpc_error(refused.value).to_json() == {
        "code": 1014,
        "message": "Priority is too low: (1 vs 1)",
        "data": "The transaction has too low priority to replace another transaction already in the pool.",
    }
    assert pool.pending() == [transfer(ALICE, 0, tip=1)]


def test_an_extrinsic_that_is_in_the_pool_is_refused_with_1013(pool: Pool) -> None:
    pool.submit(transfer(ALICE, 0))

    with pytest.raises(pools.AlreadyImported) as refused:
        pool.submit(transfer(ALICE, 0))

    answer = {"code": 1013, "message": "Transaction Already Imported", "data": hex_of(transfer(ALICE, 0))}
    assert rpc_error(refused.value).to_json() == answer


def test_an_invalid_extrinsic_is_banned_for_half_an_hour(world: World, pool: Pool) -> None:
    world.nonces[ALICE] = 1
    with pytest.raises(InvalidTransaction):
        pool.submit(transfer(ALICE, 0))
    world.nonces[ALICE] = 0

    world.now = 1799.0
    with pytest.raises(pools.TemporarilyBanned) as refused:
        pool.submit(transfer(ALICE, 0))
    assert rpc_error(refused.value).to_json() == {"code": 1012, "message": "Transaction is temporarily banned"}

    world.now = 1801.0
    pool.submit(transfer(ALICE, 0))
    assert pool.ready_count == 1


def test_an_extrinsic_of_unknown_validity_is_not_banned(world: World, pool: Pool) -> None:
    world.refused[transfer(ALICE, 0)] = UnknownTransaction("CannotLookup")

    for _ in range(2):
        with pytest.raises(UnknownTransaction):
            pool.submit(transfer(ALICE, 0))


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (InvalidTransaction("Stale"), (1010, "Invalid Transaction", "Transaction is outdated")),
        (InvalidTransaction("Custom", 8), (1010, "Invalid Transaction", "Custom error: 8")),
        (
            InvalidTransaction("Payment"),
            (1010, "Invalid Transaction", "Inability to pay some fees (e.g. account balance too low)"),
        ),
        (UnknownTransaction("NoUnsignedValidator"), (1011, "Unknown Transaction Validity", "NoUnsignedValidator")),
        (UnknownTransaction("Custom", 3), (1011, "Unknown Transaction Validity", "Custom(3)")),
        (DecodeError("it ends"), (1001, "Extrinsic has invalid format: it ends", None)),
        (
            pools.ImmediatelyDropped(),
            (1016, "Immediately Dropped", "The transaction couldn't enter the pool because of the limit"),
        ),
        (pools.CycleDetected(), (1015, "Cycle Detected", None)),
    ],
)
def test_each_refusal_has_substrates_code_and_text(error: Exception, answer: tuple[int, str, str | None]) -> None:
    told = rpc_error(error)

    assert (told.code, told.message, told.data) == answer


def test_every_kind_of_invalid_transaction_has_a_text() -> None:
    assert pools.INVALID_TEXTS.keys() == InvalidTransaction.kinds.keys() - {"Custom"}


def test_a_full_pool_drops_the_newcomer_unless_it_is_worth_more(world: World) -> None:
    pool = world.pool(ready=2)
    for account in (ALICE, BOB):
        pool.submit(transfer(account, 0, tip=1))

    with pytest.raises(pools.ImmediatelyDropped):
        pool.submit(transfer(b"c" * 32, 0, tip=1))
    pool.submit(transfer(b"d" * 32, 0, tip=2))

    assert pool.pending() == [transfer(ALICE, 0, tip=1), transfer(b"d" * 32, 0, tip=2)]


def test_what_a_full_pool_dropped_may_come_again(world: World) -> None:
    pool = world.pool(ready=1)
    pool.submit(transfer(ALICE, 0))
    with pytest.raises(pools.ImmediatelyDropped):
        pool.submit(transfer(BOB, 0))

    world.include(pool, transfer(ALICE, 0))
    pool.submit(transfer(BOB, 0))

    assert pool.pending() == [transfer(BOB, 0)]


def test_the_future_queue_and_the_bytes_have_their_own_limits(world: World) -> None:
    pool = world.pool(future=2, ready_bytes=100)
    for nonce in (2, 3):
        pool.submit(transfer(ALICE, nonce))

    with pytest.raises(pools.ImmediatelyDropped):
        pool.submit(transfer(ALICE, 4))
    with pytest.raises(pools.ImmediatelyDropped):
        pool.submit(transfer(BOB, 0, note=bytes(100)))

    assert (pool.ready_count, pool.future_count) == (0, 2)


def test_a_pool_may_refuse_what_cannot_go_now(world: World) -> None:
    pool = world.pool(accepts_future=False)

    with pytest.raises(pools.RejectedFutureTransaction):
        pool.submit(transfer(ALICE, 1))


def test_a_block_takes_out_what_it_includes_and_tells_the_watchers(world: World, pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 0))
    pool.submit(transfer(ALICE, 1))

    world.include(pool, transfer(ALICE, 0))
    pool.on_finalized(BLOCK)

    block = "0x" + BLOCK.hex()
    assert pool.pending() == [transfer(ALICE, 1)]
    assert statuses.take_all() == ["ready", {"inBlock": block}, {"finalized": block}]


def test_an_instantly_final_block_says_both(world: World, pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 0))

    world.include(pool, transfer(ALICE, 0), is_finalized=True)

    block = "0x" + BLOCK.hex()
    assert statuses.take_all() == ["ready", {"inBlock": block}, {"finalized": block}]


def test_a_block_unlocks_what_waited_for_one_that_the_pool_never_saw(world: World, pool: Pool) -> None:
    pool.submit(transfer(ALICE, 1))

    world.include(pool, transfer(ALICE, 0))

    assert pool.pending() == [transfer(ALICE, 1)]


def test_the_loser_of_the_same_nonce_becomes_invalid(world: World, pool: Pool) -> None:
    loser, winner = transfer(ALICE, 0), transfer(ALICE, 0, note=b"winner")
    statuses = pool.submit_and_watch(loser)
    pool.submit(transfer(ALICE, 1))

    world.include(pool, winner)

    assert pool.pending() == [transfer(ALICE, 1)]
    assert statuses.take_all() == ["ready", "invalid"]


def test_a_retracted_extrinsic_comes_back(world: World, pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 0))
    world.include(pool, transfer(ALICE, 0))
    world.nonces[ALICE] = 0

    pool.on_retracted(BLOCK, [transfer(ALICE, 0)])

    assert pool.pending() == [transfer(ALICE, 0)]
    assert statuses.take_all()[1:] == [{"inBlock": "0x" + BLOCK.hex()}, {"retracted": "0x" + BLOCK.hex()}, "ready"]


def test_an_extrinsic_is_invalid_when_its_life_is_over(world: World, pool: Pool) -> None:
    world.longevity = 3
    statuses = pool.submit_and_watch(transfer(ALICE, 0))

    for number in (1, 2):
        world.include(pool, number=number)
    assert pool.ready_count == 1
    world.include(pool, number=3)

    assert pool.ready_count == 0
    assert statuses.take_all() == ["ready", "invalid"]
    with pytest.raises(pools.TemporarilyBanned):
        pool.submit(transfer(ALICE, 0))


def test_removing_takes_out_what_depends_on_it_but_bans_only_the_one(pool: Pool) -> None:
    for nonce in range(3):
        pool.submit(transfer(ALICE, nonce))

    removed = pool.remove([blake2_256(transfer(ALICE, 1))])

    assert set(removed) == {blake2_256(transfer(ALICE, 1)), blake2_256(transfer(ALICE, 2))}
    assert pool.pending() == [transfer(ALICE, 0)]
    pool.submit(transfer(ALICE, 2))
    with pytest.raises(pools.TemporarilyBanned):
        pool.submit(transfer(ALICE, 1))


def test_revalidation_spends_its_budget_and_ends_the_round(world: World, pool: Pool) -> None:
    for nonce in range(10):
        pool.submit(transfer(ALICE, nonce))
    world.include(pool)
    world.validated = 0

    assert [pool.revalidate(4), pool.revalidate(4), pool.revalidate(4)] == [6, 2, 0]
    assert world.validated == 10
    assert pool.ready_count == 10


def test_revalidation_removes_what_became_invalid(world: World, pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 0))
    pool.submit(transfer(BOB, 0))
    world.refused[transfer(ALICE, 0)] = InvalidTransaction("Payment")
    world.include(pool)

    pool.revalidate(100)

    assert pool.pending() == [transfer(BOB, 0)]
    assert statuses.take_all() == ["ready", "invalid"]


def test_revalidation_leaves_a_long_queue_of_one_account_in_place(world: World, pool: Pool) -> None:
    queue = [transfer(ALICE, nonce) for nonce in range(20)]
    for each in queue:
        pool.submit(each)
    statuses = pool.watch(blake2_256(queue[15]))
    world.include(pool, *queue[:10])

    pool.revalidate(100)

    assert pool.pending() == queue[10:]
    assert statuses.take_all() == ["ready"]


def test_revalidation_sends_back_to_wait_what_cannot_go_any_more(world: World, pool: Pool) -> None:
    world.nonces[ALICE] = 5
    statuses = pool.submit_and_watch(transfer(ALICE, 5))
    pool.submit(transfer(ALICE, 6))
    world.nonces[ALICE] = 3
    world.include(pool)

    pool.revalidate(100)
    assert (pool.ready_count, pool.future_count) == (0, 2)

    for nonce in (3, 4):
        pool.submit(transfer(ALICE, nonce))
    assert pool.pending() == [transfer(ALICE, nonce) for nonce in (3, 4, 5, 6)]
    assert statuses.take_all() == ["ready", "future", "ready"]


def test_skipping_leaves_out_what_depends_on_the_one(pool: Pool) -> None:
    for each in (transfer(ALICE, 0), transfer(ALICE, 1), transfer(BOB, 0)):
        pool.submit(each)

    ready = pool.ready()
    first = next(ready)
    ready.skip()

    assert first.extrinsic == transfer(ALICE, 0)
    assert [each.extrinsic for each in ready] == [transfer(BOB, 0)]


def test_an_author_may_remove_while_it_iterates(pool: Pool) -> None:
    for each in (transfer(ALICE, 0), transfer(ALICE, 1), transfer(BOB, 0)):
        pool.submit(each)

    seen = []
    for each in pool.ready():
        seen.append(each.extrinsic)
        pool.remove([each.hash])

    assert seen == [transfer(ALICE, 0), transfer(BOB, 0)]


def test_a_restored_pool_drops_what_came_later_and_brings_back_what_went(world: World, pool: Pool) -> None:
    early = pool.submit_and_watch(transfer(ALICE, 0))
    saved = pool.snapshot()
    late = pool.submit_and_watch(transfer(BOB, 0))
    world.include(pool, transfer(ALICE, 0))

    pool.restore(saved)

    assert pool.pending() == [transfer(ALICE, 0)]
    assert late.take_all() == ["ready", "dropped"]
    block = "0x" + BLOCK.hex()
    assert early.take_all() == ["ready", {"inBlock": block}, {"retracted": block}, "ready"]


def test_clearing_drops_everything_and_every_ban(world: World, pool: Pool) -> None:
    statuses = pool.submit_and_watch(transfer(ALICE, 0))
    pool.remove([blake2_256(transfer(BOB, 0))])

    pool.clear()

    assert len(pool) == 0
    assert statuses.take_all() == ["ready", "dropped"]
    pool.submit(transfer(BOB, 0))


def test_watchers_of_refused_extrinsics_are_forgotten(world: World, pool: Pool) -> None:
    world.nonces[ALICE] = 5

    for nonce in range(5):
        with pytest.raises(InvalidTransaction):
            pool.submit_and_watch(transfer(ALICE, nonce))

    assert not pool._watched


def test_a_watcher_iterates_until_the_last_status(world: World, pool: Pool) -> None:
    async def watch() -> list[object]:
        statuses = pool.submit_and_watch(transfer(ALICE, 0))
        world.include(pool, transfer(ALICE, 0), is_finalized=True)
        return [status async for status in statuses]

    assert len(asyncio.run(watch())) == 3


def test_what_can_go_now_is_announced(pool: Pool) -> None:
    announced = pool.imported.subscribe()

    pool.submit(transfer(ALICE, 1))
    pool.submit(transfer(BOB, 0))

    assert [each.extrinsic for each in announced.take_all()] == [transfer(BOB, 0)]


def linked(name: bytes, requires: bytes = b"", provides: bytes = b"", tip: int = 0) -> PoolTransaction:
    """A transaction whose tags are single letters."""
    tags = [tuple(bytes([letter]) for letter in letters) for letters in (requires, provides)]
    return PoolTransaction(name, name, 1, tip, tags[0], tags[1], FOR_EVER, True, "External")


def names(queues: Queues) -> list[bytes]:
    return [each.hash for each in ReadyTransactions(queues)]


def test_who_waits_for_two_tags_waits_again_for_the_one_that_was_taken_away() -> None:
    queues = Queues()
    queues.add(linked(b"A", provides=b"a"))
    queues.add(linked(b"both", requires=b"ab", provides=b"z"))
    queues.remove([b"A"])

    queues.add(linked(b"B", provides=b"b"))
    assert names(queues) == [b"B"]

    queues.add(linked(b"A", provides=b"a"))
    assert names(queues) == [b"B", b"A", b"both"]


def test_one_that_is_promoted_may_take_away_what_the_next_waits_for() -> None:
    queues = Queues()
    queues.add(linked(b"old", provides=b"xy"))
    queues.add(linked(b"taker", requires=b"a", provides=b"x", tip=5))
    queues.add(linked(b"waiter", requires=b"ay", provides=b"w"))

    outcome = queues.add(linked(b"A", provides=b"a"))

    assert names(queues) == [b"A", b"taker"]
    assert [each.hash for each in outcome.promoted] == [b"taker"]
    assert [(each.hash, taker) for each, taker in outcome.usurped] == [(b"old", b"taker")]
    assert queues.future[b"waiter"].missing == {b"y"}


def test_replacing_takes_along_those_that_need_a_tag_which_is_lost() -> None:
    queues = Queues()
    queues.add(linked(b"old", provides=b"xy"))
    queues.add(linked(b"needs x", requires=b"x", provides=b"1"))
    queues.add(linked(b"needs y", requires=b"y", provides=b"2"))

    outcome = queues.add(linked(b"new", provides=b"x", tip=1))

    assert names(queues) == [b"new", b"needs x"]
    assert {each.hash for each, _ in outcome.usurped} == {b"old", b"needs y"}


def test_nothing_replaces_what_it_depends_on() -> None:
    queues = Queues()
    queues.add(linked(b"first", provides=b"x"))
    queues.add(linked(b"second", requires=b"x", provides=b"y"))

    with pytest.raises(pools.CycleDetected):
        queues.add(linked(b"third", requires=b"y", provides=b"x", tip=1))

    assert names(queues) == [b"first", b"second"]


def test_nothing_is_relinked_behind_what_depends_on_it() -> None:
    queues = Queues()
    queues.add(linked(b"first", provides=b"x"))
    queues.add(linked(b"second", requires=b"x", provides=b"y"))

    assert not queues.relink(linked(b"first", requires=b"y", provides=b"x"))
    assert not queues.relink(linked(b"first", requires=b"z", provides=b"x"))

    assert names(queues) == [b"first", b"second"]


def test_one_that_needs_two_comes_after_both() -> None:
    queues = Queues()
    for each in (linked(b"A", provides=b"a"), linked(b"C", b"ab", b"c"), linked(b"D", b"c", b"d")):
        queues.add(each)

    queues.add(linked(b"B", provides=b"b"))

    assert names(queues) == [b"A", b"B", b"C", b"D"]


def test_a_pruned_loser_takes_along_those_that_need_what_the_chain_has_not() -> None:
    queues = Queues()
    for each in (linked(b"loser", b"", b"xy"), linked(b"needs x", b"x", b"1"), linked(b"needs y", b"y", b"2")):
        queues.add(each)

    pruned, _ = queues.prune([b"x"])

    assert [each.hash for each in pruned] == [b"loser", b"needs y"]
    assert names(queues) == [b"needs x"]


def test_a_copy_of_the_queues_lives_on_its_own() -> None:
    queues = Queues()
    queues.add(linked(b"A", provides=b"a"))
    copied = queues.copy()

    queues.add(linked(b"B", requires=b"a", provides=b"b"))
    copied.remove([b"A"])

    assert names(queues) == [b"A", b"B"]
    assert names(copied) == []
