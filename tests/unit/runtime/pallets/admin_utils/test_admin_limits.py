"""AdminUtils: owners change each parameter rarely, and nobody changes one just before an epoch."""

from __future__ import annotations

import pytest
from support.admin import (
    LIMITED,
    OF_KEYS,
    ROOT_ONLY,
    UNGUARDED,
    UNLIMITED,
    Row,
    make_administration,
    name_of,
)
from support.chain import ROOT, dispatch, emits, reverts, unchanged
from support.economy import ALICE, BOB, CHARLIE, DAVE, EVE, SUBNET, skip_blocks

from runtime.frame.errors import BadOrigin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import OwnerHyperparamUpdate, SetSNOwnerHotkey, subnet_account
from runtime.taonet import Taonet
from runtime.units import NetUid

TEMPO = 10
HOTKEY_CALLS = ["sudo_set_subnet_owner_hotkey", "sudo_set_sn_owner_hotkey"]
GUARDED = [row for row in [*ROOT_ONLY, *LIMITED, *UNLIMITED, *OF_KEYS] if row.call not in UNGUARDED]


@pytest.fixture
def runtime() -> Taonet:
    return make_administration()


# -- how often


@pytest.mark.parametrize("row", LIMITED, ids=name_of)
def test_an_owner_changes_a_parameter_once_in_two_tempos(runtime: Taonet, row: Row) -> None:
    row.set(runtime, ALICE)

    assert row.limit is not None
    assert runtime.registry.LastRateLimitedBlock[OwnerHyperparamUpdate(SUBNET, row.limit)] == runtime.registry.block()
    skip_blocks(runtime, 2 * TEMPO - 1)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        row.set(runtime, ALICE)
    skip_blocks(runtime, 1)
    row.set(runtime, ALICE)


@pytest.mark.parametrize("row", LIMITED, ids=name_of)
def test_root_is_neither_limited_nor_noted(runtime: Taonet, row: Row) -> None:
    row.set(runtime, ROOT)
    row.set(runtime, ROOT)

    assert row.limit is not None
    assert OwnerHyperparamUpdate(SUBNET, row.limit) not in runtime.registry.LastRateLimitedBlock


@pytest.mark.parametrize("row", UNLIMITED, ids=name_of)
def test_an_owner_changes_some_parameters_as_often_as_it_likes(runtime: Taonet, row: Row) -> None:
    row.set(runtime, ALICE)
    row.set(runtime, ALICE)


def test_each_parameter_has_its_own_limit(runtime: Taonet) -> None:
    for row in LIMITED:
        row.set(runtime, ALICE)


def test_root_sets_how_many_tempos_an_owner_waits(runtime: Taonet) -> None:
    row = LIMITED[0]
    dispatch(runtime, ROOT, "AdminUtils.sudo_set_owner_hparam_rate_limit", epochs=0)

    row.set(runtime, ALICE)
    row.set(runtime, ALICE)


def test_a_refused_change_is_not_noted(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.InvalidValue):
        dispatch(runtime, ALICE, "AdminUtils.sudo_set_owner_immune_neuron_limit", netuid=SUBNET, immune_neurons=11)

    dispatch(runtime, ALICE, "AdminUtils.sudo_set_owner_immune_neuron_limit", netuid=SUBNET, immune_neurons=10)


def test_the_version_key_changes_once_in_five_tempos(runtime: Taonet) -> None:
    row = OF_KEYS[0]
    row.set(runtime, ALICE)

    assert runtime.registry.TransactionKeyLastBlock[ALICE.account, SUBNET, 4] == runtime.registry.block()
    skip_blocks(runtime, 5 * TEMPO - 1)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        row.set(runtime, ALICE)
    row.set(runtime, ROOT)
    skip_blocks(runtime, 1)
    row.set(runtime, ALICE)


# -- just before an epoch


@pytest.mark.parametrize("row", GUARDED, ids=name_of)
def test_just_before_an_epoch_not_even_root_changes_a_parameter(runtime: Taonet, row: Row) -> None:
    freeze(runtime)

    with unchanged(runtime), reverts(Errors.AdminActionProhibitedDuringWeightsWindow):
        row.set(runtime, ROOT)


@pytest.mark.parametrize("row", [row for row in ROOT_ONLY if row.call in UNGUARDED], ids=name_of)
def test_some_parameters_change_just_before_an_epoch(runtime: Taonet, row: Row) -> None:
    freeze(runtime)

    row.set(runtime, ROOT)

    assert row.read(runtime) == row.value


def freeze(runtime: Taonet) -> None:
    """Three blocks before an epoch, with a window of four."""
    runtime.parameters.AdminFreezeWindow = 4
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block() - TEMPO + 3


@pytest.mark.parametrize(("left", "is_frozen"), [(4, False), (3, True), (0, True), (-5, True)])
def test_the_window_is_the_last_blocks_of_a_tempo(runtime: Taonet, left: int, is_frozen: bool) -> None:
    runtime.parameters.AdminFreezeWindow = 4
    runtime.clock.LastEpochBlock[SUBNET] = runtime.registry.block() - TEMPO + left

    assert runtime.limits.is_frozen(SUBNET) is is_frozen


def test_an_epoch_that_was_asked_for_freezes_until_it_is_due(runtime: Taonet) -> None:
    runtime.clock.PendingEpochAt[SUBNET] = runtime.registry.block() + 1

    assert runtime.limits.is_frozen(SUBNET)
    skip_blocks(runtime, 1)
    assert not runtime.limits.is_frozen(SUBNET)


def test_a_subnet_without_epochs_is_never_frozen(runtime: Taonet) -> None:
    freeze(runtime)
    runtime.parameters.Tempo[SUBNET] = 0

    assert not runtime.limits.is_frozen(SUBNET)


# -- the hotkey of the owner


@pytest.mark.parametrize("name", HOTKEY_CALLS)
@pytest.mark.parametrize("who", [ALICE, ROOT], ids=["owner", "root"])
def test_the_hotkey_of_an_owner_changes_once_a_week(runtime: Taonet, name: str, who: object) -> None:
    with emits(runtime, Events.SubnetOwnerHotkeySet(SUBNET, EVE.account)):
        dispatch(runtime, who, f"AdminUtils.{name}", netuid=SUBNET, hotkey=EVE.account)  # type: ignore[arg-type]

    assert runtime.registry.SubnetOwnerHotkey[SUBNET] == EVE.account
    assert runtime.registry.LastRateLimitedBlock[SetSNOwnerHotkey(SUBNET)] == runtime.registry.block()
    skip_blocks(runtime, 50_399)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        dispatch(runtime, ROOT, f"AdminUtils.{name}", netuid=SUBNET, hotkey=DAVE.account)
    skip_blocks(runtime, 1)
    dispatch(runtime, ROOT, f"AdminUtils.{name}", netuid=SUBNET, hotkey=DAVE.account)


@pytest.mark.parametrize("name", HOTKEY_CALLS)
def test_an_account_of_a_subnet_is_no_hotkey(runtime: Taonet, name: str) -> None:
    with unchanged(runtime), reverts(Errors.CannotUseSystemAccount):
        dispatch(runtime, ROOT, f"AdminUtils.{name}", netuid=SUBNET, hotkey=subnet_account(SUBNET))


@pytest.mark.parametrize("name", HOTKEY_CALLS)
def test_a_stranger_names_no_hotkey(runtime: Taonet, name: str) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, f"AdminUtils.{name}", netuid=SUBNET, hotkey=CHARLIE.account)
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        dispatch(runtime, ROOT, f"AdminUtils.{name}", netuid=NetUid(99), hotkey=CHARLIE.account)
