"""What waits to be revealed makes the epoch look away from neurons that came later."""

from __future__ import annotations

import pytest
from support.economy import ALICE, BOB, CHARLIE, EVE, ONE, SUBNET, enroll, make_economy, skip_blocks, stake, step

from chain.types import H256
from runtime.fixed import U64_MAX
from runtime.pallets.weights.rows import pack
from runtime.taonet import Taonet
from runtime.units import TAO

HASH = H256(b"h" * 32)
TEMPO = 10
VALIDATOR, MINER, NEWCOMER = 1, 2, 3


@pytest.fixture
def runtime() -> Taonet:
    """Bob's weights go to a miner and to a newcomer, who came in block 5; Bob last updated them in block 8."""
    runtime = make_economy()
    enroll(runtime, BOB, BOB)
    enroll(runtime, CHARLIE, EVE)
    skip_blocks(runtime, 4)
    enroll(runtime, CHARLIE, ONE)
    stake(runtime, CHARLIE, BOB, SUBNET, TAO(100))
    skip_blocks(runtime, 3)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False, False)
    runtime.matrix.Weights[SUBNET, VALIDATOR] = pack([(MINER, 65_535), (NEWCOMER, 65_535)])
    runtime.neurons.set_last_update(SUBNET, VALIDATOR, runtime.registry.block())
    runtime.parameters.SubnetEmissionEnabled[SUBNET] = True
    runtime.parameters.RevealPeriodEpochs[SUBNET] = 5
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block()
    return runtime


def masks(runtime: Taonet) -> list[int] | None:
    hotkeys = runtime.epochs.hotkeys(SUBNET)
    return runtime.epochs.commit_blocks(SUBNET, SUBNET, hotkeys)


def incentive(runtime: Taonet) -> tuple[bool, bool]:
    """Whether the miner and the newcomer are paid in the next epoch."""
    step(runtime, TEMPO)
    paid = runtime.neurons.Incentive[SUBNET]
    return paid[MINER] > 0, paid[NEWCOMER] > 0


def test_who_waits_for_nothing_pays_all(runtime: Taonet) -> None:
    assert masks(runtime) == [U64_MAX] * 4
    assert incentive(runtime) == (True, True)


def test_a_hash_from_before_the_newcomer_hides_it(runtime: Taonet) -> None:
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 0, 4, 0), (HASH, 0, 8, 0))

    assert masks(runtime) == [U64_MAX, 4, U64_MAX, U64_MAX]
    assert incentive(runtime) == (True, False)


def test_a_hash_from_the_newcomer_s_block_does_not_hide_it(runtime: Taonet) -> None:
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 0, 5, 0),)

    assert incentive(runtime) == (True, True)


def test_the_first_hash_that_is_not_too_old_counts(runtime: Taonet) -> None:
    runtime.clock.SubnetEpochIndex[SUBNET] = 9
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 3, 1, 0), (HASH, 4, 8, 0), (HASH, 5, 2, 0))

    assert masks(runtime) == [U64_MAX, 8, U64_MAX, U64_MAX]


def test_hashes_that_are_all_too_old_hide_nothing(runtime: Taonet) -> None:
    runtime.clock.SubnetEpochIndex[SUBNET] = 9
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 3, 1, 0),)

    assert masks(runtime) == [U64_MAX] * 4
    assert incentive(runtime) == (True, True)


def test_a_commit_that_is_too_old_in_the_epoch_that_begins_hides_nothing_in_it(runtime: Taonet) -> None:
    runtime.clock.SubnetEpochIndex[SUBNET] = 9
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 4, 1, 0),)

    assert masks(runtime) == [U64_MAX, 1, U64_MAX, U64_MAX]
    assert incentive(runtime) == (True, True)


def test_an_encrypted_commit_hides_as_a_hash_does_and_the_oldest_of_both_counts(runtime: Taonet) -> None:
    runtime.timelocks.TimelockedWeightCommits[SUBNET, 0] = (
        (BOB.account, 4, b"", 10**9),
        (BOB.account, 6, b"", 10**9),
        (ALICE.account, 1, b"", 10**9),
    )
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 0, 7, 0),)

    assert masks(runtime) == [U64_MAX, 4, U64_MAX, U64_MAX]
    assert incentive(runtime) == (True, False)


def test_encrypted_commits_that_are_too_old_hide_nothing(runtime: Taonet) -> None:
    runtime.clock.SubnetEpochIndex[SUBNET] = 9
    runtime.timelocks.TimelockedWeightCommits[SUBNET, 3] = ((BOB.account, 1, b"", 10**9),)

    assert masks(runtime) == [U64_MAX] * 4


def test_where_weights_are_set_in_the_open_nothing_is_hidden(runtime: Taonet) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 0, 4, 0),)

    assert masks(runtime) is None
    assert incentive(runtime) == (True, True)


def test_a_neuron_that_is_replaced_leaves_its_commits_and_they_count_for_nobody(runtime: Taonet) -> None:
    runtime.commits.WeightCommits[SUBNET, BOB.account] = ((HASH, 0, 4, 0),)
    runtime.neurons.replace(SUBNET, VALIDATOR, ALICE.account, runtime.registry.block())

    assert masks(runtime) == [U64_MAX] * 4
    assert (SUBNET, BOB.account) in runtime.commits.WeightCommits
