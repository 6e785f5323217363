"""Neurons tell where they serve, and the pool refuses what the call would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.chain import call, dispatch, emits, refused, reverts, sign
from support.economy import BOB, EVE, SUBNET, dissolve, enroll, skip_blocks, sound_economy

from chain.errors import DispatchError
from runtime.pallets.subnets.serving import AxonInfo, NeuronCertificate, PrometheusInfo, is_valid_address
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.taonet import Taonet

IP = 134_744_072
GOOD: dict[str, Any] = {"netuid": SUBNET, "version": 7, "ip": IP, "port": 8091, "ip_type": 4}
AXON: dict[str, Any] = {**GOOD, "protocol": 1, "placeholder1": 2, "placeholder2": 3}


@pytest.fixture
def runtime() -> Iterator[Taonet]:
    """Bob has a neuron with Eve's key in Alice's subnet."""
    with sound_economy() as runtime:
        enroll(runtime, BOB, EVE)
        yield runtime


def serve(runtime: Taonet, name: str = "serve_axon", **changes: Any) -> None:
    arguments = GOOD if name == "serve_prometheus" else AXON
    more = {"certificate": b""} if name == "serve_axon_tls" else {}
    dispatch(runtime, EVE, f"SubtensorModule.{name}", **{**arguments, **more, **changes})


def test_a_neuron_tells_where_it_serves(runtime: Taonet) -> None:
    with emits(runtime, Events.AxonServed(SUBNET, EVE.account)):
        serve(runtime)
    assert runtime.serving.Axons[SUBNET, EVE.account] == AxonInfo(runtime.registry.block(), 7, IP, 8091, 4, 1, 2, 3)


def test_a_neuron_tells_where_its_metrics_are(runtime: Taonet) -> None:
    with emits(runtime, Events.PrometheusServed(SUBNET, EVE.account)):
        serve(runtime, "serve_prometheus")
    assert runtime.serving.Prometheus[SUBNET, EVE.account] == PrometheusInfo(runtime.registry.block(), 7, IP, 8091, 4)


@pytest.mark.parametrize(
    ("certificate", "kept"),
    [
        (b"\x01" + b"k" * 64, NeuronCertificate(b"k" * 64, 1)),
        (b"\x02", NeuronCertificate(b"", 2)),
        (b"", None),
        (b"\x01" + b"k" * 65, None),
    ],
)
def test_a_certificate_is_kept_where_it_is_one(
    runtime: Taonet, certificate: bytes, kept: NeuronCertificate | None
) -> None:
    serve(runtime, "serve_axon_tls", certificate=certificate)
    assert runtime.serving.NeuronCertificates.get((SUBNET, EVE.account)) == kept
    assert (SUBNET, EVE.account) in runtime.serving.Axons


@pytest.mark.parametrize("name", ["serve_axon", "serve_axon_tls", "serve_prometheus"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"netuid": 77}, Errors.HotKeyNotRegisteredInNetwork),
        ({"ip_type": 5}, Errors.InvalidIpType),
        ({"ip": 0x7F00_0001}, Errors.InvalidIpAddress),
        ({"ip_type": 6, "ip": 1}, Errors.InvalidIpAddress),
        ({"port": 0}, Errors.InvalidPort),
    ],
)
def test_endpoints_that_are_none_are_refused(
    runtime: Taonet, name: str, changes: dict[str, Any], error: type[DispatchError]
) -> None:
    with reverts(error):
        serve(runtime, name, **changes)


def test_an_axon_may_have_no_address_but_metrics_may_not(runtime: Taonet) -> None:
    serve(runtime, ip=0)
    with reverts(Errors.InvalidIpAddress):
        serve(runtime, "serve_prometheus", ip=0)


@pytest.mark.parametrize("name", ["serve_axon", "serve_prometheus"])
def test_endpoints_are_told_so_often_at_most(runtime: Taonet, name: str) -> None:
    limit = runtime.parameters.ServingRateLimit[SUBNET]
    serve(runtime, name)
    skip_blocks(runtime, limit - 1)
    with reverts(Errors.ServingRateLimitExceeded):
        serve(runtime, name, port=0)
    skip_blocks(runtime, 1)
    serve(runtime, name)


def test_without_a_limit_endpoints_are_told_at_any_time(runtime: Taonet) -> None:
    runtime.parameters.ServingRateLimit[SUBNET] = 0
    serve(runtime)
    serve(runtime)


def test_a_dissolved_subnet_has_no_endpoints(runtime: Taonet) -> None:
    serve(runtime, "serve_axon_tls", certificate=b"\x01k")
    serve(runtime, "serve_prometheus")
    dissolve(runtime, SUBNET)
    serving = runtime.serving
    assert [*serving.Axons, *serving.NeuronCertificates, *serving.Prometheus] == []


def test_addresses_of_unknown_types_are_not_judged() -> None:
    assert is_valid_address(5, 1, allow_zero=False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"netuid": 77}, 10), ({"ip": 0x7F00_0001}, 11), ({"port": 0}, 13), ({"ip_type": 5}, 255)],
)
def test_the_pool_refuses_what_the_call_would_refuse(runtime: Taonet, changes: dict[str, Any], code: int) -> None:
    raw = sign(runtime, EVE, call(runtime, "SubtensorModule.serve_axon", **{**AXON, **changes}))
    with refused("Custom", code):
        runtime.apply_extrinsic(raw)
