"""Weights that are committed by a hash and revealed in a later epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from support.chain import call, dispatch, emits, reverts, submit, unchanged
from support.economy import (
    ALICE,
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    FIRST,
    SUBNET,
    dissolve,
    enroll,
    make_economy,
    skip_blocks,
    step,
)

from chain.hashing import blake2_256
from chain.keys import Keypair
from chain.types import H256
from runtime.fixed import U64_MAX
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.frame.weight import Pays
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.weights.rows import unpack
from runtime.taonet import Taonet
from runtime.units import NetUid

SECOND = NetUid(SUBNET + 4096)
TEMPO = 10
UIDS, VALUES, SALT = (0, 2), (1, 3), (7, 8, 9)
VALIDATOR, MINER = 1, 2


@pytest.fixture
def runtime() -> Taonet:
    """Bob is a validator, Eve a miner, and there is no limit; the epoch has just begun."""
    runtime = make_economy()
    enroll(runtime, BOB, BOB)
    enroll(runtime, CHARLIE, EVE)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)
    runtime.parameters.WeightsSetRateLimit[SUBNET] = 0
    begin_epoch(runtime)
    return runtime


def begin_epoch(runtime: Taonet) -> None:
    """Go to the next block in which the subnet's epoch ran."""
    before = runtime.clock.SubnetEpochIndex[SUBNET]
    while runtime.clock.SubnetEpochIndex[SUBNET] == before:
        step(runtime)
    runtime.neurons.ValidatorPermit[SUBNET] = (False, True, False)


def digest_of(
    who: Keypair = BOB,
    uids: Sequence[int] = UIDS,
    values: Sequence[int] = VALUES,
    salt: Sequence[int] = SALT,
    version_key: int = 0,
    index: int = SUBNET,
) -> H256:
    """Written from the facts. Source: consensus 6.3"""
    lists = b"".join(
        bytes([len(items) << 2]) + b"".join(item.to_bytes(2, "little") for item in items)
        for items in (uids, values, salt)
    )
    return H256(blake2_256(who.account + index.to_bytes(2, "little") + lists + version_key.to_bytes(8, "little")))


def commit(runtime: Taonet, digest: H256 | None = None, who: Keypair | None = BOB, **more: Any) -> None:
    name = "commit_mechanism_weights" if "mecid" in more else "commit_weights"
    arguments = {"netuid": SUBNET, "commit_hash": digest_of() if digest is None else digest, **more}
    dispatch(runtime, who, f"SubtensorModule.{name}", **arguments)


def reveal(runtime: Taonet, who: Keypair | None = BOB, **more: Any) -> None:
    name = "reveal_mechanism_weights" if "mecid" in more else "reveal_weights"
    given = {"netuid": SUBNET, "uids": UIDS, "values": VALUES, "salt": SALT, "version_key": 0, **more}
    dispatch(runtime, who, f"SubtensorModule.{name}", **given)


def reveal_unguarded(runtime: Taonet, who: Keypair = BOB, salt: Sequence[int] = SALT) -> None:
    """What the call itself says, without the guard before it."""
    with runtime.state.transaction():
        runtime.commits.reveal(Origin.signed(who.account), SUBNET, 0, UIDS, VALUES, tuple(salt), 0)


def row(runtime: Taonet, index: NetUid = SUBNET) -> list[tuple[int, int]]:
    return unpack(runtime.matrix.Weights[index, VALIDATOR])


def waiting(runtime: Taonet, who: Keypair = BOB, index: NetUid = SUBNET) -> list[bytes] | None:
    commits = runtime.commits.WeightCommits.get((index, who.account))
    return None if commits is None else [commit[0] for commit in commits]


# -- commit


def test_a_commit_is_kept_with_its_epoch_and_block_and_counts_as_an_update(runtime: Taonet) -> None:
    epoch, block = runtime.clock.SubnetEpochIndex[SUBNET], runtime.registry.block()

    with emits(runtime, Events.WeightsCommitted(BOB.account, SUBNET, digest_of())):
        commit(runtime)

    assert runtime.commits.WeightCommits[SUBNET, BOB.account] == ((digest_of(), epoch, block, 0),)
    assert runtime.neurons.LastUpdate[SUBNET][VALIDATOR] == block
    assert row(runtime) == []


def test_a_commit_where_the_epoch_is_overdue_belongs_to_the_next_one(runtime: Taonet) -> None:
    epoch = runtime.clock.SubnetEpochIndex[SUBNET]
    skip_blocks(runtime, TEMPO)

    commit(runtime)

    assert runtime.commits.WeightCommits[SUBNET, BOB.account][0][1] == epoch + 1


def test_a_miner_may_commit_too(runtime: Taonet) -> None:
    commit(runtime, who=EVE)

    assert waiting(runtime, EVE) == [digest_of()]


def test_commits_need_a_mechanism_a_signer_commit_reveal_and_a_neuron(runtime: Taonet) -> None:
    with unchanged(runtime):
        with reverts(Errors.MechanismDoesNotExist):
            commit(runtime, netuid=NetUid(77), who=None)
        with reverts(Errors.MechanismDoesNotExist):
            commit(runtime, mecid=1, who=None)
        with reverts(BadOrigin):
            commit(runtime, who=None)
        with reverts(Errors.HotKeyNotRegisteredInSubNet):
            commit(runtime, who=ALICE)
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    with unchanged(runtime), reverts(Errors.CommitRevealDisabled):
        commit(runtime, who=ALICE)


def test_commits_have_the_limit_of_weights(runtime: Taonet) -> None:
    runtime.parameters.WeightsSetRateLimit[SUBNET] = 5
    runtime.neurons.LastUpdate[SUBNET] = (0, 0, 0)
    commit(runtime)
    skip_blocks(runtime, 4)

    with unchanged(runtime), reverts(Errors.CommittingWeightsTooFast):
        commit(runtime)
    skip_blocks(runtime, 1)
    commit(runtime)


def test_ten_commits_may_wait(runtime: Taonet) -> None:
    for number in range(10):
        commit(runtime, digest_of(salt=(number,)))

    with unchanged(runtime), reverts(Errors.TooManyUnrevealedCommits):
        commit(runtime)


def test_a_commit_that_is_too_old_makes_room(runtime: Taonet) -> None:
    for number in range(10):
        commit(runtime, digest_of(salt=(number,)))
    begin_epoch(runtime)
    begin_epoch(runtime)

    commit(runtime)

    assert waiting(runtime) == [digest_of()]


# -- reveal


def test_weights_are_revealed_in_the_next_epoch_and_then_forgotten(runtime: Taonet) -> None:
    commit(runtime)
    committed = runtime.neurons.LastUpdate[SUBNET][VALIDATOR]
    begin_epoch(runtime)

    with emits(
        runtime,
        Events.WeightsSet(SUBNET, VALIDATOR),
        Events.WeightsRevealed(BOB.account, SUBNET, digest_of()),
    ):
        reveal(runtime)

    assert row(runtime) == [(0, 21_845), (2, 65_535)]
    assert waiting(runtime) is None
    assert runtime.neurons.LastUpdate[SUBNET][VALIDATOR] == committed


def test_weights_are_revealed_once(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    reveal(runtime)

    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal(runtime)
    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal_unguarded(runtime)


def test_weights_cannot_be_revealed_in_the_epoch_of_their_commit(runtime: Taonet) -> None:
    commit(runtime)
    step(runtime, TEMPO - 1)

    with unchanged(runtime), reverts(Errors.RevealTooEarly):
        reveal(runtime)
    with unchanged(runtime), reverts(Errors.RevealTooEarly):
        reveal_unguarded(runtime)


def test_a_longer_period_puts_the_reveal_off(runtime: Taonet) -> None:
    runtime.parameters.RevealPeriodEpochs[SUBNET] = 2
    commit(runtime)
    begin_epoch(runtime)
    with unchanged(runtime), reverts(Errors.RevealTooEarly):
        reveal(runtime)
    begin_epoch(runtime)

    reveal(runtime)

    assert row(runtime)


def test_weights_cannot_be_revealed_after_their_epoch(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.RevealTooEarly):  # so says the guard, which comes first
        reveal(runtime)
    with unchanged(runtime), reverts(Errors.ExpiredWeightCommit):
        reveal_unguarded(runtime)
    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal_unguarded(runtime, salt=(1,))


def test_an_expired_commit_is_told_from_an_unknown_one_while_another_waits(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    begin_epoch(runtime)
    commit(runtime, digest_of(salt=(5,)))
    runtime.commits.WeightCommits[SUBNET, BOB.account] = (
        (digest_of(), runtime.clock.SubnetEpochIndex[SUBNET] - 2, 1, 0),
        *runtime.commits.WeightCommits[SUBNET, BOB.account],
    )

    with unchanged(runtime), reverts(Errors.ExpiredWeightCommit):
        reveal_unguarded(runtime)
    with unchanged(runtime), reverts(Errors.InvalidRevealCommitHashNotMatch):
        reveal_unguarded(runtime, salt=(6,))


@pytest.mark.parametrize(
    "changed",
    [{"salt": (7, 8)}, {"uids": (2, 0)}, {"values": (1, 2)}, {"version_key": 1}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_revealed_is_what_was_committed(runtime: Taonet, changed: dict[str, Any]) -> None:
    commit(runtime)
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal(runtime, **changed)


def test_nobody_reveals_another_s_commit(runtime: Taonet) -> None:
    commit(runtime, digest_of(BOB), who=EVE)
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal(runtime, who=EVE)


def test_a_reveal_forgets_the_commits_before_it_and_keeps_those_behind(runtime: Taonet) -> None:
    first, last = digest_of(salt=(1,)), digest_of(salt=(2,))
    for digest in (first, digest_of(), last):
        commit(runtime, digest)
    begin_epoch(runtime)

    reveal(runtime)

    assert waiting(runtime) == [last]


def test_weights_that_may_not_be_set_are_not_revealed(runtime: Taonet) -> None:
    commit(runtime, digest_of(EVE), who=EVE)
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.NeuronNoValidatorPermit):
        reveal(runtime, who=EVE)

    assert waiting(runtime, EVE) == [digest_of(EVE)]


def test_a_reveal_is_not_limited(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    runtime.parameters.WeightsSetRateLimit[SUBNET] = U64_MAX

    reveal(runtime)

    assert row(runtime)


def test_a_reveal_needs_a_signer_and_commit_reveal(runtime: Taonet) -> None:
    commit(runtime)
    begin_epoch(runtime)
    with unchanged(runtime), reverts(BadOrigin):
        reveal(runtime, who=None)
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False

    with unchanged(runtime), reverts(Errors.CommitRevealDisabled):
        reveal(runtime)


def test_the_commits_of_a_second_mechanism_are_its_own(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    commit(runtime, digest_of(index=SECOND), mecid=1)
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        reveal(runtime)
    with emits(
        runtime,
        Events.WeightsSet(SECOND, VALIDATOR),
        Events.WeightsRevealed(BOB.account, SECOND, digest_of(index=SECOND)),
    ):
        reveal(runtime, mecid=1)

    assert row(runtime) == []
    assert len(row(runtime, SECOND)) == 2


def test_commit_and_reveal_go_through_extrinsics_without_a_fee(runtime: Taonet) -> None:
    poor = Keypair.from_uri("//Nobody")
    enroll(runtime, BOB, poor)
    digest = digest_of(poor, uids=(3,), values=(1,))

    committed = submit(runtime, poor, "SubtensorModule.commit_weights", netuid=SUBNET, commit_hash=digest)
    begin_epoch(runtime)
    given: dict[str, Any] = {"netuid": SUBNET, "uids": (3,), "values": (1,), "salt": SALT, "version_key": 0}
    revealed = submit(runtime, poor, "SubtensorModule.reveal_weights", **given)

    assert committed.error is None
    assert revealed.error is None
    assert unpack(runtime.matrix.Weights[SUBNET, 3]) == [(3, 65_535)]
    assert runtime.dispatch_info(call(runtime, "SubtensorModule.reveal_weights", **given)).pays is Pays.No


# -- batches


def batch_reveal(runtime: Taonet, *salts: Sequence[int], who: Keypair | None = BOB, **changes: Any) -> None:
    """Reveal commits that differ in their salt; each sets the weight of the owner to the salt."""
    given = {
        "uids_list": tuple((0, 2) for _ in salts),
        "values_list": tuple((salt[0], 3) for salt in salts),
        "salts_list": tuple(salts),
        "version_keys": tuple(0 for _ in salts),
        **changes,
    }
    dispatch(runtime, who, "SubtensorModule.batch_reveal_weights", netuid=SUBNET, **given)


def batch_digest(salt: Sequence[int]) -> H256:
    return digest_of(values=(salt[0], 3), salt=salt)


def test_a_batch_of_commits_passes_over_those_that_fail(runtime: Taonet) -> None:
    with emits(
        runtime,
        Events.WeightsCommitted(BOB.account, SUBNET, digest_of()),
        Events.BatchCompletedWithErrors(),
        Events.BatchWeightItemFailed(FIRST, Errors.HotKeyNotRegisteredInSubNet()),
        Events.BatchWeightItemFailed(NetUid(77), Errors.MechanismDoesNotExist()),
        Events.BatchWeightsCompleted((FIRST, SUBNET, NetUid(77)), BOB.account),
    ):
        dispatch(
            runtime,
            BOB,
            "SubtensorModule.batch_commit_weights",
            netuids=(FIRST, SUBNET, NetUid(77)),
            commit_hashes=(digest_of(),) * 3,
        )

    assert waiting(runtime) == [digest_of()]


def test_a_batch_of_commits_has_a_hash_for_each_subnet(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.InputLengthsUnequal):
        dispatch(runtime, BOB, "SubtensorModule.batch_commit_weights", netuids=(SUBNET,), commit_hashes=())
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, None, "SubtensorModule.batch_commit_weights", netuids=(SUBNET,), commit_hashes=())


def test_a_batch_reveals_its_commits_in_its_order_and_only_those(runtime: Taonet) -> None:
    for salt in ((1,), (2,), (3,)):
        commit(runtime, batch_digest(salt))
    begin_epoch(runtime)

    with emits(
        runtime,
        Events.WeightsSet(SUBNET, VALIDATOR),
        Events.WeightsSet(SUBNET, VALIDATOR),
        Events.WeightsBatchRevealed(BOB.account, SUBNET, (batch_digest((3,)), batch_digest((1,)))),
    ):
        batch_reveal(runtime, (3,), (1,))

    assert waiting(runtime) == [batch_digest((2,))]
    assert row(runtime) == [(0, 21_845), (2, 65_535)]


def test_a_batch_that_reveals_everything_leaves_nothing(runtime: Taonet) -> None:
    commit(runtime, batch_digest((1,)))
    begin_epoch(runtime)

    batch_reveal(runtime, (1,))

    assert waiting(runtime) is None


def test_a_batch_reveals_all_or_nothing(runtime: Taonet) -> None:
    commit(runtime, batch_digest((1,)))
    begin_epoch(runtime)
    commit(runtime, batch_digest((2,)))

    with unchanged(runtime), reverts(Errors.NoWeightsCommitFound):
        batch_reveal(runtime, (1,), (9,))
    with unchanged(runtime), reverts(Errors.RevealTooEarly):
        batch_reveal(runtime, (1,), (2,))


def test_a_batch_cannot_reveal_one_commit_twice(runtime: Taonet) -> None:
    commit(runtime, batch_digest((1,)))
    begin_epoch(runtime)

    with unchanged(runtime), reverts(Errors.InvalidRevealCommitHashNotMatch):
        batch_reveal(runtime, (1,), (1,))


def test_a_batch_of_reveals_needs_equal_lists_a_signer_and_commit_reveal(runtime: Taonet) -> None:
    commit(runtime, batch_digest((1,)))
    begin_epoch(runtime)
    for name in ("uids_list", "values_list", "salts_list", "version_keys"):
        for who in (BOB, None):
            with unchanged(runtime), reverts(Errors.InputLengthsUnequal):
                batch_reveal(runtime, (1,), who=who, **{name: ()})
    with reverts(BadOrigin):
        batch_reveal(runtime, (1,), who=None)
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    with unchanged(runtime), reverts(Errors.CommitRevealDisabled):
        batch_reveal(runtime, (1,))


# -- when a subnet or a mechanism goes


def test_commits_go_with_their_subnet(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    commit(runtime)
    commit(runtime, mecid=1)
    enroll(runtime, DAVE, DAVE, FIRST)
    runtime.parameters.WeightsSetRateLimit[FIRST] = 0
    commit(runtime, who=DAVE, netuid=FIRST)

    dissolve(runtime, SUBNET)

    assert list(runtime.commits.WeightCommits) == [(FIRST, DAVE.account)]


def test_commits_go_with_their_mechanism(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    runtime.parameters.MaxAllowedUids[SUBNET] = 128
    runtime.parameters.AdminFreezeWindow = 0
    commit(runtime)
    commit(runtime, mecid=1)

    dispatch(runtime, Origin.root(), "AdminUtils.sudo_set_mechanism_count", netuid=SUBNET, mechanism_count=1)

    assert list(runtime.commits.WeightCommits) == [(SUBNET, BOB.account)]
