"""The incremental trie: what it reads, shares, loads, forgets and refuses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from chain.errors import DatabaseError, StateDiscarded
from chain.trie.node import EMPTY_ROOT
from chain.trie.root import state_root
from chain.trie.tree import Commit, Trie

PAIRS = {f"key{n}".encode(): f"value{n}".encode() * (n % 9) for n in range(300)}


class Store(dict[bytes, bytes]):
    """A database that counts its reads."""

    def __init__(self) -> None:
        self.reads = 0

    def load(self, key: bytes) -> bytes | None:
        self.reads += 1
        return self.get(key)

    def apply(self, commit: Commit) -> Trie:
        self.update(commit.inserted)
        for key in commit.removed:
            del self[key]
        return commit.trie


@pytest.fixture
def store() -> Store:
    return Store()


def filled(store: Store, pairs: Mapping[bytes, bytes | None] = PAIRS) -> Trie:
    return store.apply(Trie.empty(store.load).update(pairs))


def cold(store: Store, trie: Trie, capacity: int = 1000) -> Trie:
    return Trie(store.load, trie.root, capacity=capacity)


def test_an_empty_trie_has_no_keys_and_the_empty_root() -> None:
    trie = Trie.empty()

    assert trie.root == EMPTY_ROOT
    assert trie.get(b"") is None
    assert trie.next_key(b"") is None
    assert list(trie.items()) == []


def test_the_keys_come_in_order_within_a_prefix_and_behind_a_key(store: Store) -> None:
    trie = filled(store)

    assert list(trie.items()) == sorted(PAIRS.items())
    assert list(trie.keys(b"key29")) == sorted(key for key in PAIRS if key.startswith(b"key29"))
    assert list(trie.keys(b"key29", after=b"key295")) == [b"key296", b"key297", b"key298", b"key299"]
    assert list(trie.keys(b"key29", after=b"a")) == list(trie.keys(b"key29"))
    assert list(trie.keys(b"key29", after=b"z")) == []


def test_the_next_key_is_strictly_greater(store: Store) -> None:
    trie = filled(store, {b"": b"", b"a": b"", b"ab": b""})

    assert [trie.next_key(key) for key in (b"", b"a", b"aa", b"ab", b"b")] == [b"a", b"ab", b"ab", None, None]


def test_an_update_leaves_the_old_trie_as_it_was(store: Store) -> None:
    old = filled(store)

    new = old.update({b"key1": b"other", b"key2": None, b"new": b"n"}).trie

    assert list(old.items()) == sorted(PAIRS.items())
    assert (new.get(b"key1"), new.get(b"key2"), new.get(b"new")) == (b"other", None, b"n")


def test_an_update_that_changes_nothing_gives_the_same_trie(store: Store) -> None:
    trie = filled(store)

    commit = trie.update({b"key8": PAIRS[b"key8"], b"absent": None, b"key": None, b"": None})

    assert commit.trie is trie
    assert (commit.inserted, commit.removed) == ({}, [])


def test_a_thousand_keys_may_be_prefixes_of_each_other(store: Store) -> None:
    nested = {b"\x11" * length: b"v" for length in range(1000)}

    trie = filled(store, nested)

    assert dict(cold(store, trie).items()) == nested
    assert store.apply(cold(store, trie).update(dict.fromkeys(nested))).root == EMPTY_ROOT


def test_deleting_every_key_leaves_nothing_in_the_database(store: Store) -> None:
    commit = filled(store).update(dict.fromkeys(PAIRS))

    store.apply(commit)

    assert commit.root == EMPTY_ROOT
    assert store == {}


def test_a_trie_loads_only_the_nodes_on_the_way(store: Store) -> None:
    trie = cold(store, filled(store, {bytes([n, m]): b"v" * 40 for n in range(64) for m in range(64)}))
    store.reads = 0

    trie.get(b"\x01\x02")

    assert store.reads <= 8
    assert trie.loaded <= 6


def test_a_second_read_loads_nothing(store: Store) -> None:
    trie = cold(store, filled(store))
    trie.get(b"key8")
    store.reads = 0

    assert trie.get(b"key8") == PAIRS[b"key8"]
    assert store.reads == 0


def test_equal_subtrees_at_two_places_are_pruned_one_by_one(store: Store) -> None:
    twins = {prefix + bytes([n]): b"v" * 40 for prefix in (b"\x11" * 20, b"\x22" * 20) for n in range(16)}
    trie = filled(store, twins)

    trie = store.apply(trie.update({key: None for key in twins if key.startswith(b"\x11")}))

    left = {key: value for key, value in twins.items() if key.startswith(b"\x22")}
    assert dict(cold(store, trie).items()) == left


def test_a_trie_that_is_not_saved_keeps_all_its_nodes(store: Store) -> None:
    trie = Trie(store.load, EMPTY_ROOT, capacity=10).update(PAIRS).trie

    assert list(trie.items()) == sorted(PAIRS.items())
    assert store.reads == 0


def test_a_saved_trie_stays_within_its_capacity(store: Store) -> None:
    trie = cold(store, filled(store), capacity=50)

    peak = max(trie.loaded for _ in trie.items())

    assert peak <= 50
    assert dict(trie.items()) == PAIRS


def test_marking_a_large_trie_as_saved_drops_its_nodes(store: Store) -> None:
    commit = Trie(store.load, EMPTY_ROOT, capacity=10).update(PAIRS)
    trie = store.apply(commit)

    trie.mark_saved()

    assert trie.loaded == 0
    assert dict(trie.items()) == PAIRS


def test_a_forgetful_trie_reads_and_updates_as_before(store: Store) -> None:
    trie = cold(store, filled(store), capacity=1)

    new = trie.update({b"key7": b"seven", b"key8": None}).trie

    expected = {**PAIRS, b"key7": b"seven"}
    del expected[b"key8"]
    assert new.root == state_root(expected.items())


def test_a_pruned_state_is_told_from_a_corrupt_one(store: Store) -> None:
    trie = filled(store)

    with pytest.raises(StateDiscarded, match=trie.root.hex()):
        Trie({}.get, trie.root).get(b"key1")


@pytest.mark.parametrize("damage", ["lost", "changed", "empty"])
def test_a_damaged_inner_entry_is_a_database_error(store: Store, damage: str) -> None:
    trie = filled(store)
    root_key = b"\x00" + trie.root
    for key, value in list(store.items()):
        if key != root_key and damage == "lost":
            del store[key]
        elif key != root_key:
            store[key] = value[:-1] + bytes([value[-1] ^ 1]) if damage == "changed" else b""

    with pytest.raises(DatabaseError, match="corrupt state"):
        list(cold(store, trie).items())


def test_a_value_of_an_older_state_version_is_read_and_rewritten_in_the_new_form(store: Store) -> None:
    old = store.apply(Trie.empty(store.load, version=0).update({b"a": b"v" * 40, b"b": b"v" * 40}))

    new = Trie(store.load, old.root, version=1)
    both = {b"a": b"v" * 40, b"b": b"v" * 40}

    assert dict(new.items()) == both
    assert new.update(both).root == state_root(both.items(), version=1)
