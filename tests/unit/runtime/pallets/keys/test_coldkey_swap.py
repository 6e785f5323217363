"""A coldkey announces another that takes its place: when, for how much, who stops it, and what goes along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import Chain, dispatch, emits, events, free, key_of, origin_of, refused, reverts, submit, unchanged
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
    enroll,
    held,
    skip_blocks,
    sound_economy,
    stake,
    staked,
)

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256, AccountId, BlockNumber
from runtime.fixed import i96f32
from runtime.frame.errors import BadOrigin
from runtime.pallets.keys.identities import ChainIdentity
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, LastTxBlock, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, TaoBalance

COST = 100_000_000
DELAY, AGAIN = 50, 10
NEW = key_of("new coldkey")
TWO = key_of("Two")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob owns a subnet with Eve's key, a neuron in Alice's, and has staked on both, to his hotkey and to Dave's."""
    with sound_economy() as runtime:
        add_other(runtime)
        enroll(runtime, BOB, EVE)
        for hotkey in (EVE, DAVE):
            for netuid in (SUBNET, OTHER):
                stake(runtime, BOB, hotkey, netuid, TAO(20))
        yield runtime
        runtime.invariants()


def hash_of(who: Keypair | AccountId = NEW) -> H256:
    return H256(blake2_256(who.account if isinstance(who, Keypair) else who))


def announce(runtime: Taonet, new: Keypair = NEW) -> None:
    dispatch(runtime, BOB, f"{MODULE}.announce_coldkey_swap", new_coldkey_hash=hash_of(new))


def swap_announced(runtime: Taonet, new: Keypair | AccountId = NEW) -> None:
    account = new.account if isinstance(new, Keypair) else new
    dispatch(runtime, BOB, f"{MODULE}.swap_coldkey_announced", new_coldkey=account)


def dispute(runtime: Taonet, who: Keypair = BOB) -> None:
    dispatch(runtime, who, f"{MODULE}.dispute_coldkey_swap")


def clear(runtime: Taonet, who: Keypair = BOB) -> None:
    dispatch(runtime, who, f"{MODULE}.clear_coldkey_swap_announcement")


def reset(runtime: Taonet, who: Any = ROOT_ORIGIN) -> None:
    dispatch(runtime, who, f"{MODULE}.reset_coldkey_swap", coldkey=BOB.account)


def swap(runtime: Taonet, *, cost: int = 0, who: Any = ROOT_ORIGIN, new: Keypair | AccountId = NEW) -> None:
    account = new.account if isinstance(new, Keypair) else new
    arguments = {"old_coldkey": BOB.account, "new_coldkey": account, "swap_cost": cost}
    dispatch(runtime, who, f"{MODULE}.swap_coldkey", **arguments)


def announced(runtime: Taonet) -> tuple[int, bytes] | None:
    return runtime.coldkey_swap.ColdkeySwapAnnouncements.get(BOB.account)


# -- announcing


def test_an_announcement_costs_something_and_names_a_block(runtime: Taonet) -> None:
    before, issued, now = free(runtime, BOB), runtime.tao.TotalIssuance, runtime.registry.block()
    paid = runtime.balances.Withdraw(who=BOB.account, amount=TaoBalance(COST))
    with emits(runtime, paid, Events.ColdkeySwapAnnounced(BOB.account, hash_of())):
        announce(runtime)
    assert announced(runtime) == (now + DELAY, hash_of())
    assert before - free(runtime, BOB) == issued - runtime.tao.TotalIssuance == COST


def test_who_cannot_pay_announces_nothing(runtime: Taonet) -> None:
    least = runtime.balances.ExistentialDeposit
    runtime.tao.transfer(BOB.account, ALICE.account, TaoBalance(free(runtime, BOB) - COST - least + 1))
    with unchanged(runtime), reverts(Errors.NotEnoughBalanceToPaySwapColdKey):
        announce(runtime)
    runtime.tao.transfer(ALICE.account, BOB.account, TaoBalance(1))
    announce(runtime)


def test_another_announcement_costs_nothing_and_has_to_wait(runtime: Taonet) -> None:
    announce(runtime)
    skip_blocks(runtime, DELAY + AGAIN - 1)
    with unchanged(runtime), reverts(Errors.ColdkeySwapReannouncedTooEarly):
        announce(runtime, TWO)
    skip_blocks(runtime, 1)
    with emits(runtime, Events.ColdkeySwapAnnounced(BOB.account, hash_of(TWO))):
        announce(runtime, TWO)
    assert announced(runtime) == (runtime.registry.block() + DELAY, hash_of(TWO))


def test_the_delays_are_the_chains_parameters(runtime: Taonet) -> None:
    runtime.parameters.ColdkeySwapAnnouncementDelay = BlockNumber(3)
    runtime.parameters.ColdkeySwapReannouncementDelay = BlockNumber(2)
    announce(runtime)
    assert announced(runtime) == (runtime.registry.block() + 3, hash_of())
    skip_blocks(runtime, 4)
    with reverts(Errors.ColdkeySwapReannouncedTooEarly):
        announce(runtime)
    skip_blocks(runtime, 1)
    announce(runtime)


def test_the_last_block_is_the_latest(runtime: Taonet) -> None:
    most = BlockNumber(2**32 - 1)
    runtime.parameters.ColdkeySwapAnnouncementDelay = most
    announce(runtime)
    assert announced(runtime) == (most, hash_of())
    with reverts(Errors.ColdkeySwapReannouncedTooEarly):
        announce(runtime)


# -- swapping


def test_a_swap_has_to_be_announced(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.ColdkeySwapAnnouncementNotFound):
        swap_announced(runtime)


def test_only_the_announced_coldkey_takes_the_place_and_not_too_early(runtime: Taonet) -> None:
    announce(runtime)
    with unchanged(runtime), reverts(Errors.AnnouncedColdkeyHashDoesNotMatch):
        swap_announced(runtime, TWO)
    with unchanged(runtime), reverts(Errors.ColdkeySwapTooEarly):
        swap_announced(runtime)
    skip_blocks(runtime, DELAY - 1)
    with unchanged(runtime), reverts(Errors.ColdkeySwapTooEarly):
        swap_announced(runtime)
    skip_blocks(runtime, 1)
    swap_announced(runtime)
    assert events(runtime)[-1] == Events.ColdkeySwapped(BOB.account, NEW.account)
    assert announced(runtime) is None


@pytest.mark.parametrize(
    ("new", "error"), [(CHARLIE, Errors.ColdKeyAlreadyAssociated), (DAVE, Errors.NewColdKeyIsHotkey)]
)
def test_who_stakes_or_is_a_hotkey_takes_nobodys_place(
    runtime: Taonet, new: Keypair, error: type[DispatchError]
) -> None:
    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(1))
    announce(runtime, new)
    skip_blocks(runtime, DELAY)
    with unchanged(runtime), reverts(error):
        swap_announced(runtime, new)
    with unchanged(runtime), reverts(error):
        swap(runtime, new=new)


def test_who_has_a_lock_takes_nobodys_place(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(10))
    dispatch(runtime, CHARLIE, f"{MODULE}.lock_stake", hotkey=DAVE.account, netuid=SUBNET, amount=ALPHA(1))
    runtime.ownership.StakingHotkeys[CHARLIE.account] = ()
    with unchanged(runtime), reverts(Errors.ActiveLockExists):
        swap(runtime, new=CHARLIE)


def test_a_hotkey_that_is_a_subnets_account_cannot_be_given(runtime: Taonet) -> None:
    owned = runtime.ownership.OwnedHotkeys[BOB.account]
    runtime.ownership.OwnedHotkeys[BOB.account] = (*owned, subnet_account(SUBNET))
    with unchanged(runtime), reverts(Errors.CannotUseSystemAccount):
        swap(runtime)


def test_the_older_way_to_schedule_a_swap_is_gone(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.Deprecated):
        dispatch(runtime, BOB, f"{MODULE}.schedule_swap_coldkey", new_coldkey=NEW.account)


# -- disputes


def test_a_dispute_freezes_the_coldkey_until_root_resets_it(runtime: Taonet) -> None:
    announce(runtime)
    with emits(runtime, Events.ColdkeySwapDisputed(BOB.account)):
        dispute(runtime)
    assert dict(runtime.coldkey_swap.ColdkeySwapDisputes.items()) == {BOB.account: runtime.registry.block()}
    skip_blocks(runtime, DELAY + AGAIN)
    for attempt in (announce, swap_announced, dispute, clear):
        with unchanged(runtime), reverts(Errors.ColdkeySwapDisputed):
            attempt(runtime)

    with emits(runtime, Events.ColdkeySwapReset(BOB.account)):
        reset(runtime)
    assert (announced(runtime), list(runtime.coldkey_swap.ColdkeySwapDisputes)) == (None, [])
    dispatch(runtime, BOB, "System.remark", remark=b"")


def test_only_what_was_announced_can_be_disputed_and_only_once(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.ColdkeySwapAnnouncementNotFound):
        dispute(runtime)
    announce(runtime)
    dispute(runtime)
    # the guard stands before that
    with unchanged(runtime), reverts(Errors.ColdkeySwapAlreadyDisputed), runtime.state.transaction():
        runtime.coldkey_swap.dispute_coldkey_swap(origin_of(BOB))


def test_root_resets_what_is_not_there(runtime: Taonet) -> None:
    with emits(runtime, Events.ColdkeySwapReset(BOB.account)):
        reset(runtime)


@pytest.mark.parametrize("attempt", [reset, swap])
def test_only_root_resets_and_swaps_at_will(runtime: Taonet, attempt: Any) -> None:
    for who in (BOB, ALICE):
        with unchanged(runtime), reverts(BadOrigin):
            attempt(runtime, who=who)


# -- clearing


def test_an_announcement_can_be_taken_back_after_a_while(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.ColdkeySwapAnnouncementNotFound):
        clear(runtime)
    announce(runtime)
    skip_blocks(runtime, DELAY + AGAIN - 1)
    with unchanged(runtime), reverts(Errors.ColdkeySwapClearTooEarly):
        clear(runtime)
    skip_blocks(runtime, 1)
    with emits(runtime, Events.ColdkeySwapCleared(BOB.account)):
        clear(runtime)
    assert announced(runtime) is None
    before = free(runtime, BOB)
    announce(runtime)
    assert before - free(runtime, BOB) == COST


# -- by root


@pytest.mark.parametrize("cost", [0, 1, COST])
def test_root_swaps_without_an_announcement_and_lets_the_coldkey_pay(runtime: Taonet, cost: int) -> None:
    before, issued = free(runtime, BOB), runtime.tao.TotalIssuance
    swap(runtime, cost=cost)
    assert events(runtime)[-1] == Events.ColdkeySwapped(BOB.account, NEW.account)
    assert (free(runtime, BOB), free(runtime, NEW)) == (0, before - cost)
    assert issued - runtime.tao.TotalIssuance == cost


def test_root_cannot_let_pay_what_is_not_there(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NotEnoughBalanceToPaySwapColdKey):
        swap(runtime, cost=free(runtime, BOB))


def test_a_swap_by_root_ends_announcement_and_dispute(runtime: Taonet) -> None:
    announce(runtime)
    dispute(runtime)
    swap(runtime)
    assert list(runtime.coldkey_swap.ColdkeySwapAnnouncements) == list(runtime.coldkey_swap.ColdkeySwapDisputes) == []


# -- what goes along


def test_all_tao_goes_along_and_the_old_account_ends(runtime: Taonet) -> None:
    before, of_new = free(runtime, BOB), free(runtime, TWO)
    swap(runtime, new=TWO)
    assert (free(runtime, TWO), free(runtime, BOB)) == (of_new + before, 0)


def test_tao_that_is_set_aside_stays(runtime: Taonet) -> None:
    runtime.balances.reserve(BOB.account, TAO(3))
    swap(runtime)
    account = runtime.system.Account[BOB.account].data
    assert (account.reserved, account.free) == (TAO(3), runtime.balances.ExistentialDeposit)


def test_hotkeys_are_the_new_coldkeys(runtime: Taonet) -> None:
    swap(runtime)
    owned = runtime.ownership.OwnedHotkeys
    assert (owned[NEW.account], BOB.account in owned) == ((EVE.account,), False)
    assert runtime.ownership.Owner[EVE.account] == NEW.account
    assert runtime.ownership.Owner[DAVE.account] == ALICE.account
    assert runtime.ownership.StakingHotkeys[NEW.account] == (EVE.account, DAVE.account)
    assert BOB.account not in runtime.ownership.StakingHotkeys


def test_hotkeys_without_stake_are_still_staked_to(runtime: Taonet) -> None:
    runtime.ownership.add_staking_hotkey(BOB.account, TWO.account)
    swap(runtime)
    assert runtime.ownership.StakingHotkeys[NEW.account] == (EVE.account, DAVE.account, TWO.account)


def test_a_coldkey_that_has_nothing_leaves_rows_of_nothing(runtime: Taonet) -> None:
    arguments = {"old_coldkey": CHARLIE.account, "new_coldkey": NEW.account, "swap_cost": 0}
    dispatch(runtime, ROOT_ORIGIN, f"{MODULE}.swap_coldkey", **arguments)
    assert runtime.ownership.OwnedHotkeys.get(NEW.account) == ()
    assert runtime.ownership.StakingHotkeys.get(NEW.account) == ()


def test_stake_on_all_subnets_goes_along(runtime: Taonet) -> None:
    places = [(hotkey, netuid) for hotkey in (EVE, DAVE) for netuid in (SUBNET, OTHER)]
    before = [staked(runtime, BOB, *place) for place in places]
    total = [held(runtime, *place) for place in places]
    swap(runtime)
    assert all(0 <= b - staked(runtime, NEW, *p) <= 1 for b, p in zip(before, places, strict=True))
    assert [staked(runtime, BOB, *place) for place in places] == [0] * 4
    assert [held(runtime, *place) for place in places] == total


def test_subnets_are_the_new_coldkeys(runtime: Taonet) -> None:
    swap(runtime)
    assert (runtime.registry.SubnetOwner[OTHER], runtime.registry.SubnetOwner[SUBNET]) == (NEW.account, ALICE.account)
    assert runtime.registry.SubnetOwnerHotkey[OTHER] == EVE.account


def test_the_hotkey_of_its_incentives_goes_along(runtime: Taonet) -> None:
    chosen, by_hotkey = runtime.stakes.AutoStakeDestination, runtime.stakes.AutoStakeDestinationColdkeys
    for who in (BOB, CHARLIE):
        dispatch(runtime, who, f"{MODULE}.set_coldkey_auto_stake_hotkey", netuid=SUBNET, hotkey=DAVE.account)
    by_hotkey[DAVE.account, SUBNET] = (NEW.account, *by_hotkey[DAVE.account, SUBNET])
    swap(runtime)
    assert dict(chosen.items()) == {(NEW.account, SUBNET): DAVE.account, (CHARLIE.account, SUBNET): DAVE.account}
    assert by_hotkey[DAVE.account, SUBNET] == (CHARLIE.account, NEW.account)


ME = ChainIdentity(b"Bob", b"", b"", b"", b"", b"", b"")
YOU = ChainIdentity(b"somebody", b"", b"", b"", b"", b"", b"")


def test_an_identity_goes_along(runtime: Taonet) -> None:
    runtime.identities.IdentitiesV2[BOB.account] = ME
    swap(runtime)
    assert dict(runtime.identities.IdentitiesV2.items()) == {NEW.account: ME}


def test_the_new_coldkeys_own_identity_counts(runtime: Taonet) -> None:
    known = runtime.identities.IdentitiesV2
    known[BOB.account], known[NEW.account] = ME, YOU
    swap(runtime)
    assert dict(known.items()) == {BOB.account: ME, NEW.account: YOU}


def test_a_lock_goes_along(runtime: Taonet) -> None:
    dispatch(runtime, BOB, f"{MODULE}.lock_stake", hotkey=EVE.account, netuid=SUBNET, amount=ALPHA(30))
    swap(runtime)
    assert runtime.locks.locked(NEW.account, SUBNET) == ALPHA(30)
    assert runtime.locks.locked(BOB.account, SUBNET) == 0
    assert dict(runtime.locks.AccountFlags.items()) == {}


def test_the_swap_counts_as_the_new_coldkeys_last_change(runtime: Taonet) -> None:
    swap(runtime)
    assert runtime.registry.LastRateLimitedBlock[LastTxBlock(NEW.account)] == runtime.registry.block()
    with reverts(Errors.HotKeySetTxRateLimitExceeded):
        arguments = {"hotkey": EVE.account, "new_hotkey": TWO.account, "netuid": None}
        dispatch(runtime, NEW, f"{MODULE}.swap_hotkey", **arguments)


def test_claims_go_along_where_there_is_stake_and_stay_elsewhere(runtime: Taonet) -> None:
    stake(runtime, BOB, EVE, ROOT, TAO(10))
    claimed = runtime.claims.RootClaimed
    claimed[SUBNET, EVE.account, BOB.account], claimed[SUBNET, EVE.account, NEW.account] = 5, 7
    claimed[OTHER, TWO.account, BOB.account] = 9
    swap(runtime)
    found = dict(claimed.items())
    assert found.pop((SUBNET, EVE.account, NEW.account)) == 12
    assert found.pop((OTHER, TWO.account, BOB.account)) == 9
    # the other stakes leave rows of nothing
    others = {(SUBNET, DAVE), (OTHER, EVE), (OTHER, DAVE), (ROOT, EVE)}
    assert found == {(netuid, hotkey.account, NEW.account): 0 for netuid, hotkey in others}


def test_the_number_of_a_root_staker_goes_to_the_new_coldkey(runtime: Taonet) -> None:
    stake(runtime, BOB, EVE, ROOT, TAO(10))
    stake(runtime, CHARLIE, EVE, ROOT, TAO(10))
    numbers = runtime.claims.StakingColdkeys
    assert {BOB.account, CHARLIE.account} <= set(numbers)
    count = runtime.claims.NumStakingColdkeys
    swap(runtime)
    assert (BOB.account in numbers, NEW.account in numbers, runtime.claims.NumStakingColdkeys) == (False, True, count)
    by_index = dict(runtime.claims.StakingColdkeysByIndex.items())
    assert {coldkey: index for index, coldkey in by_index.items()} == dict(numbers.items())


def test_without_root_stake_the_new_coldkey_has_no_number(runtime: Taonet) -> None:
    runtime.claims.add_coldkey(BOB.account)
    swap(runtime)
    assert list(runtime.claims.StakingColdkeys) == []


def test_what_is_owed_is_owed_to_the_new_coldkey(runtime: Taonet) -> None:
    stake(runtime, BOB, EVE, ROOT, TAO(10))
    runtime.claims.RootClaimable[EVE.account] = {SUBNET: i96f32.ratio(1, 100)}
    runtime.pools.mint_out(SUBNET, ALPHA(1))
    runtime.claims.RootClaimed[SUBNET, EVE.account, BOB.account] = ALPHA(10) // 100 - 40_000_000
    before = staked(runtime, BOB, EVE, ROOT)
    swap(runtime)
    assert staked(runtime, NEW, EVE, ROOT) == before
    dispatch(runtime, NEW, f"{MODULE}.claim_root", subnets=frozenset((SUBNET,)))
    assert runtime.claims.RootClaimed[SUBNET, EVE.account, NEW.account] >= AlphaBalance(ALPHA(10) // 100 - 10)
    assert staked(runtime, NEW, EVE, ROOT) > before


# -- in blocks


def test_a_coldkey_is_swapped_from_announcement_to_swap_in_blocks_of_its_own(chain: Chain) -> None:
    def send(name: str, **arguments: Any) -> DispatchError | None:
        return chain.advance(chain.sign(BOB, f"{MODULE}.{name}", **arguments)).outcomes[0].error

    chain.advance(chain.sign(BOB, f"{MODULE}.try_associate_hotkey", hotkey=EVE.account))
    assert send("announce_coldkey_swap", new_coldkey_hash=hash_of()) is None
    with refused("Custom", 0):
        chain.advance(chain.sign(BOB, "System.remark", remark=b""))
    assert send("swap_coldkey_announced", new_coldkey=NEW.account) == Errors.ColdkeySwapTooEarly()
    for _ in range(DELAY - 1):
        chain.advance()
    assert send("swap_coldkey_announced", new_coldkey=NEW.account) is None
    runtime = chain.at_head()
    assert runtime.ownership.OwnedHotkeys[NEW.account] == (EVE.account,)
    assert free(runtime, BOB) == 0
    assert free(runtime, NEW) > 0
    with refused("Payment"):
        chain.advance(chain.sign(BOB, "System.remark", remark=b""))


def test_a_call_in_the_name_of_a_frozen_coldkey_is_refused_by_the_pool(runtime: Taonet) -> None:
    announce(runtime)
    dispute(runtime)
    with refused("Custom", 21):
        submit(runtime, BOB, f"{MODULE}.clear_coldkey_swap_announcement")
