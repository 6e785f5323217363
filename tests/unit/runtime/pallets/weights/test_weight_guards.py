"""What is refused before a call about weights runs, in the pool too."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import call, dispatch, refused, reverts, sign
from support.economy import ALICE, BOB, DAVE, FIRST, SUBNET, enroll, make_economy, skip_blocks
from support.timelock import install_beacon, pulse_of, write_pulses

from chain.errors import DispatchError
from chain.types import H256
from runtime.fixed import U64_MAX
from runtime.frame.errors import post_info_of
from runtime.frame.weight import DispatchClass, Pays, weigh
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.weights.commits import commit_hash
from runtime.taonet import Taonet
from runtime.units import NetUid

HASH = H256(b"h" * 32)
SET = {"netuid": SUBNET, "dests": (0,), "weights": (1,), "version_key": 0}
REVEAL = {"netuid": SUBNET, "uids": (0,), "values": (1,), "salt": (7,), "version_key": 0}
SEALED = {"netuid": SUBNET, "commit": b"", "reveal_round": 1000}
CALLS: dict[str, dict[str, Any]] = {
    "set_weights": SET,
    "set_mechanism_weights": {**SET, "mecid": 0},
    "batch_set_weights": {"netuids": (SUBNET,), "weights": (((0, 1),),), "version_keys": (0,)},
    "commit_weights": {"netuid": SUBNET, "commit_hash": HASH},
    "commit_mechanism_weights": {"netuid": SUBNET, "mecid": 0, "commit_hash": HASH},
    "batch_commit_weights": {"netuids": (SUBNET,), "commit_hashes": (HASH,)},
    "reveal_weights": REVEAL,
    "reveal_mechanism_weights": {**REVEAL, "mecid": 0},
    "batch_reveal_weights": {
        "netuid": SUBNET,
        "uids_list": ((0,),),
        "values_list": ((1,),),
        "salts_list": ((7,),),
        "version_keys": (0,),
    },
    "commit_timelocked_weights": {**SEALED, "commit_reveal_version": 4},
    "commit_timelocked_mechanism_weights": {**SEALED, "mecid": 0, "commit_reveal_version": 4},
    "commit_crv3_mechanism_weights": {**SEALED, "mecid": 0},
}
OWN_WEIGHT = {
    "set_weights": weigh(15_513_610_000, 10_327_410, reads=4112, writes=2),
    "set_mechanism_weights": weigh(15_540_000_000, reads=4111, writes=2),
    "batch_set_weights": weigh(103_092_000, 7395, reads=16, writes=2),
    "commit_weights": weigh(69_049_000, 4714, reads=13, writes=2),
    "commit_mechanism_weights": weigh(55_130_000, reads=7, writes=2),
    "batch_commit_weights": weigh(147_224_000, 4765, reads=15, writes=2),
    "reveal_weights": weigh(111_227_000, 7590, reads=19, writes=2),
    "reveal_mechanism_weights": weigh(122_000_000, reads=16, writes=2),
    "batch_reveal_weights": weigh(421_363_000, 8095, reads=19, writes=2),
    "commit_timelocked_weights": weigh(86_951_000, 4713, reads=14, writes=2),
    "commit_timelocked_mechanism_weights": weigh(84_020_000, reads=9, writes=2),
    "commit_crv3_mechanism_weights": weigh(77_750_000, reads=7, writes=2),
}
"""Source: tables/subtensor_calls.json of the reference"""
COLDKEY_SWAP = weigh(17_583_000, 4198, reads=2)
CHECK_WEIGHTS = weigh(52_958_000, 7671, reads=11)
RATE_LIMITS = weigh(35_376_000, 4484, reads=7)
RATED = {"set_weights", "set_mechanism_weights", "commit_weights", "commit_mechanism_weights"}
REVEALS = ("reveal_weights", "reveal_mechanism_weights", "batch_reveal_weights")
TIMELOCKED = ("commit_timelocked_weights", "commit_timelocked_mechanism_weights", "commit_crv3_mechanism_weights")


@pytest.fixture
def runtime() -> Taonet:
    """Bob's is a neuron that has been there for longer than the limit."""
    runtime = make_economy()
    enroll(runtime, BOB, BOB)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True)
    skip_blocks(runtime, 100)
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block()
    return runtime


def make(runtime: Taonet, name: str, who: Any = BOB, **changes: Any) -> None:
    dispatch(runtime, who, f"SubtensorModule.{name}", **{**CALLS[name], **changes})


def ask_pool(runtime: Taonet, name: str, **changes: Any) -> None:
    """What the pool says of the call, made by Bob in the next block."""
    raw = sign(runtime, BOB, call(runtime, f"SubtensorModule.{name}", **{**CALLS[name], **changes}))

    runtime.validate_transaction("External", raw, H256(bytes(32)))


def commit(runtime: Taonet, index: NetUid = SUBNET) -> None:
    """Let Bob have committed what `REVEAL` shows, in the epoch before this one."""
    digest = commit_hash(BOB.account, index, (0,), (1,), (7,), 0)
    runtime.clock.SubnetEpochIndex[SUBNET] = 5
    runtime.commits.WeightCommits[index, BOB.account] = ((digest, 4, 1, 0),)


# -- costs


@pytest.mark.parametrize("name", CALLS)
def test_calls_about_weights_are_free_and_weigh_their_guards_too(runtime: Taonet, name: str) -> None:
    info = runtime.dispatch_info(call(runtime, f"SubtensorModule.{name}", **CALLS[name]))

    expected = OWN_WEIGHT[name] + COLDKEY_SWAP + CHECK_WEIGHTS
    assert info.weight == (expected + RATE_LIMITS if name in RATED else expected)
    assert (info.pays, info.class_) == (Pays.No, DispatchClass.Normal)


def test_a_call_that_a_guard_refuses_weighs_the_guards_only(runtime: Taonet) -> None:
    with pytest.raises(DispatchError) as caught:
        make(runtime, "reveal_weights")

    post = post_info_of(caught.value)
    assert post is not None
    assert post.actual_weight == COLDKEY_SWAP + CHECK_WEIGHTS


# -- stake, lengths


@pytest.mark.parametrize("name", CALLS)
def test_whoever_has_too_little_stake_is_refused_except_the_owner_s_key(runtime: Taonet, name: str) -> None:
    commit(runtime)
    runtime.parameters.StakeThreshold = 1

    with reverts(Errors.NotEnoughStakeToSetWeights):
        make(runtime, name)
    with refused("Custom", 1):
        ask_pool(runtime, name)
    runtime.registry.SubnetOwnerHotkey[SUBNET] = BOB.account
    ask_pool(runtime, name)


@pytest.mark.parametrize(
    ("name", "lists"),
    [
        ("batch_set_weights", ("netuids", "weights", "version_keys")),
        ("batch_commit_weights", ("netuids", "commit_hashes")),
        ("batch_reveal_weights", ("uids_list", "values_list", "salts_list", "version_keys")),
    ],
)
def test_lists_of_different_lengths_are_refused_before_stake_is_looked_at(
    runtime: Taonet, name: str, lists: tuple[str, ...]
) -> None:
    runtime.parameters.StakeThreshold = U64_MAX

    for changed in lists:
        with reverts(Errors.InputLengthsUnequal):
            make(runtime, name, **{changed: ()})
        with refused("Custom", 18):
            ask_pool(runtime, name, **{changed: ()})


def test_others_than_signers_are_not_looked_at(runtime: Taonet) -> None:
    runtime.parameters.StakeThreshold = U64_MAX

    with reverts(Errors.InputLengthsUnequal):
        make(runtime, "batch_reveal_weights", ROOT_ORIGIN, salts_list=())
    with reverts(Errors.CommitRevealEnabled):
        make(runtime, "set_weights", ROOT_ORIGIN)


# -- reveals


@pytest.mark.parametrize("name", REVEALS)
def test_a_reveal_of_nothing_is_refused(runtime: Taonet, name: str) -> None:
    with reverts(Errors.NoWeightsCommitFound):
        make(runtime, name)
    with refused("Custom", 16):
        ask_pool(runtime, name)


@pytest.mark.parametrize("name", REVEALS)
@pytest.mark.parametrize("epoch", [4, 6])
def test_a_reveal_outside_of_its_epoch_is_refused(runtime: Taonet, name: str, epoch: int) -> None:
    commit(runtime)
    runtime.clock.SubnetEpochIndex[SUBNET] = epoch

    with reverts(Errors.RevealTooEarly):
        make(runtime, name)
    with refused("Custom", 17):
        ask_pool(runtime, name)


@pytest.mark.parametrize("name", REVEALS)
def test_a_reveal_in_its_epoch_passes(runtime: Taonet, name: str) -> None:
    commit(runtime)

    ask_pool(runtime, name)
    make(runtime, name)


def test_the_pool_looks_at_the_epoch_of_the_next_block(runtime: Taonet) -> None:
    commit(runtime)
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block() - runtime.parameters.Tempo[SUBNET] + 1

    with refused("Custom", 17):
        ask_pool(runtime, "reveal_weights")
    make(runtime, "reveal_weights")


def test_a_mechanism_beyond_all_indices_is_looked_up_under_the_last(runtime: Taonet) -> None:
    commit(runtime, NetUid(65_535))

    ask_pool(runtime, "reveal_mechanism_weights", mecid=16)
    with reverts(Errors.MechanismDoesNotExist):
        make(runtime, "reveal_mechanism_weights", mecid=255)


# -- rounds


@pytest.mark.parametrize("name", TIMELOCKED)
def test_a_round_before_the_newest_is_refused(runtime: Taonet, name: str) -> None:
    install_beacon(runtime)
    write_pulses(runtime, pulse_of(1001))

    with refused("Custom", 15):
        ask_pool(runtime, name)
    ask_pool(runtime, name, reveal_round=1001)
    with reverts(Errors.InvalidRevealRound):
        make(runtime, name)


# -- how often


@pytest.mark.parametrize(
    ("name", "error", "in_the_open"),
    [
        ("set_weights", Errors.SettingWeightsTooFast, True),
        ("set_mechanism_weights", Errors.SettingWeightsTooFast, True),
        ("commit_weights", Errors.CommittingWeightsTooFast, False),
        ("commit_mechanism_weights", Errors.CommittingWeightsTooFast, False),
    ],
)
def test_neurons_that_are_too_fast_are_refused(
    runtime: Taonet, name: str, error: type[DispatchError], in_the_open: bool
) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = not in_the_open
    make(runtime, name)
    skip_blocks(runtime, 98)

    with refused("Custom", 6):
        ask_pool(runtime, name)
    skip_blocks(runtime, 1)
    ask_pool(runtime, name)  # in the next block it is not too early
    with reverts(error):
        make(runtime, name)


@pytest.mark.parametrize("name", ["set_weights", "set_mechanism_weights"])
def test_where_commits_are_asked_for_setting_is_not_too_fast_but_wrong(runtime: Taonet, name: str) -> None:
    runtime.parameters.WeightsSetRateLimit[SUBNET] = U64_MAX

    ask_pool(runtime, name)
    with reverts(Errors.CommitRevealEnabled):
        make(runtime, name)


@pytest.mark.parametrize("name", sorted(RATED))
def test_a_stranger_is_never_too_fast(runtime: Taonet, name: str) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = not name.startswith("set")
    runtime.parameters.WeightsSetRateLimit[SUBNET] = U64_MAX

    with reverts(Errors.HotKeyNotRegisteredInSubNet):
        make(runtime, name, ALICE)


def test_batches_and_timelocked_commits_are_not_refused_for_being_fast(runtime: Taonet) -> None:
    runtime.parameters.WeightsSetRateLimit[SUBNET] = U64_MAX

    for name in ("batch_set_weights", "batch_commit_weights", *TIMELOCKED):
        ask_pool(runtime, name)


def test_a_batch_is_judged_by_every_subnet_that_it_names(runtime: Taonet) -> None:
    enroll(runtime, DAVE, DAVE, FIRST)
    runtime.parameters.StakeThreshold = 1

    with reverts(Errors.NotEnoughStakeToSetWeights):
        make(runtime, "batch_commit_weights", DAVE, netuids=(SUBNET, FIRST), commit_hashes=(HASH, HASH))
    make(runtime, "batch_commit_weights", DAVE, netuids=(SUBNET,), commit_hashes=(HASH,))
