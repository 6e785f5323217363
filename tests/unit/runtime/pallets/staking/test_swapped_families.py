"""Children, parents and pending children when a hotkey takes the place of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import key_of, reverts, unchanged
from support.economy import BOB, EVE, SUBNET, sound_economy

from chain.errors import DispatchError
from chain.keys import Keypair
from chain.types import AccountId
from runtime.fixed import U64_MAX
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.tally import Tally
from runtime.taonet import Taonet
from runtime.units import NetUid

HALF, QUARTER = U64_MAX // 2, U64_MAX // 4
NEW = key_of("Ferdie")
CHILDREN = tuple(sorted((key_of(f"child{n}") for n in range(6)), key=lambda key: key.account))
PARENTS = tuple(sorted((key_of(f"parent{n}") for n in range(2)), key=lambda key: key.account))
OTHER_SUBNET = NetUid(1)

Family = dict[AccountId, tuple[tuple[int, AccountId], ...]]


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        runtime.ownership.create_account(BOB.account, EVE.account)
        yield runtime


def have(runtime: Taonet, hotkey: Keypair, *wanted: tuple[int, Keypair], netuid: NetUid = SUBNET) -> None:
    runtime.delegation.apply(netuid, hotkey.account, edges(*wanted))


def edges(*wanted: tuple[int, Keypair]) -> tuple[tuple[int, AccountId], ...]:
    return tuple((proportion, child.account) for proportion, child in wanted)


def children(runtime: Taonet, netuid: NetUid = SUBNET) -> Family:
    return {hotkey: found for (hotkey, n), found in runtime.stakes.ChildKeys.items() if n == netuid}


def parents(runtime: Taonet, netuid: NetUid = SUBNET) -> Family:
    return {hotkey: found for (hotkey, n), found in runtime.stakes.ParentKeys.items() if n == netuid}


def swap(runtime: Taonet) -> tuple[int, int]:
    """Swap Eve's key for the new one, and say how many reads and writes that counted for."""
    tally = Tally()
    with runtime.state.transaction():
        runtime.delegation.swap_hotkey(EVE.account, NEW.account, SUBNET, tally)
    return tally.reads, tally.writes


def test_without_relatives_there_is_an_empty_row(runtime: Taonet) -> None:
    assert swap(runtime) == (3, 3)
    assert children(runtime) == {EVE.account: ()}
    assert parents(runtime) == {}


def test_children_have_the_new_parent(runtime: Taonet) -> None:
    have(runtime, EVE, (HALF, CHILDREN[0]), (QUARTER, CHILDREN[1]))
    have(runtime, PARENTS[0], (1, CHILDREN[0]))
    assert swap(runtime) == (2 + 2 + 1 + 2, 2 + 2 + 1 + 2)
    assert children(runtime) == {
        EVE.account: (),
        NEW.account: edges((HALF, CHILDREN[0]), (QUARTER, CHILDREN[1])),
        PARENTS[0].account: edges((1, CHILDREN[0])),
    }
    assert parents(runtime) == {
        CHILDREN[0].account: edges((1, PARENTS[0]), (HALF, NEW)),
        CHILDREN[1].account: edges((QUARTER, NEW)),
    }


def test_parents_have_the_new_child_at_the_end(runtime: Taonet) -> None:
    have(runtime, PARENTS[0], (1, EVE))
    have(runtime, PARENTS[1], (2, EVE), (3, CHILDREN[0]))
    first = runtime.stakes.ChildKeys[PARENTS[1].account, SUBNET]
    kept = tuple(edge for edge in first if edge[1] != EVE.account)
    assert swap(runtime) == (2 + 2 + 1 + 2, 2 + 2 + 1 + 2)
    assert children(runtime) == {
        EVE.account: (),
        PARENTS[0].account: edges((1, NEW)),
        PARENTS[1].account: (*kept, (2, NEW.account)),
    }
    assert parents(runtime) == {
        CHILDREN[0].account: edges((3, PARENTS[1])),
        NEW.account: edges((1, PARENTS[0]), (2, PARENTS[1])),
    }


def test_other_subnets_are_left_alone(runtime: Taonet) -> None:
    have(runtime, EVE, (HALF, CHILDREN[0]), netuid=OTHER_SUBNET)
    before = children(runtime, OTHER_SUBNET), parents(runtime, OTHER_SUBNET)
    swap(runtime)
    assert (children(runtime, OTHER_SUBNET), parents(runtime, OTHER_SUBNET)) == before


def test_the_new_hotkeys_own_relatives_are_replaced(runtime: Taonet) -> None:
    have(runtime, EVE, (HALF, CHILDREN[0]), (QUARTER, CHILDREN[1]))
    have(runtime, NEW, (1, CHILDREN[1]), (2, CHILDREN[2]))
    have(runtime, PARENTS[0], (3, NEW))
    # each child of either and the parent of the new one has its row written
    assert swap(runtime) == (2 + 2 + 1 + 4, 2 + 2 + 1 + 4)
    assert children(runtime) == {EVE.account: (), NEW.account: edges((HALF, CHILDREN[0]), (QUARTER, CHILDREN[1]))}
    assert parents(runtime) == {CHILDREN[0].account: edges((HALF, NEW)), CHILDREN[1].account: edges((QUARTER, NEW))}


@pytest.mark.parametrize("is_child", [True, False])
def test_no_relative_takes_the_place(runtime: Taonet, is_child: bool) -> None:
    parent, child = (EVE, NEW) if is_child else (NEW, EVE)
    have(runtime, parent, (1, child))
    with unchanged(runtime), reverts(Errors.InvalidChild):
        swap(runtime)


def test_relations_that_contradict_each_other_are_not_moved(runtime: Taonet) -> None:
    runtime.stakes.ChildKeys[EVE.account, SUBNET] = edges((1, CHILDREN[0]))
    runtime.stakes.ParentKeys[EVE.account, SUBNET] = edges((1, CHILDREN[0]))
    with unchanged(runtime), reverts(Errors.ChildParentInconsistency):
        swap(runtime)
    runtime.stakes.ChildKeys[EVE.account, SUBNET] = edges((U64_MAX, CHILDREN[0]), (1, CHILDREN[1]))
    del runtime.stakes.ParentKeys[EVE.account, SUBNET]
    with unchanged(runtime), reverts(Errors.ProportionOverflow):
        swap(runtime)


def test_who_stands_among_his_own_relatives_is_left_out(runtime: Taonet) -> None:
    runtime.stakes.ChildKeys[EVE.account, SUBNET] = edges((5, EVE), (HALF, CHILDREN[0]))
    swap(runtime)
    assert children(runtime) == {EVE.account: (), NEW.account: edges((HALF, CHILDREN[0]))}


# -- pending children


def wait(runtime: Taonet, hotkey: Keypair, *wanted: tuple[int, Keypair], ready: int = 9) -> None:
    runtime.delegation.PendingChildKeys[SUBNET, hotkey.account] = (edges(*wanted), ready)


def pending(runtime: Taonet) -> dict[AccountId, tuple[tuple[tuple[int, AccountId], ...], int]]:
    return dict(runtime.delegation.PendingChildKeys.items(SUBNET))


def test_pending_children_wait_for_the_new_hotkey(runtime: Taonet) -> None:
    wait(runtime, EVE, (HALF, CHILDREN[0]))
    wait(runtime, NEW, (HALF, CHILDREN[1]), ready=3)
    assert swap(runtime) == (3 + 1, 3 + 2)
    assert pending(runtime) == {NEW.account: (edges((HALF, CHILDREN[0])), 9)}


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (((1, NEW),), Errors.InvalidChild),
        (tuple((1, child) for child in CHILDREN), Errors.TooManyChildren),
        (((U64_MAX, CHILDREN[0]), (1, CHILDREN[1])), Errors.ProportionOverflow),
        (((1, PARENTS[0]),), Errors.ChildParentInconsistency),
    ],
)
def test_pending_children_that_the_new_hotkey_may_not_have_stop_the_swap(
    runtime: Taonet, wanted: tuple[tuple[int, Keypair], ...], error: type[DispatchError]
) -> None:
    have(runtime, PARENTS[0], (1, EVE))
    wait(runtime, EVE, *wanted)
    with unchanged(runtime), reverts(error):
        swap(runtime)


def test_who_waits_for_the_old_hotkey_waits_for_the_new_one_last_of_all(runtime: Taonet) -> None:
    wait(runtime, PARENTS[0], (1, EVE), (2, CHILDREN[0]), (3, EVE))
    wait(runtime, PARENTS[1], (4, CHILDREN[1]))
    tally = Tally()
    runtime.delegation.swap_pending_child(EVE.account, NEW.account, SUBNET, tally)
    assert pending(runtime) == {
        PARENTS[0].account: (edges((2, CHILDREN[0]), (3, EVE), (1, NEW)), 9),
        PARENTS[1].account: (edges((4, CHILDREN[1])), 9),
    }
    assert (tally.reads, tally.writes) == (3, 2)
