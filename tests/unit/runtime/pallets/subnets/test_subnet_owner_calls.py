"""A subnet that starts, its symbol and identity, and the price of its neurons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.chain import dispatch, emits, reverts, unchanged
from support.economy import (
    ALICE,
    BOB,
    DAVE,
    EVE,
    OTHER,
    SUBNET,
    allow_registration,
    register,
    skip_blocks,
    sound_economy,
    stake,
    start,
    swapped,
)

from chain.keys import Keypair
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subnets.symbols import SYMBOLS
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT, SubnetIdentity
from runtime.taonet import Taonet
from runtime.units import TAO, NetUid, TaoBalance

IDENTITY = SubnetIdentity(b"name", b"repo", b"contact", b"url", b"discord", b"description", b"logo", b"more")


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


# -- start


def test_a_subnet_starts_with_the_next_block(runtime: Taonet) -> None:
    allow_registration(runtime)
    register(runtime, BOB, EVE)
    assert not runtime.registry.SubtokenEnabled[OTHER]

    with emits(runtime, Events.FirstEmissionBlockNumberSet(OTHER, runtime.system.Number + 1)):
        start(runtime, OTHER, BOB)

    assert runtime.registry.SubtokenEnabled[OTHER]
    assert runtime.registry.FirstEmissionBlockNumber.get(OTHER) == runtime.system.Number + 1


def test_a_subnet_starts_once(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.FirstEmissionBlockNumberAlreadySet):
        start(runtime, SUBNET, ALICE)


def test_a_subnet_starts_after_the_delay(runtime: Taonet) -> None:
    allow_registration(runtime)
    runtime.parameters.StartCallDelay = 10
    register(runtime, BOB, EVE)

    skip_blocks(runtime, 9)
    with unchanged(runtime), reverts(Errors.NeedWaitingMoreBlocksToStarCall):
        start(runtime, OTHER, BOB)

    skip_blocks(runtime, 1)
    start(runtime, OTHER, BOB)


def test_only_the_owner_starts_a_subnet_that_is_there(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        start(runtime, SUBNET, BOB)
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, Origin.root(), "SubtensorModule.start_call", netuid=SUBNET)
    with unchanged(runtime), reverts(Errors.SubnetNotExists):
        start(runtime, NetUid(77), ALICE)


# -- symbol and identity


def rename(runtime: Taonet, who: Keypair | Origin, symbol: bytes, netuid: NetUid = SUBNET) -> None:
    dispatch(runtime, who, "SubtensorModule.update_symbol", netuid=netuid, symbol=symbol)


@pytest.mark.parametrize("who", [ALICE, Origin.root()])
def test_the_owner_and_root_choose_the_symbol(runtime: Taonet, who: Keypair | Origin) -> None:
    symbol = SYMBOLS[40].encode()

    with emits(runtime, Events.SymbolUpdated(SUBNET, symbol)):
        rename(runtime, who, symbol)

    assert runtime.registry.TokenSymbol[SUBNET] == symbol


@pytest.mark.parametrize(
    ("symbol", "error"),
    [
        (b"", Errors.SymbolDoesNotExist),
        (b"nothing", Errors.SymbolDoesNotExist),
        (SYMBOLS[0].encode(), Errors.SymbolDoesNotExist),
        (SYMBOLS[1].encode(), Errors.SymbolAlreadyInUse),
        (SYMBOLS[2].encode(), Errors.SymbolAlreadyInUse),
    ],
)
def test_a_symbol_is_one_of_the_list_that_nobody_has(
    runtime: Taonet, symbol: bytes, error: type[Errors.SymbolDoesNotExist]
) -> None:
    with unchanged(runtime), reverts(error):
        rename(runtime, ALICE, symbol)


def test_nobody_else_chooses_the_symbol(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        rename(runtime, BOB, SYMBOLS[40].encode())


def set_identity(runtime: Taonet, who: Keypair, identity: SubnetIdentity, netuid: NetUid = SUBNET) -> None:
    fields = {name: getattr(identity, name) for name in IDENTITY.__dataclass_fields__}  # type: ignore[attr-defined]
    dispatch(runtime, who, "SubtensorModule.set_subnet_identity", netuid=netuid, **fields)


def test_the_owner_tells_what_a_subnet_is(runtime: Taonet) -> None:
    with emits(runtime, Events.SubnetIdentitySet(SUBNET)):
        set_identity(runtime, ALICE, IDENTITY)

    assert runtime.registry.SubnetIdentitiesV3.get(SUBNET) == IDENTITY


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("subnet_name", 256),
        ("github_repo", 1024),
        ("subnet_contact", 1024),
        ("subnet_url", 1024),
        ("discord", 256),
        ("description", 1024),
        ("logo_url", 1024),
        ("additional", 1024),
    ],
)
def test_each_field_has_its_greatest_length(runtime: Taonet, field: str, most: int) -> None:
    set_identity(runtime, ALICE, replace(IDENTITY, **{field: b"x" * most}))

    with unchanged(runtime), reverts(Errors.InvalidIdentity):
        set_identity(runtime, ALICE, replace(IDENTITY, **{field: b"x" * (most + 1)}))


def test_nobody_else_tells_what_a_subnet_is(runtime: Taonet) -> None:
    with unchanged(runtime), reverts(Errors.NotSubnetOwner):
        set_identity(runtime, BOB, IDENTITY)
    with unchanged(runtime), reverts(Errors.NotSubnetOwner):
        set_identity(runtime, ALICE, IDENTITY, NetUid(77))


# -- the price of a registration of a neuron


def test_it_falls_by_half_in_360_blocks(runtime: Taonet) -> None:
    for _ in range(360):
        skip_blocks(runtime, 1)
        runtime.subnets.update_registration_prices()

    assert abs(runtime.neurons.Burn[SUBNET] - 500_000_000) < 1000


def test_it_does_not_fall_below_the_least(runtime: Taonet) -> None:
    runtime.neurons.Burn[SUBNET] = TaoBalance(500_001)
    skip_blocks(runtime, 1)

    runtime.subnets.update_registration_prices()

    assert runtime.neurons.Burn[SUBNET] == 500_000


def test_each_block_counts_registrations_anew(runtime: Taonet) -> None:
    runtime.neurons.RegistrationsThisBlock[SUBNET] = 3
    runtime.neurons.RegistrationsThisInterval[ROOT] = 3

    runtime.subnets.update_registration_prices()
    assert runtime.neurons.RegistrationsThisBlock[SUBNET] == 0
    assert runtime.neurons.RegistrationsThisInterval[ROOT] == 3

    skip_blocks(runtime, 100)  # the tempo of root
    runtime.subnets.update_registration_prices()
    assert runtime.neurons.RegistrationsThisInterval[ROOT] == 0


def test_a_pool_that_begins_with_even_weights_trades_at_once(runtime: Taonet) -> None:
    stake(runtime, BOB, DAVE, SUBNET, TAO(10))

    bought = runtime.stakes.of(DAVE.account, BOB.account, SUBNET)
    assert bought == swapped(TAO(1000), TAO(1000), TAO(10) - 5_035_477)
