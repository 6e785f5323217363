"""What was staked to a hotkey, and what that earned, when another hotkey takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from support.chain import dispatch, key_of, reverts, unchanged
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    EVE,
    FIRST,
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

from runtime.fixed import I96F32, U64_MAX, U128_MAX, i96f32, u64f64
from runtime.frame.weight import Weight, weigh
from runtime.pallets.staking.safe_float import from_u64f64
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

FERDIE = key_of("Ferdie")
STAKERS = (ALICE, BOB, CHARLIE)


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Eve's key, Bob's, validates on Alice's subnet and owns Bob's; three have staked to it on both and on root."""
    with sound_economy() as runtime:
        add_other(runtime)
        enroll(runtime, BOB, EVE)
        for who in STAKERS:
            for amount, netuid in enumerate((ROOT, SUBNET, OTHER), 1):
                stake(runtime, who, EVE, netuid, TAO(10 * amount))
        skip_blocks(runtime, 10)
        yield runtime
        runtime.invariants()


def swap(runtime: Taonet, netuid: int | None, *, keep_stake: bool = False) -> Weight:
    new = {"hotkey": EVE.account, "new_hotkey": FERDIE.account, "netuid": netuid}
    weight = dispatch(runtime, BOB, f"{MODULE}.swap_hotkey_v2", **new, keep_stake=keep_stake).actual_weight
    assert weight is not None
    return weight


def stakes(runtime: Taonet, netuid: NetUid) -> list[int]:
    return [staked(runtime, who, EVE, netuid) for who in STAKERS]


def new_stakes(runtime: Taonet, netuid: NetUid) -> list[int]:
    return [staked(runtime, who, FERDIE, netuid) for who in STAKERS]


# -- stake


def test_a_swap_on_all_subnets_moves_everybodys_stake(runtime: Taonet) -> None:
    before = {netuid: stakes(runtime, netuid) for netuid in (ROOT, SUBNET, OTHER)}
    total = {netuid: held(runtime, EVE, netuid) for netuid in before}
    swap(runtime, None)
    for netuid, expected in before.items():
        assert all(0 <= e - found <= 1 for e, found in zip(expected, new_stakes(runtime, netuid), strict=True))
        assert stakes(runtime, netuid) == [0, 0, 0]
        assert held(runtime, FERDIE, netuid) + held(runtime, EVE, netuid) == total[netuid]
    assert list(runtime.stakes.AlphaV2.keys(EVE.account)) == []


def test_a_swap_on_one_subnet_moves_the_stake_there(runtime: Taonet) -> None:
    before = {netuid: stakes(runtime, netuid) for netuid in (ROOT, OTHER)}
    swap(runtime, SUBNET)
    assert stakes(runtime, SUBNET) == [0, 0, 0]
    assert min(new_stakes(runtime, SUBNET)) > ALPHA(10)
    assert {netuid: stakes(runtime, netuid) for netuid in before} == before


@pytest.mark.parametrize("netuid", [None, SUBNET, ROOT])
def test_stake_stays_where_that_is_asked_for(runtime: Taonet, netuid: int | None) -> None:
    before = {n: stakes(runtime, n) for n in (ROOT, SUBNET, OTHER)}
    staking = dict(runtime.ownership.StakingHotkeys.items())
    runtime.claims.RootClaimable[EVE.account] = {SUBNET: I96F32(1)}
    runtime.pools.mint_out(SUBNET, ALPHA(1))
    runtime.delegation.AutoParentDelegationEnabled[EVE.account] = False
    runtime.voting_powers.VotingPower[SUBNET, EVE.account] = 7
    runtime.ledger.AlphaDividendsPerSubnet[SUBNET, EVE.account] = AlphaBalance(7)
    runtime.stakes.TotalHotkeyAlphaLastEpoch[EVE.account, SUBNET] = AlphaBalance(7)

    swap(runtime, netuid, keep_stake=True)

    assert {n: stakes(runtime, n) for n in before} == before
    assert dict(runtime.ownership.StakingHotkeys.items()) == staking
    assert list(runtime.claims.RootClaimable) == list(runtime.delegation.AutoParentDelegationEnabled) == [EVE.account]
    assert list(runtime.voting_powers.VotingPower) == list(runtime.ledger.AlphaDividendsPerSubnet)
    assert list(runtime.ledger.AlphaDividendsPerSubnet) == [(SUBNET, EVE.account)]
    assert list(runtime.stakes.TotalHotkeyAlphaLastEpoch) == [(EVE.account, SUBNET)]


def test_stake_to_both_hotkeys_adds_up(runtime: Taonet) -> None:
    runtime.ownership.create_account(BOB.account, FERDIE.account)
    stake(runtime, CHARLIE, FERDIE, SUBNET, TAO(5))
    before = staked(runtime, CHARLIE, EVE) + staked(runtime, CHARLIE, FERDIE)
    swap(runtime, SUBNET)
    assert 0 <= before - staked(runtime, CHARLIE, FERDIE) <= 2


def test_shares_in_their_old_form_move_in_the_new_one(runtime: Taonet) -> None:
    pools, key = runtime.stakes, (EVE.account, FIRST)
    pools.TotalHotkeyAlpha[key] = AlphaBalance(1000)
    pools.TotalHotkeyShares[key] = u64f64.from_int(4)
    pools.Alpha[EVE.account, CHARLIE.account, FIRST] = u64f64.from_int(3)
    pools.AlphaV2[EVE.account, ALICE.account, FIRST] = from_u64f64(u64f64.one)
    runtime.pools.mint_out(FIRST, AlphaBalance(1000))

    swap(runtime, None)

    assert [staked(runtime, who, FERDIE, FIRST) for who in (ALICE, CHARLIE)] == [250, 750]
    assert not any(key[1] == FIRST for key in pools.TotalHotkeyShares)
    assert list(pools.Alpha) == []


def test_who_staked_to_the_old_hotkey_stakes_to_the_new_one(runtime: Taonet) -> None:
    runtime.ownership.add_staking_hotkey(CHARLIE.account, FERDIE.account)
    others = [h for h in runtime.ownership.StakingHotkeys[CHARLIE.account] if h not in (EVE.account, FERDIE.account)]
    swap(runtime, None)
    assert list(runtime.ownership.StakingHotkeys[CHARLIE.account]) == [*others, FERDIE.account]
    assert EVE.account not in runtime.ownership.StakingHotkeys[BOB.account]


def test_who_has_no_share_is_not_told(runtime: Taonet) -> None:
    idle = key_of("Two").account
    runtime.ownership.StakingHotkeys[idle] = (EVE.account,)
    swap(runtime, None)
    assert runtime.ownership.StakingHotkeys[idle] == (EVE.account,)


def test_after_a_swap_on_one_subnet_coldkeys_stake_to_both(runtime: Taonet) -> None:
    before = runtime.ownership.StakingHotkeys[CHARLIE.account]
    swap(runtime, SUBNET)
    assert runtime.ownership.StakingHotkeys[CHARLIE.account] == (*before, FERDIE.account)


def test_a_share_that_is_worth_nothing_names_the_new_hotkey_too(runtime: Taonet) -> None:
    idle = key_of("Two").account
    runtime.stakes.AlphaV2[EVE.account, idle, SUBNET] = from_u64f64(u64f64.from_int(0) + 1)  # type: ignore[arg-type]
    runtime.ownership.StakingHotkeys[idle] = (EVE.account,)
    swap(runtime, SUBNET)
    assert staked(runtime, key_of("Two"), FERDIE) == 0
    assert runtime.ownership.StakingHotkeys[idle] == (EVE.account, FERDIE.account)


class Undone(Exception):
    """Ends a trial."""


def weight_of_trial(runtime: Taonet, netuid: int, *, keep_stake: bool = False) -> Weight:
    """What a swap would weigh."""
    with suppress(Undone), runtime.state.transaction():
        weight = swap(runtime, netuid, keep_stake=keep_stake)
        raise Undone
    return weight


def test_each_nominator_is_weighed(runtime: Taonet) -> None:
    without, shares, rows = weight_of_trial(runtime, SUBNET, keep_stake=True), len(STAKERS), len(STAKERS) * 3
    assert swap(runtime, SUBNET) == without + weigh(0, reads=6 + rows + 3 * shares, writes=6 + rows + 2 * shares)


# -- what stake earned


def test_dividends_and_voting_power_add_up(runtime: Taonet) -> None:
    last, dividends, power = (
        runtime.stakes.TotalHotkeyAlphaLastEpoch,
        runtime.ledger.AlphaDividendsPerSubnet,
        runtime.voting_powers.VotingPower,
    )
    for amount, who in ((5, EVE.account), (7, FERDIE.account)):
        last[who, SUBNET] = dividends[SUBNET, who] = AlphaBalance(amount)
        power[SUBNET, who] = amount

    swap(runtime, SUBNET)

    assert dict(last.items()) == {(FERDIE.account, SUBNET): 12}
    assert dict(dividends.items()) == dict(power.items()) == {(SUBNET, FERDIE.account): 12}


def test_sums_of_dividends_and_voting_power_stop_at_the_top(runtime: Taonet) -> None:
    for who in (EVE.account, FERDIE.account):
        runtime.ledger.AlphaDividendsPerSubnet[SUBNET, who] = AlphaBalance(U64_MAX)
        runtime.voting_powers.VotingPower[SUBNET, who] = U64_MAX
    swap(runtime, SUBNET)
    assert runtime.ledger.AlphaDividendsPerSubnet[SUBNET, FERDIE.account] == U64_MAX
    assert runtime.voting_powers.VotingPower[SUBNET, FERDIE.account] == U64_MAX
    del runtime.ledger.AlphaDividendsPerSubnet[SUBNET, FERDIE.account]


def test_without_dividends_there_is_a_row_of_none_and_without_voting_power_no_row(runtime: Taonet) -> None:
    swap(runtime, SUBNET)
    assert runtime.stakes.TotalHotkeyAlphaLastEpoch.get((FERDIE.account, SUBNET)) == 0
    assert runtime.ledger.AlphaDividendsPerSubnet.get((SUBNET, FERDIE.account)) == 0
    assert (SUBNET, FERDIE.account) not in runtime.voting_powers.VotingPower


def earn_root_dividends(runtime: Taonet) -> None:
    """Root stakers of Eve's key earned a tenth of an alpha on each subnet; Charlie has had some on one."""
    runtime.claims.RootClaimable[EVE.account] = {SUBNET: i96f32.ratio(1, 1000), OTHER: i96f32.ratio(1, 500)}
    runtime.claims.RootClaimed[SUBNET, EVE.account, CHARLIE.account] = 9_000_000
    runtime.claims.RootClaimed[FIRST, EVE.account, CHARLIE.account] = 1
    runtime.pools.mint_out(SUBNET, ALPHA(1))
    runtime.pools.mint_out(OTHER, ALPHA(1))


@pytest.mark.parametrize("netuid", [None, ROOT])
def test_root_dividends_go_along_with_root_stake(runtime: Taonet, netuid: int | None) -> None:
    earn_root_dividends(runtime)
    rates = dict(runtime.claims.RootClaimable[EVE.account])
    swap(runtime, netuid)
    assert dict(runtime.claims.RootClaimable.items()) == {FERDIE.account: rates}
    claimed = runtime.claims.RootClaimed
    assert claimed[SUBNET, FERDIE.account, CHARLIE.account] == 9_000_000
    assert (SUBNET, EVE.account, CHARLIE.account) not in claimed
    # where nothing can be claimed any more, what was claimed stays
    assert claimed[FIRST, EVE.account, CHARLIE.account] == 1


def test_each_claim_that_moves_is_weighed(runtime: Taonet) -> None:
    without = weight_of_trial(runtime, ROOT)
    earn_root_dividends(runtime)
    runtime.delegation.AutoParentDelegationEnabled[EVE.account] = False
    assert swap(runtime, ROOT) == without + weigh(0, reads=3 + 1, writes=2 + 2)


def test_root_dividends_stay_in_a_swap_on_another_subnet(runtime: Taonet) -> None:
    earn_root_dividends(runtime)
    before = dict(runtime.claims.RootClaimable.items()), dict(runtime.claims.RootClaimed.items())
    swap(runtime, SUBNET)
    assert (dict(runtime.claims.RootClaimable.items()), dict(runtime.claims.RootClaimed.items())) == before


def test_what_could_be_claimed_before_can_be_claimed_after(runtime: Taonet) -> None:
    earn_root_dividends(runtime)
    root_stake = staked(runtime, CHARLIE, EVE, ROOT)
    swap(runtime, None)
    with_new = staked(runtime, CHARLIE, FERDIE, SUBNET)
    runtime.claims.claim(CHARLIE.account, frozenset((SUBNET,)))
    rate, claims = runtime.claims.RootClaimable[FERDIE.account][SUBNET], runtime.claims.RootClaimed
    assert claims[SUBNET, FERDIE.account, CHARLIE.account] >= rate * (root_stake - 1) >> 32
    assert staked(runtime, CHARLIE, FERDIE, SUBNET) == with_new


def test_a_root_swap_leaves_rates_without_entries_as_a_row(runtime: Taonet) -> None:
    swap(runtime, ROOT)
    assert dict(runtime.claims.RootClaimable.items()) == {FERDIE.account: {}}


@pytest.mark.parametrize("enabled", [True, False])
def test_the_choice_about_new_subnets_goes_along_if_it_was_made(runtime: Taonet, enabled: bool) -> None:
    runtime.delegation.AutoParentDelegationEnabled[EVE.account] = enabled
    swap(runtime, ROOT)
    assert dict(runtime.delegation.AutoParentDelegationEnabled.items()) == {FERDIE.account: enabled}


def test_a_choice_about_new_subnets_that_was_not_made_is_not_made_by_a_swap(runtime: Taonet) -> None:
    swap(runtime, ROOT)
    assert list(runtime.delegation.AutoParentDelegationEnabled) == []


def test_rates_of_both_hotkeys_add_up(runtime: Taonet) -> None:
    rates = runtime.claims.RootClaimable
    rates[EVE.account] = {SUBNET: i96f32.one, OTHER: i96f32.one}
    rates[FERDIE.account] = {SUBNET: i96f32.one}
    runtime.claims.swap_rates(EVE.account, FERDIE.account)
    assert dict(rates.items()) == {FERDIE.account: {SUBNET: i96f32.from_int(2), OTHER: i96f32.one}}
    rates.clear()


def test_claims_of_both_add_up_and_stop_at_the_top(runtime: Taonet) -> None:
    claims, old, new = runtime.claims, (EVE.account, BOB.account), (FERDIE.account, ALICE.account)
    claims.RootClaimed[SUBNET, *old], claims.RootClaimed[SUBNET, *new] = 5, 7
    claims.swap_claimed(SUBNET, old, new)
    assert dict(claims.RootClaimed.items()) == {(SUBNET, *new): 12}
    claims.RootClaimed[SUBNET, *old] = U128_MAX
    claims.swap_claimed(SUBNET, old, new)
    assert dict(claims.RootClaimed.items()) == {(SUBNET, *new): U128_MAX}
    claims.swap_claimed(SUBNET, (DAVE_ACCOUNT, BOB.account), old)
    assert claims.RootClaimed.get((SUBNET, *old)) == 0


DAVE_ACCOUNT = key_of("Dave").account


def test_a_failed_swap_moves_no_stake(runtime: Taonet) -> None:
    runtime.delegation.apply(OTHER, EVE.account, ((1, FERDIE.account),))
    with unchanged(runtime), reverts(Errors.InvalidChild):
        swap(runtime, None)
