"""Weights that are encrypted for a round of the beacon, and opened by the chain when the round's pulse is there."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import dispatch, emits, events, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, EVE, FIRST, SUBNET, dissolve, enroll, make_economy, skip_blocks, step
from support.timelock import install_beacon, lock, payload_of, pulse_of, signature_of, write_pulses

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256, AccountId
from runtime.frame.errors import BadOrigin
from runtime.frame.pallet import Event
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.weights.rows import unpack
from runtime.taonet import Taonet
from runtime.units import NetUid

SECOND = NetUid(SUBNET + 4096)
TEMPO = 10
NUMBER = 1000
UIDS, VALUES = (0, 2), (1, 3)
VALIDATOR, MINER = 1, 2
STORED = [(0, 21_845), (2, 65_535)]


@pytest.fixture
def runtime() -> Taonet:
    """Bob is a validator, Eve a miner; the tests' beacon counts; the subnet's epoch has just begun."""
    runtime = make_economy()
    enroll(runtime, BOB, BOB)
    enroll(runtime, CHARLIE, EVE)
    runtime.parameters.WeightsSetRateLimit[SUBNET] = 0
    install_beacon(runtime)
    begin_epoch(runtime)
    return runtime


def begin_epoch(runtime: Taonet) -> list[Event]:
    """Go to the next block in which the subnet's epoch ran, and give that block's events."""
    before = runtime.clock.SubnetEpochIndex[SUBNET]
    while runtime.clock.SubnetEpochIndex[SUBNET] == before:
        runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)
        seen = len(events(runtime))
        step(runtime)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)
    return of_weights(events(runtime)[seen:])


def step_once(runtime: Taonet) -> list[Event]:
    seen = len(events(runtime))
    step(runtime)
    return of_weights(events(runtime)[seen:])


def of_weights(found: list[Event]) -> list[Event]:
    return [e for e in found if isinstance(e, Events.WeightsSet | Events.TimelockedWeightsRevealed)]


def weights_of(who: bytes | None = None, uids: tuple[int, ...] = UIDS, *, number: int = NUMBER) -> bytes:
    """Weights of Bob, or of another, that round `number` opens."""
    return lock(payload_of(BOB.account if who is None else who, uids, VALUES), number)


def commit(
    runtime: Taonet,
    commit: bytes | None = None,
    *,
    who: Keypair | None = BOB,
    number: int = NUMBER,
    call: str = "commit_timelocked_weights",
    **more: Any,
) -> None:
    commit = weights_of(number=number) if commit is None else commit
    given = {"netuid": SUBNET, "commit": commit, "reveal_round": number, **more}
    if call != "commit_crv3_mechanism_weights":
        given.setdefault("commit_reveal_version", 4)
    dispatch(runtime, who, f"SubtensorModule.{call}", **given)


def row(runtime: Taonet, index: NetUid = SUBNET, uid: int = VALIDATOR) -> list[tuple[int, int]]:
    return unpack(runtime.matrix.Weights[index, uid])


def queue(runtime: Taonet, epoch: int, index: NetUid = SUBNET) -> list[AccountId]:
    return [who for who, *_ in runtime.timelocks.TimelockedWeightCommits[index, epoch]]


# -- commit


def test_a_commit_is_kept_under_its_epoch_and_counts_as_an_update(runtime: Taonet) -> None:
    epoch, block, hidden = runtime.clock.SubnetEpochIndex[SUBNET], runtime.registry.block(), weights_of()

    with emits(runtime, Events.TimelockedWeightsCommitted(BOB.account, SUBNET, H256(blake2_256(hidden)), NUMBER)):
        commit(runtime, hidden)

    assert runtime.timelocks.TimelockedWeightCommits[SUBNET, epoch] == ((BOB.account, block, hidden, NUMBER),)
    assert runtime.neurons.LastUpdate[SUBNET][VALIDATOR] == block


def test_a_commit_where_the_epoch_is_overdue_belongs_to_the_next_one(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    skip_blocks(runtime, TEMPO)

    commit(runtime)

    assert queue(runtime, epoch + 1) == [BOB.account]


def test_ten_commits_of_a_hotkey_may_wait_in_an_epoch(runtime: Taonet) -> None:
    for _ in range(10):
        commit(runtime, b"")
    with unchanged(runtime), reverts(Errors.TooManyUnrevealedCommits):
        commit(runtime, b"")

    commit(runtime, b"", who=EVE)
    begin_epoch(runtime)
    commit(runtime, b"")

    assert queue(runtime, runtime.clock.SubnetEpochIndex[SUBNET]) == [BOB.account]


def test_commits_need_a_mechanism_a_signer_commit_reveal_the_version_and_a_neuron(runtime: Taonet) -> None:
    with unchanged(runtime):
        with reverts(Errors.MechanismDoesNotExist):
            commit(runtime, netuid=NetUid(77), who=None)
        with reverts(BadOrigin):
            commit(runtime, who=None)
        with reverts(Errors.IncorrectCommitRevealVersion):
            commit(runtime, commit_reveal_version=3, who=ALICE)
        with reverts(Errors.HotKeyNotRegisteredInSubNet):
            commit(runtime, who=ALICE)
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    with unchanged(runtime), reverts(Errors.CommitRevealDisabled):
        commit(runtime, commit_reveal_version=3)


def test_commits_have_the_limit_of_weights(runtime: Taonet) -> None:
    runtime.parameters.WeightsSetRateLimit[SUBNET] = 5
    skip_blocks(runtime, 5)
    commit(runtime)

    with unchanged(runtime), reverts(Errors.CommittingWeightsTooFast):
        commit(runtime)


def test_the_call_without_a_version_is_version_four(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    commit(runtime, call="commit_crv3_mechanism_weights", mecid=0)
    runtime.parameters.CommitRevealWeightsVersion = 5

    with unchanged(runtime), reverts(Errors.IncorrectCommitRevealVersion):
        commit(runtime, call="commit_crv3_mechanism_weights", mecid=0)

    assert queue(runtime, epoch) == [BOB.account]


def test_a_round_that_is_over_hides_nothing(runtime: Taonet) -> None:
    write_pulses(runtime, pulse_of(NUMBER))

    mechanism: dict[str, Any] = {"mecid": 0}
    for call, more in (
        ("commit_timelocked_weights", {}),
        ("commit_timelocked_mechanism_weights", mechanism),
        ("commit_crv3_mechanism_weights", mechanism),
    ):
        with unchanged(runtime), reverts(Errors.InvalidRevealRound):
            commit(runtime, b"", number=NUMBER - 1, call=call, **more)
        commit(runtime, b"", number=NUMBER, call=call, **more)


# -- reveal


def test_weights_are_opened_in_the_block_in_which_the_next_epoch_runs(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    commit(runtime)
    committed = runtime.neurons.LastUpdate[SUBNET][VALIDATOR]
    write_pulses(runtime, pulse_of(NUMBER))
    step(runtime, TEMPO - 1)
    assert row(runtime) == []

    found = begin_epoch(runtime)

    assert found == [Events.WeightsSet(SUBNET, VALIDATOR), Events.TimelockedWeightsRevealed(SUBNET, BOB.account)]
    assert row(runtime) == STORED
    assert (SUBNET, epoch) not in runtime.timelocks.TimelockedWeightCommits
    assert runtime.neurons.LastUpdate[SUBNET][VALIDATOR] == committed


def test_the_epoch_already_pays_by_the_weights_that_it_opens(runtime: Taonet) -> None:
    dispatch(
        runtime,
        CHARLIE,
        "SubtensorModule.add_stake",
        hotkey=BOB.account,
        netuid=SUBNET,
        amount_staked=100 * 10**9,
    )
    runtime.parameters.SubnetEmissionEnabled[SUBNET] = True
    runtime.neurons.BlockAtRegistration[SUBNET, MINER] = 0
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))

    begin_epoch(runtime)

    incentive = runtime.neurons.Incentive[SUBNET]
    assert incentive[MINER] > incentive[0] > 0 == incentive[VALIDATOR]


def test_a_pulse_that_comes_late_still_opens_in_the_reveal_s_epoch(runtime: Taonet) -> None:
    commit(runtime)
    assert begin_epoch(runtime) == []
    assert step_once(runtime) == []
    write_pulses(runtime, pulse_of(NUMBER))

    found = step_once(runtime)

    assert Events.TimelockedWeightsRevealed(SUBNET, BOB.account) in found
    assert row(runtime) == STORED
    assert list(runtime.timelocks.TimelockedWeightCommits) == []


def test_a_pulse_that_comes_after_the_reveal_s_epoch_opens_nothing(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    step(runtime, TEMPO - 1)
    assert len(list(runtime.timelocks.TimelockedWeightCommits)) == 1
    write_pulses(runtime, pulse_of(NUMBER))

    found = begin_epoch(runtime)

    assert found == []
    assert row(runtime) == []
    assert list(runtime.timelocks.TimelockedWeightCommits) == []


def test_a_longer_period_puts_the_reveal_off(runtime: Taonet) -> None:
    runtime.parameters.RevealPeriodEpochs[SUBNET] = 2
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))

    assert begin_epoch(runtime) == []
    assert Events.TimelockedWeightsRevealed(SUBNET, BOB.account) in begin_epoch(runtime)


def test_before_as_many_epochs_as_the_period_nothing_is_opened(runtime: Taonet) -> None:
    runtime.parameters.RevealPeriodEpochs[SUBNET] = 3
    runtime.clock.SubnetEpochIndex[SUBNET] = 0
    commit(runtime, number=NUMBER)
    write_pulses(runtime, pulse_of(NUMBER))

    for _ in range(2):
        assert begin_epoch(runtime) == []
    assert queue(runtime, 0) == [BOB.account]
    assert Events.TimelockedWeightsRevealed(SUBNET, BOB.account) in begin_epoch(runtime)


def test_the_last_weights_of_a_hotkey_stand(runtime: Taonet) -> None:
    commit(runtime)
    commit(runtime, weights_of(uids=(2, 0)))
    write_pulses(runtime, pulse_of(NUMBER))

    begin_epoch(runtime)

    assert row(runtime) == [(2, 21_845), (0, 65_535)]


def test_commits_of_rounds_that_are_not_over_wait_while_others_are_opened(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    commit(runtime, b"", who=EVE, number=NUMBER + 1)
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))

    begin_epoch(runtime)

    assert row(runtime) == STORED
    assert queue(runtime, epoch) == [EVE.account]


def test_weights_in_the_older_form_name_no_hotkey(runtime: Taonet) -> None:
    commit(runtime, lock(payload_of(None, UIDS, VALUES), NUMBER))
    write_pulses(runtime, pulse_of(NUMBER))

    begin_epoch(runtime)

    assert row(runtime) == STORED


def test_a_second_mechanism_opens_its_own(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    commit(runtime, call="commit_timelocked_mechanism_weights", mecid=1)
    write_pulses(runtime, pulse_of(NUMBER))

    found = begin_epoch(runtime)

    assert found == [Events.WeightsSet(SECOND, VALIDATOR), Events.TimelockedWeightsRevealed(SECOND, BOB.account)]
    assert row(runtime, SECOND) == STORED
    assert row(runtime) == []


@pytest.mark.parametrize(
    "hidden",
    [
        b"",
        weights_of()[:-20],
        weights_of(number=NUMBER + 1),
        weights_of(EVE.account),
        lock(b"\x04", NUMBER),
        weights_of(uids=(0, 9)),
        lock(payload_of(BOB.account, (0, 1, 2), (1,)), NUMBER),
    ],
    ids=["nothing", "cut", "other-round", "other-hotkey", "no-payload", "unknown-uid", "unequal"],
)
def test_what_cannot_be_opened_or_set_is_forgotten_and_nothing_is_told(runtime: Taonet, hidden: bytes) -> None:
    commit(runtime, hidden)
    write_pulses(runtime, pulse_of(NUMBER))

    found = begin_epoch(runtime)

    assert found == []
    assert row(runtime) == []
    assert list(runtime.timelocks.TimelockedWeightCommits) == []


def test_a_miner_s_weights_are_not_set(runtime: Taonet) -> None:
    commit(runtime, weights_of(EVE.account), who=EVE)
    write_pulses(runtime, pulse_of(NUMBER))

    assert begin_epoch(runtime) == []
    assert row(runtime, uid=MINER) == []


def test_a_pulse_whose_signature_is_written_in_another_way_opens_the_same(runtime: Taonet) -> None:
    commit(runtime)
    runtime.drand.Pulses[NUMBER] = pulse_of(NUMBER, b"0x" + signature_of(NUMBER) + b"more")

    begin_epoch(runtime)

    assert row(runtime) == STORED


def test_where_the_epoch_is_put_off_the_weights_wait_with_it(runtime: Taonet) -> None:
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))
    runtime.parameters.MaxEpochsPerBlock = 1
    runtime.parameters.Tempo[FIRST] = TEMPO
    runtime.clock.LastEpochBlock[FIRST] = runtime.clock.LastEpochBlock[SUBNET]
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]

    step(runtime, TEMPO)
    assert runtime.clock.SubnetEpochIndex[SUBNET] == epoch
    assert runtime.clock.PendingEpochAt[SUBNET] > 0
    assert row(runtime) == []

    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)
    step(runtime)
    assert row(runtime) == STORED


def test_a_subnet_whose_epoch_is_passed_over_takes_no_other_s_place(runtime: Taonet) -> None:
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))
    runtime.parameters.MaxEpochsPerBlock = 1
    runtime.parameters.Tempo[FIRST] = TEMPO
    runtime.clock.LastEpochBlock[FIRST] = runtime.clock.LastEpochBlock[SUBNET]
    for uid in (0, 1):
        runtime.neurons.Keys[FIRST, uid] = EVE.account

    assert begin_epoch(runtime)[-1] == Events.TimelockedWeightsRevealed(SUBNET, BOB.account)
    assert runtime.clock.LastEpochBlock[FIRST] == runtime.registry.block()


def test_without_the_curve_commits_stay_sealed_until_they_are_too_old(
    runtime: Taonet, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    commit(runtime)
    write_pulses(runtime, pulse_of(NUMBER))
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)

    assert begin_epoch(runtime) == []
    assert queue(runtime, epoch) == [BOB.account]
    assert begin_epoch(runtime) == []
    assert queue(runtime, epoch) == []


# -- when a subnet or a mechanism goes


def test_commits_go_with_their_subnet_in_whatever_form(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    commit(runtime)
    commit(runtime, call="commit_timelocked_mechanism_weights", mecid=1)
    runtime.timelocks.CRV3WeightCommits[SUBNET, 1] = ((BOB.account, b"", 1),)
    runtime.timelocks.CRV3WeightCommitsV2[SECOND, 1] = ((BOB.account, 1, b"", 1),)

    dissolve(runtime, SUBNET)

    timelocks = runtime.timelocks
    for item in (timelocks.TimelockedWeightCommits, timelocks.CRV3WeightCommits, timelocks.CRV3WeightCommitsV2):
        assert list(item) == []


def test_commits_go_with_their_mechanism(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    runtime.parameters.MaxAllowedUids[SUBNET] = 128
    runtime.parameters.AdminFreezeWindow = 0
    commit(runtime)
    commit(runtime, call="commit_timelocked_mechanism_weights", mecid=1)

    dispatch(runtime, ROOT_ORIGIN, "AdminUtils.sudo_set_mechanism_count", netuid=SUBNET, mechanism_count=1)

    assert list(runtime.timelocks.TimelockedWeightCommits) == [(SUBNET, epoch)]
