"""A new subnet where there is no room: which one goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import events, free, key_of, reverts, unchanged
from support.economy import (
    BOB,
    CHARLIE,
    DAVE,
    EVE,
    SUBNET,
    allow_registration,
    register,
    skip_blocks,
    sound_economy,
    stake,
)

from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid, TaoBalance

FERDIE = key_of("Ferdie")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


# -- where there is no room


def full(runtime: Taonet) -> None:
    """No more subnets than there are; those of the genesis and of the first block are no longer immune."""
    allow_registration(runtime)
    runtime.parameters.SubnetLimit = 2
    runtime.parameters.NetworkImmunityPeriod = 100


def test_while_all_are_immune_there_is_no_room(runtime: Taonet) -> None:
    full(runtime)
    skip_blocks(runtime, 98)
    runtime.registry.NetworkRegisteredAt[NetUid(1)] = 1

    with unchanged(runtime), reverts(Errors.SubnetLimitReached):
        register(runtime, BOB, EVE)


def test_the_subnet_with_the_lowest_moving_price_makes_room(runtime: Taonet) -> None:
    full(runtime)
    skip_blocks(runtime, 200)
    runtime.pools.SubnetMovingPrice[NetUid(1)] = 5  # type: ignore[assignment]
    runtime.pools.SubnetMovingPrice[SUBNET] = 4  # type: ignore[assignment]
    stake(runtime, CHARLIE, DAVE, SUBNET, TAO(100))
    before = free(runtime, CHARLIE)

    assert register(runtime, BOB, EVE) == SUBNET

    assert Events.NetworkRemoved(SUBNET) in events(runtime)
    assert runtime.registry.SubnetOwner[SUBNET] == BOB.account
    assert runtime.registry.RegisteredSubnetCounter[SUBNET] == 2
    assert runtime.registry.netuids() == [ROOT, 1, 2]
    assert free(runtime, CHARLIE) > before
    assert runtime.stakes.of(DAVE.account, CHARLIE.account, SUBNET) == 0


def test_of_equal_prices_the_older_subnet_makes_room(runtime: Taonet) -> None:
    full(runtime)
    skip_blocks(runtime, 200)

    assert register(runtime, BOB, EVE) == 1

    assert Events.NetworkRemoved(NetUid(1)) in events(runtime)


def test_who_cannot_pay_prunes_nothing(runtime: Taonet) -> None:
    full(runtime)
    skip_blocks(runtime, 200)
    runtime.registry.NetworkLastLockCost = TaoBalance(TAO(10_000))

    with unchanged(runtime), reverts(Errors.CannotAffordLockCost):
        register(runtime, FERDIE, EVE)
