"""What the API of neurons tells of two of them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from support.apis import question
from support.economy import ALICE, BOB, EVE, SUBNET, enroll, make_economy, stake

from runtime.apis.neurons import NeuronInfo, NeuronInfoLite
from runtime.pallets.subnets.serving import NO_AXON, NO_METRICS, AxonInfo, PrometheusInfo
from runtime.pallets.weights.rows import pack
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

NOWHERE = NetUid(77)
AXON, METRICS = AxonInfo(1, 2, 3, 4, 4, 5, 6, 7), PrometheusInfo(1, 2, 3, 4, 6)


@pytest.fixture
def runtime() -> Taonet:
    """Dave's key has uid 0, and Eve's, of Bob, uid 1, which an epoch has judged."""
    runtime = make_economy()
    enroll(runtime, BOB, EVE)
    stake(runtime, ALICE, EVE, SUBNET, TAO(10))
    neurons = runtime.neurons
    neurons.Active[SUBNET], neurons.ValidatorPermit[SUBNET] = (True, False), (False, True)
    neurons.Emission[SUBNET] = (AlphaBalance(1), AlphaBalance(2))
    neurons.Incentive[SUBNET], neurons.Consensus[SUBNET] = (3, 4), (5, 6)
    neurons.ValidatorTrust[SUBNET], neurons.Dividends[SUBNET] = (7, 8), (9, 10)
    neurons.LastUpdate[SUBNET] = (11, 12)
    runtime.serving.Axons[SUBNET, EVE.account] = AXON
    runtime.serving.Prometheus[SUBNET, EVE.account] = METRICS
    runtime.matrix.Weights[SUBNET, 1] = pack([(1, 0), (0, 65_535)])
    runtime.matrix.Bonds[SUBNET, 1] = pack([(0, 0), (1, 300)])
    return runtime


def ask(runtime: Taonet, method: str, *values: Any) -> Any:
    return question(runtime, f"NeuronInfoRuntimeApi_{method}", *values)


def test_a_neuron_is_told_whole(runtime: Taonet) -> None:
    assert ask(runtime, "get_neuron", SUBNET, 1) == NeuronInfo(
        hotkey=EVE.account,
        coldkey=BOB.account,
        uid=1,
        netuid=SUBNET,
        active=False,
        axon_info=AXON,
        prometheus_info=METRICS,
        stake=((BOB.account, runtime.stakes.TotalHotkeyAlpha[EVE.account, SUBNET]),),
        rank=0,
        emission=AlphaBalance(2),
        incentive=4,
        consensus=6,
        trust=0,
        validator_trust=8,
        dividends=10,
        last_update=12,
        validator_permit=True,
        weights=((0, 65_535),),
        bonds=((1, 300),),
        pruning_score=65_535,
    )


def test_the_lite_form_lacks_weights_and_bonds_only(runtime: Taonet) -> None:
    whole, lite = ask(runtime, "get_neuron", SUBNET, 1), ask(runtime, "get_neuron_lite", SUBNET, 1)

    assert isinstance(lite, NeuronInfoLite)
    assert all(getattr(lite, field.name) == getattr(whole, field.name) for field in fields(lite))
    assert {f.name for f in fields(whole)} - {f.name for f in fields(lite)} == {"weights", "bonds"}


@pytest.mark.parametrize("form", ["", "_lite"])
def test_all_neurons_come_by_uid(runtime: Taonet, form: str) -> None:
    both = ask(runtime, f"get_neurons{form}", SUBNET)

    assert both == tuple(ask(runtime, f"get_neuron{form}", SUBNET, uid) for uid in (0, 1))
    assert [neuron.uid for neuron in both] == [0, 1]


def test_a_neuron_that_serves_nothing_has_zeros(runtime: Taonet) -> None:
    first = ask(runtime, "get_neuron", SUBNET, 0)

    assert (first.axon_info, first.prometheus_info, first.weights, first.bonds) == (NO_AXON, NO_METRICS, (), ())


@pytest.mark.parametrize("form", ["", "_lite"])
@pytest.mark.parametrize(("netuid", "uid"), [(SUBNET, 2), (SUBNET, 65_535), (NOWHERE, 0)])
def test_a_neuron_that_is_not_there_is_none(runtime: Taonet, form: str, netuid: NetUid, uid: int) -> None:
    assert ask(runtime, f"get_neuron{form}", netuid, uid) is None


@pytest.mark.parametrize("form", ["", "_lite"])
def test_a_subnet_that_is_not_there_has_no_neurons(runtime: Taonet, form: str) -> None:
    assert ask(runtime, f"get_neurons{form}", NOWHERE) == ()


def test_vectors_that_are_too_short_count_as_zeros(runtime: Taonet) -> None:
    neurons, before = runtime.neurons, ask(runtime, "get_neuron_lite", SUBNET, 1)
    for item in (neurons.Active, neurons.ValidatorPermit, neurons.Emission, neurons.Incentive):
        item[SUBNET] = ()
    for item in (neurons.Consensus, neurons.ValidatorTrust, neurons.Dividends, neurons.LastUpdate):
        item[SUBNET] = ()

    nothing: dict[str, Any] = dict.fromkeys(["emission", "incentive", "consensus"], 0)
    nothing |= dict.fromkeys(["validator_trust", "dividends", "last_update"], 0)
    assert ask(runtime, "get_neuron_lite", SUBNET, 1) == replace(
        before, active=False, validator_permit=False, **nothing
    )
