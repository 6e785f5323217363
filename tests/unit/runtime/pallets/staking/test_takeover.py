"""A subnet that is a year old goes to the owner of the hotkey with the most conviction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import emits, events, key_of, origin_of
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    SUBNET,
    add_other,
    enroll,
    skip_blocks,
    sound_economy,
    stake,
    staked,
    step,
)

from chain.keys import Keypair
from chain.types import AccountId, BlockNumber
from runtime.fixed import u64f64
from runtime.pallets.staking.locks import ONE_YEAR, LockState
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

FERDIE = key_of("Ferdie")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Alice's subnet a year later. Bob, who owns Eve's key, has much stake there, and Charlie some less."""
    with sound_economy() as runtime:
        add_other(runtime)
        runtime.ownership.create_account(CHARLIE.account, FERDIE.account)
        stake(runtime, BOB, EVE, SUBNET, TAO(500))
        stake(runtime, CHARLIE, EVE, SUBNET, TAO(400))
        runtime.system.Number = BlockNumber(runtime.registry.NetworkRegisteredAt[SUBNET] + ONE_YEAR)
        yield runtime


def lock(runtime: Taonet, who: Keypair, hotkey: Keypair, *, is_perpetual: bool = True) -> None:
    """Lock all stake, ripe at once."""
    amount = staked(runtime, who, EVE)
    runtime.locks.set_perpetual_lock(origin_of(who), SUBNET, is_perpetual)
    runtime.locks.lock(who.account, SUBNET, hotkey.account, amount)
    ripen(runtime, who, hotkey)


def ripen(runtime: Taonet, who: Keypair, hotkey: Keypair) -> None:
    locks = runtime.locks
    lock = locks.Lock[who.account, SUBNET, hotkey.account]
    ripe = LockState(lock.locked_mass, u64f64.from_int(lock.locked_mass), lock.last_update)
    locks.Lock[who.account, SUBNET, hotkey.account] = ripe
    sums = locks.HotkeyLock if locks.is_perpetual(who.account, SUBNET) else locks.DecayingHotkeyLock
    if (SUBNET, hotkey.account) in sums:
        sums[SUBNET, hotkey.account] = ripe


def owner(runtime: Taonet) -> tuple[AccountId, AccountId]:
    return runtime.registry.SubnetOwner[SUBNET], runtime.registry.SubnetOwnerHotkey[SUBNET]


OLD, NEW = (ALICE.account, DAVE.account), (BOB.account, EVE.account)


def test_the_most_conviction_takes_a_subnet_over(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    lock(runtime, CHARLIE, FERDIE)
    with emits(runtime, Events.SubnetOwnerChanged(SUBNET, ALICE.account, BOB.account)):
        runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == NEW
    assert runtime.neurons.Uids[SUBNET, EVE.account] == 1


def test_locks_to_the_old_and_the_new_owners_hotkey_change_their_sums(runtime: Taonet) -> None:
    lock(runtime, CHARLIE, DAVE, is_perpetual=False)
    lock(runtime, BOB, EVE)
    locks = runtime.locks
    before, mine = locks.DecayingOwnerLock[SUBNET], locks.HotkeyLock[SUBNET, EVE.account]
    runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == NEW
    assert locks.DecayingHotkeyLock[SUBNET, DAVE.account] == before
    assert locks.OwnerLock[SUBNET] == mine
    assert SUBNET not in locks.DecayingOwnerLock
    assert (SUBNET, EVE.account) not in locks.HotkeyLock


def test_a_new_owner_is_convinced_at_once(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    unripe = LockState(runtime.locks.HotkeyLock[SUBNET, EVE.account].locked_mass, u64f64.from_int(TAO(200)), 0)
    runtime.locks.HotkeyLock[SUBNET, EVE.account] = unripe
    runtime.takeover.change_owner_if_due(SUBNET)
    mine = runtime.locks.OwnerLock[SUBNET]
    assert mine.conviction == u64f64.from_int(mine.locked_mass)


def test_a_subnet_younger_than_a_year_stays(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    runtime.system.Number = BlockNumber(runtime.system.Number - 1)
    runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == OLD


@pytest.mark.parametrize(("alpha_out", "new"), [(10_000, NEW), (10_001, OLD), (0, OLD)])
def test_conviction_has_to_be_a_tenth_of_the_alpha(
    runtime: Taonet, alpha_out: int, new: tuple[AccountId, AccountId]
) -> None:
    before = runtime.pools.SubnetAlphaOut[SUBNET]
    thousand = LockState(AlphaBalance(1000), u64f64.from_int(1000), runtime.registry.block())
    runtime.locks.HotkeyLock[SUBNET, EVE.account] = thousand
    runtime.pools.SubnetAlphaOut[SUBNET] = AlphaBalance(alpha_out)
    runtime.takeover.change_owner_if_due(SUBNET)
    runtime.pools.SubnetAlphaOut[SUBNET] = before
    assert owner(runtime) == new


def test_nobody_takes_over_from_himself(runtime: Taonet) -> None:
    runtime.ownership.create_account(ALICE.account, key_of("Two").account)
    lock(runtime, BOB, key_of("Two"))
    runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == OLD


def test_a_hotkey_that_nobody_owns_takes_nothing_over(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    del runtime.ownership.Owner[EVE.account]
    runtime.takeover.change_owner_if_due(SUBNET)
    runtime.ownership.Owner[EVE.account] = BOB.account
    assert owner(runtime) == OLD


def test_a_subnet_without_room_for_the_new_owners_neuron_stays(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    runtime.parameters.MaxAllowedUids[SUBNET] = 1
    runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == OLD


def test_in_a_full_subnet_the_new_owners_neuron_replaces_another(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, FERDIE)
    lock(runtime, BOB, EVE)
    runtime.parameters.MaxAllowedUids[SUBNET] = 2
    runtime.parameters.MinNonImmuneUids[SUBNET] = 0
    skip_blocks(runtime, runtime.parameters.ImmunityPeriod[SUBNET])
    runtime.takeover.change_owner_if_due(SUBNET)
    assert owner(runtime) == NEW
    assert (SUBNET, FERDIE.account) not in runtime.neurons.Uids
    assert runtime.neurons.Keys[SUBNET, 1] == EVE.account
    assert runtime.neurons.IsNetworkMember[EVE.account, SUBNET]
    assert not runtime.neurons.IsNetworkMember[FERDIE.account, SUBNET]


def test_a_takeover_happens_when_an_epoch_runs(runtime: Taonet) -> None:
    lock(runtime, BOB, EVE)
    step(runtime, runtime.parameters.Tempo[SUBNET] + 1)
    assert [e for e in events(runtime) if isinstance(e, Events.SubnetOwnerChanged)]
    assert owner(runtime) == NEW
