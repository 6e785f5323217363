"""AdminUtils: how many mechanisms a subnet has, and how its emission is divided among them."""

from __future__ import annotations

from typing import Any

import pytest
from support.admin import make_administration
from support.chain import FAST, ROOT, dispatch, make_runtime, reverts, unchanged
from support.economy import ALICE, BOB, DAVE, SUBNET, enroll, register, skip_blocks

from runtime.frame.errors import BadOrigin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.weights.rows import pack
from runtime.taonet import Taonet
from runtime.units import NetUid

COUNT, SPLIT = "sudo_set_mechanism_count", "sudo_set_mechanism_emission_split"
SECOND = NetUid(SUBNET + 4096)
HALVES = (32_767, 32_768)
CALLS: list[tuple[str, dict[str, Any], int]] = [
    (COUNT, {"mechanism_count": 1}, 7),
    (SPLIT, {"maybe_split": None}, 8),
]


@pytest.fixture
def runtime() -> Taonet:
    """A subnet that leaves room for two mechanisms."""
    runtime = make_administration()
    runtime.parameters.MaxAllowedUids[SUBNET] = 128
    return runtime


def set_(runtime: Taonet, name: str, who: Any = ALICE, netuid: int = SUBNET, **arguments: Any) -> None:
    dispatch(runtime, who, f"AdminUtils.{name}", netuid=netuid, **arguments)


# -- how many


def test_a_subnet_has_more_mechanisms_and_their_parts_are_even(runtime: Taonet) -> None:
    runtime.registry.MechanismEmissionSplit[SUBNET] = (65_535,)

    set_(runtime, COUNT, mechanism_count=2)

    assert runtime.registry.MechanismCountCurrent[SUBNET] == 2
    assert SUBNET not in runtime.registry.MechanismEmissionSplit


def test_what_a_mechanism_that_goes_knew_of_its_neurons_is_forgotten(runtime: Taonet) -> None:
    set_(runtime, COUNT, ROOT, mechanism_count=2)
    enroll(runtime, BOB, BOB)
    assert len(runtime.neurons.LastUpdate[SECOND]) == 2
    kept = runtime.neurons.LastUpdate[SUBNET], runtime.neurons.Incentive[SUBNET]
    for index in (SUBNET, SECOND):
        runtime.matrix.Weights[index, 0] = runtime.matrix.Bonds[index, 0] = pack([(1, 65_535)])

    set_(runtime, COUNT, ROOT, mechanism_count=1)

    assert list(runtime.matrix.Weights) == list(runtime.matrix.Bonds) == [(SUBNET, 0)]
    assert SECOND not in runtime.neurons.LastUpdate
    assert SECOND not in runtime.neurons.Incentive
    assert (runtime.neurons.LastUpdate[SUBNET], runtime.neurons.Incentive[SUBNET]) == kept


def test_the_same_number_again_leaves_the_parts(runtime: Taonet) -> None:
    set_(runtime, COUNT, ROOT, mechanism_count=2)
    set_(runtime, SPLIT, ROOT, maybe_split=HALVES)

    with unchanged(runtime):
        set_(runtime, COUNT, ROOT, mechanism_count=2)


@pytest.mark.parametrize("count", [0, 3])
def test_a_subnet_has_at_least_one_mechanism_and_at_most_what_root_allows(runtime: Taonet, count: int) -> None:
    with unchanged(runtime), reverts(Errors.InvalidValue):
        set_(runtime, COUNT, mechanism_count=count)


def test_all_mechanisms_together_have_no_more_than_256_neurons(runtime: Taonet) -> None:
    runtime.parameters.MaxAllowedUids[SUBNET] = 129

    with unchanged(runtime), reverts(Errors.TooManyUIDsPerMechanism):
        set_(runtime, COUNT, mechanism_count=2)


# -- their parts


def test_the_emission_is_divided_as_the_owner_says(runtime: Taonet) -> None:
    set_(runtime, COUNT, mechanism_count=2)

    set_(runtime, SPLIT, maybe_split=HALVES)

    assert runtime.registry.MechanismEmissionSplit[SUBNET] == HALVES
    set_(runtime, SPLIT, ROOT, maybe_split=(65_535,))
    assert runtime.registry.MechanismEmissionSplit[SUBNET] == (65_535,)
    set_(runtime, SPLIT, ROOT, maybe_split=None)
    assert SUBNET not in runtime.registry.MechanismEmissionSplit


@pytest.mark.parametrize("split", [(), (32_767, 32_767), (32_768, 32_768), (65_535, 0, 0)])
def test_parts_for_more_mechanisms_or_that_do_not_add_up_are_refused(runtime: Taonet, split: tuple[int, ...]) -> None:
    set_(runtime, COUNT, mechanism_count=2)

    with unchanged(runtime), reverts(Errors.InvalidValue):
        set_(runtime, SPLIT, maybe_split=split)


# -- who, and how often


@pytest.mark.parametrize(("name", "arguments", "kind"), CALLS)
def test_only_the_owner_and_root_change_mechanisms(
    runtime: Taonet, name: str, arguments: dict[str, Any], kind: int
) -> None:
    for who in (BOB, None):
        with unchanged(runtime), reverts(BadOrigin):
            set_(runtime, name, who, **arguments)


@pytest.mark.parametrize(("name", "arguments", "kind"), CALLS)
def test_a_subnet_that_does_not_exist_has_no_mechanisms(
    runtime: Taonet, name: str, arguments: dict[str, Any], kind: int
) -> None:
    with unchanged(runtime), reverts(Errors.MechanismDoesNotExist):
        set_(runtime, name, ROOT, 99, **arguments)


@pytest.mark.parametrize(("name", "arguments", "kind"), CALLS)
def test_mechanisms_do_not_change_just_before_an_epoch(
    runtime: Taonet, name: str, arguments: dict[str, Any], kind: int
) -> None:
    runtime.clock.PendingEpochAt[SUBNET] = runtime.registry.block() + 1

    with unchanged(runtime), reverts(Errors.AdminActionProhibitedDuringWeightsWindow):
        set_(runtime, name, ROOT, **arguments)


@pytest.mark.parametrize(("name", "arguments", "kind"), CALLS)
def test_an_owner_changes_mechanisms_once_a_day(name: str, arguments: dict[str, Any], kind: int) -> None:
    limits = ("MechanismCountSetRateLimit", "MechanismEmissionRateLimit")
    runtime = make_runtime(constants={n: v for n, v in FAST.items() if not n.endswith(limits)})
    register(runtime, ALICE, DAVE)
    runtime.parameters.AdminFreezeWindow = 0
    set_(runtime, name, **arguments)

    assert runtime.registry.TransactionKeyLastBlock[ALICE.account, SUBNET, kind] == runtime.registry.block()
    skip_blocks(runtime, 7199)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        set_(runtime, name, **arguments)
    set_(runtime, name, ROOT, **arguments)
    skip_blocks(runtime, 1)
    set_(runtime, name, **arguments)


def test_on_the_fast_runtime_mechanisms_change_once_a_block(runtime: Taonet) -> None:
    set_(runtime, COUNT, mechanism_count=2)

    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        set_(runtime, COUNT, mechanism_count=1)
    skip_blocks(runtime, 1)
    set_(runtime, COUNT, mechanism_count=1)


def test_a_refused_change_is_not_noted(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.InvalidValue):
        set_(runtime, COUNT, mechanism_count=0)

    set_(runtime, COUNT, mechanism_count=2)
