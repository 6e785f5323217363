"""Constants by the names that people use."""

from __future__ import annotations

import pytest

from node.chain_spec import load
from node.constants import ConstantError, find_constant, read_constants
from node.devnet import Devnet
from runtime.taonet import PRESETS


@pytest.mark.parametrize("full", sorted(PRESETS["fast"]))
def test_every_constant_of_the_fast_preset_has_its_short_names(full: str) -> None:
    name = full.partition(".")[2]

    assert find_constant(full) == find_constant(name) == full
    assert find_constant(name.removeprefix("Initial")) == full


def test_constants_replace_those_of_the_preset() -> None:
    spec = load("dev", preset="mainnet", constants=read_constants(["Tempo=12", "Aura.SlotDuration=0x64"]))

    assert spec.constants == {"SubtensorModule.InitialTempo": 12, "Aura.SlotDuration": 100}


def test_a_chain_runs_by_the_constants_it_was_given() -> None:
    with Devnet("two-subnets", constants={"Tempo": 25, "SlotDuration": 1000, "MinimumPeriod": 500}) as chain:
        chain.advance(2)
        assert chain.query("SubtensorModule.Tempo", 1) == 25
        assert chain.query("Timestamp.Now") - chain.query("Timestamp.Now", at=chain.number - 1) == 1000


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Tempoo=10", "no constant Tempoo; did you mean Tempo?"),
        ("Tempo", "there is no value; write it as Tempo=10"),
        ("Tempo=ten", "'ten' is no whole number"),
        ("MaxCommitFieldss=1", "no constant MaxCommitFieldss"),
    ],
)
def test_a_constant_that_is_none_is_refused_by_name(row: str, message: str) -> None:
    with pytest.raises(ConstantError, match=message.replace("?", r"\?")):
        read_constants([row])
