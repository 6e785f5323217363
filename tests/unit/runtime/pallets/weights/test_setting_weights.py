"""Weights that are set in the open: who may, how often, and what is stored."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.chain import dispatch, emits, free, make_runtime, reverts, submit, unchanged
from support.economy import ALICE, BOB, CHARLIE, DAVE, EVE, FIRST, SUBNET, enroll, make_economy, skip_blocks, stake

from chain.keys import Keypair
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.weights.rows import pack, unpack
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid

SECOND = NetUid(SUBNET + 4096)
UNKNOWN = NetUid(77)
OWNER, VALIDATOR, MINER = 0, 1, 2


@pytest.fixture
def runtime() -> Taonet:
    """Dave's is the owner's key, Bob's a validator, Eve's a miner; all have been there for longer than the limit."""
    runtime = make_economy()
    enroll(runtime, BOB, BOB)
    enroll(runtime, CHARLIE, EVE)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    skip_blocks(runtime, 100)
    return runtime


def set_weights(
    runtime: Taonet,
    who: Keypair = BOB,
    uids: Sequence[int] = (0, 2),
    weights: Sequence[int] = (1, 3),
    *,
    netuid: NetUid = SUBNET,
    mechanism: int | None = None,
    version_key: int = 0,
) -> None:
    name = "set_weights" if mechanism is None else "set_mechanism_weights"
    more = {} if mechanism is None else {"mecid": mechanism}
    dispatch(
        runtime,
        who,
        f"SubtensorModule.{name}",
        netuid=netuid,
        dests=tuple(uids),
        weights=tuple(weights),
        version_key=version_key,
        **more,
    )


def row(runtime: Taonet, uid: int = VALIDATOR, index: NetUid = SUBNET) -> list[tuple[int, int]]:
    return unpack(runtime.matrix.Weights[index, uid])


# -- what is stored


def test_weights_are_stored_in_their_order_with_65535_for_the_largest(runtime: Taonet) -> None:
    with emits(runtime, Events.WeightsSet(SUBNET, VALIDATOR)):
        set_weights(runtime, uids=(2, 0, 1), weights=(3, 1, 0))

    assert row(runtime) == [(2, 65_535), (0, 21_845), (1, 0)]


def test_weights_of_nothing_but_zeros_stay_zeros(runtime: Taonet) -> None:
    set_weights(runtime, uids=(0, 2), weights=(0, 0))

    assert row(runtime) == [(0, 0), (2, 0)]


def test_new_weights_replace_the_old_ones_and_are_noted_with_their_block(runtime: Taonet) -> None:
    runtime.matrix.Weights[SUBNET, VALIDATOR] = pack([(0, 9), (1, 9), (2, 9)])
    before = runtime.neurons.LastUpdate[SUBNET]

    set_weights(runtime, uids=(0,), weights=(5,))

    assert row(runtime) == [(0, 65_535)]
    assert runtime.neurons.LastUpdate[SUBNET] == (before[OWNER], runtime.registry.block(), before[MINER])


def test_a_second_mechanism_has_weights_and_a_limit_of_its_own(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    set_weights(runtime)

    with emits(runtime, Events.WeightsSet(SECOND, VALIDATOR)):
        set_weights(runtime, weights=(7, 0), mechanism=1)

    assert row(runtime, index=SECOND) == [(0, 65_535), (2, 0)]
    assert row(runtime) == [(0, 21_845), (2, 65_535)]
    with reverts(Errors.SettingWeightsTooFast):
        set_weights(runtime, mechanism=1)


def test_setting_weights_costs_no_fee_and_needs_no_tao(runtime: Taonet) -> None:
    poor = Keypair.from_uri("//Nobody")
    uid = enroll(runtime, BOB, poor)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False, True)
    skip_blocks(runtime, 100)

    outcome = submit(
        runtime, poor, "SubtensorModule.set_weights", netuid=SUBNET, dests=(0,), weights=(1,), version_key=0
    )

    assert outcome.error is None
    assert row(runtime, uid) == [(0, 65_535)]
    assert free(runtime, poor) == 0


# -- who may


def test_where_commits_are_asked_for_no_weights_are_set_in_the_open(runtime: Taonet) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = True

    for mechanism in (None, 0):
        with unchanged(runtime), reverts(Errors.CommitRevealEnabled):
            set_weights(runtime, mechanism=mechanism)


def test_only_a_signer_sets_weights(runtime: Taonet) -> None:
    with reverts(BadOrigin):
        set_weights(runtime, who=None)  # type: ignore[arg-type]


def test_the_root_network_takes_no_weights(runtime: Taonet) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[ROOT] = False
    enroll(runtime, BOB, BOB, ROOT)
    skip_blocks(runtime, 100)

    with unchanged(runtime), reverts(Errors.CanNotSetRootNetworkWeights):
        set_weights(runtime, netuid=ROOT, uids=(0,), weights=(1, 2))


def test_each_uid_needs_a_weight(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.WeightVecNotEqualSize):
        set_weights(runtime, uids=(0, 1), weights=(1,))


def test_a_subnet_that_is_not_there_takes_no_weights(runtime: Taonet) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[UNKNOWN] = False

    with reverts(Errors.MechanismDoesNotExist):
        set_weights(runtime, netuid=UNKNOWN)


@pytest.mark.parametrize("mechanism", [1, 16, 255])
def test_to_a_neuron_a_mechanism_that_is_not_there_looks_like_one_without_room(runtime: Taonet, mechanism: int) -> None:
    with unchanged(runtime), reverts(Errors.SettingWeightsTooFast):
        set_weights(runtime, mechanism=mechanism)


def test_a_stranger_is_told_that_a_mechanism_is_not_there(runtime: Taonet) -> None:
    with reverts(Errors.MechanismDoesNotExist):
        set_weights(runtime, who=ALICE, mechanism=1)


def test_there_cannot_be_more_weights_than_neurons(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.UidsLengthExceedUidsInSubNet):
        set_weights(runtime, uids=(0, 1, 2, 0), weights=(1, 1, 1, 1))


def test_a_hotkey_without_a_neuron_sets_no_weights(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.HotKeyNotRegisteredInSubNet):
        set_weights(runtime, who=ALICE)


def test_less_stake_than_the_threshold_is_not_enough(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, BOB, SUBNET, TAO(10))
    counted = runtime.inheritance.whole_stake_weight(BOB.account, SUBNET)
    runtime.parameters.StakeThreshold = counted + 1

    with unchanged(runtime), reverts(Errors.NotEnoughStakeToSetWeights):
        set_weights(runtime)
    runtime.parameters.StakeThreshold = counted
    set_weights(runtime)


def test_the_owner_s_own_neuron_needs_neither_stake_nor_permit(runtime: Taonet) -> None:
    runtime.parameters.StakeThreshold = U64_MAX

    set_weights(runtime, who=DAVE, uids=(1, 2), weights=(1, 1))

    assert row(runtime, OWNER) == [(1, 65_535), (2, 65_535)]


def test_a_miner_has_no_permit(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NeuronNoValidatorPermit):
        set_weights(runtime, who=EVE)


def test_a_neuron_behind_the_end_of_the_permits_has_none(runtime: Taonet) -> None:
    runtime.neurons.ValidatorPermit[SUBNET] = (True,)

    with unchanged(runtime), reverts(Errors.NeuronNoValidatorPermit):
        set_weights(runtime)


def test_a_miner_may_set_one_weight_to_itself_however_many_are_asked_for(runtime: Taonet) -> None:
    runtime.parameters.MinAllowedWeights[SUBNET] = 3

    set_weights(runtime, who=EVE, uids=(MINER,), weights=(8,))

    assert row(runtime, MINER) == [(MINER, 65_535)]


def test_a_version_key_may_not_be_older_than_the_subnet_s(runtime: Taonet) -> None:
    runtime.parameters.WeightsVersionKey[SUBNET] = 5

    with unchanged(runtime), reverts(Errors.IncorrectWeightVersionKey):
        set_weights(runtime, version_key=4)
    set_weights(runtime, version_key=5)


# -- what


def test_no_uid_comes_twice(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.DuplicateUids):
        set_weights(runtime, uids=(0, 0))


def test_a_weight_goes_to_a_neuron_that_is_there(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.UidVecContainInvalidOne):
        set_weights(runtime, uids=(0, 3))


def test_fewer_weights_than_asked_for_are_refused(runtime: Taonet) -> None:
    runtime.parameters.MinAllowedWeights[SUBNET] = 2

    with unchanged(runtime), reverts(Errors.WeightVecLengthIsLow):
        set_weights(runtime, uids=(0,), weights=(1,))
    set_weights(runtime)


def test_no_more_weights_are_asked_for_than_there_are_neurons(runtime: Taonet) -> None:
    runtime.parameters.MinAllowedWeights[SUBNET] = 1024

    set_weights(runtime, uids=(0, 1, 2), weights=(1, 1, 1))

    assert len(row(runtime)) == 3


# -- how often


def test_weights_are_set_again_only_after_the_limit(runtime: Taonet) -> None:
    set_weights(runtime)
    skip_blocks(runtime, 99)

    with unchanged(runtime), reverts(Errors.SettingWeightsTooFast):
        set_weights(runtime)
    skip_blocks(runtime, 1)
    set_weights(runtime, uids=(0,), weights=(1,))

    assert row(runtime) == [(0, 65_535)]


def test_who_never_set_weights_need_not_wait(runtime: Taonet) -> None:
    runtime.parameters.WeightsSetRateLimit[SUBNET] = U64_MAX
    runtime.neurons.LastUpdate[SUBNET] = (0, 0, 0)

    set_weights(runtime)

    assert row(runtime)


# -- batches


def batch(runtime: Taonet, *items: tuple[NetUid, Sequence[tuple[int, int]], int]) -> None:
    netuids, weights, keys = zip(*items, strict=True) if items else ((), (), ())
    dispatch(runtime, BOB, "SubtensorModule.batch_set_weights", netuids=netuids, weights=weights, version_keys=keys)


def test_a_batch_sets_what_it_can_and_tells_the_rest_in_the_end(runtime: Taonet) -> None:
    enroll(runtime, BOB, BOB, FIRST)

    with emits(
        runtime,
        Events.WeightsSet(SUBNET, VALIDATOR),
        Events.BatchCompletedWithErrors(),
        Events.BatchWeightItemFailed(FIRST, Errors.CommitRevealEnabled()),
        Events.BatchWeightItemFailed(SUBNET, Errors.SettingWeightsTooFast()),
        Events.BatchWeightsCompleted((FIRST, SUBNET, SUBNET), BOB.account),
    ):
        batch(runtime, (FIRST, [(0, 1)], 0), (SUBNET, [(0, 1), (2, 2)], 0), (SUBNET, [(0, 1)], 0))

    assert row(runtime) == [(0, 32_768), (2, 65_535)]


def test_a_batch_without_failures_or_items_is_complete(runtime: Taonet) -> None:
    with emits(runtime, Events.BatchWeightsCompleted((), BOB.account)):
        batch(runtime)


def test_the_lists_of_a_batch_are_equally_long(runtime: Taonet) -> None:
    for weights, keys in (((), (0,)), (((),), ())):
        with unchanged(runtime), reverts(Errors.InputLengthsUnequal):
            dispatch(
                runtime,
                BOB,
                "SubtensorModule.batch_set_weights",
                netuids=(SUBNET,),
                weights=weights,
                version_keys=keys,
            )


def test_a_batch_needs_the_stake_in_all_of_its_subnets(runtime: Taonet) -> None:
    stake(runtime, CHARLIE, BOB, SUBNET, TAO(10))
    runtime.parameters.StakeThreshold = runtime.inheritance.whole_stake_weight(BOB.account, SUBNET)

    with unchanged(runtime), reverts(Errors.NotEnoughStakeToSetWeights):
        batch(runtime, (SUBNET, [(0, 1)], 0), (FIRST, [(0, 1)], 0))


def test_only_a_signer_makes_a_batch() -> None:
    runtime = make_runtime()

    with reverts(BadOrigin):
        dispatch(runtime, None, "SubtensorModule.batch_set_weights", netuids=(SUBNET,), weights=(), version_keys=())
