"""Voting power follows the stake of validators in subnets that ask for it, and ends 14 days after that is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import ROOT, dispatch, emits, key_of, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, SUBNET, enroll, make_economy, skip_blocks

from chain.types import AccountId
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.pallets.emission.voting_power import WHOLE, calculate_voting_power
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet
from runtime.units import NetUid

ENABLE, DISABLE = "enable_voting_power_tracking", "disable_voting_power_tracking"
SET_ALPHA = "sudo_set_voting_power_ema_alpha"
HALF = WHOLE // 2
STRONG, WEAK, MINER = (key_of(name).account for name in ("strong", "weak", "miner"))


@pytest.fixture
def runtime() -> Taonet:
    """A subnet that tracks the voting power of its neurons; half of an epoch's stake counts."""
    runtime = make_economy()
    for name in ("strong", "weak", "miner"):
        enroll(runtime, CHARLIE, key_of(name))
    set_(runtime, ENABLE)
    set_(runtime, SET_ALPHA, ROOT, alpha=HALF)
    return runtime


def set_(runtime: Taonet, name: str, who: Any = ALICE, netuid: int = SUBNET, **arguments: Any) -> None:
    dispatch(runtime, who, f"SubtensorModule.{name}", netuid=netuid, **arguments)


def powers(runtime: Taonet) -> dict[AccountId, int]:
    return dict(runtime.voting_powers.VotingPower.items(SUBNET))


# -- the average


def test_the_average_is_rounded_down() -> None:
    assert calculate_voting_power(1000, 0, 3_570_000_000_000_000) == 3
    assert calculate_voting_power(1000, 1000, 3_570_000_000_000_000) == 1000
    assert calculate_voting_power(7, 100, WHOLE) == 7
    assert calculate_voting_power(7, 100, 0) == 100
    assert calculate_voting_power(U64_MAX, U64_MAX, HALF) == U64_MAX


def test_power_follows_the_stake_of_each_epoch(runtime: Taonet) -> None:
    for expected in (500, 750, 875):
        runtime.voting_powers.update(SUBNET, {STRONG: 1000, WEAK: 4})
        assert powers(runtime)[STRONG] == expected

    assert powers(runtime)[WEAK] == 3


def test_without_a_permit_there_is_no_power(runtime: Taonet) -> None:
    runtime.voting_powers.update(SUBNET, {STRONG: 1000, MINER: None})
    assert powers(runtime) == {STRONG: 500}

    runtime.voting_powers.update(SUBNET, {STRONG: None, MINER: 1000})

    assert powers(runtime) == {MINER: 500}


def test_no_stake_gives_no_entry_and_lets_power_fade(runtime: Taonet) -> None:
    runtime.voting_powers.update(SUBNET, {STRONG: 4, WEAK: 0})
    assert powers(runtime) == {STRONG: 2}

    runtime.voting_powers.update(SUBNET, {STRONG: 0})
    assert powers(runtime) == {STRONG: 1}
    runtime.voting_powers.update(SUBNET, {STRONG: 0})
    assert powers(runtime) == {STRONG: 1}, "what is rounded down to nothing is left alone"


def test_who_falls_below_the_threshold_loses_its_power_and_who_comes_from_below_does_not(runtime: Taonet) -> None:
    runtime.parameters.StakeThreshold = 600
    runtime.voting_powers.update(SUBNET, {STRONG: 1000, WEAK: 1200})
    assert powers(runtime) == {STRONG: 500, WEAK: 600}

    runtime.voting_powers.update(SUBNET, {STRONG: 600, WEAK: 599})

    assert powers(runtime) == {STRONG: 550}


def test_who_is_no_longer_a_neuron_has_no_power(runtime: Taonet) -> None:
    runtime.voting_powers.update(SUBNET, {STRONG: 1000, WEAK: 1000})
    del runtime.neurons.IsNetworkMember[WEAK, SUBNET]

    runtime.voting_powers.update(SUBNET, {STRONG: 1000})

    assert powers(runtime) == {STRONG: 750}


def test_where_it_is_not_tracked_there_is_no_power(runtime: Taonet) -> None:
    with unchanged(runtime):
        runtime.voting_powers.update(NetUid(1), {STRONG: 1000})


# -- asking for it


@pytest.mark.parametrize("who", [ALICE, ROOT], ids=["owner", "root"])
def test_owners_and_root_begin_and_end_it(who: Any) -> None:
    runtime = make_economy()

    with emits(runtime, Events.VotingPowerTrackingEnabled(SUBNET)):
        set_(runtime, ENABLE, who)
    end = runtime.registry.block() + 100_800
    with emits(runtime, Events.VotingPowerTrackingDisableScheduled(SUBNET, end)):
        set_(runtime, DISABLE, who)

    assert runtime.voting_powers.VotingPowerDisableAtBlock[SUBNET] == end
    assert runtime.voting_powers.VotingPowerTrackingEnabled[SUBNET]


def test_power_is_tracked_until_the_end_and_then_forgotten(runtime: Taonet) -> None:
    set_(runtime, DISABLE)
    skip_blocks(runtime, 100_799)
    runtime.voting_powers.update(SUBNET, {STRONG: 1000})
    assert powers(runtime) == {STRONG: 500}
    skip_blocks(runtime, 1)

    with emits(runtime, Events.VotingPowerTrackingDisabled(SUBNET)):
        runtime.voting_powers.update(SUBNET, {STRONG: 1000})

    assert powers(runtime) == {}
    assert not runtime.voting_powers.VotingPowerTrackingEnabled[SUBNET]
    assert SUBNET not in runtime.voting_powers.VotingPowerDisableAtBlock


def test_an_end_that_was_asked_for_can_be_called_off(runtime: Taonet) -> None:
    set_(runtime, DISABLE)

    set_(runtime, ENABLE)

    assert SUBNET not in runtime.voting_powers.VotingPowerDisableAtBlock


def test_what_is_not_tracked_has_no_end(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.VotingPowerTrackingNotEnabled):
        set_(runtime, DISABLE, ROOT, 1)


def test_strangers_neither_begin_nor_end_it(runtime: Taonet) -> None:
    for name in (ENABLE, DISABLE):
        for who in (BOB, None):
            with unchanged(runtime), reverts(BadOrigin):
                set_(runtime, name, who)


def test_root_alone_sets_what_an_epoch_counts(runtime: Taonet) -> None:
    with emits(runtime, Events.VotingPowerEmaAlphaSet(SUBNET, WHOLE)):
        set_(runtime, SET_ALPHA, ROOT, alpha=WHOLE)
    with unchanged(runtime), reverts(Errors.InvalidVotingPowerEmaAlpha):
        set_(runtime, SET_ALPHA, ROOT, alpha=WHOLE + 1)
    with unchanged(runtime), reverts(BadOrigin):
        set_(runtime, SET_ALPHA, ALICE, alpha=0)

    assert runtime.voting_powers.VotingPowerEmaAlpha[NetUid(1)] == 3_570_000_000_000_000
