"""Layers of writes over a state: what a runtime sees while it executes a block."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chain.scale.compact import encode_compact
from chain.state import State
from chain.trie.node import EMPTY_ROOT
from chain.trie.root import state_root
from chain.trie.tree import Trie

STORED = {b"a": b"1", b"b": b"2", b"ba": b"3", b"c": b"4"}


class Undo(Exception):
    """Ends a transaction."""


class CountingTrie(Trie):
    """A trie that counts its reads."""

    reads = 0

    def get(self, key: bytes) -> bytes | None:
        CountingTrie.reads += 1
        return super().get(key)


@pytest.fixture
def state() -> State:
    return State(Trie.empty().update(STORED).trie)


def test_an_empty_state_has_the_empty_root() -> None:
    state = State.empty()

    assert state.root() == EMPTY_ROOT
    assert state.get(b"a") is None
    assert list(state.keys()) == []


def test_a_write_is_read_back_and_a_deleted_key_is_not(state: State) -> None:
    state.set(b"a", b"new")
    state.delete(b"b")

    assert [state.get(key) for key in (b"a", b"b", b"c")] == [b"new", None, b"4"]


def test_a_key_is_looked_up_in_the_trie_once() -> None:
    trie = CountingTrie(lambda key: None, EMPTY_ROOT)
    state = State(trie)
    CountingTrie.reads = 0

    for _ in range(3):
        state.get(b"absent")

    assert CountingTrie.reads == 1


def test_a_transaction_that_ends_keeps_its_writes(state: State) -> None:
    with state.transaction():
        state.set(b"a", b"new")
        state.delete(b"b")

    assert state.changes() == {b"a": b"new", b"b": None}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_a_transaction_that_raises_is_undone_whatever_it_raises(state: State, error: type[BaseException]) -> None:
    state.set(b"a", b"before")

    with suppress(error), state.transaction():
        state.set(b"a", b"new")
        state.delete(b"c")
        state.set(b"d", b"new")
        state.append(b"e", b"x")
        raise error

    assert [state.get(key) for key in (b"a", b"c", b"d", b"e")] == [b"before", b"4", None, None]
    assert state.changes() == {b"a": b"before"}
    assert list(state.keys()) == [b"a", b"b", b"ba", b"c"]


def test_an_outer_transaction_undoes_what_an_inner_one_kept(state: State) -> None:
    with suppress(Undo), state.transaction():
        with state.transaction():
            state.set(b"a", b"inner")
            assert state.depth == 2
        assert state.get(b"a") == b"inner"
        raise Undo

    assert state.depth == 0
    assert state.changes() == {}


def test_an_inner_transaction_is_undone_alone(state: State) -> None:
    with state.transaction():
        state.set(b"a", b"outer")
        with suppress(Undo), state.transaction():
            state.set(b"a", b"inner")
            raise Undo

    assert state.get(b"a") == b"outer"


def test_appended_items_become_a_vector(state: State) -> None:
    for _ in range(70):
        state.append(b"v", b"xy")

    assert state.get(b"v") == encode_compact(70) + b"xy" * 70


def test_an_item_is_appended_to_a_stored_vector() -> None:
    state = State(Trie.empty().update({b"v": b"\x08ab"}).trie)

    state.append(b"v", b"c")

    assert state.get(b"v") == b"\x0cabc"


def test_appending_to_what_is_no_vector_starts_one_anew(state: State) -> None:
    state.set(b"v", b"\x02")

    state.append(b"v", b"x")

    assert state.get(b"v") == b"\x04x"


def test_appends_are_undone_layer_by_layer(state: State) -> None:
    state.append(b"v", b"a")
    with state.transaction():
        state.append(b"v", b"b")
        with suppress(Undo), state.transaction():
            state.append(b"v", b"c")
            assert state.get(b"v") == b"\x0cabc"
            state.append(b"v", b"d")
            raise Undo
        assert state.get(b"v") == b"\x08ab"
        state.append(b"v", b"e")

    assert state.get(b"v") == b"\x0cabe"


def test_a_vector_that_was_overwritten_grows_again_after_the_undoing(state: State) -> None:
    state.append(b"v", b"a")
    with suppress(Undo), state.transaction():
        state.set(b"v", b"\x00")
        state.append(b"v", b"b")
        state.delete(b"v")
        raise Undo

    state.append(b"v", b"c")

    assert state.get(b"v") == b"\x08ac"


def test_keys_of_all_layers_come_in_order(state: State) -> None:
    state.set(b"bb", b"new")
    with state.transaction():
        state.delete(b"b")
        state.append(b"", b"x")

        assert list(state.keys()) == [b"", b"a", b"ba", b"bb", b"c"]
        assert list(state.keys(b"b")) == [b"ba", b"bb"]
        assert [state.next_key(key) for key in (b"", b"a", b"bb", b"c")] == [b"a", b"ba", b"c", None]


def test_keys_may_be_changed_while_they_are_listed(state: State) -> None:
    seen = []

    for key in state.keys():  # noqa: SIM118
        seen.append(key)
        state.delete(key)
        if key == b"a":
            state.set(b"aa", b"ahead")
            state.set(b"Z", b"behind")
            state.delete(b"ba")

    assert seen == [b"a", b"aa", b"b", b"c"]
    assert list(state.keys()) == [b"Z"]


def test_clearing_a_prefix_tells_how_many_keys_went(state: State) -> None:
    state.set(b"bb", b"new")

    assert state.clear_prefix(b"b", limit=2) == 2
    assert list(state.keys(b"b")) == [b"bb"]
    assert state.clear_prefix(b"b", limit=0) == 0
    assert state.clear_prefix(b"") == 3
    assert state.root() == EMPTY_ROOT


def test_the_root_is_that_of_the_trie_with_the_changes(state: State) -> None:
    state.set(b"a", b"new")
    state.delete(b"b")

    assert state.root() == state_root({b"a": b"new", b"ba": b"3", b"c": b"4"}.items())


def test_the_root_follows_every_later_write(state: State) -> None:
    roots = [state.root()]
    for write in (
        lambda: state.set(b"a", b"x"),
        lambda: state.delete(b"a"),
        lambda: state.append(b"a", b"x"),
        lambda: state.append(b"a", b"x"),
        lambda: state.clear_prefix(b"b"),
    ):
        write()
        roots.append(state.root())

    assert len(set(roots)) == 6


def test_the_root_is_computed_once(state: State) -> None:
    state.set(b"a", b"new")

    assert state.commit() is state.commit()


def test_written_keys_are_known_by_their_prefix_inside_a_transaction_too(state: State) -> None:
    state.set(b"ba", b"x")
    state.set(b"c", b"x")

    with state.transaction():
        state.delete(b"b")

        assert state.written((b"b",)) == [b"ba", b"b"]
    assert state.written((b"b", b"c")) == [b"ba", b"c", b"b"]


def test_there_is_no_root_inside_a_transaction(state: State) -> None:
    with state.transaction(), pytest.raises(RuntimeError, match="transactions have ended"):
        state.root()


def test_a_state_can_stand_on_another_one(state: State) -> None:
    state.set(b"b", b"lower")
    upper = State(state)

    upper.set(b"d", b"upper")
    upper.delete(b"a")

    assert list(upper.keys()) == [b"b", b"ba", b"c", b"d"]
    assert (upper.get(b"b"), state.get(b"d"), state.get(b"a")) == (b"lower", None, b"1")
    with pytest.raises(TypeError, match="stands on a trie"):
        upper.root()


def test_a_prefix_is_touched_once_a_key_under_it_was_written(state: State) -> None:
    state.set(b"ab1", b"x")
    assert state.touched(b"ab")
    assert state.touched(b"ab1")
    assert not state.touched(b"ab2")
    assert not state.touched(b"b")

    with suppress(KeyError), state.transaction():
        state.delete(b"b1")
        raise KeyError

    assert state.touched(b"b")
