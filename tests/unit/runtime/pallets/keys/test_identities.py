"""Coldkeys with a neuron tell who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import dispatch, emits, reverts
from support.economy import ALICE, BOB, sound_economy

from runtime.pallets.keys.identities import LIMITS, ChainIdentity
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet

FIELDS = {field: field.encode() for field in LIMITS}


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    with sound_economy() as runtime:
        yield runtime


def identify(runtime: Taonet, who: Any = ALICE, **changes: bytes) -> None:
    dispatch(runtime, who, "SubtensorModule.set_identity", **{**FIELDS, **changes})


def test_who_owns_a_neuron_tells_who_he_is(runtime: Taonet) -> None:
    with emits(runtime, Events.ChainIdentitySet(ALICE.account)):
        identify(runtime)
    assert runtime.identities.IdentitiesV2[ALICE.account] == ChainIdentity(**FIELDS)


def test_who_owns_no_neuron_is_nobody(runtime: Taonet) -> None:
    with reverts(Errors.HotKeyNotRegisteredInNetwork):
        identify(runtime, BOB)


@pytest.mark.parametrize("field", LIMITS)
def test_each_field_has_a_longest_length(runtime: Taonet, field: str) -> None:
    identify(runtime, **{field: b"x" * LIMITS[field]})
    with reverts(Errors.InvalidIdentity):
        identify(runtime, **{field: b"x" * (LIMITS[field] + 1)})


def test_all_fields_may_be_as_long_as_they_can(runtime: Taonet) -> None:
    identify(runtime, **{field: b"x" * limit for field, limit in LIMITS.items()})
