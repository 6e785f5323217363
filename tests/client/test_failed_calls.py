"""`taonet tx` tells of every failed call, whoever's error it is, and ends with 1."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.process import NodeProcess, running, taonet

TO_BOB = "dest=//Bob"
FAILURES = {
    "Arithmetic.Underflow": ["Balances.transfer_keep_alive", TO_BOB, "value=9000000 TAO"],
    "Token.FundsUnavailable": ["Balances.transfer_allow_death", TO_BOB, "value=1000000 TAO"],
    "BadOrigin": ["--sudo", "Balances.transfer_keep_alive", TO_BOB, "value=1 TAO"],
    "SubnetNotExists": ["SubtensorModule.start_call", "netuid=9"],
    "SubnetDoesNotExist": ["--sudo", "AdminUtils.sudo_set_subnet_emission_enabled", "netuid=9", "enabled=true"],
}
"""Calls by the error with which they fail: of the arithmetic, a token, an origin, a pallet, a pallet under root."""


@pytest.fixture(scope="module")
def instant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    with running(tmp_path_factory.mktemp("node"), "--sealing", "instant") as node:
        yield node


@pytest.mark.parametrize("name", FAILURES)
def test_a_call_that_fails_is_told_by_its_error(instant: NodeProcess, name: str) -> None:
    told = taonet("tx", *FAILURES[name], "--url", instant.url, "--json")

    assert told.returncode == 1
    assert json.loads(told.stdout)["error"]["name"] == name
