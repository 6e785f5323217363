"""Laws of the layered state, held against a plain dictionary."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from chain.scale.compact import decode_compact, encode_compact
from chain.state import State
from chain.trie.root import state_root
from chain.trie.tree import Trie

keys = st.lists(st.sampled_from(b"\x00\x01\x10"), max_size=3).map(bytes)
values = st.sampled_from([b"", b"\x00", b"\x04a", b"v" * 40])
steps = st.recursive(
    st.lists(
        st.one_of(
            st.tuples(st.just("set"), keys, values),
            st.tuples(st.just("delete"), keys),
            st.tuples(st.just("append"), keys, st.sampled_from([b"a", b"bc"])),
            st.tuples(st.just("get"), keys),
            st.tuples(st.just("clear_prefix"), keys, st.one_of(st.none(), st.integers(0, 3))),
        ),
        max_size=6,
    ),
    lambda inner: st.lists(st.one_of(st.tuples(st.just("keep"), inner), st.tuples(st.just("drop"), inner)), max_size=4),
    max_leaves=8,
)


class Dropped(Exception):
    """Ends a transaction."""


def run(state: State, model: dict[bytes, bytes], todo: list) -> dict[bytes, bytes]:  # type: ignore[type-arg]
    """Do the steps to the state, and give what a dictionary that is copied for each transaction would hold."""
    for name, *arguments in todo:
        if name in ("keep", "drop"):
            try:
                with state.transaction():
                    inner = run(state, dict(model), arguments[0])
                    if name == "drop":
                        raise Dropped
                    model = inner
            except Dropped:
                pass
        elif name == "set":
            state.set(*arguments)
            model[arguments[0]] = arguments[1]
        elif name == "delete":
            state.delete(*arguments)
            model.pop(arguments[0], None)
        elif name == "append":
            state.append(*arguments)
            model[arguments[0]] = appended(model.get(arguments[0]), arguments[1])
        elif name == "get":
            assert state.get(arguments[0]) == model.get(arguments[0])
        else:
            prefix, limit = arguments
            matching = sorted(key for key in model if key.startswith(prefix))[:limit]
            assert state.clear_prefix(prefix, limit) == len(matching)
            model = {key: value for key, value in model.items() if key not in matching}
    return model


def appended(value: bytes | None, item: bytes) -> bytes:
    try:
        count, start = decode_compact(value or b"\x00", 0)
    except Exception:
        return b"\x04" + item
    return encode_compact(count + 1) + (value or b"\x00")[start:] + item


@given(st.dictionaries(keys, values, max_size=6), st.lists(steps, max_size=4))
@settings(deadline=None, max_examples=300)
def test_a_state_reads_like_a_dictionary_that_is_copied_for_each_transaction(
    stored: dict[bytes, bytes],
    sequence: list[list],  # type: ignore[type-arg]
) -> None:
    state, model = State(Trie.empty().update(stored).trie), dict(stored)
    for todo in sequence:
        model = run(state, model, todo)

        assert list(state.keys()) == sorted(model)
        for key in [*stored, *model, b"\x01"]:
            assert state.get(key) == model.get(key)
            assert state.next_key(key) == min((other for other in model if other > key), default=None)
        assert state.root() == state_root(model.items())


@given(st.dictionaries(keys, values, max_size=6), steps)
@settings(deadline=None)
def test_a_transaction_that_raises_is_as_if_it_never_was(stored: dict[bytes, bytes], todo: list) -> None:  # type: ignore[type-arg]
    state = State(Trie.empty().update(stored).trie)
    run(state, dict(stored), [("set", b"\x00", b"before"), ("append", b"\x01", b"x")])
    before = (state.root(), list(state.keys()), state.changes())

    run(state, {key: state.get(key) or b"" for key in state.keys()}, [("drop", todo)])  # noqa: SIM118

    assert (state.root(), list(state.keys()), state.changes()) == before


@given(st.dictionaries(keys, values, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_root_does_not_depend_on_the_order_of_writes(pairs: dict[bytes, bytes], random) -> None:  # type: ignore[no-untyped-def]
    state = State.empty()
    shuffled = list(pairs.items())
    random.shuffle(shuffled)
    for key, value in shuffled:
        state.set(key, b"overwritten")
        state.set(key, value)

    assert state.root() == state_root(pairs.items())
