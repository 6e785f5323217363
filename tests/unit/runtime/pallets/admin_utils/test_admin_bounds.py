"""AdminUtils: values outside of their bounds are refused by the chain's name for it."""

from __future__ import annotations

from typing import Any

import pytest
from support.admin import make_administration
from support.chain import ROOT, dispatch, reverts, unchanged
from support.economy import ALICE, SUBNET

from runtime.fixed import u64f64
from runtime.pallets.admin_utils.pallet import Admin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.types import ROOT as ROOT_NET
from runtime.taonet import Taonet

ONE = u64f64.one
OUTSIDE = [
    ("sudo_set_min_burn", "min_burn", 10**9, Admin.ValueNotInBounds),
    ("sudo_set_max_burn", "max_burn", 10**8, Admin.ValueNotInBounds),
    ("sudo_set_burn_half_life", "burn_half_life", 0, Admin.InvalidValue),
    ("sudo_set_burn_half_life", "burn_half_life", 36_101, Admin.InvalidValue),
    ("sudo_set_burn_increase_mult", "burn_increase_mult", ONE - 1, Admin.InvalidValue),
    ("sudo_set_burn_increase_mult", "burn_increase_mult", 3 * ONE + 1, Admin.InvalidValue),
    ("sudo_set_max_allowed_uids", "max_allowed_uids", 63, Admin.MaxAllowedUidsLessThanMinAllowedUids),
    ("sudo_set_max_allowed_uids", "max_allowed_uids", 257, Admin.MaxAllowedUidsGreaterThanDefaultMaxAllowedUids),
    ("sudo_set_owner_immune_neuron_limit", "immune_neurons", 0, Errors.InvalidValue),
    ("sudo_set_owner_immune_neuron_limit", "immune_neurons", 11, Errors.InvalidValue),
    ("sudo_set_min_childkey_take_per_subnet", "take", 11_797, Admin.InvalidValue),
    ("sudo_set_commit_reveal_weights_interval", "interval", 0, Errors.RevealPeriodTooSmall),
    ("sudo_set_commit_reveal_weights_interval", "interval", 101, Errors.RevealPeriodTooLarge),
    ("sudo_set_activity_cutoff", "activity_cutoff", 359, Errors.ActivityCutoffTooLow),
    ("sudo_set_max_allowed_validators", "max_allowed_validators", 257, Admin.MaxValidatorsLargerThanMaxUIds),
    ("sudo_set_min_allowed_uids", "min_allowed_uids", 256, Admin.MinAllowedUidsGreaterThanMaxAllowedUids),
    ("sudo_set_min_allowed_uids", "min_allowed_uids", 1, Admin.MinAllowedUidsGreaterThanCurrentUids),
]
INSIDE = [
    ("sudo_set_min_burn", "min_burn", 10**9 - 1),
    ("sudo_set_max_burn", "max_burn", 10**8 + 1),
    ("sudo_set_burn_half_life", "burn_half_life", 36_100),
    ("sudo_set_burn_increase_mult", "burn_increase_mult", ONE),
    ("sudo_set_burn_increase_mult", "burn_increase_mult", 3 * ONE),
    ("sudo_set_max_allowed_uids", "max_allowed_uids", 256),
    ("sudo_set_owner_immune_neuron_limit", "immune_neurons", 1),
    ("sudo_set_min_childkey_take_per_subnet", "take", 11_796),
    ("sudo_set_commit_reveal_weights_interval", "interval", 1),
]
NOT_ON_ROOT = [
    ("sudo_set_burn_half_life", "burn_half_life", 7),
    ("sudo_set_burn_increase_mult", "burn_increase_mult", ONE),
    ("sudo_set_owner_cut_enabled", "enabled", True),
    ("sudo_set_owner_cut_auto_lock_enabled", "enabled", True),
    ("sudo_set_subnet_emission_enabled", "enabled", True),
]


@pytest.fixture
def runtime() -> Taonet:
    return make_administration()


def set_(runtime: Taonet, name: str, who: Any = ROOT, /, netuid: int = SUBNET, **arguments: Any) -> None:
    dispatch(runtime, who, f"AdminUtils.{name}", netuid=netuid, **arguments)


@pytest.mark.parametrize(("name", "argument", "value", "error"), OUTSIDE)
def test_a_value_outside_of_its_bounds_is_refused(
    runtime: Taonet, name: str, argument: str, value: int, error: Any
) -> None:
    with unchanged(runtime), reverts(error):
        set_(runtime, name, **{argument: value})


@pytest.mark.parametrize(("name", "argument", "value"), INSIDE)
def test_a_value_at_its_bound_is_set(runtime: Taonet, name: str, argument: str, value: int) -> None:
    set_(runtime, name, ALICE, **{argument: value})


@pytest.mark.parametrize(("name", "argument", "value"), NOT_ON_ROOT)
def test_the_root_network_has_no_such_parameter(runtime: Taonet, name: str, argument: str, value: int) -> None:
    with unchanged(runtime), reverts(Admin.NotPermittedOnRootSubnet):
        set_(runtime, name, ROOT, ROOT_NET, **{argument: value})


def test_the_bounds_of_burn_keep_their_order(runtime: Taonet) -> None:
    set_(runtime, "sudo_set_max_burn", max_burn=2 * 10**8)
    with unchanged(runtime), reverts(Admin.ValueNotInBounds):
        set_(runtime, "sudo_set_min_burn", min_burn=2 * 10**8)

    set_(runtime, "sudo_set_min_burn", min_burn=15 * 10**7)
    with unchanged(runtime), reverts(Admin.ValueNotInBounds):
        set_(runtime, "sudo_set_max_burn", max_burn=15 * 10**7)


def test_a_subnet_may_not_have_fewer_neurons_than_it_has(runtime: Taonet) -> None:
    runtime.parameters.MinAllowedUids[SUBNET] = 0

    with unchanged(runtime), reverts(Admin.MaxAllowedUIdsLessThanCurrentUIds):
        set_(runtime, "sudo_set_max_allowed_uids", max_allowed_uids=0)


def test_all_mechanisms_together_have_no_more_than_256_neurons(runtime: Taonet) -> None:
    runtime.registry.MechanismCountCurrent[SUBNET] = 2

    with unchanged(runtime), reverts(Errors.TooManyUIDsPerMechanism):
        set_(runtime, "sudo_set_max_allowed_uids", max_allowed_uids=129)
    set_(runtime, "sudo_set_max_allowed_uids", max_allowed_uids=128)


def test_only_root_lets_bonds_follow_very_slowly(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Admin.BondsMovingAverageMaxReached):
        set_(runtime, "sudo_set_bonds_moving_average", ALICE, bonds_moving_average=975_001)

    set_(runtime, "sudo_set_bonds_moving_average", bonds_moving_average=975_001)


def test_only_root_sets_a_negative_steepness(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Admin.NegativeSigmoidSteepness):
        set_(runtime, "sudo_set_alpha_sigmoid_steepness", ALICE, steepness=-1)

    set_(runtime, "sudo_set_alpha_sigmoid_steepness", steepness=-1)

    assert runtime.parameters.AlphaSigmoidSteepness[SUBNET] == -1


@pytest.mark.parametrize(
    ("low", "high", "error"),
    [
        (1638, 1637, Errors.AlphaHighTooLow),
        (1637, 1638, Errors.AlphaLowOutOfRange),
        (1640, 1639, Errors.AlphaLowOutOfRange),
    ],
)
def test_the_speeds_of_liquid_alpha_have_bounds(runtime: Taonet, low: int, high: int, error: Any) -> None:
    runtime.parameters.LiquidAlphaOn[SUBNET] = True

    with unchanged(runtime), reverts(error):
        set_(runtime, "sudo_set_alpha_values", ALICE, alpha_low=low, alpha_high=high)
    set_(runtime, "sudo_set_alpha_values", ALICE, alpha_low=1638, alpha_high=1638)

    assert runtime.parameters.AlphaValues[SUBNET] == (1638, 1638)


def test_the_speeds_of_liquid_alpha_need_liquid_alpha(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.LiquidAlphaDisabled):
        set_(runtime, "sudo_set_alpha_values", alpha_low=2000, alpha_high=3000)


@pytest.mark.parametrize("count", [0, 17])
def test_a_subnet_may_have_1_to_16_mechanisms(runtime: Taonet, count: int) -> None:
    with unchanged(runtime), reverts(Errors.InvalidValue):
        dispatch(runtime, ROOT, "AdminUtils.sudo_set_max_mechanism_count", max_mechanism_count=count)


@pytest.mark.parametrize("exponent", [ONE - 1, 2 * ONE + 1])
def test_flows_are_raised_to_a_power_of_1_to_2(runtime: Taonet, exponent: int) -> None:
    call = "AdminUtils.sudo_set_tao_flow_normalization_exponent"
    with unchanged(runtime), reverts(Admin.InvalidValue):
        dispatch(runtime, ROOT, call, exponent=exponent)
    dispatch(runtime, ROOT, call, exponent=ONE)


def test_one_epoch_at_least_runs_in_a_block(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Admin.ValueNotInBounds):
        dispatch(runtime, ROOT, "AdminUtils.sudo_set_max_epochs_per_block", max_epochs_per_block=0)
