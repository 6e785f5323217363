"""What neurons publish: who may, how much in an epoch, for which deposit, and whose bonds are reset by it."""

from __future__ import annotations

from typing import Any

import pytest
from support.chain import FAST, ROOT, call, dispatch, emits, key_of, make_runtime, reserved, reverts, unchanged
from support.economy import BOB, CHARLIE, EVE, SUBNET, dissolve, enroll, make_economy

from chain.errors import DecodeError
from chain.keys import Keypair
from chain.scale.hints import codec_of
from chain.types import Bytes32
from runtime.frame.errors import BadOrigin
from runtime.frame.weight import Pays, Weight
from runtime.pallets.balances import Balances
from runtime.pallets.commitments.pallet import Commitments
from runtime.pallets.commitments.types import (
    BigRaw,
    BlakeTwo256,
    CommitmentInfo,
    Data,
    Keccak256,
    NoData,
    Raw,
    Registration,
    ResetBondsFlag,
    Sha256,
    ShaThree256,
    TimelockEncrypted,
    Usage,
    size_of,
)
from runtime.pallets.weights.rows import pack, unpack
from runtime.taonet import Taonet
from runtime.units import NetUid, TaoBalance

HASH = Bytes32(b"h" * 32)
WHO = EVE.account
KEY = (SUBNET, WHO)


@pytest.fixture
def runtime() -> Taonet:
    """Eve mines on the subnet."""
    runtime = make_economy()
    enroll(runtime, CHARLIE, EVE)
    return runtime


def commit(runtime: Taonet, *fields: Data, who: Keypair | None = EVE, netuid: NetUid = SUBNET) -> None:
    dispatch(runtime, who, "Commitments.set_commitment", netuid=netuid, info=CommitmentInfo(fields))


def used(runtime: Taonet) -> int:
    return runtime.commitments.UsedSpaceOf[KEY].used_space


# -- the wire


@pytest.mark.parametrize(
    ("field", "encoded", "size"),
    [
        (NoData(), b"\x00", 0),
        (Raw(b""), b"\x01", 0),
        (Raw(b"ab"), b"\x03ab", 2),
        (Raw(b"r" * 128), b"\x81" + b"r" * 128, 128),
        (BlakeTwo256(HASH), b"\x82" + HASH, 32),
        (Sha256(HASH), b"\x83" + HASH, 32),
        (Keccak256(HASH), b"\x84" + HASH, 32),
        (ShaThree256(HASH), b"\x85" + HASH, 32),
        (TimelockEncrypted(b"abc", 7), b"\x86\x0cabc\x07" + bytes(7), 3),
        (ResetBondsFlag(), b"\x87", 0),
        (BigRaw(b"b" * 129), b"\x88\x05\x02" + b"b" * 129, 129),
    ],
)
def test_a_field_is_encoded_and_counted(field: Data, encoded: bytes, size: int) -> None:
    assert codec_of(Data).encode(field) == encoded
    assert codec_of(Data).decode(encoded, 0) == (field, len(encoded))
    assert size_of(field) == size


@pytest.mark.parametrize(
    "bad", [b"\x89", b"\xff", b"\x88\x05\x08" + bytes(513), b"\x86\x05\x10" + bytes(1025 + 8), b"\x03a"]
)
def test_bytes_that_are_no_field_are_refused(bad: bytes) -> None:
    with pytest.raises(DecodeError):
        codec_of(Data).decode(bad, 0)


def test_more_plain_bytes_than_there_are_variants_cannot_be_written() -> None:
    with pytest.raises(OverflowError):
        codec_of(Data).encode(Raw(bytes(129)))


def test_four_fields_cannot_be_read() -> None:
    with pytest.raises(DecodeError):
        codec_of(CommitmentInfo).decode(b"\x10" + bytes(4), 0)


# -- set_commitment


def test_a_commitment_is_kept_with_its_block(runtime: Taonet) -> None:
    info = CommitmentInfo((Raw(b"hello"), BigRaw(b"b" * 200)))

    with emits(runtime, Commitments.Commitment(SUBNET, WHO)):
        commit(runtime, *info.fields)

    now = runtime.system.Number
    assert runtime.commitments.CommitmentOf[KEY] == Registration(TaoBalance(0), now, info)
    assert runtime.commitments.LastCommitment[KEY] == now
    assert dict(runtime.commitments.of_subnet(SUBNET)) == {WHO: Registration(TaoBalance(0), now, info)}
    assert KEY not in runtime.commitments.LastBondsReset
    assert runtime.commitments.TimelockedIndex == frozenset()


def test_a_time_locked_commitment_names_its_first_round_and_is_listed_until_it_is_replaced(runtime: Taonet) -> None:
    with emits(runtime, Commitments.TimelockCommitment(SUBNET, WHO, 9)):
        commit(runtime, Raw(b"x"), TimelockEncrypted(b"a", 9), TimelockEncrypted(b"b", 8))
    assert runtime.commitments.TimelockedIndex == {KEY}

    commit(runtime, Raw(b"x"))

    assert runtime.commitments.TimelockedIndex == frozenset()


@pytest.mark.parametrize("who", [CHARLIE, BOB])
def test_only_hotkeys_with_a_neuron_commit(runtime: Taonet, who: Keypair) -> None:
    with unchanged(runtime), reverts(Commitments.AccountNotAllowedCommit()):
        commit(runtime, Raw(b"x"), who=who)
    with unchanged(runtime), reverts(Commitments.AccountNotAllowedCommit()):
        commit(runtime, Raw(b"x"), netuid=NetUid(77))


@pytest.mark.parametrize("who", [None, ROOT])
def test_nobody_commits_without_a_key(runtime: Taonet, who: Any) -> None:
    with unchanged(runtime), reverts(BadOrigin()):
        commit(runtime, Raw(b"x"), who=who)


def test_a_commitment_has_three_fields_at_most(runtime: Taonet) -> None:
    commit(runtime, *(NoData(),) * 3)

    with unchanged(runtime), reverts(Commitments.TooManyFieldsInCommitmentInfo()):
        commit(runtime, *(NoData(),) * 4)


def test_a_commitment_is_free_and_weighs_what_the_chain_says(runtime: Taonet) -> None:
    what = call(runtime, "Commitments.set_commitment", netuid=SUBNET, info=CommitmentInfo(()))
    limit = call(runtime, "Commitments.set_max_space", new_limit=1)

    info, other = runtime.dispatch_info(what), runtime.dispatch_info(limit)

    assert info.pays is Pays.No
    assert info.weight == Weight(33_480_000 + 525_000_000) + runtime.guard_weight(what.bound)
    assert other.weight == Weight(2_856_000 + 100_000_000) + runtime.guard_weight(limit.bound)
    assert other.pays is Pays.Yes


# -- space


def test_a_commitment_counts_a_hundred_bytes_at_least(runtime: Taonet) -> None:
    commit(runtime)
    assert used(runtime) == 100
    commit(runtime, Raw(b"r" * 100), BlakeTwo256(HASH))
    assert used(runtime) == 232
    assert runtime.commitments.UsedSpaceOf[KEY] == Usage(runtime.clock.SubnetEpochIndex[SUBNET], 232)


def test_what_was_committed_in_an_epoch_has_a_limit_to_the_byte(runtime: Taonet) -> None:
    for _ in range(2):
        commit(runtime, BigRaw(bytes(512)), BigRaw(bytes(512)), BigRaw(bytes(476)))
    assert used(runtime) == 3000

    with unchanged(runtime), reverts(Commitments.SpaceLimitExceeded()):
        commit(runtime, Raw(bytes(101)))
    commit(runtime, Raw(bytes(100)))

    assert used(runtime) == 3100


def test_a_new_epoch_begins_at_nothing(runtime: Taonet) -> None:
    commit(runtime, BigRaw(bytes(500)))
    runtime.clock.SubnetEpochIndex[SUBNET] += 1

    commit(runtime)

    assert runtime.commitments.UsedSpaceOf[KEY] == Usage(runtime.clock.SubnetEpochIndex[SUBNET], 100)


def test_root_sets_the_limit(runtime: Taonet) -> None:
    assert runtime.commitments.MaxSpace == 3100
    with unchanged(runtime), reverts(BadOrigin()):
        dispatch(runtime, BOB, "Commitments.set_max_space", new_limit=99)

    dispatch(runtime, ROOT, "Commitments.set_max_space", new_limit=99)

    with unchanged(runtime), reverts(Commitments.SpaceLimitExceeded()):
        commit(runtime)


# -- deposits


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch, runtime: Taonet) -> Taonet:
    """A chain where a commitment costs 1,000 rao and 10 for each field."""
    monkeypatch.setitem(runtime.commitments.__dict__, "InitialDeposit", TaoBalance(1000))
    monkeypatch.setitem(runtime.commitments.__dict__, "FieldDeposit", TaoBalance(10))
    dispatch(runtime, ROOT, "Balances.force_set_balance", who=EVE, new_free=10**6)
    return runtime


def test_a_deposit_follows_the_number_of_fields(paid: Taonet) -> None:
    commit(paid, NoData(), NoData())
    assert (reserved(paid, EVE), paid.commitments.CommitmentOf[KEY].deposit) == (1020, 1020)

    commit(paid, *(NoData(),) * 3)
    assert reserved(paid, EVE) == 1030

    commit(paid)
    assert (reserved(paid, EVE), paid.commitments.CommitmentOf[KEY].deposit) == (1000, 1000)


def test_a_deposit_that_cannot_be_paid_or_given_back_stops_the_commitment(paid: Taonet) -> None:
    dispatch(paid, ROOT, "Balances.force_set_balance", who=EVE, new_free=1029)
    with unchanged(paid), reverts(Balances.InsufficientBalance()):
        commit(paid, *(NoData(),) * 3)
    dispatch(paid, ROOT, "Balances.force_set_balance", who=EVE, new_free=10**6)
    commit(paid, *(NoData(),) * 3)
    dispatch(paid, ROOT, "Balances.force_unreserve", who=EVE, amount=1025)

    with unchanged(paid), reverts(Commitments.UnexpectedUnreserveLeftover()):
        commit(paid)


def test_the_real_chain_takes_no_deposits() -> None:
    runtime = make_runtime(constants=FAST)

    assert (runtime.commitments.InitialDeposit, runtime.commitments.FieldDeposit) == (0, 0)


# -- bonds


def put_bonds(runtime: Taonet) -> int:
    """Bonds of two neurons to Eve and to another, in two mechanisms."""
    uid = runtime.neurons.Uids[KEY]
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    for index in runtime.neurons.mechanisms(SUBNET):
        runtime.matrix.Bonds[index, 0] = pack([(0, 5), (uid, 7)])
    return uid


def test_the_flag_removes_all_bonds_to_the_neuron_in_every_mechanism(runtime: Taonet) -> None:
    put_bonds(runtime)
    runtime.parameters.BondsResetOn[SUBNET] = True

    commit(runtime, Raw(b"x"), ResetBondsFlag())

    assert [unpack(runtime.matrix.Bonds[i, 0]) for i in runtime.neurons.mechanisms(SUBNET)] == [[(0, 5)]] * 2
    assert runtime.commitments.LastBondsReset[KEY] == runtime.system.Number


def test_the_flag_is_noted_but_changes_no_bonds_where_the_subnet_does_not_allow_that(runtime: Taonet) -> None:
    uid = put_bonds(runtime)

    commit(runtime, ResetBondsFlag())

    assert unpack(runtime.matrix.Bonds[SUBNET, 0]) == [(0, 5), (uid, 7)]
    assert runtime.commitments.LastBondsReset[KEY] == runtime.system.Number


def test_without_space_no_bonds_are_reset(runtime: Taonet) -> None:
    put_bonds(runtime)
    runtime.parameters.BondsResetOn[SUBNET] = True
    runtime.commitments.MaxSpace = 99

    with unchanged(runtime), reverts(Commitments.SpaceLimitExceeded()):
        commit(runtime, ResetBondsFlag())


# -- the subnet goes


def test_a_subnet_that_goes_leaves_no_commitments(runtime: Taonet) -> None:
    commitments = runtime.commitments
    commit(runtime, ResetBondsFlag(), TimelockEncrypted(b"a", 9))
    commitments.RevealedCommitments[KEY] = ((b"text", 1),)
    other = (NetUid(77), key_of("Bob").account)
    commitments.TimelockedIndex = commitments.TimelockedIndex | {other}
    commitments.LastCommitment[other] = runtime.system.Number

    dissolve(runtime, SUBNET)

    maps = (
        commitments.CommitmentOf,
        commitments.LastBondsReset,
        commitments.RevealedCommitments,
        commitments.UsedSpaceOf,
    )
    assert [list(found) for found in maps] == [[]] * 4
    assert list(commitments.LastCommitment) == [other]
    assert commitments.TimelockedIndex == {other}
