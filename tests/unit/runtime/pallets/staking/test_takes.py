"""The takes of delegates: who may change them, how far and how often; and what the pool refuses already."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chain import dispatch, emits, free, refused, reverts, submit, unchanged
from support.economy import ALICE, BOB, DAVE, EVE, SUBNET, allow_registration, register, skip_blocks, sound_economy

from chain.keys import Keypair
from runtime.frame.errors import BadOrigin
from runtime.frame.origin import Origin
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import LastTxBlockDelegateTake
from runtime.taonet import Taonet

DEFAULT = 11_796
"""18 %, the default and the most."""
LIMIT = 216_000
"""Blocks between two increases."""


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def lower(runtime: Taonet, take: int, who: Keypair = ALICE, hotkey: Keypair = DAVE) -> None:
    dispatch(runtime, who, "SubtensorModule.decrease_take", hotkey=hotkey.account, take=take)


def rise(runtime: Taonet, take: int, who: Keypair = ALICE, hotkey: Keypair = DAVE) -> None:
    dispatch(runtime, who, "SubtensorModule.increase_take", hotkey=hotkey.account, take=take)


def take_of(runtime: Taonet) -> int:
    return runtime.ownership.Delegates[DAVE.account]


def test_a_take_is_eighteen_percent_to_begin_with(runtime: Taonet) -> None:
    assert take_of(runtime) == DEFAULT


@pytest.mark.parametrize("take", [0, 1, DEFAULT - 1])
def test_a_take_is_lowered_at_any_time(runtime: Taonet, take: int) -> None:
    with emits(runtime, Events.TakeDecreased(ALICE.account, DAVE.account, take)):
        lower(runtime, take)

    assert take_of(runtime) == take
    key = LastTxBlockDelegateTake(DAVE.account)
    assert runtime.registry.LastRateLimitedBlock[key] == runtime.system.Number


def test_a_take_that_was_written_down_must_really_fall(runtime: Taonet) -> None:
    lower(runtime, 5000)

    with unchanged(runtime), reverts(Errors.DelegateTakeTooLow):
        lower(runtime, 5000)


def test_a_take_does_not_fall_below_the_least(runtime: Taonet) -> None:
    runtime.parameters.MinDelegateTake = 100

    with unchanged(runtime), reverts(Errors.DelegateTakeTooLow):
        lower(runtime, 99)
    lower(runtime, 100)


def test_a_take_rises_once_in_216000_blocks_after_any_change(runtime: Taonet) -> None:
    lower(runtime, 100)
    skip_blocks(runtime, LIMIT)

    with unchanged(runtime), reverts(Errors.DelegateTxRateLimitExceeded):
        rise(runtime, 200)
    skip_blocks(runtime, 1)

    with emits(runtime, Events.TakeIncreased(ALICE.account, DAVE.account, 200)):
        rise(runtime, 200)
    assert take_of(runtime) == 200


def test_without_a_limit_a_take_rises_at_once(runtime: Taonet) -> None:
    runtime.parameters.TxDelegateTakeRateLimit = 0
    lower(runtime, 100)

    rise(runtime, 101)
    rise(runtime, DEFAULT)

    assert take_of(runtime) == DEFAULT


def test_a_take_does_not_rise_above_the_most(runtime: Taonet) -> None:
    lower(runtime, 100)
    skip_blocks(runtime, LIMIT + 1)

    with unchanged(runtime), reverts(Errors.DelegateTakeTooHigh):
        rise(runtime, DEFAULT + 1)


def test_an_increase_must_increase(runtime: Taonet) -> None:
    lower(runtime, 100)
    skip_blocks(runtime, LIMIT + 1)

    with unchanged(runtime), reverts(Errors.DelegateTakeTooLow):
        rise(runtime, 100)


@pytest.mark.parametrize("change", [lower, rise])
def test_only_the_owner_changes_a_take(runtime: Taonet, change: object) -> None:
    assert callable(change)

    with unchanged(runtime), reverts(Errors.NonAssociatedColdKey):
        change(runtime, 10, BOB)
    with unchanged(runtime), reverts(Errors.HotKeyAccountNotExists):
        change(runtime, 10, ALICE, EVE)


@pytest.mark.parametrize("call", ["increase_take", "decrease_take"])
def test_only_a_signer_changes_a_take(runtime: Taonet, call: str) -> None:
    with unchanged(runtime), reverts(BadOrigin):
        dispatch(runtime, Origin.root(), f"SubtensorModule.{call}", hotkey=DAVE.account, take=1)


# -- what the pool refuses, so that it costs nothing


@pytest.mark.parametrize(
    ("who", "hotkey", "take", "code"),
    [
        (ALICE, EVE, 10, 4),
        (BOB, DAVE, 10, 25),
        (ALICE, DAVE, 99, 26),
        (ALICE, DAVE, DEFAULT + 1, 27),
    ],
)
@pytest.mark.parametrize("call", ["increase_take", "decrease_take"])
def test_the_pool_refuses_with_a_code_of_its_own(
    runtime: Taonet, call: str, who: Keypair, hotkey: Keypair, take: int, code: int
) -> None:
    runtime.parameters.MinDelegateTake = 10 if take == 10 else 100

    with unchanged(runtime), refused("Custom", code):
        submit(runtime, who, f"SubtensorModule.{call}", hotkey=hotkey.account, take=take)


def test_changing_a_take_is_free(runtime: Taonet) -> None:
    before = free(runtime, ALICE)

    submit(runtime, ALICE, "SubtensorModule.decrease_take", hotkey=DAVE.account, take=5)

    assert (take_of(runtime), free(runtime, ALICE)) == (5, before)


def test_the_pool_refuses_subnets_that_come_too_fast(runtime: Taonet) -> None:
    with unchanged(runtime), refused("Custom", 6):
        submit(runtime, BOB, "SubtensorModule.register_network", hotkey=EVE.account)

    allow_registration(runtime)
    assert register(runtime, BOB, EVE) == SUBNET + 1
