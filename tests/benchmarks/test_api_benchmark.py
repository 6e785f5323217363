"""What clients wait for most: metagraphs and markets. The yardstick is one sr25519 verification, about 35 us here."""

from __future__ import annotations

from typing import Any

import pytest
from support.economy import SUBNET, make_economy
from support.yardstick import verifications

from chain.scale.hints import encode, u16
from chain.state import State
from chain.types import AccountId
from runtime.frame.apis import call_api
from runtime.pallets.subtensor.types import ROOT
from runtime.taonet import Taonet
from runtime.units import TAO, AlphaBalance, NetUid

pytestmark = pytest.mark.slow

NEURONS, SUBNETS = 256, 128


def account(number: int) -> AccountId:
    return AccountId(number.to_bytes(32, "little"))


@pytest.fixture(scope="module")
def runtime() -> Taonet:
    """A full subnet, and as many others as there may be."""
    runtime = make_economy()
    for uid in range(1, NEURONS):
        runtime.ownership.create_account(account(1000 + uid), account(uid))
        runtime.neurons.append(SUBNET, account(uid), 1)
        for netuid in (ROOT, SUBNET):
            runtime.stakes.add(account(uid), account(1000 + uid), netuid, AlphaBalance(TAO(uid)))
    for number in range(SUBNET + 1, SUBNETS + 1):
        runtime.subnets.initialize(NetUid(number), 1)
        runtime.registry.SubnetMechanism[NetUid(number)] = 1
        runtime.pools.SubnetTAO[NetUid(number)] = TAO(1000)
        runtime.pools.SubnetAlphaIn[NetUid(number)] = AlphaBalance(TAO(1000))
    return runtime


@pytest.mark.parametrize(
    ("method", "data", "bound"),
    [
        ("SubnetInfoRuntimeApi_get_metagraph", encode(u16, SUBNET), 500),
        ("SubnetInfoRuntimeApi_get_all_dynamic_info", b"", 650),
        ("NeuronInfoRuntimeApi_get_neurons_lite", encode(u16, SUBNET), 350),
        ("SubnetInfoRuntimeApi_get_subnet_state", encode(u16, SUBNET), 650),
    ],
)
def test_an_answer_costs_less_than_so_many_signature_checks(
    runtime: Taonet, calm: None, benchmark: Any, method: str, data: bytes, bound: int
) -> None:
    trie = runtime.state.commit().trie

    def answer() -> bytes:
        # every request has a runtime of its own, which has read nothing yet
        return call_api(Taonet(State(trie), runtime.construct), method, data)

    answer()
    benchmark.pedantic(answer, rounds=10)
    cost = benchmark.stats.stats.median / (verifications(1_000) / 1_000)
    benchmark.extra_info["answer / verification"] = cost

    assert cost < bound
