"""AdminUtils: every call sets its item, tells so, and is for nobody else."""

from __future__ import annotations

import pytest
from support.admin import (
    CHAIN_WIDE,
    EVERY,
    LIMITED,
    NOT_IN_TABLE,
    OF_ANY_SUBNET,
    OF_KEYS,
    ROOT_ONLY,
    UNLIMITED,
    Row,
    make_administration,
    name_of,
)
from support.chain import ROOT, dispatch, emits, reverts, unchanged
from support.economy import ALICE, BOB, SUBNET

from runtime.frame.errors import BadOrigin
from runtime.pallets.admin_utils.pallet import Admin
from runtime.taonet import Taonet
from runtime.units import NetUid

NOWHERE = NetUid(99)


@pytest.fixture
def runtime() -> Taonet:
    return make_administration()


def test_the_table_has_every_call(runtime: Taonet) -> None:
    wire = next(w for w in runtime.construct.wire if w.name == "AdminUtils")

    names = {c.name for section in wire.sections for c in section.calls.values()}

    assert {row.call for row in EVERY} | NOT_IN_TABLE == names


@pytest.mark.parametrize("row", EVERY, ids=name_of)
def test_root_sets_an_item(runtime: Taonet, row: Row) -> None:
    assert row.read(runtime) != row.value

    with emits(runtime, *row.events):
        row.set(runtime, ROOT)

    assert row.read(runtime) == row.value


@pytest.mark.parametrize("row", EVERY, ids=name_of)
@pytest.mark.parametrize("who", [BOB, None], ids=["stranger", "nobody"])
def test_a_stranger_is_refused_and_nothing_changes(runtime: Taonet, row: Row, who: object) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        row.set(runtime, who)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [*CHAIN_WIDE, *ROOT_ONLY], ids=name_of)
def test_the_owner_of_a_subnet_is_refused_what_is_for_root(runtime: Taonet, row: Row) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        row.set(runtime, ALICE)


@pytest.mark.parametrize("row", [*LIMITED, *UNLIMITED, *OF_KEYS], ids=name_of)
def test_the_owner_of_a_subnet_sets_an_item(runtime: Taonet, row: Row) -> None:
    with emits(runtime, *row.events):
        row.set(runtime, ALICE)

    assert row.read(runtime) == row.value


@pytest.mark.parametrize(
    "row", [row for row in [*ROOT_ONLY, *LIMITED, *UNLIMITED, *OF_KEYS] if row.call not in OF_ANY_SUBNET], ids=name_of
)
def test_a_subnet_that_does_not_exist_is_refused(runtime: Taonet, row: Row) -> None:
    with unchanged(runtime), reverts(Admin.SubnetDoesNotExist):
        dispatch(runtime, ROOT, f"AdminUtils.{row.call}", netuid=NOWHERE, **{row.argument: row.value})


@pytest.mark.parametrize("row", [row for row in EVERY if row.call in OF_ANY_SUBNET], ids=name_of)
def test_some_items_are_set_for_a_subnet_that_does_not_exist(runtime: Taonet, row: Row) -> None:
    dispatch(runtime, ROOT, f"AdminUtils.{row.call}", netuid=NOWHERE, **{row.argument: row.value})

    assert getattr(getattr(runtime, row.section), row.item)[NOWHERE] == row.value


def test_a_tempo_counts_from_the_block_in_which_it_is_set(runtime: Taonet) -> None:
    dispatch(runtime, ROOT, "AdminUtils.sudo_set_tempo", netuid=SUBNET, tempo=77)

    assert runtime.clock.LastEpochBlock[SUBNET] == runtime.registry.block()
    assert not runtime.clock.is_due(SUBNET, runtime.registry.block() + 76)
    assert runtime.clock.is_due(SUBNET, runtime.registry.block() + 77)


def test_calls_of_older_chains_always_fail(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Admin.Deprecated):
        dispatch(runtime, ROOT, "AdminUtils.sudo_set_total_issuance", total_issuance=1)
    with unchanged(runtime), reverts(Admin.POWRegistrationDisabled):
        dispatch(
            runtime,
            ROOT,
            "AdminUtils.sudo_set_network_pow_registration_allowed",
            netuid=SUBNET,
            registration_allowed=True,
        )
