"""Yuma over arrays against the slow oracle: the same to the last bit, whatever the weights."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import yuma_oracle
from support.yuma import full_epoch, random_epoch

from runtime.pallets.emission.yuma import epoch


@given(seed=st.integers(0, 2**64), n=st.integers(1, 14))
@settings(max_examples=400)
def test_small_epochs_are_the_oracles_to_the_last_bit(seed: int, n: int) -> None:
    made = random_epoch(seed, n)
    assert epoch(made) == yuma_oracle.epoch(made)


@given(seed=st.integers(0, 2**64))
@settings(max_examples=12, deadline=None)
def test_epochs_of_many_neurons_are_the_oracles_to_the_last_bit(seed: int) -> None:
    made = random_epoch(seed, 64)
    assert epoch(made) == yuma_oracle.epoch(made)


@pytest.mark.parametrize("is_liquid_alpha", [False, True])
@pytest.mark.parametrize("is_yuma3", [False, True])
def test_a_full_subnet_is_the_oracles_to_the_last_bit(is_yuma3: bool, is_liquid_alpha: bool) -> None:
    made = full_epoch(64, 256, is_yuma3=is_yuma3, is_liquid_alpha=is_liquid_alpha)
    assert epoch(made) == yuma_oracle.epoch(made)


@given(seed=st.integers(0, 2**64), n=st.integers(1, 10))
def test_no_more_is_paid_than_there_is(seed: int, n: int) -> None:
    made = random_epoch(seed, n)
    outcome = epoch(made)
    assert sum(outcome.server_emission) + sum(outcome.validator_emission) <= made.emission
    assert sum(outcome.emission) <= made.emission


def test_an_epoch_without_neurons_says_nothing() -> None:
    outcome = epoch(full_epoch(0, 0))
    assert outcome.incentive == outcome.bonds == outcome.emission == ()
