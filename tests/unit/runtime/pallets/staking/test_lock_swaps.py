"""Locks keep their mass, their conviction and their sums when a coldkey or a hotkey is replaced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    MODULE,
    OTHER,
    SUBNET,
    add_other,
    skip_blocks,
    sound_economy,
    stake,
)

from chain.keys import Keypair
from runtime.fixed import u64f64
from runtime.pallets.staking.locks import LockState, roll
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.tally import Tally
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

RATE = 934_866
YEAR = 1_000_000
NEW = key_of("Ferdie")
"""A hotkey, or a coldkey, that takes somebody's place."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Charlie and Alice have stake on two subnets; Eve's key is Bob's, Dave's key is the owner's of the first."""
    with sound_economy() as runtime:
        add_other(runtime)
        for who in (CHARLIE, ALICE):
            for netuid in (SUBNET, OTHER):
                stake(runtime, who, EVE, netuid, TAO(100))
        yield runtime


def lock(
    runtime: Taonet,
    amount: int = ALPHA(40),
    *,
    who: Keypair = CHARLIE,
    to: Keypair = EVE,
    netuid: NetUid = SUBNET,
    stays: bool = False,
) -> None:
    dispatch(runtime, who, f"{MODULE}.set_perpetual_lock", netuid=netuid, enabled=stays)
    dispatch(runtime, who, f"{MODULE}.lock_stake", hotkey=to.account, netuid=netuid, amount=amount)


def lock_of(runtime: Taonet, who: Keypair = CHARLIE, to: Keypair = EVE, netuid: NetUid = SUBNET) -> LockState | None:
    """A lock as it is stored; the index has to know it too."""
    found = runtime.locks.Lock.get((who.account, netuid, to.account))
    assert ((netuid, to.account, who.account) in runtime.locks.LockingColdkeys) is (found is not None)
    return found


def sums(runtime: Taonet, to: Keypair = EVE, netuid: NetUid = SUBNET) -> list[LockState | None]:
    """Perpetual and decaying locks to a hotkey, perpetual and decaying locks to the owner's."""
    locks = runtime.locks
    by_hotkey = [locks.HotkeyLock.get((netuid, to.account)), locks.DecayingHotkeyLock.get((netuid, to.account))]
    return [*by_hotkey, locks.OwnerLock.get(netuid), locks.DecayingOwnerLock.get(netuid)]


def rolled(runtime: Taonet, found: LockState | None, *, owner: bool = False, stays: bool = False) -> LockState:
    assert found is not None
    return roll(found, runtime.registry.block(), RATE, RATE, owner, stays)


def swap_coldkey(runtime: Taonet, old: Keypair = CHARLIE, new: Keypair = NEW) -> None:
    with runtime.state.transaction():
        runtime.lock_swaps.swap_coldkey(old.account, new.account)


def swap_hotkey(runtime: Taonet, *netuids: NetUid, old: Keypair = EVE, new: Keypair = NEW) -> tuple[int, int]:
    """Swap a hotkey, on both subnets if none is named; the reads and the writes that counted for."""
    tally = Tally()
    runtime.lock_swaps.swap_hotkey(old.account, new.account, netuids or (SUBNET, OTHER), tally)
    return tally.reads, tally.writes


ROLES = pytest.mark.parametrize(("to", "is_owner"), [(EVE, False), (DAVE, True)])
KINDS = pytest.mark.parametrize("stays", [True, False])


def place(*, owner: bool, stays: bool) -> int:
    """Where in `sums` a lock counts."""
    return 2 * owner + (not stays)


# -- a coldkey is replaced


@ROLES
@KINDS
def test_a_lock_is_the_new_coldkeys(runtime: Taonet, to: Keypair, is_owner: bool, stays: bool) -> None:
    lock(runtime, to=to, stays=stays)
    skip_blocks(runtime, YEAR)
    before, total = lock_of(runtime, to=to), sums(runtime, to)[place(owner=is_owner, stays=stays)]

    swap_coldkey(runtime)

    assert lock_of(runtime, to=to) is None
    assert lock_of(runtime, NEW, to) == rolled(runtime, before, owner=is_owner, stays=stays)
    expected: list[LockState | None] = [None] * 4
    expected[place(owner=is_owner, stays=stays)] = rolled(runtime, total, owner=is_owner, stays=stays)
    assert sums(runtime, to) == expected
    assert runtime.locks.is_perpetual(NEW.account, SUBNET) is stays
    assert (CHARLIE.account, SUBNET) not in runtime.locks.DecayingLock


def test_locks_on_all_subnets_move(runtime: Taonet) -> None:
    lock(runtime)
    lock(runtime, netuid=OTHER, to=DAVE, stays=True)
    swap_coldkey(runtime)
    assert lock_of(runtime, NEW) is not None
    assert lock_of(runtime, NEW, DAVE, OTHER) is not None
    assert list(runtime.locks.Lock.items(CHARLIE.account)) == []


def test_other_peoples_locks_stay_in_the_sum(runtime: Taonet) -> None:
    lock(runtime)
    lock(runtime, ALPHA(7), who=ALICE)
    swap_coldkey(runtime)
    total = sums(runtime)[1]
    assert total is not None
    assert total.locked_mass == ALPHA(47)


def test_a_lock_joins_the_sum_of_what_the_new_coldkey_chose_before(runtime: Taonet) -> None:
    dispatch(runtime, NEW, f"{MODULE}.set_perpetual_lock", netuid=SUBNET, enabled=True)
    lock(runtime)
    swap_coldkey(runtime)
    assert runtime.locks.is_perpetual(NEW.account, SUBNET)
    assert [found is not None for found in sums(runtime)] == [True, False, False, False]


def test_a_lock_that_faded_away_does_not_move(runtime: Taonet) -> None:
    lock(runtime, 1000)
    skip_blocks(runtime, 40 * RATE)
    swap_coldkey(runtime)
    assert lock_of(runtime) is lock_of(runtime, NEW) is None
    assert sums(runtime) == [None] * 4


def test_who_has_a_lock_takes_nobodys_place(runtime: Taonet) -> None:
    lock(runtime)
    lock(runtime, who=ALICE)
    with unchanged(runtime), reverts(Errors.ActiveLockExists):
        swap_coldkey(runtime, ALICE, CHARLIE)


def test_a_lock_that_faded_away_hinders_nothing(runtime: Taonet) -> None:
    lock(runtime, 1000)
    skip_blocks(runtime, 40 * RATE)
    lock(runtime, who=ALICE)
    swap_coldkey(runtime, ALICE, CHARLIE)
    assert lock_of(runtime, CHARLIE) is not None


@pytest.mark.parametrize("accepts", [True, False])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_what_the_old_coldkey_chose_about_locked_alpha_counts(runtime: Taonet, accepts: bool, others: int) -> None:
    lock(runtime)
    if accepts:
        dispatch(runtime, CHARLIE, f"{MODULE}.set_reject_locked_alpha", enabled=False)
    if others:
        runtime.locks.AccountFlags[NEW.account] = others
    swap_coldkey(runtime)
    assert dict(runtime.locks.AccountFlags.items()) == ({NEW.account: 1} if accepts else {})
    assert lock_of(runtime, NEW) is not None


def test_a_coldkey_in_its_own_place_accepts_locked_alpha(runtime: Taonet) -> None:
    swap_coldkey(runtime, CHARLIE, CHARLIE)
    assert dict(runtime.locks.AccountFlags.items()) == {CHARLIE.account: 1}


# -- a hotkey is replaced


@KINDS
def test_a_lock_is_to_the_new_hotkey(runtime: Taonet, stays: bool) -> None:
    lock(runtime, stays=stays)
    skip_blocks(runtime, YEAR)
    before, total = lock_of(runtime), sums(runtime)[place(owner=False, stays=stays)]

    assert swap_hotkey(runtime, SUBNET) == (5 + 1, 2 + 6)

    assert lock_of(runtime) is None
    assert lock_of(runtime, to=NEW) == rolled(runtime, before, stays=stays)
    assert sums(runtime) == [None] * 4
    assert sums(runtime, NEW)[place(owner=False, stays=stays)] == rolled(runtime, total, stays=stays)


@KINDS
def test_locks_to_the_owners_hotkey_stay_owners_locks(runtime: Taonet, stays: bool) -> None:
    lock(runtime, to=DAVE, stays=stays)
    skip_blocks(runtime, YEAR)
    before, total = lock_of(runtime, to=DAVE), sums(runtime)[place(owner=True, stays=stays)]

    assert swap_hotkey(runtime, SUBNET, old=DAVE) == (5 + 1, 2 + 6)

    moved = lock_of(runtime, to=NEW)
    assert moved == rolled(runtime, before, owner=True, stays=stays)
    assert moved.conviction == u64f64.from_int(moved.locked_mass)
    assert sums(runtime, NEW)[place(owner=True, stays=stays)] == rolled(runtime, total, owner=True, stays=stays)
    assert sums(runtime, DAVE)[:2] == sums(runtime, NEW)[:2] == [None, None]


@KINDS
def test_locks_that_come_to_the_owners_hotkey_have_its_conviction_and_overwrite_its_sum(
    runtime: Taonet, stays: bool
) -> None:
    lock(runtime, stays=stays)
    lock(runtime, ALPHA(7), who=ALICE, to=DAVE, stays=stays)
    skip_blocks(runtime, YEAR)
    before, total = rolled(runtime, lock_of(runtime), stays=stays), sums(runtime)[place(owner=False, stays=stays)]
    assert before.conviction not in (0, before.locked_mass << 64)

    swap_hotkey(runtime, SUBNET, new=DAVE)

    moved, whole = lock_of(runtime, to=DAVE), rolled(runtime, total, stays=stays)
    assert moved == LockState(before.locked_mass, u64f64.from_int(before.locked_mass), runtime.registry.block())
    # the chain's: Alice's part of the sum is lost
    expected = LockState(whole.locked_mass, u64f64.from_int(whole.locked_mass), runtime.registry.block())
    assert sums(runtime)[place(owner=True, stays=stays)] == expected
    assert sums(runtime)[:2] == [None, None]


def test_a_sum_at_the_new_hotkey_is_overwritten(runtime: Taonet) -> None:
    lock(runtime)
    other = LockState(AlphaBalance(1), u64f64.zero, runtime.registry.block())
    runtime.locks.DecayingHotkeyLock[SUBNET, NEW.account] = other
    runtime.locks.HotkeyLock[SUBNET, NEW.account] = other
    total = sums(runtime)[1]
    swap_hotkey(runtime, SUBNET)
    assert sums(runtime, NEW)[:2] == [other, total]


def test_locks_on_other_subnets_stay(runtime: Taonet) -> None:
    lock(runtime)
    lock(runtime, netuid=OTHER)
    swap_hotkey(runtime, OTHER)
    assert (lock_of(runtime) is None, lock_of(runtime, to=NEW, netuid=OTHER) is None) == (False, False)
    assert lock_of(runtime, to=NEW) is lock_of(runtime, netuid=OTHER) is None


def test_on_all_subnets_all_locks_turn(runtime: Taonet) -> None:
    for who in (CHARLIE, ALICE):
        for netuid in (SUBNET, OTHER):
            lock(runtime, who=who, netuid=netuid, stays=who is ALICE)
    # Eve's key owns the second subnet
    assert swap_hotkey(runtime) == (2 * 5 + 4, 2 * 4 + 2 * 6)
    assert all(lock_of(runtime, who, NEW, n) for who in (CHARLIE, ALICE) for n in (SUBNET, OTHER))
    assert [found is not None for found in sums(runtime, NEW)] == [True, True, False, False]
    assert [found is not None for found in sums(runtime, NEW, OTHER)] == [False, False, True, True]


def test_without_sums_nothing_turns(runtime: Taonet) -> None:
    lock(runtime)
    runtime.locks.DecayingHotkeyLock.clear()
    with unchanged(runtime):
        assert swap_hotkey(runtime, SUBNET) == (5, 0)


def test_a_sum_that_faded_away_leaves_no_row(runtime: Taonet) -> None:
    lock(runtime, 1000)
    skip_blocks(runtime, 40 * RATE)
    swap_hotkey(runtime, SUBNET)
    assert lock_of(runtime) is lock_of(runtime, to=NEW) is None
    assert sums(runtime) == sums(runtime, NEW) == [None] * 4


def test_the_index_forgets_a_lock_that_does_not_exist(runtime: Taonet) -> None:
    lock(runtime)
    runtime.locks.LockingColdkeys[SUBNET, EVE.account, BOB.account] = ()
    assert swap_hotkey(runtime, SUBNET) == (5 + 2, 2 + 1 + 6)
    assert list(runtime.locks.LockingColdkeys) == [(SUBNET, NEW.account, CHARLIE.account)]
