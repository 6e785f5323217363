"""AdminUtils: a subnet becomes smaller, those who earn least leave, and the others close the gaps."""

from __future__ import annotations

from typing import Any

import pytest
from support.admin import make_administration
from support.chain import FAST, ROOT, dispatch, emits, key_of, make_runtime, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, DAVE, SUBNET, enroll, register, skip_blocks

from chain.types import AccountId, Bytes20
from runtime.frame.errors import BadOrigin
from runtime.pallets.subnets.serving import AxonInfo
from runtime.pallets.subnets.trimming import find_kept, has_too_many_immune, pick
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.weights.rows import pack, unpack
from runtime.taonet import Taonet
from runtime.units import AlphaBalance, NetUid

TRIM = "AdminUtils.sudo_trim_to_max_allowed_uids"
SECOND = NetUid(SUBNET + 4096)
COUNT = 10
EARNED = (0, 50, 20, 90, 20, 70, 10, 80, 60, 30)
"""What each uid earned; the uid 0 is the owner's own."""


@pytest.fixture
def runtime() -> Taonet:
    """A subnet of ten neurons, the owner's and nine others, whose immunity is over."""
    runtime = make_administration()
    rules = runtime.parameters
    rules.MinAllowedUids[SUBNET], rules.MaxAllowedUids[SUBNET], rules.ImmunityPeriod[SUBNET] = 2, COUNT, 100
    runtime.registry.MechanismCountCurrent[SUBNET] = 2
    for n in range(1, COUNT):
        enroll(runtime, CHARLIE, key_of(f"miner{n}"))
        skip_blocks(runtime, 1)
    skip_blocks(runtime, 100)
    neurons = runtime.neurons
    neurons.Emission[SUBNET] = tuple(AlphaBalance(e) for e in EARNED)
    numbers = tuple(100 + uid for uid in range(COUNT))
    for vector in (neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust, neurons.StakeWeight):
        vector[SUBNET] = numbers
    neurons.Active[SUBNET] = neurons.ValidatorPermit[SUBNET] = tuple(uid % 2 == 0 for uid in range(COUNT))
    for index in (SUBNET, SECOND):
        neurons.Incentive[index] = numbers
        neurons.LastUpdate[index] = tuple(1000 + uid for uid in range(COUNT))
    return runtime


def trim(runtime: Taonet, most: int, who: Any = ALICE, netuid: int = SUBNET) -> None:
    dispatch(runtime, who, TRIM, netuid=netuid, max_n=most)


def hotkeys(runtime: Taonet) -> list[AccountId]:
    return [runtime.neurons.Keys[SUBNET, uid] for uid in sorted(runtime.neurons.Keys.keys(SUBNET))]


# -- the rules


def test_who_earns_least_leaves_and_later_uids_before_earlier_ones() -> None:
    emission = [AlphaBalance(e) for e in EARNED]

    assert find_kept(emission, COUNT, 9, {0}) == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    assert find_kept(emission, COUNT, 8, {0}) == [0, 1, 2, 3, 5, 7, 8, 9]
    assert find_kept(emission, COUNT, 8, set()) == [1, 2, 3, 4, 5, 7, 8, 9]
    assert find_kept(emission, COUNT, 2, {0, 6}) == [0, 6]


def test_the_immune_stay_even_where_too_many_stay() -> None:
    assert find_kept([AlphaBalance(1)] * 4, 4, 2, {0, 1, 2}) == [0, 1, 2]


@pytest.mark.parametrize(("immune", "most", "is_too_many"), [(7, 9, False), (8, 10, True), (1, 0, True), (0, 4, False)])
def test_less_than_80_percent_may_be_immune(immune: int, most: int, is_too_many: bool) -> None:
    assert has_too_many_immune(immune, most, 80) is is_too_many


def test_79_and_a_half_percent_are_79() -> None:
    assert not has_too_many_immune(159, 200, 80)


def test_behind_the_end_of_a_vector_there_are_defaults() -> None:
    assert pick((1, 2, 3), [0, 2, 5], 0) == (1, 3, 0)


# -- the call


def test_those_who_stay_close_the_gaps(runtime: Taonet) -> None:
    neurons, before = runtime.neurons, hotkeys(runtime)
    registered = [neurons.BlockAtRegistration[SUBNET, uid] for uid in range(COUNT)]
    kept = [0, 1, 3, 5, 7, 8]

    with emits(runtime):
        trim(runtime, 6)

    assert runtime.parameters.MaxAllowedUids[SUBNET] == neurons.SubnetworkN[SUBNET] == 6
    assert hotkeys(runtime) == [before[uid] for uid in kept]
    assert [neurons.BlockAtRegistration[SUBNET, n] for n in range(6)] == [registered[uid] for uid in kept]
    assert sorted(neurons.BlockAtRegistration.keys(SUBNET)) == list(range(6))
    assert dict(neurons.Uids.items(SUBNET)) == {before[uid]: n for n, uid in enumerate(kept)}
    assert neurons.Emission[SUBNET] == tuple(EARNED[uid] for uid in kept)
    numbers = tuple(100 + uid for uid in kept)
    for vector in (neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust, neurons.StakeWeight):
        assert vector[SUBNET] == numbers
    assert neurons.Active[SUBNET] == neurons.ValidatorPermit[SUBNET] == tuple(uid % 2 == 0 for uid in kept)
    for index in (SUBNET, SECOND):
        assert neurons.Incentive[index] == numbers
        assert neurons.LastUpdate[index] == tuple(1000 + uid for uid in kept)


def test_weights_and_bonds_follow_the_neurons_and_those_of_who_leaves_are_dropped(runtime: Taonet) -> None:
    matrix = runtime.neurons.matrix
    for index in (SUBNET, SECOND):
        for rows in (matrix.Weights, matrix.Bonds):
            rows[index, 3] = pack([(0, 1), (6, 2), (9, 3)])
            rows[index, 6] = pack([(3, 4)])

    trim(runtime, 8)

    for index in (SUBNET, SECOND):
        for rows in (matrix.Weights, matrix.Bonds):
            assert unpack(rows[index, 3]) == [(0, 1), (7, 3)]
            assert sorted(rows.keys(index)) == list(range(8)), "who stays has a row, be it empty"
            assert all(not rows[index, uid] for uid in range(8) if uid != 3)


def test_ethereum_addresses_follow_the_neurons(runtime: Taonet) -> None:
    addresses = runtime.evm_keys.AssociatedEvmAddress
    for uid in (1, 6, 9):
        addresses[SUBNET, uid] = (Bytes20(bytes([uid]) * 20), uid)

    trim(runtime, 8)

    assert dict(addresses.items(SUBNET)) == {1: (bytes([1]) * 20, 1), 7: (bytes([9]) * 20, 9)}


def test_those_who_leave_are_forgotten(runtime: Taonet) -> None:
    gone, stays = key_of("miner6").account, key_of("miner1").account
    for hotkey in (gone, stays):
        runtime.ledger.AlphaDividendsPerSubnet[SUBNET, hotkey] = AlphaBalance(5)
        runtime.remnants.LastHotkeyEmissionOnNetuid[hotkey, SUBNET] = AlphaBalance(5)
        runtime.serving.Axons[SUBNET, hotkey] = AxonInfo(1, 1, 1, 1, 4, 0, 0, 0)

    trim(runtime, 9)

    neurons = runtime.neurons
    assert (SUBNET, gone) not in neurons.Uids
    assert (gone, SUBNET) not in neurons.IsNetworkMember
    assert (SUBNET, gone) not in runtime.ledger.AlphaDividendsPerSubnet
    assert (gone, SUBNET) not in runtime.remnants.LastHotkeyEmissionOnNetuid
    assert list(runtime.serving.Axons.keys(SUBNET)) == [stays]
    assert neurons.IsNetworkMember[stays, SUBNET]
    assert runtime.ledger.AlphaDividendsPerSubnet[SUBNET, stays] == 5
    assert runtime.remnants.LastHotkeyEmissionOnNetuid[stays, SUBNET] == 5


def test_the_owners_neuron_stays_although_it_earns_nothing(runtime: Taonet) -> None:
    trim(runtime, 2)

    assert hotkeys(runtime) == [DAVE.account, key_of("miner3").account]


def test_those_registered_lately_stay(runtime: Taonet) -> None:
    runtime.neurons.BlockAtRegistration[SUBNET, 6] = runtime.registry.block() - 99
    runtime.neurons.BlockAtRegistration[SUBNET, 2] = runtime.registry.block() - 100

    trim(runtime, 7)

    assert key_of("miner6").account in hotkeys(runtime)
    assert key_of("miner2").account not in hotkeys(runtime)


def test_too_many_immune_neurons_keep_a_subnet_from_becoming_smaller(runtime: Taonet) -> None:
    for uid in range(1, 4):
        runtime.neurons.BlockAtRegistration[SUBNET, uid] = runtime.registry.block()

    with unchanged(runtime), reverts(Errors.TrimmingWouldExceedMaxImmunePercentage):
        trim(runtime, 5)
    trim(runtime, 6)


def test_a_subnet_with_room_left_only_gets_another_bound(runtime: Taonet) -> None:
    before = hotkeys(runtime)
    runtime.parameters.MaxAllowedUids[SUBNET] = 12

    trim(runtime, COUNT)

    assert runtime.parameters.MaxAllowedUids[SUBNET] == COUNT
    assert hotkeys(runtime) == before


@pytest.mark.parametrize("most", [1, COUNT + 1])
def test_the_new_size_is_within_the_subnets_bounds(runtime: Taonet, most: int) -> None:
    with unchanged(runtime), reverts(Errors.InvalidValue):
        trim(runtime, most)


def test_only_the_owner_and_root_trim(runtime: Taonet) -> None:
    for who in (BOB, None):
        with unchanged(runtime), reverts(BadOrigin):
            trim(runtime, 6, who)
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        trim(runtime, 6, ROOT, 99)
    trim(runtime, 6, ROOT)


def test_nobody_trims_just_before_an_epoch(runtime: Taonet) -> None:
    runtime.clock.PendingEpochAt[SUBNET] = runtime.registry.block() + 1

    with unchanged(runtime), reverts(Errors.AdminActionProhibitedDuringWeightsWindow):
        trim(runtime, 6, ROOT)


def test_an_owner_trims_once_in_30_days() -> None:
    runtime = make_runtime(constants={n: v for n, v in FAST.items() if not n.endswith("MaxUidsTrimmingRateLimit")})
    register(runtime, ALICE, DAVE)
    runtime.parameters.AdminFreezeWindow = 0
    trim(runtime, 200)

    assert runtime.registry.TransactionKeyLastBlock[ALICE.account, SUBNET, 9] == runtime.registry.block()
    skip_blocks(runtime, 30 * 7200 - 1)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        trim(runtime, 100)
    skip_blocks(runtime, 1)
    trim(runtime, 100)


def test_on_the_fast_runtime_an_owner_trims_once_a_block(runtime: Taonet) -> None:
    trim(runtime, 9)

    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        trim(runtime, 8)
    skip_blocks(runtime, 1)
    trim(runtime, 8)
