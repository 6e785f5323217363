"""Owners choose the length of an epoch, and may call for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.chain import ROOT as ROOT_ORIGIN
from support.chain import dispatch, emits, reverts, unchanged
from support.economy import ALICE, BOB, SUBNET, make_economy

from chain.types import BlockNumber
from runtime.frame.errors import BadOrigin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet
from runtime.units import NetUid

TEMPO = 720


@pytest.fixture
def runtime() -> Taonet:
    """Alice's subnet, its next epoch far away, weights set in the open."""
    runtime = make_economy()
    runtime.parameters.Tempo[SUBNET] = 360
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = False
    return runtime


def later(runtime: Taonet, blocks: int) -> None:
    runtime.system.Number = BlockNumber(runtime.system.Number + blocks)


def test_a_tempo_is_set_and_a_new_epoch_begins(runtime: Taonet) -> None:
    later(runtime, 100)

    with emits(runtime, Events.TempoSet(SUBNET, TEMPO)):
        dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=TEMPO)

    assert runtime.parameters.Tempo[SUBNET] == TEMPO
    assert runtime.clock.LastEpochBlock[SUBNET] == runtime.system.Number
    assert not runtime.clock.is_due(SUBNET, runtime.system.Number + TEMPO - 1)
    assert runtime.clock.is_due(SUBNET, runtime.system.Number + TEMPO)


@pytest.mark.parametrize("tempo", [0, 359, 50_401, 65_535])
def test_a_tempo_has_bounds(runtime: Taonet, tempo: int) -> None:
    with unchanged(runtime), reverts(Errors.TempoOutOfBounds):
        dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=tempo)


def test_a_tempo_is_set_once_in_360_blocks(runtime: Taonet) -> None:
    dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=TEMPO)

    later(runtime, 359)
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=TEMPO)
    later(runtime, 1)
    dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=360)


def test_not_in_the_last_ten_blocks_before_an_epoch(runtime: Taonet) -> None:
    runtime.system.Number = BlockNumber(runtime.clock.LastEpochBlock[SUBNET] + 351)

    with unchanged(runtime), reverts(Errors.AdminActionProhibitedDuringWeightsWindow):
        dispatch(runtime, ALICE, "SubtensorModule.set_tempo", netuid=SUBNET, tempo=TEMPO)


def test_an_activity_cutoff_is_set_by_the_owner_within_limits(runtime: Taonet) -> None:
    set_factor = "SubtensorModule.set_activity_cutoff_factor"

    with emits(runtime, Events.ActivityCutoffFactorMilliSet(SUBNET, 2000)):
        dispatch(runtime, ALICE, set_factor, netuid=SUBNET, factor_milli=2000)
    assert runtime.parameters.ActivityCutoffFactorMilli[SUBNET] == 2000
    with unchanged(runtime), reverts(Errors.TxRateLimitExceeded):
        dispatch(runtime, ALICE, set_factor, netuid=SUBNET, factor_milli=3000)


def test_just_before_an_epoch_an_owner_hears_of_that_before_it_hears_of_its_limit(runtime: Taonet) -> None:
    set_factor = "SubtensorModule.set_activity_cutoff_factor"
    runtime.system.Number = BlockNumber(runtime.clock.LastEpochBlock[SUBNET] + 350)
    dispatch(runtime, ALICE, set_factor, netuid=SUBNET, factor_milli=2000)

    later(runtime, 1)

    with unchanged(runtime), reverts(Errors.AdminActionProhibitedDuringWeightsWindow):
        dispatch(runtime, ALICE, set_factor, netuid=SUBNET, factor_milli=3000)


def test_root_sets_an_activity_cutoff_at_any_time(runtime: Taonet) -> None:
    runtime.system.Number = BlockNumber(runtime.clock.LastEpochBlock[SUBNET] + 355)
    for factor in (2000, 3000):
        dispatch(runtime, ROOT_ORIGIN, "SubtensorModule.set_activity_cutoff_factor", netuid=SUBNET, factor_milli=factor)

    assert runtime.parameters.ActivityCutoffFactorMilli[SUBNET] == 3000


@pytest.mark.parametrize("factor", [0, 999, 50_001])
def test_an_activity_cutoff_has_bounds(runtime: Taonet, factor: int) -> None:
    with unchanged(runtime), reverts(Errors.ActivityCutoffFactorMilliOutOfBounds):
        dispatch(runtime, ALICE, "SubtensorModule.set_activity_cutoff_factor", netuid=SUBNET, factor_milli=factor)


def test_an_epoch_that_was_asked_for_runs_after_the_window(runtime: Taonet) -> None:
    now = runtime.system.Number

    with emits(runtime, Events.EpochTriggered(SUBNET, ALICE.account, now + 10)):
        dispatch(runtime, ALICE, "SubtensorModule.trigger_epoch", netuid=SUBNET)

    assert not runtime.clock.is_due(SUBNET, now + 9)
    assert runtime.clock.is_due(SUBNET, now + 10)


def pending(runtime: Taonet) -> None:
    runtime.clock.PendingEpochAt[SUBNET] = runtime.system.Number + 5


def commits(runtime: Taonet) -> None:
    runtime.parameters.CommitRevealWeightsEnabled[SUBNET] = True


def imminent(runtime: Taonet) -> None:
    runtime.system.Number = BlockNumber(runtime.clock.LastEpochBlock[SUBNET] + 351)


def triggered(runtime: Taonet) -> None:
    dispatch(runtime, ALICE, "SubtensorModule.trigger_epoch", netuid=SUBNET)
    runtime.clock.PendingEpochAt[SUBNET] = 0


@pytest.mark.parametrize(
    ("before", "error"),
    [
        (pending, Errors.EpochTriggerAlreadyPending),
        (commits, Errors.DynamicTempoBlockedByCommitReveal),
        (imminent, Errors.AutoEpochAlreadyImminent),
        (triggered, Errors.TxRateLimitExceeded),
    ],
)
def test_an_epoch_cannot_be_asked_for(
    runtime: Taonet, before: Callable[[Taonet], None], error: type[Exception]
) -> None:
    before(runtime)

    with unchanged(runtime), reverts(error):  # type: ignore[arg-type]
        dispatch(runtime, ALICE, "SubtensorModule.trigger_epoch", netuid=SUBNET)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("set_tempo", {"tempo": TEMPO}), ("set_activity_cutoff_factor", {"factor_milli": 2000}), ("trigger_epoch", {})],
)
@pytest.mark.parametrize("netuid", [SUBNET, NetUid(9)])
def test_only_the_owner_may(runtime: Taonet, name: str, arguments: dict[str, Any], netuid: NetUid) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, BOB, f"SubtensorModule.{name}", netuid=netuid, **arguments)
