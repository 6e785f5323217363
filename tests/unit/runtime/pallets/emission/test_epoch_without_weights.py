"""The epoch of a subnet in which nobody set weights: who is paid, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import events, key_of
from support.economy import (
    ALICE,
    ALPHA,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    SUBNET,
    enroll,
    held,
    make_economy,
    reserves,
    skip_blocks,
    sound_economy,
    stake,
    staked,
    step,
)

from chain.keys import Keypair
from runtime.fixed import i96f32
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

OWNER, HALF_OF_REST = 179_995_422, 410_002_288
BOUGHT = 90_867_473_489
"""What Bob's 100 TAO bought."""
BLOCKS = 9
"""Blocks until the first epoch, in block 10."""
CUT, DIVIDENDS = BLOCKS * OWNER, BLOCKS * 2 * HALF_OF_REST
"""The owner's part of the first epoch, and all that validators get while miners earn nothing."""
FERDIE = key_of("Ferdie")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob has staked 100 TAO to Dave's key, the owner's; nobody has weights."""
    with sound_economy() as runtime:
        stake(runtime, BOB, DAVE, SUBNET, TAO(100))
        yield runtime


def take_of(amount: int, take: int = 11_796) -> int:
    """A validator's part of a dividend."""
    return amount * ((take << 32) // 65_535) >> 32


def epoch(runtime: Taonet) -> None:
    """Let blocks begin until an epoch has run."""
    before = runtime.clock.SubnetEpochIndex[SUBNET]
    while runtime.clock.SubnetEpochIndex[SUBNET] == before:
        step(runtime)


def give_stake(runtime: Taonet, who: Keypair, hotkey: Keypair, amount: AlphaBalance) -> None:
    """Stake alpha that was made for it."""
    runtime.pools.mint_out(SUBNET, amount)
    runtime.stakes.add(hotkey.account, who.account, SUBNET, amount)


# -- a single validator


def test_the_only_validator_gets_all_dividends_and_the_owner_his_cut(runtime: Taonet) -> None:
    epoch(runtime)

    assert runtime.system.Number == 10
    assert held(runtime, DAVE) in (BOUGHT + CUT + DIVIDENDS, BOUGHT + CUT + DIVIDENDS - 1)


def test_the_take_is_the_hotkey_owners_and_the_rest_is_shared_by_stake(runtime: Taonet) -> None:
    epoch(runtime)

    take = take_of(DIVIDENDS)
    alices = CUT + take
    rest = DIVIDENDS - take
    assert abs(staked(runtime, ALICE, DAVE) - (alices + rest * alices // (alices + BOUGHT))) <= 2
    assert abs(staked(runtime, BOB, DAVE) - (BOUGHT + rest * BOUGHT // (alices + BOUGHT))) <= 2


def test_a_lower_take_leaves_more_for_nominators(runtime: Taonet) -> None:
    runtime.ownership.Delegates[DAVE.account] = 0

    epoch(runtime)

    assert runtime.ledger.AlphaDividendsPerSubnet[SUBNET, DAVE.account] == DIVIDENDS
    assert abs(staked(runtime, BOB, DAVE) - (BOUGHT + DIVIDENDS * BOUGHT // (BOUGHT + CUT))) <= 2


def test_the_ledger_keeps_what_stakers_were_paid_and_on_how_much(runtime: Taonet) -> None:
    epoch(runtime)

    paid = runtime.ledger.AlphaDividendsPerSubnet[SUBNET, DAVE.account]
    assert paid in (DIVIDENDS - take_of(DIVIDENDS), DIVIDENDS - take_of(DIVIDENDS) - 1)
    assert runtime.stakes.TotalHotkeyAlphaLastEpoch[DAVE.account, SUBNET] == held(runtime, DAVE)


def test_the_ledger_forgets_the_epoch_before(runtime: Taonet) -> None:
    for paid in (runtime.ledger.AlphaDividendsPerSubnet, runtime.ledger.RootAlphaDividendsPerSubnet):
        paid[SUBNET, FERDIE.account] = AlphaBalance(5)

    epoch(runtime)

    for paid in (runtime.ledger.AlphaDividendsPerSubnet, runtime.ledger.RootAlphaDividendsPerSubnet):
        assert (SUBNET, FERDIE.account) not in paid


def test_the_vectors_of_the_epoch_are_written(runtime: Taonet) -> None:
    epoch(runtime)

    n = runtime.neurons
    assert (n.Active[SUBNET], n.ValidatorPermit[SUBNET]) == ((True,), (True,))
    assert n.Emission[SUBNET] == (DIVIDENDS,)
    assert n.StakeWeight[SUBNET] == (65_535,)
    assert [v[SUBNET] for v in (n.Consensus, n.Incentive, n.Dividends, n.ValidatorTrust)] == [(0,)] * 4
    assert Events.IncentiveAlphaEmittedToMiners(SUBNET, (AlphaBalance(0),)) in events(runtime)


def test_all_that_was_made_is_outside_of_the_pool(runtime: Taonet) -> None:
    epoch(runtime)

    assert reserves(runtime)[2] == BOUGHT + ALPHA(BLOCKS)
    assert held(runtime, DAVE) <= reserves(runtime)[2] <= held(runtime, DAVE) + 3 * BLOCKS


def test_an_owner_without_a_hotkey_is_not_paid(runtime: Taonet) -> None:
    del runtime.registry.SubnetOwnerHotkey[SUBNET]
    runtime.ownership.Delegates[DAVE.account] = 0

    epoch(runtime)

    assert staked(runtime, ALICE, DAVE) == 0


# -- several


def test_before_they_have_permits_only_the_owner_is_paid(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    give_stake(runtime, CHARLIE, EVE, AlphaBalance(BOUGHT))

    epoch(runtime)

    assert runtime.neurons.Emission[SUBNET] == (DIVIDENDS, 0)
    assert held(runtime, EVE) == BOUGHT
    assert runtime.neurons.ValidatorPermit[SUBNET] == (True, True)


def test_then_validators_are_paid_by_stake(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    give_stake(runtime, CHARLIE, EVE, AlphaBalance(3 * BOUGHT))
    epoch(runtime)
    daves, eves = held(runtime, DAVE), held(runtime, EVE)

    epoch(runtime)

    dividends = 10 * 2 * HALF_OF_REST
    assert abs(held(runtime, EVE) - eves - dividends * eves // (daves + eves)) < dividends >> 28
    assert abs(held(runtime, DAVE) - daves - 10 * OWNER - dividends * daves // (daves + eves)) < dividends >> 28


def test_root_stake_counts_by_its_weight(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    stake(runtime, CHARLIE, EVE, ROOT, TAO(1000))
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True)

    epoch(runtime)

    weighted = TAO(1000) * 226_245_882 >> 32
    emission = runtime.neurons.Emission[SUBNET]
    assert sum(emission) < DIVIDENDS  # root's part was recycled, and is not paid
    assert abs(emission[1] - sum(emission) * weighted // (weighted + BOUGHT)) < DIVIDENDS >> 28


def test_stake_below_the_threshold_counts_for_nobody_but_the_owner(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    give_stake(runtime, CHARLIE, EVE, AlphaBalance(3 * BOUGHT))
    runtime.parameters.StakeThreshold = 10 * BOUGHT
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True)

    epoch(runtime)

    assert runtime.neurons.Emission[SUBNET] == (DIVIDENDS, 0)
    assert runtime.neurons.StakeWeight[SUBNET] == (65_535, 0)


def test_where_no_validator_is_active_all_stake_is_paid(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    give_stake(runtime, CHARLIE, EVE, AlphaBalance(BOUGHT))
    skip_blocks(runtime, 200)  # the cutoff is 13.889 tempos

    step(runtime)

    assert runtime.neurons.Active[SUBNET] == (False, False)
    assert runtime.neurons.Emission[SUBNET] == (HALF_OF_REST, HALF_OF_REST)


def test_only_the_largest_get_permits_and_the_owner(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    enroll(runtime, CHARLIE, FERDIE)
    give_stake(runtime, CHARLIE, EVE, AlphaBalance(2 * BOUGHT))
    give_stake(runtime, CHARLIE, FERDIE, AlphaBalance(3 * BOUGHT))
    runtime.parameters.MaxAllowedValidators[SUBNET] = 1

    epoch(runtime)

    assert runtime.neurons.ValidatorPermit[SUBNET] == (True, False, True)


def test_a_neuron_without_stake_gets_no_permit(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)

    epoch(runtime)

    assert runtime.neurons.ValidatorPermit[SUBNET] == (True, False)


def test_where_nobody_has_stake_nobody_is_paid() -> None:
    runtime = make_economy()
    enroll(runtime, CHARLIE, EVE)

    assert [(e.incentive, e.dividend) for e in runtime.epochs.run(SUBNET, ALPHA(1))] == [(0, 0), (0, 0)]

    assert runtime.neurons.StakeWeight[SUBNET] == (0, 0)
    assert runtime.neurons.ValidatorPermit[SUBNET] == (True, False)


# -- root dividends


def test_roots_part_becomes_claimable_by_those_who_staked_on_root(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, DAVE, ROOT, TAO(10_000))
    runtime.pools.SubnetMovingPrice[SUBNET] = 1 << 33  # type: ignore[assignment]
    runtime.parameters.NumRootClaim = 0
    step(runtime, BLOCKS - 1)
    waiting = runtime.ledger.PendingRootAlphaDivs[SUBNET]
    assert waiting > 0

    step(runtime)

    root = runtime.ledger.RootAlphaDividendsPerSubnet[SUBNET, DAVE.account]
    whole = root + take_of(root) * 65_535 // (65_535 - 11_796)
    assert abs(whole - waiting * 9 // 8) < waiting // 50
    assert runtime.claims.RootClaimable[DAVE.account][SUBNET] == i96f32.ratio(root, TAO(10_000))


def test_without_root_stake_nothing_becomes_claimable(runtime: Taonet) -> None:
    runtime.pools.SubnetMovingPrice[SUBNET] = 1 << 33  # type: ignore[assignment]

    epoch(runtime)

    assert runtime.ledger.RootAlphaDividendsPerSubnet[SUBNET, DAVE.account] == 0
