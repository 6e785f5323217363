"""Stake is locked, locks fade or stay, follow stake to others, and let nobody unstake what they hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import dispatch, emits, events, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    add_other,
    dissolve,
    skip_blocks,
    sound_economy,
    stake,
    staked,
    unstake,
)

from chain.keys import Keypair
from runtime.fixed import u64f64
from runtime.pallets.staking.locks import LockState, calculate_decay, roll
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

RATE = 934_866
MINE = ALPHA(40)
FERDIE = key_of("Ferdie")
"""A hotkey of Charlie's."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Charlie has staked 100 TAO to Eve's key, which is Bob's, on Alice's subnet; Dave's key is its owner's."""
    with sound_economy() as runtime:
        add_other(runtime)
        runtime.ownership.create_account(CHARLIE.account, FERDIE.account)
        stake(runtime, CHARLIE, EVE, SUBNET, TAO(100))
        yield runtime


def lock(
    runtime: Taonet, amount: int, *, who: Keypair = CHARLIE, hotkey: Keypair = EVE, netuid: NetUid = SUBNET
) -> None:
    dispatch(runtime, who, "SubtensorModule.lock_stake", hotkey=hotkey.account, netuid=netuid, amount=amount)


def move_lock(runtime: Taonet, to: Keypair) -> None:
    dispatch(runtime, CHARLIE, "SubtensorModule.move_lock", destination_hotkey=to.account, netuid=SUBNET)


def transfer(
    runtime: Taonet, amount: int, *, to: Keypair = BOB, hotkey: Keypair = EVE, netuid: NetUid = SUBNET
) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.transfer_stake",
        destination_coldkey=to.account,
        hotkey=EVE.account,
        origin_netuid=SUBNET,
        destination_netuid=netuid,
        alpha_amount=amount,
    )


def set_perpetual(runtime: Taonet, enabled: bool, who: Keypair = CHARLIE) -> None:
    dispatch(runtime, who, "SubtensorModule.set_perpetual_lock", netuid=SUBNET, enabled=enabled)


def accept(runtime: Taonet, who: Keypair) -> None:
    dispatch(runtime, who, "SubtensorModule.set_reject_locked_alpha", enabled=False)


def lock_of(runtime: Taonet, who: Keypair = CHARLIE, hotkey: Keypair = EVE) -> LockState | None:
    """A lock as it is stored; the index of locking coldkeys has to know it too."""
    found = runtime.locks.Lock.get((who.account, SUBNET, hotkey.account))
    assert ((SUBNET, hotkey.account, who.account) in runtime.locks.LockingColdkeys) is (found is not None)
    return found


def decaying(runtime: Taonet, hotkey: Keypair = EVE) -> LockState | None:
    return runtime.locks.DecayingHotkeyLock.get((SUBNET, hotkey.account))


def perpetual(runtime: Taonet, hotkey: Keypair = EVE) -> LockState | None:
    return runtime.locks.HotkeyLock.get((SUBNET, hotkey.account))


def state(runtime: Taonet, mass: int, conviction: int = 0) -> LockState:
    return LockState(AlphaBalance(mass), u64f64.from_int(conviction), runtime.registry.block())


# -- locking


def test_a_lock_holds_mass_and_no_conviction_at_first(runtime: Taonet) -> None:
    with emits(runtime, Events.StakeLocked(CHARLIE.account, EVE.account, SUBNET, MINE)):
        lock(runtime, MINE)
    assert lock_of(runtime) == decaying(runtime) == state(runtime, MINE)
    assert perpetual(runtime) is None


def test_a_lock_to_the_owners_hotkey_is_worth_its_mass_at_once(runtime: Taonet) -> None:
    lock(runtime, MINE, hotkey=DAVE)
    assert lock_of(runtime, hotkey=DAVE) == state(runtime, MINE, MINE)
    assert runtime.locks.DecayingOwnerLock[SUBNET] == state(runtime, MINE, MINE)
    assert decaying(runtime, DAVE) is None


def test_a_second_lock_adds_to_the_rolled_first(runtime: Taonet) -> None:
    lock(runtime, MINE)
    first = lock_of(runtime)
    assert first is not None
    skip_blocks(runtime, 1000)
    rolled = roll(first, runtime.registry.block(), RATE, RATE, False, False)
    lock(runtime, ALPHA(1))
    expected = LockState(AlphaBalance(rolled.locked_mass + ALPHA(1)), rolled.conviction, runtime.registry.block())
    assert 0 < rolled.conviction < rolled.locked_mass << 64
    assert lock_of(runtime) == expected
    assert decaying(runtime) == LockState(expected.locked_mass, u64f64.zero, expected.last_update)


def test_locks_of_several_coldkeys_add_up(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(50))
    lock(runtime, MINE)
    lock(runtime, ALPHA(5), who=BOB)
    assert decaying(runtime) == state(runtime, MINE + ALPHA(5))


def test_stake_with_any_hotkey_can_be_locked_to_any_other(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(10))
    everything = staked(runtime, CHARLIE, EVE) + staked(runtime, CHARLIE, DAVE)
    with reverts(Errors.InsufficientStakeForLock):
        lock(runtime, everything + 1, hotkey=FERDIE)
    lock(runtime, everything, hotkey=FERDIE)
    with reverts(Errors.InsufficientStakeForLock):
        lock(runtime, 1, hotkey=FERDIE)


@pytest.mark.parametrize(
    ("amount", "hotkey", "error"),
    [(0, EVE, Errors.AmountTooLow), (1000, key_of("Two"), Errors.HotKeyAccountNotExists)],
)
def test_what_cannot_be_locked(runtime: Taonet, amount: int, hotkey: Keypair, error: type[Errors.AmountTooLow]) -> None:
    with reverts(error):
        lock(runtime, amount, hotkey=hotkey)


def test_a_coldkey_locks_to_one_hotkey_of_a_subnet(runtime: Taonet) -> None:
    lock(runtime, MINE)
    with reverts(Errors.LockHotkeyMismatch):
        lock(runtime, MINE, hotkey=DAVE)


# -- time


def test_a_decaying_lock_frees_its_stake(runtime: Taonet) -> None:
    lock(runtime, MINE)
    skip_blocks(runtime, RATE)
    left = u64f64.to_u64(u64f64.mul(calculate_decay(RATE, RATE), u64f64.from_int(MINE)))
    assert MINE * 367 // 1000 < left < MINE * 368 // 1000
    assert runtime.locks.locked(CHARLIE.account, SUBNET) == left
    assert runtime.locks.available(CHARLIE.account, SUBNET) == staked(runtime, CHARLIE, EVE) - left


def test_a_perpetual_lock_keeps_its_mass_and_ripens(runtime: Taonet) -> None:
    set_perpetual(runtime, True)
    lock(runtime, MINE)
    assert decaying(runtime) is None
    skip_blocks(runtime, RATE)
    locked = runtime.locks.lock_of(CHARLIE.account, SUBNET)
    assert locked is not None
    assert locked[1].locked_mass == MINE
    assert MINE * 632 // 1000 < u64f64.to_u64(locked[1].conviction) < MINE * 633 // 1000


def test_a_change_of_mode_moves_the_lock_to_the_other_sum(runtime: Taonet) -> None:
    lock(runtime, MINE)
    skip_blocks(runtime, 100)
    with emits(runtime, Events.PerpetualLockUpdated(CHARLIE.account, SUBNET, True)):
        set_perpetual(runtime, True)
    assert decaying(runtime) is None
    assert perpetual(runtime) == lock_of(runtime)
    set_perpetual(runtime, False)
    assert perpetual(runtime) is None
    assert decaying(runtime) == lock_of(runtime)
    assert (CHARLIE.account, SUBNET) not in runtime.locks.DecayingLock


def test_choosing_the_mode_that_is_chosen_only_writes_down_the_lock(runtime: Taonet) -> None:
    lock(runtime, MINE)
    skip_blocks(runtime, 100)
    set_perpetual(runtime, False)
    rolled = lock_of(runtime)
    assert rolled is not None
    assert rolled.last_update == runtime.registry.block()
    total = decaying(runtime)
    assert total is not None
    assert total.locked_mass == rolled.locked_mass


def test_a_lock_that_is_dust_is_forgotten(runtime: Taonet) -> None:
    lock(runtime, 5000)
    skip_blocks(runtime, RATE * 10)
    unstake(runtime, CHARLIE, EVE, SUBNET, staked(runtime, CHARLIE, EVE))
    assert lock_of(runtime) is None


# -- unstaking


def test_locked_stake_cannot_be_taken_out(runtime: Taonet) -> None:
    lock(runtime, MINE)
    free = staked(runtime, CHARLIE, EVE) - MINE
    with reverts(Errors.StakeUnavailable):
        unstake(runtime, CHARLIE, EVE, SUBNET, free + 1)
    unstake(runtime, CHARLIE, EVE, SUBNET, free)
    assert lock_of(runtime) is not None
    with reverts(Errors.StakeUnavailable):
        unstake(runtime, CHARLIE, EVE, SUBNET, MINE)


@pytest.mark.parametrize("call", ["recycle_alpha", "burn_alpha"])
def test_locked_stake_cannot_be_destroyed(runtime: Taonet, call: str) -> None:
    lock(runtime, MINE)
    free = staked(runtime, CHARLIE, EVE) - MINE
    arguments = {"hotkey": EVE.account, "netuid": SUBNET}
    with reverts(Errors.StakeUnavailable):
        dispatch(runtime, CHARLIE, f"SubtensorModule.{call}", amount=free + 1, **arguments)
    dispatch(runtime, CHARLIE, f"SubtensorModule.{call}", amount=free, **arguments)


def test_unstaking_everything_leaves_subnets_with_locks_alone(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, EVE, OTHER, TAO(10))
    lock(runtime, MINE)
    before = staked(runtime, CHARLIE, EVE)
    dispatch(runtime, CHARLIE, "SubtensorModule.unstake_all", hotkey=EVE.account)
    assert staked(runtime, CHARLIE, EVE) == before
    assert staked(runtime, CHARLIE, EVE, OTHER) == 0


def test_locked_stake_does_not_leave_its_subnet(runtime: Taonet) -> None:
    lock(runtime, MINE)
    free = staked(runtime, CHARLIE, EVE) - MINE
    with reverts(Errors.StakeUnavailable):
        transfer(runtime, free + 1, to=CHARLIE, netuid=OTHER)
    transfer(runtime, free, to=CHARLIE, netuid=OTHER)


def test_locked_stake_may_go_to_another_hotkey_of_its_subnet(runtime: Taonet) -> None:
    lock(runtime, MINE)
    before = lock_of(runtime)
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.move_stake",
        origin_hotkey=EVE.account,
        destination_hotkey=DAVE.account,
        origin_netuid=SUBNET,
        destination_netuid=SUBNET,
        alpha_amount=staked(runtime, CHARLIE, EVE),
    )
    assert lock_of(runtime) == before


# -- transfers


def test_free_stake_is_given_first_and_takes_no_lock_along(runtime: Taonet) -> None:
    lock(runtime, MINE)
    transfer(runtime, staked(runtime, CHARLIE, EVE) - MINE)
    assert lock_of(runtime) == decaying(runtime) == state(runtime, MINE)
    assert lock_of(runtime, BOB) is None


def test_nobody_gets_locked_stake_unasked(runtime: Taonet) -> None:
    lock(runtime, MINE)
    with reverts(Errors.AccountRejectsLockedAlpha):
        transfer(runtime, staked(runtime, CHARLIE, EVE) - MINE + 1)


def test_the_lock_follows_the_stake_that_free_stake_does_not_cover(runtime: Taonet) -> None:
    set_perpetual(runtime, True)
    set_perpetual(runtime, True, BOB)
    lock(runtime, MINE)
    skip_blocks(runtime, 10_000)
    before = runtime.locks.lock_of(CHARLIE.account, SUBNET)
    assert before is not None
    with emits(runtime, Events.RejectLockedAlphaUpdated(BOB.account, False)):
        accept(runtime, BOB)
    transfer(runtime, staked(runtime, CHARLIE, EVE) - MINE + MINE // 4)
    mine, theirs, total = lock_of(runtime), lock_of(runtime, BOB), perpetual(runtime)
    assert mine is not None and theirs is not None and total is not None  # noqa: PT018
    assert (mine.locked_mass, theirs.locked_mass) == (MINE - MINE // 4, MINE // 4)
    assert theirs.conviction == before[1].conviction // 4
    assert mine.conviction + theirs.conviction == before[1].conviction
    assert total.locked_mass == MINE
    assert abs(total.conviction - before[1].conviction) <= 1


def test_locked_stake_goes_only_to_who_has_no_lock_to_another_hotkey(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))
    lock(runtime, MINE)
    lock(runtime, ALPHA(1), who=BOB, hotkey=DAVE)
    accept(runtime, BOB)
    with reverts(Errors.LockHotkeyMismatch):
        transfer(runtime, staked(runtime, CHARLIE, EVE))


def test_refusing_locked_stake_again_leaves_no_flags(runtime: Taonet) -> None:
    accept(runtime, BOB)
    assert runtime.locks.AccountFlags[BOB.account] == 1
    dispatch(runtime, BOB, "SubtensorModule.set_reject_locked_alpha", enabled=True)
    assert BOB.account not in runtime.locks.AccountFlags


# -- moving a lock


@pytest.mark.parametrize(("to", "keeps"), [(key_of("Two"), True), (FERDIE, False)])
def test_a_moved_lock_keeps_its_conviction_with_the_same_owner(runtime: Taonet, to: Keypair, keeps: bool) -> None:
    runtime.ownership.create_account(BOB.account, key_of("Two").account)
    lock(runtime, MINE)
    skip_blocks(runtime, 10_000)
    before = runtime.locks.lock_of(CHARLIE.account, SUBNET)
    assert before is not None
    with emits(runtime, Events.LockMoved(CHARLIE.account, EVE.account, to.account, SUBNET)):
        move_lock(runtime, to)
    mass, conviction = before[1].locked_mass, before[1].conviction if keeps else u64f64.zero
    assert lock_of(runtime) is None
    assert lock_of(runtime, hotkey=to) == LockState(mass, conviction, runtime.registry.block())
    assert decaying(runtime, to) == lock_of(runtime, hotkey=to)


def test_a_lock_moved_to_the_owners_hotkey_is_worth_its_mass(runtime: Taonet) -> None:
    lock(runtime, MINE)
    move_lock(runtime, DAVE)
    assert runtime.locks.DecayingOwnerLock[SUBNET] == state(runtime, MINE, MINE)
    assert decaying(runtime) is None


def test_a_lock_is_moved_only_where_there_is_one_and_to_a_known_hotkey(runtime: Taonet) -> None:
    with reverts(Errors.NoExistingLock):
        move_lock(runtime, DAVE)
    lock(runtime, MINE)
    with reverts(Errors.HotKeyAccountNotExists):
        move_lock(runtime, key_of("Two"))


# -- force


def test_clearing_a_small_nomination_takes_from_the_lock(runtime: Taonet) -> None:
    lock(runtime, MINE)
    small = ALPHA(1)
    unstake(runtime, CHARLIE, EVE, SUBNET, staked(runtime, CHARLIE, EVE) - MINE)
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.move_stake",
        origin_hotkey=EVE.account,
        destination_hotkey=DAVE.account,
        origin_netuid=SUBNET,
        destination_netuid=SUBNET,
        alpha_amount=small,
    )
    runtime.parameters.NominatorMinRequiredStake = TAO(10)
    runtime.staking.clear_small_nomination(DAVE.account, CHARLIE.account, SUBNET)
    assert staked(runtime, CHARLIE, DAVE) == 0
    mine, total = lock_of(runtime), decaying(runtime)
    assert mine is not None
    assert mine.locked_mass == MINE - small
    assert total == mine


def test_a_lock_that_is_reduced_to_nothing_goes_with_its_sum(runtime: Taonet) -> None:
    lock(runtime, MINE)
    runtime.locks.force_reduce(CHARLIE.account, SUBNET, AlphaBalance(MINE + 1))
    assert lock_of(runtime) is None
    assert decaying(runtime) is None


def test_dissolving_a_subnet_forgets_its_locks(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))
    set_perpetual(runtime, True, BOB)
    lock(runtime, MINE)
    lock(runtime, ALPHA(1), who=BOB, hotkey=DAVE)
    dissolve(runtime, SUBNET)
    locks = runtime.locks
    for item in (locks.Lock, locks.LockingColdkeys, locks.HotkeyLock, locks.DecayingHotkeyLock, locks.DecayingLock):
        assert list(item) == []
    assert (SUBNET in locks.OwnerLock, SUBNET in locks.DecayingOwnerLock) == (False, False)


# -- the owner's cut


def pay_owner(runtime: Taonet, cut: AlphaBalance) -> None:
    runtime.pools.mint_out(SUBNET, cut)
    runtime.distribution.pay_owner(SUBNET, cut)


def test_the_owners_cut_is_locked_where_that_is_chosen(runtime: Taonet) -> None:
    pay_owner(runtime, ALPHA(3))
    assert lock_of(runtime, ALICE, DAVE) is None
    runtime.parameters.AdminFreezeWindow = 0
    dispatch(runtime, ROOT_ORIGIN, "AdminUtils.sudo_set_owner_cut_auto_lock_enabled", netuid=SUBNET, enabled=True)
    pay_owner(runtime, ALPHA(3))
    assert lock_of(runtime, ALICE, DAVE) == state(runtime, ALPHA(3), ALPHA(3))


def test_the_owners_cut_is_locked_to_the_hotkey_that_the_owner_has_chosen(runtime: Taonet) -> None:
    runtime.parameters.OwnerCutAutoLockEnabled[SUBNET] = True
    pay_owner(runtime, ALPHA(3))
    dispatch(runtime, ALICE, "SubtensorModule.move_lock", destination_hotkey=EVE.account, netuid=SUBNET)
    pay_owner(runtime, ALPHA(3))
    assert lock_of(runtime, ALICE, EVE) == state(runtime, ALPHA(6))


def test_no_owners_cut_locks_nothing_and_breaks_nothing(runtime: Taonet) -> None:
    runtime.parameters.OwnerCutAutoLockEnabled[SUBNET] = True
    with unchanged(runtime):
        runtime.distribution.pay_owner(SUBNET, AlphaBalance(0))
    assert not [e for e in events(runtime) if isinstance(e, Events.StakeLocked)]
