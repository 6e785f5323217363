"""Snapshots of a whole node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.errors import StateDiscarded
from node.chain_spec import load
from node.clock import StoppedClock
from node.dev.accounts import unsigned_by
from node.dev.snapshots import SnapshotError
from node.devnet import Devnet
from node.node import Node
from node.service import Settings, make_node, open_database


@pytest.fixture
def chain() -> Iterator[Devnet]:
    with Devnet() as made:
        made.advance(3)
        yield made


def transfer(chain: Devnet) -> None:
    chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value="1 TAO")


def test_everything_is_as_it_was(chain: Devnet) -> None:
    head, now, state = chain.head, chain.now, chain.take_state()

    with chain.snapshot():
        transfer(chain)
        chain.advance(10)
        assert chain.balance("//Zoe") == 10**9

    assert (chain.head, chain.now, chain.balance("//Zoe")) == (head, now, 0)
    assert chain.take_state() == state
    assert chain.node.chain.hash_of(4) is None


def test_the_same_blocks_come_again(chain: Devnet) -> None:
    heads = []
    for _ in range(2):
        with chain.snapshot():
            transfer(chain)
            chain.advance(2)
            heads.append(chain.head)

    assert heads[0] == heads[1]


def test_snapshots_nest(chain: Devnet) -> None:
    outer = chain.take_snapshot("outer")
    transfer(chain)
    with chain.snapshot():
        transfer(chain)
        assert chain.balance("//Zoe") == 2 * 10**9
    assert chain.balance("//Zoe") == 10**9

    chain.revert(outer)

    assert chain.balance("//Zoe") == 0


def test_an_outer_snapshot_takes_the_inner_ones_with_it(chain: Devnet) -> None:
    outer, inner = chain.take_snapshot(), chain.take_snapshot()

    chain.revert(outer)

    with pytest.raises(SnapshotError, match=f"snapshot {inner} went with {outer}; there are: none"):
        chain.revert(inner)


def test_a_snapshot_is_used_once(chain: Devnet) -> None:
    taken, other = chain.take_snapshot("first"), chain.take_snapshot("second")
    chain.revert(other)
    chain.revert(taken)
    number = chain.number

    with pytest.raises(SnapshotError, match="snapshot first was used; there are: none"):
        chain.revert("first")
    with pytest.raises(SnapshotError, match="there is no snapshot third"):
        chain.revert("third")

    assert chain.number == number


def test_a_name_is_given_once(chain: Devnet) -> None:
    chain.take_snapshot("here")

    with pytest.raises(SnapshotError, match="there is a snapshot here already: of block 3"):
        chain.take_snapshot("here")
    with pytest.raises(SnapshotError, match="empty"):
        chain.take_snapshot("")


def test_what_waits_in_the_pool_waits_again(chain: Devnet) -> None:
    node, alice = chain.node, chain.runtime.sudo.Key
    assert alice is not None
    waiting = unsigned_by(node.runtime(), alice, chain.call("System.remark", remark="waits"))
    node.pool.submit(waiting)

    with chain.snapshot():
        chain.advance()
        assert node.pool.ready_count == 0

    assert node.pool.pending() == [waiting]


def test_going_back_to_a_block_and_then_to_a_snapshot_of_a_later_one(chain: Devnet) -> None:
    chain.advance(5)
    head = chain.head
    taken = chain.take_snapshot()
    chain.set_head(2)
    transfer(chain)
    chain.advance(3)

    chain.revert(taken)

    assert chain.head == head
    assert [chain.node.chain.header(chain.node.chain.hash_of(n) or head).number for n in range(9)] == [*range(9)]
    chain.advance()
    assert chain.number == 9


def kept_on_disk(folder: Path, pruning: int | None = None) -> Node:
    spec = load("dev")
    settings = Settings(spec, base_path=folder, state_pruning=pruning)
    return make_node(settings, open_database(folder, spec), StoppedClock(shown_ms=1_767_225_600_000))


def test_a_chain_on_the_disk_goes_back_too_and_is_there_after_a_restart(tmp_path: Path) -> None:
    node = kept_on_disk(tmp_path)
    for _ in range(5):
        node.make_block()
    head, taken = node.chain.best, node.snapshots.take()
    for _ in range(20):
        node.make_block()

    node.snapshots.revert(taken)
    made = node.make_block()

    assert node.header(made).parent_hash == head.hash
    node.chain.database.close()
    again = kept_on_disk(tmp_path)
    assert again.chain.best.hash == made
    assert again.chain.hash_of(7) is None
    again.chain.database.close()


def test_a_snapshot_whose_state_was_pruned_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    node = kept_on_disk(tmp_path, pruning=4)
    node.make_block()
    taken = node.snapshots.take()
    for _ in range(20):
        node.make_block()
    head = node.chain.best

    with pytest.raises(StateDiscarded, match="block 1 was pruned"):
        node.snapshots.revert(taken)

    assert node.chain.best == head
    node.make_block()
    node.chain.database.close()


def test_a_pruning_chain_in_memory_has_its_old_states_again(chain: Devnet) -> None:
    spec = load("dev")
    node = make_node(Settings(spec, state_pruning=4), open_database(None, spec), StoppedClock(shown_ms=10**12))
    for _ in range(8):
        node.make_block()
    head, taken = node.chain.best, node.snapshots.take()
    for _ in range(30):
        node.make_block()

    node.snapshots.revert(taken)

    assert node.chain.best == head
    for _ in range(30):
        node.make_block()
    with pytest.raises(StateDiscarded):
        node.runtime(node.chain.hash_of(8))
