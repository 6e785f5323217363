"""The subnets that a chain begins with."""

from __future__ import annotations

import pytest
from support.chain import Chain, free
from support.economy import ALPHA, FIRST, ensure_sound, reserves

from runtime.fixed import u64f64
from runtime.pallets.subnets.symbols import SYMBOLS
from runtime.pallets.subtensor.types import ROOT, ZERO_ACCOUNT, subnet_account
from runtime.taonet import Taonet
from runtime.units import TAO


@pytest.fixture
def runtime(chain: Chain) -> Taonet:
    """The state of the genesis."""
    return chain.at_head()


def test_there_are_root_and_netuid_one(runtime: Taonet) -> None:
    assert runtime.registry.netuids() == [ROOT, FIRST]
    assert runtime.registry.TotalNetworks == 2


def test_their_hyperparameters_are_those_of_the_real_chain(runtime: Taonet) -> None:
    p = runtime.parameters

    assert [p.Tempo[n] for n in (ROOT, FIRST)] == [100, 100]
    assert [p.MaxAllowedUids[n] for n in (ROOT, FIRST)] == [64, 256]
    assert [p.MaxAllowedValidators[n] for n in (ROOT, FIRST)] == [64, 64]
    assert [p.MinAllowedWeights[n] for n in (ROOT, FIRST)] == [0, 0]
    assert p.TargetRegistrationsPerInterval[ROOT] == 1


def test_neither_is_traded_or_has_started(runtime: Taonet) -> None:
    for netuid in (ROOT, FIRST):
        assert not runtime.registry.SubtokenEnabled[netuid]
        assert netuid not in runtime.registry.FirstEmissionBlockNumber


def test_root_is_one_to_one_and_netuid_one_has_a_pool(runtime: Taonet) -> None:
    assert [runtime.registry.SubnetMechanism[n] for n in (ROOT, FIRST)] == [0, 1]
    assert reserves(runtime, FIRST) == (TAO(10), ALPHA(10), ALPHA(1))
    assert runtime.swap.price(FIRST) == u64f64.one


def test_the_pool_of_netuid_one_is_backed_and_counts_as_stake(runtime: Taonet) -> None:
    assert free(runtime, subnet_account(FIRST)) == runtime.pools.TotalStake == TAO(10)
    assert runtime.assets.TotalAlphaIssuance[FIRST] == ALPHA(11)
    ensure_sound(runtime)


def test_the_zero_account_owns_netuid_one_and_its_only_neuron(runtime: Taonet) -> None:
    assert runtime.registry.SubnetOwner[FIRST] == ZERO_ACCOUNT
    assert runtime.registry.SubnetLocked[FIRST] == 1
    assert runtime.neurons.SubnetworkN[FIRST] == 1
    assert runtime.neurons.Keys[FIRST, 0] == ZERO_ACCOUNT
    assert runtime.stakes.of(ZERO_ACCOUNT, ZERO_ACCOUNT, FIRST) == ALPHA(1)


def test_both_have_their_symbols(runtime: Taonet) -> None:
    assert [runtime.registry.TokenSymbol[n].decode() for n in (ROOT, FIRST)] == list(SYMBOLS[:2])
