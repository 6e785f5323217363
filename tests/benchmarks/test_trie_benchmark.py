"""What a change of state costs. Only ratios within one run are asserted: machines differ, and so does their mood."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from chain.hashing import blake2_128
from chain.state import State
from chain.trie.tree import Trie

pytestmark = pytest.mark.slow


def account_keys(count: int) -> list[bytes]:
    dice = random.Random("accounts")
    accounts = [dice.randbytes(32) for _ in range(count)]
    return [b"\x26\xaa" * 16 + blake2_128(account) + account for account in accounts]


def grown(count: int) -> tuple[Trie, list[bytes]]:
    keys = account_keys(count)
    return Trie.empty().update({key: key for key in keys}).trie, keys


@pytest.fixture(scope="module")
def small() -> tuple[Trie, list[bytes]]:
    return grown(1_000)


@pytest.fixture(scope="module")
def large() -> tuple[Trie, list[bytes]]:
    return grown(100_000)


def changes(keys: list[bytes], count: int) -> dict[bytes, bytes | None]:
    dice = random.Random("changes")
    return {key: dice.randbytes(80) for key in dice.sample(keys, count)}


def least_seconds(action: Callable[[], object], rounds: int = 15) -> float:
    """The best of some rounds: what the code costs when nothing else disturbs it."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def test_committing_a_thousand_of_a_hundred_thousand_accounts(
    benchmark: BenchmarkFixture, large: tuple[Trie, list[bytes]]
) -> None:
    trie, keys = large

    benchmark(trie.update, changes(keys, 1_000))


def test_reading_from_a_warm_trie(benchmark: BenchmarkFixture, large: tuple[Trie, list[bytes]]) -> None:
    trie, keys = large
    sample = keys[:1000]

    benchmark(lambda: [trie.get(key) for key in sample])


def test_reading_and_writing_in_nested_transactions(benchmark: BenchmarkFixture) -> None:
    state = State.empty()
    state.set(b"key", b"value")

    def transfer() -> None:
        with state.transaction(), state.transaction():
            state.set(b"key", state.get(b"key") or b"")

    benchmark(transfer)


def test_a_commit_does_not_walk_the_whole_trie(
    small: tuple[Trie, list[bytes]], large: tuple[Trie, list[bytes]]
) -> None:
    few = changes(small[1], 10), changes(large[1], 10)

    ratio = least_seconds(lambda: large[0].update(few[1])) / least_seconds(lambda: small[0].update(few[0]))

    assert ratio < 3


def test_a_batch_costs_less_than_its_changes_one_by_one(large: tuple[Trie, list[bytes]]) -> None:
    trie, keys = large
    batch = changes(keys, 500)

    together = least_seconds(lambda: trie.update(batch), 5)
    apart = least_seconds(lambda: [trie.update({key: value}) for key, value in batch.items()], 3)

    assert together < apart


def test_a_read_costs_the_same_under_many_layers() -> None:
    state = State.empty()
    state.set(b"key", b"value")

    def read() -> None:
        for _ in range(10_000):
            state.get(b"key")

    flat = least_seconds(read)
    with state.transaction(), state.transaction(), state.transaction(), state.transaction():
        deep = least_seconds(read)

    assert deep < 2 * flat


def test_appending_to_a_long_vector_costs_what_it_costs_to_a_short_one() -> None:
    def fill(count: int) -> float:
        state = State.empty()
        return least_seconds(lambda: [state.append(b"events", b"e" * 40) for _ in range(count)], 1) / count

    assert fill(50_000) < 5 * fill(2_000)
