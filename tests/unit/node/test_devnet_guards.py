"""`Devnet.reverts` knows what a guard refuses by the guard's own error, not by the pool's code alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from node.devnet import Devnet

AXON = {"version": 1, "ip": 0x7F00_0001, "port": 80, "ip_type": 4, "protocol": 4, "placeholder1": 0, "placeholder2": 0}
"""Where no neuron may serve: on the machine itself."""


@pytest.fixture(scope="module")
def devnet() -> Iterator[Devnet]:
    with Devnet("two-subnets") as chain:
        yield chain


@pytest.mark.parametrize("name", ["InvalidIpAddress", "Custom", "Custom(11)"])
def test_a_refusal_goes_by_the_guards_error_and_by_the_pools_code(devnet: Devnet, name: str) -> None:
    with devnet.reverts(name):
        devnet.submit("SubtensorModule.serve_axon", "//Miner1_hk", netuid=1, **AXON)


def test_a_refusal_by_another_guard_is_told_with_its_meaning(devnet: Devnet) -> None:
    expected = r"expected SettingWeightsTooFast, it was refused with Custom\(11\) by InvalidIpAddress: "

    with pytest.raises(AssertionError, match=expected), devnet.reverts("SettingWeightsTooFast"):
        devnet.submit("SubtensorModule.serve_axon", "//Miner1_hk", netuid=1, **AXON)
