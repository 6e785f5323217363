"""Laws of the trie on random sequences of insertions, updates and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.trie.nibbles import pack
from chain.trie.node import EMPTY_ROOT, REFERENCE_LENGTH, Branch, decode_node, node_key, value_key
from chain.trie.proof import InvalidProof, read_proof, verify_proof
from chain.trie.root import state_root
from chain.trie.tree import Trie

# few different bytes and a few long stems, so that keys are often equal, prefixes of each other, or fork late
stems = st.sampled_from([b"", b"\x10" * 32, b"\x10" * 32 + b"\x01" * 170])
tails = st.lists(st.sampled_from(b"\x00\x01\x10\x11\xff"), max_size=4).map(bytes)
keys = st.builds(bytes.__add__, stems, tails)
values = st.builds(
    lambda byte, size: bytes([byte]) * size, st.integers(0, 2), st.sampled_from([0, 1, 5, 31, 32, 33, 100])
)
changes = st.dictionaries(keys, st.one_of(st.none(), values), max_size=12)
batches = st.lists(changes, min_size=1, max_size=6)
versions = st.sampled_from([0, 1])


def apply(model: Mapping[bytes, bytes], batch: Mapping[bytes, bytes | None]) -> dict[bytes, bytes]:
    merged = {**model, **batch}
    return {key: value for key, value in merged.items() if value is not None}


def reachable(database: Mapping[bytes, bytes], root: bytes) -> set[bytes]:
    """The keys of all database entries that hang on a root."""
    found: set[bytes] = set()
    pending = [(b"", b"\x80" + root)] if root != EMPTY_ROOT else []
    while pending:
        above, reference = pending.pop()
        data = reference[1:]
        if len(reference) == REFERENCE_LENGTH:
            found.add(node_key(above, data))
            data = database[node_key(above, data)]
        node = decode_node(data)
        assert node is not None
        path = above + node.partial
        if node.value_hash is not None:
            found.add(value_key(pack(path), node.value_hash))
        if isinstance(node, Branch):
            pending += [(path + bytes([n]), child) for n, child in enumerate(node.references) if child]
    return found


@given(batches, versions, st.booleans())
@settings(deadline=None, max_examples=200)
def test_after_every_batch_the_trie_has_the_root_of_the_closed_form(
    sequence: list[dict[bytes, bytes | None]], version: int, forget: bool
) -> None:
    database: dict[bytes, bytes] = {}
    trie, model = Trie.empty(database.get, version), dict[bytes, bytes]()
    for batch in sequence:
        commit = trie.update(batch)
        database.update(commit.inserted)
        trie, model = commit.trie, apply(model, batch)
        if forget:
            trie.forget()

        assert trie.root == state_root(model.items(), version)
        assert dict(trie.items()) == model
        assert {key: trie.get(key) for key in batch} == {key: model.get(key) for key in batch}


@given(batches, versions)
@settings(deadline=None, max_examples=200)
def test_inserted_and_removed_are_exactly_what_differs_between_two_states(
    sequence: list[dict[bytes, bytes | None]], version: int
) -> None:
    database: dict[bytes, bytes] = {}
    trie = Trie.empty(database.get, version)
    for batch in sequence:
        commit = trie.update(batch)
        before = reachable(database, trie.root)
        database.update(commit.inserted)
        after = reachable(database, commit.root)

        assert set(commit.inserted) == after - before
        assert sorted(commit.removed) == sorted(before - after)
        trie = commit.trie


@given(batches, versions)
@settings(deadline=None)
def test_pruning_every_old_state_leaves_the_newest_whole(
    sequence: list[dict[bytes, bytes | None]], version: int
) -> None:
    database: dict[bytes, bytes] = {}
    trie, model = Trie.empty(database.get, version), dict[bytes, bytes]()
    for batch in sequence:
        commit = trie.update(batch)
        database.update(commit.inserted)
        for key in commit.removed:
            del database[key]
        trie, model = Trie(database.get, commit.root, version), apply(model, batch)

    assert dict(trie.items()) == model
    assert set(database) == reachable(database, trie.root)


@given(changes, changes, versions)
@settings(deadline=None)
def test_undoing_a_batch_gives_the_old_root(
    first: dict[bytes, bytes | None], second: dict[bytes, bytes | None], version: int
) -> None:
    trie = Trie.empty(version=version).update(first).trie

    undone = trie.update(second).trie.update({key: first.get(key) for key in second})

    assert undone.root == trie.root


@given(st.dictionaries(keys, values, max_size=12), versions, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_root_does_not_depend_on_the_order_or_the_batching(pairs: dict[bytes, bytes], version: int, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(pairs.items())
    random.shuffle(shuffled)
    trie = Trie.empty(version=version)
    for key, value in shuffled:
        trie = trie.update({key: value}).trie

    assert trie.root == Trie.empty(version=version).update(pairs).root


@given(st.dictionaries(keys, values, max_size=12), st.lists(keys, max_size=6), tails)
@settings(deadline=None)
def test_the_order_of_keys_is_that_of_their_bytes(
    pairs: dict[bytes, bytes], probes: list[bytes], prefix: bytes
) -> None:
    trie = Trie.empty().update(pairs).trie
    ordered = sorted(pairs)
    for probe in [*probes, *ordered]:
        behind = [key for key in ordered if key > probe]

        assert trie.next_key(probe) == next(iter(behind), None)
        assert list(trie.keys(after=probe)) == behind
        assert list(trie.keys(prefix, after=probe)) == [key for key in behind if key.startswith(prefix)]
    assert list(trie.keys(prefix)) == [key for key in ordered if key.startswith(prefix)]


@given(st.dictionaries(keys, values, max_size=12), st.lists(keys, min_size=1, max_size=4), versions)
@settings(deadline=None)
def test_a_proof_shows_what_the_trie_holds(pairs: dict[bytes, bytes], probes: list[bytes], version: int) -> None:
    trie = Trie.empty(version=version).update(pairs).trie
    asked = [*probes, *list(pairs)[:3]]

    proof = read_proof(trie, asked)

    assert [verify_proof(trie.root, proof, key) for key in asked] == [pairs.get(key) for key in asked]


@given(st.dictionaries(keys, values, min_size=1, max_size=8), st.data(), versions)
@settings(deadline=None)
def test_a_proof_with_one_changed_byte_is_refused(pairs: dict[bytes, bytes], data: st.DataObject, version: int) -> None:
    trie = Trie.empty(version=version).update(pairs).trie
    key = data.draw(st.sampled_from(sorted(pairs)))
    proof = read_proof(trie, [key])
    n = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(1, 255))

    for at in range(len(proof[n])):
        entry = proof[n][:at] + bytes([proof[n][at] ^ bit]) + proof[n][at + 1 :]
        with pytest.raises(InvalidProof):
            verify_proof(trie.root, [*proof[:n], entry, *proof[n + 1 :]], key)


def test_all_pairs_of_small_states_lead_to_each_other() -> None:
    """Every step between two of the 3^5 states of five entangled keys, in both versions."""
    choice = [None, b"s", b"long" * 10]
    entangled = [b"", b"\x10", b"\x11", b"\x11\x10", b"\x11\x20\x00"]
    states = [dict(zip(entangled, held, strict=True)) for held in product(choice, repeat=5)]
    for version in (0, 1):
        tries = [Trie.empty(version=version).update(state).trie for state in states]
        for n, trie in enumerate(tries):
            m = (n * 97 + 31) % len(states)

            assert trie.update(states[m]).root == tries[m].root
            assert trie.root == state_root(apply({}, states[n]).items(), version)
