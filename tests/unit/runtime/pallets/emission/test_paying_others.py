"""What parents lend and are paid, and incentives, which an epoch with weights will give."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import emits, key_of
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    SUBNET,
    enroll,
    held,
    reserves,
    sound_economy,
    stake,
    staked,
    step,
)

from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.pallets.emission.epochs import Earnings
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import RecycleOrBurnEnum
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance

HALF_OF_REST = 410_002_288
BOUGHT = 90_867_473_489
"""What Bob's 100 TAO bought."""
BLOCKS = 9
"""Blocks until the first epoch, in block 10."""
DIVIDENDS = BLOCKS * 2 * HALF_OF_REST
"""All that validators get while miners earn nothing."""
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


# -- parents and children


def lend(runtime: Taonet, parent: Keypair, child: Keypair, proportion: int) -> None:
    runtime.stakes.ChildKeys[parent.account, SUBNET] = ((proportion, child.account),)
    runtime.stakes.ParentKeys[child.account, SUBNET] = ((proportion, parent.account),)


def test_stake_that_is_lent_counts_for_the_child_and_earns_for_the_parent(runtime: Taonet) -> None:
    # Ferdie, who has no neuron, lends all his stake to Eve, who has none
    enroll(runtime, CHARLIE, EVE)
    runtime.ownership.create_account(BOB.account, FERDIE.account)
    give_stake(runtime, BOB, FERDIE, AlphaBalance(BOUGHT))
    lend(runtime, FERDIE, EVE, U64_MAX)
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True)

    epoch(runtime)

    half = DIVIDENDS // 2
    assert abs(runtime.neurons.Emission[SUBNET][1] - half) <= 2
    assert abs(held(runtime, FERDIE) - BOUGHT - half) <= 5
    assert held(runtime, EVE) == 0


def test_a_child_takes_its_part_from_parents_of_another_owner(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    runtime.ownership.create_account(BOB.account, FERDIE.account)
    give_stake(runtime, BOB, FERDIE, AlphaBalance(BOUGHT))
    lend(runtime, FERDIE, EVE, U64_MAX)
    runtime.stakes.ChildkeyTake[EVE.account, SUBNET] = 6554  # a tenth
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True)

    epoch(runtime)

    # what the child was paid has no stake behind it but its own take
    earned = runtime.neurons.Emission[SUBNET][1]
    child = take_of(earned, 6554)
    assert abs(held(runtime, FERDIE) - BOUGHT - (earned - child)) <= 5
    assert abs(held(runtime, EVE) - child) <= 5


def test_what_is_burned_of_a_parents_part_is_recycled_though_as_much_is_paid(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    runtime.ownership.create_account(BOB.account, FERDIE.account)
    give_stake(runtime, BOB, FERDIE, AlphaBalance(BOUGHT))
    lend(runtime, FERDIE, EVE, U64_MAX)
    runtime.parameters.CKBurn = U64_MAX // 4
    runtime.neurons.ValidatorPermit[SUBNET] = (True, True)

    epoch(runtime)

    earned = runtime.neurons.Emission[SUBNET][1]
    burned = runtime.assets.AlphaRecycled[SUBNET]
    assert abs(burned - earned // 4) <= 2
    # dividends are shares of all the validators' alpha, so that the chain pays what it burned as well
    assert held(runtime, DAVE) + held(runtime, FERDIE) - reserves(runtime)[2] > burned - 100
    runtime.pools.mint_out(SUBNET, burned)


# -- incentives, which an epoch with weights will give


def pay(runtime: Taonet, *earned: tuple[Keypair, int]) -> None:
    total = AlphaBalance(sum(amount for _, amount in earned))
    runtime.pools.mint_out(SUBNET, total)
    runtime.distribution.pay_miners(
        SUBNET, [Earnings(hotkey.account, AlphaBalance(amount), AlphaBalance(0)) for hotkey, amount in earned]
    )


def test_an_incentive_is_staked_to_the_miner(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)

    with emits(runtime):
        pay(runtime, (EVE, 1000))

    assert staked(runtime, CHARLIE, EVE) == 1000
    assert runtime.ledger.MinerBurned[SUBNET] == 0


def test_an_incentive_is_staked_to_the_hotkey_that_the_miner_chose(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    runtime.stakes.AutoStakeDestination[CHARLIE.account, SUBNET] = FERDIE.account

    with emits(
        runtime,
        Events.AutoStakeAdded(SUBNET, FERDIE.account, EVE.account, CHARLIE.account, AlphaBalance(1000)),
    ):
        pay(runtime, (EVE, 1000))

    assert (staked(runtime, CHARLIE, EVE), staked(runtime, CHARLIE, FERDIE)) == (0, 1000)


def test_the_incentive_of_the_owners_hotkeys_is_burned(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    enroll(runtime, ALICE, FERDIE)

    pay(runtime, (DAVE, 100), (FERDIE, 200), (EVE, 100))

    assert (held(runtime, DAVE), held(runtime, FERDIE), held(runtime, EVE)) == (BOUGHT, 0, 100)
    assert runtime.assets.AlphaBurned[SUBNET] == 300
    assert runtime.ledger.MinerBurned[SUBNET] == 3 << 30  # three quarters


def test_it_is_recycled_where_the_owner_wants_that(runtime: Taonet) -> None:
    enroll(runtime, CHARLIE, EVE)
    runtime.parameters.RecycleOrBurn[SUBNET] = RecycleOrBurnEnum.Recycle
    before = reserves(runtime)[2]

    pay(runtime, (DAVE, 100), (EVE, 100))

    assert (runtime.assets.AlphaBurned[SUBNET], runtime.assets.AlphaRecycled[SUBNET]) == (0, 100)
    assert reserves(runtime)[2] == before + 100
    assert runtime.ledger.MinerBurned[SUBNET] == 1 << 31


def test_a_hotkey_of_the_owner_without_a_neuron_is_none_of_them(runtime: Taonet) -> None:
    runtime.ownership.create_account(ALICE.account, FERDIE.account)

    assert runtime.distribution.owner_hotkeys(SUBNET) == {DAVE.account}
