"""The block step: moving prices, and when epochs are due."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import Chain, events, sum_of_accounts
from support.economy import (
    ALICE,
    BOB,
    DAVE,
    FIRST,
    OTHER,
    SUBNET,
    add_other,
    enroll,
    skip_blocks,
    sound_economy,
    stake,
    step,
)

from runtime.pallets.emission.injection import calculate_root_proportion, calculate_tao_weight
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid

OWNER = 179_995_422
"""Of one alpha, 18 percent, in rao."""
HALF = 1 << 31
"""A moving price of 0.5."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def issued(runtime: Taonet) -> int:
    return runtime.balances.TotalIssuance


def pending(runtime: Taonet, netuid: NetUid = SUBNET) -> tuple[int, int, int, int]:
    """What waits for owner, miners, validators and root."""
    books = runtime.ledger
    return (
        books.PendingOwnerCut[netuid],
        books.PendingServerEmission[netuid],
        books.PendingValidatorEmission[netuid],
        books.PendingRootAlphaDivs[netuid],
    )


# -- prices


def test_the_moving_price_follows_the_price(runtime: Taonet) -> None:
    step(runtime)
    first = runtime.pools.SubnetMovingPrice[SUBNET]

    step(runtime, 200)

    # the weight of a young subnet is 3e-6 * age / 201600, so that 2^-32 is reached after a while
    assert first == 0
    assert runtime.pools.SubnetMovingPrice[SUBNET] > 0


def test_the_moving_price_of_an_old_subnet_follows_faster_and_counts_no_price_above_one(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(100))
    assert runtime.swap.price(SUBNET) > 1 << 64
    skip_blocks(runtime, 201_600)
    runtime.parameters.SubnetMovingAlpha = HALF  # type: ignore[assignment]

    step(runtime)

    # weight 0.5 * b / (b + 201600), with b = 201601 blocks since the start
    weight = (1 << 63) * ((201_601 << 64) // (201_601 + 201_600)) >> 64
    assert runtime.pools.SubnetMovingPrice[SUBNET] == weight >> 32


def test_roots_proportion_is_written_after_the_block(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, ROOT, TAO(1000))

    step(runtime)

    assert runtime.ledger.RootProp[SUBNET] == calculate_root_proportion(
        TAO(1000), calculate_tao_weight(runtime.parameters.TaoWeight), runtime.pools.issuance(SUBNET)
    )
    assert FIRST not in runtime.ledger.RootProp


# -- when epochs are due


def test_an_epoch_is_due_every_tempo_blocks(runtime: Taonet) -> None:
    seen = []
    for _ in range(25):
        step(runtime)
        if runtime.clock.LastEpochBlock[SUBNET] == runtime.system.Number:
            seen.append(int(runtime.system.Number))

    # registered in block 1 with the tempo 10, and two blocks of stagger that block 0 ends
    assert seen == [10, 20]
    assert runtime.clock.SubnetEpochIndex[SUBNET] == 2
    assert runtime.clock.LastMechansimStepBlock[SUBNET] == 20
    assert runtime.clock.BlocksSinceLastStep[SUBNET] == 26 - 20


def test_an_epoch_takes_what_waits_with_the_blocks_own_and_pays_only_the_owner_where_nobody_staked(
    runtime: Taonet,
) -> None:
    step(runtime, 9)

    assert pending(runtime) == (0, 0, 0, 0)
    assert runtime.stakes.TotalHotkeyAlpha[DAVE.account, SUBNET] == 9 * OWNER


def test_a_tempo_of_zero_never_pays(runtime: Taonet) -> None:
    runtime.parameters.Tempo[SUBNET] = 0

    step(runtime, 30)

    assert pending(runtime)[0] == 30 * OWNER


def test_epochs_beyond_the_most_for_a_block_wait_for_the_next(runtime: Taonet) -> None:
    add_other(runtime)
    runtime.parameters.MaxEpochsPerBlock = 1
    for netuid in (SUBNET, OTHER):
        runtime.clock.LastEpochBlock[netuid] = 0
    skip_blocks(runtime, 98)

    step(runtime)
    assert runtime.system.Number == 100
    assert Events.EpochDeferred(SUBNET, 100, 101) in events(runtime)  # netuid 1 was first
    assert runtime.clock.PendingEpochAt[SUBNET] == 101
    assert pending(runtime)[0] > 0

    step(runtime)
    assert runtime.clock.LastEpochBlock[SUBNET] == 101
    assert runtime.clock.PendingEpochAt[SUBNET] == 0
    assert Events.EpochDeferred(OTHER, 101, 102) in events(runtime)

    step(runtime)
    assert runtime.clock.LastEpochBlock[OTHER] == 102


def test_an_epoch_of_neurons_that_share_a_hotkey_is_passed_over(runtime: Taonet) -> None:
    enroll(runtime, ALICE, DAVE)

    step(runtime, 9)

    assert Events.EpochSkipped(SUBNET, 10) in events(runtime)
    assert runtime.clock.LastEpochBlock[SUBNET] == 10
    assert runtime.clock.SubnetEpochIndex[SUBNET] == 1
    assert runtime.clock.BlocksSinceLastStep[SUBNET] == 9
    assert pending(runtime)[0] == 9 * OWNER


def test_an_epoch_runs_when_the_last_one_is_too_long_ago(runtime: Taonet) -> None:
    runtime.parameters.Tempo[SUBNET] = 60_000
    runtime.clock.BlocksSinceLastStep[SUBNET] = 50_400

    step(runtime)

    assert runtime.clock.LastEpochBlock[SUBNET] == runtime.system.Number


# -- in whole blocks


def test_blocks_with_emission_are_imported_with_the_same_result(chain: Chain) -> None:
    chain.advance(chain.sign(ALICE, "SubtensorModule.register_network", hotkey=DAVE.account))
    chain.advance(chain.sign(ALICE, "SubtensorModule.start_call", netuid=SUBNET))
    chain.advance(
        chain.sign(BOB, "SubtensorModule.add_stake", hotkey=DAVE.account, netuid=SUBNET, amount_staked=TAO(100))
    )

    for _ in range(12):
        chain.advance()

    runtime = chain.at_head()
    assert runtime.clock.SubnetEpochIndex[SUBNET] == 1
    assert sum_of_accounts(runtime) == issued(runtime) == runtime.tao.TotalIssuance
